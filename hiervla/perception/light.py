"""How the scene is lit, told by the robot's own arm: it knows its paint, as a photographer knows a grey card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array, Vec3
from hiervla.perception.segments import normals_of
from hiervla.perception.view import Mask, View

_LEAST_PX = 300
"""With fewer pixels of the arm in the image nothing is said."""
_FROM_ABOVE = 0.5
"""How much more light a level face gets than an upright one, unless the arm shows otherwise."""
_TRUST = 20.0
"""So many pixels that face one way outweigh what is assumed."""
_FULL = 253.0
"""A channel at or above this may have been brighter than the camera can tell."""
_RANGE = (0.4, 1.7)


@dataclass(frozen=True, slots=True)
class Lighting:
    """Brightness of a white face by the way it faces: ``around`` + ``towards`` · normal; 1 shows it as full white."""

    around: float
    towards: Array  # (3,) world

    def on(self, normals: Array) -> Array:
        """Brightness (N,) on faces with outward normals (N, 3)."""
        share: Array = np.clip(self.around + normals @ self.towards, *_RANGE)
        return share


_DAYLIGHT = Lighting(0.75, np.array([0.0, 0.0, 0.25]))
"""Believed where nothing tells the light: a level face as it appears, an upright one in some shade."""


def lighting(view: View, skin: Vec3) -> Lighting | None:
    """The light in an image that shows enough of an arm of colour ``skin`` (0..1); else None.

    The arm's pixels face many ways: a constant and a direction of light are fitted to how bright each of them is.
    """
    normals = normals_of(view, view.arm)
    usable = view.arm & np.isfinite(normals[..., 0])
    if usable.sum() < _LEAST_PX:
        return None
    seen, n = view.image.rgb[usable].mean(axis=1), normals[usable]
    own = (seen > 0.5 * np.quantile(seen, 0.95)) & (seen < _FULL)  # hand and joints may be darker
    if own.sum() < _LEAST_PX:
        return None
    share = seen[own] / 255 / float(np.mean(skin))
    a = np.column_stack([1 + _FROM_ABOVE * n[own, 2], n[own]])
    around, x, y, z = np.linalg.solve(a.T @ a + np.diag([0, _TRUST, _TRUST, _TRUST]), a.T @ share)
    return Lighting(float(around), np.array([x, y, z + _FROM_ABOVE * around]))


def lit_pixels(view: View, mask: Mask) -> Mask:
    """Which of a thing's pixels (H, W) light falls on best: its highest face, else its brighter pixels."""
    h = view.height
    highest = np.quantile(h[mask], 0.98)  # a pixel or two may be another thing's
    top = mask & (h > highest - 0.0025 - 2 * view.noise_m) & (h < highest + 0.0025 + 2 * view.noise_m)
    if top.sum() >= 8:
        return top
    bright = view.image.rgb[mask].sum(axis=-1, dtype=np.int64)
    own: Mask = np.zeros_like(mask)
    own[mask] = bright >= np.quantile(bright, 0.6)
    return own


def lit_colour(view: View, mask: Mask) -> Array:
    """The colour (3,), 0..255, of a thing's best lit pixels, as it appears."""
    return np.asarray(np.median(view.image.rgb[lit_pixels(view, mask)], axis=0))


def paint(view: View, mask: Mask, light: Lighting | None) -> Array:
    """The colour (3,), 0..255, that a thing would show in full white light; ``light`` None: it is not known."""
    light = light or _DAYLIGHT
    chosen = lit_pixels(view, mask)
    rgb = view.image.rgb[chosen].astype(np.float64)
    normals = normals_of(view, mask)[chosen]
    known = np.isfinite(normals[:, 0])
    facing = np.median(normals[known], axis=0) if known.any() else np.array([0.0, 0.0, 1.0])
    share = light.on(np.where(known[:, None], normals, facing))[:, None]
    plain = rgb / share
    cut = (rgb >= _FULL) & (share > 1)  # the camera cut it off: it was somewhere between
    plain = np.minimum(np.where(cut, (plain + 255) / 2, plain), 255.0)
    return np.asarray(np.median(plain, axis=0))
