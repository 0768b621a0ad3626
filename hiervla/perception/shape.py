"""The shape under the highest face of a group of pixels: outline, walls, inside; round or square, full or hollow."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.outline import Circle, Rectangle, fit_circle, fit_rectangle, hull_depth, hull_of
from hiervla.perception.solids import WALL_M, Solid, box_solid, long_side_first, round_solid
from hiervla.perception.view import Mask, View, contour

_SIDE_WEIGHT = 3.0
"""A point on an upright face tells the outline about three times as finely as a contour sample."""


def _top_level(heights: Array, window: float) -> float:
    """The highest level at which several pixels lie: where a face or a rim is, whatever stray pixels stand above."""
    h = np.sort(heights)[::-1]
    need = max(4, len(h) // 100)
    j = np.searchsorted(-h, -(h - window), side="right")
    enough = np.nonzero(j - np.arange(len(h)) >= need)[0]
    return float(h[enough[0]]) if len(enough) else float(h[0])


def read_top(view: View, normals: Array, mask: Mask) -> Solid | None:
    """The solid whose top is the highest face or rim in a group of pixels; None when nothing can be fitted."""
    rows, cols = np.nonzero(mask)
    points, heights = view.points[rows, cols], view.height[rows, cols]
    tolerance = 0.0013 + 2 * view.noise_m
    level = _top_level(heights, tolerance)
    on_top = np.abs(heights - level) < tolerance
    level = float(np.median(heights[on_top]))
    low = float(np.quantile(heights, 0.02))
    face = np.zeros_like(mask)
    face[rows[on_top], cols[on_top]] = True
    hull = hull_of(points[on_top, :2])
    crossing = view.through(points, level)[:, :2]
    within = hull_depth(hull, crossing)
    hollow = _is_hollow(view, hull, level)
    sides = (heights < level - tolerance) & (within < 0.0005)
    if (rectangle := _hidden_top(view, normals, mask, hull, on_top)) is not None:
        return rectangle if rectangle.size[1] > 0.004 else None
    samples, genuine = contour(view, face, level)
    edge = genuine & (hull_depth(hull, samples) < (0.0022 if hollow else 0.003))
    rim = samples[edge]
    if len(rim) < 6:
        rim = hull
    return _fit(view, normals[rows, cols], points, heights, rim, hull, sides, level, low, hollow, within)


def _is_hollow(view: View, hull: Array, level: float) -> bool:
    """Do sight lines that pass the top's outline well inside it go on to something clearly lower?"""
    low, high = hull.min(axis=0), hull.max(axis=0)
    if len(hull) < 3 or (high - low).min() < 0.03:
        return False
    x, y = np.meshgrid(np.arange(low[0], high[0], 0.003), np.arange(low[1], high[1], 0.003))
    spots = np.stack([x.ravel(), y.ravel()], axis=1)
    spots = spots[hull_depth(hull, spots) > 0.0085]
    if len(spots) < 8:
        return False
    n, d = view.plane[:3], view.plane[3]
    z = (level - d - spots @ n[:2]) / n[2]
    inside, rows, cols = view.visible_at(np.column_stack([spots, z]))
    seen = view.height[rows, cols]
    lower = inside & (seen < level - 0.007 - 2 * view.noise_m)
    flat = inside & (np.abs(seen - level) < 0.0025 + 2 * view.noise_m)
    return bool(lower.sum() > 0.4 * max(1, lower.sum() + flat.sum()))


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
        if solid.circle is not None and (circle is None or _span(below[close]) < 0.6 * (level - low)):
            solid.circle = _lean_inside(solid, points, heights, within)
        _measure_inside(solid, points, heights, within, view.noise_m)
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


def _span(values: Array) -> float:
    return float(np.quantile(values, 0.95) - np.quantile(values, 0.05)) if len(values) >= 12 else 0.0


def _lean_inside(solid: Solid, points: Array, heights: Array, within: Array) -> Circle:
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


def _measure_inside(solid: Solid, points: Array, heights: Array, within: Array, noise_m: float) -> None:
    """Floor height and wall thickness of a hollow thing from what is seen through its opening."""
    inside = (within > 0.004) & (heights < solid.top - 0.006)
    if inside.sum() < 6:
        solid.floor = min(WALL_M, solid.top / 2)
        return
    lowest = float(np.quantile(heights[inside], 0.03))
    level = heights[inside] < lowest + 0.0015 + noise_m
    flat = level.sum() >= 8 and lowest < 0.5 * solid.top
    solid.floor = float(np.median(heights[inside][level])) if flat else min(WALL_M, lowest)
    out = solid.outer(points[inside, :2], heights[inside])
    upper = heights[inside] > solid.floor + 0.3 * (solid.top - solid.floor)
    near = upper & (out > -0.02) & (out < 0.0)
    if near.sum() >= 6:
        solid.wall = float(np.clip(-np.median(out[near]), 0.002, 0.015))


def _hidden_top(view: View, normals: Array, mask: Mask, hull: Array, on_top: Mask) -> Solid | None:
    """A box whose top is covered, from its upright faces; None when enough of the top is seen (or it has no faces)."""
    if on_top.sum() >= 8 and len(hull) >= 3:
        e = np.roll(hull, -1, axis=0) - hull
        n = np.stack([-e[:, 1], e[:, 0]], axis=1) / np.maximum(np.linalg.norm(e, axis=1, keepdims=True), 1e-12)
        breadth = np.ptp(hull @ n.T, axis=0).min()
        if breadth > 0.006:
            return None
    rows, cols = np.nonzero(mask)
    n = normals[rows, cols]
    upright = np.abs(n[:, 2]) < 0.25
    if upright.sum() < 8:
        return None
    xy, heights = view.points[rows, cols, :2][upright], view.height[rows, cols][upright]
    angles = np.arctan2(n[upright, 1], n[upright, 0])
    yaw = float(np.angle(np.exp(4j * angles).mean()) / 4)
    c, s = math.cos(yaw), math.sin(yaw)
    local = xy @ np.array([[c, -s], [s, c]])
    facing = np.stack([np.cos(angles - yaw), np.sin(angles - yaw)], axis=1)
    low, high = local.min(axis=0) - 0.0012, local.max(axis=0) + 0.0012
    for axis in (0, 1):  # where a face looks along an axis, it gives that side exactly
        for sign in (1, -1):
            on = facing[:, axis] * sign > 0.8
            if on.sum() >= 5:
                if sign > 0:
                    high[axis] = float(np.median(local[on, axis]))
                else:
                    low[axis] = float(np.median(local[on, axis]))
    span = high - low
    for axis in (0, 1):  # one face only: its depth cannot be seen; believe it as deep as wide
        if span[axis] < 0.5 * span[1 - axis]:
            middle = float(
                np.mean(
                    [
                        facing[np.abs(facing[:, axis]) > 0.8, axis].mean()
                        if (np.abs(facing[:, axis]) > 0.8).any()
                        else 1.0
                    ]
                )
            )
            if middle > 0:
                low[axis] = high[axis] - span[1 - axis]
            else:
                high[axis] = low[axis] + span[1 - axis]
    centre = np.array([[c, -s], [s, c]]) @ ((low + high) / 2)
    size = high - low
    ends = np.array([float((facing[:, k // 2] * (1 - 2 * (k % 2)) > 0.8).sum() >= 5) for k in range(4)])
    sizes, yaw, ends = long_side_first(size, yaw, ends)
    all_heights = view.height[rows, cols]
    solid = Solid(
        centre=centre, size=sizes, yaw=yaw,
        top=float(np.quantile(all_heights, 0.98)), low=float(heights.min()), hidden_top=True, genuine=0.5, ends=ends,
    )  # fmt: skip
    return solid
