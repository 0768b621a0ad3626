"""From a box, a mask or a point in the picture to a thing in the room, with the depth of the same picture."""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from hiervla.core.geometry import Array, vec3, wrap_angle
from hiervla.core.world import Detection, Surface
from hiervla.perception.naming.found import Found
from hiervla.perception.view import Mask, View

_RAISED_M = 0.0035
"""What rises less than this above the table cannot be told from it."""
_LEAST_PX = 10
_STEP_M = 0.02
"""Neighbouring pixels whose ranges differ by more than this do not touch."""
_OUTLIER = 3.0
"""Points farther from the median than so many median distances belong to something else in the box."""
_NEAR_PX = 4
"""A point may miss the thing it means by so many pixels."""
_ROUGH, _FLAT = 0.4, 0.3
"""How sure a place and size are that were read from a box alone; and of what does not rise above the table."""


def lift(found: Found, view: View, table: Surface | None, name: str, camera: str, time_s: float) -> Detection | None:
    """The thing that a finder's box shows, or None where there is no depth to tell where it is.

    Middle, heading and size are those of the points above the table in the box or mask: the median, and the principal
    axes of the footprint with the extent of the points along them (Pearson 1901), 2nd to 98th percentile. The camera
    sees no back sides, so that size and place are rough, and ``score`` says so; ``name_score`` is the finder's.

    Args:
        found: in pixels of the view's image.
        view: the prepared image; heights above the table, the arm's pixels known.
        table: the surface it stands on, where one was found.
        name: what was sought; the thing gets this name.
        camera: whose image it is.
        time_s: robot clock of the look, seconds.
    """
    region = _region(found, view)
    raised = region & ~view.arm & (np.nan_to_num(view.height, nan=-1.0) > _RAISED_M + 3 * view.noise_m)
    raised &= np.nan_to_num(view.height, nan=1.0) < 0.5
    flat = raised.sum() < _LEAST_PX
    if flat and found.is_point:
        return None
    pixels = region & ~view.arm & ~np.isnan(view.height) if flat else _largest_piece(raised, view)
    if flat:  # a sheet or a label: the table's own points, where the box lies on the table
        pixels &= np.abs(np.nan_to_num(view.height, nan=1.0)) < _RAISED_M + 3 * view.noise_m
    if pixels.sum() < _LEAST_PX or (flat and table is None):
        return None
    points, heights = view.points[pixels], view.height[pixels]
    near = _inliers(points)
    points, heights = points[near], heights[near]
    middle, size, yaw = _footprint(points[:, :2])
    low, high = (0.0, _RAISED_M) if flat else (0.0, float(np.quantile(heights, 0.98)))
    n, d = view.plane[:3], view.plane[3]
    z = float(((low + high) / 2 - d - middle @ n[:2]) / n[2])
    return Detection(
        id=name,
        label="shape",
        name=name,
        name_score=round(min(1.0, max(0.0, found.score)), 3),
        by_name=True,
        score=_FLAT if flat else _ROUGH,
        camera=camera,
        box_px=_around(pixels if found.is_point or found.mask is not None else region),
        centre=vec3((*middle, z)),
        size=vec3((*size, high - low)),
        yaw=round(yaw, 4),
        seen_s=time_s,
    )


def _around(pixels: Mask) -> tuple[int, int, int, int]:
    """The box x0 y0 x1 y1 around pixels (H, W): of a box that was given, that box, so that a generous one is seen to be so."""
    rows, cols = np.nonzero(pixels)
    return int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1


def _region(found: Found, view: View) -> Mask:
    """The pixels (H, W) that are meant: mask, box, or what a point lies on."""
    if found.mask is not None and found.mask.shape == view.height.shape and found.mask.any():
        return found.mask
    region = np.zeros(view.height.shape, dtype=bool)
    x0, y0, x1, y1 = found.box
    if not found.is_point:
        region[max(0, math.floor(y0)) : max(0, math.ceil(y1)), max(0, math.floor(x0)) : max(0, math.ceil(x1))] = True
        return region
    region[max(0, int(y0) - _NEAR_PX) : int(y0) + _NEAR_PX + 1, max(0, int(x0) - _NEAR_PX) : int(x0) + _NEAR_PX + 1] = (
        True
    )
    raised = (np.nan_to_num(view.height, nan=-1.0) > _RAISED_M + 3 * view.noise_m) & ~view.arm
    labels = _pieces(raised, view)
    hit = labels[region & (labels > 0)]
    if not len(hit):
        return region
    return labels == np.bincount(hit).argmax()


def _pieces(mask: Mask, view: View) -> Array:
    """Connected pixels of a mask numbered from 1 (H, W), cut where the range steps; 0 elsewhere."""
    step = np.zeros(mask.shape, dtype=bool)
    ranges = np.where(np.isfinite(view.range_m), view.range_m, 0.0)
    step[:, 1:] |= np.abs(np.diff(ranges, axis=1)) > _STEP_M
    step[1:, :] |= np.abs(np.diff(ranges, axis=0)) > _STEP_M
    labels, _ = ndimage.label(mask & ~step)
    numbered: Array = labels
    return numbered


def _largest_piece(mask: Mask, view: View) -> Mask:
    """Of what rises in a box the piece with most pixels: a box's corners show what stands behind."""
    labels = _pieces(mask, view)
    counts = np.bincount(labels.ravel())
    if len(counts) < 2:
        return mask
    counts[0] = 0
    largest: Mask = labels == counts.argmax()
    return largest


def _inliers(points: Array) -> Mask:
    """Which of points (N, 3) are near their median, as most of them are."""
    off = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    near: Mask = off <= _OUTLIER * max(float(np.median(off)), 1e-4)
    return near


def _footprint(xy: Array) -> tuple[Array, tuple[float, float], float]:
    """Middle (2,), length and width, m, and yaw, rad, of points (N, 2) along their principal axes."""
    centre = np.median(xy, axis=0)
    _, axes = np.linalg.eigh(np.cov((xy - centre).T))
    along = (xy - centre) @ axes[:, ::-1]  # the axis of most spread first
    low, high = np.quantile(along, 0.02, axis=0), np.quantile(along, 0.98, axis=0)
    extent = high - low
    middle: Array = centre + axes[:, ::-1] @ ((low + high) / 2)
    yaw = math.atan2(axes[1, 1], axes[0, 1])
    if extent[1] > extent[0]:
        extent, yaw = extent[::-1], yaw + math.pi / 2
    return middle, (float(extent[0]), float(extent[1])), wrap_angle(yaw, math.pi)
