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
    best = _best_back(xy, h, np.radians(np.arange(0.0, 180.0, 10.0)))
    limit = 0.0006 + 0.9 * noise_m
    if best.rms > 4 * limit + 0.001:
        return None
    best = _best_back(xy, h, best.yaw + np.radians(np.arange(-9.0, 9.1, 1.5)))
    best = _best_back(xy, h, best.yaw + np.radians(np.arange(-1.2, 1.3, 0.4)))
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


def _best_back(xy: Array, h: Array, yaws: Array) -> _Back:
    """Of the circles through points seen along each yaw, those near the ends left out, the best (Kåsa's fit)."""
    c, s = np.cos(yaws)[:, None], np.sin(yaws)[:, None]
    along, t = xy[:, 0] * c + xy[:, 1] * s, xy[:, 1] * c - xy[:, 0] * s  # (Y, N)
    w = (along > along.min(axis=1, keepdims=True) + _CAP_M) & (along < along.max(axis=1, keepdims=True) - _CAP_M)
    a = np.stack([2 * t, np.broadcast_to(2 * h, t.shape), np.ones_like(t)], axis=1) * w[:, None]  # (Y, 3, N)
    b = t**2 + h**2
    matrix = a @ a.transpose(0, 2, 1) + np.eye(3) * 1e-12
    x = np.linalg.solve(matrix, a @ b[..., None])[..., 0]
    squared = x[:, 2] + x[:, 0] ** 2 + x[:, 1] ** 2
    radius = np.sqrt(np.maximum(squared, 1e-9))
    off = np.where(w, np.abs(np.hypot(t - x[:, :1], h - x[:, 1:2]) - radius[:, None]), np.nan)
    off = np.sort(off, axis=1)  # NaN last
    n = w.sum(axis=1)
    kept = np.arange(off.shape[1]) < 0.95 * n[:, None]  # a few strays should not decide
    rms = np.sqrt((np.where(kept, off, 0.0) ** 2).sum(axis=1) / np.maximum(kept.sum(axis=1), 1))
    rms[(n < 18) | (squared <= 0)] = math.inf
    i = int(np.argmin(rms))
    return _Back(float(yaws[i]), float(x[i, 0]), float(x[i, 1]), float(radius[i]), float(rms[i]))
