"""Ready-made keyframes for skills of one's own: touch, hover, point. Hand straight down, metres, world frame."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.grasp import bearing
from hiervla.core.skill import Ground
from hiervla.core.task import Keyframe
from hiervla.core.world import World

ABOVE_M = 0.10


def clear_height(world: World, margin_m: float = 0.06) -> float:
    """Height at which an empty hand passes over everything in view, metres."""
    return max([0.0, *[o.top_z for o in world.objects.values()]]) + margin_m


def rise(at: Ground, height: float, gripper: float) -> list[Keyframe]:
    """Straight up to a height first, when the hand is lower than that; else nothing."""
    x, y, z = at.hand.position
    if z > height - 0.02:
        return []
    return [Keyframe("rise", np.array([x, y, height]), at.hand.yaw, gripper, tolerance_m=0.02)]


def out_of_sight(at: Ground) -> list[Keyframe]:
    """Closed and at rest once done, where that is known: the look that follows then sees all that was moved."""
    if at.home is None:
        return []
    return [Keyframe("home", at.home.position, at.home.yaw, 1.0, tolerance_m=0.03)]


def hover(at: Ground, target: str, above_m: float = ABOVE_M, gripper: float = 1.0) -> list[Keyframe]:
    """Go to ``above_m`` over the top of an object, closed unless said otherwise.

    Raises:
        KeyError: the object is not in view.
    """
    d = at.object(target)
    yaw = bearing((d.centre[0], d.centre[1]), at.limits.base)
    high = max(d.top_z + above_m, clear_height(at.world))
    high = min(high, at.limits.highest(d.centre[0], d.centre[1]))
    over = np.array([d.centre[0], d.centre[1], high])
    return [*rise(at, high, gripper), Keyframe("approach", over, yaw, gripper, tolerance_m=0.008)]


def touch(at: Ground, target: str) -> list[Keyframe]:
    """Come down on the top of an object with closed fingers until it is touched, and rise again."""
    d = at.object(target)
    over = hover(at, target)
    top = np.array([d.centre[0], d.centre[1], d.top_z + at.gripper.tip_m - 0.002])
    return [
        *over,
        Keyframe("descend", top, over[-1].yaw, 1.0, speed=0.3, tolerance_m=0.005, guarded=True),
        Keyframe("retreat", over[-1].position, over[-1].yaw, 1.0, tolerance_m=0.02),
    ]


def take(at: Ground, spot: Array, yaw: float, width_m: float, spare_m: float = 0.03) -> list[Keyframe]:
    """Come down on a handle, knob or edge at ``spot`` (3,) and close the fingers on it; ``width_m`` is its breadth."""
    opened, speed = at.gripper.command(min(at.gripper.opening_m, width_m + spare_m)), at.handling.speed
    high = min(max(spot[2] + 0.08, clear_height(at.world)), at.limits.highest(spot[0], spot[1]))
    over = np.array([spot[0], spot[1], high])
    return [
        *rise(at, high, opened),
        Keyframe("approach", over, yaw, opened, speed, 0.006),
        Keyframe("descend", spot, yaw, opened, 0.5 * speed, 0.0015),
        Keyframe("close", spot, yaw, 1.0, settle=True, tolerance_m=0.02),
    ]


def let_go(at: Ground, spot: Array, yaw: float, width_m: float, spare_m: float = 0.03) -> list[Keyframe]:
    """Open the fingers a little at ``spot`` (3,), rise, and close them: between open ones eyes may see a thing as held."""
    opened, speed = at.gripper.command(min(at.gripper.opening_m, width_m + spare_m)), at.handling.speed
    high = min(max(spot[2] + 0.08, clear_height(at.world)), at.limits.highest(spot[0], spot[1]))
    clear = np.array([spot[0], spot[1], min(spot[2] + 0.05, high)])
    return [
        Keyframe("open", spot, yaw, opened, settle=True, tolerance_m=0.03),
        Keyframe("retreat", clear, yaw, opened, 0.6 * speed, 0.01),
        Keyframe("retreat", np.array([spot[0], spot[1], high]), yaw, 1.0, 0.8 * speed, 0.02),
    ]
