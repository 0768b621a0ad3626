"""Ready-made keyframes for skills of one's own: touch, hover, point. Hand straight down, metres, world frame."""

from __future__ import annotations

import numpy as np

from hiervla.core.grasp import bearing
from hiervla.core.skill import Ground
from hiervla.core.task import Keyframe

ABOVE_M = 0.10


def hover(at: Ground, target: str, above_m: float = ABOVE_M, gripper: float = 1.0) -> list[Keyframe]:
    """Go to ``above_m`` over the top of an object, closed unless said otherwise.

    Raises:
        KeyError: the object is not in view.
    """
    d = at.object(target)
    yaw = bearing((d.centre[0], d.centre[1]), at.limits.base)
    high = max(d.top_z + above_m, max(o.top_z for o in at.world.objects.values()) + 0.06)
    here = at.hand.position
    rise = (
        [Keyframe("rise", np.array([here[0], here[1], high]), at.hand.yaw, gripper, tolerance_m=0.02)]
        if here[2] < high - 0.02
        else []
    )
    return [*rise, Keyframe("approach", np.array([d.centre[0], d.centre[1], high]), yaw, gripper, tolerance_m=0.008)]


def touch(at: Ground, target: str) -> list[Keyframe]:
    """Come down on the top of an object with closed fingers until it is touched, and rise again."""
    d = at.object(target)
    over = hover(at, target)
    top = np.array([d.centre[0], d.centre[1], d.top_z + 0.008])
    return [
        *over,
        Keyframe("descend", top, over[-1].yaw, 1.0, speed=0.3, tolerance_m=0.005, guarded=True),
        Keyframe("retreat", over[-1].position, over[-1].yaw, 1.0, tolerance_m=0.02),
    ]
