"""How to take hold of a thing from above with two fingers: which way to turn, how deep, how wide to open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, rectangle
from hiervla.core.geometry import Vec3, wrap_angle
from hiervla.core.outcome import FailureKind
from hiervla.core.world import Detection, World

OPENING_M = 0.08
"""Gap between the fully open fingers."""
FINGER_M = (0.022, 0.016)
"""A finger seen from above: across and along the closing direction, metres."""
FINGER_LENGTH_M = 0.042
"""How far a thing may stand up between the fingers above the grasp centre before it meets the palm."""
PALM_M = (0.065, 0.212)
"""The palm seen from above, across and along the closing direction, metres."""
PALM_ABOVE_M = 0.036
"""Height of the palm's underside over the grasp centre, with a little to spare."""
TIP_M = 0.010
"""How far the finger tips reach below the grasp centre."""

WRIST_FREE_RAD = 1.9
"""How far the hand's yaw may stray from the arm's bearing to either side before a ±2.9 rad wrist meets its stop."""


@dataclass(frozen=True, slots=True)
class Grasp:
    """A top grasp: grasp centre in the world (m), hand yaw (rad), width of the thing between the fingers, gap to open."""

    position: tuple[float, float, float]
    yaw: float
    width_m: float
    opening_m: float


def gripper_for(opening_m: float) -> float:
    """Gripper command (0 open … 1 closed) for a gap between the fingers."""
    return float(np.clip(1 - opening_m / OPENING_M, 0.0, 1.0))


def choose_grasp(d: Detection, world: World, base: Vec3 = (0.0, 0.0, 0.0), yaw_offset: float = 0.0) -> Grasp:
    """The grasp whose fingers have most room beside the neighbours, preferring little wrist rotation.

    Raises:
        ToolError: it is too wide for the gripper, or neighbours leave no room for the fingers.
    """
    yaws = [math.pi * k / 6 for k in range(-2, 4)] if d.round else [d.yaw, d.yaw + math.pi / 2]
    centre = _centre(d, world)
    options = []
    for yaw in yaws:
        turn = comfortable_yaw(yaw + yaw_offset, (d.centre[0], d.centre[1]), base)
        twist = abs(turn - bearing((d.centre[0], d.centre[1]), base))
        width = width_across(d, turn)
        if width > OPENING_M - 0.008:
            continue
        opening = min(OPENING_M, width + (0.018 if d.relation == "in" else 0.032))
        room = hand_room(centre, turn, opening, world, (d.id, d.support))
        options.append(
            (
                min(room, 0.02) - 0.002 * twist - max(0.0, width - 0.05),
                Grasp(centre, turn, width, opening),
            )
        )
    if not options:
        narrowest = min(width_across(d, y) for y in yaws)
        raise ToolError(
            f"{d.id} is {narrowest * 100:.1f} cm wide, and the gripper opens {OPENING_M * 100:.0f} cm",
            FailureKind.PRECONDITION,
        )
    best, grasp = max(options, key=lambda o: o[0])
    if best < -0.012:
        raise ToolError(f"things beside {d.id} leave no room for the fingers", FailureKind.BLOCKED)
    return grasp


def bearing(spot: tuple[float, float], base: Vec3) -> float:
    """Direction from the arm's base to a spot, rad."""
    return math.atan2(spot[1] - base[1], spot[0] - base[0])


def comfortable_yaw(yaw: float, spot: tuple[float, float], base: Vec3) -> float:
    """The hand yaw that is the same for two fingers (a half turn changes nothing) and nearest to the arm's bearing.

    It stays within a quarter turn of the bearing, so a wrist with ±2.9 rad never runs into its stop.
    """
    b = bearing(spot, base)
    return b + wrap_angle(yaw - b, math.pi)


def carrying_yaw(grasped: float, spot: tuple[float, float], base: Vec3) -> float:
    """Hand yaw to set a thing down with: as it was grasped while the wrist allows it, else half a turn from that."""
    if abs(grasped - bearing(spot, base)) <= WRIST_FREE_RAD:
        return grasped
    return comfortable_yaw(grasped, spot, base)


def width_across(d: Detection, yaw: float) -> float:
    """Extent of the thing along the direction the fingers close in at a hand yaw, metres."""
    if d.round:
        return (d.size[0] + d.size[1]) / 2
    closing = np.array([-math.sin(yaw), math.cos(yaw)])
    along = footprint(d) @ closing
    return float(along.max() - along.min())


def hand_room(at: tuple[float, float, float], yaw: float, opening: float, world: World, but: tuple[str, ...]) -> float:
    """Smallest gap between the hand at a grasp pose and anything that stands as high, metres; negative where they meet.

    Fingers meet what reaches above their tips, the palm what reaches above its underside.
    """
    x, y, z = at
    closing = np.array([-math.sin(yaw), math.cos(yaw)])
    across = (opening + FINGER_M[1]) / 2
    fingers = [
        rectangle(float(x + closing[0] * s * across), float(y + closing[1] * s * across), *FINGER_M, yaw)
        for s in (1, -1)
    ]
    palm = rectangle(x, y, *PALM_M, yaw)
    room = 1.0
    for o in world.objects.values():
        if o.id in but or o.support == "hand":
            continue
        outline = footprint(o)
        if o.top_z > z - TIP_M + 0.002:
            room = min([room, *[gap(f, outline) for f in fingers]])
        if o.top_z > z + PALM_ABOVE_M:
            room = min(room, gap(palm, outline))
    return room


def _centre(d: Detection, world: World) -> tuple[float, float, float]:
    """Grasp centre: the middle of the thing, but low enough under its top and clear of what it stands on."""
    z = max(d.centre[2], d.top_z - FINGER_LENGTH_M + 0.008)
    floor = d.bottom_z + TIP_M
    if d.relation == "in" and d.support in world.objects:
        z = max(z, d.top_z - 0.016)  # inside a container: from high up, the walls are near
    return d.centre[0], d.centre[1], max(z, floor)
