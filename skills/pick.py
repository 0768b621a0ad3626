"""Take hold of an object and lift it."""

from dataclasses import replace

import numpy as np

from hiervla.core.goal import Goal
from hiervla.core.grasp import choose_grasp, expected_width
from hiervla.core.motion import clear_height, rise
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe, Task

LIFT_M = 0.14
RIM_LIFT_M = 0.20
"""What is held by its rim hangs low."""


class Pick(Skill):
    """Grasp the target from above and lift it off what it stands on. The hand must be empty."""

    target: str
    """Id of the object to take."""

    grip = "gain"
    max_seconds = 25.0
    says = {
        "en": ["pick up", "pick … up", "pick", "grab", "take", "grasp", "lift", "lift up", "lift … up", "hold", "get"],
        "zh": ["拿起", "拿起来", "抓起", "抓起来", "抓住", "抓取", "捡起", "捡起来", "举起", "拿", "抓", "取"],
    }

    def can_start(self, world) -> Check:
        carried = [d.id for d in world.objects.values() if d.support == self.target and d.id != self.target]
        if carried:
            return Check.no(f"{', '.join(carried)} rests on {self.target}", kind=FailureKind.BLOCKED)
        return super().can_start(world)

    def effects(self):
        return (Goal(relation="holding", subject=self.target),)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        g = choose_grasp(d, at.world, at.gripper, at.limits.base, at.handling.yaw_offset_rad)
        p = np.array(g.position) + at.handling.offset_m
        roof = at.limits.highest(p[0], p[1])
        high = min(max(p[2] + 0.10, clear_height(at.world)), roof)
        over, lifted = (
            np.array([p[0], p[1], high]),
            np.array([p[0], p[1], min(p[2] + (RIM_LIFT_M if g.rim else LIFT_M), roof)]),
        )
        opened, speed = at.gripper.command(g.opening_m), at.handling.speed
        return [
            *rise(at, high, opened),
            Keyframe("approach", over, g.yaw, opened, speed=speed, tolerance_m=0.008),
            Keyframe("descend", p, g.yaw, opened, speed=0.6 * speed, tolerance_m=0.004),
            Keyframe("close", p, g.yaw, 1.0, settle=True, tolerance_m=0.02),
            Keyframe("lift", lifted, g.yaw, 1.0, speed=0.8 * speed, tolerance_m=0.015),
        ]

    def ground(self, at: Ground) -> Task:
        grasp = choose_grasp(at.object(self.target), at.world, at.gripper, at.limits.base, at.handling.yaw_offset_rad)
        return replace(super().ground(at), **expected_width(grasp))
