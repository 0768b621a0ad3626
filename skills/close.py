"""Close a drawer."""

import math
from dataclasses import replace

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.fixtures import CLOSED_M
from hiervla.core.geometry import vec3
from hiervla.core.goal import Goal
from hiervla.core.grasp import comfortable_yaw
from hiervla.core.motion import clear_height, rise
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Destination, Keyframe, Task

HALF_HANDLE_M = 0.0175
"""From the middle of a handle to its outer end."""
BEFORE_M = 0.025
"""Free way before the handle when the push begins."""
BEYOND_M = 0.010
"""How far past the closed position the push aims: it ends when the drawer comes against its stop."""
SOFTLY_M, CREEPING_M = 0.015, 0.006
"""The last of the way is gone slowly, and the very last at a creep: an arm told to go 1 mm into a stop pushes with 50 N."""
STOP_N = 20.0
"""Force at which it has come against it."""


class Close(Skill):
    """Close a drawer: push it in by its handle with closed fingers. The hand must be empty."""

    target: str
    """Id of the drawer."""

    max_seconds = 30.0
    says = {"en": ["close", "shut", "push … shut"], "zh": ["关上", "关闭", "合上", "关"]}

    def can_start(self, world) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.opens is None or d.grasp_at is None or d.opening_m is None or not d.hollow:
            return Check.no(f"{d.id} is nothing that closes", kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def effects(self):
        return (Goal(relation="closed", subject=self.target),)

    def destination(self, at: Ground):
        d = at.object(self.target)
        return Destination(vec3(np.array(d.grasp_at) - d.opening_m * np.array([*d.opens, 0.0])), d.yaw)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        if d.opening_m <= 0.5 * CLOSED_M:
            raise ToolError(f"{d.id} is closed already", FailureKind.PRECONDITION)
        out = np.array([*d.opens, 0.0])
        touch = np.array(d.grasp_at) + (HALF_HANDLE_M + at.gripper.tip_front_m) * out + at.handling.offset_m
        begin, end = touch + BEFORE_M * out, touch - (d.opening_m + BEYOND_M) * out
        ways = [(SOFTLY_M, 0.2), (CREEPING_M, 0.05)]  # to so much before it is shut, at this speed
        yaw = comfortable_yaw(math.atan2(out[1], out[0]), (begin[0], begin[1]), at.limits.base)
        high = min(max(begin[2] + 0.08, clear_height(at.world)), at.limits.highest(begin[0], begin[1]))
        speed = at.handling.speed
        back = end + 0.03 * out
        up = min(high, at.limits.highest(back[0], back[1]))
        return [
            *rise(at, high, 1.0),
            Keyframe("approach", np.array([*begin[:2], high]), yaw, 1.0, speed, 0.008),
            Keyframe("descend", begin, yaw, 1.0, 0.5 * speed, 0.004),
            *(
                Keyframe("push", touch - (d.opening_m - left) * out, yaw, 1.0, fast * speed, 0.4 * left)
                for left, fast in ways
                if d.opening_m > left
            ),
            Keyframe("push", end, yaw, 1.0, 0.0125 * speed, 0.002, until_n=STOP_N),
            Keyframe("withdraw", back, yaw, 1.0, 0.3 * speed, 0.008),
            Keyframe("retreat", np.array([*back[:2], up]), yaw, 1.0, 0.8 * speed, 0.02),
        ]

    def ground(self, at: Ground) -> Task:
        d = at.object(self.target)
        return replace(super().ground(at), touches=(d.part_of or d.id,))
