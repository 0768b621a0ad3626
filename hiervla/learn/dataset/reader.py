"""Reading demonstrations: episodes, frames in any order, windows of actions; little is held in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError, unknown
from hiervla.core.outcome import FailureKind
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.episode import Episode, Fact, Frame, Instruction
from hiervla.learn.dataset.mapped import MappedFile
from hiervla.learn.dataset.schema import OWN, Schema, Values
from hiervla.learn.dataset.statistics import Summary, read_statistics, statistics

_FILES_OPEN = 256


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """What is known of an episode without opening its frames."""

    index: int
    start: int  # its first row in the dataset
    length: int  # frames
    skill: str = ""
    seed: int = 0
    success: bool = False
    failure: str = ""  # a FailureKind, or empty
    source: str = ""
    recovery_frames: int = 0
    phases: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    metadata: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def rows(self) -> range:
        return range(self.start, self.start + self.length)


class DatasetReader:
    """A dataset for reading, ours or another LeRobotDataset v3 with pictures in parquet. May go to worker processes."""

    def __init__(self, folder: str | Path, *, cache: str | Path | None = None, raw: bool = False) -> None:
        """Open a dataset; its frames are unpacked file by file when first asked for.

        Args:
            folder: the one that holds meta/ and data/.
            cache: where unpacked files go; ``.cache/hiervla`` in the folder unless said.
            raw: unpack pictures as well: ten times the disk, no decoding when read.

        Raises:
            SetupError: it is no dataset, or a damaged one.
        """
        self.folder = Path(folder)
        self._cache = Path(cache) if cache is not None else self.folder / ".cache" / "hiervla"
        self._raw = raw
        info = layout.get_info(self.folder)
        self.schema: Schema = info.schema
        self.fps = info.fps
        self.frames = info.frames
        rows = layout.get_episodes(self.folder, info.episodes)
        self.tasks = tuple(layout.get_tasks(self.folder, info.tasks))
        self.episodes: tuple[EpisodeRow, ...] = tuple(_row(r) for r in rows)
        files = layout.data_files(self.folder, rows)
        self._paths = [path for path, _, _ in files]
        self._starts = np.array([start for _, start, _ in files], np.int64)
        self._stops = [stop for _, _, stop in files]
        self._first = np.array([e.start for e in self.episodes], np.int64)
        self._last = np.array([e.start + e.length - 1 for e in self.episodes], np.int64)
        self._open: dict[int, MappedFile] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_open": {}}  # a worker maps the files itself

    def __len__(self) -> int:
        return self.frames

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.schema.features, *OWN)

    def unpack(self, told: Callable[[int, int], None] | None = None) -> None:
        """Unpack every file now, not when first asked for; ``told(done, of)`` hears of frames."""
        for n, stop in enumerate(self._stops):
            self._file(n)
            if told is not None:
                told(stop, self.frames)

    def select(self, where: Callable[[EpisodeRow], bool] | None = None, **facts: Any) -> tuple[EpisodeRow, ...]:
        """The episodes whose facts are as said: ``select(skill="pick", success=True, seed=range(100))``.

        Each is one of EpisodeRow's fields or of the declared metadata; a collection means any of its members.
        """
        known = {*EpisodeRow.__dataclass_fields__, *self.schema.metadata}
        for name in facts:
            if name not in known:
                raise unknown("fact of an episode", name, known, str(self.folder))

        def fits(e: EpisodeRow) -> bool:
            for name, wanted in facts.items():
                value = e.metadata[name] if name in self.schema.metadata else getattr(e, name)
                if (
                    value not in wanted
                    if isinstance(wanted, Collection) and not isinstance(wanted, str)
                    else value != wanted
                ):
                    return False
            return where is None or where(e)

        return tuple(e for e in self.episodes if fits(e))

    def rows(self, episodes: Sequence[EpisodeRow] | None = None) -> Values:
        """The dataset rows (n,) of these episodes, or of all."""
        chosen = self.episodes if episodes is None else episodes
        return np.concatenate([np.arange(e.start, e.start + e.length) for e in chosen] or [np.zeros(0, np.int64)])

    def take(self, rows: Sequence[int] | Values, keys: Sequence[str] | None = None) -> dict[str, Values]:
        """Features at dataset rows (n,), in any order: key → (n, *shape). Pictures are decoded only where asked for."""
        at, wanted = self._there(rows), self._known(keys)
        files = np.searchsorted(self._starts, at, side="right") - 1
        found: dict[str, Values] = {}
        for n in np.unique(files):
            mine = np.flatnonzero(files == n)
            file = self._file(int(n))
            for key in wanted:
                part = file.take(key, at[mine] - self._starts[n])
                if key not in found:
                    found[key] = np.empty((len(at), *part.shape[1:]), part.dtype)
                found[key][mine] = part
        return found or {k: self._nothing(k) for k in wanted}

    def windows(
        self, rows: Sequence[int] | Values, horizon: int, keys: Sequence[str] = ("action",)
    ) -> dict[str, Values]:
        """The next ``horizon`` frames from each row on: key → (n, horizon, *shape), and ``pad`` (n, horizon) bool.

        Past its episode's end the last frame is repeated and ``pad`` is true.
        """
        at = self._there(rows)
        if horizon < 1:
            raise SetupError(f"a window needs a horizon of 1 or more, not {horizon}")
        ahead = at[:, None] + np.arange(horizon)
        ends = self._last[np.searchsorted(self._first, at, side="right") - 1][:, None]
        inside, where = np.unique(np.minimum(ahead, ends), return_inverse=True)  # windows overlap: read each frame once
        found = {k: v[where.reshape(ahead.shape)] for k, v in self.take(inside, keys).items()}
        return found | {"pad": ahead > ends}

    def episode(self, index: int, keys: Sequence[str] | None = None) -> Episode:
        """One demonstration as it was written, or with some of its features."""
        if not 0 <= index < len(self.episodes):
            raise SetupError(f"{self.folder} has episodes 0 … {len(self.episodes) - 1}, not {index}")
        row = self.episodes[index]
        values = self.take(np.arange(row.start, row.start + row.length), [*self._known(keys), "task_index"])
        said = [i.task for i in row.instructions]
        of = np.array([said.index(self.tasks[t]) for t in values.pop("task_index")], np.int64)
        values = {k: v for k, v in values.items() if k not in OWN}
        failure = FailureKind(row.failure) if row.failure else None
        return Episode(
            values, row.instructions, row.skill, row.seed, row.success, failure, row.source, row.metadata, of
        )

    def frame(self, row: int, keys: Sequence[str] | None = None) -> Frame:
        """One moment, by its row in the dataset."""
        values = self.take([row], [*self._known(keys), "task_index", "episode_index"])
        task, episode = (int(values.pop(k)[0]) for k in ("task_index", "episode_index"))
        said = next(i for i in self.episodes[episode].instructions if i.task == self.tasks[task])
        return Frame({k: v[0] for k, v in values.items() if k not in OWN}, said)

    def statistics(self) -> dict[str, Summary]:
        """Per feature as meta/stats.json has them (computed where it is missing), depth in metres."""
        found = read_statistics(self.folder) or statistics(self.folder)
        for name, feature in self.schema.features.items():
            if feature.kind == "depth":
                found[name] = {k: v if k == "count" else v * feature.step_m for k, v in found[name].items()}
        return found

    def _there(self, rows: Sequence[int] | Values) -> Values:
        at = np.asarray(rows, dtype=np.int64)
        if at.size and (at.min() < 0 or at.max() >= self.frames):
            raise SetupError(f"{self.folder} has rows 0 … {self.frames - 1}; asked for {at.min()} … {at.max()}")
        return at

    def _known(self, keys: Sequence[str] | None) -> list[str]:
        for key in keys or ():
            if key not in self.keys:
                raise unknown("feature", key, self.keys, str(self.folder))
        return list(dict.fromkeys(self.keys if keys is None else keys))

    def _file(self, n: int) -> MappedFile:
        file = self._open.pop(n, None) or MappedFile(self._paths[n], self._cache, self.schema, self._raw)
        if file.length < (wanted := self._stops[n] - int(self._starts[n])):
            raise SetupError(f"{self._paths[n]} holds {file.length} of its {wanted} frames; fetch the dataset again")
        self._open[n] = file  # the newest is last; the one not asked for longest goes
        if len(self._open) > _FILES_OPEN:
            self._open.pop(next(iter(self._open)))
        return file

    def _nothing(self, key: str) -> Values:
        feature = self.schema.features.get(key)
        return np.zeros((0, *feature.array_shape), feature.dtype) if feature else np.zeros(0, np.int64)


def _row(r: dict[str, Any]) -> EpisodeRow:
    """From a row of meta/episodes; another writer's rows have LeRobot's columns alone."""
    words = r.get("instructions") or [{"english": [task], "chinese": []} for task in r["tasks"]]
    ours = {
        k: r[k] for k in ("skill", "seed", "success", "failure", "source", "recovery_frames") if r.get(k) is not None
    }
    return EpisodeRow(
        index=r["episode_index"], start=r["dataset_from_index"], length=r["length"], phases=tuple(r.get("phases") or ()),
        instructions=tuple(Instruction(tuple(i["english"]), tuple(i["chinese"])) for i in words),
        metadata={k.removeprefix("metadata/"): v for k, v in r.items() if k.startswith("metadata/")}, **ours,
    )  # fmt: skip
