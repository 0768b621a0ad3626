"""``hiervla learn eval``: what a policy really does, closed loop, scored by the simulator's truth."""

from __future__ import annotations

from typing import Annotated

import typer

from hiervla import __version__
from hiervla.cli import options as opt
from hiervla.cli.figures import begun, finish, row_printer
from hiervla.cli.scenario import Jobs, Out, Resume

Examined = Annotated[
    str,
    typer.Option(
        "--policy", help="servo, a policy's FOLDER, openpi:ws://HOST:PORT, pi0:FOLDER, or package.module:Class."
    ),
]


def learn_eval(
    policy: Examined,
    seeds: Annotated[str, typer.Option("--seeds", help="Range A-B or list A,B,C of lessons. 0-99 to develop on.")] = "0-19",
    deeds: Annotated[
        str, typer.Option(help="Some of pick,in,on,beside,push,open,close,chain,mixed; all but mixed when left out.")
    ] = "",
    shift: Annotated[str, typer.Option(help="What is unlike training: none, hues, shapes, surroundings or raised.")] = "none",
    blank: Annotated[
        str, typer.Option(help="What is kept from the policy: scene, wrist, words, prompt, shuffled-words; several with commas.")
    ] = "none",
    target_error: Annotated[
        float, typer.Option(help="Metres that the target it is told of is off, in a random direction.")
    ] = 0.0,
    at_least: Annotated[int, typer.Option(help="So many things in every scene, up to 5; with --blank prompt 4.")] = 0,
    chunk: Annotated[str, typer.Option(help="Actions executed of each chunk: adaptive, or a number.")] = "adaptive",
    beside: Annotated[str, typer.Option(help="Another policy on the same seeds, and the paired difference.")] = "",
    mapping: opt.Mapping = None,
    jobs: Jobs = 0,
    json: opt.Json = False,
    out: Out = None,
    resume: Resume = None,
) -> None:  # fmt: skip
    """Measure a policy on random lessons: real eyes, real control loop, truth afterwards. Exit code 6: a goal was missed."""
    from hiervla.learn.exam.conditions import KEYS, items
    from hiervla.learn.exam.episode import work
    from hiervla.learn.exam.figures import line, summary
    from hiervla.scenario.rows import parse_seeds, run_rows, weights_of

    with opt.json_stdout(json) as put:
        chosen = items(
            parse_seeds(seeds), policy, deeds, shift, blank, target_error, at_least, chunk, mapping or "", beside
        )
        under = {"version": __version__, "mapping": mapping or ""} | {
            f"weights of {p}": d for p in (policy, beside) if (d := weights_of(p))
        }
        rows = run_rows(
            work, chosen, keys=KEYS, jobs=jobs, out=out, resume=begun(resume), on_row=row_printer(line), under=under
        )
        code = finish("learn eval", seeds, summary(rows), put, json)
    raise SystemExit(code)
