"""Two-coloured things: what was read as a thing on a thing, and is one, painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hiervla.core.world import Detection
from hiervla.perception.reading import Reading
from hiervla.perception.support import TABLE, Rest
from hiervla.perception.view import View

_FLUSH_M = 0.0012
"""How far the sides of two parts of one thing may seem to differ. What somebody put down lies less exactly."""
_CAP = 0.8
"""An upper part is lower than this share of its width. A cube on a cube is a stack, however well it lies."""
_SAME_M = 0.005


def join_bands(
    view: View, readings: list[Reading], rests: list[Rest], known: list[Detection], word: Callable[[Reading], str]
) -> list[Reading]:
    """Readings with each upright body of two colours as one, ``second`` the part that is less of it.

    ``rests`` says what each stands on, in the order of the readings, and ``word`` names a reading's colour. What is
    known as a thing of its own stays one.
    """
    gone: set[int] = set()
    out = list(readings)
    bearing = [r.support for r in rests]
    for i, rest in enumerate(rests):
        j = _under(i, readings)
        if j is None and rest.relation == "on" and rest.support != TABLE:
            j = rest.support
        if j is None or bearing.count(j) > 1 or i in gone or j in gone:
            continue
        upper, lower = readings[i], readings[j]
        seam = float(view.height[lower.mask].max()) if lower.solid.rounded else lower.solid.top
        if not _could_be_one(upper, lower, seam) or not _flush(view, upper, lower):
            continue
        if _known(upper, word(upper), known):
            continue
        low, bottom = min(lower.solid.low, seam), upper.solid.bottom if lower.solid.rounded else lower.solid.bottom
        whole = replace(upper.solid, low=low, bottom=bottom, stacked=False)
        less = upper if upper.solid.top - seam <= seam - bottom else lower
        more = lower if less is upper else upper
        out[i] = Reading(whole, upper.mask | lower.mask, main=more.mask, second=less.mask)
        gone.add(j)
    return [r for k, r in enumerate(out) if k not in gone]


def join_faces(readings: list[Reading], rests: list[Rest], word: Callable[[Reading], str]) -> list[Reading]:
    """Readings without what is a side of another: of one colour and outline, in one container, one through the other.

    The rim of a bowl of its own colour parts a thing's top from the rest of it.
    """
    gone: set[int] = set()
    for i, a in enumerate(readings):
        for j, b in enumerate(readings):
            if (
                i == j
                or {i, j} & gone
                or rests[i] != rests[j]
                or rests[i].relation != "in"
                or a.solid.top < b.solid.top
            ):
                continue
            apart = max(
                float(np.linalg.norm(a.solid.centre - b.solid.centre)), *np.abs(np.subtract(a.solid.size, b.solid.size))
            )
            through = b.solid.top > a.solid.bottom + _SAME_M
            if apart < _SAME_M and through and a.known is None and b.known is None and word(a) == word(b):
                a.mask |= b.mask
                a.solid.low = min(a.solid.low, b.solid.low)
                gone.add(j)
    return [r for k, r in enumerate(readings) if k not in gone]


def _under(i: int, readings: list[Reading]) -> int | None:
    """What was taken for a ball or a lying cylinder under a reading, which nothing can stand on."""
    upper = readings[i].solid
    for j, r in enumerate(readings):
        inside = r.solid.rounded and r.mask.any() and float(upper.signed(r.solid.centre[None])[0]) < 0
        if inside and r.solid.bottom < upper.top - 0.01:
            return j
    return None


def _could_be_one(upper: Reading, lower: Reading, seam: float) -> bool:
    own = (upper.known, lower.known, upper.furniture, lower.furniture)
    solid = upper.solid
    plain = solid.boxy or (solid.circle is not None and not solid.hollow and not solid.hole)
    low = 0.004 < solid.top - seam < _CAP * solid.size[1]
    return plain and low and not lower.solid.hollow and all(o is None for o in own)


def _flush(view: View, upper: Reading, lower: Reading) -> bool:
    """Do all sides of the lower part that show lie under those of the upper, and nothing of a top between them?"""
    points = view.points[lower.mask]
    off = np.abs(upper.solid.signed(points[:, :2]))
    return len(off) >= 8 and float(np.quantile(off, 0.9)) < _FLUSH_M + 1.5 * view.noise_m


def _known(upper: Reading, word: str, known: list[Detection]) -> bool:
    """Was a thing of the upper part's colour and size seen before?"""
    solid = upper.solid
    size = np.array([*solid.size, solid.height])
    return any(
        d.colour == word and d.second_colour is None and np.abs(np.array(d.size) - size).max() < _SAME_M for d in known
    )
