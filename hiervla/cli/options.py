"""Options that several commands share, and the ways their output leaves the process."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hiervla.core.errors import SetupError

if TYPE_CHECKING:
    from hiervla.cli.live import Live
    from hiervla.core.config import Settings
    from hiervla.core.marking import Drawing, Mark
    from hiervla.workspace import Workspace

Scene = Annotated[str | None, typer.Option("--scene", "-s", help="Scene by name, or a path to a scene file.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Everything random follows from it.")]
Brain = Annotated[
    str | None, typer.Option("--brain", help="grammar, chat:PROVIDER:MODEL, local:FOLDER, or package.module:Class.")
]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Where a chat brain's model is served.")]
Fallback = Annotated[str | None, typer.Option("--fallback", help="Brain that takes over where the other is lost.")]
Detector = Annotated[
    str | None,
    typer.Option(
        "--detector",
        help="Finds things by names nobody told: owlv2:FOLDER, grounding-dino:FOLDER, vlm:PROVIDER:MODEL?points=CONVENTION, or package.module:Class.",
    ),
]
Robot = Annotated[
    str | None, typer.Option("--robot", help="Arm instead of the scene's own: panda, iiwa, or package.module:MODEL.")
]
Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="servo, a trained FOLDER, openpi:ws://HOST:PORT, pi0:FOLDER, or package.module:Class; several by commas, the first that covers a task runs it.",
    ),
]
Mapping = Annotated[str | None, typer.Option("--mapping", help="How a foreign policy sees and acts: a TOML file.")]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on stdout; all else goes to stderr.")]
Own = Annotated[
    str | None, typer.Option("--workspace", "-w", help="Folder with skills, tools, prompts and scenes of your own.")
]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="Change a setting: key=value, e.g. chunk.mode=fixed. Repeatable.")
]
Gui = Annotated[bool, typer.Option("--gui", help="Open PyBullet's window (needs a display).")]
Marks = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        help="A click or box in the look picture, to speak of: NAME=X,Y or NAME=X0,Y0,X1,Y1 in pixels. Repeatable.",
    ),
]
Drawn = Annotated[
    Path | None,
    typer.Option(
        "--drawn",
        help="A copy of the look picture with coloured boxes drawn on it: “the red box”, “there (green box)”.",
    ),
]


def legible(said: str | None) -> str | None:
    """What was said, bytes that are no text replaced: they can neither be printed nor kept in a record."""
    return None if said is None else said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def all_legible(said: list[str] | None) -> list[str]:
    return [t for t in map(legible, said or ()) if t is not None]


def workspace(own: str | None) -> Workspace:
    """The content in force; a workspace that was merely stood in is announced."""
    from hiervla.workspace import load_workspace, own_root

    root = own_root(own)
    if root is not None and own is None and "HIERVLA_WORKSPACE" not in os.environ:
        print(f"workspace: {root}", file=sys.stderr)
    return load_workspace(root)


def marks(said: list[str] | None, drawn: Path | None = None) -> tuple[Mark | Drawing, ...]:
    """Marks from the command line; SetupError where one is none, two have one name, or the drawing is not there."""
    from hiervla.core.marking import Drawing, Mark

    found = tuple(map(Mark.parse, said or ()))
    for m in found:
        if sum(m.name == o.name for o in found) > 1:
            raise SetupError(f"two marks are called {m.name!r}; give each a name of its own")
    if drawn is not None and not drawn.is_file():
        raise SetupError(f"no drawing {drawn}: draw on a copy of the look picture L1-front.png of a run's folder")
    return (*found, Drawing(path=str(drawn))) if drawn is not None else found


def settings(
    space: Workspace, sets: list[str] | None, brain: str | None = None, policy: str | None = None,
    robot: str | None = None, mapping: str | None = None, base_url: str | None = None, fallback: str | None = None,
    detector: str | None = None,
) -> Settings:  # fmt: skip
    """Settings of the workspace's hiervla.toml with the command line's changes on top."""
    from hiervla.core.config import load_settings
    from hiervla.workspace import MARKER

    changes = [
        *(sets or []),
        *([f"brain={json.dumps(brain)}"] if brain else []),
        *([f"policy={json.dumps(policy)}"] if policy else []),
        *([f"robot={json.dumps(robot)}"] if robot else []),
        *([f"chat.base_url={json.dumps(base_url)}"] if base_url else []),
        *([f"fallback={json.dumps(fallback)}"] if fallback else []),
        *([f"detector={json.dumps(detector)}"] if detector else []),
        *([f"mapping={json.dumps(mapping)}"] if mapping else []),
    ]
    return load_settings(space.roots[1] / MARKER if len(space.roots) > 1 else None, tuple(changes))


def followed(settings: Settings, live: Live) -> Settings:
    """The settings of a mission that somebody may follow at a terminal: a chat model's replies are then read as they are written."""
    if settings.chat.stream is not None or not live.follows:
        return settings
    return settings.model_copy(update={"chat": settings.chat.model_copy(update={"stream": True})})


@contextmanager
def json_stdout(wanted: bool) -> Iterator[Any]:
    """Keep stdout for one object: until it is printed, descriptor 1 is descriptor 2, also for native libraries."""
    if not wanted:
        yield lambda value: None
        return
    if sys.stdout is None:
        raise SetupError("--json has no stdout to print to: do not close it")
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)

    def put(value: Any) -> None:
        from hiervla.record import dump

        text = value if isinstance(value, str) else dump(value)
        os.write(real, (text + "\n").encode())

    try:
        yield put
    finally:
        sys.stdout.flush()
        os.dup2(real, 1)
        os.close(real)


def exit_with(status: str) -> None:
    """Leave with the exit code of a mission's status."""
    from hiervla.core.errors import ExitCode

    raise SystemExit(int(ExitCode[status.upper()]))
