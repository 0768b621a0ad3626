"""Noisy depth put back onto the surfaces it belongs to: flat faces onto one plane each, what is bent onto its own patch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage
from hiervla.perception.view import Mask

_SHADE = 1.5
"""Neighbouring pixels of one face differ by no more than this in any channel, 0..255, and by what the image's own noise adds."""
_STEP_M = 0.006
_LEAST_PX = 30
"""Below this many pixels a plane of its own would follow the noise."""
_PLENTY_PX = 3000
"""A region of more pixels is fitted to every seventh of them."""
_REACH_PX = 2
_ALIKE = 30
"""Pixels whose channels' sum differs by less may lie on one bent surface."""
_FACES = 4
"""Of one thing no more faces than these are seen in one shade."""
_TRIES = 60
"""Random planes tried on a region of several."""


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
    _split(out, flat, labels, n, hole, sigma_m)
    rows, cols = np.nonzero(~flat & (out > 0))
    out[rows, cols] = _patches(image.rgb, out, rows, cols, sigma_m)
    return replace(image, depth=out.astype(np.float32))


def _regions(rgb: NDArray[np.uint8], middle: Array, step_m: float) -> tuple[NDArray[np.int32], int]:
    """Labels (H, W) of regions of one shade without a step in depth, and how many there are."""
    h, w = middle.shape
    colour = rgb.astype(np.int16)
    index = np.arange(h * w, dtype=np.int32).reshape(h, w)
    down = np.abs(colour[1:] - colour[:-1]).max(axis=-1)
    right = np.abs(colour[:, 1:] - colour[:, :-1]).max(axis=-1)
    shade = _SHADE + 3.0 * float(np.median(right))  # most neighbours are of one face: their difference is noise
    alike_down = (down <= shade) & (np.abs(middle[1:] - middle[:-1]) < step_m)
    alike_right = (right <= shade) & (np.abs(middle[:, 1:] - middle[:, :-1]) < step_m)
    i = np.concatenate([index[1:][alike_down], index[:, 1:][alike_right]])
    j = np.concatenate([index[:-1][alike_down], index[:, :-1][alike_right]])
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(h * w, h * w))
    n, labels = connected_components(graph, directed=False)
    return labels.reshape(h, w), n


def _split(out: Array, flat: Mask, labels: NDArray[np.int32], n: int, hole: Mask, sigma_m: float) -> None:
    """Put regions of several planes (faces that light gives one shade) onto them, in place: RANSAC, plane by plane."""
    h, w = out.shape
    size = np.bincount(labels.ravel(), minlength=n)
    left = np.bincount(labels.ravel(), weights=(flat | hole).ravel(), minlength=n)
    many = np.nonzero((size >= 2 * _LEAST_PX) & (size < 0.1 * h * w) & (left < 0.5 * size))[0]
    wanted = np.zeros(n, dtype=bool)
    wanted[many] = True
    among = np.nonzero(wanted[labels].ravel())[0]
    order = among[np.argsort(labels.ravel()[among], kind="stable")]
    ends = dict(zip(many.tolist(), np.cumsum(size[many]).tolist(), strict=True))
    rng = np.random.default_rng(0)
    for k in many:
        pixels = order[ends[k] - size[k] : ends[k]]
        rows, cols = np.divmod(pixels, w)
        a = np.column_stack([np.ones(len(pixels)), cols - cols.mean(), rows - rows.mean()])
        z = out.ravel()[pixels]
        free = z > 0
        found: list[Array] = []
        while len(found) < _FACES and free.sum() >= _LEAST_PX:
            depth = _best_plane(a, z, free, sigma_m, rng)
            if depth is None:
                break
            found.append(depth)
            free &= np.abs(z - depth) > 3.0 * sigma_m
        if found:
            depth, on = _among(np.stack(found), z, rows, cols, sigma_m)
            out.ravel()[pixels[on]] = depth[on]
            flat.ravel()[pixels[on]] = True


def _among(planes: Array, z: Array, rows: Array, cols: Array, sigma_m: float) -> tuple[Array, Mask]:
    """Which of several planes (K, N) every pixel lies on: its depth there, and whether it lies on any.

    A sight line meets a convex body where it enters the last of its faces' planes, the inside of a corner at the
    first. Where neither is so for most pixels, each takes the plane that is nearest in its neighbourhood (3 × 3).
    """
    off = np.minimum(np.abs(planes - z), 5 * sigma_m)
    on = off.min(axis=0) < 3.0 * sigma_m
    for depth in (planes.max(axis=0), planes.min(axis=0)):
        fits = np.abs(depth - z) < 3.0 * sigma_m
        if fits.sum() > 0.97 * on.sum():
            return depth, fits
    r, c = rows - rows.min(), cols - cols.min()
    box = np.zeros((len(planes), r.max() + 1, c.max() + 1))
    near = np.zeros_like(box[0])
    box[:, r, c], near[r, c] = off**2, 1.0
    around = uniform_filter(box, (0, 3, 3), mode="constant") / np.maximum(uniform_filter(near, 3, mode="constant"), 0.1)
    k = np.argmin(around[:, r, c], axis=0)
    chosen = planes[k, np.arange(len(z))]
    return chosen, np.abs(chosen - z) < 3.5 * sigma_m


def _best_plane(a: Array, z: Array, free: Mask, sigma_m: float, rng: np.random.Generator) -> Array | None:
    """Every pixel's depth (N,) on the plane that most of the free ones lie on within the noise; None where none is."""
    at = np.nonzero(free)[0]
    picks = at[rng.integers(0, len(at), (_TRIES, 3))]
    m = a[picks]
    sound = np.abs(np.linalg.det(m)) > 8.0  # three pixels that span a few pixels of area
    if not sound.any():
        return None
    c = np.linalg.solve(m[sound], (1.0 / z[picks])[sound][..., None])[..., 0]
    tried = 1.0 / np.maximum(c @ a[at].T, 1e-3)
    best = c[int(np.argmax((np.abs(tried - z[at]) < 2 * sigma_m).sum(axis=1)))]
    for limit in (2.0, 2.5, 3.0, 3.0):
        depth: Array = 1.0 / np.maximum(a @ best, 1e-3)
        on = free & (np.abs(z - depth) < limit * sigma_m)
        if on.sum() < _LEAST_PX:
            return None
        best, *_ = np.linalg.lstsq(a[on], 1.0 / z[on], rcond=None)
    depth = 1.0 / np.maximum(a @ best, 1e-3)
    off = (z - depth)[free & (np.abs(z - depth) < 3.0 * sigma_m)]
    if len(off) < _LEAST_PX or float(np.sqrt(np.mean(off**2))) > sigma_m * (1.0 + 1.5 / np.sqrt(len(off))):
        return None
    return depth


def _planes(depth: Array, labels: NDArray[np.int32], n: int, hole: Mask, sigma_m: float) -> tuple[Array, Mask]:
    """Depth (H, W) on each region's plane, and where that plane explains the region within the noise.

    The inverse depth of a plane is linear in the pixel coordinates: a least-squares fit a region, twice, the second
    time without outliers.
    """
    h, w = depth.shape
    which = labels.ravel()
    size = np.bincount(which, minlength=n)
    large = size >= _LEAST_PX
    m = int(large.sum())
    slot = np.cumsum(large) - 1  # large regions numbered without gaps
    every = np.nonzero(large[which] & (depth > 0).ravel())[0]
    # Of table, wall and floor a part of the pixels says as much as all of them.
    chosen = every[(size[which[every]] < _PLENTY_PX) | (every % 7 == 0)]
    k, z = slot[which[chosen]], depth.ravel()[chosen]
    rows, cols = np.divmod(chosen, w)
    count = np.maximum(np.bincount(k, minlength=m), 1)
    middle_u, middle_v = np.bincount(k, cols, m) / count, np.bincount(k, rows, m) / count
    u, v = cols - middle_u[k], rows - middle_v[k]  # about each region's middle: well conditioned
    sound = ~hole.ravel()[chosen]
    use = sound.astype(np.float64)
    off, c = np.zeros(len(z)), np.zeros((m, 3))
    for _ in range(2):
        terms = (np.ones(len(z)), u, v)
        matrix = np.empty((m, 3, 3))
        right = np.empty((m, 3))
        for i in range(3):
            right[:, i] = np.bincount(k, use * terms[i] / z, m)
            for j in range(i, 3):
                matrix[:, i, j] = matrix[:, j, i] = np.bincount(k, use * terms[i] * terms[j], m)
        c = np.linalg.solve(matrix + np.eye(3) * 1e-6, right[..., None])[..., 0]
        off = z - 1.0 / np.maximum(c[k, 0] + c[k, 1] * u + c[k, 2] * v, 1e-3)
        use = (sound & (np.abs(off) < 4 * sigma_m)).astype(np.float64)
    left = np.maximum(np.bincount(k, use, m), 1)
    rms = np.sqrt(np.bincount(k, use * off**2, m) / left)
    good = (rms < sigma_m * (1.0 + 2.2 / np.sqrt(left)) + 0.0001) & (left > 0.9 * count) & (left >= _LEAST_PX * 0.8)
    every = every[good[slot[which[every]]]]
    k = slot[which[every]]
    rows, cols = np.divmod(every, w)
    plane = depth.copy()
    inverse = c[k, 0] + c[k, 1] * (cols - middle_u[k]) + c[k, 2] * (rows - middle_v[k])
    plane.ravel()[every] = 1.0 / np.maximum(inverse, 1e-3)
    flat = np.zeros(h * w, dtype=bool)
    flat[every] = True
    return plane, flat.reshape(h, w)


def _patches(rgb: NDArray[np.uint8], depth: Array, rows: Array, cols: Array, sigma_m: float) -> Array:
    """Depth (N,) of chosen pixels on the plane through the neighbours (5 × 5) that look alike and lie near in depth.

    Twice: first near the middle depth of the look-alikes, then near the plane found, so that neither stray returns
    nor what lies behind an edge pull at it.
    """
    h, w = depth.shape
    steps = range(-_REACH_PX, _REACH_PX + 1)
    dr, dc = (g.ravel() for g in np.meshgrid(steps, steps, indexing="ij"))
    r, c = rows[:, None] + dr, cols[:, None] + dc  # (N, 25)
    ok = (r >= 0) & (r < h) & (c >= 0) & (c < w)
    r, c = np.clip(r, 0, h - 1), np.clip(c, 0, w - 1)
    grey = rgb.sum(axis=-1, dtype=np.int32)
    z = depth[r, c]
    apart = np.abs(grey[r, c] - grey[rows, cols][:, None])
    ok &= (apart < _ALIKE) & (z > 0)
    close = ok & (np.abs(dr) <= 1) & (np.abs(dc) <= 1)
    middle = np.nan_to_num(_masked_median(z, close), nan=0.0)
    alike = 1.0 / (1.0 + (apart / 10.0) ** 2)
    terms = np.stack([np.ones(len(dr)), dr, dc])  # (3, 25)
    products = (terms[:, None] * terms[None]).reshape(9, -1).T
    reach = np.maximum(1, np.maximum(np.abs(dr), np.abs(dc)))
    fit, gate = middle[:, None] + np.zeros(len(dr)), 0.003 * reach + 2.5 * sigma_m
    c0 = middle
    for _ in range(2):
        near = ok & (np.abs(z - fit) < gate)
        weight = near * alike
        matrix = (weight @ products).reshape(-1, 3, 3) + np.diag([1e-9, 1.0, 1.0])  # one-sided: lean to the mean
        # Depths about the middle one: what the fit leans to is its neighbours, not zero.
        right = (weight * (z - middle[:, None])) @ terms.T
        solved = np.linalg.solve(matrix, right[..., None])[..., 0]
        c0 = middle + solved[:, 0]
        fit, gate = middle[:, None] + solved @ terms, np.full(len(dr), 2.5 * sigma_m)
    found: Array = np.where(middle > 0, c0, depth[rows, cols])
    return found


def _masked_median(values: Array, mask: Mask) -> Array:
    """Median of each row (N, K) over its mask; NaN where the mask is empty."""
    ordered = np.sort(np.where(mask, values, np.inf), axis=1)
    n = mask.sum(axis=1)
    low, high = np.maximum((n - 1) // 2, 0), np.minimum(n // 2, values.shape[1] - 1)
    i = np.arange(len(values))
    return np.where(n > 0, (ordered[i, low] + np.where(n > 0, ordered[i, high], 0.0)) / 2, np.nan)
