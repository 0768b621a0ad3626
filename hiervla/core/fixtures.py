"""Judges of furniture: drawers open and closed, sliders, and what is remembered of the inside of a closed drawer."""

from __future__ import annotations

from hiervla.core.goal import Goal
from hiervla.core.judging import look_evidence, unseen
from hiervla.core.outcome import Check, Evidence, FailureKind
from hiervla.core.world import Detection, World

OPEN_M = 0.08
"""A drawer that is out by this much is open: things and fingers go in. Of a shorter travel, 70 % of it."""
CLOSED_M = 0.012
"""A drawer that is out by less than this is closed."""
SLID_TOLERANCE_M = 0.012


def open_enough_m(d: Detection) -> float:
    return OPEN_M if d.travel_m is None else min(OPEN_M, 0.7 * d.travel_m)


def is_open(goal: Goal, world: World) -> Check:
    """The drawer is out far enough to reach into."""
    seen = _opening(goal, world)
    if isinstance(seen, Check):
        return seen
    d, out, evidence = seen
    if out >= open_enough_m(d):
        return Check.yes(f"{d.id} is open", evidence)
    return Check.no(f"{d.id} is only {out * 100:.1f} cm open", evidence, kind=FailureKind.MISPLACED)


def is_closed(goal: Goal, world: World) -> Check:
    """The drawer is in."""
    seen = _opening(goal, world)
    if isinstance(seen, Check):
        return seen
    d, out, evidence = seen
    if out <= CLOSED_M:
        return Check.yes(f"{d.id} is closed", evidence)
    return Check.no(f"{d.id} is still {out * 100:.1f} cm open", evidence, kind=FailureKind.MISPLACED)


def slid(goal: Goal, world: World) -> Check:
    """The slider stands ``distance_m`` from its first position."""
    seen = _opening(goal, world)
    if isinstance(seen, Check):
        return seen
    d, out, evidence = seen
    if abs(out - (goal.distance_m or 0.0)) <= SLID_TOLERANCE_M:
        return Check.yes(f"{d.id} is at {out * 100:.1f} cm", evidence)
    return Check.no(
        f"{d.id} is at {out * 100:.1f} cm, not {(goal.distance_m or 0) * 100:.1f}", evidence, kind=FailureKind.MISPLACED
    )


def _opening(goal: Goal, world: World) -> tuple[Detection, float, Evidence] | Check:
    if (hidden := unseen([goal.subject], world)) is not None:
        return hidden
    d = world.objects[goal.subject]
    if d.opening_m is None:
        return Check.no(f"{d.id} is nothing that opens or slides", kind=FailureKind.PRECONDITION)
    return d, d.opening_m, look_evidence(world, f"{d.id} is {d.opening_m * 100:.1f} cm out", d.opening_m)


def remembered_in(goal: Goal, world: World) -> Check | None:
    """What was seen to go into a container that is now closed is still in it; None where memory has nothing to say.

    It takes two looks: the one that saw it in there, and this one, which must see the container closed and not the thing.
    """
    if world.seen_now(goal.subject) or not world.seen_now(goal.reference or ""):
        return None
    container = world.objects[goal.reference or ""]
    if container.opening_m is None or container.opening_m > CLOSED_M:
        return None
    fact = next((f for f in reversed(world.facts) if f.subject == goal.subject and f.relation in ("in", "seen")), None)
    if fact is None or fact.relation != "in" or fact.reference != container.id:
        return None
    then = Evidence(source=f"look:{fact.look_id}", says=fact.says, time_s=fact.time_s)
    now = look_evidence(world, f"{container.id} is closed, {container.opening_m * 100:.1f} cm out", container.opening_m)
    return Check.yes(f"{goal.subject} was seen in {container.id}, which is closed", then, now)
