"""Collecting demonstrations: every seed's lesson is shown by the teacher, in parallel, and kept in one dataset.

Work is parted into shards of a few seeds (``.shards`` in the folder); when all are there they are merged in the order of
their seeds. So the same seeds give the same files, whatever the number of processes and however often it was killed.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.layout import get_info, put_json
from hiervla.learn.dataset.merge import merge
from hiervla.learn.dataset.writer import DatasetWriter, locked
from hiervla.learn.form import FPS, demonstration_form
from hiervla.learn.shards import Row, get_lessons, put_lessons, shards, show_shard
from hiervla.learn.shown import Plan
from hiervla.scenario.rows import run_rows

_PLAN = "collection.json"
"""In ``meta/``: what is shown of every seed. One folder, one plan."""
_ROOM = ".shards"
_FILE_MB = 16
"""Of a data file: its pictures decoded are ten times that, and have to fit into memory once."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a folder holds of the seeds that were asked for."""

    folder: str
    lessons: int
    """Seeds; each gives an episode a step."""
    not_taken: int
    """Seeds whose scene did not let the first step be taken: no episode came of them."""
    episodes: int
    frames: int
    successes: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Deed → how often it succeeded, of how often it was shown."""
    shown_now: int = 0
    """Seeds that were shown this time; the others were there."""
    seconds: float = 0.0


def collect(
    folder: str | Path, seeds: Sequence[int], plan: Plan = Plan(), *, jobs: int = 0,
    on_lessons: Callable[[int, int, int], None] | None = None,
) -> Collected:  # fmt: skip
    """Show every seed that is not in the folder yet, in ``jobs`` processes (0: one per core), and keep what was shown.

    ``on_lessons(done, of, frames)`` is told how many of the lessons are done, and the frames of those shown by now.

    Raises:
        SetupError: the folder holds something else, a deed or shift is unknown, or a process was killed.
    """
    began, to = time.perf_counter(), Path(folder)
    _claim(to, plan.checked())
    room = to / _ROOM
    with locked(room):
        before = _sort_out(to, room)
        parts = shards(s for s in seeds if s not in before)
        done, frames = len({*seeds} & before.keys()), 0

        def shown(row: Row, _: int, __: int) -> None:
            nonlocal done, frames
            done, frames = done + row["lessons"], frames + row["frames"]
            if on_lessons is not None:
                on_lessons(done, len({*seeds}), frames)

        if on_lessons is not None:
            on_lessons(done, len({*seeds}), 0)
        try:
            work = [(p[0], p, str(room), plan) for p in parts]
            run_rows(show_shard, work, keys=("first",), jobs=jobs, on_row=shown)
        except BrokenProcessPool as e:
            raise SetupError(
                "a process that showed lessons was ended from outside (killed, or out of memory); what was shown is kept: "
                "give the same command again, with fewer --jobs if memory was short"
            ) from e
        lessons = _gather(to, room)
    shutil.rmtree(room, ignore_errors=True)
    return _summary(to, [lessons[s] for s in sorted({*seeds})], sum(map(len, parts)), time.perf_counter() - began)


def _claim(folder: Path, plan: Plan) -> None:
    """Make the folder a collection of this plan, or find that it is one."""
    mark, said = folder / "meta" / _PLAN, json.loads(json.dumps(asdict(plan)))
    if folder.is_file():
        raise SetupError(f"{folder} is a file; name a folder to collect into")
    if not mark.exists():
        other = next((p for p in folder.rglob("*") if p.is_file() and p.suffix != ".part"), None)
        if other is not None:
            raise SetupError(f"{folder} holds something else ({other.relative_to(folder)}); collect into a new folder")
        put_json(mark, said)
    try:
        was = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise SetupError(f"cannot read {mark}: {e}; collect into a new folder") from e
    for key, value in said.items():
        if (before := (json.loads(json.dumps(asdict(Plan()))) | was)[key]) != value:
            raise SetupError(
                f"{folder} was collected with {key} = {json.dumps(before)}, not {json.dumps(value)}: "
                "ask for the same, or collect into a new folder"
            )


def _sort_out(folder: Path, room: Path) -> dict[int, Row]:
    """The lessons that are done, by seed. Shards that were merged already, or never finished, go."""
    done = get_lessons(folder / "meta")
    for part in _numbered(room, "*"):
        own = get_lessons(part) if part.suffix != ".part" else {}
        if own.keys() <= done.keys():  # also of one that was being removed: it may have lost its list
            shutil.rmtree(part)
        else:
            done |= own
    return done


def _gather(folder: Path, room: Path) -> dict[int, Row]:
    """Merge all shards into the folder, then say which seeds are done: killed in between, it is simply done again."""
    lessons, parts = get_lessons(folder / "meta"), _numbered(room, "[0-9]" * 8)
    full = [p for p in parts if get_info(p).episodes]
    if full:
        merge(full, folder, file_mb=_FILE_MB)
    elif not (folder / "meta" / "info.json").exists():
        DatasetWriter(folder, demonstration_form(), FPS).close()
    for part in parts:
        lessons |= get_lessons(part)
    if parts:
        put_lessons(folder / "meta", (lessons[s] for s in sorted(lessons)))
    return lessons


def _numbered(room: Path, pattern: str) -> list[Path]:
    return sorted(p for p in room.glob(pattern) if p.name[0].isdigit())


def _summary(folder: Path, lessons: Iterable[Row], shown_now: int, seconds: float) -> Collected:
    lessons = list(lessons)
    episodes: list[dict[str, Any]] = [e for lesson in lessons for e in lesson["episodes"]]
    by_deed = {
        deed: (sum(e["success"] for e in episodes if e["deed"] == deed), sum(e["deed"] == deed for e in episodes))
        for deed in sorted({e["deed"] for e in episodes})
    }
    return Collected(
        str(folder), len(lessons), sum(not r["episodes"] for r in lessons), len(episodes), sum(e["frames"] for e in episodes),
        by_deed, shown_now, round(seconds, 1),
    )  # fmt: skip
