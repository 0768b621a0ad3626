"""``bins``: each of the 112 numbers of a chunk is one of 256 evenly spaced values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from hiervla.cerebellum.policies.tokens.port import (
    HORIZON,
    WIDTH,
    Reach,
    Slots,
    Slotted,
    read_chunk,
    read_description,
    write_description,
)
from hiervla.core.geometry import Array


class BinsTokeniser(Slotted):
    """Both ends of the reach are values of their own, so that a gripper is open or closed and not nearly so."""

    name = "bins"

    def __init__(self, reach: Reach | None = None, bins: int = 256) -> None:
        self.bins = bins
        n = HORIZON * WIDTH
        super().__init__(reach, Slots(np.zeros(n, dtype=np.int64), np.full(n, bins), bins))

    def encode(self, chunk: Array) -> list[int]:
        levels = np.rint(self.reach.fractions(read_chunk(chunk)) * (self.bins - 1))
        return self._slots.tokens(levels.astype(np.int64).ravel())

    def decode(self, tokens: Sequence[int]) -> Array:
        return self.reach.values(self._slots.codes(tokens).reshape(HORIZON, WIDTH) / (self.bins - 1))

    def save(self, folder: Path) -> None:
        write_description(folder, self.name, self.reach, bins=self.bins)

    @classmethod
    def load(cls, folder: Path) -> Self:
        _, reach, (bins,) = read_description(folder, "bins")
        return cls(reach, bins)
