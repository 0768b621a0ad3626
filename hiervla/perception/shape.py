"""The shape under the highest face of a group of pixels: outline, walls, inside; round or square, full or hollow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.covered import hidden_top
from hiervla.perception.cutouts import cut_shape
from hiervla.perception.hollow import lean_inside, measure_inside, span_of
from hiervla.perception.outline import Rectangle, fit_circle, fit_rectangle, hull_depth, hull_of
from hiervla.perception.silhouette import silhouette_of
from hiervla.perception.solids import Solid, box_solid, round_solid
from hiervla.perception.view import Mask, View, contour

_SIDE_WEIGHT = 3.0
"""A point on an upright face tells the outline about three times as finely as a contour sample."""

_OPEN_BAND_M = (0.008, 0.0125)
"""How deep inside the outline walls end and the solid part of flat rings and letters does not."""
_OPEN = 0.65


def _top_level(heights: Array, window: float) -> float:
    """The highest level at which several pixels lie: where a face or a rim is, whatever stray pixels stand above."""
    h = np.sort(heights)[::-1]
    need = max(4, len(h) // 100)
    j = np.searchsorted(-h, -(h - window), side="right")
    enough = np.nonzero(j - np.arange(len(h)) >= need)[0]
    return float(h[enough[0]]) if len(enough) else float(h[0])


def _one_shade(rgb: Array, face: Mask) -> Mask:
    """Which pixels (N, 3) have the shade most of a level face has: light gives a face one; all where it has no main one.

    So the last row of what stands on a face, as high as the face itself, is not taken for it.
    """
    shade = np.median(rgb[face], axis=0)
    same: Mask = np.abs(rgb - shade).max(axis=1) < 8 + 0.12 * shade.max()
    return same if same[face].mean() > 0.6 else np.ones(len(rgb), dtype=bool)


def read_top(view: View, normals: Array, mask: Mask, plain: bool = True) -> Solid | None:
    """The solid whose top is the highest face or rim in a group of pixels; None when nothing can be fitted.

    Not ``plain``: it is known that no rectangle and no disc explains the group.
    """
    rows, cols = np.nonzero(mask)
    points, heights = view.points[rows, cols], view.height[rows, cols]
    tolerance = 0.0013 + 2 * view.noise_m
    level = _top_level(heights, tolerance)
    for _ in range(3):  # stray pixels just above must not cut off the face's lower half
        on_top = np.abs(heights - level) < tolerance
        level = float(np.median(heights[on_top]))
    on_top &= _one_shade(view.image.rgb[rows, cols], on_top)
    low = float(np.sort(heights)[max(3, len(heights) // 125)]) if len(heights) > 3 else float(heights.min())
    face = np.zeros_like(mask)
    face[rows[on_top], cols[on_top]] = True
    hull = hull_of(points[on_top, :2])
    crossing = view.through(points, level)[:, :2]
    within = hull_depth(hull, crossing)
    silhouette = silhouette_of(view, face, level)
    hollow = silhouette.openness(hull, *_OPEN_BAND_M) > _OPEN
    sides = (heights < level - tolerance) & (within < 0.0005)
    if (rectangle := hidden_top(view, normals, mask, hull, on_top)) is not None:
        return rectangle if rectangle.size[1] > 0.004 else None
    samples, genuine = contour(view, face, level)
    edge = genuine & (hull_depth(hull, samples) < (0.0022 if hollow else 0.003))
    rim = samples[edge]
    if len(rim) < 6:
        rim = hull
    elif not hollow and len(hull) >= 3:
        first = _fit(view, normals[rows, cols], points, heights, rim, hull, sides, level, low, hollow, within)
        return cut_shape(silhouette, samples[genuine], rim, first, plain) or first
    return _fit(view, normals[rows, cols], points, heights, rim, hull, sides, level, low, hollow, within)


def _fit(
    view: View, normals: Array, points: Array, heights: Array, rim: Array, hull: Array, sides: Mask, level: float,
    low: float, hollow: bool, within: Array,
) -> Solid:  # fmt: skip
    below = level - heights[sides]
    wall_xy = points[sides, :2]
    ones = np.ones(len(rim))
    faces = _faces(normals, sides & (np.abs(hull_depth(hull, points[:, :2])) < 0.006)) if not hollow else None
    square = fit_rectangle(rim, hull=hull, yaw=faces.yaw if faces and faces.flat > 0.85 else None)
    rim_square = square.rms
    # Only what lies close under the outline is its own side; what lies farther out is something it stands on.
    near = _beside(square, wall_xy)
    if near.any() and len(rim) >= 4:
        # Where something stands on it, the upright faces show how far it reaches on under there.
        hull = hull_of(np.concatenate([hull, wall_xy[near]]))
    stride = max(1, int(near.sum()) // 150)
    side_xy = wall_xy[near][::stride]
    if len(side_xy) >= 6:
        weights = np.concatenate([ones, np.full(len(side_xy), _SIDE_WEIGHT)])
        square = fit_rectangle(np.concatenate([rim, side_xy]), weights, hull=hull, yaw=square.yaw)
    circle = fit_circle(rim)
    if circle is not None and faces is not None and faces.flat < 0.45 and rim_square < 0.8 * circle.rms:
        faces = None  # the top is square: what bends below are the faces of two things, turned against each other
    close = np.zeros(len(wall_xy), dtype=bool)
    if circle is not None:
        off = circle.signed(wall_xy)  # walls may lean inwards below a rim, never outwards
        close = (off < 0.004) & (off > (-0.5 * circle.radius if hollow else -0.004))
        stride = max(1, int(close.sum()) // 150)
        xy, under = wall_xy[close][::stride], below[close][::stride]
        if len(xy) >= 6:
            weights = np.concatenate([ones, np.full(len(xy), _SIDE_WEIGHT)])
            depth = np.concatenate([np.zeros(len(rim)), under]) if hollow else None
            circle = fit_circle(np.concatenate([rim, xy]), weights, depth) or circle
    if circle is not None and circle.radius < 0.3 and _rounder(circle.rms, square.rms, faces, view.noise_m):
        solid = round_solid(circle, level, low, hollow)
    else:
        solid = box_solid(square, level, low, hollow)
    if hollow:
        if solid.circle is not None and (circle is None or span_of(below[close]) < 0.6 * (level - low)):
            solid.circle = lean_inside(solid, points, heights, within)
        measure_inside(solid, points, normals, heights, within, view.noise_m)
    return solid


@dataclass(frozen=True, slots=True)
class Faces:
    """Which way upright faces look: their common yaw modulo a quarter turn, and how flat they are (1 = two planes)."""

    yaw: float
    flat: float


def _faces(normals: Array, chosen: Mask) -> Faces | None:
    """Directions of the upright normals (N, 3) among the chosen points; None where too few tell."""
    n = normals[chosen]
    n = n[np.abs(n[:, 2]) < 0.3]
    if len(n) < 14:
        return None
    turn = np.exp(4j * np.arctan2(n[:, 1], n[:, 0])).mean()
    return Faces(float(np.angle(turn) / 4), float(abs(turn)))


def _rounder(circle_rms: float, square_rms: float, faces: Faces | None, noise_m: float) -> bool:
    """Round or square? Flat faces and bent ones tell at once; between them the better outline decides."""
    if noise_m > 0.0004:  # rough normals tell nothing
        return circle_rms < square_rms
    if faces is not None and faces.flat > 0.88 and square_rms < 2.5 * circle_rms + 0.001:
        return False
    if faces is not None and faces.flat < 0.45 and circle_rms < 2.5 * square_rms + 0.001:
        return True
    if faces is not None and min(circle_rms, square_rms) > 0.0014:  # neither fits: something tilted
        return faces.flat < 0.6
    return circle_rms < square_rms


def _beside(square: Rectangle, xy: Array) -> Mask:
    """Points that lie on one of the rectangle's four sides or on that side's line a little beyond its ends."""
    out = np.abs(square.frame(xy)) - square.half
    on = np.abs(out) < 0.004
    reach = 2.5 * square.half.max()
    beside: Mask = (on[:, 0] & (out[:, 1] < reach)) | (on[:, 1] & (out[:, 0] < reach))
    return beside
