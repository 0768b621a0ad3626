"""The inside of hollow things: how their walls lean, how thick they are, how high the floor lies. Metres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.outline import Circle
from hiervla.perception.solids import WALL_M, Solid

_LEVEL_COS = 0.93


def span_of(values: Array) -> float:
    return float(np.quantile(values, 0.95) - np.quantile(values, 0.05)) if len(values) >= 12 else 0.0


def lean_inside(solid: Solid, points: Array, heights: Array, within: Array) -> Circle:
    """How a round wall leans, from its inside, when hardly any of its outside is seen.

    At each depth below the rim the outermost points seen through the opening are the wall, whatever lies farther in.
    """
    assert solid.circle is not None
    below = solid.top - heights
    inside = (within > 0.002) & (below > 0.003)
    inwards = -solid.signed(points[inside, :2])
    depth = below[inside]
    at, out = [], []
    for low in np.arange(0.003, max(0.0, solid.top - 0.010), 0.003):
        ring = (depth >= low) & (depth < low + 0.003)
        if ring.sum() >= 6:
            at.append(low + 0.0015)
            out.append(float(np.quantile(inwards[ring], 0.15)))
    if len(at) < 4:
        return solid.circle
    x, y = np.array(at) - np.mean(at), np.array(out) - np.mean(out)
    return replace(solid.circle, slope=float(np.clip((x @ y) / (x @ x), -0.2, 4.0)))


def measure_inside(solid: Solid, points: Array, normals: Array, heights: Array, within: Array, noise_m: float) -> None:
    """Floor height and wall thickness of a hollow thing from what is seen through its opening; normals are (N, 3)."""
    inside = (within > 0.004) & (heights < solid.top - 0.006)
    if inside.sum() < 6:
        solid.floor = min(WALL_M, solid.top / 2)
        return
    lowest = float(np.quantile(heights[inside], 0.03))
    level = (heights[inside] < lowest + 0.0015 + noise_m) & (
        normals[inside, 2] > _LEVEL_COS
    )  # a leaning wall is no floor
    flat = level.sum() >= 6 and lowest < 0.5 * solid.top
    solid.floor = float(np.median(heights[inside][level])) if flat else min(WALL_M, lowest)
    out = solid.outer(points[inside, :2], heights[inside])
    upper = heights[inside] > solid.floor + 0.3 * (solid.top - solid.floor)
    near = upper & (out > -0.02) & (out < 0.0)
    if near.sum() >= 6:
        solid.wall = float(np.clip(-np.median(out[near]), 0.002, 0.015))
