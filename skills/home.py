"""Go back to the resting pose."""

import numpy as np

from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe


class Home(Skill):
    """Move the hand to its resting pose, out of the cameras' way, keeping whatever it holds."""

    says = {"en": ["go home", "home", "return home", "park"], "zh": ["回到初始位置", "回家", "归位", "回原位", "复位"]}

    def keyframes(self, at: Ground):
        if at.home is None:
            return []
        held = at.world.held is not None
        up = min(max(float(at.hand.position[2]), 0.30), at.limits.highest(*at.hand.position[:2]))
        return [
            Keyframe(
                "rise", np.array([*at.hand.position[:2], up]), at.hand.yaw, 1.0 if held else 0.0, tolerance_m=0.03
            ),
            Keyframe("home", at.home.position, at.home.yaw, 1.0 if held else 0.0, tolerance_m=0.02),
        ]
