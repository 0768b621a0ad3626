"""Simple tools and parts that lie flat: wrench, screwdriver, screw, nut, each as a few upright prisms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array

TOOLS = ("wrench", "screwdriver", "screw", "nut")
LOOKS_LIKE = {"wrench": "shape", "screwdriver": "shape", "screw": "shape", "nut": "ring"}
"""What eyes that know no tools call each of them."""
_BLOCKS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "wrench": (
        (0.00, 0.00, 0.20, 1.00), (0.20, 0.26, 0.76, 0.74), (0.76, 0.00, 0.86, 1.00), (0.86, 0.00, 1.00, 0.30),
        (0.86, 0.70, 1.00, 1.00),
    ),
    "screwdriver": ((0.0, 0.0, 0.56, 1.0), (0.56, 0.3, 0.84, 0.7), (0.84, 0.06, 1.0, 0.94)),
    "screw": ((0.0, 0.0, 0.24, 1.0), (0.24, 0.28, 0.74, 0.72), (0.74, 0.1, 1.0, 0.9)),
}  # fmt: skip
"""Rectangles x0 y0 x1 y1 in a unit square that touch and do not overlap."""
_HOLE = 0.6
"""Inner over outer diameter of a nut."""


@dataclass(frozen=True, slots=True)
class Prism:
    """A convex outline (N, 2), counter-clockwise, between two heights, metres in the body's frame."""

    outline: Array
    low: float
    high: float


def tool_parts(kind: str, size: tuple[float, float, float]) -> list[Prism]:
    """The prisms of a tool of this outer size around the middle of its box."""
    a, b, h = (s / 2 for s in size)
    if kind == "nut":
        turns = np.arange(7) * math.pi / 3
        rim = np.stack([np.cos(turns), np.sin(turns) / math.cos(math.pi / 6)], axis=1) * (a, b)
        return [Prism(np.array([rim[i] * _HOLE, rim[i], rim[i + 1], rim[i + 1] * _HOLE]), -h, h) for i in range(6)]
    corners = (np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) for x0, y0, x1, y1 in _BLOCKS[kind])
    return [Prism((c * 2 - 1) * (a, b), -h, h) for c in corners]
