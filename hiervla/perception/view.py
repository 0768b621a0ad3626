"""One RGB-D image made ready for reading: points, heights above the table, the arm blanked out, steps between pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array, segment_distance
from hiervla.core.observation import CameraImage

Mask = NDArray[np.bool_]
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


@dataclass(frozen=True, slots=True)
class View:
    """An image with what the geometry needs, all (H, W, …); heights are above the table's plane."""

    image: CameraImage
    points: Array  # (H, W, 3) metres, world; NaN = no return
    height: Array  # (H, W) metres above the table plane; NaN = no return
    range_m: Array  # (H, W) depth along the optical axis, +inf = no return
    plane: Array  # (4,) unit normal (upwards) and offset: n·p + d = height
    noise_m: float  # standard deviation of the heights of the table's own pixels
    arm: Mask  # (H, W) the arm's own pixels

    @property
    def eye(self) -> Array:
        """Camera centre (3,), world frame."""
        centre: Array = self.image.world_from_camera[:3, 3]
        return centre

    def rays_to(self, uv: Array, height: float | Array) -> Array:
        """World points (N, 3) where the rays of pixel coordinates (N, 2) meet the level ``height`` above the table."""
        k = self.image.intrinsics
        d = np.stack([(uv[:, 0] - k[0, 2]) / k[0, 0], (uv[:, 1] - k[1, 2]) / k[1, 1], np.ones(len(uv))], axis=1)
        d = d @ self.image.world_from_camera[:3, :3].T
        return meet_level(self.eye, d, self.plane, height)

    def through(self, points: Array, height: float) -> Array:
        """Where the sight lines to points (N, 3) pass the level ``height`` above the table: (N, 3) world."""
        return meet_level(self.eye, points - self.eye, self.plane, height)

    def visible_at(self, points: Array) -> tuple[Mask, Array, Array]:
        """For world points (N, 3): inside the image, pixel rows and columns (N,) as integers."""
        uv, z = self.image.project(points)
        h, w = self.height.shape
        col, row = np.floor(uv[:, 0]).astype(int), np.floor(uv[:, 1]).astype(int)
        inside = (z > 0) & (col >= 0) & (col < w) & (row >= 0) & (row < h)
        return inside, np.clip(row, 0, h - 1), np.clip(col, 0, w - 1)


def meet_level(eye: Array, directions: Array, plane: Array, height: float | Array) -> Array:
    """Points (N, 3) where lines from ``eye`` along directions (N, 3) reach a signed height above a plane (4,)."""
    slope = directions @ plane[:3]
    slope = np.where(np.abs(slope) < 1e-9, -1e-9, slope)
    t = (height - (eye @ plane[:3] + plane[3])) / slope
    met: Array = eye + directions * t[:, None]
    return met


_ARM_MARGIN_M = 0.012
_FINGER_MARGIN_M = 0.004
_FINGER_RADIUS_M = 0.02
"""Capsules thinner than this are fingers: a thing between them must not be taken for them."""


def arm_pixels(points: Array, candidates: Mask, links: Array) -> Mask:
    """Pixels (H, W) whose points lie in or close to the arm's capsules (L, 7)."""
    mask = np.zeros(candidates.shape, dtype=bool)
    rows, cols = np.nonzero(candidates)
    if not len(rows) or not len(links):
        return mask
    p = points[rows, cols]
    near = np.zeros(len(p), dtype=bool)
    for capsule in links:
        a, b, r = capsule[:3], capsule[3:6], float(capsule[6])
        r += _FINGER_MARGIN_M if r < _FINGER_RADIUS_M else _ARM_MARGIN_M
        low, high = np.minimum(a, b) - r, np.maximum(a, b) + r
        box = np.nonzero(((p >= low) & (p <= high)).all(axis=1) & ~near)[0]
        if len(box):
            near[box] = segment_distance(p[box], a, b) < r
    mask[rows[near], cols[near]] = True
    return mask


def contour(view: View, face: Mask, height: float) -> tuple[Array, Mask]:
    """Where the outline of a level face crosses between pixels, on that level.

    Midway between a pixel of the face and a neighbour that is not lies the outline, to half a pixel and without
    bias; sight lines through those midpoints meet the known level at outline samples far finer than the pixels.

    Returns:
        samples (N, 2) world xy, and genuine (N,) False where something nearer hides the true outline.
    """
    h, w = face.shape
    rows, cols = np.nonzero(face)
    uv, genuine = [], []
    for dr, dc in NEIGHBOURS:
        r, c = rows + dr, cols + dc
        inside = (r >= 0) & (r < h) & (c >= 0) & (c < w)
        rr, cc = np.clip(r, 0, h - 1), np.clip(c, 0, w - 1)
        out = ~inside | ~face[rr, cc]
        # Something higher that is not farther away hides the face or stands on it; lower and nearer is its own front.
        slack = 0.004 + 2 * view.noise_m
        hides = np.zeros(len(rows), dtype=bool)
        for k in (1, 2):  # what stands on the face begins at its level: it shows one pixel on
            rk, ck = np.clip(rows + k * dr, 0, h - 1), np.clip(cols + k * dc, 0, w - 1)
            hides |= (view.range_m[rk, ck] < view.range_m[rows, cols] + slack) & (
                np.nan_to_num(view.height[rk, ck], nan=-1.0) > height + 0.002 + 2 * view.noise_m
            )
        uv.append(np.stack([cols[out] + 0.5 + dc / 2, rows[out] + 0.5 + dr / 2], axis=1))
        genuine.append((inside & ~hides & ~view.arm[rr, cc])[out])
    samples = view.rays_to(np.concatenate(uv), height)[:, :2]
    return samples, np.concatenate(genuine)
