"""Flat things cut out along an outline: rings, wedges (triangular prisms) and letters, as convex parts and as meshes."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.geometry import Array

LETTERS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "L": ((0.0, 0.0, 0.34, 1.0), (0.34, 0.0, 1.0, 0.34)),
    "T": ((0.0, 0.66, 1.0, 1.0), (0.33, 0.0, 0.67, 0.66)),
    "plus": ((0.33, 0.0, 0.67, 1.0), (0.0, 0.33, 0.33, 0.67), (0.67, 0.33, 1.0, 0.67)),
    "U": ((0.0, 0.0, 0.3, 1.0), (0.3, 0.0, 0.7, 0.3), (0.7, 0.0, 1.0, 1.0)),
    "E": ((0.0, 0.0, 0.3, 1.0), (0.3, 0.0, 1.0, 0.22), (0.3, 0.39, 0.9, 0.61), (0.3, 0.78, 1.0, 1.0)),
    "H": ((0.0, 0.0, 0.3, 1.0), (0.3, 0.36, 0.7, 0.64), (0.7, 0.0, 1.0, 1.0)),
}
"""Letters as rectangles x0 y0 x1 y1 that touch and do not overlap, in a unit square."""
RING_PARTS = 16
RING_HOLE = 0.52
"""Inner over outer diameter of a ring."""


def letter_parts(letter: str, a: float, b: float) -> list[Array]:
    """Rectangles (4, 2) of a letter of half sizes a, b, counter-clockwise, around the middle of its box."""
    out = []
    for x0, y0, x1, y1 in LETTERS[letter]:
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        out.append((corners * 2 - 1) * (a, b))
    return out


def ring_parts(radius: float, hole: float = RING_HOLE) -> list[Array]:
    """Quadrilaterals (4, 2) around a ring of outer ``radius``, counter-clockwise."""
    turns = np.linspace(0, 2 * math.pi, RING_PARTS + 1)
    rim = np.stack([np.cos(turns), np.sin(turns)], axis=1) * radius
    return [np.array([rim[i] * hole, rim[i], rim[i + 1], rim[i + 1] * hole]) for i in range(RING_PARTS)]


def wedge_outline(a: float, b: float) -> Array:
    """The triangle (3, 2) of a wedge seen from above, base 2a along x and 2b deep, around its centroid, counter-clockwise."""
    return np.array([(-a, -2 * b / 3), (a, -2 * b / 3), (0.0, 4 * b / 3)])


def prism(outline: Array, half_height: float) -> tuple[Array, np.ndarray]:
    """Vertices (2N, 3) and triangles of a convex outline (N, 2) pulled up and down by half its height."""
    n = len(outline)
    v = np.concatenate([np.column_stack([outline, np.full(n, z)]) for z in (-half_height, half_height)])
    sides = [t for i in range(n) for j in [(i + 1) % n] for t in ((i, j, n + j), (i, n + j, n + i))]
    caps = [t for i in range(1, n - 1) for t in ((0, i + 1, i), (n, n + i, n + i + 1))]
    return v, np.array(sides + caps)


def joined(parts: list[tuple[Array, np.ndarray]]) -> tuple[Array, np.ndarray]:
    """Several meshes as one."""
    vertices, faces, n = [], [], 0
    for v, f in parts:
        vertices.append(v)
        faces.append(f + n)
        n += len(v)
    return np.concatenate(vertices), np.concatenate(faces)
