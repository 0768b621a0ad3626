"""Boxes that stand askew, told by the directions their faces look in. Metres; heights above the table."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.geometry import Array, wrap_angle
from hiervla.perception.solids import Solid, long_side_first
from hiervla.perception.view import Mask

_LEVEL, _STEEP = 0.94, 0.20
"""A face whose normal's upward part lies between these two looks neither up nor aside."""
_SAME_COS = 0.985
_LEAST_PX = 20
_SHARE = 0.22
"""Of a tilted box one face shows at least this share of the pixels; of a bent wall none does."""
_THIN_M = 0.012
"""Believed thickness of a board of which only one face is seen."""


def fit_tilted(points: Array, normals: Array, heights: Array, noise_m: float) -> Solid | None:
    """The box standing askew that points (N, 3) with normals (N, 3) lie on, or None when they do not."""
    upward = np.abs(normals[:, 2])
    askew = (upward > _STEEP) & (upward < _LEVEL)
    if askew.sum() < max(_LEAST_PX, _SHARE * len(points)):
        return None
    p = np.column_stack([points[:, :2], heights])
    first = _main_face(p, normals, askew, max(_LEAST_PX, _SHARE * len(points)), noise_m)
    if first is None:
        return None
    aside = np.abs(normals @ first) < 0.25
    second = _direction(normals, aside, 12)
    if second is None:
        second = np.array([first[1], -first[0], 0.0])  # what leans is seldom twisted as well: a level edge
    second = second - first * float(first @ second)
    second /= np.linalg.norm(second)
    axes = np.stack([first, second, np.cross(first, second)], axis=1)
    local = p @ axes
    low, high = np.quantile(local, 0.01, axis=0), np.quantile(local, 0.99, axis=0)
    if high[0] - low[0] < 0.004 + 2 * noise_m:
        low[0] = high[0] - _THIN_M
    half = (high - low) / 2
    off = np.abs(local - (low + high) / 2) - half
    on = np.abs(off).min(axis=1) < 0.0022 + 2 * noise_m
    if on.mean() < 0.88 or half.min() < 0.003 or half.max() > 0.12:
        return None
    signs = np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
    corners = ((low + high) / 2 + signs * half) @ axes.T
    if corners[:, 2].min() < -0.008 or not _filled(local, first_on=np.abs(off[:, 0]) < 0.0022 + 2 * noise_m, half=half):
        return None
    yaw = math.atan2(first[1], first[0])
    c, s = math.cos(yaw), math.sin(yaw)
    around = corners[:, :2] @ np.array([[c, -s], [s, c]])
    size, yaw, _ = long_side_first(np.ptp(around, axis=0), yaw, np.ones(4))
    return Solid(
        centre=corners[:, :2].mean(axis=0), size=size, yaw=wrap_angle(yaw, math.pi), top=float(corners[:, 2].max()),
        low=float(heights.min()), bottom=max(0.0, float(corners[:, 2].min())),
        askew=(axes, (low + high) / 2, half), rms=float(np.abs(off).min(axis=1)[on].mean()),
    )  # fmt: skip


def _main_face(p: Array, normals: Array, chosen: Mask, least: float, noise_m: float) -> Array | None:
    """The normal (3,) of the broad flat face that most of the chosen pixels show; None where there is none."""
    seed = _direction(normals, chosen, least)
    if seed is None:
        return None
    face = p[chosen & (normals @ seed > _SAME_COS)]
    centred = face - face.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    spread = spread / math.sqrt(len(face))
    if spread[2] > 0.0008 + noise_m or spread[1] < 0.0028:  # bent, or only the rounded line of an edge
        return None
    normal: Array = axes[2] if float(axes[2] @ seed) > 0 else -axes[2]
    return normal if abs(normal[2]) < _LEVEL else None


def _direction(normals: Array, chosen: Mask, least: float) -> Array | None:
    """The mean of the largest bundle of like directions among the chosen normals."""
    n = normals[chosen]
    if len(n) < least:
        return None
    seeds = n[:: max(1, len(n) // 40)]
    close = seeds @ n.T > _SAME_COS
    best = close[int(np.argmax(close.sum(axis=1)))]
    if best.sum() < least:
        return None
    mean = n[best].mean(axis=0)
    direction: Array = mean / np.linalg.norm(mean)
    return direction


def _filled(local: Array, first_on: Mask, half: Array) -> bool:
    """Does the main face show pixels in most of its rectangle? A box's does, a triangle's or a sector's does not."""
    at = local[first_on][:, 1:]
    middle = (local[:, 1:].max(axis=0) + local[:, 1:].min(axis=0)) / 2
    cells = np.floor((at - middle + half[1:]) / np.maximum(2 * half[1:], 1e-6) * 4).astype(int)
    inside = ((cells >= 0) & (cells < 4)).all(axis=1)
    return len(np.unique(cells[inside] @ (4, 1))) >= 13
