"""``coarse_fine``: a step is four words: about which way and how far it goes and then where exactly, and so its turn.

A word for every 0.5 mm of three axes at once would be half a million words. Two words that refine each other are a few
thousand, and a list is four words a step where one word a number takes seven.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hiervla.cerebellum.policies.tokens.port import (
    HORIZON,
    Reach,
    Slots,
    Slotted,
    read_chunk,
    read_description,
    write_description,
)
from hiervla.core.geometry import Array


def _edges(halves: Sequence[float], middle: float) -> Array:
    """Cell borders as fractions 0 … 1 of the reach, from the middle cell's width and those outwards of it."""
    widths = np.array([*halves[::-1], middle, *halves])
    borders: Array = np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
    return borders


MOVE = _edges((5.5, 9.0, 11.5, 12.5), 3.0)
"""Cells of an axis; over ±4 cm these are millimetres: finest where a hand goes slowly, and at most 12.5 mm wide."""
MOVE_FINE = 13
"""Parts of a cell: 12.5 mm / 13 is 0.96 mm, so what is said is off by at most 0.48 mm."""
TURN = _edges((0.14, 0.168), 0.084)
"""Cells of a rotation axis; over ±0.35 rad these are radians."""
TURN_FINE = 13
"""0.168 rad / 13 is 13 mrad: off by at most 6.5 mrad, and 3.2 near rest."""
GRIPS = 32
"""Openings of the gripper, said beside the turn's coarse word; off by at most 1/62 of its way, 1.3 mm of 80."""


class CoarseFineTokeniser(Slotted):
    """Both odd in number, cells and their parts have zero in the middle when the reach does (``Reach.over`` an arm's limits)."""

    name = "coarse_fine"

    def __init__(self, reach: Reach | None = None) -> None:
        counts = [(len(MOVE) - 1) ** 3, MOVE_FINE**3, GRIPS * (len(TURN) - 1) ** 3, TURN_FINE**3]
        first = np.concatenate([[0], np.cumsum(counts)[:-1]])
        super().__init__(reach, Slots(np.tile(first, HORIZON), np.tile(counts, HORIZON), sum(counts)))

    def encode(self, chunk: Array) -> list[int]:
        part = self.reach.fractions(read_chunk(chunk))
        move, move_fine = _split(part[:, :3], MOVE, MOVE_FINE)
        turn, turn_fine = _split(part[:, 3:6], TURN, TURN_FINE)
        grip = np.rint(part[:, 6] * (GRIPS - 1)).astype(np.int64)
        codes = np.stack([move, move_fine, turn * GRIPS + grip, turn_fine], axis=1)
        return self._slots.tokens(codes.ravel())

    def decode(self, tokens: Sequence[int]) -> Array:
        move, move_fine, turn_grip, turn_fine = self._slots.codes(tokens).reshape(HORIZON, 4).T
        turn, grip = np.divmod(turn_grip, GRIPS)
        part = [
            _join(move, move_fine, MOVE, MOVE_FINE),
            _join(turn, turn_fine, TURN, TURN_FINE),
            grip[:, None] / (GRIPS - 1),
        ]
        return self.reach.values(np.concatenate(part, axis=1))

    def save(self, folder: Path) -> None:
        write_description(folder, self.name, self.reach)

    @classmethod
    def load(cls, folder: Path) -> Self:
        return cls(read_description(folder)[1])


def _split(part: Array, edges: Array, fine: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fractions (T, 3) → cell (T,) and place in it (T,), each three axes in one number."""
    cell = np.clip(np.searchsorted(edges, part, side="right") - 1, 0, len(edges) - 2)
    within = (part - edges[cell]) / np.diff(edges)[cell]
    place = np.clip((within * fine).astype(np.int64), 0, fine - 1)
    return _one(cell, len(edges) - 1), _one(place, fine)


def _join(cell: NDArray[np.int64], place: NDArray[np.int64], edges: Array, fine: int) -> Array:
    """Back from ``_split``: the middle of that place, fractions (T, 3)."""
    cells, places = _three(cell, len(edges) - 1), _three(place, fine)
    middle: Array = edges[cells] + (places + 0.5) / fine * np.diff(edges)[cells]
    return middle


def _one(axes: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    one: NDArray[np.int64] = (axes[:, 0] * base + axes[:, 1]) * base + axes[:, 2]
    return one


def _three(one: NDArray[np.int64], base: int) -> NDArray[np.int64]:
    return np.stack([one // base**2, one // base % base, one % base], axis=1)
