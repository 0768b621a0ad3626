"""What the hand holds: felt by the gripper's width, seen between the fingers; and what the arm merely hides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.footprint import footprint, inside_distance
from hiervla.core.geometry import Array, Pose, segment_distance, vec3, wrap_angle
from hiervla.core.grasp import hanging
from hiervla.core.observation import Observation
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, Held, World
from hiervla.perception.outline import hull_depth
from hiervla.perception.reading import Reading
from hiervla.perception.support import TABLE, Rest, settle
from hiervla.perception.view import View

CLOSED_M = 0.004
"""A gripper closed to this width or less holds nothing."""
_OPEN_M = 0.006
"""A gripper that is open to within this of its full width holds nothing."""
_LOOSER_M = 0.006
"""Fingers that are wider apart by this than they were around a thing no longer hold it."""
RIM_M = 0.016
"""Fingers nearer together than this around a hollow thing hold it by a wall."""
_NEAR_ARM_M = 0.045
"""How near the arm's capsules something in the air must be to be the arm's own or in its hand."""
_NEAR_HANGING_M = 0.25
"""Parts of what hangs in the hand are read no farther from it than this."""
_REACH_M = 0.022
"""How far from the grasp centre's upright line the nearest point of a held thing may be."""


@dataclass(slots=True)
class Grip:
    """The hand at this look, as far as it matters for what is in it."""

    hand: Pose
    width_m: float
    gripper: Gripper

    @property
    def felt(self) -> bool:
        """The fingers are neither together nor wide open: something may be between them."""
        return CLOSED_M < self.width_m < self.gripper.opening_m - _OPEN_M

    @property
    def yaw(self) -> float:
        """Direction the fingers slide along, rad: the hand's own y axis seen from above."""
        y = self.hand.rotation()[:, 1]
        return math.atan2(y[1], y[0])


def grip_of(observation: Observation, gripper: Gripper) -> Grip:
    return Grip(observation.hand, observation.gripper_width_m, gripper)


def floats(view: View, reading: Reading) -> bool:
    """Does the camera look past a thing's lower edge onto something clearly farther, so that it stands on nothing?"""
    rows, cols = np.nonzero(reading.mask)
    h, w = reading.mask.shape
    lowest = np.full(w, -1)
    np.maximum.at(lowest, cols, rows)
    c = np.nonzero(lowest >= 0)[0]
    r = lowest[c]
    under = np.minimum(r + 2, h - 1)
    past = view.range_m[under, c] > view.range_m[r, c] + 0.02
    known = ~view.arm[under, c] & (r + 2 < h)
    return bool(known.sum() >= 2 and past[known].mean() > 0.6)


def aloft(view: View, readings: list[Reading], links: Array) -> tuple[list[Reading], list[Reading]]:
    """Readings that stand somewhere, and those in the air by the arm: its hand's content, or bits of the arm itself."""
    standing = list(readings)
    air: list[Reading] = []
    while True:
        rests = settle(standing)
        hanging = [_hangs(view, i, standing, rests, links) for i in range(len(standing))]
        if not any(hanging):
            return standing, air
        # What seemed to stand on something that hangs in the air is looked at again without it.
        air += [r for r, hangs in zip(standing, hanging, strict=True) if hangs]
        standing = [r for r, hangs in zip(standing, hanging, strict=True) if not hangs]


def _hangs(view: View, i: int, readings: list[Reading], rests: list[Rest], links: Array) -> bool:
    r, rest = readings[i], rests[i]
    carrier = None if rest.support == TABLE else readings[rest.support].solid
    ground = 0.0 if carrier is None else carrier.floor if rest.relation == "in" else carrier.top
    gap = float(np.quantile(view.height[r.mask], 0.03)) - ground
    unsupported = gap > 0.03 or (gap > 0.012 and (floats(view, r) or _by_arm(view, r) > 0.5))
    reach = _NEAR_ARM_M if gap < 0.12 else 4 * _NEAR_ARM_M  # the higher it hangs, the surer it is the arm's
    return r.known is None and unsupported and _arm_distance(view, r, links) < reach


def _arm_distance(view: View, reading: Reading, links: Array) -> float:
    """From a reading's pixels to the arm's nearest capsule, metres; infinite without an arm."""
    p = view.points[reading.mask][::3]
    return min((float((segment_distance(p, c[:3], c[3:6]) - c[6]).min()) for c in links), default=math.inf)


def _by_arm(view: View, reading: Reading) -> float:
    """Share of a reading's pixels that border the arm's."""
    rows, cols = np.nonzero(reading.mask)
    h, w = reading.mask.shape
    beside = np.zeros(len(rows), dtype=bool)
    for dr, dc in ((0, 2), (2, 0), (0, -2), (-2, 0)):
        beside |= view.arm[np.clip(rows + dr, 0, h - 1), np.clip(cols + dc, 0, w - 1)]
    return float(beside.mean())


def between_fingers(view: View, air: list[Reading], grip: Grip) -> Reading | None:
    """The largest thing in the air whose points come close to the grasp centre's upright line."""
    best, most = None, 11
    for r in air:
        p = view.points[r.mask]
        across = np.linalg.norm(p[:, :2] - grip.hand.position[:2], axis=1)
        down = p[:, 2] - grip.hand.position[2]
        close = (across < _REACH_M + grip.width_m) & (down < 0.03) & (down > -0.16)
        if close.sum() > most:
            best, most = r, int(close.sum())
    return best


def fits_width(known: Detection, width_m: float) -> bool:
    """Could the fingers be this far apart around (or on a wall of) a thing of this size?"""
    if known.hollow and CLOSED_M < width_m < RIM_M:
        return True
    diagonal = math.hypot(known.size[0], known.size[1])
    return min(known.size) - 0.007 <= width_m <= min(diagonal, known.size[0] + 0.012) + 0.004


def hold(
    view: View, grip: Grip, known: Detection, before: Held | None, content: Reading | None, standing: bool = False
) -> Held:
    """How a thing sits in the hand. A grasp known from before is kept; a fresh one is measured.

    Across the fingers' stroke the object stands where it was last seen, along it the fingers have centred it; both are
    then slid to where the visible points (N, 3) lie on its outline. Its bottom is the lowest point seen.
    """
    if before is not None and before.id == known.id:
        return before.model_copy(update={"width_m": round(grip.width_m, 4)})
    at = grip.hand.position
    stroke = np.array([math.cos(grip.yaw), math.sin(grip.yaw)])
    last = np.asarray(known.centre[:2]) - at[:2]
    if np.linalg.norm(last) > 0.75 * known.size[0] + 0.02:  # carried here since: where it stood tells nothing
        last = np.zeros(2)
    rim = known.label == "ring" or (known.hollow and grip.width_m < RIM_M)  # a ring has no other place to take it at
    if not rim:
        last = last - stroke * float(last @ stroke)
    lift = float(np.nanmedian(view.points[..., 2] - view.height)) if content is not None else 0.0
    down = min(0.0, 0.5 * known.size[2] - 0.012)
    if standing:
        down = known.centre[2] - float(at[2])
    elif rim:  # it hangs aslant, so its points mislead: what tells is where it stood, and how deep rims are taken
        down = 0.006 - 0.5 * known.size[2]
        if (hangs := hanging(known, grip.gripper)) is not None and np.linalg.norm(last) > 1e-6:
            last, down = last / np.linalg.norm(last) * hangs.inward_m, -hangs.down_m
    elif content is not None and content.solid.ball and known.label == "ball":
        last = content.solid.centre - at[:2]
        down = lift + content.solid.top - known.size[2] / 2 - float(at[2])
    elif content is not None:
        points = view.points[content.mask]
        along = np.zeros(2) if rim else stroke
        last = _slide(known, at[:2] + last, points, along) - at[:2]
        if known.label != "ball":  # of a ball the lowest point seen is not its bottom
            down = float(np.quantile(points[:, 2], 0.02)) - 0.001 + known.size[2] / 2 - float(at[2])
    offset = vec3((*last, float(np.clip(down, -0.12, 0.06))))
    return Held(
        id=known.id,
        offset=offset,
        hand_yaw=round(grip.hand.yaw, 4),
        object_yaw=known.yaw,
        width_m=round(grip.width_m, 4),
    )


def _slide(known: Detection, start: Array, points: Array, fixed: Array) -> Array:
    """The centre near ``start`` at which the points seen lie best on the outline: a search in steps of 2 mm.

    Along the unit direction ``fixed`` (2,) it hardly moves: there the fingers hold it centred.
    """
    xy = points[:: max(1, len(points) // 120), :2]
    outline = footprint(known.model_copy(update={"centre": (float(start[0]), float(start[1]), 0.0)}))
    best, lowest = np.zeros(2), math.inf
    for shift in np.stack(np.meshgrid(*[np.arange(-0.020, 0.0201, 0.002)] * 2), axis=-1).reshape(-1, 2):
        off = np.minimum(np.abs(hull_depth(outline, xy - shift)), 0.008)
        cost = float(off.mean()) + 0.06 * math.hypot(*shift) + 0.12 * abs(float(fixed @ shift))
        if cost < lowest:
            best, lowest = shift, cost
    moved: Array = start + best
    return moved


def held_detection(grip: Grip, held: Held, known: Detection, time_s: float, seen: Reading | None) -> Detection:
    """Where the held thing is now: the offset at the grasp turned with the hand."""
    turn = wrap_angle(grip.hand.yaw - held.hand_yaw)
    c, s = math.cos(turn), math.sin(turn)
    x, y, z = held.offset
    centre = grip.hand.position + np.array([x * c - y * s, x * s + y * c, z])
    change: dict[str, object] = {
        "centre": vec3(centre),
        "yaw": round(wrap_angle(held.object_yaw + turn, math.pi), 4),
        "support": "hand",
        "relation": "on",
        "seen_s": time_s,
        "visible": 0.5,
    }
    if seen is not None:
        rows, cols = np.nonzero(seen.mask)
        change["box_px"] = (int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1)
    return known.model_copy(update=change)


def pieces_of(there: Detection, objects: dict[str, Detection], before: World) -> set[str]:
    """Ids of what is nothing but parts of a thing that hangs aslant from its rim: new, near it and of its colour."""
    known = {*before.objects, *before.lost}
    if not there.hollow or not known:
        return set()
    return {
        i
        for i, d in objects.items()
        if i not in known and d.colour == there.colour and math.dist(d.centre[:2], there.centre[:2]) < _NEAR_HANGING_M
    }


def on_own_pieces(d: Detection, objects: dict[str, Detection], before: World) -> bool:
    """Does a thing seem to stand on what nobody knew, in its own colour? Then it hangs, and was read in pieces."""
    under = objects.get(d.support)
    known = {*before.objects, *before.lost}
    return d.id in known and under is not None and under.id not in known and under.colour == d.colour


def hidden_by_arm(view: View, d: Detection) -> bool:
    """Would the arm stand between the camera and most of a thing, were it still where it was last seen?"""
    outline = footprint(d)
    spots = np.concatenate([outline, (outline + np.asarray(d.centre[:2])) / 2, [d.centre[:2]]])
    levels = np.concatenate([np.full(len(spots), d.top_z), np.full(len(spots), d.centre[2])])
    points = np.column_stack([np.concatenate([spots, spots]), levels])
    inside, rows, cols = view.visible_at(points)
    _, depth = view.image.project(points)
    hidden = inside & view.arm[rows, cols] & (view.range_m[rows, cols] < depth + 0.01)
    return bool(hidden.sum() >= 0.5 * max(1, inside.sum()))


def felt_only(
    view: View, expected: Detection, standing: Detection | None, grip: Grip, before: Held | None
) -> Detection | None:
    """The expected thing when only the fingers tell of it: their width fits, and no image speaks against it.

    Seen standing elsewhere it is not in the hand; standing between closed fingers it is grasped, not yet lifted.
    """
    if before is not None and before.id == expected.id and grip.width_m > before.width_m + _LOOSER_M:
        return None  # the fingers have let go of it
    known = standing or expected
    if not fits_width(known, grip.width_m):
        return None
    if standing is not None:
        return standing if stands_between(standing, grip) else None
    there = held_detection(grip, hold(view, grip, expected, before, None), expected, 0.0, None)
    spots = np.asarray(there.centre) + np.array([(0, 0, 0), (0, 0, -there.size[2] * 0.35)])
    inside, rows, cols = view.visible_at(spots)
    _, depth = view.image.project(spots)
    past = inside & ~view.arm[rows, cols] & (view.range_m[rows, cols] > depth + 0.03)
    return None if past.all() else expected


def stands_between(d: Detection, grip: Grip) -> bool:
    """Is a standing thing just where the fingers are, high enough to be between them?"""
    outline = footprint(d)
    at = grip.hand.position
    return (
        inside_distance(outline, (float(at[0]), float(at[1]))) > -0.012 and d.bottom_z - 0.01 < at[2] < d.top_z + 0.012
    )


def known_by(world: World, object_id: str | None) -> Detection | None:
    return None if object_id is None else world.objects.get(object_id) or world.lost.get(object_id)
