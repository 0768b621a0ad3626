"""Visual prompts as numbers: where a task's points lie in an image, as heat-maps a policy can read.

What a person or a VLM looks at is drawn by ``draw``; both show the same points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage

SPREAD_M = 0.02
"""Standard deviation of a spot where it lies: near things make large spots."""
_LEAST_PX = 1.0


def heatmaps(image: CameraImage, points: Array) -> NDArray[np.float32]:
    """One map (K, H, W) in 0..1 for each of the points (K, 3) in the world, metres; empty where it cannot be seen.

    A point that is NaN is none: its map is empty, too. What stands before a point does not hide it: a prompt says where
    to look, not what is to be seen there.
    """
    h, w = image.depth.shape
    maps = np.zeros((len(points), h, w), dtype=np.float32)
    uv, z = image.project(np.nan_to_num(points, nan=-1e3))
    rows, cols = np.arange(h) + 0.5, np.arange(w) + 0.5
    for k, ((u, v), depth) in enumerate(zip(uv, z, strict=True)):
        if not np.isfinite(points[k]).all() or depth <= 0.02:
            continue
        spread = max(_LEAST_PX, float(image.intrinsics[0, 0]) * SPREAD_M / float(depth))
        maps[k] = np.outer(_bell(rows - v, spread), _bell(cols - u, spread))
    return maps


def _bell(off: Array, spread: float) -> Array:
    return np.asarray(np.exp(-0.5 * np.square(off / spread)))
