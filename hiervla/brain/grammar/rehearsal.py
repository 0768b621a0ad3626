"""A plan rehearsed: the world as it would be if every step went perfectly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.fixtures import open_enough_m
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import Goal
from hiervla.core.resting import is_broad, upon
from hiervla.core.task import Limits
from hiervla.core.world import Detection, Held, World

SHUT_M = 0.0
USUAL_TRAVEL_M = 0.12
"""How far a drawer or slider goes when the eyes cannot tell."""
HAND_M, HAND_BROAD_M = 0.03, 0.10
"""Room the hand needs before the handle of a drawer that is out, and across."""
HANDLE_M = 0.02
"""How far, at least, a handle stands out before the broad front of its drawer."""
PLATE_GAP_M = 0.012
"""Between things on one plate."""
ROUND = 1.0
"""Widths of things, side by side, that a plate of width one takes."""
TOUCH_M = 0.003
CLEAR_M = 0.010
"""Things nearer to a slot than this stand in it."""


class Rehearsal:
    """Holds the imagined world, and when each thing was last moved in it."""

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        self.world, self.limits = with_remembered(world), limits or Limits()
        self.moved: dict[str, int] = {}  # id → number of the move that moved it last
        self.count = 0

    @property
    def held(self) -> str | None:
        return self.world.held.id if self.world.held else None

    def on(self, support: str) -> list[str]:
        """What rests on or in a thing."""
        return [d.id for d in self.world.objects.values() if d.support == support]

    def rests(self, object_id: str) -> tuple[str, str]:
        d = self.world.objects.get(object_id)
        return (d.support, d.relation) if d is not None else ("", "")

    def closed(self, object_id: str) -> bool:
        """It is a drawer that is not open far enough to reach into."""
        d = self.world.objects.get(object_id)
        return d is not None and d.hollow and d.opening_m is not None and d.opening_m < open_enough_m(d)

    def travel(self, object_id: str) -> float:
        return self.world.objects[object_id].travel_m or USUAL_TRAVEL_M

    # ---- what steps do
    def take(self, object_id: str) -> None:
        held = Held(id=object_id, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0)
        self._set(object_id, held, support="hand", relation="on")

    def put(self, goal: Goal) -> None:
        """The held thing comes to be as a goal says."""
        d = self.world.objects.get(goal.subject)
        if d is None:
            self.world = self.world.model_copy(update={"held": None})
            return
        reference = self.world.objects.get(goal.reference or "")
        if goal.relation in ("in", "on") and reference is not None:
            bases = [reference, *(self.world.objects[o] for o in goal.others if o in self.world.objects)]
            x, y = (sum(b.centre[k] for b in bases) / len(bases) for k in (0, 1))
            if goal.relation == "on" and is_broad(reference) and (spot := self._beside_others(d, reference)):
                x, y = spot
            z = reference.top_z + d.size[2] / 2 if goal.relation == "on" else reference.bottom_z + d.size[2] / 2
            self._set(d.id, None, support=reference.id, relation=goal.relation, centre=(x, y, z))
            return
        x, y = self._spot(d, goal, reference)
        table = self.world.table.height_m if self.world.table else 0.0
        self._set(d.id, None, support="table", relation="on", centre=(x, y, table + d.size[2] / 2))

    def set_opening(self, object_id: str, opening_m: float) -> None:
        self._set(object_id, self.world.held, opening_m=opening_m)

    def turn(self, object_id: str, yaw: float) -> None:
        self._set(object_id, self.world.held, yaw=yaw)

    def _spot(self, d: Detection, goal: Goal, reference: Detection | None) -> spots.Spot:
        near = (d.centre[0], d.centre[1])
        world, limits = self.world, self.limits
        try:
            if goal.position is not None:
                return goal.position
            if goal.reference in world.zones:
                outline = world.zones[goal.reference].outline
                return (sum(p[0] for p in outline) / len(outline), sum(p[1] for p in outline) / len(outline))
            if goal.relation == "on" or goal.reference is None:
                return spots.on_table(d, d.yaw, world, limits, near)
            if reference is not None:
                return spots.beside(d, d.yaw, reference, world, limits, near, goal.distance_m, goal.direction)
            return spots.from_edge(d, d.yaw, goal.reference, goal.distance_m or 0.0, world, limits, near)
        except ToolError:
            return near  # the skill will say so when it comes to it

    def _set(self, object_id: str, held: Held | None, **change: Any) -> None:
        self.count += 1
        self.moved[object_id] = self.count
        objects = dict(self.world.objects)
        if object_id in objects:
            objects[object_id] = objects[object_id].model_copy(update=change)
        self.world = self.world.model_copy(update={"objects": objects, "held": held})

    def has_room(self, plate: str, object_id: str) -> bool:
        """Is it a plate, or as broad as one, with room for one more?"""
        base, d = self.world.objects.get(plate), self.world.objects.get(object_id)
        if base is None or d is None or not is_broad(base):
            return False
        standing = [o for o in self.world.objects.values() if o.support == plate and o.id != object_id]
        taken = sum(max(o.size[:2]) + PLATE_GAP_M for o in [*standing, d])
        return not standing or taken <= ROUND * min(base.size[:2]) or self._beside_others(d, base) is not None

    def _beside_others(self, d: Detection, plate: Detection) -> spots.Spot | None:
        """Where on a plate it will stand, as the skill chooses; None where there is no room."""
        try:
            return upon(d, d.yaw, plate, self.world)
        except ToolError:
            return None

    # ---- what stands where something has to come
    def standing_at(self, d: Detection, spot: spots.Spot) -> list[str]:
        """Things on the table in the way of a thing that is to come to a spot."""
        outline = spots.outline_at(d, spot, d.yaw)
        others = [o for o in self.world.objects.values() if o.id != d.id and o.support == "table" and not o.fixed]
        return [o.id for o in others if gap(outline, footprint(o)) < CLEAR_M]

    def overlaps(self, d: Detection, spot: spots.Spot, other: str) -> bool:
        """The two would touch."""
        return gap(spots.outline_at(d, spot, d.yaw), footprint(self.world.objects[other])) < TOUCH_M

    def ways_of(self, object_id: str) -> list[Detection]:
        """The ground a closed drawer needs to come out, and the hand before its handle, as things that lie there."""
        d = self.world.objects.get(object_id)
        if d is None or d.opens is None or not self.closed(object_id):
            return []
        along = np.asarray(d.opens)
        outline = footprint(d)
        broad = float(np.ptp(outline @ np.array([-along[1], along[0]])))
        front = float(((outline - d.centre[:2]) @ along).max())
        out = self.travel(object_id) - (d.opening_m or 0.0)
        return [_before(d, along, front, *way) for way in ((out - HANDLE_M, broad), (out + HAND_M, HAND_BROAD_M))]

    def in_the_way_of(self, object_id: str) -> list[str]:
        """Loose things on the table that a closed drawer would meet when it is pulled out."""
        ways = [footprint(way) for way in self.ways_of(object_id)]
        loose = [o for o in self.world.objects.values() if o.support == "table" and not o.fixed]
        return [o.id for o in loose if any(gap(way, footprint(o)) < 0 for way in ways)]

    def spare_spot(self, object_id: str, kept: list[tuple[Detection, spots.Spot]]) -> spots.Spot | None:
        """A free spot for a thing that leaves all kept slots free."""
        d = self.world.objects[object_id]
        ghosts = {
            f"slot {k}": o.model_copy(update={"id": f"slot {k}", "centre": (*at, o.centre[2]), "support": "table"})
            for k, (o, at) in enumerate(kept)
        }
        world = self.world.model_copy(update={"objects": {**self.world.objects, **ghosts}})
        try:
            x, y = spots.on_table(d, d.yaw, world, self.limits, (d.centre[0], d.centre[1]))
        except ToolError:
            return None
        return round(x, 4), round(y, 4)

    def off(self, object_id: str, spot: spots.Spot) -> float:
        """How far a thing that stands on the table is from a spot, metres; infinite when it rests elsewhere."""
        d = self.world.objects[object_id]
        return math.dist(d.centre[:2], spot) if d.support == "table" else math.inf


def _before(d: Detection, along: np.ndarray, front: float, length: float, broad: float) -> Detection:
    """A strip of ground before a drawer's front, metres."""
    x, y = np.asarray(d.centre[:2]) + along * (front + length / 2)
    yaw = math.atan2(along[1], along[0])
    return d.model_copy(update={"centre": (float(x), float(y), d.centre[2]), "size": (length, broad, d.size[2]), "yaw": yaw})  # fmt: skip


def with_remembered(world: World) -> World:
    """The world with what was seen to go into a drawer that is now closed."""
    inside = {f.subject: f.reference for f in world.facts if f.relation == "in" and f.reference in world.objects}
    known = {
        i: world.lost[i].model_copy(update={"support": container, "relation": "in"})
        for i, container in inside.items()
        if i in world.lost and i not in world.objects and world.objects[container].opening_m is not None
    }
    return world.model_copy(update={"objects": {**world.objects, **known}}) if known else world
