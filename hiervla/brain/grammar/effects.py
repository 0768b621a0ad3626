"""What acts bring about, which of it must still hold in the end, and the step that brings each about."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from hiervla.brain.grammar.objection import refuse
from hiervla.core import spots
from hiervla.core.arrangements import symmetry_rad
from hiervla.core.deeds import deed, step_and_time
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import EDGES, Goal
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.task import Limits
from hiervla.core.world import World

_STEP = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_FIELD = re.compile(r"(\w+)=(\([^)]*\)|\[[^\]]*\]|[^,]*)")
PLACED = ("in", "on", "beside", "at_distance", "at")
"""Relations of where one thing is, which the place skill brings about, and some of which the push skill does."""
FORMED = ("row", "circle")
"""Relations of where several things are."""
OPENED = ("open", "closed", "slid")
"""Relations of how far out a drawer or slider is."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an act should bring about, and how the act follows the one before it."""

    goal: Goal
    act: int
    link: str  # "then" or ",": after the acts before; "and": beside them
    off: bool = False  # a grasp that was asked for to get the thing away from where it is


def moves(goal: Goal) -> tuple[str, ...]:
    """Ids of the things whose place a goal settles."""
    if goal.relation in FORMED:
        return (goal.subject, *goal.others)
    return (goal.subject,) if goal.relation in (*PLACED, "holding") else ()


def place_arguments(goal: Goal) -> dict[str, object]:
    """The fields of the ``place`` skill that reach a goal, in one fixed order: goals of kind ``did`` compare them as text."""
    fields = {
        "target": goal.subject,
        "relation": goal.relation,
        "reference": goal.reference or "table",
        "between": goal.others[0] if goal.relation == "on" and goal.others else None,
        "distance_m": goal.distance_m,
        "direction": goal.direction,
        "position": goal.position,
    }
    return {k: v for k, v in fields.items() if v is not None}


def push_arguments(goal: Goal, world: World, limits: Limits) -> dict[str, object]:
    """The fields of the ``push`` skill that reach a goal: up to a thing, into a zone, else to a position."""
    d, reference = world.objects[goal.subject], world.objects.get(goal.reference or "")
    spot = goal.position
    near = (d.centre[0], d.centre[1])
    if spot is None and goal.relation == "at_distance" and reference is None:
        spot = spots.before_edge(d, world, goal.reference or "edge", goal.distance_m or 0.0)
    elif spot is None and reference is not None and (goal.direction or goal.distance_m is not None):
        spot = spots.beside(d, d.yaw, reference, world, limits, near, goal.distance_m, goal.direction)
    if spot is not None:
        return {"target": goal.subject, "position": (round(spot[0], 4), round(spot[1], 4))}
    return {"target": goal.subject, "reference": goal.reference}


def turn_arguments(goal: Goal, world: World, first: bool) -> dict[str, object]:
    """The fields of the ``turn`` skill: as far as was asked at first, afterwards by the shortest way that looks the same."""
    d = world.objects[goal.subject]
    left = (goal.angle_rad or 0.0) - d.yaw
    if not first:
        left = wrap_angle(left, symmetry_rad(d) or 2 * math.pi)
    return {"target": goal.subject, "angle_deg": round(math.degrees(left), 1)}


def step_for(goal: Goal, world: World, limits: Limits | None = None) -> tuple[str, dict[str, object]] | None:
    """The one step that brings a goal about when nothing stands in its way; None when it takes several."""
    match goal.relation:
        case _ if goal.by == "push":
            return "push", push_arguments(goal, world, limits or Limits())
        case "in" if goal.by == "sweep":
            return "sweep", {"targets": [goal.subject], "reference": goal.reference}
        case "in" | "on" | "beside" | "at_distance" | "at":
            return "place", place_arguments(goal)
        case "holding":
            return "pick", {"target": goal.subject}
        case "open":
            return "open", {"target": goal.subject}
        case "closed":
            return "close", {"target": goal.subject}
        case "slid":
            return "slide", {"target": goal.subject, "distance_m": goal.distance_m}
        case "turned":
            return "turn", turn_arguments(goal, world, True)
    return None


def did(skill: str, arguments: dict[str, Any], time: int = 1) -> Goal:
    """The goal of having done a step whose effect cannot be seen, ``time`` times by then."""
    return Goal(relation="did", subject=deed(Subgoal(skill=skill, arguments=arguments, why=""), time))


def settle(effects: list[Effect], world: World) -> list[Goal]:
    """What must hold in the end. What a later act undoes becomes a step that must have been done on the way.

    Raises:
        Objection: two things are asked at once that cannot both be.
    """
    goals: list[Goal] = []
    effects = [replace(e, goal=_same_side(e.goal, effects[:k])) for k, e in enumerate(effects)]
    for k, effect in enumerate(effects):
        g = effect.goal
        later = [e for e in effects[k + 1 :] if _undoes(e.goal, g) and not _together(e, effect)]
        if g in (e.goal for e in effects[k + 1 :]):
            continue  # said twice
        if g.relation == "did" or not later:
            goals.append(_let_go(effect, effects[k + 1 :]))
        elif g.relation == "holding":
            if holds(later[-1].goal, world) and world.held is None:
                goals.append(did("pick", {"target": g.subject}))
        elif effect.off and (g.relation == "at" or (g.relation == "on" and g.reference == "table")):
            continue  # "take it out and put it over there": out is on the way
        elif later[0].link == "and" and later[0].goal.relation != "holding" and g.relation not in OPENED:
            raise refuse("contradiction", goals=[g, later[0].goal])
        elif g.relation in FORMED:
            rest = [i for i in moves(g) if i not in {i for e in later for i in moves(e.goal)}]
            if len(rest) > (2 if g.relation == "circle" else 1):
                goals.append(g.model_copy(update={"subject": rest[0], "others": tuple(rest[1:])}))
        elif (step := step_for(g, world)) is not None:
            goals.append(did(*step))
            if g.relation == "turned":  # the next turn of it goes on from there
                d = world.objects[g.subject].model_copy(update={"yaw": g.angle_rad})
                world = world.model_copy(update={"objects": {**world.objects, d.id: d}})
    goals = list(dict.fromkeys(goals))
    held = [g for g in goals if g.relation == "holding"]
    if len(held) > 1:
        raise refuse("one_hand", goals=held)
    return goals


def _same_side(goal: Goal, before: list[Effect]) -> Goal:
    """``Put it behind the cup. Leave 5 cm between the two``: still behind it."""
    if goal.relation != "at_distance" or goal.direction or goal.reference in EDGES:
        return goal
    sides = [e.goal.direction for e in before if e.goal.relation in ("beside", "at_distance") and (e.goal.subject, e.goal.reference) == (goal.subject, goal.reference)]  # fmt: skip
    return goal.model_copy(update={"direction": sides[-1]}) if sides else goal


def _undoes(later: Goal, goal: Goal) -> bool:
    """Both say where a thing is, or how far something is open."""
    if goal.relation in OPENED and later.relation in OPENED:
        return goal.subject == later.subject
    if goal.relation == "turned":
        return goal.subject in moves(later) or (later.relation == "turned" and later.subject == goal.subject)
    if (
        goal.relation in ("beside", "at_distance")
        and goal.reference in moves(later)
        and later.reference != goal.subject
    ):
        return True  # what it stands beside goes elsewhere
    if goal.relation == "on" and later.relation == "holding" and later.subject == goal.reference:
        return True  # what it stands on is picked up
    return bool(set(moves(goal)) & set(moves(later))) and goal.relation != "did"


def _together(later: Effect, effect: Effect) -> bool:
    """Two of one act that say different things of one place: distances to two edges that meet, an order within a row."""
    if later.act != effect.act:
        return False
    a, b = effect.goal, later.goal
    if a.relation in FORMED or b.relation in FORMED:
        return bool({a.relation, b.relation} & {"beside", "in"})
    if a.relation == b.relation == "beside" and (a.direction or b.direction):
        return a.reference != b.reference
    return across(a, b)


def across(a: Goal, b: Goal) -> bool:
    """Distances of one thing to two edges that meet in a corner."""
    if not (a.relation == b.relation == "at_distance" and a.subject == b.subject):
        return False
    if a.reference not in EDGES or b.reference not in EDGES:
        return False
    return (EDGES[a.reference][0] == 0 and EDGES[b.reference][1] == 0) or (EDGES[a.reference][1] == 0 and EDGES[b.reference][0] == 0)  # fmt: skip


def _let_go(effect: Effect, after: list[Effect]) -> Goal:
    """A grasp that other work comes after cannot last: the thing is put down again, off what it was taken from."""
    g = effect.goal
    if g.relation != "holding" or not any(e.act > effect.act and e.link != "and" and uses_hand(e.goal) for e in after):
        return g
    if effect.off:
        return Goal(relation="on", subject=g.subject, reference="table")
    return did("pick", {"target": g.subject})


def uses_hand(goal: Goal) -> bool:
    """It cannot be brought about with something else in the hand."""
    return goal.relation != "hand_empty" and not goal.subject.startswith("home(")


def step_of(text: str) -> tuple[str, dict[str, Any]]:
    """The skill and arguments that a ``did`` goal names: ``push(target=c1, position=(0.5, 0.1))``."""
    match = _STEP.fullmatch(step_and_time(text)[0])
    if match is None:
        return text, {}
    return match[1], {k: _value(k, v.strip()) for k, v in _FIELD.findall(match[2])}


def _value(name: str, text: str) -> Any:
    if text.startswith("("):
        return tuple(float(v) for v in text[1:-1].split(","))
    if text.startswith("["):
        return [v.strip(" '\"") for v in text[1:-1].split(",") if v.strip()]
    return float(text) if name.endswith(("_m", "_deg")) else text
