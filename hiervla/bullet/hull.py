"""Light stand-ins for heavy meshes: rendering costs vertices, and contact needs convex shapes anyway."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial import ConvexHull

from hiervla.core.geometry import Array


def obj_points(path: Path) -> Array:
    """The vertices (N, 3) of a Wavefront OBJ file, in its own units."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return np.array([[float(v) for v in line.split()[1:4]] for line in lines if line.startswith("v ")])


def hull_obj(points: Array, grain_m: float = 0.008) -> str:
    """The convex hull of points (N, 3) as the text of an OBJ file, faces outwards; vertices are moved to a grid of ``grain_m``."""
    coarse = np.unique(np.round(points / grain_m), axis=0) * grain_m
    hull = ConvexHull(coarse)
    number = {int(v): i + 1 for i, v in enumerate(hull.vertices)}
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in coarse[hull.vertices]]
    for corners, plane in zip(hull.simplices, hull.equations, strict=True):
        a, b, c = coarse[corners]
        outwards = float(np.cross(b - a, c - a) @ plane[:3]) > 0
        i, j, k = (number[int(v)] for v in corners)
        lines.append(f"f {i} {j} {k}" if outwards else f"f {i} {k} {j}")
    return "\n".join(lines) + "\n"
