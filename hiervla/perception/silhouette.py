"""A level face as the image shows it: where it is seen, where one looks past it, and where something hides it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.outline import hull_depth
from hiervla.perception.view import Mask, View

_MARGIN_PX = 3


@dataclass(frozen=True, slots=True)
class Silhouette:
    """Pixels around a level face, where their sight lines meet its level. A pixel that is neither is hidden: unknown."""

    xy: Array  # (N, 2) metres, on the face's level
    face: Mask  # (N,) the face is seen here
    past: Mask  # (N,) the sight line goes on to something else: no face here
    pixel_m: float  # how far apart the samples lie

    def misfit(self, signed: Array) -> float:
        """How badly an outline explains the pixels, as a share of the face: 0 = not one pixel speaks against it.

        ``signed`` (N,): distance of ``xy`` to the outline, negative inside. Pixels on the border count little: which
        side of it they lie on is chance.
        """
        wrong = (self.face & (signed > 0)) | (self.past & (signed < 0))
        weight = np.minimum(np.abs(signed[wrong]) / self.pixel_m, 1.0)
        weight = np.where(weight < 0.5, 0.0, weight)
        return float(weight.sum()) / max(1, int(self.face.sum()))

    def contradiction(self, signed: Array) -> float:
        """How many pixels' worth lies clearly, by more than a pixel, on the wrong side of an outline."""
        wrong = (self.face & (signed > 0)) | (self.past & (signed < 0))
        return float(np.clip(np.abs(signed[wrong]) / self.pixel_m - 0.8, 0.0, 2.0).sum())

    def known(self, signed: Array) -> float:
        """Share of the pixels inside an outline of which something is known."""
        inside = signed < 0
        return float((self.face | self.past)[inside].mean()) if inside.any() else 0.0

    def openness(self, hull: Array, low_m: float, high_m: float) -> float:
        """Share of sight lines that go past the face in a band between two depths inside a hull (M, 2)."""
        depth = hull_depth(hull, self.xy)
        band = (depth > low_m) & (depth < high_m) & (self.face | self.past)
        return float(self.past[band].mean()) if band.sum() >= 4 else 0.0


def silhouette_of(view: View, face: Mask, level: float) -> Silhouette:
    """The silhouette of the pixels ``face`` (H, W) that lie ``level`` metres above the table."""
    rows, cols = np.nonzero(face)
    h, w = face.shape
    top, left = max(0, rows.min() - _MARGIN_PX), max(0, cols.min() - _MARGIN_PX)
    crop = (slice(top, min(h, rows.max() + _MARGIN_PX + 1)), slice(left, min(w, cols.max() + _MARGIN_PX + 1)))
    inside = face[crop]
    height = np.nan_to_num(view.height[crop], nan=-1.0)
    r, c = np.mgrid[crop]
    xy = view.rays_to(np.stack([c.ravel() + 0.5, r.ravel() + 0.5], axis=1), level)[:, :2]
    # What lies lower is seen through where the face would be; what is higher stands before it or on it.
    past = ~inside & (height < level - 0.0015 - 2 * view.noise_m) & ~view.arm[crop]
    past &= np.isfinite(view.range_m[crop])
    grid = xy.reshape(*inside.shape, 2)
    across = np.linalg.norm(np.diff(grid, axis=1), axis=-1).mean() if inside.shape[1] > 1 else 0.003
    along = np.linalg.norm(np.diff(grid, axis=0), axis=-1).mean() if inside.shape[0] > 1 else 0.003
    return Silhouette(xy, inside.ravel(), past.ravel(), float(max(across, along)))
