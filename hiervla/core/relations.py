"""Judges of goals by relation, from one look at the world. Yes only on this look's evidence; unseen is never a yes."""

from __future__ import annotations

import math
from collections.abc import Callable

from hiervla.core.arrangements import at_position, circle, in_zone, row, turned
from hiervla.core.fixtures import is_closed, is_open, remembered_in, slid
from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.goal import BESIDE_MAX_GAP_M, EDGES, Goal, distance_between, on_side
from hiervla.core.judging import in_hand, look_evidence, unseen
from hiervla.core.outcome import Check, Evidence, FailureKind
from hiervla.core.world import Detection, World

DEEP_M = 0.024
"""How far below the rim the bottom of a thing must lie to be in a container and not on its edge, less the goal's tolerance:
eyes, which err, ask for more than truth. Of a shallow container a quarter of its height."""
BRIDGE_STEP_M, BRIDGE_LAP_M = 0.010, 0.004
"""How level a thing must lie on two others, and how far it must reach over each, to rest on both."""


def holds(goal: Goal, world: World) -> Check:
    """Does the goal hold in what this look saw? Yes only on this look's evidence; unseen is ``cannot_see``."""
    judge = RELATIONS.get(goal.relation)
    if judge is None:
        return Check.no(f"no relation called {goal.relation!r}", kind=FailureKind.PRECONDITION)
    return judge(goal, world)


def _pair(goal: Goal, world: World) -> tuple[Detection, Detection] | Check:
    if (hidden := unseen([goal.subject, goal.reference or ""], world)) is not None:
        return hidden
    return world.objects[goal.subject], world.objects[goal.reference or ""]


def rests_in(a: Detection, container: Detection, world: World) -> bool:
    """True when a thing lies in a container, itself or upon others that do."""
    for _ in range(5):
        if a.support == container.id:
            return a.relation == "in"
        if a.support not in world.objects:
            return False
        a = world.objects[a.support]
    return False


def _in(goal: Goal, world: World) -> Check:
    if (held := in_hand(goal, world)) is not None:
        return held
    if goal.reference in world.zones:
        return in_zone(goal, world)
    if (kept := remembered_in(goal, world)) is not None:
        return kept
    pair = _pair(goal, world)
    if isinstance(pair, Check):
        return pair
    a, b = pair
    off = math.dist(a.centre[:2], b.centre[:2])
    room = inside_distance(footprint(b), a.centre[:2])
    says = f"{a.id} lies {off * 100:.1f} cm from the middle of {b.id}, its bottom {(b.top_z - a.bottom_z) * 100:.1f} cm below the rim"
    seen = look_evidence(world, says, off)
    if rests_in(a, b, world) and room > 0 and b.top_z - a.bottom_z >= min(DEEP_M - goal.tolerance_m, 0.25 * b.size[2]):
        return Check.yes(f"{a.id} is in {b.id}", seen)
    return Check.no(f"{a.id} is not in {b.id}: it rests on {a.support}", seen, kind=FailureKind.MISPLACED)


def _on(goal: Goal, world: World) -> Check:
    if (held := in_hand(goal, world)) is not None:
        return held
    if goal.reference == "table":
        if not world.seen_now(goal.subject):
            return Check.cannot_see(f"{goal.subject} is not seen in look {world.look_id}")
        a = world.objects[goal.subject]
        seen = look_evidence(world, f"{a.id} rests on {a.support}, bottom at {a.bottom_z * 100:.1f} cm", a.bottom_z)
        if a.support == "table":
            return Check.yes(f"{a.id} is on the table", seen)
        return Check.no(f"{a.id} is not on the table but on {a.support}", seen, kind=FailureKind.MISPLACED)
    if goal.others:
        return _bridges(goal, world)
    pair = _pair(goal, world)
    if isinstance(pair, Check):
        return pair
    a, b = pair
    step = a.bottom_z - b.top_z
    room = inside_distance(footprint(b), a.centre[:2])
    seen = look_evidence(
        world, f"{a.id} stands {step * 1000:.0f} mm above the top of {b.id}, {room * 1000:.0f} mm inside its edge", step
    )
    if a.support == b.id and a.relation == "on" and room > 0:
        return Check.yes(f"{a.id} is on {b.id}", seen)
    return Check.no(f"{a.id} is not on {b.id}: it rests on {a.support}", seen, kind=FailureKind.MISPLACED)


def _bridges(goal: Goal, world: World) -> Check:
    """The subject rests upon the reference and the others together, as in a pyramid."""
    bases = [goal.reference or "", *goal.others]
    if (hidden := unseen([goal.subject, *bases], world)) is not None:
        return hidden
    a = world.objects[goal.subject]
    steps = [a.bottom_z - world.objects[b].top_z for b in bases]
    laps = [-gap(footprint(a), footprint(world.objects[b])) for b in bases]
    says = ", ".join(f"{s * 1000:.0f} mm above {b}, overlapping it by {o * 1000:.0f} mm" for b, s, o in zip(bases, steps, laps, strict=True))  # fmt: skip
    seen = look_evidence(world, f"{a.id} stands {says}", max(steps, key=abs))
    if a.support in bases and all(abs(s) < BRIDGE_STEP_M for s in steps) and all(o > BRIDGE_LAP_M for o in laps):
        return Check.yes(f"{a.id} is on {' and '.join(bases)}", seen)
    return Check.no(f"{a.id} is not on {' and '.join(bases)} together", seen, kind=FailureKind.MISPLACED)


def _beside(goal: Goal, world: World) -> Check:
    if (held := in_hand(goal, world)) is not None:
        return held
    pair = _pair(goal, world)
    if isinstance(pair, Check):
        return pair
    a, b = pair
    apart = gap(footprint(a), footprint(b))
    seen = look_evidence(world, f"{apart * 100:.1f} cm between {a.id} and {b.id}", apart)
    if any(
        x.support == y.id and x.relation != "leaning" for x, y in ((a, b), (b, a))
    ):  # what leans on it stands beside it
        return Check.no(f"{a.id} and {b.id} rest on each other", seen, kind=FailureKind.MISPLACED)
    if not -0.01 <= apart <= BESIDE_MAX_GAP_M:
        return Check.no(f"{a.id} is {apart * 100:.1f} cm from {b.id}, not beside it", seen, kind=FailureKind.MISPLACED)
    if goal.direction and not on_side(goal.direction, a, b):
        return Check.no(f"{a.id} is not on the {goal.direction} side of {b.id}", seen, kind=FailureKind.MISPLACED)
    return Check.yes(f"{a.id} is beside {b.id}", seen)


def _at_distance(goal: Goal, world: World) -> Check:
    if (held := in_hand(goal, world)) is not None:
        return held
    edge = goal.reference == "edge" or goal.reference in EDGES
    needed = [goal.subject] if edge else [goal.subject, goal.reference or ""]
    for name in needed:
        if not world.seen_now(name):
            return Check.cannot_see(f"{name} is not seen in look {world.look_id}")
    if edge and (world.table is None or not world.table.edges_seen):
        return Check.cannot_see("the table's edges are not in view")
    a = world.objects[goal.subject]
    measured, what = distance_between(a, goal.reference or "edge", world)
    wanted = goal.distance_m or 0.0
    seen = look_evidence(world, f"{measured * 100:.1f} cm from {a.id} to {what}, wanted {wanted * 100:.1f}", measured)
    if a.support != "table":
        return Check.no(f"{a.id} rests on {a.support}, not on the table", seen, kind=FailureKind.MISPLACED)
    if abs(measured - wanted) > goal.tolerance_m:
        return Check.no(
            f"{a.id} is {measured * 100:.1f} cm from {what}, not {wanted * 100:.1f}", seen, kind=FailureKind.MISPLACED
        )
    if goal.direction and not edge and not on_side(goal.direction, a, world.objects[goal.reference or ""]):
        return Check.no(
            f"{a.id} is not on the {goal.direction} side of {goal.reference}", seen, kind=FailureKind.MISPLACED
        )
    return Check.yes(f"{a.id} is {measured * 100:.1f} cm from {what}", seen)


def _holding(goal: Goal, world: World) -> Check:
    if world.held is None:
        return Check.no("the hand is empty", kind=FailureKind.SLIPPED)
    width = Evidence(
        source="sensor:gripper_width",
        says=f"fingers {world.held.width_m * 1000:.0f} mm apart around it",
        value=world.held.width_m,
        time_s=world.time_s,
    )
    if world.held.id != goal.subject:
        return Check.no(f"the hand holds {world.held.id}, not {goal.subject}", width, kind=FailureKind.WRONG_OBJECT)
    return Check.yes(f"the hand holds {goal.subject}", width)


def _hand_empty(goal: Goal, world: World) -> Check:
    if world.held is not None:
        return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
    return Check.yes("the hand is empty", look_evidence(world, "nothing between the fingers"))


RELATIONS: dict[str, Callable[[Goal, World], Check]] = {
    "in": _in,
    "on": _on,
    "beside": _beside,
    "at_distance": _at_distance,
    "holding": _holding,
    "hand_empty": _hand_empty,
    "at": at_position,
    "turned": turned,
    "row": row,
    "circle": circle,
    "open": is_open,
    "closed": is_closed,
    "slid": slid,
}
"""Judges by relation. ``in`` object or zone; ``on`` object (with ``others``: upon all of them) or table; ``beside``;
``at_distance``; ``holding``; ``hand_empty``; ``at`` position; ``turned`` to angle; ``row`` and ``circle`` of subject and
others; ``open``, ``closed`` and ``slid`` for drawers and sliders. A content file may register more; ``did`` is judged by the graph from outcomes."""
