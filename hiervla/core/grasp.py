"""How to take hold of a thing from above with two fingers: which way to turn, how deep, how wide to open."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, half_diagonal, rectangle
from hiervla.core.geometry import Vec3, wrap_angle
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Gripper
from hiervla.core.walls import THICK_M, finger_outlines, room_to_walls
from hiervla.core.world import Detection, World

_TIGHT_M = 0.022
"""What comes this near to the widest the gripper takes is rather grasped across another side."""


_RIM_SPARE_M = 0.010
"""Free way on both sides of a wall that is taken between the fingers."""
_INSIDE_M = 0.0015
"""And the least that is left to a finger in a hole."""
_RIM_DEEP_M = 0.016
"""How far the finger tips reach below the rim of a container."""
_RING_WALL = 0.48
"""And a ring's, as a fraction of its radius."""
_LEANS: dict[str, tuple[float, float]] = {"bowl": (0.47, 0.62), "plate": (0.87, 0.75)}
"""How far the walls of such things lean outwards, rad, and their foot as a fraction of the rim."""
_LEAST_DEEP_M = 0.013
"""How far the finger tips must reach below a thing's top to hold it."""
_FLOOR_M = 0.004
"""Thickness of a hollow thing's floor, on which the finger inside must not press."""
_RIM_RATHER_M = 0.018
"""By how much more room a rim must offer to be taken before the whole thing is."""
_WIDE_M, _SNUG_M = 0.032, 0.018
"""How much wider than a thing the fingers open where there is room, and between neighbours or walls."""
_SNUG_RATHER_M = 0.003
"""By how much more room opening less far must offer: the nearer the fingers pass, the more a small error matters."""
_SWINGS_M = 0.010
"""What is taller than wide swings about fingers at its rim and is let go aslant: rather around it, if it fits tightly."""


@dataclass(frozen=True, slots=True)
class Grasp:
    """A top grasp: grasp centre in the world (m), hand yaw (rad), width of what comes between the fingers, gap to open."""

    position: tuple[float, float, float]
    yaw: float
    width_m: float
    opening_m: float
    rim: bool = False  # one finger inside, one outside: the width is that of a wall
    filled: bool = True  # its outline is its rectangle: elsewhere the fingers may close on a narrower part
    aside_m: float = 0.0  # how far along the thing's length from its middle
    high: bool = False  # taken by its upper part only: the palm passes over what stands beside it


def expected_width(grasp: Grasp) -> dict[str, Any]:
    """What the fingers' width must be once they hold, as fields of a Task: the width, and what is believable of it."""
    w = grasp.width_m
    # Walls lean and pads give: of a wall only that there is one, and no more than one, can be told.
    believable = (0.002, w + 0.014) if grasp.rim else (0.6 * w if grasp.filled else 0.005, w + 0.016)
    return {"expected_width_m": w, "width_range_m": believable}


@dataclass(frozen=True, slots=True)
class Hanging:
    """How what is held by a leaning rim hangs: its wall lies flush with the fingers, so its far side drops. Metres."""

    inward_m: float  # from the grasp centre to the thing's middle, towards its middle
    down_m: float
    lands_m: (
        float  # inwards too, once it has been let go of upon level ground: it turns about the foot that touches first
    )
    touches_m: float  # height of the grasp centre over ground when that foot touches


def hanging(d: Detection, gripper: Gripper) -> Hanging | None:
    """How a thing hangs from its rim; None where walls stand upright and it hangs level."""
    if d.label not in _LEANS:
        return None
    lean, foot = _LEANS[d.label]
    radius = (d.size[0] + d.size[1]) / 4
    r, f, h = radius - THICK_M / 2, foot * radius, d.size[2]
    deep = max(0.0, min(_RIM_DEEP_M, h) - gripper.tip_m)
    c, s = math.cos(lean), math.sin(lean)
    inward, down = r * c - (h / 2 - deep) * s, r * s + (h / 2 - deep) * c
    return Hanging(inward, down, (r + f) * c - (h - deep) * s - f, (r + f) * s + (h - deep) * c)


def graspable(d: Detection, gripper: Gripper) -> bool:
    """Is there any way to take it between two fingers, whatever stands beside it?"""
    return bool(_options(d, World(), gripper, (0.0, 0.0, 0.0), 0.0))


def choose_grasp(
    d: Detection, world: World, gripper: Gripper, base: Vec3 = (0.0, 0.0, 0.0), yaw_offset: float = 0.0,
    around: bool = False,
) -> Grasp:  # fmt: skip
    """The grasp whose fingers have most room beside the neighbours, preferring its middle and little wrist rotation.

    Things wider than the gripper are taken by the rim where they have one; ``around``: only such.

    Raises:
        ToolError: it is too wide for the gripper, or neighbours leave no room for the fingers.
    """
    return ranked_grasps(d, world, gripper, base, yaw_offset, around)[0][0]


def ranked_grasps(
    d: Detection, world: World, gripper: Gripper, base: Vec3 = (0.0, 0.0, 0.0), yaw_offset: float = 0.0,
    around: bool = False,
) -> list[tuple[Grasp, float]]:  # fmt: skip
    """Every grasp and the room its fingers have (m), the best first; arguments and errors as of ``choose_grasp``."""
    options = []
    found = _options(d, world, gripper, base, yaw_offset, around)
    found = [*found, *_higher(d, found, gripper)]
    whole = [g for g in found if not g.rim] if around else []
    within = world.objects.get(d.support) if d.relation == "in" else None
    for g in whole or found:
        room = hand_room(g.position, g.yaw, g.opening_m, world, (d.id, d.support), gripper)
        if within is not None:
            room = min(room, room_to_walls(within, g.position, g.yaw, g.opening_m, gripper))
        twist = abs(g.yaw - bearing((d.centre[0], d.centre[1]), base))
        tight = max(0.0, g.width_m - gripper.widest_m + _TIGHT_M)
        rather = 0.10 * abs(g.aside_m) + (_RIM_RATHER_M if g.rim else 0.0) + (_RIM_RATHER_M if g.high else 0.0)
        rather += _SWINGS_M if g.rim and d.size[2] > d.size[0] else 0.0
        rather += _SNUG_RATHER_M if not g.rim and g.opening_m < min(g.width_m + _WIDE_M, gripper.opening_m) else 0.0
        options.append((min(room, 0.02) - 0.002 * twist - tight - rather, g, room))
    if not options:
        narrowest = min(width_across(d, y) for y in (d.yaw, d.yaw + math.pi / 2))
        raise ToolError(
            f"{d.id} is {narrowest * 100:.1f} cm wide, and the gripper opens {gripper.opening_m * 100:.0f} cm",
            FailureKind.PRECONDITION,
        )
    options.sort(key=lambda o: -o[0])
    if options[0][2] < -0.008:
        raise ToolError(f"things beside {d.id} leave no room for the fingers", FailureKind.BLOCKED)
    return [(grasp, room) for _, grasp, room in options]


def _options(
    d: Detection, world: World, gripper: Gripper, base: Vec3, yaw_offset: float, around: bool = False
) -> list[Grasp]:
    """Every grasp the thing's own shape allows."""
    x, y, z = _centre(d, world, gripper)
    spares = (_SNUG_M,) if d.relation == "in" else (_WIDE_M, _SNUG_M)
    found = []
    yaws = [math.pi * k / 6 for k in range(-2, 4)] if d.round else [d.yaw, d.yaw + math.pi / 2]
    for yaw in yaws:
        turn = comfortable_yaw(yaw + yaw_offset, (x, y), base)
        width = width_across(d, turn)
        if width > gripper.widest_m or (d.label == "ring" and not around):
            continue
        openings = sorted({min(gripper.opening_m, width + s) for s in spares}, reverse=True)
        along = np.array([math.cos(turn), math.sin(turn)])
        for aside in _asides(d, width_across(d, turn + math.pi / 2), gripper):
            spot = (float(x + along[0] * aside), float(y + along[1] * aside), z)
            filled = d.label not in ("wedge", "shape")
            found += [Grasp(spot, turn, width, o, False, filled, aside) for o in openings]
    if d.hollow or d.label == "ring":
        found += _rim_grasps(d, gripper, base, yaw_offset)
    return found


def _higher(d: Detection, options: list[Grasp], gripper: Gripper) -> list[Grasp]:
    """The same grasps by the upper part of a low thing, which leave the palm more room over its neighbours."""
    z = d.top_z - _LEAST_DEEP_M + gripper.tip_m
    raised = [g for g in options if not g.rim and z > g.position[2] + 0.002]
    return [replace(g, position=(g.position[0], g.position[1], z), high=True) for g in raised]


def _asides(d: Detection, length: float, gripper: Gripper) -> list[float]:
    """Places along a thing's length to take it at: its middle, and for straight things up to near its ends, metres."""
    most = length / 2 - gripper.finger_m[0] / 2 - 0.002
    if d.round or d.hollow or d.label in ("wedge", "shape") or most < 0.006:
        return [0.0]
    return [0.0, *[s * most * f for f in (0.35, 0.7, 1.0) for s in (1, -1)]]


def rim_opening(d: Detection, gripper: Gripper) -> tuple[float, float]:
    """Thickness of a thing's wall, and the gap between fingers about it at which the inner one is free, metres.

    Without room inside for a finger that gap is 0.
    """
    across, along = gripper.finger_m
    if d.round:
        radius = (d.size[0] + d.size[1]) / 4
        wall = (
            radius - d.inner_radius_m if d.inner_radius_m else (_RING_WALL * radius if d.label == "ring" else THICK_M)
        )
        # A finger's corners meet a round wall before its face does.
        deep, middle = math.sqrt(max((radius - wall) ** 2 - (across / 2) ** 2, 0.0)), radius - wall / 2
    else:
        wall, half = THICK_M, min(d.size[:2]) / 2
        deep, middle = half - THICK_M, half - THICK_M / 2
    if deep < along / 2 + _INSIDE_M:
        return wall, 0.0
    return wall, min(gripper.opening_m, 2 * (middle - deep + _RIM_SPARE_M), 2 * middle - along)


def _rim_grasps(d: Detection, gripper: Gripper, base: Vec3, yaw_offset: float) -> list[Grasp]:
    """Grasps with one finger inside and one outside, at points round the rim."""
    wall, opening = rim_opening(d, gripper)
    if d.round:
        radius = (d.size[0] + d.size[1]) / 4
        points = [(radius - wall / 2, 0.0, 2 * math.pi * k / 16) for k in range(16)]
    else:
        points = []
        for k in range(4):
            half, side = (d.size[0] / 2, d.size[1] / 2) if k % 2 == 0 else (d.size[1] / 2, d.size[0] / 2)
            aside = max(0.0, side - 0.03)
            points += [(half - wall / 2, t * aside, d.yaw + k * math.pi / 2) for t in (0.0, 0.5, -0.5, 1.0, -1.0)]
    if not opening:
        return []
    flat = d.label == "ring"
    z = d.centre[2] if flat else d.top_z - _RIM_DEEP_M + gripper.tip_m
    z = max(z, d.bottom_z + gripper.tip_m + (0.0 if flat else _FLOOR_M))
    found = []
    for out, aside, angle in points:
        n, along = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
        x, y = np.asarray(d.centre[:2]) + n * out + along * aside
        # The fingers close along the hand's own y axis: square to its yaw.
        yaw = comfortable_yaw(angle - math.pi / 2 + yaw_offset, (float(x), float(y)), base)
        found.append(Grasp((float(x), float(y), z), yaw, wall, opening, rim=True))
    return found


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
    fingers = finger_outlines(x, y, yaw, opening, gripper)
    palm = rectangle(x, y, *gripper.palm_m, yaw)
    reach = max(math.dist((x, y), p) for p in (*fingers[0], *fingers[1], *palm))
    room = 1.0
    for o in world.objects.values():
        if o.id in but or o.support == "hand":
            continue
        if math.dist((x, y), o.centre[:2]) - reach - half_diagonal(o) > room:
            continue  # too far off to matter, without measuring how far
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
