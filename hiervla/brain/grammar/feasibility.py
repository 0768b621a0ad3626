"""Can these goals be reached at all? What geometry and reach forbid is refused before anything moves, with the figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hiervla.brain.grammar.effects import PLACED
from hiervla.brain.grammar.objection import refuse
from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import EDGES, Goal
from hiervla.core.grasp import choose_grasp, width_across
from hiervla.core.relations import holds
from hiervla.core.task import Gripper, Limits
from hiervla.core.world import Detection, World

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
    open_goals = [g for g in goals if g.relation in (*PLACED, "holding") and not holds(g, world)]
    for goal in open_goals:
        d = world.objects.get(goal.subject)
        if d is None and world.held is not None and world.held.id == goal.subject:
            continue  # in the hand, where eyes may not find it
        if d is None:
            lost = world.lost.get(goal.subject)
            raise refuse("out_of_sight", part=lost or goal.subject, thing=lost or goal.subject)
        reference = world.objects.get(goal.reference or "")
        if goal.reference and reference is None and not _fixture(goal.reference):
            raise refuse("out_of_sight", part=world.lost.get(goal.reference) or goal.reference, thing=goal.reference)
        _check_grasp(d, world, limits, gripper)
        if reference is not None:
            _check_pair(goal, d, reference, limits, unstable)
    if len([g for g in open_goals if g.relation in PLACED]) == 1:
        for goal in [g for g in open_goals if g.subject in world.objects]:
            _check_spot(goal, world, limits)


def _fixture(name: str) -> bool:
    return name in ("table", "edge") or name in EDGES


def _check_together(goals: Sequence[Goal], world: World) -> None:
    """Goals that cannot all be true at once."""
    for a, b in combinations([g for g in goals if g.relation in PLACED], 2):
        if a.subject == b.subject:
            raise refuse("contradiction", goals=[a, b])
        if a.reference == b.subject and b.reference == a.subject and {a.relation, b.relation} & {"in", "on"}:
            raise refuse("contradiction", goals=[a, b])
        if a.relation == b.relation == "on" and a.reference == b.reference != "table":
            raise refuse("one_on_top", goals=[a, b])
    above = {g.subject: g.reference for g in goals if g.relation in ("in", "on")}
    for start in above:
        seen, at = {start}, above[start]
        while at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at == start:
            raise refuse("contradiction", goals=[g for g in goals if g.subject in seen])


def _check_grasp(d: Detection, world: World, limits: Limits, gripper: Gripper) -> None:
    """Within reach, and narrow enough for the fingers; a thing in the hand has shown both."""
    if world.held is not None and world.held.id == d.id:
        return
    if not spots.reachable((d.centre[0], d.centre[1]), limits):
        away = ((d.centre[0] - limits.base[0]) ** 2 + (d.centre[1] - limits.base[1]) ** 2) ** 0.5
        raise refuse("out_of_reach", thing=d, cm=round(away * 100), reach=round(limits.reach_m * 100))
    width = min(width_across(d, d.yaw), width_across(d, d.yaw + 1.5707963))
    if width > gripper.widest_m:
        raise refuse("too_wide", thing=d, cm=round(width * 100, 1), opening=round(gripper.opening_m * 100))


def _check_pair(goal: Goal, d: Detection, reference: Detection, limits: Limits, unstable: Sequence[str]) -> None:
    if d.id == reference.id:
        raise refuse("itself", thing=d)
    if goal.relation in ("in", "on") and not spots.reachable((reference.centre[0], reference.centre[1]), limits):
        away = ((reference.centre[0] - limits.base[0]) ** 2 + (reference.centre[1] - limits.base[1]) ** 2) ** 0.5
        raise refuse("out_of_reach", thing=reference, cm=round(away * 100), reach=round(limits.reach_m * 100))
    if goal.relation == "on" and reference.label in unstable:
        raise refuse("unstable", thing=reference)
    if goal.relation == "in":
        if not reference.hollow:
            raise refuse("not_hollow", thing=reference)
        room = reference.inner_radius_m or min(reference.size[:2]) / 2
        if max(d.size[:2]) / 2 > room:
            raise refuse(
                "too_big", thing=d, into=reference, cm=round(max(d.size[:2]) * 100, 1), room=round(room * 200, 1)
            )


def _check_spot(goal: Goal, world: World, limits: Limits) -> None:
    """Is there a free place where the goal wants it? Only asked when nothing else will have moved by then."""
    if goal.relation not in ("beside", "at_distance"):
        return
    d = world.objects[goal.subject]
    near = (d.centre[0], d.centre[1])
    reference = world.objects.get(goal.reference or "")
    try:
        if reference is not None:
            spots.beside(d, d.yaw, reference, world, limits, near, goal.distance_m, goal.direction)
        elif world.table is not None and world.table.edges_seen:
            spots.from_edge(d, d.yaw, goal.reference or "edge", goal.distance_m or 0.0, world, limits, near)
        else:
            raise refuse("no_edges")
    except ToolError as e:
        raise refuse("no_place", goal=goal, why=str(e)) from e


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
