"""Several datasets into one: the shards that parallel processes wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hiervla.core.errors import SetupError
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.writer import DatasetWriter

_RENEWED = ("stats/timestamp/", "stats/frame_index/", "stats/episode_index/", "stats/index/", "stats/task_index/")


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did."""

    episodes: int
    """Episodes put behind those that were there."""
    known: int
    """Episodes left out because they were there: the same source, skill and seed."""


def merge(shards: Sequence[str | Path], folder: str | Path, *, file_mb: int = 64) -> Merged:
    """Put every shard's episodes into ``folder``, in the shards' order; pictures are copied, not encoded again.

    Killed half-way it is simply run again: what is there already is left out.

    Raises:
        SetupError: no shards, shards of different kinds, or the folder is one of them.
    """
    paths = [Path(s) for s in shards]
    if not paths:
        raise SetupError("nothing to merge: name the shards' folders")
    if Path(folder).resolve() in [p.resolve() for p in paths]:
        raise SetupError(f"{folder} is one of the shards; merge into a folder of its own")
    infos = [layout.get_info(p) for p in paths]
    for path, info in zip(paths, infos, strict=True):
        why = infos[0].schema.differs(info.schema)
        if why or info.fps != infos[0].fps:
            raise SetupError(
                f"{paths[0]} and {path} do not go together: {why or f'{infos[0].fps} and {info.fps} frames a second'}"
            )
    added = known = 0
    with DatasetWriter(folder, infos[0].schema, infos[0].fps, robot=infos[0].robot, file_mb=file_mb) as writer:
        for path, info in zip(paths, infos, strict=True):
            there, tasks = writer.known, layout.get_tasks(path, info.tasks)
            rows = layout.get_episodes(path, info.episodes, stats=True)
            for file, start, stop in layout.data_files(path, rows):
                here = [r for r in rows if start <= r["dataset_from_index"] < stop]
                new = [r for r in here if layout.key_of(r) not in there]
                known += len(here) - len(new)
                whole = layout.get_table(file) if new else None
                for row in new:
                    assert whole is not None
                    frames = whole.slice(row["dataset_from_index"] - start, row["length"])
                    facts = {k: v for k, v in row.items() if not k.startswith(_RENEWED)}
                    writer.add(frames, facts, [tasks[i] for i in frames["task_index"].to_pylist()])
                    added += 1
    return Merged(added, known)
