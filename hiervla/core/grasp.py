"""How to take hold of a thing from above with two fingers: which way to turn, how deep, how wide to open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, rectangle
from hiervla.core.geometry import Vec3, wrap_angle
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, World

_TIGHT_M = 0.022
"""What comes this near to the widest the gripper takes is rather grasped across another side."""


@dataclass(frozen=True, slots=True)
class Grasp:
    """A top grasp: grasp centre in the world (m), hand yaw (rad), width of the thing between the fingers, gap to open."""

    position: tuple[float, float, float]
    yaw: float
    width_m: float
    opening_m: float


def choose_grasp(
    d: Detection, world: World, gripper: Gripper, base: Vec3 = (0.0, 0.0, 0.0), yaw_offset: float = 0.0
) -> Grasp:
    """The grasp whose fingers have most room beside the neighbours, preferring little wrist rotation.

    Raises:
        ToolError: it is too wide for the gripper, or neighbours leave no room for the fingers.
    """
    yaws = [math.pi * k / 6 for k in range(-2, 4)] if d.round else [d.yaw, d.yaw + math.pi / 2]
    centre = _centre(d, world, gripper)
    options = []
    for yaw in yaws:
        turn = comfortable_yaw(yaw + yaw_offset, (d.centre[0], d.centre[1]), base)
        twist = abs(turn - bearing((d.centre[0], d.centre[1]), base))
        width = width_across(d, turn)
        if width > gripper.widest_m:
            continue
        opening = min(gripper.opening_m, width + (0.018 if d.relation == "in" else 0.032))
        room = hand_room(centre, turn, opening, world, (d.id, d.support), gripper)
        options.append(
            (
                min(room, 0.02) - 0.002 * twist - max(0.0, width - gripper.widest_m + _TIGHT_M),
                Grasp(centre, turn, width, opening),
            )
        )
    if not options:
        narrowest = min(width_across(d, y) for y in yaws)
        raise ToolError(
            f"{d.id} is {narrowest * 100:.1f} cm wide, and the gripper opens {gripper.opening_m * 100:.0f} cm",
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


def carrying_yaw(grasped: float, spot: tuple[float, float], base: Vec3, gripper: Gripper) -> float:
    """Hand yaw to set a thing down with: as it was grasped while the wrist allows it, else half a turn from that."""
    if abs(grasped - bearing(spot, base)) <= gripper.wrist_free_rad:
        return grasped
    return comfortable_yaw(grasped, spot, base)


def width_across(d: Detection, yaw: float) -> float:
    """Extent of the thing along the direction the fingers close in at a hand yaw, metres."""
    if d.round:
        return (d.size[0] + d.size[1]) / 2
    closing = np.array([-math.sin(yaw), math.cos(yaw)])
    along = footprint(d) @ closing
    return float(along.max() - along.min())


def hand_room(
    at: tuple[float, float, float], yaw: float, opening: float, world: World, but: tuple[str, ...], gripper: Gripper
) -> float:
    """Smallest gap between the hand at a grasp pose and anything that stands as high, metres; negative where they meet.

    Fingers meet what reaches above their tips, the palm what reaches above its underside.
    """
    x, y, z = at
    closing = np.array([-math.sin(yaw), math.cos(yaw)])
    across = (opening + gripper.finger_m[1]) / 2
    fingers = [
        rectangle(float(x + closing[0] * s * across), float(y + closing[1] * s * across), *gripper.finger_m, yaw)
        for s in (1, -1)
    ]
    palm = rectangle(x, y, *gripper.palm_m, yaw)
    room = 1.0
    for o in world.objects.values():
        if o.id in but or o.support == "hand":
            continue
        outline = footprint(o)
        if o.top_z > z - gripper.tip_m + 0.002:
            room = min([room, *[gap(f, outline) for f in fingers]])
        if o.top_z > z + gripper.palm_above_m:
            room = min(room, gap(palm, outline))
    return room


def _centre(d: Detection, world: World, gripper: Gripper) -> tuple[float, float, float]:
    """Grasp centre: the middle of the thing, but low enough under its top and clear of what it stands on."""
    z = max(d.centre[2], d.top_z - gripper.finger_length_m + 0.008)
    floor = d.bottom_z + gripper.tip_m
    if d.relation == "in" and d.support in world.objects:
        z = max(z, d.top_z - 0.016)  # inside a container: from high up, the walls are near
    return d.centre[0], d.centre[1], max(z, floor)
