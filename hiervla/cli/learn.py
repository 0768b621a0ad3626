"""``hiervla learn …``: from demonstrations to a policy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from hiervla.cli import options as opt
from hiervla.cli.learn_brain import learn_brain
from hiervla.cli.learn_eval import learn_eval
from hiervla.cli.learn_paraphrase import learn_paraphrase
from hiervla.cli.learn_train import learn_all, learn_export, learn_finetune, learn_release, learn_train
from hiervla.cli.scenario import Jobs
from hiervla.core.errors import ExitCode, SetupError

if TYPE_CHECKING:
    from hiervla.core.plan import Subgoal
    from hiervla.core.world import World
    from hiervla.learn.collect import Collected
    from hiervla.learn.keys import Keys
    from hiervla.learn.lessons import Shift
    from hiervla.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Teach a small policy, and measure any.")
app.command("train")(learn_train)
app.command("export")(learn_export)
app.command("release")(learn_release)
app.command("all")(learn_all)
app.command("finetune")(learn_finetune)
app.command("eval")(learn_eval)
app.command("paraphrase")(learn_paraphrase)
app.command("brain")(learn_brain)


@app.command("collect")
def learn_collect(
    out: Annotated[
        Path, typer.Option("--out", help="Folder of the dataset; what is there already is not shown again.")
    ],
    seeds: Annotated[str, typer.Option("--seeds", help="Range A-B or list A,B,C: a lesson each.")],
    jobs: Jobs = 0,
    deeds: Annotated[
        str | None,
        typer.Option("--deeds", help="pick,in,on,beside,push,open,close: some of them. Unset: a mix of all."),
    ] = None,
    shift: Annotated[
        str, typer.Option("--shift", help="How scenes are unlike training's: none, hues, shapes, surroundings, raised.")
    ] = "none",
    calm: Annotated[bool, typer.Option("--calm", help="Without jolting the hand.")] = False,
    json: opt.Json = False,
) -> None:
    """Let a teacher that knows where everything is show lessons, and keep them as a LeRobotDataset v3."""
    _collect(out, seeds, jobs, json, deeds=_names(deeds), shift=cast("Shift", shift), calm=calm)


@app.command("dagger")
def dagger(
    policy: Annotated[str, typer.Option("--policy", help="A trained policy's folder: it acts, the teacher corrects.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder of the dataset; what is there already is not shown again.")
    ],
    seeds: Annotated[str, typer.Option("--seeds", help="Range A-B or list A,B,C: a lesson each.")],
    jobs: Jobs = 0,
    deeds: Annotated[
        str | None, typer.Option("--deeds", help="Some deeds, as for collect. Unset: a mix of all.")
    ] = None,
    json: opt.Json = False,
) -> None:
    """Let a policy act in lessons and the teacher say, at every state it comes to, what would have been right."""
    _collect(out, seeds, jobs, json, deeds=_names(deeds), pupil=policy)


@app.command("record")
def record(
    out: Annotated[Path, typer.Option("--out", help="Folder of the dataset; a recording is put behind what is there.")],
    task: Annotated[
        str | None, typer.Option("--task", callback=opt.legible, help="What you will do; unset, asked for.")
    ] = None,
    scene: Annotated[str, typer.Option("--scene", "-s", help="Scene by name, or a path to a scene file.")] = "tabletop",
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Of the scene; unset: the next one without a recording.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="Keys written down, a line a step, instead of pressed.")
    ] = None,
    gui: opt.Gui = False,
    json: opt.Json = False,
    workspace: opt.Own = None,
) -> None:
    """Show a task yourself, by keyboard, in the same form. Exit code 1: a step was not done, and is kept as a failure."""
    from dataclasses import asdict

    from hiervla.learn.teleoperate import record as record_steps
    from hiervla.sim.scene import load_scene

    with opt.json_stdout(json) as put:
        space = opt.workspace(workspace)
        described = load_scene(space.scene_path(scene))
        text = task or _asked("what will you do? ")
        with _keys(keys) as pressed:
            steps = record_steps(
                out, described, text, pressed, partial(_steps, space), space.skills, seed, gui,
                tell=lambda line: print(line, file=sys.stderr),
            )  # fmt: skip
        put([asdict(s) for s in steps])
    raise SystemExit(ExitCode.DONE if steps and all(s.success for s in steps) else ExitCode.FAILED)


def _asked(what: str) -> str:
    """A line that was typed, or stands first in what was piped in."""
    print(what, end="", file=sys.stderr, flush=True)
    if text := (opt.legible(sys.stdin.readline()) or "").strip():
        return text
    raise SetupError("no task was named: say what you will do by --task")


@contextmanager
def _keys(file: Path | None) -> Iterator[Keys]:
    from hiervla.learn.keys import HELP, Script, terminal

    try:
        if file is not None:
            yield Script(file.read_text(encoding="utf-8"), str(file))
        elif not sys.stdin.isatty():
            yield Script(sys.stdin.read())
        else:
            print(HELP, file=sys.stderr)
            with terminal() as pressed:
                yield pressed
    except (OSError, UnicodeDecodeError) as e:
        raise SetupError(f"cannot read keys from {file or 'stdin'}: {e}") from e


def _steps(space: Workspace, text: str, world: World) -> tuple[Subgoal, ...]:
    from hiervla.deskwork import imagine
    from hiervla.paper.described import Described

    told = imagine(text, Described(world=world), space)
    if not told.plans:
        raise SetupError(f"{text!r}: {told.answer}")
    return told.plans[0].subgoals


def _collect(out: Path, seeds: str, jobs: int, json: bool, **plan: Any) -> None:
    from dataclasses import asdict

    from hiervla.learn.collect import collect
    from hiervla.learn.shown import Plan
    from hiervla.scenario.rows import parse_seeds

    with opt.json_stdout(json) as put:
        with _bar("lessons") as told:
            found = collect(out, parse_seeds(seeds), Plan(**plan), jobs=jobs, on_lessons=told)
        if not json:
            _tell(found)
        put(asdict(found))


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(t.strip() for t in text.split(",")) if text else ()


def _tell(found: Collected) -> None:
    print(f"{found.folder}: {found.episodes} episodes of {found.frames} frames, from {found.lessons} lessons")
    for deed, (won, of) in found.successes.items():
        print(f"  {deed:<8} {won} of {of} succeeded")
    if found.not_taken:
        print(f"  nothing from {found.not_taken} of the lessons: their scenes did not let the first step be taken")
    print(f"shown now: {found.shown_now} lessons in {found.seconds} s")


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int, int], None]]:
    """A progress bar on stderr, told how many are done, of how many, and how many frames there are."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[frames]} frames"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=Console(stderr=True))
    task = progress.add_task(what, total=None, frames=0)

    def told(done: int, of: int, frames: int) -> None:
        progress.start()  # not before there is something to tell: an error shall stand alone
        progress.update(task, completed=done, total=of, frames=frames)

    try:
        yield told
    finally:
        if progress.live.is_started:
            progress.stop()
