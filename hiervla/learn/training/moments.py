"""The moments of all demonstrations, and which of them are drawn how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.cerebellum.policies.mini.memory import Past, since_switched
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array
from hiervla.learn.dataset.reader import DatasetReader, EpisodeRow
from hiervla.learn.dataset.schema import Values
from hiervla.learn.form import STATE

FINE_PHASES = ("descend", "close", "lower", "open")
FINE_WEIGHT = 2.0
"""Moments in which millimetres count are drawn more often."""
LAST_TICKS, LAST_WEIGHT = 2, 4.0
"""So are an episode's last ones: from them the end is learnt."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a moment's episode says of it."""

    skill: str
    deed: str
    target: str
    reference: str
    wordings: tuple[str, ...]


CORRECTED = "dagger"
"""Source of episodes in which a policy acted and the teacher corrected."""


class Moments:
    """Several datasets as one row of moments, every so manieth episode kept apart.

    What a teacher showed counts only if it succeeded; where it corrected a policy, every state is labelled with what would
    have been right, however it ended.
    """

    def __init__(self, folders: Sequence[str], held_out_every: int) -> None:
        """``held_out_every`` 0 keeps none apart.

        Raises:
            SetupError: a folder holds no demonstrations, or none that succeeded.
        """
        self._readers = [DatasetReader(Path(f)) for f in folders]
        self._begins = np.cumsum([0, *(len(r) for r in self._readers)])
        good = [
            (start, e)
            for start, r in zip(self._begins, self._readers, strict=False)
            for e in r.select(lambda e: e.success or e.source == CORRECTED)
        ]
        if len(good) < max(1, 2 * held_out_every):
            raise SetupError(
                f"{', '.join(folders)}: {len(good)} successful demonstrations; at least {max(1, 2 * held_out_every)} are needed"
                f" to learn from and to check: `hiervla learn collect`"
            )
        self.training = Draw.of(self, [g for i, g in enumerate(good) if not held_out_every or i % held_out_every])
        self._behind = _Behind(self)
        self.checking = Draw.of(self, good[::held_out_every]) if held_out_every else self.training

    def past(self, rows: Values, ticks: Values) -> list[Past]:
        """What lies so many ticks (n,) behind moments (n,), by their number over all datasets; at most to their episode's beginning."""
        return self._behind.of(rows, ticks)

    def __len__(self) -> int:
        return int(self._begins[-1])

    def take(self, rows: Values, keys: Sequence[str]) -> dict[str, Values]:
        """Features of moments (n,), by their number over all datasets."""
        which = np.searchsorted(self._begins, rows, side="right") - 1
        found: dict[str, Values] = {}
        for n in np.unique(which):
            mine = np.flatnonzero(which == n)
            for key, part in self._readers[n].take(rows[mine] - self._begins[n], keys).items():
                found.setdefault(key, np.empty((len(rows), *part.shape[1:]), part.dtype))[mine] = part
        return found


class _Behind:
    """Hand, fingers and commands of all moments, to tell what came before any of them."""

    def __init__(self, moments: Moments) -> None:
        found = moments.take(np.arange(len(moments)), ("observation.state", "executed", "frame_index"))
        self._at = found["observation.state"][:, :3].astype(float)
        self._width = found["observation.state"][:, STATE.index("width")].astype(float)
        self._frame = found["frame_index"].astype(int)
        self._since = since_switched(found["executed"][:, 6] > 0.5, self._frame == 0)

    def of(self, rows: Values, ticks: Values) -> list[Past]:
        back = np.minimum(ticks, self._frame[rows])
        over = np.maximum(back, 1)
        moved = (self._at[rows] - self._at[rows - back]) / over[:, None]
        widened = (self._width[rows] - self._width[rows - back]) / over
        return [Past(m, float(w), int(s)) for m, w, s in zip(moved, widened, self._since[rows], strict=True)]


@dataclass(frozen=True, slots=True)
class Draw:
    """Moments to draw from, by deed."""

    rows: Mapping[str, Values]  # deed → (n,) moments
    shares: Mapping[str, Array]  # deed → (n,) cumulative weights, the last one 1
    episodes: Mapping[str, Values]  # deed → (n,) index into told
    told: tuple[Told, ...]

    @classmethod
    def of(cls, moments: Moments, episodes: Sequence[tuple[int, EpisodeRow]]) -> Draw:
        """All moments of these episodes; each comes with where its dataset begins."""
        rows: dict[str, list[Values]] = {}
        belongs: dict[str, list[Values]] = {}
        told = []
        for begin, e in episodes:
            deed = str(e.metadata["deed"])
            words = tuple(w for i in e.instructions for w in (*i.english, *i.chinese))
            rows.setdefault(deed, []).append(begin + np.arange(e.start, e.start + e.length))
            belongs.setdefault(deed, []).append(np.full(e.length, len(told)))
            told.append(Told(e.skill, deed, str(e.metadata["target"]), str(e.metadata["reference"]), words))
        joined = {deed: np.concatenate(r) for deed, r in rows.items()}
        shares = {deed: _shares(moments.take(r, ("phase", "remaining"))) for deed, r in joined.items()}
        return cls(joined, shares, {deed: np.concatenate(b) for deed, b in belongs.items()}, tuple(told))

    def __len__(self) -> int:
        return sum(len(r) for r in self.rows.values())

    def draw(self, n: int, alpha: float, rng: np.random.Generator) -> tuple[Values, list[Told]]:
        """n moments and what is told of them; deeds come with P ∝ count^alpha."""
        deeds = sorted(self.rows)
        share = np.array([len(self.rows[d]) for d in deeds], dtype=float) ** alpha
        rows, told = [], []
        for d in rng.choice(len(deeds), n, p=share / share.sum()):
            deed = deeds[d]
            i = int(np.searchsorted(self.shares[deed], rng.random(), side="right"))
            rows.append(self.rows[deed][i])
            told.append(self.told[self.episodes[deed][i]])
        return np.array(rows), told


def _shares(columns: dict[str, Any]) -> Array:
    weights = np.where(np.isin(columns["phase"].astype(str), FINE_PHASES), FINE_WEIGHT, 1.0)
    weights = np.where(columns["remaining"] <= LAST_TICKS, LAST_WEIGHT, weights)
    total = np.cumsum(weights)
    return np.asarray(total / total[-1])
