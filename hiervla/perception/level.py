"""The table in a picture whose table height nobody announced: the largest level plane that stands out."""

from __future__ import annotations

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.core.task import Limits

_BIN_M = 0.01
_LEAST_SHARE = 0.2
"""A table fills at least this share of the picture's depth pixels; of two such planes it is the higher one."""
_STEP_PX = 4


def table_height(image: CameraImage) -> float:
    """World z (m) of the highest level plane that fills a fifth of the picture, else of the largest.

    Raises:
        SetupError: no level plane is to be seen: the pose may be wrong.
    """
    points = image.points()
    heights = points[..., 2][_level(points)]
    seen = int(np.isfinite(points[..., 2]).sum())
    if len(heights) < 0.02 * seen:
        raise SetupError(
            "no level plane is seen: is z up in world_from_camera? Else say where the table is with --table-height"
        )
    bins = np.floor(heights / _BIN_M).astype(int)
    counts = np.bincount(bins - bins.min())
    counts = counts + np.append(counts[1:], 0)  # a plane may lie across two bins
    large = np.nonzero(counts >= max(_LEAST_SHARE * seen, 1))[0]
    k = int(np.argmax(counts))
    if len(large):
        top = large[-1]
        k = int(top - 1 if top and counts[top - 1] > counts[top] else top)
    low = (k + bins.min()) * _BIN_M
    return float(np.median(heights[(heights >= low) & (heights < low + 2 * _BIN_M)]))


def _level(points: Array) -> np.ndarray:
    """Pixels (H, W) on faces that look up, to about 15 degrees, by steps over some pixels so that noise matters little."""
    s = _STEP_PX
    right, down = np.full_like(points, np.nan), np.full_like(points, np.nan)
    right[:, s:-s] = points[:, 2 * s :] - points[:, : -2 * s]
    down[s:-s] = points[2 * s :] - points[: -2 * s]
    normal = np.cross(right, down)
    length = np.linalg.norm(normal, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.abs(normal[..., 2]) / length > 0.966)


def around(image: CameraImage, table_height_m: float) -> Limits:
    """Limits wide enough for everything on a table of that height in the picture."""
    points = image.points().reshape(-1, 3)
    near = points[np.abs(points[:, 2] - table_height_m) < 0.02]
    if not len(near):
        raise SetupError(f"nothing is seen at the table height {table_height_m:g} m; leave it away, and it is found")
    low, high = near[:, :2].min(axis=0), near[:, :2].max(axis=0)
    return Limits(
        low=(float(low[0]), float(low[1]), table_height_m),
        high=(float(high[0]), float(high[1]), table_height_m + 0.75),
        table_height_m=table_height_m,
    )
