"""Put down what is held: in, on, beside, or at a measured distance."""

from typing import Literal

import numpy as np

from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import Goal
from hiervla.core.grasp import carrying_yaw, hand_room
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Keyframe


class Place(Skill):
    """Put the held target in, on or beside the reference, or at a measured distance from it, and let go."""

    target: str
    """Id of the held object."""
    relation: Literal["in", "on", "beside", "at_distance"]
    """How it is to lie to the reference."""
    reference: str
    """Object id; ``table`` with ``on``; ``edge``, ``left edge``, ``right edge``, ``near edge`` or ``far edge`` with ``at_distance``."""
    distance_m: float | None = None
    """For ``at_distance``: between the two outlines, or from the outline to the edge, metres."""
    direction: Literal["left", "right", "front", "behind"] | None = None
    """Which side of the reference, from the robot's point of view."""

    grip = "release"
    max_seconds = 25.0
    says = {
        "en": ["put", "place", "move", "drop", "set", "stack", "bring", "put down", "put … down"],
        "zh": ["放", "放到", "放进", "放在", "放入", "移到", "移动到", "叠到", "叠在", "摆到", "摆在", "放下"],
    }

    def can_start(self, world) -> Check:
        if world.held and world.held.id != self.target:
            return Check.no(f"the hand holds {world.held.id}, not {self.target}", kind=FailureKind.WRONG_OBJECT)
        if self.relation == "on" and self.reference in world.objects:
            on_it = [d.id for d in world.objects.values() if d.support == self.reference and d.id != self.target]
            if on_it:
                return Check.no(f"{', '.join(on_it)} already stands on {self.reference}", kind=FailureKind.BLOCKED)
        return super().can_start(world)

    def effects(self):
        return (
            Goal(relation=self.relation, subject=self.target, reference=self.reference, distance_m=self.distance_m,
                 direction=self.direction),
        )  # fmt: skip

    def spot(self, at: Ground, yaw: float) -> tuple[tuple[float, float], float]:
        """Where the target's middle should come to lie (x, y), and the height of what it will rest on, metres."""
        d = at.object(self.target)
        near = (d.centre[0], d.centre[1])
        reference = at.world.objects.get(self.reference)
        table_z = at.world.table.height_m if at.world.table else at.limits.table_height_m
        match self.relation:
            case "in" if reference:
                return spots.inside(d, reference, at.world), reference.top_z + 0.008
            case "on" if reference:
                return (reference.centre[0], reference.centre[1]), reference.top_z
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
        raise ToolError(f"cannot place {self.relation} {self.reference}")

    def _turned(self, at: Ground) -> tuple[tuple[float, float], float, float]:
        """Spot, height of its ground and hand yaw: as grasped, unless the hand would then meet what stands there."""
        held, d = at.world.held, at.object(self.target)
        grasped, lies = (held.hand_yaw, held.object_yaw) if held else (at.hand.yaw, d.yaw)
        above = held.offset[2] if held else 0.0
        options = []
        for turn in (0.0, np.pi / 2, -np.pi / 2, np.pi / 4, -np.pi / 4):
            spot, floor = self.spot(at, wrap_angle(lies + turn, np.pi))
            yaw = carrying_yaw(grasped + turn, spot, at.limits.base, at.gripper)
            z = floor + d.size[2] / 2 - above
            room = hand_room(
                (*spot, z),
                yaw,
                d.size[1] + 0.03,
                at.world,
                (d.id, self.reference if self.relation != "beside" else ""),
                at.gripper,
            )
            if room > 0.004:
                return spot, floor, yaw
            options.append((room, spot, floor, yaw))
        return max(options, key=lambda o: o[0])[1:]

    def keyframes(self, at: Ground):
        held = at.world.held
        d = at.object(self.target)
        offset = np.array(held.offset) if held else np.zeros(3)
        (x, y), floor, yaw = self._turned(at)
        grasped = held.hand_yaw if held else at.hand.yaw
        turn = yaw - grasped  # the thing turns with the hand, and so does where it sits in it
        c, s = np.cos(turn), np.sin(turn)
        offset = np.array([c * offset[0] - s * offset[1], s * offset[0] + c * offset[1], offset[2]])
        hand = np.array([x, y, floor + d.size[2] / 2 + 0.002]) - offset + at.handling.offset_m
        others = [o for o in at.world.objects.values() if o.id != self.target]
        tallest = max([floor, *[o.top_z for o in others]])
        high = max(tallest + d.size[2] / 2 - offset[2] + 0.05, hand[2] + 0.04)
        high = min(high, at.limits.highest(hand[0], hand[1]))
        up = min(max(high, at.hand.position[2]), at.limits.highest(*at.hand.position[:2]))
        away = min(high + 0.06, at.limits.highest(hand[0], hand[1]))
        spare = 0.012 if self.relation == "in" else 0.022  # in a container the walls are near
        part_open = at.gripper.command((held.width_m if held else 0.05) + spare)
        slow = at.handling.speed
        over, above = np.array([hand[0], hand[1], high]), np.array([hand[0], hand[1], away])
        here = np.array([*at.hand.position[:2], up])
        return [
            Keyframe("rise", here, at.hand.yaw, 1.0, speed=0.8 * slow, tolerance_m=0.02),
            Keyframe("carry", over, yaw, 1.0, speed=0.8 * slow, tolerance_m=0.004),
            Keyframe("lower", hand, yaw, 1.0, speed=0.4 * slow, tolerance_m=0.003, guarded=True),
            Keyframe("open", hand, yaw, part_open, settle=True, tolerance_m=0.03),
            Keyframe("retreat", above, yaw, part_open, speed=0.8 * slow, tolerance_m=0.02),
        ]
