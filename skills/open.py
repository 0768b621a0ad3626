"""Open a drawer."""

import math
from dataclasses import replace

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.fixtures import open_enough_m
from hiervla.core.geometry import vec3
from hiervla.core.goal import Goal
from hiervla.core.grasp import comfortable_yaw
from hiervla.core.motion import let_go, take
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Destination, Keyframe, Task
from hiervla.core.world import Detection

HANDLE_M = 0.014
"""Breadth of a handle along the front."""
USUAL_M = 0.105
"""How far out a drawer is pulled when its travel cannot be told."""
SHORT_M = 0.012
"""It is pulled to this much before its end, so that it does not come against its stop."""
OUTWARDS_M = 0.005
"""The fingers take a handle a little before its middle: the palm stays clear of the front."""


GRIP_N = 6.0
"""Enough to move it. What cannot give way upwards or sideways presses on the hand through a firmer grip."""


class Open(Skill):
    """Open a drawer: take its handle from above, pull it straight out, let go. The hand must be empty."""

    target: str
    """Id of the drawer."""

    max_seconds = 30.0
    says = {"en": ["open", "pull open", "pull … open"], "zh": ["打开", "拉开"]}

    def can_start(self, world) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.opens is None or d.grasp_at is None or d.opening_m is None or not d.hollow:
            return Check.no(f"{d.id} is nothing that opens", kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def effects(self):
        return (Goal(relation="open", subject=self.target),)

    def _far(self, d: Detection) -> float:
        """By how much it is still to be pulled out, metres."""
        far = (d.travel_m - SHORT_M if d.travel_m is not None else USUAL_M) - d.opening_m
        if far < 0.005 or d.opening_m >= open_enough_m(d) + 0.02:
            raise ToolError(f"{d.id} is open already", FailureKind.PRECONDITION)
        return far

    def destination(self, at: Ground):
        d = at.object(self.target)
        return Destination(vec3(np.array(d.grasp_at) + self._far(d) * np.array([*d.opens, 0.0])), d.yaw)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        far, out = self._far(d), np.array([*d.opens, 0.0])
        grip = np.array(d.grasp_at) + OUTWARDS_M * out + at.handling.offset_m
        end = grip + far * out
        # The fingers close along the front: square to the way it opens.
        yaw = comfortable_yaw(math.atan2(out[1], out[0]), (grip[0], grip[1]), at.limits.base)
        pull = Keyframe("pull", end, yaw, 1.0, 0.25 * at.handling.speed, 0.006, until_n=22.0)
        return [*take(at, grip, yaw, HANDLE_M), pull, *let_go(at, end, yaw, HANDLE_M)]

    def ground(self, at: Ground) -> Task:
        d = at.object(self.target)
        width = (0.5 * HANDLE_M, HANDLE_M + 0.014)
        soft = at.handling.model_copy(update={"grip_force_n": min(GRIP_N, at.handling.grip_force_n)})
        return replace(
            super().ground(at),
            handling=soft,
            expected_width_m=HANDLE_M,
            width_range_m=width,
            touches=(d.part_of or d.id,),
        )
