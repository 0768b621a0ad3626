"""What changed in small images between control ticks: cheap enough to ask at every one. Core types only."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.world import Detection

Mask = NDArray[np.bool_]
Pixels = NDArray[np.intp]

_MARGIN_M = 0.018
"""The arm's capsules are widened by this: what lies at their border is not judged."""
_DEPTH_M = 0.010
"""A pixel whose depth changed by more shows something else now."""
_COLOUR = 60.0
"""So does one whose RGB direction-and-length changed by more, of 0..442."""
_LEAST_PX = 6


class TargetWatch:
    """Watches the pixels that showed a target in a reference tick image; the fixed camera must not move.

    A pixel is judged only while the arm hides it in neither image; it speaks for movement when its depth or its colour is
    no longer the target's. Takes well under 2 ms a tick.
    """

    def __init__(self, observation: Observation, target: Detection, camera: str = "front") -> None:
        """``observation`` is a tick reading with the target where ``target`` says it is."""
        self.camera = camera
        image = observation.images[camera]
        pixels = _pixels_of(image, target)
        self.rows, self.cols = np.nonzero(pixels & ~arm_mask(image, observation.links, pixels))
        self.depth = image.depth[self.rows, self.cols].astype(np.float64)
        self.rgb = image.rgb[self.rows, self.cols].astype(np.float64)

    def moved(self, observation: Observation) -> float | None:
        """Fraction 0..1 of the target's pixels that no longer show it; None when fewer than six can be judged."""
        image = observation.images.get(self.camera)
        if image is None or len(self.rows) < _LEAST_PX:
            return None
        depth = image.depth[self.rows, self.cols].astype(np.float64)
        points = _lift(image, self.rows, self.cols, depth)
        nearer = depth < self.depth - 0.5 * _DEPTH_M
        judged = (depth > 0) & ~(nearer & _within(points, observation.links, _MARGIN_M))
        if judged.sum() < _LEAST_PX:
            return None
        off = np.abs(depth - self.depth) > _DEPTH_M
        off |= np.linalg.norm(image.rgb[self.rows, self.cols] - self.rgb, axis=1) > _COLOUR
        return float(off[judged].mean())


def image_change(a: Observation, b: Observation, camera: str = "front") -> float:
    """How much the image changed beyond the arm's own motion, 0..1: share of pixels, the arm's in either left out.

    One pixel in a hundred counts as full change: things are small in a tick image.
    """
    one, two = a.images.get(camera), b.images.get(camera)
    if one is None or two is None or one.depth.shape != two.depth.shape:
        return 0.0
    off = np.abs(one.depth - two.depth) > _DEPTH_M
    off |= _apart(one.rgb, two.rgb) > _COLOUR
    if not off.any():
        return 0.0
    off &= ~arm_mask(one, a.links, off, 2 * _MARGIN_M) & ~arm_mask(two, b.links, off, 2 * _MARGIN_M)
    return float(min(1.0, off.mean() / 0.01))


def _apart(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> NDArray[np.int16]:
    """How far two pictures' colours (H, W, 3) are apart, summed over the channels (one by one: many times sooner than along them)."""
    off = np.abs(one.astype(np.int16) - two)
    total: NDArray[np.int16] = off[..., 0] + off[..., 1] + off[..., 2]
    return total


def arm_mask(image: CameraImage, links: Array, where: Mask, margin_m: float = _MARGIN_M) -> Mask:
    """Pixels (H, W) among ``where`` that show the arm: their points lie in its capsules, widened."""
    mask = np.zeros(where.shape, dtype=bool)
    rows, cols = np.nonzero(where)
    depth = image.depth[rows, cols].astype(np.float64)
    mask[rows, cols] = _within(_lift(image, rows, cols, depth), links, margin_m)
    return mask


def _pixels_of(image: CameraImage, target: Detection) -> Mask:
    """Pixels (H, W) whose points lie in the target's own box, a little shrunk at the table and widened elsewhere."""
    half = 0.5 * math.hypot(target.size[0], target.size[1]) + 0.01
    x, y, z = target.centre
    corners = np.array([(x + i * half, y + j * half, z + k * (target.size[2] / 2 + 0.01)) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])  # fmt: skip
    uv, depth = image.project(corners)
    h, w = image.depth.shape
    mask = np.zeros((h, w), dtype=bool)
    if (depth <= 0).any():
        return mask
    c0, r0 = np.clip(np.floor(uv.min(axis=0)).astype(int), 0, (w, h))
    c1, r1 = np.clip(np.ceil(uv.max(axis=0)).astype(int) + 1, 0, (w, h))
    rows, cols = (g.ravel() for g in np.mgrid[r0:r1, c0:c1])
    points = _lift(image, rows, cols, image.depth[rows, cols].astype(np.float64))
    c, s = math.cos(target.yaw), math.sin(target.yaw)
    u = (points[:, 0] - x) * c + (points[:, 1] - y) * s
    v = (points[:, 1] - y) * c - (points[:, 0] - x) * s
    if target.round:
        inside = np.hypot(u, v) < target.size[0] / 2 + 0.004
    else:
        inside = (np.abs(u) < target.size[0] / 2 + 0.004) & (np.abs(v) < target.size[1] / 2 + 0.004)
    low = target.bottom_z + min(0.006, 0.3 * target.size[2])
    inside &= (points[:, 2] > low) & (points[:, 2] < target.top_z + 0.006)
    mask[rows[inside], cols[inside]] = True
    return mask


def _lift(image: CameraImage, rows: Pixels, cols: Pixels, depth: Array) -> Array:
    """World points (N, 3) of some pixels."""
    k, m = image.intrinsics, image.world_from_camera
    x, y = (cols + 0.5 - k[0, 2]) / k[0, 0] * depth, (rows + 0.5 - k[1, 2]) / k[1, 1] * depth
    world: Array = np.stack([x, y, depth], axis=1) @ m[:3, :3].T + m[:3, 3]
    return world


def _within(points: Array, links: Array, margin_m: float) -> Mask:
    """Points (N, 3) within the arm's capsules (L, 7), widened."""
    if not len(points) or not len(links):
        return np.zeros(len(points), dtype=bool)
    a, ab = links[:, :3], links[:, 3:6] - links[:, :3]
    ap = points[:, None, :] - a
    t = np.clip((ap * ab).sum(-1) / np.maximum((ab**2).sum(-1), 1e-12), 0.0, 1.0)
    off = ap - t[..., None] * ab
    near: Mask = ((off**2).sum(-1) < (links[:, 6] + margin_m) ** 2).any(axis=1)
    return near
