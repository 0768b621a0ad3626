"""Pixels above the table grouped into things: neighbours belong together unless depth steps or colour changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hiervla.core.geometry import Array
from hiervla.perception.view import Mask, View

_STEP_M = 0.0085
"""Two neighbouring pixels farther apart than this do not touch."""
_CHROMA_RAD = 0.085
"""Angle between the RGB directions of two pixels of one colour; shading changes length, not direction."""
_SHADE = 1.75
"""Largest brightness ratio that light alone makes between faces of one thing."""
_SHADE_BEND = 2.8
"""The same between faces that meet at an angle: one may lie in the light, the other in the dark."""
_BEND_COS = 0.94
_CUT_RAD = 0.09
"""So much more where a channel is at its end: what the camera cut off there turns the direction."""
_LINKS = ((0, 1), (1, 0), (1, 1), (1, -1))


def normals_of(view: View, mask: Mask) -> Array:
    """Surface normals (H, W, 3) towards the camera from central differences inside the mask; NaN elsewhere.

    At the border of the mask the difference is one-sided, so normals do not blend with what lies beyond.
    """
    normals = np.full((*mask.shape, 3), np.nan)
    rows, cols = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return normals
    crop = (slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1))
    p = np.where(mask[crop][..., None], view.points[crop], np.nan)
    du, dv = _difference(p, 1), _difference(p, 0)
    n = np.cross(dv, du)
    n /= np.maximum(np.sqrt((n * n).sum(axis=-1, keepdims=True)), 1e-12)
    n[((view.eye - p) * n).sum(axis=-1) < 0] *= -1
    normals[crop] = n
    return normals


def _difference(p: Array, axis: int) -> Array:
    ahead, behind = np.full_like(p, np.nan), np.full_like(p, np.nan)
    step = np.diff(p, axis=axis)
    if axis == 0:
        ahead[:-1], behind[1:] = step, step
    else:
        ahead[:, :-1], behind[:, 1:] = step, step
    for d in (ahead, behind):
        d[(d * d).sum(axis=-1) > _STEP_M**2] = np.nan
    both = (ahead + behind) / 2
    both = np.where(np.isnan(both), ahead, both)
    smooth: Array = np.where(np.isnan(both), behind, both)
    return smooth


def components(view: View, mask: Mask, normals: Array) -> tuple[NDArray[np.int32], int]:
    """Labels (H, W), 0 = none, of pixel groups linked by small 3-D steps and equal colour; and how many there are.

    With the surface normals (H, W, 3) a change of brightness is told from a change of colour: on one face light
    hardly differs, across an edge it may.
    """
    h, w = mask.shape
    index = np.full((h, w), -1, dtype=np.int32)
    rows, cols = np.nonzero(mask)
    index[rows, cols] = np.arange(len(rows))
    if not len(rows):
        return np.zeros((h, w), dtype=np.int32), 0
    rgb = view.image.rgb[rows, cols].astype(np.float64) + 1.0
    size = np.linalg.norm(rgb, axis=1)
    unit = rgb / size[:, None]
    cut = (rgb > 253).any(axis=1) & ~(rgb > 253).all(axis=1)
    points, facing = view.points[rows, cols], normals[rows, cols]
    reach = _STEP_M + 4 * view.noise_m
    a_all, b_all = [], []
    for dr, dc in _LINKS:
        r, c = rows + dr, cols + dc
        ok = (r < h) & (c >= 0) & (c < w)
        a = np.nonzero(ok)[0]
        b = index[r[ok], c[ok]]
        a, b = a[b >= 0], b[b >= 0]
        near = ((points[a] - points[b]) ** 2).sum(axis=1) < (reach * (1.3 if dr and dc else 1.0)) ** 2
        cosine = np.clip((unit[a] * unit[b]).sum(axis=1), -1, 1)
        allowed = _CHROMA_RAD + 3.0 / np.minimum(size[a], size[b])  # dark pixels carry coarse hues
        allowed += _CUT_RAD * (cut[a] != cut[b])
        ratio = size[a] / size[b]
        bent = (facing[a] * facing[b]).sum(axis=1) < _BEND_COS  # False where a normal is unknown
        shade = np.where(bent, _SHADE_BEND, _SHADE)
        alike = (np.arccos(cosine) < allowed) & (ratio < shade) & (ratio > 1 / shade)
        keep = near & alike
        a_all.append(a[keep])
        b_all.append(b[keep])
    a, b = np.concatenate(a_all), np.concatenate(b_all)
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(rows), len(rows)))
    n, found = connected_components(graph, directed=False)
    labels = np.zeros((h, w), dtype=np.int32)
    labels[rows, cols] = found + 1
    return labels, n


def same_colour(a: Array, b: Array) -> bool:
    """Could two RGB colours (3,), 0..255, be one under different light?"""
    a, b = a + 1.0, b + 1.0
    na, nb = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    cosine = float(np.clip(a @ b / (na * nb), -1, 1))
    cut = [bool((c > 253).any() and not (c > 253).all()) for c in (a, b)]
    allowed = _CHROMA_RAD + 3.0 / min(na, nb) + _CUT_RAD * (cut[0] != cut[1])
    return bool(np.arccos(cosine) < allowed and 1 / _SHADE < na / nb < _SHADE)
