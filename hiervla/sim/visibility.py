"""How much of each body the camera can see, by truth: rays down onto it, then from the camera to where they met it."""

from __future__ import annotations

import numpy as np
import pybullet

from hiervla.bullet.furniture import MOVING
from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.sim.simulation import Simulation

STEP_M = 0.004
"""Distance between rays from above."""
Part = tuple[int, int]  # PyBullet body and link


def visible_share(sim: Simulation, image: CameraImage) -> dict[str, float]:
    """For every body (of furniture: its moving part, and its host by name) the share 0..1 of its surface as seen from
    above that nothing else hides from the camera; 0 for what something else wholly covers from above."""
    out = {}
    for name, body in sim.bodies.items():
        if body.is_furniture:
            out[name] = _share(sim, image, (body.id, MOVING))
            out[sim.host_name(name)] = _share(sim, image, (body.id, -1))
        else:
            out[name] = _share(sim, image, (body.id, -1))
    return out


def _share(sim: Simulation, image: CameraImage, part: Part) -> float:
    low, high = pybullet.getAABB(*part, physicsClientId=sim.client.id)
    x, y = np.meshgrid(np.arange(low[0], high[0], STEP_M), np.arange(low[1], high[1], STEP_M))
    above = np.stack([x.ravel(), y.ravel(), np.full(x.size, 1.2)], axis=1)
    below = above * (1, 1, 0) - (0, 0, 0.01)
    hit, points = _met(sim, above, below)
    mine = (hit == part).all(axis=1)
    if not mine.any():
        return 0.0
    points = points[mine]
    eye = np.asarray(image.world_from_camera)[:3, 3]
    # The last bit of the way is left out, so that a ray does not end in the surface by rounding.
    to = points + (eye - points) / np.linalg.norm(eye - points, axis=1, keepdims=True) * 1e-4
    seen, _ = _met(sim, np.repeat(eye[None], len(to), axis=0), to - (eye - to) * 0.01)
    # A cup's own wall hides its floor: what a body hides of itself is no occlusion.
    clear = (seen == part).all(axis=1)
    uv, depth = image.project(points)
    h, w = image.depth.shape
    framed = (depth > 0) & (uv[:, 0] >= 0) & (uv[:, 0] < w) & (uv[:, 1] >= 0) & (uv[:, 1] < h)
    return float((clear & framed).mean())


def _met(sim: Simulation, start: Array, end: Array) -> tuple[Array, Array]:
    """Body and link (N, 2), −1 for nothing, and the point (N, 3) each ray first meets."""
    hits: list[tuple[int, int]] = []
    points: list[tuple[float, float, float]] = []
    most = 8192  # PyBullet takes no more rays at once
    for k in range(0, len(start), most):
        for body, link, _, point, _ in pybullet.rayTestBatch(
            start[k : k + most].tolist(), end[k : k + most].tolist(), physicsClientId=sim.client.id
        ):
            hits.append((body, link))
            points.append(point)
    return np.array(hits).reshape(-1, 2), np.array(points).reshape(-1, 3)
