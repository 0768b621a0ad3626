"""Formations that are to stand in a zone: ``a row of the cylinders in zone b``, ``stack the blue cubes in the loading area``."""

from __future__ import annotations

from dataclasses import replace

from hiervla.brain.grammar.acts import Arrange, Stack
from hiervla.brain.grammar.effects import FORMED
from hiervla.brain.grammar.form import Fixture, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.goal import Goal
from hiervla.core.world import Detection


def with_zone(act: Stack | Arrange, scene: Scene) -> Stack | Arrange:
    """``stack the cubes in zone b``, where none is in it yet, says where to; where some are, which ones."""
    if act.within is not None or not act.things or act.text.isascii() is False:
        return act
    zones = {_last_zone(t, scene) for t in act.things[-1:]}
    zone = next(iter(zones))
    if zone is None:
        return act
    told = act.things[-1]
    if scene.branch().find(told):
        return act
    plain = replace(told, where=told.where[:-1])
    if not scene.branch().find(plain):
        return act
    return replace(act, things=(*act.things[:-1], plain), within=zone)


def with_what_lies_in(found: list[Detection], text: str, scene: Scene) -> list[Goal] | None:
    """``恐龙跟它放一起``, of what lies in a box: in there, too; what is in it does not come out for a row."""
    if not text.endswith(("一起", "一块儿", "一块", "一处", "together")):
        return None
    boxes = {d.support for d in found if d.relation == "in" and d.support in scene.world.objects}
    rest = [d for d in found if d.support not in boxes]
    if len(boxes) != 1 or not rest:
        return None
    box = next(iter(boxes))
    return [Goal(relation="in", subject=d.id, reference=box) for d in rest]


def _last_zone(thing: Thing, scene: Scene) -> Fixture | None:
    spot = thing.where[-1] if thing.where else None
    if spot is None or spot.negated or spot.describes or spot.relation not in ("in", "on", "to"):
        return None
    zone = spot.reference
    return zone if isinstance(zone, Fixture) and zone.name in scene.world.zones else None


def within(goals: list[Goal], zone: Fixture | None, scene: Scene) -> list[Goal]:
    """The goals of a formation, and that what stands on the table lies in the zone.

    Raises:
        Objection: it is no zone, nothing may lie in it, or the formation is none that can be moved so.
    """
    if zone is None:
        return goals
    place = scene.world.zones.get(zone.name)
    if place is None:
        raise clarify("where_unclear", part=zone.text)
    if place.keep_out:
        raise refuse("keep_out", zone=place.name)
    formed = next((g for g in goals if g.relation in FORMED), None)
    if formed is not None:
        return [
            *goals,
            *(Goal(relation="in", subject=i, reference=zone.name) for i in (formed.subject, *formed.others)),
        ]
    if not goals or any(g.relation != "on" for g in goals):
        raise clarify("where_unclear", part=zone.text)
    on_others = {g.subject for g in goals}
    low = dict.fromkeys(g.reference for g in goals if g.reference not in on_others)
    return [*(Goal(relation="in", subject=i or "", reference=zone.name) for i in low), *goals]
