"""Put down what is held: in, on, beside, or at a measured distance."""

from dataclasses import replace
from typing import Literal

import numpy as np

from hiervla.core import resting, spots
from hiervla.core.errors import ToolError
from hiervla.core.fixtures import open_enough_m
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import Goal
from hiervla.core.grasp import carrying_yaw, hand_room, hanging, rim_opening
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Destination, Keyframe
from hiervla.core.walls import AT_EASE, BetweenWalls, between_walls
from hiervla.core.world import Detection

FLOOR_M = 0.014
"""Thickness of a drawer's floor with what is under it, and a little to spare."""
BESIDE_M = 0.01
"""A hand this far from the middle of what it holds stands beside it, and may meet a wall even over a box's rim."""
OPENS_M = 0.012
"""How much wider than what they hold the fingers open inside a container."""

ACROSS = 0.7
"""A thing shorter than this share of a container's breadth is laid across it."""
RIM_M = 0.02
"""A hollow thing between fingers nearer together than this is held by its rim."""
TOUCH_N, HANGS_M = 14.0, 0.07
"""Force at which what hangs from its rim has touched ground, and how far above its level place that may be."""


class Place(Skill):
    """Put the held target in, on or beside the reference, at a distance from it, or at a position, and let go."""

    target: str
    """Id of the held object."""
    relation: Literal["in", "on", "beside", "at_distance", "at"]
    """How it is to lie to the reference; ``at`` a position on the table."""
    reference: str = "table"
    """Object id; ``table`` with ``on`` and ``at``; with ``in`` also a zone; ``edge``, ``left edge``, ``right edge``, ``near edge`` or ``far edge`` with ``at_distance``."""
    distance_m: float | None = None
    """For ``at_distance``: between the two outlines, or from the outline to the edge, metres."""
    direction: Literal["left", "right", "front", "behind"] | None = None
    """Which side of the reference, from the robot's point of view."""
    position: tuple[float, float] | None = None
    """For ``at``: where its middle shall come to lie, metres."""
    between: str | None = None
    """With ``on``: id of a second object that shall also carry it, as in a pyramid."""

    grip = "release"
    max_seconds = 25.0
    says = {
        "en": ["put", "place", "move", "drop", "set", "stack", "bring", "put down", "put … down"],
        "zh": ["放", "放到", "放进", "放在", "放入", "移到", "移动到", "叠到", "叠在", "摆到", "摆在", "放下"],
    }

    def objects(self) -> list[str]:
        return [*super().objects(), *([self.between] if self.between else [])]

    def can_start(self, world) -> Check:
        if world.held and world.held.id != self.target:
            return Check.no(f"the hand holds {world.held.id}, not {self.target}", kind=FailureKind.WRONG_OBJECT)
        reference = world.objects.get(self.reference)
        if self.relation == "on" and reference is not None and self.between is None:
            on_it = [d.id for d in world.objects.values() if d.support == self.reference and d.id != self.target]
            if on_it:
                return Check.no(f"{', '.join(on_it)} already stands on {self.reference}", kind=FailureKind.BLOCKED)
        if self.relation == "in" and reference is not None and reference.opening_m is not None:
            if reference.opening_m < open_enough_m(reference):
                return Check.no(f"{reference.id} is not open", kind=FailureKind.PRECONDITION)
            d = world.objects[self.target]
            if d.size[2] > reference.size[2] - FLOOR_M:
                return Check.no(
                    f"{d.id} is too tall for {reference.id} to close over it", kind=FailureKind.PRECONDITION
                )
        if self.relation == "at" and self.position is None:
            return Check.no("at which position? none is given", kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def effects(self):
        if self.relation == "at":
            return (Goal(relation="at", subject=self.target, position=self.position),)
        return (
            Goal(relation=self.relation, subject=self.target, reference=self.reference, distance_m=self.distance_m,
                 direction=self.direction, others=(self.between,) if self.between else ()),
        )  # fmt: skip

    def spot(self, at: Ground, yaw: float) -> tuple[tuple[float, float], float]:
        """Where the target's middle should come to lie (x, y), and the height of what it will rest on, metres."""
        d = at.object(self.target)
        near = (d.centre[0], d.centre[1])
        reference = at.world.objects.get(self.reference)
        table_z = at.world.table.height_m if at.world.table else at.limits.table_height_m
        match self.relation:
            case "in" if reference:
                hand = yaw + (at.world.held.hand_yaw - at.world.held.object_yaw if at.world.held else 0.0)
                spot = resting.inside(d, reference, at.world, yaw, lambda s: self._between_walls(at, s, hand).free)
                return spot, self._floor_in(d, reference, at)
            case "in" if self.reference in at.world.zones:
                return resting.in_zone(d, yaw, at.world.zones[self.reference], at.world, at.limits), table_z
            case "on" if reference and self.between:
                return resting.upon_both(d, yaw, reference, at.object(self.between), at.world)
            case "on" if reference:
                return resting.upon(d, yaw, reference, at.world), reference.top_z
            case "on":
                return spots.on_table(d, yaw, at.world, at.limits, near), table_z
            case "beside" | "at_distance" if reference:
                return spots.beside(
                    d, yaw, reference, at.world, at.limits, near, self.distance_m, self.direction
                ), table_z
            case "at_distance":
                return spots.from_edge(
                    d, yaw, self.reference, self.distance_m or 0.0, at.world, at.limits, near
                ), table_z
            case "at" if self.position is not None:
                return spots.just_there(d, yaw, self.position, at.world, at.limits), table_z
        raise ToolError(f"cannot place {self.relation} {self.reference}")

    def _floor_in(self, d: Detection, container: Detection, at: Ground) -> float:
        """Height over which the thing is let go: just above the rim; in a drawer as low as the palm comes."""
        if container.opening_m is None:
            return container.top_z + 0.008
        above = at.world.held.offset[2] if at.world.held else 0.0
        roof = max([container.top_z, *[o.top_z for o in at.world.objects.values() if o.id == container.part_of]])
        lowest_hand = roof + 0.006 - at.gripper.palm_above_m
        return max(container.bottom_z + FLOOR_M + 0.004, lowest_hand + above - d.size[2] / 2)

    def _turns(self, at: Ground, lies: float) -> list[float]:
        """By how much the hand may be turned from how it grasped, the best first."""
        usual = [0.0, np.pi / 2, -np.pi / 2, np.pi / 4, -np.pi / 4]
        if self.reference not in at.world.objects:
            return usual
        if self.between is None:
            into = at.object(self.reference)
            held, ring = at.world.held, at.object(self.target).label == "ring"
            by_rim = held is not None and ring and np.hypot(*held.offset[:2]) > RIM_M / 2
            if self.relation == "in" and into.label in ("box", "drawer") and by_rim:
                # The hand is beside it, with a finger outside: only lengthwise is there room for that.
                aside = np.arctan2(held.offset[1], held.offset[0])
                along = float(wrap_angle(into.yaw - aside, np.pi))
                return [along, along + np.pi, *usual]
            if self.relation == "in" and into.label in ("box", "drawer") and resting.oblong(at.object(self.target)):
                across = at.object(self.target).size[0] < ACROSS * min(into.size[:2])  # so it leaves the most room
                along = float(wrap_angle(into.yaw - lies + (np.pi / 2 if across else 0.0), np.pi))
                return [along, along + np.pi / 2, along - np.pi / 2, *usual]
            return usual
        a, b = at.object(self.reference), at.object(self.between)
        line = np.arctan2(b.centre[1] - a.centre[1], b.centre[0] - a.centre[0])
        square = float(wrap_angle(line - lies, np.pi / 2 if at.object(self.target).label == "cube" else np.pi))
        return [square, square + np.pi / 2, square - np.pi / 2] if at.object(self.target).label == "cube" else [square]

    def _turned(self, at: Ground) -> tuple[tuple[float, float], float, float]:
        """Spot, height of its ground and hand yaw: as grasped, unless the hand would then meet what stands there."""
        held, d = at.world.held, at.object(self.target)
        grasped, lies = (held.hand_yaw, held.object_yaw) if held else (at.hand.yaw, d.yaw)
        above = held.offset[2] if held else 0.0
        options, trouble = [], None
        for turn in self._turns(at, lies):
            try:
                spot, floor = self.spot(at, wrap_angle(lies + turn, np.pi))
            except ToolError as e:
                trouble = trouble or e
                continue
            yaw = carrying_yaw(grasped + turn, spot, at.limits.base, at.gripper)
            z = floor + d.size[2] / 2 - above
            room = hand_room(
                (*spot, z),
                yaw,
                d.size[1] + 0.03,
                at.world,
                self._beneath(at, d),
                at.gripper,
            )
            walls = self._between_walls(at, spot, yaw)
            if room > 0.004 and walls.free:
                return spot, floor, yaw
            worth = (-walls.lacks_m, room - float(np.linalg.norm(walls.shift)))
            options.append((worth, tuple((np.asarray(spot) + walls.shift).tolist()), floor, yaw))
        if not options and trouble is not None:
            raise trouble
        return max(options, key=lambda o: o[0])[1:]

    def _between_walls(self, at: Ground, spot: tuple[float, float], yaw: float) -> BetweenWalls:
        """Whether the fingers have room there: in a drawer, and in a box when the hand stands beside what it holds.

        Into a box things are let go over its rim, with no finger between its walls.
        """
        held, into = at.world.held, at.world.objects.get(self.reference)
        if held is None or self.relation != "in" or into is None or into.label not in ("box", "drawer"):
            return AT_EASE
        beside = np.array([[np.cos(t := yaw - held.hand_yaw), -np.sin(t)], [np.sin(t), np.cos(t)]]) @ held.offset[:2]
        if into.label == "box" and np.linalg.norm(beside) < BESIDE_M:
            return AT_EASE
        return between_walls(into, np.asarray(spot) - beside, yaw, held.width_m + OPENS_M, at.gripper)

    def _beneath(self, at: Ground, d: Detection) -> tuple[str, ...]:
        """What the hand may come near: the thing itself and what will carry it."""
        if self.relation in ("beside", "at_distance"):
            return (d.id,)
        reference = at.world.objects.get(self.reference)
        return (d.id, self.reference, self.between or "", (reference and reference.part_of) or "")

    def destination(self, at: Ground):
        held, d = at.world.held, at.object(self.target)
        (x, y), floor, yaw = self._turned(at)
        grasped, lies = (held.hand_yaw, held.object_yaw) if held else (at.hand.yaw, d.yaw)
        return Destination((x, y, floor + d.size[2] / 2), float(wrap_angle(lies + yaw - grasped, np.pi)))

    def keyframes(self, at: Ground):
        held = at.world.held
        d = at.object(self.target)
        offset = np.array(held.offset) if held else np.zeros(3)
        (x, y), floor, yaw = self._turned(at)
        grasped = held.hand_yaw if held else at.hand.yaw
        turn = yaw - grasped  # the thing turns with the hand, and so does where it sits in it
        c, s = np.cos(turn), np.sin(turn)
        offset = np.array([c * offset[0] - s * offset[1], s * offset[0] + c * offset[1], offset[2]])
        if held is not None and held.width_m < RIM_M and (hangs := hanging(d, at.gripper)) is not None:
            inward = offset[:2] / max(float(np.linalg.norm(offset[:2])), 1e-6)
            offset = np.array([*(inward * hangs.lands_m), d.size[2] / 2 - hangs.touches_m])
        hand = np.array([x, y, floor + d.size[2] / 2 + 0.002]) - offset + at.handling.offset_m
        others = [o for o in at.world.objects.values() if o.id != self.target]
        tallest = max([floor, *[o.top_z for o in others]])
        high = max(tallest + d.size[2] / 2 - offset[2] + 0.05, hand[2] + 0.04)
        high = min(high, at.limits.highest(hand[0], hand[1]))
        up = min(max(high, at.hand.position[2]), at.limits.highest(*at.hand.position[:2]))
        away = min(high + 0.06, at.limits.highest(hand[0], hand[1]))
        spare = OPENS_M if self.relation == "in" else 0.022  # in a container the walls are near
        if held is not None and (d.label == "ring" or (d.hollow and held.width_m < RIM_M)):
            _, opening = rim_opening(d, at.gripper)  # the finger inside has only so much room
            spare = min(spare, max(opening - held.width_m, 0.004))
        part_open = at.gripper.command((held.width_m if held else 0.05) + spare)
        slow = at.handling.speed
        over, above = np.array([hand[0], hand[1], high]), np.array([hand[0], hand[1], away])
        here = np.array([*at.hand.position[:2], up])
        lower = Keyframe("lower", hand, yaw, 1.0, speed=0.4 * slow, tolerance_m=0.003, guarded=True)
        if (
            held is not None and d.hollow and held.width_m < RIM_M
        ):  # it hangs aslant: how low it reaches shows in touching
            lower = replace(lower, speed=0.25 * slow, until_n=TOUCH_N, until_m=HANGS_M)
        return [
            Keyframe("rise", here, at.hand.yaw, 1.0, speed=0.8 * slow, tolerance_m=0.02),
            Keyframe("carry", over, yaw, 1.0, speed=0.8 * slow, tolerance_m=0.004),
            lower,
            Keyframe("open", hand, yaw, part_open, settle=True, tolerance_m=0.03),
            Keyframe("retreat", above, yaw, part_open, speed=0.8 * slow, tolerance_m=0.02),
        ]
