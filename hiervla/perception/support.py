"""What stands on or lies in what, and with that every thing's bottom, height and visible share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hiervla.core.footprint import gap
from hiervla.perception.reading import Reading
from hiervla.perception.solids import Solid, long_side_first
from hiervla.perception.view import Mask, View

TABLE = -1
_TOUCH_M = 0.010
"""The lowest visible point of a thing and the top of what it stands on may differ by this."""
_OUT_M = 0.030
"""How far over the rim the top of what lies in a container may well be."""
_LEAN_M = 0.010
"""What a thing leans on is no farther from it, seen from above."""


@dataclass(slots=True)
class Rest:
    """How one reading rests: the index of its support (TABLE for the table) and whether inside it or leaning on it."""

    support: int
    relation: Literal["on", "in", "leaning"]


def settle(readings: list[Reading]) -> list[Rest]:
    """Give every solid its support, lowest tops first, and set its bottom height from it."""
    rests = [Rest(TABLE, "on") for _ in readings]
    order = sorted(range(len(readings)), key=lambda i: (not readings[i].solid.hollow, readings[i].solid.top))
    for i in order:
        a = readings[i].solid
        solids = [r.solid for r in readings]
        best = _leans_on(i, solids) if a.askew is not None else _support_of(i, solids) or _propped(i, solids)
        if best is not None:
            rests[i] = best
        floor = 0.0
        if best is not None:
            b = readings[best.support].solid
            if best.relation == "on" and b.hidden_top and a.low > b.top + _TOUCH_M / 2:
                b.top = a.low - 0.0015  # its top is hidden: it must reach up to what it carries (a pixel's half below)
            floor = b.floor if best.relation == "in" else b.top
        if a.rounded:
            continue  # a ball's own fit says where its bottom is
        a.bottom = min(floor, a.top - 0.004)
    reach_under([r.solid for r in readings], rests)
    return rests


def _leans_on(i: int, solids: list[Solid]) -> Rest | None:
    """What a tilted thing lies in or leans on: the container around it, else the nearest thing high enough to hold it."""
    a = solids[i]
    best, nearest = None, _LEAN_M
    for j, b in enumerate(solids):
        if i == j:
            continue
        if b.hollow and float(b.signed(a.centre[None])[0]) < -b.wall and a.bottom < b.top - 0.004:
            return Rest(j, "in")
        apart = gap(a.outline(), b.outline())
        if apart < nearest and b.askew is None and b.top > max(a.bottom + 0.005, 0.35 * a.top):
            best, nearest = Rest(j, "leaning"), apart
    return best


def _support_of(i: int, solids: list[Solid]) -> Rest | None:
    a = solids[i]
    low = a.bottom if a.rounded else a.low  # of a ball the lowest point seen is not its bottom
    best, best_level = None, 0.004
    for j, b in enumerate(solids):
        if i == j or b.rounded:
            continue
        centre = float(b.signed(a.centre[None])[0])
        if b.hollow and not (a.hollow and a.size[0] >= b.size[0]):
            inner = centre < -b.wall and a.size[1] < b.size[1]
            # What lies wholly within the opening cannot stand on the rim, even if none of it is seen below that.
            within = inner and float(b.signed(a.outline()).max()) < -b.wall
            if inner and a.top > b.floor + 0.004 and (low < b.top - 0.004 or (within and a.top < b.top + _OUT_M)):
                if b.floor + 0.001 > best_level:
                    best, best_level = Rest(j, "in"), b.floor + 0.001
                continue
        level = b.top
        if level <= best_level or a.top < level + 0.008 or low < level - _TOUCH_M:
            continue
        overlap = -gap(a.outline(), b.outline())
        if centre < 0.0 or overlap > 0.3 * a.size[1]:
            best, best_level = Rest(j, "on"), level
    return best


def _propped(i: int, solids: list[Solid]) -> Rest | None:
    """What a thing that ends well above the table must stand on, though little of it is seen: the nearest top below."""
    a = solids[i]
    if a.low < 0.016:
        return None
    best, nearest = None, 0.012
    for j, b in enumerate(solids):
        if i == j or b.rounded or abs(a.low - b.top) > _TOUCH_M or a.top < b.top + 0.008:
            continue
        apart = gap(a.outline(), b.outline())
        if apart < nearest:
            best, nearest = Rest(j, "on"), apart
    return best


def reach_under(solids: list[Solid], rests: list[Rest]) -> None:
    """Let a covered thing reach on under what it carries: what stands on it would fall otherwise.

    Where its far side is hidden, its middle is believed to lie under the middle of what stands on it, as long as that
    makes it no smaller than was seen.
    """
    for rest, a in zip(rests, solids, strict=True):
        if rest.support == TABLE or rest.relation != "on":
            continue
        b = solids[rest.support]
        if not b.boxy:
            continue
        c, s = math.cos(b.yaw), math.sin(b.yaw)
        turn = np.array([[c, -s], [s, c]])
        to = (a.centre - b.centre) @ turn
        size, centre = np.array(b.size), b.centre.copy()
        for axis in (0, 1):
            ends = b.ends[2 * axis : 2 * axis + 2]  # how much of the + and the − side was seen
            for k, sign in ((0, 1.0), (1, -1.0)):
                if ends[k] < 0.4 and ends[1 - k] > 0.4 and to[axis] * sign > 0.002:
                    grow = 2 * to[axis] * sign
                    size[axis] += grow
                    centre = centre + turn[:, axis] * sign * grow / 2
        if (size > np.array(b.size)).any():
            b.centre, b.genuine = centre, 0.4
            b.size, b.yaw, b.ends = long_side_first(size, b.yaw, b.ends)


def unseen_share(view: View, solid: Solid, own: Mask) -> float:
    """Share 0..1 of a solid's top outline that something nearer, the arm or the image border hides."""
    n, d = view.plane[:3], view.plane[3]
    rim = solid.centre + 0.92 * (solid.outline() - solid.centre)
    spots = rim if solid.hollow else np.concatenate([rim, (rim + solid.centre) / 2, solid.centre[None]])
    z = (solid.top - d - spots @ n[:2]) / n[2]
    points = np.column_stack([spots, z])
    inside, rows, cols = view.visible_at(points)
    _, depth = view.image.project(points)
    nearer = view.range_m[rows, cols] < depth - 0.005 - 2 * view.noise_m
    hidden = ~inside | (nearer & ~own[rows, cols]) | view.arm[rows, cols]
    return float(hidden.mean())
