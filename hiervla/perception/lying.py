"""Cylinders on their side: a round back along a level axis, told from the points of one group. Metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.solids import Solid, long_side_first

_CAP_M = 0.004
"""Points this close to either end may belong to an end face."""
_MOST_POINTS = 160


@dataclass(frozen=True, slots=True)
class _Back:
    """A circle (across, height, radius) seen along one yaw, and how far its points lie off it."""

    yaw: float
    across: float
    height: float
    radius: float
    rms: float


def fit_lying(points: Array, heights: Array, noise_m: float) -> Solid | None:
    """The cylinder on its side that points (N, 3) at heights (N,) lie on, or None when they do not.

    Seen along its axis a lying cylinder is a circle: the yaw is searched at which the points away from both ends lie
    on one, coarse then fine. What is left must lie on a flat end.
    """
    if len(points) < 30:
        return None
    stride = max(1, len(points) // _MOST_POINTS)
    middle = points[:, :2].mean(axis=0)
    xy, h = points[::stride, :2] - middle, heights[::stride]
    if np.ptp(h) < 0.010 or np.ptp(xy, axis=0).max() > 0.20:
        return None
    best = min((_back(xy, h, math.radians(a)) for a in range(0, 180, 10)), key=lambda b: b.rms)
    limit = 0.0006 + 0.9 * noise_m
    if best.rms > 4 * limit + 0.001:
        return None
    for step in (5, 2.5, 1.2, 0.6):
        best = min(best, *(_back(xy, h, best.yaw + math.radians(k * step)) for k in (-1, 1)), key=lambda b: b.rms)
    if best.rms > limit or not 0.008 < best.radius < 0.05 or best.height - best.radius < -0.006:
        return None
    return _solid(points[:, :2] - middle, heights, middle, best, limit)


def _solid(xy: Array, h: Array, middle: Array, back: _Back, limit: float) -> Solid | None:
    c, s = math.cos(back.yaw), math.sin(back.yaw)
    along, across = xy @ (c, s), xy @ (-s, c) - back.across
    up = h - back.height
    off = np.hypot(across, up) - back.radius
    low, high = (float(v) for v in np.quantile(along, (0.01, 0.99)))
    ends = np.minimum(along - low, high - along) < 0.003
    fits = (np.abs(off) < 3 * limit) | (ends & (off < 0))
    if fits.mean() < 0.94 or high - low < 1.0 * back.radius:
        return None
    # A narrow flat face lies on a large circle too: the round back must be seen to turn down.
    turn = np.arctan2(across, up)[np.abs(off) < 3 * limit]
    if len(turn) < 24 or float(np.ptp(np.quantile(turn, (0.03, 0.97)))) < 1.0 or up.max() < 0.85 * back.radius:
        return None
    centre = middle + (low + high) / 2 * np.array([c, s]) + back.across * np.array([-s, c])
    size, yaw, _ = long_side_first(np.array([high - low, 2 * back.radius]), back.yaw, np.ones(4))
    top = back.height + back.radius
    return Solid(
        centre=centre, size=size, yaw=yaw, top=top, low=float(h.min()), bottom=top - 2 * back.radius,
        axis=back.yaw, radius=back.radius, rms=back.rms,
    )  # fmt: skip


def _back(xy: Array, h: Array, yaw: float) -> _Back:
    """The circle through points seen along ``yaw``, those near the ends left out (algebraic fit, Kåsa)."""
    c, s = math.cos(yaw), math.sin(yaw)
    along, across = xy @ (c, s), xy @ (-s, c)
    inner = (along > along.min() + _CAP_M) & (along < along.max() - _CAP_M)
    bad = _Back(yaw, 0.0, 0.0, 1.0, math.inf)
    if inner.sum() < 18:
        return bad
    t, up = across[inner], h[inner]
    a = np.column_stack([2 * t, 2 * up, np.ones(len(t))])
    b = t**2 + up**2
    try:
        x = np.linalg.solve(a.T @ a, a.T @ b)
    except np.linalg.LinAlgError:
        return bad
    squared = float(x[2] + x[0] ** 2 + x[1] ** 2)
    if squared <= 0:
        return bad
    radius = math.sqrt(squared)
    off = np.abs(np.hypot(t - x[0], up - x[1]) - radius)
    keep = off <= np.quantile(off, 0.95)
    return _Back(yaw, float(x[0]), float(x[1]), radius, float(np.sqrt((off[keep] ** 2).mean())))
