"""One thought about one seen world, judged by what it leads to on paper, beside what the plain sentence leads to. Never by its text."""

from __future__ import annotations

from typing import Any

from hiervla.bench.language.cases import space
from hiervla.bench.language.expected import moved_things
from hiervla.core.deeds import was_done
from hiervla.core.goal import Goal
from hiervla.core.outcome import Outcome
from hiervla.core.plan import Clarify, Plan, Refuse
from hiervla.core.relations import holds
from hiervla.core.task import Limits
from hiervla.core.world import World
from hiervla.learn.paraphrase.pairs import NO_SENTENCE
from hiervla.paper.arm import CannotDo, PaperArm
from hiervla.paper.mission import Told


def judge(move: Any, plain: str, wanted: Told | None, world: World) -> tuple[str, str]:
    """``right``; ``wrong_action``: it would move what it should not, or not to where it should; else what it did instead, and why.

    Args:
        move: the move of the thought.
        plain: the plain sentence, or what stands instead of one.
        wanted: what came of the plain sentence; None where there is none.
        world: as it was seen.
    """
    if wanted is None or not wanted.plans:
        kind = _still(plain, wanted)
        if isinstance(move, Plan):
            return "wrong_action", f"a plan, where {kind.__name__.lower()} is right"
        if not isinstance(move, kind):
            return move.kind, f"where {kind.__name__.lower()} is right"
        asked = set(getattr(wanted and wanted.move, "candidates", ()))
        lacks = asked - set(getattr(move, "candidates", ()))
        return ("asked otherwise", f"does not offer {', '.join(sorted(lacks))}") if lacks else ("right", "")
    if not isinstance(move, Plan):
        return move.kind, "where a plan is right"
    try:
        after, outcomes = _carried_out(move, world)
    except CannotDo as e:
        return "wrong_action", f"it cannot be carried out: {e}"
    goals = wanted.plans[0].goals
    meant, _ = _carried_out(wanted.plans[0], world)
    missing = [g for g in goals if not _so(g, after, outcomes)]
    unproven = [g for g in move.goals if not _so(g, after, outcomes)]
    stray = moved_things(world, after) - moved_things(world, meant) - {g.subject for g in goals}
    if missing or unproven or stray:
        why = [
            *(f"not so: {g}" for g in missing),
            *(f"its own goal does not hold: {g}" for g in unproven),
            *(f"moved {i}" for i in sorted(stray)),
        ]
        return "wrong_action", "; ".join(why)
    return "right", ""


def _still(plain: str, wanted: Told | None) -> type:
    """The move that is right where nothing is to be moved."""
    if plain in NO_SENTENCE or wanted is None:
        return Refuse if plain == "#cannot" else Clarify
    return type(wanted.move)


def _carried_out(plan: Plan, world: World) -> tuple[World, tuple[Outcome, ...]]:
    arm = PaperArm(world, Limits(), space().skills)
    outcomes = tuple(arm.do(step) for step in plan.subgoals)
    return arm.world, outcomes


def _so(goal: Goal, after: World, outcomes: tuple[Outcome, ...]) -> bool:
    """Whether a goal came about; one that names nothing there is did not."""
    try:
        return bool(was_done(goal, outcomes) if goal.relation == "did" else holds(goal, after))
    except (KeyError, ValueError, TypeError):
        return False
