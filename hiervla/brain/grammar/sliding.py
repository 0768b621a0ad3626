"""Where a slider should go: a way along its rail, in the words for sides that people use."""

from __future__ import annotations

from hiervla.brain.grammar.form import Spot
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.world import Detection

TRAVEL_M = 0.12
"""How far a slider goes when the eyes cannot tell."""
AT_END_M = 0.012
ALONG = 0.7
"""Cosine between the rail and a named direction from which the slider is said to go that way."""


def slide_to(d: Detection, where: Spot, scene: Scene) -> Goal:
    """The goal of a slider standing where a phrase says.

    Raises:
        Objection: it does not go that way, or not that far, or which way is not said.
    """
    travel, now = d.travel_m or TRAVEL_M, d.opening_m or 0.0
    if where.relation == "mark" and where.distance_m is not None:  # "to 5 cm"
        if where.distance_m > travel + 0.005:
            raise refuse("slides_only", thing=d, cm=round(travel * 100, 1), part=where.text)
        return Goal(relation="slid", subject=d.id, distance_m=round(min(where.distance_m, travel), 4))
    if where.relation == "back" and where.distance_m is None:  # to where it was, else to its start
        was = next((c.was.opening_m for turn in scene.changed for c in turn if c.was.id == d.id), None)
        return Goal(relation="slid", subject=d.id, distance_m=round(was or 0.0, 4))
    sign = 0.0
    if where.direction not in (None, "middle"):
        ux, uy = d.opens or (0.0, -1.0)
        x, y = DIRECTIONS[where.direction]
        along = ux * x + uy * y
        if abs(along) < ALONG:
            raise refuse("slides_otherwise", thing=d, part=where.text)
        sign = 1.0 if along > 0 else -1.0
    if where.relation == "end" or (where.relation == "side" and where.distance_m is None):
        if where.direction == "middle":
            return Goal(relation="slid", subject=d.id, distance_m=round(travel / 2, 4))
        if where.direction is None:
            sign = 1.0 if now < travel / 2 else -1.0
            scene.notes.append(("slide_end", {"part": where.text}))
        return Goal(relation="slid", subject=d.id, distance_m=round(travel if sign > 0 else 0.0, 4))
    if where.relation not in ("by", "side") or where.distance_m is None:
        raise clarify("slide_where", part=where.text, thing=d)
    if sign == 0.0:
        if AT_END_M < now < travel - AT_END_M:
            raise clarify("slide_which_way", part=where.text, thing=d)
        sign = 1.0 if now <= AT_END_M else -1.0
    target = now + sign * where.distance_m
    if not -0.005 <= target <= travel + 0.005:
        room = travel - now if sign > 0 else now
        raise refuse("slides_only", thing=d, cm=round(room * 100, 1), part=where.text)
    return Goal(relation="slid", subject=d.id, distance_m=round(min(max(target, 0.0), travel), 4))
