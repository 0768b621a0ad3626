"""The table: its plane by Open3D's RANSAC, and its four edges by a rectangle through the plane's outline."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, vec3
from hiervla.core.task import Limits
from hiervla.core.world import Surface
from hiervla.perception.outline import fit_rectangle, hull_of
from hiervla.perception.point_clouds import open3d
from hiervla.perception.view import NEIGHBOURS, Mask, View

_BAND_M = 0.04
"""How far from its announced height the table may lie."""
_TILT_COS = math.cos(math.radians(6))


def find_plane(points: Array, table_height_m: float) -> tuple[Array, float, bool]:
    """The horizontal plane near the announced table height in points (H, W, 3).

    Returns:
        plane (4,) upward normal and offset; noise of its own points, metres; False when none was found there and the
        announced height was taken instead.
    """
    z = points[..., 2]
    near = np.abs(z - table_height_m) < _BAND_M
    p = points[near]
    announced = np.array([0.0, 0.0, 1.0, -table_height_m])
    if len(p) < 200:
        return announced, 0.0, False
    thin = p[:: max(1, len(p) // 4000)]
    plane = _ransac(thin)
    if plane is None or plane[2] < _TILT_COS:
        return announced, 0.0, False
    # RANSAC's three points carry their noise: settle on all inliers (least squares, two rounds).
    for _ in range(2):
        off = thin @ plane[:3] + plane[3]
        inliers = thin[np.abs(off) < max(0.002, 2.5 * float(np.median(np.abs(off))) * 1.48)]
        a = np.column_stack([inliers[:, :2], np.ones(len(inliers))])
        (sx, sy, s0), *_ = np.linalg.lstsq(a, inliers[:, 2], rcond=None)
        normal = np.array([-sx, -sy, 1.0])
        plane = np.append(normal, -s0) / np.linalg.norm(normal)
    off = np.abs(inliers @ plane[:3] + plane[3])
    return plane, 1.48 * float(np.median(off)), True


def _ransac(points: Array) -> Array | None:
    try:
        o3d = open3d()
    except (ImportError, OSError) as e:
        raise SetupError(f"Open3D does not load: {e}; on Debian: apt-get install libusb-1.0-0 libgl1 libgomp1") from e
    o3d.utility.random.seed(0)
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    model, inliers = cloud.segment_plane(distance_threshold=0.006, ransac_n=3, num_iterations=60)
    if len(inliers) < 150:
        return None
    plane = np.asarray(model, dtype=np.float64)
    plane /= np.linalg.norm(plane[:3])
    return plane if plane[2] > 0 else -plane


def find_table(view: View, flat: Mask) -> Surface | None:
    """The table top as a rectangle, from the outline of its own pixels ``flat`` where what lies beyond is lower.

    An edge counts as seen when genuine outline samples lie along it for at least a quarter of its length.
    """
    h, w = flat.shape
    rows, cols = np.nonzero(flat)
    if len(rows) < 500:
        return None
    samples = []
    for dr, dc in NEIGHBOURS:
        r, c = rows + dr, cols + dc
        inside = (r >= 0) & (r < h) & (c >= 0) & (c < w)
        rr, cc = np.clip(r, 0, h - 1), np.clip(c, 0, w - 1)
        beyond = view.height[rr, cc]
        out = inside & ~flat[rr, cc] & ~(beyond > -0.004 - 2 * view.noise_m) & ~view.arm[rr, cc]
        uv = np.stack([cols[out] + 0.5 + dc / 2, rows[out] + 0.5 + dr / 2], axis=1)
        samples.append(view.rays_to(uv, 0.0)[:, :2])
    xy = np.concatenate(samples)
    first, last = flat.argmax(axis=1), w - 1 - flat[:, ::-1].argmax(axis=1)
    lines = np.nonzero(flat.any(axis=1))[0]  # a plane's picture keeps its hull: the ends of the rows are enough
    hull = hull_of(np.concatenate([view.points[lines, ends[lines], :2] for ends in (first, last)]))
    if len(xy) < 20:
        return _surface(view, *_box_of(hull), seen=False)
    fit = fit_rectangle(xy, hull=hull)
    # Corners stand where the fitted lines meet, so an edge behind things is found from its visible part.
    local = np.abs(fit.frame(xy))
    signed = fit.frame(xy)
    seen = True
    for k in range(4):
        axis, sign = k // 2, 1.0 if k % 2 == 0 else -1.0
        on = (np.abs(signed[:, axis] * sign - fit.half[axis]) < 0.006) & (
            local[:, 1 - axis] < fit.half[1 - axis] + 0.01
        )
        along = signed[on, 1 - axis]
        covered = len(np.unique(np.floor(along / 0.02))) * 0.02
        seen &= covered >= 0.25 * 2 * fit.half[1 - axis]
    cos, sin = math.cos(fit.yaw), math.sin(fit.yaw)
    square = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * fit.half
    return _surface(view, fit.centre + square @ np.array([[cos, sin], [-sin, cos]]), seen=bool(seen))


def _box_of(hull: Array) -> tuple[Array]:
    low, high = hull.min(axis=0), hull.max(axis=0)
    return (np.array([high, (low[0], high[1]), low, (high[0], low[1])]),)


def _surface(view: View, corners: Array, seen: bool) -> Surface:
    middle = corners.mean(axis=0)
    n, d = view.plane[:3], view.plane[3]
    height = float(-(d + n[:2] @ middle) / n[2])
    return Surface(
        name="table",
        height_m=round(height, 4),
        outline=tuple((vec3((*c, 0))[0], vec3((*c, 0))[1]) for c in corners),
        edges_seen=seen,
    )


def announce(limits: Limits) -> str:
    """The warning when no plane was found."""
    return f"no table plane is seen near {limits.table_height_m:.2f} m: its announced height is taken"
