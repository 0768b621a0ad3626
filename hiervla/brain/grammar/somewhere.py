"""Places that no one thing names: between two things, in the middle of the table, in a corner."""

from __future__ import annotations

import numpy as np

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import Goal
from hiervla.core.resting import oblong
from hiervla.core.world import Detection

CORNER_GAP_M = 0.06
"""From both edges, for a thing that is to lie in a corner."""
ROUGHLY_M = 0.02
"""How exactly ``between`` and ``in the middle`` are meant."""
FINGERS_M = 0.024
"""Room on both sides of a thing that is put between two others, with the fingers there ..."""
ASIDE_M = 0.012
"""... and with the fingers before and behind it."""


def somewhere(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing lying in such a place.

    Raises:
        Objection: there is no such place, or no room in it.
    """
    table = scene.world.table
    zone = scene.world.zones.get(spot.reference.name) if isinstance(spot.reference, Fixture) else None
    if spot.relation == "middle" and zone is not None:
        if zone.keep_out:
            raise refuse("keep_out", zone=zone.name)
        x, y = np.mean(np.asarray(zone.outline), axis=0)
    elif spot.relation == "between":
        x, y = _between(d, spot, scene)
    elif table is None or not table.edges_seen:
        raise refuse("no_edges")
    elif spot.relation == "middle":
        x, y = np.mean(np.asarray(table.outline), axis=0)
    else:
        x, y = _corner(d, spot, np.asarray(table.outline))
    at = (round(float(x), 4), round(float(y), 4))
    return Goal(relation="at", subject=d.id, position=at, tolerance_m=ROUGHLY_M)


def _between(d: Detection, spot: Spot, scene: Scene) -> tuple[float, float]:
    refs = [r for r in (spot.reference, *spot.others) if r is not None]
    if any(isinstance(r, Fixture) for r in refs):
        raise clarify("where_unclear", part=spot.text)
    ends = [m for r in refs if isinstance(r, Thing) for m in (scene.resolve(r) if len(refs) == 1 else [scene.one(r)])]
    if len(ends) != 2 or d.id in (ends[0].id, ends[1].id):
        raise clarify("between_two", part=spot.text, n=len(ends), found=ends)
    a, b = ends
    beside = (
        FINGERS_M if oblong(d) or d.hollow else ASIDE_M
    )  # as broad as long: the fingers come from the other two sides
    if gap(footprint(a), footprint(b)) < min(d.size[:2]) + 2 * beside:
        raise refuse("no_room_between", thing=d, a=a, b=b)
    between = np.asarray(b.centre[:2]) - np.asarray(a.centre[:2])
    along = between / np.linalg.norm(between)
    near = float(((footprint(a) - a.centre[:2]) @ along).max())
    far = float(np.linalg.norm(between)) + float(((footprint(b) - b.centre[:2]) @ along).min())
    x, y = np.asarray(a.centre[:2]) + along * (near + far) / 2
    return float(x), float(y)


def _corner(d: Detection, spot: Spot, outline: np.ndarray) -> tuple[float, float]:
    side, _, depth = (spot.direction or "any").partition(" ")
    if side == "any":
        raise clarify("which_corner", part=spot.text)
    low, high = outline.min(axis=0), outline.max(axis=0)
    off = CORNER_GAP_M + max(d.size[:2]) / 2
    x = low[0] + off if depth == "near" else high[0] - off
    y = high[1] - off if side == "left" else low[1] + off
    return float(x), float(y)
