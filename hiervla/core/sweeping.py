"""How to sweep many small things over the table into a zone or up to a thing: parallel lanes, one stroke each. Metres."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, hull, inside_distance, rectangle
from hiervla.core.geometry import Array
from hiervla.core.goal import BESIDE_MAX_GAP_M
from hiervla.core.grasp import hand_room
from hiervla.core.outcome import FailureKind
from hiervla.core.pushing import BEHIND_M, way_yaw
from hiervla.core.skill import Ground
from hiervla.core.spots import reachable
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, Zone

LOW_M = 0.0125
"""Height of the grasp centre while sweeping: small things are low."""
NARROW = 0.9
"""The gap between the fingers as a fraction of the smallest thing: none slips through."""
WIDEST_M = 0.04
INSET_M = 0.004
"""How far inside the zone's near edge the fingers' front ends: what lies before it is wholly inside."""
ROOM_M = 0.002
_ALIGNED_M = 0.014
"""Things that lie aside of each other by less than this go in one lane."""
_FAR_BACK_M = 0.16

_BEFORE_M = 0.018
"""Room left between what is swept up to a thing and that: pressed against it, small things climb upon each other."""
_FARTHEST_M = BESIDE_MAX_GAP_M - 0.02
"""No farther before a thing than this do fingers end that sweep up to it."""


class Inside(Protocol):
    """Is a point (2,) where things are to be swept to, when so much (m) of them lies ahead of it?"""

    def __call__(self, p: Array, ahead_m: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class Lane:
    """One stroke of the fingers side by side: where the hand starts and ends, and the gap between them."""

    start: Array  # (2,)
    end: Array  # (2,)
    yaw: float
    apart_m: float


def into_zone_lanes(targets: Sequence[Detection], zone: Zone, at: Ground, along: Sequence[str] = ()) -> list[Lane]:
    """Lanes that bring every target into a zone; ``along`` are ids of further things that may be pushed on."""
    edges = np.asarray(zone.outline)

    def inside(p: Array, ahead_m: float) -> bool:
        return inside_distance(edges, (float(p[0]), float(p[1]))) >= INSET_M

    return _lanes(targets, edges.mean(axis=0), inside, at, _across_of(edges), along)


def up_to_lanes(targets: Sequence[Detection], other: Detection, at: Ground, along: Sequence[str] = ()) -> list[Lane]:
    """Lanes that bring every target right beside a thing; ``along`` are ids of further things that may be pushed on."""
    outline, broad = footprint(other), max(max(d.size[:2]) for d in targets)

    def inside(p: Array, ahead_m: float) -> bool:
        most = min(max(1.3 * broad, ahead_m + _BEFORE_M), _FARTHEST_M)
        return gap(np.asarray([p, p + (1e-4, 0), p + (0, 1e-4)]), outline) <= most

    return _lanes(targets, np.asarray(other.centre[:2]), inside, at, _across_of(outline), along, other.id)


def _across_of(outline: Array) -> Callable[[Array], tuple[float, float]]:
    def across(v: Array) -> tuple[float, float]:
        along = outline @ v
        return float(along.min()), float(along.max())

    return across


def _lanes(
    targets: Sequence[Detection], goal: Array, inside: Inside, at: Ground, extent: Callable[[Array], tuple[float, float]],
    along: Sequence[str], to: str = "",
) -> list[Lane]:  # fmt: skip
    """Every thing has a lane of its own, the nearest first; what lies straight behind it comes along in the same stroke.

    Raises:
        ToolError: something that is not to be swept stands in a lane, or it cannot be reached.
    """
    places = np.array([d.centre[:2] for d in targets])
    u = goal - places.mean(axis=0)
    u = u / max(float(np.linalg.norm(u)), 1e-9)
    v = np.array([-u[1], u[0]])
    apart = float(np.clip(NARROW * min(min(d.size[:2]) for d in targets), 0.0, WIDEST_M))
    broad = apart + 2 * at.gripper.tip_thick_m
    low, high = extent(v)
    span = (low + broad / 2 + 0.006, high - broad / 2 - 0.006)
    lanes: list[Lane] = []
    lies = [
        (float(np.asarray(d.centre[:2]) @ v), max(d.size[:2]))
        for i, d in at.world.objects.items()
        if i in along and i not in {t.id for t in targets}
    ]  # what is there already: aside, and how deep
    left = sorted(targets, key=lambda d: -float(np.asarray(d.centre[:2]) @ u))
    while left:
        first = float(np.asarray(left[0].centre[:2]) @ v)
        group = [d for d in left if abs(float(np.asarray(d.centre[:2]) @ v) - first) <= _ALIGNED_M]
        left = [d for d in left if d not in group]
        middle = sum(f(float(np.asarray(d.centre[:2]) @ v) for d in group) for f in (min, max)) / 2
        ends_at = float(np.clip(middle, *span)) if span[0] <= span[1] else float(goal @ v)
        before = sum(deep for aside, deep in lies if abs(aside - ends_at) < 1.25 * broad)
        deep = sum(max(d.size[:2]) for d in group)
        lies.append((ends_at, deep))
        lanes.append(
            _lane(group, u, v, middle, ends_at, apart, goal, partial(inside, ahead_m=before + deep), at.gripper)
        )
    return [_free(lane, {to, *along, *(d.id for d in targets)}, at, broad) for lane in lanes]


def _lane(
    group: list[Detection], u: Array, v: Array, middle: float, ends_at: float, apart: float, goal: Array,
    inside: Callable[[Array], bool], gripper: Gripper,
) -> Lane:  # fmt: skip
    """One lane from behind the last of a group, at ``middle`` aside, to ``ends_at`` aside, as far as ``inside`` says."""
    last = min(group, key=lambda d: float(np.asarray(d.centre[:2]) @ u))
    back = float((footprint(last) @ u).min()) - gripper.tip_front_m - BEHIND_M * 0.7
    start = u * back + v * middle
    aim = u * float(goal @ u) + v * ends_at
    way = (aim - start) / max(float(np.linalg.norm(aim - start)), 1e-9)
    side = np.array([-way[1], way[0]]) * (apart / 2 + gripper.tip_thick_m)
    end = aim
    for t in np.arange(0.0, float(np.linalg.norm(aim - start)), 0.003):
        front = start + way * (t + gripper.tip_front_m)
        if inside(front + side) and inside(front - side):
            end = start + way * t
            break
    return Lane(start, end, math.atan2(way[1], way[0]), apart)


def _free(lane: Lane, ids: set[str], at: Ground, broad: float) -> Lane:
    """The lane with its start moved back to where the fingers have room to come down, once nothing else is in it."""
    u = np.array([math.cos(lane.yaw), math.sin(lane.yaw)])
    start = None
    for back in np.arange(0.0, _FAR_BACK_M, 0.005):
        spot = lane.start - u * back
        room = hand_room((float(spot[0]), float(spot[1]), LOW_M), lane.yaw, lane.apart_m, at.world, (), at.gripper)
        if room >= ROOM_M and reachable((float(spot[0]), float(spot[1])), at.limits):
            start = spot
            break
    if start is None:
        raise ToolError("there is no room or no reach for the fingers behind what is to be swept", FailureKind.BLOCKED)
    if not reachable((float(lane.end[0]), float(lane.end[1])), at.limits):
        raise ToolError("where it is to be swept to is out of reach", FailureKind.UNREACHABLE)
    ends = [rectangle(float(p[0]), float(p[1]), 2 * at.gripper.tip_front_m, broad, lane.yaw) for p in (start, lane.end)]
    swept = hull(np.concatenate(ends))
    others = [o for o in at.world.objects.values() if o.id not in ids and o.support != "hand"]
    if hit := [o.id for o in others if gap(swept, footprint(o)) < ROOM_M]:
        raise ToolError(f"{', '.join(hit)} is in the way and would be swept along", FailureKind.BLOCKED)
    base = at.limits.base
    return Lane(start, lane.end, way_yaw(lane.yaw, start, lane.end, base), lane.apart_m)
