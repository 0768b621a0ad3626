"""Fingers inside a box or drawer: how far they must come away from its walls."""

from __future__ import annotations

import numpy as np

from hiervla.core.footprint import rectangle
from hiervla.core.geometry import Array
from hiervla.core.task import Gripper
from hiervla.core.world import Detection

WALL_M = 0.008
"""Thickness of a wall, and a little to spare."""


def away_from_walls(container: Detection, hand: Array, yaw: float, opening_m: float, gripper: Gripper) -> Array:
    """By how much (2,) a hand at ``hand`` (2,) m must be moved so that both fingers go down within the walls.

    Zero where they do already. Where they cannot be within them at all, the middle between the two walls is as good as it gets.
    """
    closing = np.array([-np.sin(yaw), np.cos(yaw)])
    across = (opening_m + gripper.finger_m[1]) / 2
    tips = [hand + s * across * closing for s in (1, -1)]
    corners = np.concatenate([np.asarray(rectangle(float(x), float(y), *gripper.finger_m, yaw)) for x, y in tips])
    c, s = np.cos(container.yaw), np.sin(container.yaw)
    turn = np.array([[c, -s], [s, c]])
    inside = (corners - np.asarray(container.centre[:2])) @ turn  # in the container's own axes
    room = np.asarray(container.size[:2]) / 2 - WALL_M
    low, high = (
        inside.min(axis=0) + room,
        room - inside.max(axis=0),
    )  # what is left before either wall, negative where none is
    shift = np.where(low + high < 0, (high - low) / 2, np.where(low < 0, -low, np.where(high < 0, high, 0.0)))
    return np.asarray(turn @ shift)
