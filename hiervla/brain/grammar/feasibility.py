"""Can these goals be reached at all? What geometry and reach forbid is refused before anything moves, with the figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from itertools import combinations

import numpy as np

from hiervla.brain.grammar.effects import FORMED, PLACED, across, moves
from hiervla.brain.grammar.objection import refuse
from hiervla.core import resting, spots
from hiervla.core.errors import ToolError
from hiervla.core.fixtures import open_enough_m
from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.goal import EDGES, Goal
from hiervla.core.grasp import choose_grasp, graspable, width_across
from hiervla.core.relations import holds
from hiervla.core.task import Gripper, Limits
from hiervla.core.world import Detection, World, Zone

CROWDED_M = 0.035
"""Neighbours nearer than this can leave the fingers no room."""


def check_goals(
    goals: Sequence[Goal], world: World, limits: Limits, gripper: Gripper, unstable: Sequence[str] = ()
) -> None:
    """Look at every goal that does not hold yet, alone and together with the others.

    Raises:
        Objection: the first thing that stands against it, with what was measured.
    """
    _check_together(goals, world)
    _check_inside(goals, world)
    open_goals = [g for g in goals if g.relation != "did" and not holds(g, world)]
    drawers = {d.id for d in world.objects.values() if d.opening_m is not None}
    kept = {f.subject for f in world.facts if f.relation == "in" and f.reference in drawers and f.subject in world.lost}
    for goal in open_goals:
        for object_id in moves(goal) or (goal.subject,):
            d = world.objects.get(object_id)
            if d is None and ((world.held is not None and world.held.id == object_id) or object_id in kept):
                continue  # in the hand or in a closed drawer, where eyes cannot find it
            if d is None:
                lost = world.lost.get(object_id)
                raise refuse("out_of_sight", part=lost or object_id, thing=lost or object_id)
            if goal.relation in (*PLACED, *FORMED, "holding") and goal.by not in ("push", "sweep"):
                _check_grasp(d, world, limits, gripper)
            else:
                check_reach(d, limits)
        for name in (goal.reference, *(goal.others if goal.relation == "on" else ())):
            reference = world.objects.get(name or "")
            if name and reference is None and not _place(name, world):
                raise refuse("out_of_sight", part=world.lost.get(name) or name, thing=name)
            if reference is not None and goal.subject in world.objects and goal.relation in PLACED:
                _check_pair(goal, world.objects[goal.subject], reference, limits, unstable)
    for goal in [
        g for g in open_goals if g.relation == "in" and g.reference in world.zones and g.by not in ("push", "sweep")
    ]:
        if goal.subject in world.objects:
            _check_zone(world.objects[goal.subject], world.zones[str(goal.reference)])
    for goal in [g for g in open_goals if g.relation == "at" and g.position is not None]:
        if goal.subject in world.objects:
            _check_position(goal, world.objects[goal.subject], world, limits)
    alone = world.model_copy(update={"objects": {i: d for i, d in world.objects.items() if d.fixed}, "lost": {}})
    moved = {i for g in goals for i in moves(g)}
    for goal in [g for g in open_goals if g.relation == "at_distance" and g.subject in world.objects]:
        mark = world.objects.get(goal.reference or "")
        edge = goal.reference in EDGES and world.table is not None and world.table.edges_seen
        if goal.by != "push" and (edge or (mark is not None and mark.id not in moved)):  # were all else out of the way
            needed = {d.id: d for d in (world.objects[goal.subject], mark) if d is not None}
            _check_spot(goal, alone.model_copy(update={"objects": {**alone.objects, **needed}}), limits)
    if len([g for g in open_goals if g.relation in PLACED]) == 1:
        for goal in [g for g in open_goals if g.subject in world.objects]:
            _check_spot(goal, world, limits)


def _place(name: str, world: World) -> bool:
    return name in ("table", "edge") or name in EDGES or name in world.zones


def _check_together(goals: Sequence[Goal], world: World) -> None:
    """Goals that cannot all be true at once."""
    for a, b in combinations([g for g in goals if g.relation in PLACED], 2):
        both = {a.relation, b.relation}
        if a.subject == b.subject and not across(a, b) and not (both == {"beside"} and a.reference != b.reference):
            raise refuse("contradiction", goals=[a, b])
        if a.reference == b.subject and b.reference == a.subject and {a.relation, b.relation} & {"in", "on"}:
            raise refuse("contradiction", goals=[a, b])
        broad = a.reference in world.objects and resting.is_broad(world.objects[a.reference])
        if (
            a.relation == b.relation == "on"
            and a.reference == b.reference != "table"
            and not (a.others or b.others or broad)
        ):
            raise refuse("one_on_top", goals=[a, b])
    above = {g.subject: g.reference for g in goals if g.relation in ("in", "on")}
    for start in above:
        seen, at = {start}, above[start]
        while at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at == start:
            raise refuse("contradiction", goals=[g for g in goals if g.subject in seen])


def _check_inside(goals: Sequence[Goal], world: World) -> None:
    """Nothing is turned or pushed while it lies in a container."""
    for k, goal in enumerate(goals):
        if goal.relation != "turned" and goal.by != "push":
            continue
        moved = [g for g in goals[:k] if goal.subject in moves(g)]
        d = world.objects.get(goal.subject)
        into = moved[-1].reference if moved and moved[-1].relation == "in" else None
        if not moved and d is not None and d.relation == "in":
            into = d.support
        if into in world.objects:
            raise refuse("turn_inside", thing=d or goal.subject, into=world.objects[into])


def _check_grasp(d: Detection, world: World, limits: Limits, gripper: Gripper) -> None:
    """Within reach, and narrow enough for the fingers; a thing in the hand has shown both."""
    if world.held is not None and world.held.id == d.id:
        return
    if d.fixed:
        raise refuse("fixed", thing=d)
    check_reach(d, limits)
    width = min(width_across(d, d.yaw), width_across(d, d.yaw + 1.5707963))
    if width > gripper.widest_m and not graspable(d, gripper):  # what has a rim is taken by it
        raise refuse("too_wide", thing=d, cm=round(width * 100, 1), opening=round(gripper.opening_m * 100))


def check_reach(d: Detection, limits: Limits) -> None:
    if spots.reachable((d.centre[0], d.centre[1]), limits):
        return
    away = math.dist(d.centre[:2], limits.base[:2])
    if away < limits.min_reach_m:
        raise refuse("too_near", thing=d, cm=round(away * 100, 1), reach=round(limits.min_reach_m * 100, 1))
    raise refuse("out_of_reach", thing=d, cm=round(away * 100), reach=round(limits.reach_m * 100))


def _check_pair(goal: Goal, d: Detection, reference: Detection, limits: Limits, unstable: Sequence[str]) -> None:
    if d.id == reference.id:
        raise refuse("itself", thing=d)
    if goal.relation in ("in", "on"):
        check_reach(reference, limits)
    if goal.relation == "on" and reference.label in unstable:
        raise refuse("unstable", thing=reference)
    if goal.relation == "in":
        if (
            reference.opening_m is not None
            and reference.opening_m < open_enough_m(reference)
            and not reference.travel_m
        ):
            return  # closed, and how deep it is shows when it is open
        if not reference.hollow and reference.opening_m is None:
            raise refuse("not_hollow", thing=reference)
        long, short = _room_in(reference)
        if max(d.size[:2]) > long or min(d.size[:2]) > short:
            cm, room = max(d.size[:2]) * 100, (short if min(d.size[:2]) > short else long) * 100
            raise refuse("too_big", thing=d, into=reference, cm=round(cm, 1), room=round(room, 1))


def _room_in(d: Detection) -> tuple[float, float]:
    """Length and width inside of a container, metres: of a box along its sides, of anything round its opening twice."""
    long, short = max(d.size[:2]), min(d.size[:2])
    if d.opening_m is not None:
        return long, max(short, d.opening_m, d.travel_m or 0.0)
    if d.inner_radius_m is None:
        return long, short
    wall = short / 2 - d.inner_radius_m
    return (long - 2 * wall, short - 2 * wall) if d.label == "box" else (2 * d.inner_radius_m, 2 * d.inner_radius_m)


def _check_zone(d: Detection, zone: Zone) -> None:
    """Does all of the thing fit in the zone, were it empty, in whatever way it is turned? Half a centimetre over either side may."""
    low, high = np.min(zone.outline, axis=0), np.max(zone.outline, axis=0)
    if math.hypot(*d.size[:2]) + 0.02 <= float((high - low).min()):
        return
    middle = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    less = d.model_copy(update={"size": (d.size[0] - 0.01, d.size[1] - 0.01, d.size[2])})
    for k in range(12):
        with suppress(ToolError):
            resting.into_zone(less, d.yaw + k * math.pi / 12, zone, World(objects={d.id: less}), middle)
            return
    raise refuse("too_big", thing=d, into=zone.name, cm=round(max(d.size[:2]) * 100, 1), room=round(float((high - low).min()) * 100, 1))  # fmt: skip


def _check_spot(goal: Goal, world: World, limits: Limits) -> None:
    """Is there a free place where the goal wants it? Only asked when nothing else will have moved by then."""
    if goal.relation not in ("beside", "at_distance") or goal.by == "push":
        return
    if goal.reference not in world.objects and (world.table is None or not world.table.edges_seen):
        raise refuse("no_edges")
    try:
        _find_spot(goal, world, limits)
    except ToolError as e:
        barred = [z.name for z in world.zones.values() if z.keep_out]
        try:
            _find_spot(goal, world.model_copy(update={"zones": {}}), limits)
        except ToolError:
            barred = []
        if barred:
            raise refuse("keep_out", zone=barred) from e
        raise refuse("no_place", goal=goal, why=e) from e


def _find_spot(goal: Goal, world: World, limits: Limits) -> None:
    d, reference = world.objects[goal.subject], world.objects.get(goal.reference or "")
    near = (d.centre[0], d.centre[1])
    if reference is not None:
        spots.beside(d, d.yaw, reference, world, limits, near, goal.distance_m, goal.direction)
    else:
        spots.from_edge(d, d.yaw, goal.reference or "edge", goal.distance_m or 0.0, world, limits, near)


def _check_position(goal: Goal, d: Detection, world: World, limits: Limits) -> None:
    """A position that was worked out: in reach, on the table, outside of every keep-out zone."""
    at = goal.position or (0.0, 0.0)
    outline = spots.outline_at(d, at, d.yaw)
    for zone in world.zones.values():
        if zone.keep_out and gap(outline, np.asarray(zone.outline)) < 0:
            raise refuse("keep_out", zone=[zone.name])
    if world.table is not None and min(inside_distance(np.asarray(world.table.outline), p) for p in outline) < 0:
        raise refuse("off_table", thing=d)
    if not spots.reachable(at, limits):
        away = ((at[0] - limits.base[0]) ** 2 + (at[1] - limits.base[1]) ** 2) ** 0.5
        raise refuse("spot_out_of_reach", thing=d, cm=round(away * 100), reach=round(limits.reach_m * 100))


def crowding(d: Detection, world: World, gripper: Gripper) -> Detection | None:
    """The neighbour that leaves the fingers no room, if taking it away (it can be grasped itself) gives them room."""
    near = [
        o for o in world.objects.values() if o.id not in (d.id, d.support) and o.support == d.support and not o.hollow
    ]
    near = [o for o in near if gap(footprint(o), footprint(d)) < CROWDED_M]
    for other in sorted(near, key=lambda o: gap(footprint(o), footprint(d))):
        rest = {i: o for i, o in world.objects.items() if i != other.id}
        try:
            choose_grasp(other, world, gripper)
            choose_grasp(d, world.model_copy(update={"objects": rest}), gripper)
        except ToolError:
            continue
        return other
    return None
