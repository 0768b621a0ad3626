"""Judges of where things lie in the open: at a point, turned to an angle, in a zone, in a row, in a circle."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.geometry import Array, wrap_angle
from hiervla.core.goal import Goal
from hiervla.core.judging import look_evidence, not_in_place, unseen
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.world import Detection, World

ANGLE_TOLERANCE_RAD = math.radians(12)
LINE_TOLERANCE_M = 0.015
"""How far off the line or circle a middle may lie."""
NEIGHBOUR_GAP_M = 0.12
"""Farthest apart neighbours in a row may stand."""
UNEVEN = 1.5
"""How much wider than even the widest angle between neighbours in a circle may be."""


def symmetry_rad(d: Detection) -> float:
    """The turn after which a thing looks the same: 0 for round things (any), π/2 for squares, else π."""
    if d.round:
        return 0.0
    square = d.size[0] - d.size[1] < 0.1 * d.size[0]
    return math.pi / 2 if square and d.label in ("cube", "block", "box") else math.pi


def at_position(goal: Goal, world: World) -> Check:
    """The subject's middle lies at ``position`` within the tolerance."""
    if (no := not_in_place(goal, [goal.subject], world)) is not None:
        return no
    a, (x, y) = world.objects[goal.subject], goal.position or (math.nan, math.nan)
    off = math.dist(a.centre[:2], (x, y))
    seen = look_evidence(world, f"{a.id} lies {off * 1000:.0f} mm from ({x:.3f}, {y:.3f})", off)
    if off <= goal.tolerance_m:
        return Check.yes(f"{a.id} is at ({x:.3f}, {y:.3f})", seen)
    return Check.no(f"{a.id} is {off * 100:.1f} cm from where it should be", seen, kind=FailureKind.MISPLACED)


def turned(goal: Goal, world: World) -> Check:
    """The subject's length points along ``angle_rad``, up to its own symmetry. A round thing's turn cannot be seen."""
    if (no := not_in_place(goal, [goal.subject], world)) is not None:
        return no
    a = world.objects[goal.subject]
    period = symmetry_rad(a)
    if period == 0.0:
        return Check.cannot_see(f"{a.id} is round: how it is turned cannot be seen")
    off = abs(wrap_angle(a.yaw - (goal.angle_rad or 0.0), period))
    seen = look_evidence(world, f"{a.id} is {math.degrees(off):.0f}° off the wanted turn", off)
    if off <= ANGLE_TOLERANCE_RAD:
        return Check.yes(f"{a.id} is turned as wanted", seen)
    return Check.no(f"{a.id} is {math.degrees(off):.0f}° off the wanted turn", seen, kind=FailureKind.MISPLACED)


def in_zone(goal: Goal, world: World) -> Check:
    """The subject's middle lies in the zone and it does not stick out of it by more than the tolerance."""
    if (no := not_in_place(goal, [goal.subject], world)) is not None:
        return no
    a, zone = world.objects[goal.subject], world.zones[goal.reference or ""]
    outline = np.asarray(zone.outline)
    middle = inside_distance(outline, a.centre[:2])
    out = -min(inside_distance(outline, corner) for corner in footprint(a))
    seen = look_evidence(world, f"the middle of {a.id} lies {middle * 100:.1f} cm inside {zone.name}", middle)
    if middle > 0 and out <= goal.tolerance_m:
        return Check.yes(f"{a.id} is in {zone.name}", seen)
    return Check.no(f"{a.id} is not wholly in {zone.name}", seen, kind=FailureKind.MISPLACED)


def row(goal: Goal, world: World) -> Check:
    """Subject and others stand on the table in one line with no wide gap; ``direction`` left/right runs along y, else along x."""
    group = _group(goal, world)
    if isinstance(group, Check):
        return group
    points = np.array([d.centre[:2] for d in group])
    axis = _axis(points, goal.direction)
    across = np.array([-axis[1], axis[0]])
    off = float(np.abs((points - points.mean(axis=0)) @ across).max())
    order = np.argsort(points @ axis)
    gaps = [gap(footprint(group[i]), footprint(group[j])) for i, j in pairwise(order)]
    wide = max(gaps, default=0.0)
    says = f"farthest off the line {off * 1000:.0f} mm, widest gap {wide * 100:.1f} cm"
    seen = look_evidence(world, says, off)
    names = ", ".join(group[i].id for i in order)
    if off <= LINE_TOLERANCE_M and wide <= NEIGHBOUR_GAP_M:
        return Check.yes(f"{names} stand in a row", seen)
    return Check.no(f"{names} do not stand in a row: {says}", seen, kind=FailureKind.MISPLACED)


def circle(goal: Goal, world: World) -> Check:
    """Subject and others stand on the table on one circle, about evenly; around ``reference`` when there is one."""
    group = _group(goal, world)
    if isinstance(group, Check):
        return group
    if goal.reference and (hidden := unseen([goal.reference], world)) is not None:
        return hidden
    points = np.array([d.centre[:2] for d in group])
    if len(points) < 3:
        return Check.no("a circle takes at least three things", kind=FailureKind.PRECONDITION)
    middle = np.asarray(world.objects[goal.reference].centre[:2]) if goal.reference else _centre(points)
    radii = np.linalg.norm(points - middle, axis=1)
    off = float(np.abs(radii - radii.mean()).max())
    angles = np.sort(np.arctan2(*(points - middle).T[::-1]))
    widest = float(np.diff(np.append(angles, angles[0] + 2 * math.pi)).max()) / (2 * math.pi / len(points))
    says = f"farthest off the circle {off * 1000:.0f} mm, widest angle {widest:.2f} of even"
    seen = look_evidence(world, says, off)
    names = ", ".join(d.id for d in group)
    if off <= LINE_TOLERANCE_M and widest <= UNEVEN:
        return Check.yes(f"{names} stand in a circle", seen)
    return Check.no(f"{names} do not stand in a circle: {says}", seen, kind=FailureKind.MISPLACED)


def _group(goal: Goal, world: World) -> list[Detection] | Check:
    ids = [goal.subject, *goal.others]
    if (no := not_in_place(goal, ids, world)) is not None:
        return no
    group = [world.objects[i] for i in ids]
    for d in group:
        if d.support != "table":
            why = f"{d.id} rests on {d.support}, not on the table"
            return Check.no(why, look_evidence(world, why), kind=FailureKind.MISPLACED)
    return group


def _axis(points: Array, direction: str | None) -> Array:
    if direction in ("left", "right"):
        return np.array([0.0, 1.0])
    if direction in ("front", "behind"):
        return np.array([1.0, 0.0])
    longest: Array = np.linalg.svd(points - points.mean(axis=0))[2][0]
    return longest


def _centre(points: Array) -> Array:
    """Centre of the circle through points (N, 2) by algebraic least squares (Kåsa 1976)."""
    a = np.column_stack([2 * points, np.ones(len(points))])
    solved: Array = np.linalg.lstsq(a, (points**2).sum(axis=1), rcond=None)[0][:2]
    return solved
