"""The folder a run leaves behind: events as they happen, images by look, the report, a picture and a video."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from pydantic import TypeAdapter

import hiervla
from hiervla.core.errors import SetupError
from hiervla.core.events import Event, Report

_EVENTS: TypeAdapter[Any] = TypeAdapter(Event)


@dataclass(slots=True)
class RunFolder:
    """One run's files. ``path`` None keeps nothing (scored scenario runs that ask for no traces)."""

    path: Path | None
    started: float = field(default_factory=time.time)

    def event(self, event: Any) -> None:
        """Append one event; flushed at once, so that a crash loses nothing that was said before it."""
        if self.path is not None:
            with (self.path / "events.jsonl").open("a", encoding="utf-8") as f:
                f.write(event.model_dump_json() + "\n")

    def image(self, name: str, rgb: np.ndarray) -> str:
        """Save an image (H, W, 3) uint8 as PNG; returns its name in the folder, or "" where nothing is kept."""
        if self.path is None:
            return ""
        from PIL import Image

        Image.fromarray(rgb).save(self.path / f"{name}.png")
        return f"{name}.png"

    def report(self, report: Report) -> None:
        """Write the report beside the events, by rename, so that there is never half a report."""
        if self.path is not None:
            part = self.path / "report.json.part"
            part.write_text(report.model_dump_json(indent=1), encoding="utf-8")
            part.replace(self.path / "report.json")

    @property
    def name(self) -> str:
        return str(self.path) if self.path else ""


def hold(file: Path, held: str) -> TextIO:
    """Hold a file for as long as it is open; whoever dies lets go of it.

    Raises:
        SetupError: another holds it: ``held``.
    """
    opened = file.open("w")
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            opened.close()
            raise SetupError(held) from e
    return opened


def new_run(root: str | Path, label: str) -> RunFolder:
    """A fresh run folder under ``root``, named by time and what was said.

    Raises:
        SetupError: the folder cannot be written.
    """
    slug = re.sub(r"[^\w]+", "-", label.lower(), flags=re.UNICODE).strip("-")[:40] or "run"
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    base = Path(root).expanduser()
    try:
        for n in range(1000):
            path = base / f"{stamp}-{slug}{f'-{n}' if n else ''}"
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                if path.is_dir():
                    continue
                raise
            return RunFolder(path)
    except OSError as e:
        raise SetupError(
            f"cannot write a run folder under {base}: {e.strerror}; choose another with --set runs=FOLDER"
        ) from e
    raise SetupError(f"a thousand runs of one second under {base}: clear some with `hiervla runs --delete`")


def read_events(run: Path) -> list[Any]:
    """The events of a run, oldest first; a line cut short by a crash is left out.

    Raises:
        SetupError: there are none.
    """
    file = run / "events.jsonl"
    if not file.is_file():
        raise SetupError(f"{run} is no run folder: it has no events.jsonl; `hiervla runs` lists them")
    events = []
    for line in file.read_bytes().split(b"\n"):
        try:
            events.append(_EVENTS.validate_json(line))
        except ValueError:
            continue
    return events


def read_report(run: Path) -> Report | None:
    """The report of a run, or None where it did not come to its end."""
    file = run / "report.json"
    return Report.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def make_event(kind: str, time_s: float, data: dict[str, Any]) -> Any:
    """An event of a kind from its fields."""
    return _EVENTS.validate_python({"kind": kind, "time_s": round(time_s, 3), **data})


def dump(value: Any) -> str:
    """JSON for scripts: one line, other scripts kept readable."""
    return json.dumps(value, ensure_ascii=False, default=str)


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    return {"hiervla": hiervla.__version__, "python": platform.python_version(), **_installed()}


@cache
def _installed() -> dict[str, str]:
    found = {}
    for name in ("pybullet", "numpy", "open3d-cpu", "open3d", "langgraph"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
