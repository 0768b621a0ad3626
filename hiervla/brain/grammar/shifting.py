"""Places that are said by how things are or were: back where it was, nearer, farther, somewhere in a half of the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.footprint import gap, inside_distance
from hiervla.core.goal import DIRECTIONS, Goal, distance_between
from hiervla.core.world import Detection

SHIFT_USUAL_M = 0.10
"""What ``to the left`` and ``farther away`` mean when no distance is said."""
ROUGHLY_M = 0.02
INSIDE_M = 0.03
"""From the middle line of the table, for a thing that is to lie in one half."""
FURNITURE_M = 0.01


# ---- back
def back(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing being where it was: before this instruction moved it, else before it was moved last.

    Raises:
        Objection: it was not moved, or its place cannot be told.
    """
    began = scene.began.objects.get(d.id)
    if began is not None and began.support not in (d.support, "hand"):
        return as_it_was(began, scene)
    own = "back" in spot.text.lower() and any(c.was.id == d.id for changed in scene.changed for c in changed)
    if (
        spot.text.lower().endswith("it was")
        and not own
        and len(gone := scene.recent() - {d.id}) == 1
        and began is not None
    ):
        there = scene.began.objects.get(next(iter(gone)))  # "put B where it was": where what was moved before stood
        if there is not None and there.support != scene.world.objects[there.id].support:
            return as_it_was(there, scene).model_copy(update={"subject": d.id})
    before = [c.was for changed in scene.changed for c in changed if c.was.id == d.id]
    was = next((w for w in before if w.support != "hand"), None)  # the hand is no place of its own
    if was is None:
        raise clarify("no_place_before", thing=d)
    return as_it_was(was, scene)


def in_stead(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing being where another one was, before this instruction or else the last turn moved that.

    Raises:
        Objection: the other one was not moved, so its place is taken.
    """
    if not isinstance(spot.reference, Thing):
        raise clarify("where_unclear", part=spot.text)
    other = scene.branch().one(spot.reference)
    if other.id == d.id:
        return back(d, spot, scene)
    earlier = (c.was for changed in scene.changed for c in changed if c.was.id == other.id and c.was.support != "hand")
    was = scene.began.objects.get(other.id) if other.id in scene.handled else next(earlier, None)
    if was is None:
        raise clarify("not_moved_away", thing=other)
    return as_it_was(was, scene).model_copy(update={"subject": d.id})


def as_it_was(was: Detection, scene: Scene) -> Goal:
    """The goal that brings a thing back to how it was."""
    if was.opening_m is not None and was.label == "slider":
        return Goal(relation="slid", subject=was.id, distance_m=round(was.opening_m, 4))
    if was.opening_m is not None:
        return Goal(relation="closed" if was.opening_m <= FURNITURE_M else "open", subject=was.id)
    if was.support == "hand":
        return Goal(relation="holding", subject=was.id)
    if was.support in scene.world.objects:
        return Goal(relation="in" if was.relation == "in" else "on", subject=was.id, reference=was.support)
    if was.support != "table":
        raise refuse("out_of_sight", part=was, thing=was.support)
    now = scene.world.objects.get(was.id)
    if now is not None and now.support == "table" and math.dist(now.centre[:2], was.centre[:2]) < FURNITURE_M:
        return Goal(relation="turned", subject=was.id, angle_rad=round(was.yaw, 4))
    return Goal(
        relation="at",
        subject=was.id,
        position=(round(was.centre[0], 4), round(was.centre[1], 4)),
        tolerance_m=ROUGHLY_M,
    )


# ---- nearer and farther
def shifted(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing being nearer to another, or to an edge, or farther from it, than it is now."""
    if spot.reference is None:
        raise clarify("where_unclear", part=spot.text)
    if isinstance(spot.reference, Fixture):
        if spot.reference.name in ("table", *scene.world.zones):
            raise clarify("where_unclear", part=spot.text)
        name = spot.reference.name
    else:
        name = scene.one(spot.reference).id
    if name == d.id:
        raise refuse("itself", thing=d)
    now = distance_between(d, name, scene.world)[0]
    if spot.relation == "nearer":
        ways = [spot.distance_m] if spot.distance_m else [now / 2, now / 3, now * 2 / 3, now - 0.03]
        wanted = [round(now - w, 3) for w in ways if 0.005 <= now - w < now]
    else:
        ways = [spot.distance_m] if spot.distance_m else [SHIFT_USUAL_M, 0.07, 0.05, 0.15]
        wanted = [round(now + w, 3) for w in ways]
    for distance in wanted:
        if (at := _at_distance(d, name, distance, scene)) is not None:
            scene.notes.append(
                (
                    "nearer_by",
                    {"part": spot.text, "cm": round(distance * 100, 1), "thing": scene.world.objects.get(name, name)},
                )
            )
            return Goal(relation="at", subject=d.id, position=at, tolerance_m=min(0.012, abs(distance - now) / 2))
    raise refuse("no_room_shift", thing=d, part=spot.text)


def _at_distance(d: Detection, name: str, distance: float, scene: Scene) -> tuple[float, float] | None:
    """A free spot at this gap from a thing or edge, near to where it lies now, straight on where that is free."""
    near, reference = (d.centre[0], d.centre[1]), scene.world.objects.get(name)
    try:
        if reference is None:
            x, y = spots.from_edge(d, d.yaw, name, distance, scene.world, scene.limits, near)
            return round(x, 4), round(y, 4)
        away = math.atan2(d.centre[1] - reference.centre[1], d.centre[0] - reference.centre[0])
        for turn in (0.0, 0.3, -0.3, 0.6, -0.6, 1.0, -1.0, 1.5, -1.5):
            at = spots.at_gap(d, d.yaw, reference, away + turn, distance)
            if spots.reachable(at, scene.limits) and spots.is_free(d, at, d.yaw, scene.world):
                return round(at[0], 4), round(at[1], 4)
    except ToolError:
        pass
    return None


# ---- halves
def half(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing lying anywhere in one half of the table: the free spot nearest to where it is."""
    table = scene.world.table
    if table is None or not table.edges_seen:
        raise refuse("no_edges")
    way = np.asarray(DIRECTIONS[spot.direction or "left"])
    middle = float(np.mean(np.asarray(table.outline), axis=0) @ way)
    scene.notes.append(("half_of", {"part": spot.text}))
    for at in _near_first(d, scene):
        if float(np.asarray(at) @ way) >= middle + INSIDE_M + max(d.size[:2]) / 2 and spots.is_free(
            d, at, d.yaw, scene.world
        ):
            return Goal(relation="at", subject=d.id, position=(round(at[0], 4), round(at[1], 4)), tolerance_m=ROUGHLY_M)
    raise refuse("no_room_shift", thing=d, part=spot.text)


def outside(d: Detection, spot: Spot, scene: Scene) -> Goal:
    """The goal of a thing lying on the table outside of a zone: the free spot nearest to where it is."""
    name = spot.reference.name if isinstance(spot.reference, Fixture) else ""
    if name not in scene.world.zones:
        raise clarify("where_unclear", part=spot.text)
    zone = np.asarray(scene.world.zones[name].outline)
    for at in _near_first(d, scene):
        clear = gap(spots.outline_at(d, at, d.yaw), zone) > FURNITURE_M
        if clear and spots.is_free(d, at, d.yaw, scene.world):
            return Goal(relation="at", subject=d.id, position=(round(at[0], 4), round(at[1], 4)), tolerance_m=ROUGHLY_M)
    raise refuse("no_room_shift", thing=d, part=spot.text)


def zone_of(d: Detection, scene: Scene) -> str | None:
    """The zone that a thing on the table lies in."""
    if d.support != "table":
        return None
    return next((n for n, z in scene.world.zones.items() if inside_distance(np.asarray(z.outline), d.centre[:2]) > 0), None)  # fmt: skip


def _near_first(d: Detection, scene: Scene) -> Iterator[spots.Spot]:
    if d.support == "table":
        yield (d.centre[0], d.centre[1])
    grid: Iterable[spots.Spot] = ((x, y) for x in np.arange(0.30, 0.76, 0.02) for y in np.arange(-0.46, 0.47, 0.02))
    fit = [(float(x), float(y)) for x, y in grid if spots.reachable((x, y), scene.limits)]
    yield from sorted(fit, key=lambda s: math.dist(s, d.centre[:2]))


# ---- whose left
def from_own_side(spot: Spot, scene: Scene) -> Spot:
    """``to my left``, said from the robot's side.

    Raises:
        Objection: nobody said from where the person looks on.
    """
    if scene.speaker not in ("beside", "facing"):
        raise clarify("whose_side", part=spot.text)
    other = {"left": "right", "right": "left"}
    direction = spot.direction if scene.speaker == "beside" else other[spot.direction or "left"]
    return Spot("half", direction=direction, text=spot.text)


def of_this_half(spot: Spot) -> bool:
    """``on the left`` is a place; ``to the left`` is a way to go."""
    said = spot.text.lower()
    return said.startswith(("on ", "at ", "in ", "在", "到", "至")) or (
        not said.isascii() and not said.startswith(("往", "向", "朝"))
    )


def usual_shift(spot: Spot, scene: Scene) -> float:
    """How far ``to the left`` is, said aloud."""
    scene.notes.append(("shift_usual", {"part": spot.text, "cm": SHIFT_USUAL_M * 100}))
    return SHIFT_USUAL_M
