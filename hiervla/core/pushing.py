"""How to push a thing over the table with the finger tips: from which side, along which straight strokes. Metres, world frame.

The fingers stay a little apart: two points of touch keep a round thing between them, and a flat face flush.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import contains, footprint, gap, hull
from hiervla.core.geometry import Array, Vec3, wrap_angle
from hiervla.core.grasp import bearing, comfortable_yaw, hand_room
from hiervla.core.motion import clear_height, rise
from hiervla.core.outcome import FailureKind
from hiervla.core.skill import Ground
from hiervla.core.spots import outline_at, reachable
from hiervla.core.task import Gripper, Keyframe
from hiervla.core.world import Detection, World

Spot = tuple[float, float]
BEHIND_M = 0.022
"""Free way between finger and thing before the stroke begins: what was measured may be off."""
BACK_OFF_M = 0.012
"""How far the fingers go back before they rise: going up they would rub along the thing."""
LOW_M = 0.016
"""Height of the grasp centre over the table while pushing: the tips just clear it."""
RISES_M = 0.003
"""How far below and above their height the fingers begin and end their way in touch: going down they would hold what they push
down by friction, until it jams, and level they do so half of the time (twice as many strokes pressed with over 4 N)."""
SLOW = 0.12
"""Fraction of the step limit in touch with the thing: what is pushed faster slides or rolls on by itself."""
CLEAR_M = 0.004
"""Free space kept beside the way of what is pushed."""
_STRAIGHT_RAD = 0.15
"""A way that runs nearer than this to a face's normal is not parted into two strokes."""
_STEEPEST = 1.2
"""Largest tangent between a stroke and the face it presses on: beyond it the fingers slide along the face."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One straight push: where the thing's middle goes from and to, and where the hand does."""

    start: Spot
    end: Spot
    hand_start: Spot
    hand_end: Spot
    yaw: float
    apart_m: float  # gap between the fingers

    @property
    def direction(self) -> Array:
        """Unit vector (2,)."""
        way = np.subtract(self.end, self.start)
        return np.asarray(way / max(float(np.linalg.norm(way)), 1e-9))


def plans(d: Detection, goal: Spot, base: Vec3, gripper: Gripper) -> list[list[Stroke]]:
    """Ways to push a thing there, the best first: one stroke where the fingers press square enough on a face, else two."""
    start = (d.centre[0], d.centre[1])
    way = np.subtract(goal, start)
    bearing = math.atan2(way[1], way[0])
    if d.round:
        return [[_stroke(d, start, goal, bearing, base, gripper)]]
    faces = [d.yaw + k * math.pi / 2 for k in range(4)]
    off = [wrap_angle(bearing - f) for f in faces]
    found = []
    for k in sorted((k for k in range(4) if abs(off[k]) < math.pi / 2), key=lambda k: abs(off[k])):
        deep, broad = _halves(d, k)
        steep = abs(math.tan(off[k]))
        if steep <= _STEEPEST and deep * steep <= broad - 0.004:
            found.append([_stroke(d, start, goal, faces[k], base, gripper)])
    k = min(range(4), key=lambda k: abs(off[k]))
    j = (k + (1 if off[k] > 0 else 3)) % 4
    if abs(off[k]) > _STRAIGHT_RAD:
        for first, second in ((k, j), (j, k)):
            n = np.array([math.cos(faces[first]), math.sin(faces[first])])
            corner = np.asarray(start) + n * float(way @ n)
            middle = (float(corner[0]), float(corner[1]))
            found.append(
                [
                    _stroke(d, start, middle, faces[first], base, gripper),
                    _stroke(d, middle, goal, faces[second], base, gripper),
                ]
            )
    return found


def choose_plan(d: Detection, goal: Spot, at: Ground, to: str = "") -> list[Stroke]:
    """The best of the ways to push a thing there that is free and in reach; ``to`` is what it is pushed up to.

    Raises:
        ToolError: none is; says what is wrong with the best one.
    """
    wrong: ToolError | None = None
    for plan in plans(d, goal, at.limits.base, at.gripper):
        try:
            for stroke in plan:
                check_way(d, stroke, at.world, at, to)
        except ToolError as e:
            wrong = wrong or e
            continue
        return plan
    raise wrong or ToolError(f"{d.id} cannot be pushed there", FailureKind.UNREACHABLE)


def _halves(d: Detection, k: int) -> tuple[float, float]:
    """Half the extent along a face's normal, and half the breadth of the face; face k of 0..3 from the length's end."""
    a, b = d.size[0] / 2, d.size[1] / 2
    return (a, b) if k % 2 == 0 else (b, a)


def _stroke(d: Detection, start: Spot, goal: Spot, normal: float, base: Vec3, gripper: Gripper) -> Stroke:
    """The stroke that presses on the side of a thing opposite to ``normal`` (rad), through its middle."""
    way = np.subtract(goal, start)
    u = way / max(float(np.linalg.norm(way)), 1e-9)
    n = np.array([math.cos(normal), math.sin(normal)])
    if d.round:
        radius = (d.size[0] + d.size[1]) / 4
        apart = min(0.05, 1.1 * radius)
        # Between the fingers a round thing sits deeper than before one; thick fingers touch it at their inner edges.
        deep = math.sqrt(max(radius**2 - (apart / 2) ** 2, 0.0)) + gripper.tip_front_m
        contact = np.asarray(goal) - u * deep
        ahead = radius + gripper.tip_front_m
    else:
        outline = outline_at(d, (0.0, 0.0), d.yaw)
        half = float((outline @ n).max())
        across = np.array([-n[1], n[0]])
        broad = float((outline @ across).max())
        apart = float(np.clip(2 * broad - 2 * gripper.tip_thick_m - 0.004, 0.0, 0.04))
        back = u * (half / max(float(u @ n), 0.2))  # from the middle straight back along the motion to the face
        contact = np.asarray(goal) - back - n * gripper.tip_front_m
        ahead = 0.0
    length = float(np.linalg.norm(way))
    free = BEHIND_M + (ahead - deep if d.round else 0.0)
    begin = contact - u * (length + free / max(float(u @ n), 0.5))
    yaw = way_yaw(normal, begin, contact, base)
    return Stroke(
        start, goal, (float(begin[0]), float(begin[1])), (float(contact[0]), float(contact[1])), yaw, apart
    )  # fmt: skip


def way_yaw(yaw: float, start: Array, end: Array, base: Vec3) -> float:
    """The hand yaw that is the same for two fingers and nearest to the arm's bearing all along a straight way.

    The bearing turns on a long way: what is comfortable at one end may be beyond the wrist's stop at the other.
    """
    ends = [(float(p[0]), float(p[1])) for p in (start, end)]
    first = comfortable_yaw(yaw, ends[0], base)
    return min((first, first + math.pi, first - math.pi), key=lambda y: max(abs(y - bearing(p, base)) for p in ends))


def push_height(d: Detection, gripper: Gripper) -> float:
    """Height of the grasp centre: low, or as high as keeps the palm over a tall thing."""
    return max(LOW_M, min(d.top_z - gripper.palm_above_m + 0.004, d.bottom_z + 0.6 * d.size[2]))


def check_way(d: Detection, stroke: Stroke, world: World, at: Ground, to: str = "") -> None:
    """Raises ToolError when the way of the thing or the hand's place behind it is not free, or ends out of reach.

    ``to`` is the id of what it is pushed up to.
    """
    z = push_height(d, at.gripper)
    for spot, what in ((stroke.hand_start, "behind it"), (stroke.hand_end, "at the end of the way")):
        if not reachable(spot, at.limits):
            raise ToolError(f"{d.id} cannot be pushed there: the hand would not reach {what}", FailureKind.UNREACHABLE)
    lies = outline_at(d, stroke.end, d.yaw)
    table = world.table
    if table is not None and not all(contains(np.asarray(table.outline), p, 0.008) for p in lies):
        raise ToolError(f"{d.id} would be pushed over the edge of the table", FailureKind.UNREACHABLE)
    for zone in world.zones.values():
        if zone.keep_out and gap(_swept(d, stroke), np.asarray(zone.outline)) < 0:
            raise ToolError(f"{d.id} would be pushed into the zone {zone.name!r}", FailureKind.UNSAFE)
    swept = _swept(d, stroke)
    way = [o.id for o in world.objects.values() if _in_way(o, d, to) and gap(swept, footprint(o)) < CLEAR_M]
    if way:
        raise ToolError(f"{', '.join(way)} stands in the way of {d.id}", FailureKind.BLOCKED)
    room = hand_room((*stroke.hand_start, z), stroke.yaw, stroke.apart_m, world, (d.id,), at.gripper)
    if room < 0.002:
        raise ToolError(f"there is no room for the fingers behind {d.id} to push it from", FailureKind.BLOCKED)


def _in_way(o: Detection, d: Detection, to: str) -> bool:
    return o.id not in (d.id, to) and o.support not in ("hand", d.id)


def _swept(d: Detection, stroke: Stroke) -> Array:
    """Outline (N, 2) of all that a thing passes over on its way: the hull of where it is and where it will be."""
    return hull(np.concatenate([outline_at(d, stroke.start, d.yaw), outline_at(d, stroke.end, d.yaw)]))


def stroke_frames(at: Ground, d: Detection, stroke: Stroke, first: bool = True) -> list[Keyframe]:
    """Come down behind the thing, push, back off a little, rise; the ``first`` stroke begins with rising from where the hand is."""
    z = push_height(d, at.gripper) + at.handling.offset_m[2]
    begin, end = np.asarray(stroke.hand_start), np.asarray(stroke.hand_end)
    u = stroke.direction
    high = clear_height(at.world)
    over = min(high, at.limits.highest(*begin))
    grip = at.gripper.command(stroke.apart_m)
    speed = at.handling.speed
    last = end - u * 0.012
    back = end - u * BACK_OFF_M
    up = min(high, at.limits.highest(*back))

    def frame(name: str, xy: Array, height: float, pace: float, tolerance: float) -> Keyframe:
        return Keyframe(name, np.array([*xy, height]), stroke.yaw, grip, pace * speed, tolerance)

    touch = begin + u * (BEHIND_M - 0.006)
    return [
        *(rise(at, over, grip) if first else []),
        frame("approach", begin, over, 1.0, 0.008),
        frame("descend", begin, z - RISES_M, 0.6, 0.0015),
        frame("push", touch, z - RISES_M, SLOW, 0.002),
        frame("push", last, z + RISES_M, SLOW, 0.006),
        frame("push", end, z + RISES_M, 0.5 * SLOW, 0.0015),
        frame("withdraw", back, z + RISES_M, 0.2, 0.004),
        # Closed, or the eyes take what is seen between the fingers for something held.
        Keyframe("retreat", np.array([*back, up]), stroke.yaw, 1.0, 0.8 * speed, 0.02),
    ]
