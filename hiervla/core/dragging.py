"""How to move a thing over the table that would topple when pushed: taken between the fingers, and not lifted. Metres, rad."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.grasp import Grasp, bearing, choose_grasp, hand_room
from hiervla.core.motion import clear_height, rise
from hiervla.core.outcome import FailureKind
from hiervla.core.pushing import Spot, Stroke, check_way, push_height, way_yaw
from hiervla.core.skill import Ground
from hiervla.core.task import Gripper, Keyframe
from hiervla.core.world import Detection

PACE = 0.2
"""Fraction of the step limit on the way."""
ROOM_M = 0.002


def topples(d: Detection, goal: Spot, gripper: Gripper) -> bool:
    """Would a push tip it over? So when even the finger tips press higher than half as far as it is deep that way.

    Things rub on a table about as hard as they weigh: pressed higher than that they tilt before they slide.
    """
    lowest = push_height(d, gripper) - gripper.tip_m - d.bottom_z
    if d.round:
        return lowest > (d.size[0] + d.size[1]) / 4
    along = math.atan2(goal[1] - d.centre[1], goal[0] - d.centre[0]) - d.yaw
    half = d.size[0] / 2 if abs(math.cos(along)) > abs(math.sin(along)) else d.size[1] / 2
    return lowest > half


def drag_grasp(d: Detection, at: Ground) -> Grasp:
    """How to take it: around the whole of it where it fits between the fingers, else by its rim.

    Raises:
        ToolError: it cannot be taken.
    """
    return choose_grasp(d, at.world, at.gripper, at.limits.base, at.handling.yaw_offset_rad, around=True)


def drag_frames(d: Detection, goal: Spot, at: Ground, to: str = "") -> list[Keyframe]:
    """Take it, draw it straight over the table, let go and rise. ``to`` is what it is brought up to.

    Raises:
        ToolError: it cannot be taken, its way or the hand's place at the end is not free, or is out of reach.
    """
    g = drag_grasp(d, at)
    start = np.asarray(g.position[:2]) + at.handling.offset_m[:2]
    end = start + np.subtract(goal, d.centre[:2])
    z = g.position[2] + at.handling.offset_m[2]
    yaw = way_yaw(g.yaw, start, end, at.limits.base)
    spots = [(float(p[0]), float(p[1])) for p in (start, end)]
    if any(abs(yaw - bearing(p, at.limits.base)) > at.gripper.wrist_free_rad for p in spots):
        raise ToolError(f"the wrist cannot stay turned so all the way with {d.id}", FailureKind.UNREACHABLE)
    check_way(d, Stroke((d.centre[0], d.centre[1]), goal, spots[0], spots[1], yaw, g.opening_m), at.world, at, to)
    if hand_room((*spots[1], z), yaw, g.opening_m, at.world, (d.id,), at.gripper) < ROOM_M:
        raise ToolError(f"there is no room to let go of {d.id} there", FailureKind.BLOCKED)
    opened, speed, high = at.gripper.command(g.opening_m), at.handling.speed, clear_height(at.world)
    over, up = (min(max(high, z + 0.08), at.limits.highest(*p)) for p in spots)
    return [
        *rise(at, over, opened),
        Keyframe("approach", np.array([*start, over]), yaw, opened, speed, 0.008),
        Keyframe("descend", np.array([*start, z]), yaw, opened, 0.6 * speed, 0.004),
        Keyframe("close", np.array([*start, z]), yaw, 1.0, settle=True, tolerance_m=0.02),
        Keyframe("slide", np.array([*end, z]), yaw, 1.0, PACE * speed, 0.002),
        Keyframe("open", np.array([*end, z]), yaw, opened, settle=True, tolerance_m=0.03),
        Keyframe("retreat", np.array([*end, up]), yaw, opened, 0.8 * speed, 0.02),
    ]
