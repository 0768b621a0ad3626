"""Fingers inside a box or drawer: how far they must come away from its walls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hiervla.core.footprint import rectangle
from hiervla.core.geometry import Array
from hiervla.core.task import Gripper
from hiervla.core.world import Detection

WALL_M = 0.008
"""Thickness of a wall, and a little to spare."""
NOTHING_M = 1e-6
"""Less than this is rounding."""


class BetweenWalls(NamedTuple):
    """How two fingers go down between the walls of a container."""

    shift: Array
    """(2,), m: by how much the hand must be moved for it; where they do not fit at all, to the middle between the walls."""
    lacks_m: float
    """How much broader the fingers are than the room between two walls; 0 where they fit."""

    @property
    def free(self) -> bool:
        """The fingers are within the walls just where the hand is."""
        return self.lacks_m < NOTHING_M and float(np.abs(self.shift).max()) < NOTHING_M


AT_EASE = BetweenWalls(np.zeros(2), 0.0)
"""No wall in question."""


def between_walls(container: Detection, hand: Array, yaw: float, opening_m: float, gripper: Gripper) -> BetweenWalls:
    """How a hand at ``hand`` (2,) m and ``yaw``, its fingers ``opening_m`` apart, goes down within the walls."""
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
    return BetweenWalls(np.asarray(turn @ shift), float(max(0.0, -(low + high).min())))
