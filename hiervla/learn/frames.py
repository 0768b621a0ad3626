"""Reading demonstrations to learn from: whole episodes one by one, or frames of any episodes at once. No torch here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hiervla.cerebellum.policies.mini.inputs import Grounding
from hiervla.core.errors import SetupError
from hiervla.core.observation import Observation
from hiervla.learn.dataset.episode import Episode
from hiervla.learn.dataset.reader import DatasetReader, EpisodeRow
from hiervla.learn.dataset.schema import Values
from hiervla.learn.form import SEEN, demonstration_form, grounding_from, observation_of


def episodes(folder: str | Path, where: Callable[[EpisodeRow], bool] | None = None, **facts: Any) -> Iterator[Episode]:
    """The demonstrations of a dataset, or those whose facts are as said; failures only where ``success`` asks for them."""
    reader = DatasetReader(folder)
    for row in reader.select(where, **_wanted(facts)):
        yield reader.episode(row.index)


class Frames:
    """Frames of any episodes at once: pictures are decoded a single time, then paged in. May go to worker processes."""

    def __init__(
        self, folder: str | Path, cache: str | Path | None = None, told: Callable[[int, int], None] | None = None
    ) -> None:
        """Open a dataset and decode what has not been decoded yet, about 0.1 MB a frame.

        Args:
            folder: of the dataset.
            cache: where decoded files go; ``.cache/hiervla`` in the folder unless said.
            told: hears how many frames are decoded, and of how many.

        Raises:
            SetupError: it is no dataset of demonstrations, or a damaged one, or ``cache`` cannot be written.
        """
        self.reader = DatasetReader(folder, cache=cache, raw=True)
        for name, feature in demonstration_form().features.items():
            if (there := self.reader.schema.features.get(name)) is None or there.array_shape != feature.array_shape:
                raise SetupError(
                    f"{folder} has no column {name!r} of shape {list(feature.array_shape)}: a policy learns from what "
                    "`hiervla learn collect` or `hiervla learn record` wrote"
                )
        self.reader.unpack(told)

    def __len__(self) -> int:
        return self.reader.frames

    @property
    def episodes(self) -> tuple[EpisodeRow, ...]:
        return self.reader.episodes

    def select(self, where: Callable[[EpisodeRow], bool] | None = None, **facts: Any) -> tuple[EpisodeRow, ...]:
        """Episodes by their facts, as ``DatasetReader.select``; failures only where ``success`` asks for them."""
        return self.reader.select(where, **_wanted(facts))

    def rows(self, of: Sequence[EpisodeRow] | None = None) -> Values:
        """The rows (n,) of these episodes, or of all that succeeded."""
        return self.reader.rows(self.select() if of is None else of)

    def row(self, episode: int, frame: int) -> int:
        """The row of an episode's frame; below zero counts from its end.

        Raises:
            IndexError: there is no such frame.
        """
        return self.episodes[episode].rows[frame]

    def take(self, rows: Sequence[int] | Values, names: Sequence[str] | None = None) -> dict[str, Values]:
        """Columns at rows (n,) in any order: name → (n, *shape), depth in metres. Unless named, what a policy was given."""
        return self.reader.take(rows, SEEN if names is None else names)

    def shown(self, rows: Sequence[int] | Values) -> list[tuple[Observation, Grounding]]:
        """What was sensed, and what was truly so of target and goal: what eyes would err by is not in it."""
        return [(observation_of(row), grounding_from(row)) for row in split(self.take(rows))]


def split(columns: Mapping[str, Values]) -> Iterator[dict[str, Any]]:
    """The rows of columns that were taken together."""
    for i in range(len(next(iter(columns.values())))):
        yield {name: values[i] for name, values in columns.items()}


def _wanted(facts: dict[str, Any]) -> dict[str, Any]:
    return {"success": True} | facts
