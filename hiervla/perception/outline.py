"""Rectangles and circles fitted to outline samples seen from above. Metres and radians, world frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from hiervla.core.geometry import Array, wrap_angle


@dataclass(frozen=True, slots=True)
class Rectangle:
    """An oriented rectangle; ``half`` along its own axes (unsorted), ``rms`` of the samples about it."""

    centre: Array  # (2,)
    half: Array  # (2,)
    yaw: float  # of the first axis
    rms: float
    seen: Array  # (4,) fraction of the sides +u, −u, +v, −v that samples lie along

    def frame(self, xy: Array) -> Array:
        """Points (N, 2) in the rectangle's own axes."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        local: Array = (xy - self.centre) @ np.array([[c, -s], [s, c]])
        return local

    def signed(self, xy: Array) -> Array:
        """Distance (N,) to the outline, negative inside."""
        d = np.abs(self.frame(xy)) - self.half
        outside: Array = np.linalg.norm(np.maximum(d, 0), axis=1) + np.minimum(d.max(axis=1), 0)
        return outside


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle at a reference level whose radius changes by ``slope`` for every metre below it (a cone; 0 = upright)."""

    centre: Array  # (2,)
    radius: float
    slope: float
    rms: float
    arc: float  # fraction 0..1 of the circle the samples go round

    def signed(self, xy: Array) -> Array:
        distance: Array = np.linalg.norm(xy - self.centre, axis=1) - self.radius
        return distance


def hull_of(xy: Array) -> Array:
    """Convex hull (M, 2), counter-clockwise; the points themselves when they span no area."""
    if len(xy) < 3:
        return xy
    try:
        corners: Array = xy[ConvexHull(xy, qhull_options="QJ" if len(xy) < 6 else "").vertices]
    except QhullError:
        return xy
    return corners


def hull_depth(hull: Array, xy: Array) -> Array:
    """How deep (N,) points lie inside a convex counter-clockwise hull (M, 2); negative outside."""
    if len(hull) < 3:
        return np.full(len(xy), -1.0)
    e = np.roll(hull, -1, axis=0) - hull
    n = np.stack([-e[:, 1], e[:, 0]], axis=1) / np.maximum(np.linalg.norm(e, axis=1, keepdims=True), 1e-12)
    depth: Array = (xy @ n.T - (hull * n).sum(axis=1)).min(axis=1)
    return depth


def smallest_rectangle(hull: Array) -> tuple[float, Array, Array]:
    """Yaw, low and high corner (in the turned frame) of the least-area rectangle: rotating calipers over hull edges."""
    e = np.roll(hull, -1, axis=0) - hull
    yaws = np.arctan2(e[:, 1], e[:, 0])
    c, s = np.cos(yaws), np.sin(yaws)
    u = hull[:, 0] * c[:, None] + hull[:, 1] * s[:, None]
    v = hull[:, 1] * c[:, None] - hull[:, 0] * s[:, None]
    areas = np.ptp(u, axis=1) * np.ptp(v, axis=1)
    i = int(np.argmin(areas))
    return float(yaws[i]), np.array([u[i].min(), v[i].min()]), np.array([u[i].max(), v[i].max()])


def fit_rectangle(
    samples: Array, weights: Array | None = None, hull: Array | None = None, rounds: int = 6, yaw: float | None = None
) -> Rectangle:
    """Least-squares rectangle through outline samples (N, 2).

    Starts from the smallest rectangle around ``hull`` (or the samples); then alternates between giving every sample
    to its nearest side and solving the four offsets and the common turn, with a Tukey-like trim.
    """
    w_all = np.ones(len(samples)) if weights is None else weights
    start, low, high = smallest_rectangle(hull_of(samples) if hull is None else hull)
    if yaw is not None:
        c, s = math.cos(yaw), math.sin(yaw)
        turned = (samples if hull is None else hull) @ np.array([[c, -s], [s, c]])
        start, low, high = yaw, turned.min(axis=0), turned.max(axis=0)
    yaw = start
    offsets = np.array([high[0], low[0], high[1], low[1]])
    seen, rms, scale = np.zeros(4), 0.01, 0.006
    for _ in range(rounds):
        c, s = math.cos(yaw), math.sin(yaw)
        local = samples @ np.array([[c, -s], [s, c]])
        to = np.abs(np.stack([local[:, 0], local[:, 0], local[:, 1], local[:, 1]], axis=1) - offsets)
        side = np.argmin(to, axis=1)
        residual = to[np.arange(len(local)), side]
        w = w_all * (residual < 3 * scale)
        numerator = denominator = 0.0
        total = weighted = 0.0
        seen = np.zeros(4)
        for k in range(4):
            on = side == k
            wk = w[on]
            heavy = float(wk.sum())
            if heavy < 2.0:
                continue
            across, along = local[on, k // 2], local[on, 1 - k // 2]
            ma, ml = float(wk @ across) / heavy, float(wk @ along) / heavy
            da, dl = across - ma, along - ml
            sign = 1.0 if k >= 2 else -1.0
            numerator += sign * float(wk @ (da * dl))
            denominator += float(wk @ dl**2)
            offsets[k] = ma
            seen[k] = _covered(along[wk > 0], offsets[2 * (1 - k // 2)], offsets[2 * (1 - k // 2) + 1])
            total += float(wk @ da**2)
            weighted += heavy
        rms = math.sqrt(total / weighted) if weighted else 0.01
        if denominator > 1e-9:
            turn = float(np.clip(numerator / denominator, -0.15, 0.15))
            middle = np.array([offsets[0] + offsets[1], offsets[2] + offsets[3]]) / 2
            half = np.array([offsets[0] - offsets[1], offsets[2] - offsets[3]]) / 2
            world = np.array([[c, -s], [s, c]]) @ middle
            yaw += turn
            c, s = math.cos(yaw), math.sin(yaw)
            middle = np.array([[c, s], [-s, c]]) @ world
            offsets = np.array([middle[0] + half[0], middle[0] - half[0], middle[1] + half[1], middle[1] - half[1]])
        scale = max(0.0012, min(scale, 1.5 * rms))
    c, s = math.cos(yaw), math.sin(yaw)
    middle = np.array([offsets[0] + offsets[1], offsets[2] + offsets[3]]) / 2
    half = np.abs(np.array([offsets[0] - offsets[1], offsets[2] - offsets[3]])) / 2
    centre = np.array([[c, -s], [s, c]]) @ middle
    final = Rectangle(centre, half, wrap_angle(yaw, math.pi), rms, seen)
    spread = np.abs(final.signed(samples))
    return Rectangle(centre, half, final.yaw, _rms(spread, w_all), seen)


def _covered(along: Array, high: float, low: float) -> float:
    """Fraction of a side from ``low`` to ``high`` that has samples in it, in steps of 3 mm."""
    steps = max(1, round((high - low) / 0.003))
    inside = along[(along > low) & (along < high)]
    return min(1.0, len(np.unique(np.floor((inside - low) / (high - low) * steps))) / steps) if len(inside) else 0.0


def fit_circle(
    samples: Array, weights: Array | None = None, below: Array | None = None, rounds: int = 6
) -> Circle | None:
    """Least-squares circle through samples (N, 2); with ``below`` (N,) metres under the rim, a cone with that rim.

    Algebraic start (Kåsa), then Gauss-Newton on the geometric distance with outliers trimmed.
    """
    if len(samples) < 6:
        return None
    w_all = np.ones(len(samples)) if weights is None else weights
    start = samples if below is None else samples[below < 1e-6]
    ws = w_all if below is None else w_all[below < 1e-6]
    if len(start) < 5:
        start, ws = samples, w_all
    origin = start.mean(axis=0)
    q = start - origin
    a = np.column_stack([2 * q, np.ones(len(q))]) * ws[:, None]
    solution, *_ = np.linalg.lstsq(a, (q**2).sum(axis=1) * ws, rcond=None)
    centre = origin + solution[:2]
    radius = math.sqrt(max(float(solution[2] + solution[:2] @ solution[:2]), 1e-8))
    slope, scale = 0.0, 0.01
    for _ in range(rounds):
        d = samples - centre
        r = np.maximum(np.linalg.norm(d, axis=1), 1e-9)
        model = radius - (slope * below if below is not None else 0.0)
        e = r - model
        w = w_all * (np.abs(e) < 3 * scale)
        if (w > 0).sum() < 6:
            w = w_all
        columns = [-d[:, 0] / r, -d[:, 1] / r, -np.ones(len(r))]
        if below is not None:
            columns.append(below)
        j = np.column_stack(columns)
        sw = np.sqrt(w)
        step, *_ = np.linalg.lstsq(j * sw[:, None], -e * sw, rcond=None)
        centre = centre + np.clip(step[:2], -0.02, 0.02)
        radius = float(np.clip(radius + step[2], 0.003, 0.5))
        if below is not None:
            slope = float(np.clip(slope + step[3], -2.0, 6.0))
        scale = max(0.0012, min(scale, 1.5 * math.sqrt(float(w @ e**2) / float(w.sum()))))
    d = samples - centre
    r = np.linalg.norm(d, axis=1)
    e = r - (radius - (slope * below if below is not None else 0.0))
    bins = np.unique(((np.arctan2(d[:, 1], d[:, 0]) + math.pi) / (2 * math.pi) * 36).astype(int))
    return Circle(centre, radius, slope, _rms(np.abs(e), w_all), min(1.0, len(bins) / 36))


def _rms(distances: Array, weights: Array) -> float:
    """Root mean square with the worst tenth left out: a few stray samples should not decide a shape."""
    if not len(distances):
        return 0.01
    keep = distances <= np.quantile(distances, 0.9) + 1e-12
    return float(np.sqrt(np.average(distances[keep] ** 2, weights=np.maximum(weights[keep], 1e-9))))
