"""Noisy depth put back onto the surfaces it belongs to: flat faces onto one plane each, what is bent onto its own patch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.perception.view import Mask

_SHADE = 5
"""Neighbouring pixels of one face differ by no more than this in any channel, 0..255."""
_STEP_M = 0.006
_LEAST_PX = 30
"""Below this many pixels a plane of its own would follow the noise."""
_REACH_PX = 2


def denoised(image: CameraImage, sigma_m: float) -> CameraImage:
    """The image with noise of standard deviation ``sigma_m`` along the sight lines taken out, small dropouts filled.

    Light gives every flat face one shade, so regions of one shade are planes more often than not: where a region fits
    a plane within the noise, its pixels are put onto it. Elsewhere (bent or textured) a pixel is put onto the plane
    through those around it that look alike. Edges stay where the colours put them, unsmoothed.
    """
    depth = image.depth.astype(np.float64)
    hole = depth <= 0
    middle = median_filter(depth, 3)
    rough = np.where(hole, middle, depth)
    labels, n = _regions(image.rgb, middle, _STEP_M + 2 * sigma_m)
    plane, flat = _planes(rough, labels, n, hole, sigma_m)
    out = np.where(flat, plane, rough)
    rows, cols = np.nonzero(~flat & (out > 0))
    out[rows, cols] = _patches(image.rgb, out, middle, rows, cols, sigma_m)
    return replace(image, depth=out.astype(np.float32))


def _regions(rgb: NDArray[np.uint8], middle: Array, step_m: float) -> tuple[NDArray[np.int32], int]:
    """Labels (H, W) of regions of one shade without a step in depth, and how many there are."""
    h, w = middle.shape
    colour = rgb.astype(np.int16)
    index = np.arange(h * w, dtype=np.int32).reshape(h, w)
    a, b = [], []
    for one, other in (((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
                       ((slice(1, None), slice(None)), (slice(None, -1), slice(None)))):  # fmt: skip
        alike = np.abs(colour[one] - colour[other]).max(axis=-1) <= _SHADE
        alike &= np.abs(middle[one] - middle[other]) < step_m
        a.append(index[one][alike])
        b.append(index[other][alike])
    i, j = np.concatenate(a), np.concatenate(b)
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(h * w, h * w))
    n, labels = connected_components(graph, directed=False)
    return labels.reshape(h, w), n


def _planes(depth: Array, labels: NDArray[np.int32], n: int, hole: Mask, sigma_m: float) -> tuple[Array, Mask]:
    """Depth (H, W) on each region's plane, and where that plane explains the region within the noise.

    The inverse depth of a plane is linear in the pixel coordinates: a least-squares fit a region, twice, the second
    time without outliers.
    """
    h, w = depth.shape
    size = np.bincount(labels.ravel(), minlength=n)
    chosen = np.nonzero((size[labels] >= _LEAST_PX).ravel() & (depth > 0).ravel())[0]
    k = labels.ravel()[chosen]
    keep, k = np.unique(k, return_inverse=True)
    m = len(keep)
    z = depth.ravel()[chosen]
    rows, cols = np.divmod(chosen, w)
    count = np.maximum(np.bincount(k, minlength=m), 1)
    u = cols - (np.bincount(k, cols, m) / count)[k]  # about each region's middle: well conditioned
    v = rows - (np.bincount(k, rows, m) / count)[k]
    use = (~hole.ravel()[chosen]).astype(np.float64)
    fitted = z
    off = np.zeros(len(z))
    for _ in range(2):
        terms = (np.ones(len(z)), u, v)
        matrix = np.empty((m, 3, 3))
        right = np.empty((m, 3))
        for i in range(3):
            right[:, i] = np.bincount(k, use * terms[i] / z, m)
            for j in range(i, 3):
                matrix[:, i, j] = matrix[:, j, i] = np.bincount(k, use * terms[i] * terms[j], m)
        matrix += np.eye(3) * 1e-6
        c = np.linalg.solve(matrix, right[..., None])[..., 0]
        inverse = c[k, 0] + c[k, 1] * u + c[k, 2] * v
        fitted = 1.0 / np.maximum(inverse, 1e-3)
        off = z - fitted
        use = (~hole.ravel()[chosen] & (np.abs(off) < 4 * sigma_m)).astype(np.float64)
    left = np.maximum(np.bincount(k, use, m), 1)
    rms = np.sqrt(np.bincount(k, use * off**2, m) / left)
    good = (rms < sigma_m * (1.0 + 2.2 / np.sqrt(left)) + 0.0001) & (left > 0.9 * count) & (left >= _LEAST_PX * 0.8)
    plane = depth.copy()
    plane.ravel()[chosen] = fitted
    flat = np.zeros(h * w, dtype=bool)
    flat[chosen] = good[k]
    return plane, flat.reshape(h, w)


def _patches(rgb: NDArray[np.uint8], depth: Array, middle: Array, rows: Array, cols: Array, sigma_m: float) -> Array:
    """Depth (N,) of chosen pixels on the plane through the neighbours that look alike and lie near in depth."""
    h, w = depth.shape
    grey = rgb.astype(np.float64).sum(axis=-1)
    centre, shade = middle[rows, cols], grey[rows, cols]
    sums = np.zeros((9, len(rows)))
    for dr in range(-_REACH_PX, _REACH_PX + 1):
        for dc in range(-_REACH_PX, _REACH_PX + 1):
            r, c = rows + dr, cols + dc
            ok = (r >= 0) & (r < h) & (c >= 0) & (c < w)
            r, c = np.clip(r, 0, h - 1), np.clip(c, 0, w - 1)
            z = depth[r, c]
            ok &= (np.abs(z - centre) < 0.005 * max(1, abs(dr), abs(dc)) + 3 * sigma_m) & (z > 0)
            ok &= np.abs(grey[r, c] - shade) < 30
            sums += ok * np.stack([np.ones_like(z), ok * dr, ok * dc, ok * dr * dr, ok * dr * dc, ok * dc * dc, z, z * dr, z * dc])  # fmt: skip
    s, sr, sc, srr, src, scc, z, zr, zc = sums
    alone = s < 3
    matrix = np.stack([np.stack([s, sr, sc], -1), np.stack([sr, srr, src], -1), np.stack([sc, src, scc], -1)], -2)
    matrix = matrix + np.diag([1e-9, 2.0, 2.0])  # few neighbours on one side only: lean towards their mean
    mean = z / np.maximum(s, 1)
    right = np.stack([z, zr, zc], -1)
    fit: Array = np.where(alone, mean, np.linalg.solve(matrix + np.eye(3) * 1e-9, right[..., None])[:, 0, 0])
    return np.where(s > 0, fit, depth[rows, cols])
