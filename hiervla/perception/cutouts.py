"""Flat tops that are no rectangle and no disc: triangles, rings with a hole, and any other outline. Metres."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.perception.outline import Circle, fit_circle
from hiervla.perception.polygon import cutout_of, fit_triangle, main_yaw, turned_box
from hiervla.perception.silhouette import Silhouette
from hiervla.perception.solids import Solid, cutout_solid, ring_solid, wedge_solid

_PLAIN = 0.035
"""Share of wrong pixels up to which a rectangle or disc is believed without trying anything else."""
_FITS = 0.14
"""Share of wrong pixels up to which a triangle or ring is believed."""
_CLEAR_PX = 1.5
"""This many pixels clearly on the wrong side of a rectangle or disc say that it is none."""
_KNOWN = 0.6
"""A triangle or ring of which less than this was seen is a guess."""
_LEAST_PX = 25
"""A face of fewer pixels says too little for an unusual outline."""

_ON_M = 0.0016
_TRIES = 60


def cut_shape(silhouette: Silhouette, samples: Array, rim: Array, plain: Solid, enough: bool = True) -> Solid | None:
    """The solid under a face that a ``plain`` rectangle or disc does not explain; None where it does.

    ``samples`` (N, 2) are all of the face's contour, ``rim`` (M, 2) those close to its hull. Every outline is asked how
    many pixels speak against it; a triangle or ring must do clearly better than the plain one, a free outline is what
    is left when none does well. Not ``enough``: something other than this face has shown that the plain one is wrong.
    """
    off = plain.signed(silhouette.xy)
    share = silhouette.misfit(off)
    if (enough and share < _PLAIN) or silhouette.face.sum() < _LEAST_PX:
        return None
    found: list[tuple[float, Solid]] = []
    corners = fit_triangle(rim)
    if corners is not None:
        found.append(_judged(silhouette, wedge_solid(corners, plain.rms, plain.top, plain.low)))
    if (ring := _ring(samples, rim, plain)) is not None:
        found.append(_judged(silhouette, ring))
    if found:
        wrong, best = min(found, key=lambda f: f[0])
        if wrong < _FITS and wrong < 0.7 * share:
            return best
    if enough and silhouette.contradiction(off) < _CLEAR_PX:
        return None
    yaw = main_yaw(samples)
    centre, extent = turned_box(samples, yaw)
    return cutout_solid(cutout_of(silhouette, samples), centre, extent, yaw, plain.top, plain.low)


def _judged(silhouette: Silhouette, solid: Solid) -> tuple[float, Solid]:
    """A solid with its share of wrong pixels; 1 where pixels clearly contradict it or too little of it is seen."""
    off = solid.signed(silhouette.xy)
    sound = silhouette.known(off) > _KNOWN and silhouette.contradiction(off) < 2 * _CLEAR_PX
    return (silhouette.misfit(off) if sound else 1.0), solid


def _ring(samples: Array, rim: Array, plain: Solid) -> Solid | None:
    circle = _outer_circle(rim)
    if circle is None or circle.radius > 0.15:
        return None
    away = np.linalg.norm(samples - circle.centre, axis=1)
    inner = away[(away < 0.85 * circle.radius) & (away > 0.15 * circle.radius)]
    if len(inner) < 8:
        return None
    return ring_solid(circle, float(np.median(inner)), plain.top, plain.low)


def _outer_circle(rim: Array) -> Circle | None:
    """The circle most samples (N, 2) lie on: where part of a ring is hidden, its hole comes as close to the hull as its rim."""
    if len(rim) < 8:
        return None
    picks = np.random.default_rng(0).integers(0, len(rim), (_TRIES, 3))
    a, b, c = (rim[picks[:, k]] for k in range(3))
    ab, ac = b - a, c - a
    cross = 2 * (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    sound = np.abs(cross) > 2e-4  # spread over a few square centimetres
    if not sound.any():
        return fit_circle(rim)
    bb, cc = (ab**2).sum(axis=1), (ac**2).sum(axis=1)
    x = (ac[:, 1] * bb - ab[:, 1] * cc)[sound] / cross[sound]
    y = (ab[:, 0] * cc - ac[:, 0] * bb)[sound] / cross[sound]
    centre = a[sound] + np.stack([x, y], axis=1)
    off = np.abs(np.linalg.norm(rim - centre[:, None], axis=2) - np.hypot(x, y)[:, None])
    best = int(np.argmax((off < _ON_M).sum(axis=1)))
    on = off[best] < 1.5 * _ON_M
    return fit_circle(rim[on]) if on.sum() >= 8 else None
