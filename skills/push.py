"""Push a thing over the table with the finger tips."""

import math
from dataclasses import replace
from typing import Literal

import numpy as np

from hiervla.core import resting, spots
from hiervla.core.dragging import drag_frames, drag_grasp, topples
from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import DIRECTIONS, EDGES, Goal
from hiervla.core.grasp import expected_width
from hiervla.core.judging import look_evidence
from hiervla.core.motion import out_of_sight
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.pushing import choose_plan, stroke_frames
from hiervla.core.relations import holds
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Destination, Keyframe, Task
from hiervla.core.world import Detection, World

USUAL_M = 0.10
"""How far when nobody says."""
TOUCH_M = 0.004
"""Gap that is left to what a thing is pushed up to."""
NEAR_M = 0.015
"""A thing that was pushed up to another is no farther from it than this."""
TOLERANCE_M = 0.018
"""How far from its goal a pushed thing may come to lie."""


class Push(Skill):
    """Push an object that stands on the table: some way in a direction, to or towards another thing, or to a position."""

    target: str
    """Id of the object to push."""
    direction: Literal["left", "right", "front", "behind"] | None = None
    """Which way, from the robot's point of view; front is towards the robot."""
    distance_m: float | None = None
    """How far, metres; 10 cm with a direction when left out, with a reference as far as it goes."""
    reference: str | None = None
    """Object id, zone or table edge to push it towards."""
    position: tuple[float, float] | None = None
    """Where its middle shall come to lie, metres."""

    max_seconds = 45.0
    passes = 3
    says = {
        "en": ["push", "shove", "nudge"],
        "zh": ["推", "推到", "推动", "推向", "推开"],
    }

    def can_start(self, world: World) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.fixed:
            return Check.no(f"{d.id} is fixed", kind=FailureKind.PRECONDITION)
        if d.support != "table":
            return Check.no(f"{d.id} does not stand on the table but {d.relation} {d.support}", kind=FailureKind.PRECONDITION)  # fmt: skip
        if on_it := [o.id for o in world.objects.values() if o.support == d.id and o.relation != "in"]:
            return Check.no(f"{', '.join(on_it)} rests on {d.id} and would fall", kind=FailureKind.BLOCKED)
        return super().can_start(world)

    def effects(self):
        if self.position is None:
            return ()  # where it will lie depends on where it lies now: ``done`` measures from there
        return (
            Goal(relation="at", subject=self.target, position=self.position, tolerance_m=TOLERANCE_M, by="push"),
        )  # fmt: skip

    def goal_spot(self, world: World, limits=None) -> tuple[float, float]:
        """Where its middle shall come to lie (x, y), metres.

        Raises:
            ToolError: it is not said where to, or there is no way to tell.
        """
        d = world.objects[self.target]
        x, y = d.centre[:2]
        if self.position is not None:
            return self.position
        if self.direction is not None and self.reference is None:
            ux, uy = DIRECTIONS[self.direction]
            far = USUAL_M if self.distance_m is None else self.distance_m
            return x + ux * far, y + uy * far
        if self.reference is None:
            raise ToolError("push it which way? give a direction, a reference or a position", FailureKind.PRECONDITION)
        end = self._up_to(d, world)
        if self.distance_m is None:
            return end
        whole = math.dist(end, (x, y))
        part = min(1.0, self.distance_m / max(whole, 1e-6))
        return x + (end[0] - x) * part, y + (end[1] - y) * part

    def _up_to(self, d: Detection, world: World) -> tuple[float, float]:
        x, y = d.centre[:2]
        if self.reference in world.zones:
            return resting.into_zone(d, d.yaw, world.zones[self.reference], world, (x, y))
        if self.reference == "edge" or self.reference in EDGES:
            return spots.before_edge(d, world, self.reference, 0.02)
        other = world.objects[self.reference]
        if gap(footprint(d), footprint(other)) <= TOUCH_M + 0.002:
            raise ToolError(f"{d.id} already touches {other.id}", FailureKind.PRECONDITION)
        towards = math.atan2(y - other.centre[1], x - other.centre[0])
        return spots.at_gap(d, d.yaw, other, towards, TOUCH_M)

    def destination(self, at: Ground):
        d = at.object(self.target)
        return Destination((*self._spot(at), d.centre[2]), d.yaw)

    def _spot(self, at: Ground) -> tuple[float, float]:
        """Where it shall come to lie (x, y): as seen before the first pass, but up to a thing as that stands now."""
        up_to = self.reference is not None and self.distance_m is None
        return self.goal_spot(at.before if at.before is not None and not up_to else at.world)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        goal = self._spot(at)
        if math.dist(goal, d.centre[:2]) < 0.005:
            raise ToolError(f"{d.id} is there already", FailureKind.PRECONDITION)
        if drawn := self._drawn(d, goal, at):
            return [*drawn, *out_of_sight(at)]
        strokes = choose_plan(d, goal, at, self.reference or "")
        frames = [f for k, stroke in enumerate(strokes) for f in stroke_frames(at, d, stroke, first=k == 0)]
        return [*frames, *out_of_sight(at)]

    def _drawn(self, d: Detection, goal: tuple[float, float], at: Ground) -> list[Keyframe]:
        """Of what a push would topple: drawn over the table between the fingers, where that is possible; else nothing."""
        if not topples(d, goal, at.gripper):
            return []
        try:
            return drag_frames(d, goal, at, self.reference or "")
        except ToolError:
            return []

    def ground(self, at: Ground) -> Task:
        task = super().ground(at)
        if not any(f.name == "slide" for f in task.keyframes):
            return task
        return replace(task, **expected_width(drag_grasp(at.object(self.target), at)))

    def done(self, before: World, now: World, trace) -> Check:
        goal = self.goal_spot(before)
        up_to = self.reference in before.objects and self.distance_m is None
        within = NEAR_M - TOUCH_M if up_to else TOLERANCE_M
        check = holds(Goal(relation="at", subject=self.target, position=goal, tolerance_m=within, by="push"), now)
        touches = self._touches(before, now)
        if check.answer != "yes" and not (check.answer == "no" and touches):
            return check
        if up_to and not now.seen_now(str(self.reference)):  # nobody has seen that it still stands there
            return Check.cannot_see(f"{self.reference} is not seen in look {now.look_id}", *check.evidence)
        if up_to and not touches:  # what it was to be pushed up to has moved away
            why = f"{self.target} stopped short of {self.reference}"
            return Check.no(why, *check.evidence, kind=FailureKind.MISPLACED)
        was, d = np.asarray(before.objects[self.target].centre[:2]), now.objects[self.target]
        far = float(np.linalg.norm(np.asarray(d.centre[:2]) - was))
        seen = look_evidence(now, f"{d.id} lies {far * 100:.1f} cm from where it lay", far)
        if d.support != "table":
            return Check.no(f"{d.id} rests on {d.support} now", seen, kind=FailureKind.MISPLACED)
        if d.posture != before.objects[self.target].posture:
            return Check.no(f"{d.id} has toppled", seen, kind=FailureKind.TOPPLED)
        return Check.yes(f"{d.id} was pushed {far * 100:.1f} cm", seen, *check.evidence)

    def _touches(self, before: World, now: World) -> bool:
        """Pushed up to a thing: being right beside it counts, wherever round it that is."""
        if self.reference not in now.objects or self.distance_m is not None:
            return False
        if not now.seen_now(self.reference) or not now.seen_now(self.target):
            return False
        return gap(footprint(now.objects[self.target]), footprint(now.objects[self.reference])) <= NEAR_M
