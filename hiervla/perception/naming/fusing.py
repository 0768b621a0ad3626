"""Which of the things that geometry read is the one in a detector's box: by the pixels that show it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.core.world import Detection

_COVERED = 0.6
"""A box that holds this share of a thing's pixels mostly covers it."""
_LIKE = 0.25
"""Least overlap (intersection over union) of the box with the thing's own: a box around half the table names nothing."""
_MARGIN_M = 0.006
_AT_M = 0.01
"""Without a box: so far beyond its outline a thing may be said to be."""


def owners(things: list[Detection], image: CameraImage) -> NDArray[np.intp]:
    """For each pixel (H, W) the index of the thing that it shows, -1 for none; the smaller of two that hold its point."""
    points = image.points()
    owner = np.full(points.shape[:2], -1, dtype=np.intp)
    for i in sorted(
        range(len(things)), key=lambda k: -math.prod(things[k].size)
    ):  # the smaller ones last, over the others
        owner[_within(points, things[i])] = i
    return owner


def matched(seen: Detection, things: list[Detection], owner: NDArray[np.intp]) -> Detection | None:
    """The thing that a detection is of, or None.

    Args:
        seen: with ``box_px`` in the image that ``owner`` was made of; of one without a box its ``centre`` counts.
        things: what geometry read.
        owner: as ``owners`` gave it for these things.
    """
    x0, y0, x1, y1 = seen.box_px
    if x1 <= x0 or y1 <= y0:
        at = np.asarray(seen.centre)[None, None]
        hit = [d for d in things if _within(at, d, _AT_M)[0, 0]]
        return min(hit, key=lambda d: math.prod(d.size), default=None)
    inside = owner[y0:y1, x0:x1]
    best, like = None, _LIKE
    for i, d in enumerate(things):
        own = int((owner == i).sum())
        if not own or int((inside == i).sum()) < _COVERED * own:
            continue
        rows, cols = np.nonzero(owner == i)
        box = (int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1)
        if (overlap := _overlap(seen.box_px, box)) > like:
            best, like = d, overlap
    return best


def shared_with(seen: Detection, owner: NDArray[np.intp]) -> float:
    """Share of a box's pixels that show things which geometry read, 0..1."""
    x0, y0, x1, y1 = seen.box_px
    inside = owner[y0:y1, x0:x1]
    return float((inside >= 0).mean()) if inside.size else 0.0


def _within(points: Array, d: Detection, margin: float = _MARGIN_M) -> NDArray[np.bool_]:
    """Which points (H, W, 3) lie in a thing's own box, grown by a margin, metres."""
    c, s = math.cos(d.yaw), math.sin(d.yaw)
    off = points - np.asarray(d.centre)
    along, across = off[..., 0] * c + off[..., 1] * s, off[..., 1] * c - off[..., 0] * s
    with np.errstate(invalid="ignore"):  # pixels without depth are in nothing
        held: NDArray[np.bool_] = (
            (np.abs(along) < d.size[0] / 2 + margin)
            & (np.abs(across) < d.size[1] / 2 + margin)
            & (np.abs(off[..., 2]) < d.size[2] / 2 + margin)
            & (points[..., 2] > d.bottom_z + 0.003)  # the table around it is not it
        )
    return held


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, w) * max(0, h)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / max(area - shared, 1)
