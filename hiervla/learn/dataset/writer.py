"""Writing demonstrations: whole episodes, each committed when ``append`` returns.

Parquet cannot be appended to, and an unfinished file cannot be read. So the newest data file is kept small (``file_mb``)
and written anew, whole, for every episode; then the newest file of meta/episodes; then info.json, which commits. Killed
between any two of these, the dataset is the one before: rows that info.json does not count are ignored and overwritten.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.columns import episode_schema, frames_file, frames_table, pa, tasks_table, with_indices
from hiervla.learn.dataset.episode import Episode, checked
from hiervla.learn.dataset.schema import OWN, Schema
from hiervla.learn.dataset.statistics import Summary, episode_summaries, own_feature, summary, write_statistics
from hiervla.record import hold

_EPISODES_A_FILE = 64


class DatasetWriter:
    """One process's pen on one dataset; others are kept out while it is open. Opening an existing folder resumes it."""

    def __init__(self, folder: str | Path, schema: Schema, fps: int, *, robot: str = "", file_mb: int = 8) -> None:
        """Start or resume a dataset.

        Args:
            folder: where it lies; made where there is none.
            schema: what it holds; must equal that of an existing dataset.
            fps: frames a second.
            robot: the arm's name, LeRobot's ``robot_type``.
            file_mb: size at which a data file is full. Each episode costs writing half of it.

        Raises:
            SetupError: the folder is another dataset, is being written by another process, or cannot be written.
        """
        if fps < 1 or file_mb < 1:
            raise SetupError(f"fps and file_mb must be 1 or more, not {fps} and {file_mb}")
        self.folder = Path(folder)
        self._lock = locked(self.folder)
        try:
            self._open(layout.Info(schema, fps, robot=robot, file_mb=file_mb))
        except BaseException:
            self._lock.close()
            raise

    def _open(self, asked: layout.Info) -> None:
        for part in (p for room in ("data", "meta") for p in (self.folder / room).glob("**/.*.part")):
            part.unlink()
        if not (self.folder / "meta" / "info.json").exists():
            layout.put_empty(self.folder, asked)
        self._info = layout.get_info(self.folder)
        if why := self._info.schema.differs(asked.schema):
            raise SetupError(f"{self.folder} holds another kind of dataset: {why}; write to a new folder")
        if self._info.fps != asked.fps:
            raise SetupError(
                f"{self.folder} has {self._info.fps} frames a second, not {asked.fps}; write to a new folder"
            )
        self._info = replace(self._info, schema=asked.schema, file_mb=asked.file_mb)
        self._tasks = {task: i for i, task in enumerate(layout.get_tasks(self.folder, self._info.tasks))}
        rows = layout.get_episodes(self.folder, self._info.episodes)
        self._keys: set[layout.Key] = {layout.key_of(r) for r in rows}
        self._data, self._meta = (0, 0), (0, 0)
        self._tables: list[pa.Table] = []  # of the newest data file, an episode each
        self._rows: list[dict[str, Any]] = []  # of the newest file of meta/episodes
        self._task_files = len(self._tasks)
        if rows:
            self._resume(rows)
        self._dirty = False

    def _resume(self, rows: list[dict[str, Any]]) -> None:
        self._data, self._meta = (layout.place_of(rows[-1], what) for what in ("data", "meta/episodes"))
        whole = layout.get_table(layout.data_path(self.folder, self._data))
        here = [r for r in rows if layout.place_of(r, "data") == self._data]
        first = here[0]["dataset_from_index"]
        self._tables = [whole.slice(r["dataset_from_index"] - first, r["length"]) for r in here]
        with_stats = layout.get_table(layout.episodes_path(self.folder, self._meta)).to_pylist()
        self._rows = [r for r in with_stats if r["episode_index"] < self._info.episodes]

    def append(self, episode: Episode, commit: bool = True) -> int:
        """Check an episode, write it, commit it (or leave that for later); returns its index.

        Raises:
            SetupError: it does not fit the schema, it is there already, or the disk refuses.
        """
        self._check_open()
        key = (episode.source, episode.skill, episode.seed)
        if key in self._keys:
            raise SetupError(f"episode {episode.name} is there already; ask `known` before making it")
        schema = self._info.schema
        values = checked(episode, schema)
        of = np.zeros(len(episode), np.int64) if episode.instruction_of is None else np.asarray(episode.instruction_of)
        facts = {
            "skill": episode.skill, "seed": episode.seed, "success": episode.success,
            "failure": str(episode.failure or ""), "source": episode.source,
            "recovery_frames": episode.recovery_frames, "phases": list(episode.phases),
            "instructions": [{"english": list(i.english), "chinese": list(i.chinese)} for i in episode.instructions],
            **{f"metadata/{name}": value for name, value in episode.metadata.items()},
            **_flat(episode_summaries(values, schema)),
        }  # fmt: skip
        tasks = [episode.instructions[i].task for i in of]
        index = self.add(frames_table(episode, values, schema, self._info.fps), facts, tasks)
        if commit:
            self.commit()
        return index

    def add(self, table: pa.Table, facts: dict[str, Any], tasks: list[str]) -> int:
        """Put an episode's frames, its row's facts and the task of each frame behind the others; not yet committed."""
        self._check_open()
        if sum(t.nbytes for t in self._tables) + table.nbytes > self._info.file_mb * 2**20 and self._tables:
            self.commit()
            self._data, self._tables = layout.after(self._data), []
        if len(self._rows) >= _EPISODES_A_FILE:
            self.commit()
            self._meta, self._rows = layout.after(self._meta), []
        for task in tasks:
            self._tasks.setdefault(task, len(self._tasks))
        index, first, length = self._info.episodes, self._info.frames, table.num_rows
        table = with_indices(table, index, first, np.array([self._tasks[t] for t in tasks]))
        own = {n: summary(table[n].to_numpy().astype(own_feature(n).dtype)) for n in OWN}
        places = {f"{what}/{i}_index": p for what, at in (("data", self._data), ("meta/episodes", self._meta))
                  for i, p in zip(("chunk", "file"), at, strict=True)}  # fmt: skip
        row = {"episode_index": index, "tasks": list(dict.fromkeys(tasks)), "length": length, **places,
               "dataset_from_index": first, "dataset_to_index": first + length}  # fmt: skip
        self._tables.append(table)
        self._rows.append(facts | row | _flat(own))
        self._keys.add((facts["source"], facts["skill"], facts["seed"]))
        self._info = replace(self._info, episodes=index + 1, frames=first + length, tasks=len(self._tasks))
        self._dirty = True
        return index

    def commit(self) -> None:
        """Put what was added on disk."""
        if not self._dirty:
            return
        schema = self._info.schema
        (self.folder / "meta" / "stats.json").unlink(missing_ok=True)  # none is better than one of fewer frames
        data = frames_file(self._tables, schema)
        layout.put(layout.data_path(self.folder, self._data), lambda f: f.write(data))
        if self._task_files != len(self._tasks):
            layout.put_table(self.folder / "meta" / "tasks.parquet", tasks_table(list(self._tasks)))
            self._task_files = len(self._tasks)
        rows = pa.Table.from_pylist(self._rows, schema=episode_schema(schema))
        layout.put_table(layout.episodes_path(self.folder, self._meta), rows)
        layout.put_info(self.folder, self._info)
        self._dirty = False

    @property
    def episodes(self) -> int:
        return self._info.episodes

    @property
    def frames(self) -> int:
        return self._info.frames

    @property
    def known(self) -> frozenset[layout.Key]:
        """(source, skill, seed) of every episode that is there: what a resumed collection need not make again."""
        return frozenset(self._keys)

    def close(self, statistics: bool = True) -> None:
        """Commit, compute the statistics of all that is there (a part of a dataset needs none), let others write."""
        if self._lock.closed:
            return
        try:
            self.commit()
            if statistics and self._info.frames and not (self.folder / "meta" / "stats.json").exists():
                write_statistics(self.folder)
        finally:
            self._lock.close()

    def __enter__(self) -> DatasetWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close() if error is None else self._lock.close()

    def _check_open(self) -> None:
        if self._lock.closed:
            raise SetupError(f"the writer of {self.folder} is closed; open it again to write more")


def _flat(found: dict[str, Summary]) -> dict[str, Any]:
    return {f"stats/{name}/{what}": v.tolist() for name, figures in found.items() for what, v in figures.items()}


def locked(folder: Path) -> TextIO:
    """An open file that holds the folder for this process; the system lets go of it even after kill -9.

    Raises:
        SetupError: another process holds it, or it cannot be written.
    """
    try:
        (folder / "meta").mkdir(parents=True, exist_ok=True)
        return hold(
            folder / "meta" / ".lock",
            f"{folder} is being written by another process; give each its own folder and merge them",
        )
    except OSError as e:
        raise SetupError(f"cannot write a dataset to {folder}: {e.strerror}; choose another folder") from e
