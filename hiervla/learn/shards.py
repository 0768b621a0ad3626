"""Parts of a collection: a few lessons each, written by one process, there whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hiervla.core.errors import SetupError
from hiervla.core.skill import Skill
from hiervla.learn.dataset.layout import put
from hiervla.learn.dataset.writer import DatasetWriter
from hiervla.learn.form import FPS, demonstration_form
from hiervla.learn.shown import Plan, show_seed
from hiervla.workspace import shared_workspace

LESSONS = "lessons.jsonl"
"""What came of every seed, a line each; written last, so that a shard that has it is whole."""
A_SHARD = 8
"""Seeds shown in one go: what a kill costs a process at most."""
_ROBOT = "panda"
Row = dict[str, Any]


def shards(seeds: Iterable[int]) -> list[tuple[int, ...]]:
    """Seeds in groups that depend on their numbers alone, so that the same ones meet however often it was begun."""
    groups: dict[int, list[int]] = {}
    for seed in sorted(set(seeds)):
        groups.setdefault(seed // A_SHARD, []).append(seed)
    return [tuple(g) for g in groups.values()]


def show_shard(first: int, seeds: Sequence[int], room: str, plan: Plan) -> Row:
    """Show these seeds and leave what was shown under ``room``; returns how many lessons, episodes and frames.

    Raises:
        SetupError: the disk refuses.
    """
    part, whole = Path(room) / f"{first:08d}.part", Path(room) / f"{first:08d}"
    shutil.rmtree(part, ignore_errors=True)
    writer = DatasetWriter(part, demonstration_form(), FPS, robot=_ROBOT, file_mb=256)
    lessons: list[Row] = []
    try:
        for seed in seeds:
            deed, episodes = show_seed(seed, plan, _skills())
            for episode in episodes:
                writer.append(episode, commit=False)
            told = [
                {"deed": e.metadata["deed"], "frames": len(e), "success": e.success, "failure": e.failure and e.failure.value}
                for e in episodes
            ]  # fmt: skip
            lessons.append({"seed": seed, "deed": deed, "episodes": told})
    finally:
        writer.close(statistics=False)
    put_lessons(part, lessons)
    part.rename(whole)
    shown = [e for lesson in lessons for e in lesson["episodes"]]
    return {"first": first, "lessons": len(seeds), "episodes": len(shown), "frames": sum(e["frames"] for e in shown)}


def put_lessons(folder: Path, lessons: Iterable[Row]) -> None:
    """Say what came of every seed."""
    text = "".join(json.dumps(row) + "\n" for row in lessons)
    put(folder / LESSONS, lambda file: file.write(text.encode()))


def get_lessons(folder: Path) -> dict[int, Row]:
    """What came of every seed that is done, by seed.

    Raises:
        SetupError: the file is damaged.
    """
    path = folder / LESSONS
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {int(row["seed"]): row for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise SetupError(f"cannot read {path}: {e}; collect into a new folder") from e


@cache
def _skills() -> dict[str, type[Skill]]:
    return shared_workspace().skills
