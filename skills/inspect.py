"""Look at a thing from close by, with the camera at the wrist."""

import math

import numpy as np

from hiervla.core.grasp import bearing
from hiervla.core.motion import clear_height, rise
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe

ABOVE_M = 0.20
"""Height of the grasp centre over the thing's top: its surroundings are in view, and so is the table."""
BACK_M = 0.03
"""The wrist camera sits before the hand and looks down past it: standing off a little puts the thing in the middle."""


class Inspect(Skill):
    """Hold the wrist camera over an object, to see into it or behind it. Changes nothing."""

    target: str
    """Id of the object to look at or into."""

    says = {"en": ["inspect", "look into", "look closely at"], "zh": ["仔细看", "检查"]}
    max_seconds = 15.0

    def keyframes(self, at: Ground):
        d = at.object(self.target)
        yaw = bearing((d.centre[0], d.centre[1]), at.limits.base)
        x, y = d.centre[0] + BACK_M * math.cos(yaw), d.centre[1] + BACK_M * math.sin(yaw)
        held = 1.0 if at.world.held is not None else 0.0
        high = min(max(d.top_z + ABOVE_M, clear_height(at.world)), at.limits.highest(x, y))
        over = np.array([x, y, high])
        return [*rise(at, high, held), Keyframe("approach", over, yaw, held, tolerance_m=0.02)]
