"""Move a slider along its rail."""

import math
from dataclasses import replace
from typing import Literal

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.goal import Goal
from hiervla.core.grasp import comfortable_yaw
from hiervla.core.motion import let_go, take
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.relations import holds
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe, Task

KNOB_M = 0.02
SPARE_M = 0.024
SURE_M = 0.009
"""A knob that is seen farther than this from where it shall stand may in truth be out of its tolerance."""
GRIP_N = 6.0
"""Enough to move it. What cannot give way upwards or sideways presses on the hand through a firmer grip."""


class Slide(Skill):
    """Move a slider's knob along its rail to a distance from its first end, or to one of the ends."""

    target: str
    """Id of the slider."""
    distance_m: float | None = None
    """How far from the first end it shall stand, metres."""
    to: Literal["start", "end"] | None = None
    """Instead of a distance: the first end or the other one; left out both: the end that is farther away."""

    max_seconds = 30.0
    says = {"en": ["slide", "slide … over"], "zh": ["滑动", "拨", "拨到", "滑到"]}

    def can_start(self, world) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.opens is None or d.grasp_at is None or d.opening_m is None or d.travel_m is None or d.hollow:
            return Check.no(f"{d.id} is nothing that slides", kind=FailureKind.PRECONDITION)
        if self.distance_m is not None and not 0 <= self.distance_m <= d.travel_m + 0.005:
            why = f"{d.id} slides from 0 to {d.travel_m * 100:.0f} cm, not to {self.distance_m * 100:.1f}"
            return Check.no(why, kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def effects(self):
        if self.distance_m is None:
            return ()  # where the end is, a look must say
        return (Goal(relation="slid", subject=self.target, distance_m=self.distance_m),)

    def wanted(self, d) -> float:
        """Where the knob shall stand, metres from its first end."""
        if self.distance_m is not None:
            return self.distance_m
        if self.to is not None:
            return 0.0 if self.to == "start" else d.travel_m
        return 0.0 if d.opening_m > d.travel_m / 2 else d.travel_m

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        far = self.wanted(d) - d.opening_m
        if abs(far) < 0.004:
            raise ToolError(f"{d.id} stands there already", FailureKind.PRECONDITION)
        axis = np.array([*d.opens, 0.0])
        grip = np.array(d.grasp_at) + at.handling.offset_m
        end = grip + far * axis
        # One finger before the knob and one behind it: it cannot slip out on the way.
        yaw = comfortable_yaw(math.atan2(axis[1], axis[0]) - math.pi / 2, (grip[0], grip[1]), at.limits.base)
        move = Keyframe("slide", end, yaw, 1.0, 0.15 * at.handling.speed, 0.003, until_n=22.0)
        return [*take(at, grip, yaw, KNOB_M, SPARE_M), move, *let_go(at, end, yaw, KNOB_M, SPARE_M)]

    def ground(self, at: Ground) -> Task:
        d = at.object(self.target)
        width = (0.5 * KNOB_M, KNOB_M + 0.012)
        soft = at.handling.model_copy(update={"grip_force_n": min(GRIP_N, at.handling.grip_force_n)})
        return replace(
            super().ground(at),
            handling=soft,
            expected_width_m=KNOB_M,
            width_range_m=width,
            touches=(d.part_of or d.id,),
        )

    def done(self, before, now, trace) -> Check:
        was, d = before.objects[self.target], now.objects.get(self.target)
        wanted = self.wanted(was)
        if d is not None and d.travel_m is not None and abs(d.travel_m - was.travel_m) > KNOB_M:
            return Check.cannot_see(f"the rail of {d.id} is partly hidden in look {now.look_id}")
        if d is not None and d.opens is not None and np.dot(d.opens, was.opens) < 0:
            wanted = was.travel_m - wanted  # a rail that lies slantwise may be read from its other end this time
        check = holds(Goal(relation="slid", subject=self.target, distance_m=wanted), now)
        if check and d is not None and d.opening_m is not None and abs(d.opening_m - wanted) > SURE_M:
            why = f"{d.id} is at {d.opening_m * 100:.1f} cm, not surely near {wanted * 100:.1f}"
            return Check.no(why, *check.evidence, kind=FailureKind.MISPLACED)
        return check
