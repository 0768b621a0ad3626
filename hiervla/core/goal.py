"""What should be true in the end. The brain states goals; eyes judge them here, the scorer judges them by truth elsewhere.

Directions are the robot's own: it looks along +x, so left is +y, right is −y, behind a thing is farther from the
robot (+x) and in front of it is nearer (−x).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from pydantic import BaseModel, ConfigDict

from hiervla.core.footprint import edge_gap, footprint, gap, inside_distance
from hiervla.core.outcome import Check, Evidence, FailureKind
from hiervla.core.world import Detection, Surface, World

DIRECTIONS: dict[str, tuple[float, float]] = {
    "left": (0.0, 1.0),
    "right": (0.0, -1.0),
    "behind": (1.0, 0.0),
    "front": (-1.0, 0.0),
}
EDGES: dict[str, tuple[float, float]] = {
    "left edge": (0, 1),
    "right edge": (0, -1),
    "far edge": (1, 0),
    "near edge": (-1, 0),
}
BESIDE_MAX_GAP_M = 0.10
"""How far apart two things may stand and still be called beside each other."""


DEEP_M = 0.008
"""How far below the rim the bottom of a thing must lie to be in a container, not on its edge; less in a shallow one."""


class Goal(BaseModel):
    """One relation that should hold: ``in``, ``on``, ``beside``, ``at_distance``, ``holding``, ``hand_empty``, ``did``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relation: str
    subject: str = ""
    """Object id; for ``did`` the skill's name and arguments."""
    reference: str | None = None
    """Object id, ``table``, ``edge`` (the nearest one), or ``left edge`` / ``right edge`` / ``far edge`` / ``near edge``."""
    distance_m: float | None = None
    """For ``at_distance``: from the subject's outline to the reference's outline or edge."""
    tolerance_m: float = 0.012
    direction: str | None = None
    """left | right | front | behind: on which side of the reference."""

    def __str__(self) -> str:
        parts = [self.relation, self.subject]
        if self.reference:
            parts.append(self.reference)
        if self.distance_m is not None:
            parts.append(f"{self.distance_m * 100:.1f} cm")
        if self.direction:
            parts.append(self.direction)
        return f"{parts[0]}({', '.join(parts[1:])})"


def holds(goal: Goal, world: World) -> Check:
    """Does the goal hold in what this look saw? Yes only on this look's evidence; unseen is ``cannot_see``."""
    judge = RELATIONS.get(goal.relation)
    if judge is None:
        return Check.no(f"no relation called {goal.relation!r}", kind=FailureKind.PRECONDITION)
    return judge(goal, world)


def look_evidence(world: World, says: str, value: float | None = None) -> Evidence:
    """Evidence that cites the look ``world`` was built from."""
    return Evidence(source=f"look:{world.look_id}", says=says, value=value, time_s=world.time_s)


def table_edge(
    table: Surface, name: str, near: tuple[float, float]
) -> tuple[str, tuple[float, float], tuple[float, float]]:
    """The named edge of a table, or for ``edge`` the one nearest to a point: its name and two end points."""
    outline = table.outline
    sides = list(zip(outline, outline[1:] + outline[:1], strict=True))
    middle = np.mean(np.asarray(outline), axis=0)

    def facing(side: tuple[tuple[float, float], tuple[float, float]]) -> str:
        m = (np.asarray(side[0]) + np.asarray(side[1])) / 2 - middle
        return max(EDGES, key=lambda k: float(np.dot(m, EDGES[k])) / max(float(np.linalg.norm(m)), 1e-9))

    if name in EDGES:
        side = next((s for s in sides if facing(s) == name), sides[0])
        return name, side[0], side[1]
    side = min(sides, key=lambda s: edge_gap(np.asarray([near]), s[0], s[1]))
    return facing(side), side[0], side[1]


def distance_between(subject: Detection, reference: str, world: World) -> tuple[float, str]:
    """Gap in metres from a thing's outline to another thing or a table edge, and what was measured to.

    Raises:
        KeyError: the reference is neither an object in the world nor a table edge.
    """
    if reference == "edge" or reference in EDGES:
        table = world.table
        if table is None:
            raise KeyError("table")
        name, a, b = table_edge(table, reference, (subject.centre[0], subject.centre[1]))
        return edge_gap(footprint(subject), a, b), name
    return gap(footprint(subject), footprint(world.objects[reference])), reference


def _pair(goal: Goal, world: World) -> tuple[Detection, Detection] | Check:
    for name in (goal.subject, goal.reference or ""):
        if not world.seen_now(name):
            return Check.cannot_see(f"{name} is not seen in look {world.look_id}")
    return world.objects[goal.subject], world.objects[goal.reference or ""]


def _held(goal: Goal, world: World) -> Check | None:
    if world.held is not None and world.held.id == goal.subject:
        return Check.no(f"{goal.subject} is still in the hand", kind=FailureKind.MISPLACED)
    return None


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
    if (held := _held(goal, world)) is not None:
        return held
    pair = _pair(goal, world)
    if isinstance(pair, Check):
        return pair
    a, b = pair
    off = math.dist(a.centre[:2], b.centre[:2])
    room = inside_distance(footprint(b), a.centre[:2])
    says = f"{a.id} lies {off * 100:.1f} cm from the middle of {b.id}, its bottom {(b.top_z - a.bottom_z) * 100:.1f} cm below the rim"
    seen = look_evidence(world, says, off)
    if rests_in(a, b, world) and room > 0 and b.top_z - a.bottom_z >= min(DEEP_M, 0.25 * b.size[2]):
        return Check.yes(f"{a.id} is in {b.id}", seen)
    return Check.no(f"{a.id} is not in {b.id}: it rests on {a.support}", seen, kind=FailureKind.MISPLACED)


def _on(goal: Goal, world: World) -> Check:
    if (held := _held(goal, world)) is not None:
        return held
    if goal.reference == "table":
        if not world.seen_now(goal.subject):
            return Check.cannot_see(f"{goal.subject} is not seen in look {world.look_id}")
        a = world.objects[goal.subject]
        seen = look_evidence(world, f"{a.id} rests on {a.support}, bottom at {a.bottom_z * 100:.1f} cm", a.bottom_z)
        if a.support == "table":
            return Check.yes(f"{a.id} is on the table", seen)
        return Check.no(f"{a.id} is not on the table but on {a.support}", seen, kind=FailureKind.MISPLACED)
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


def on_side(goal_direction: str, subject: Detection, reference: Detection) -> bool:
    """True when the subject lies within 45° of the named side of the reference."""
    v = np.asarray(subject.centre[:2]) - np.asarray(reference.centre[:2])
    towards = float(v @ np.asarray(DIRECTIONS[goal_direction]))
    return towards > 0 and towards >= float(np.linalg.norm(v)) * math.cos(math.radians(45))


def _beside(goal: Goal, world: World) -> Check:
    if (held := _held(goal, world)) is not None:
        return held
    pair = _pair(goal, world)
    if isinstance(pair, Check):
        return pair
    a, b = pair
    apart = gap(footprint(a), footprint(b))
    seen = look_evidence(world, f"{apart * 100:.1f} cm between {a.id} and {b.id}", apart)
    if a.support == b.id or b.support == a.id:
        return Check.no(f"{a.id} and {b.id} rest on each other", seen, kind=FailureKind.MISPLACED)
    if not -0.01 <= apart <= BESIDE_MAX_GAP_M:
        return Check.no(f"{a.id} is {apart * 100:.1f} cm from {b.id}, not beside it", seen, kind=FailureKind.MISPLACED)
    if goal.direction and not on_side(goal.direction, a, b):
        return Check.no(f"{a.id} is not on the {goal.direction} side of {b.id}", seen, kind=FailureKind.MISPLACED)
    return Check.yes(f"{a.id} is beside {b.id}", seen)


def _at_distance(goal: Goal, world: World) -> Check:
    if (held := _held(goal, world)) is not None:
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
}
"""Perceived evaluators by relation. A content file may register more; ``did`` is judged by the graph from outcomes."""
