"""What acts bring about, and which of it must still hold in the end."""

from __future__ import annotations

from dataclasses import dataclass

from hiervla.brain.grammar.objection import refuse
from hiervla.core.goal import Goal
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.world import World

PLACED = ("in", "on", "beside", "at_distance")
"""Relations that the place skill brings about."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an act should bring about, and how the act follows the one before it."""

    goal: Goal
    act: int
    link: str  # "then": after the acts before; "and": beside them


def place_arguments(goal: Goal) -> dict[str, object]:
    """The fields of the ``place`` skill that reach a goal, in one fixed order: goals of kind ``did`` compare them as text."""
    fields = {
        "target": goal.subject,
        "relation": goal.relation,
        "reference": goal.reference,
        "distance_m": goal.distance_m,
        "direction": goal.direction,
    }
    return {k: v for k, v in fields.items() if v is not None}


def did(skill: str, arguments: dict[str, object]) -> Goal:
    """The goal of having done a step whose effect cannot be seen."""
    return Goal(relation="did", subject=str(Subgoal(skill=skill, arguments=arguments, why="")))


def settle(effects: list[Effect], world: World) -> list[Goal]:
    """What must hold in the end. What a later act undoes becomes a step that must have been done on the way.

    Raises:
        Objection: two things are asked at once that cannot both be.
    """
    goals: list[Goal] = []
    for k, effect in enumerate(effects):
        g = effect.goal
        later = [e for e in effects[k + 1 :] if e.goal.subject == g.subject and e.goal.relation in (*PLACED, "holding")]
        if g.relation == "did" or not later:
            goals.append(g)
        elif g in (e.goal for e in later):
            continue  # said twice
        elif g.relation == "holding":
            if holds(later[-1].goal, world) and world.held is None:
                goals.append(did("pick", {"target": g.subject}))
        elif later[0].link == "and" and later[0].goal.relation != "holding":
            raise refuse("contradiction", goals=[g, later[0].goal])
        else:
            goals.append(did("place", place_arguments(g)))
    goals = list(dict.fromkeys(goals))
    held = [g for g in goals if g.relation == "holding"]
    if len(held) > 1:
        raise refuse("one_hand", goals=held)
    return goals
