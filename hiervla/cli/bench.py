"""``hiervla bench NAME``: figures side by side, with intervals and goals."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hiervla import __version__
from hiervla.cli import options as opt
from hiervla.cli.figures import begun, finish, row_printer
from hiervla.cli.scenario import Episodes, Jobs, Out, Resume, Seeds, seeds_or
from hiervla.core.errors import SetupError, unknown


def bench(
    name: Annotated[str | None, typer.Argument(help="Which bench; --list names them.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name all benches and their figures.")] = False,
    seeds: Seeds = None,
    episodes: Episodes = None,
    jobs: Jobs = 0,
    json: opt.Json = False,
    out: Out = None,
    resume: Resume = None,
    skill: Annotated[
        list[str] | None, typer.Option("--skill", help="Of the bench of skills: only this one; may be repeated.")
    ] = None,
) -> None:
    """Measure something and hold it to its goals. Exit code 6: a goal was missed."""
    from hiervla.bench import BENCHES

    if list_:
        with opt.json_stdout(json) as put:
            if not json:
                for n, b in BENCHES.items():
                    print(f"{n:<12} {b.doc}\n{'':<12} {', '.join(b.figures)}")
            put({n: {"doc": b.doc, "figures": list(b.figures)} for n, b in BENCHES.items()})
        return
    if name is None:
        raise SetupError(f"name a bench: {', '.join(BENCHES)}")
    if name not in BENCHES:
        raise unknown("bench", name, BENCHES)
    from hiervla.scenario.rows import parse_seeds, run_rows

    chosen = BENCHES[name]
    if skill and not chosen.of_skills:
        raise SetupError(f"--skill belongs to the bench of skills, not to {name}")
    text = seeds_or(seeds, episodes, chosen.seeds)
    with opt.json_stdout(json) as put:
        rows = run_rows(
            chosen.work, chosen.items(parse_seeds(text), skill or ()), keys=chosen.keys, jobs=jobs if chosen.parallel else 1, out=out,
            resume=begun(resume), on_row=row_printer(chosen.line or _line), under={"version": __version__},
        )  # fmt: skip
        code = finish(name, text, chosen.summary(rows), put, json)
    raise SystemExit(code)


def _line(row: dict[str, Any]) -> str:
    """A row's plain values; lists are for the file of rows."""
    return " ".join(f"{k}={v}" for k, v in row.items() if not isinstance(v, list | dict))
