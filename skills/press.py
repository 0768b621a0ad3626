"""Press a button."""

from dataclasses import replace

import numpy as np

from hiervla.core.grasp import bearing
from hiervla.core.motion import clear_height, rise
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe, Task
from hiervla.core.world import World

DEEP_M = 0.012
"""How far below a button's top the tips are sent: less than it stands out, more than it gives."""
FELT_N = 12.0
"""Force at which a button has come against its end."""
LEAST_M, MOST_M = 0.002, 0.016
"""Between these depths below the button's top the finger tips must have been when they felt it."""


class Press(Skill):
    """Press a button with closed fingers until it gives no further, and let it come up again."""

    target: str
    """Id of the button."""

    max_seconds = 25.0
    says = {"en": ["press", "push down", "push … down"], "zh": ["按", "按下", "按一下"]}

    def can_start(self, world: World) -> Check:
        d = world.objects[self.target]
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if d.label != "button":
            return Check.no(f"{d.id} is no button", kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        x, y, top = d.grasp_at or (d.centre[0], d.centre[1], d.top_z)
        yaw, speed = bearing((x, y), at.limits.base), at.handling.speed
        high = min(max(top + 0.08, clear_height(at.world)), at.limits.highest(x, y))
        over, near = np.array([x, y, high]), np.array([x, y, top + at.gripper.tip_m + 0.012])
        down = np.array([x, y, top + at.gripper.tip_m - DEEP_M])
        return [
            *rise(at, high, 1.0),
            Keyframe("approach", over, yaw, 1.0, speed, 0.006),
            Keyframe("descend", near, yaw, 1.0, 0.5 * speed, 0.004),
            Keyframe("press", down, yaw, 1.0, 0.05 * speed, 0.0015, until_n=FELT_N),
            Keyframe("retreat", over, yaw, 1.0, 0.5 * speed, 0.02),
        ]

    def ground(self, at: Ground) -> Task:
        d = at.object(self.target)
        return replace(super().ground(at), touches=(d.part_of or d.id,))

    def done(self, before: World, now: World, trace) -> Check:
        d = before.objects[self.target]
        top = d.grasp_at[2] if d.grasp_at else d.top_z
        tip = trace.task.keyframes[-2].position[2] - (top - DEEP_M)  # how far tips reach below the grasp centre
        felt = [
            (force, top - (hand[2] - tip))
            for force, hand, phase in zip(trace.forces, trace.hands, trace.phases, strict=True)
            if phase == "press"
        ]
        if not felt:
            return Check.no(f"the hand did not come down on {d.id}", kind=FailureKind.STALLED)
        force, deep = max(felt)
        seen = trace.evidence(
            "wrist_force", f"{force:.0f} N with the tips {deep * 1000:.0f} mm below the button's top", force
        )
        if force < FELT_N:
            return Check.no(f"nothing was felt where {d.id} should be", seen, kind=FailureKind.MISPLACED)
        if not LEAST_M <= deep <= MOST_M:
            return Check.no(
                f"what was felt lies {deep * 1000:.0f} mm below the top of {d.id}", seen, kind=FailureKind.MISPLACED
            )
        return Check.yes(f"{d.id} was pressed to its end", seen)
