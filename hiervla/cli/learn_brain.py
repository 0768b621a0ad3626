"""``hiervla learn brain``: a small vision-language brain of one's own, and what it is worth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hiervla import __version__
from hiervla.cli import options as opt
from hiervla.cli.figures import begun, finish, row_printer
from hiervla.cli.learn_train import bar
from hiervla.cli.scenario import Jobs
from hiervla.core.errors import SetupError

SCENES, STEPS, MINUTES = 2000, 2400, 170.0
"""What a run is by default, and about how many minutes of one core it takes."""


def learn_brain(
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the run; the brain is written to brain/ in it.")
    ] = None,
    evaluated: Annotated[
        Path | None, typer.Option("--eval", help="Measure the brain of this run's folder instead.")
    ] = None,
    scenes: Annotated[int, typer.Option(min=1, help="Scenes to learn from.")] = SCENES,
    lines: Annotated[int, typer.Option(min=1, help="Sentences told about each of them.")] = 12,
    steps: Annotated[int, typer.Option(min=1)] = STEPS,
    budget: Annotated[
        float | None,
        typer.Option(min=5, help="Minutes of one core that it may take in all, about; in place of --scenes and --steps."),
    ] = None,
    check_scenes: Annotated[int, typer.Option(min=1, help="Other scenes, to check with.")] = 150,
    seed: Annotated[int, typer.Option()] = 0,
    threads: Annotated[int, typer.Option(min=0, help="0: as many as torch takes.")] = 0,
    jobs: Jobs = 1,
    most: Annotated[int, typer.Option(min=0, help="With --eval: so many sentences at most; 0: all.")] = 0,
    json: opt.Json = False,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="With --eval: raw rows (JSON lines); those in the file are not run again.")
    ] = None,
) -> None:  # fmt: skip
    """Distil the grammar brain and what the eyes see into a small model for --brain local:FOLDER/brain; killed, it goes on.

    With --eval: how often it is right on scenes and wordings it was not taught. Exit code 6: a goal was missed.
    """
    if evaluated is not None:
        _eval(evaluated, most, jobs, rows, json)
        return
    if out is None:
        raise SetupError("learn brain: name the folder of the run by --out, or one that was trained by --eval")
    from hiervla.learn.brain.settings import BrainSettings
    from hiervla.learn.brain.training import train

    def made(row: dict[str, Any], done: int, of: int) -> None:
        if done % 25 == 0 or done == of:
            print(f"scenes: {done} of {of}", file=sys.stderr, flush=True)

    if budget is not None:
        scenes, steps = (max(1, round(n * budget / MINUTES)) for n in (SCENES, STEPS))
    with opt.json_stdout(json) as put:
        settings = BrainSettings(
            out=out, scenes=scenes, lines=lines, steps=steps, check_scenes=check_scenes, seed=seed, threads=threads, jobs=jobs
        )  # fmt: skip
        with bar(0, steps) as told:
            trained = train(settings, told, made)
        c = trained.checked
        print(f"{trained.folder}: {trained.parameters / 1e6:.1f} M parameters, after {steps} steps")
        print(f"on other scenes and wordings, loss {c['check_loss']:.3f}; words of the scene right {c['check_read']:.1%}; replies right from there on {c['check_plan']:.1%}")  # fmt: skip
        print(f'try it: hiervla run "put the red cube in the blue bowl" --brain local:{trained.folder}')
        put({"brain": str(trained.folder), "parameters": trained.parameters, "steps": steps} | c)


def _eval(folder: Path, most: int, jobs: int, kept_rows: Path | None, json: bool) -> None:
    from hiervla.bench.mini import measuring
    from hiervla.learn.brain.lessons import kept
    from hiervla.scenario.rows import run_rows, weights_of

    with opt.json_stdout(json) as put:
        if not (folder / "brain" / "config.json").is_file():
            raise SetupError(
                f"{folder} holds no trained brain: name the folder that was --out of `hiervla learn brain`"
            )
        under = {"version": __version__, "weights": weights_of(str(folder / "brain"))}
        rows = run_rows(
            measuring.work, measuring.items(folder, kept(folder, "check"), most), keys=measuring.KEYS, jobs=jobs,
            resume=begun(kept_rows), on_row=row_printer(measuring.line), under=under,
        )  # fmt: skip
        code = finish("learn brain", str(folder), measuring.summary(rows), put, json)
    raise SystemExit(code)
