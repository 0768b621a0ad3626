"""Outlines that are neither rectangles nor circles: triangles fitted to samples, and free cut-outs such as letters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.spatial import cKDTree

from hiervla.core.geometry import Array, wrap_angle
from hiervla.perception.outline import hull_depth, hull_of
from hiervla.perception.silhouette import Silhouette

_CORNERS = 24
"""Hull corners tried as a triangle's; more change nothing."""
_SAME = 0.08
"""A triangle whose corners lie farther from those known of it than this part of its length is none that fits them."""
_TURNED_M = 0.0003
"""Of two ways in which it fits as well the one by which it has turned less: so much of a difference for a radian."""


def fit_triangle(samples: Array, rounds: int = 4) -> Array | None:
    """Corners (3, 2), counter-clockwise, of the triangle whose sides lie closest to outline samples (N, 2).

    Starts from the largest triangle between corners of the samples' hull, then alternates between giving every sample
    to its nearest side and laying each side through its own (total least squares). None where a side gets too few.
    """
    hull = hull_of(samples)
    if len(hull) < 3:
        return None
    hull = hull[:: max(1, len(hull) // _CORNERS)]
    if len(hull) < 3:
        return None
    triples = np.array(list(combinations(range(len(hull)), 3)))
    a, b, c = (hull[triples[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    corners: Array = hull[triples[int(np.argmax(area))]]
    if area.max() < 1e-5:
        return None
    for _ in range(rounds):
        side = np.argmin(np.stack([_to_segment(samples, corners[k], corners[(k + 1) % 3]) for k in range(3)]), axis=0)
        lines = []
        for k in range(3):
            own = samples[side == k]
            if len(own) < 3:
                return None
            along = corners[(k + 1) % 3] - corners[k]
            position = (own - corners[k]) @ along / max(float(along @ along), 1e-12)
            inner = own[(position > 0.06) & (position < 0.94)]  # near a corner a sample may belong to either side
            own = inner if len(inner) >= 3 else own
            middle = own.mean(axis=0)
            _, _, axes = np.linalg.svd(own - middle, full_matrices=False)
            lines.append((middle, axes[0]))
        met = [_meet(*lines[k - 1], *lines[k]) for k in range(3)]
        if any(m is None or np.linalg.norm(m - corners.mean(axis=0)) > 0.3 for m in met):
            return None
        corners = np.array(met)
    d, e = corners[1] - corners[0], corners[2] - corners[0]
    return corners if d[0] * e[1] - d[1] * e[0] > 0 else corners[::-1]


def _to_segment(points: Array, a: Array, b: Array) -> Array:
    ab = b - a
    t = np.clip((points - a) @ ab / max(float(ab @ ab), 1e-12), 0, 1)
    distance: Array = np.linalg.norm(points - a - t[:, None] * ab, axis=1)
    return distance


def _meet(p: Array, d: Array, q: Array, e: Array) -> Array | None:
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) < 0.1:
        return None
    t = ((q[0] - p[0]) * e[1] - (q[1] - p[1]) * e[0]) / cross
    met: Array = p + t * d
    return met


def triangle_frame(corners: Array) -> tuple[Array, float, float, float]:
    """Centroid (2,), base and depth in metres and the base's yaw of a triangle (3, 2).

    The base is the side whose far corner stands most nearly over its middle: an isosceles triangle's own base.
    """
    best = (math.inf, 0.0, 0.0, 0.0)
    for k in range(3):
        a, b, apex = corners[k], corners[(k + 1) % 3], corners[(k + 2) % 3]
        base = float(np.linalg.norm(b - a))
        along = (b - a) / max(base, 1e-9)
        aside = abs(float((apex - (a + b) / 2) @ along))
        depth = abs(float(along[0] * (apex - a)[1] - along[1] * (apex - a)[0]))
        if aside < best[0]:
            best = (aside, base, depth, math.atan2(along[1], along[0]))
    return corners.mean(axis=0), best[1], best[2], best[3]


def turn_of_known(corners: Array, size: tuple[float, float], yaw: float) -> float | None:
    """Yaw, rad, of an isosceles triangle known by ``size`` (length, width; m) and the ``yaw`` it had, seen as ``corners`` (3, 2).

    Half a pixel at a side is enough to make another one the base of a nearly regular triangle, and every turn that is
    read from it is off: what is known of a thing is laid upon what is seen. Where it fits in several ways about as
    well, the one that has turned the least; None where it fits in none.
    """
    seen = corners - corners.mean(axis=0)
    found = []
    for base, depth, first in ((size[0], size[1], 0.0), (size[1], size[0], math.pi / 2)):
        known = np.array([(-base / 2, -depth / 3), (base / 2, -depth / 3), (0.0, 2 * depth / 3)])
        for k in range(3):
            at = np.roll(seen, -k, axis=0)
            angle = math.atan2(
                float((known[:, 0] * at[:, 1] - known[:, 1] * at[:, 0]).sum()), float((known * at).sum())
            )
            c, s = math.cos(angle), math.sin(angle)
            off = math.sqrt(float(((known @ np.array([[c, s], [-s, c]]) - at) ** 2).sum(axis=1).mean()))
            if off < _SAME * size[0]:
                along = wrap_angle(angle + first, math.pi)
                found.append((off + _TURNED_M * abs(wrap_angle(along - yaw, math.pi)), along))
    return min(found)[1] if found else None


@dataclass(frozen=True, slots=True)
class Cutout:
    """A free outline: samples on it, and the face's pixels that tell inside from outside."""

    samples: Array  # (N, 2)
    spots: Array  # (M, 2) pixel centres on the level
    inside: Array  # (M,) bool

    def signed(self, xy: Array) -> Array:
        """Distance (K,) to the outline, negative inside."""
        away, _ = cKDTree(self.samples).query(xy)
        _, nearest = cKDTree(self.spots).query(xy)
        signed: Array = np.where(self.inside[nearest], -away, away)
        return signed


def cutout_of(silhouette: Silhouette, samples: Array) -> Cutout:
    """The free outline of a silhouette; its hidden pixels count as neither."""
    known = silhouette.face | silhouette.past
    return Cutout(samples, silhouette.xy[known], silhouette.face[known])


def main_yaw(samples: Array) -> float:
    """The direction, modulo a quarter turn, that most of an outline's straight edges share.

    Seen along an edge its samples fall on one spot: the turn at which the samples' coordinates pile up most.
    """
    yaws = np.radians(np.arange(0.0, 90.0, 1.0))
    centred = samples - samples.mean(axis=0)
    best, most = 0.0, -1.0
    for yaw in yaws:
        c, s = math.cos(yaw), math.sin(yaw)
        pile = 0.0
        for values in (centred @ (c, s), centred @ (-s, c)):
            counts = np.bincount(np.floor((values + 0.5) / 0.002).astype(int))
            smooth = counts[1:] + counts[:-1]  # a pile may straddle two bins
            pile += float((smooth.astype(np.float64) ** 2).sum())
        if pile > most:
            best, most = float(yaw), pile
    return best


def turned_box(samples: Array, yaw: float) -> tuple[Array, Array]:
    """Centre (2,) and full extents (2,) of samples in axes turned by ``yaw``."""
    c, s = math.cos(yaw), math.sin(yaw)
    local = samples @ np.array([[c, -s], [s, c]])
    low, high = np.quantile(local, 0.01, axis=0), np.quantile(local, 0.99, axis=0)
    centre: Array = np.array([[c, -s], [s, c]]) @ ((low + high) / 2)
    return centre, high - low


def polygon_signed(corners: Array, xy: Array) -> Array:
    """Distance (N,) to a convex polygon (M, 2), negative inside; beyond a corner, to the nearer side's line."""
    return -hull_depth(corners, xy)
