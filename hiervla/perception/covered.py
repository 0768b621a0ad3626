"""Boxes whose top is covered: read from their upright faces alone. Metres."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.solids import Solid, long_side_first
from hiervla.perception.view import Mask, View


def hidden_top(view: View, normals: Array, mask: Mask, hull: Array, on_top: Mask) -> Solid | None:
    """A box whose top is covered, from its upright faces; None when enough of the top is seen (or it has no faces)."""
    if on_top.sum() >= 8 and len(hull) >= 3:
        e = np.roll(hull, -1, axis=0) - hull
        n = np.stack([-e[:, 1], e[:, 0]], axis=1) / np.maximum(np.linalg.norm(e, axis=1, keepdims=True), 1e-12)
        breadth = np.ptp(hull @ n.T, axis=0).min()
        upwards = np.abs(normals[mask][on_top, 2])  # the upper rows of two faces that meet are broad, but no top
        if breadth > 0.006 and not np.nanmedian(np.append(upwards, np.nan)) < 0.4:
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
