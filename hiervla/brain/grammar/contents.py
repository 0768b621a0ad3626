"""What lies in a vessel that is to be moved comes along: it is taken out for the grasp, and has to be back in the end."""

from __future__ import annotations

from collections.abc import Sequence

from hiervla.brain.grammar.effects import moves
from hiervla.core.goal import Goal
from hiervla.core.world import Detection, World

CARRIERS = ("plate",)
"""Kinds of things on which others are carried; of a tower nobody expects that what lies on a block moves with it."""


def coming_along(goals: Sequence[Goal], world: World) -> list[Goal]:
    """That what is in a vessel, or on a plate, is there again once that has been moved, unless something else is wanted of it.

    Not so of a vessel that goes into another one: nothing can be put back into what stands in there.
    """
    settled = {i for g in goals for i in (*moves(g), g.subject)}
    moved = [i for g in goals if g.relation != "holding" and not _goes_into(g, world) for i in moves(g)]
    found: list[Goal] = []
    for carrier in moved:  # grows: what comes along may hold something itself
        vessel = world.objects.get(carrier)
        for d in world.objects.values():
            if vessel is not None and d.support == carrier and d.id not in settled and _carries(vessel, d):
                found.append(Goal(relation="in" if d.relation == "in" else "on", subject=d.id, reference=carrier))
                settled.add(d.id)
                moved.append(d.id)
    return found


def _goes_into(goal: Goal, world: World) -> bool:
    return goal.relation == "in" and goal.reference in world.objects


def _carries(vessel: Detection, d: Detection) -> bool:
    return not vessel.fixed and (d.relation == "in" or vessel.label in CARRIERS)
