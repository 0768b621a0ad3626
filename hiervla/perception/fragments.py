"""Pieces of one thing that something in front has cut apart, and crumbs that are nothing of their own."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from hiervla.core.geometry import Array
from hiervla.perception.outline import hull_depth
from hiervla.perception.reading import Reading, read_group
from hiervla.perception.segments import same_colour
from hiervla.perception.solids import Solid
from hiervla.perception.view import Mask, View

_APART_M = 0.075
"""Pieces farther apart than this are not tried as one: few things in front are wider."""
_CRUMB_M = 0.010
_CRUMB_PX = 45
"""What shows more pixels than this is something, however thin its top looks."""
_LINE_PX = 2
"""A row or column of single pixels is an edge of something, nothing of its own."""

Group = tuple[Mask, Array]  # pixels (H, W) and colour (3,)


def join_fragments(view: View, normals: Array, groups: list[Group]) -> list[Group]:
    """Groups with those joined that read as one solid, no sight line contradicting it."""
    out = list(groups)
    i = 0
    while i < len(out):
        j = i + 1
        while j < len(out):
            if same_colour(out[i][1], out[j][1]) and _near(view, out[i][0], out[j][0]):
                union = out[i][0] | out[j][0]
                if _one_solid(view, normals, out[i][0], out[j][0], union):
                    out[i] = (union, out[i][1])
                    del out[j]
                    j = i + 1
                    continue
            j += 1
        i += 1
    return out


def _near(view: View, a: Mask, b: Mask) -> bool:
    p, q = view.points[a][::3], view.points[b][::3]
    low = np.maximum(p.min(axis=0), q.min(axis=0)) - np.minimum(p.max(axis=0), q.max(axis=0))
    if low.max() > _APART_M:
        return False
    distance, _ = cKDTree(p).query(q, k=1)
    return bool(distance.min() < _APART_M)


def _one_solid(view: View, normals: Array, a: Mask, b: Mask, union: Mask) -> bool:
    read = read_group(view, normals, union, depth=0)
    if len(read) != 1:
        return False
    solid = read[0].solid
    for part in (a, b):
        off = solid.distance(view.points[part][:, :2], view.height[part])
        if float(np.mean(off < 0.0025 + 2 * view.noise_m)) < 0.9:
            return False
    if solid.cutout is not None:  # its outline may be open anywhere but between the two pieces
        return abs(_top(view, a) - _top(view, b)) < 0.002 + 2 * view.noise_m and _hidden_between(view, a, b, solid.top)
    return not seen_through(view, solid)


def _top(view: View, mask: Mask) -> float:
    return float(np.quantile(view.height[mask], 0.95))


def _hidden_between(view: View, a: Mask, b: Mask, level: float) -> bool:
    """Is what lies between the nearest points of two pieces, on their top's level, hidden from sight?"""
    p, q = (view.points[m & (np.abs(view.height - level) < 0.003 + 2 * view.noise_m)] for m in (a, b))
    if not len(p) or not len(q):
        return False
    distance, j = cKDTree(p).query(q)
    k = int(np.argmin(distance))
    steps = np.linspace(0.1, 0.9, max(3, int(distance[k] / 0.002)))[:, None]
    spots = q[k] + steps * (p[j[k]] - q[k])
    inside, rows, cols = view.visible_at(spots)
    lower = view.height[rows, cols] < level - 0.003 - 2 * view.noise_m
    return bool((inside & lower).sum() <= 1)


def seen_through(view: View, solid: Solid) -> bool:
    """Does a sight line pass right through where a solid should be and meet something behind it?"""
    outline = solid.outline()
    low, high = outline.min(axis=0), outline.max(axis=0)
    x, y = np.meshgrid(np.linspace(low[0], high[0], 14), np.linspace(low[1], high[1], 14))
    spots = np.stack([x.ravel(), y.ravel()], axis=1)
    spots = spots[hull_depth(outline, spots) > 0.004]
    if solid.hollow:
        spots = spots[hull_depth(outline, spots) < solid.wall]
    if len(spots) < 4:
        return False
    n, d = view.plane[:3], view.plane[3]
    top = np.column_stack([spots, (solid.top - d - spots @ n[:2]) / n[2]])
    inside, rows, cols = view.visible_at(top)
    _, depth = view.image.project(top)
    behind = inside & (view.range_m[rows, cols] > depth + 0.006 + 2 * view.noise_m)
    return bool(behind.mean() > 0.08)


def drop_slivers(view: View, readings: list[Reading]) -> list[Reading]:
    """Without what is too thin to be a thing of its own: given to a neighbour of its colour, else dropped."""
    kept: list[Reading] = []
    crumbs: list[Reading] = []
    for r in readings:
        rows, cols = np.nonzero(r.mask)
        line = min(np.ptp(rows), np.ptp(cols)) < _LINE_PX - 1
        thin = line or r.solid.size[1] < _CRUMB_M or r.solid.size[0] < 1.4 * _CRUMB_M
        (crumbs if thin and r.mask.sum() < _CRUMB_PX else kept).append(r)
    for crumb in crumbs:
        colour = np.median(view.image.rgb[crumb.mask], axis=0)
        for host in kept:
            near = np.abs(host.solid.signed(view.points[crumb.mask][:, :2])) < 0.015
            near &= view.height[crumb.mask] < host.solid.top + 0.01
            if near.mean() > 0.5 and same_colour(colour, np.median(view.image.rgb[host.mask], axis=0)):
                host.mask = host.mask | crumb.mask
                break
    return kept
