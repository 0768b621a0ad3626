"""Where the two fingers stand, and inside a box or drawer how far they must come away from its walls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hiervla.core.footprint import rectangle
from hiervla.core.geometry import Array
from hiervla.core.task import Gripper
from hiervla.core.world import Detection

THICK_M = 0.006
"""Thickness a container's wall is taken to have where nobody measured it."""
SPARE_M = 0.002
WALL_M = THICK_M + SPARE_M
"""A wall, and a little to spare."""
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


def finger_outlines(x: float, y: float, yaw: float, opening_m: float, gripper: Gripper) -> list[Array]:
    """The two fingers' footprints (4, 2), m, about a grasp centre, so far apart; they close along the hand's own y axis."""
    closing = np.array([-np.sin(yaw), np.cos(yaw)])
    across = (opening_m + gripper.finger_m[1]) / 2
    return [
        rectangle(float(x + closing[0] * s * across), float(y + closing[1] * s * across), *gripper.finger_m, yaw)
        for s in (1, -1)
    ]


def room_to_walls(
    container: Detection, at: tuple[float, float, float], yaw: float, opening_m: float, gripper: Gripper
) -> float:
    """Smallest way from open fingers at a grasp pose to the inside of a box's or drawer's walls, metres; negative within them.

    A bowl's walls lean, and fingers that come down by its rim slide along them: nothing is said of those.
    """
    if container.label not in ("box", "drawer") or container.top_z < at[2] - gripper.tip_m + 0.002:
        return 1.0
    low, high = _left(container, np.asarray(at[:2]), yaw, opening_m, gripper)
    return float(min(low.min(), high.min())) + SPARE_M


def between_walls(container: Detection, hand: Array, yaw: float, opening_m: float, gripper: Gripper) -> BetweenWalls:
    """How a hand at ``hand`` (2,) m and ``yaw``, its fingers ``opening_m`` apart, goes down within the walls."""
    low, high = _left(container, hand, yaw, opening_m, gripper)
    shift = np.where(low + high < 0, (high - low) / 2, np.where(low < 0, -low, np.where(high < 0, high, 0.0)))
    c, s = np.cos(container.yaw), np.sin(container.yaw)
    turn = np.array([[c, -s], [s, c]])
    return BetweenWalls(np.asarray(turn @ shift), float(max(0.0, -(low + high).min())))


def _left(container: Detection, hand: Array, yaw: float, opening_m: float, gripper: Gripper) -> tuple[Array, Array]:
    """What is left (2,), m, before the lower and before the upper wall of either axis of the container; negative where nothing is."""
    corners = np.concatenate(finger_outlines(float(hand[0]), float(hand[1]), yaw, opening_m, gripper))
    c, s = np.cos(container.yaw), np.sin(container.yaw)
    turn = np.array([[c, -s], [s, c]])
    inside = (corners - np.asarray(container.centre[:2])) @ turn  # in the container's own axes
    room = np.asarray(container.size[:2]) / 2 - WALL_M
    return inside.min(axis=0) + room, room - inside.max(axis=0)
