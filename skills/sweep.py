"""Sweep many small things into a zone, or up to a thing."""

from dataclasses import replace

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.goal import Goal
from hiervla.core.motion import clear_height, out_of_sight, rise
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.pushing import BACK_OFF_M, RISES_M
from hiervla.core.relations import holds
from hiervla.core.skill import Ground, Skill
from hiervla.core.sweeping import LOW_M, into_zone_lanes, up_to_lanes
from hiervla.core.task import Keyframe, Task
from hiervla.core.world import World

PACE = 0.15
"""Fraction of the step limit while sweeping."""
TALLEST_M = 0.06
"""What is taller than this topples rather than slides."""


class Sweep(Skill):
    """Sweep small objects over the table with the finger tips, all together, into a zone or up beside another object."""

    targets: tuple[str, ...] = ()
    """Ids of the objects to sweep."""
    reference: str = ""
    """Zone to sweep them into, or id of the object to sweep them up to."""

    max_seconds = 90.0
    passes = 3
    says = {"en": ["sweep", "sweep … together", "brush"], "zh": ["扫", "扫到", "扫进", "清扫"]}

    def objects(self) -> list[str]:
        return [*self.targets, *([self.reference] if self.reference else [])]

    def ready(self, world: World) -> Check:
        """One of a heap may be hidden by another: those in view are enough to go on with."""
        seen = tuple(i for i in self.targets if i in world.objects)
        return super(Sweep, self.model_copy(update={"targets": seen})).ready(world) if seen else super().ready(world)

    def can_start(self, world: World) -> Check:
        if world.held is not None:
            return Check.no(f"the hand holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if not self.targets or not self.reference:
            return Check.no("sweep what, and where to?", kind=FailureKind.PRECONDITION)
        things = [world.objects[i] for i in self.targets]
        if fixed := [d.id for d in things if d.fixed or d.support not in ("table", *self.targets)]:
            return Check.no(f"{', '.join(fixed)} does not lie loose on the table", kind=FailureKind.PRECONDITION)
        if tall := [d.id for d in things if d.size[2] > TALLEST_M]:
            return Check.no(f"{', '.join(tall)} is too tall to be swept", kind=FailureKind.PRECONDITION)
        return super().can_start(world)

    def effects(self):
        return tuple(Goal(relation="in", subject=i, reference=self.reference) for i in self.targets)

    def _goals(self, world: World) -> list[Goal]:
        relation = "in" if self.reference in world.zones else "beside"
        return [Goal(relation=relation, subject=i, reference=self.reference) for i in self.targets]

    def keyframes(self, at: Ground):
        left = [
            at.object(g.subject)
            for g in self._goals(at.world)
            if g.subject in at.world.objects and not holds(g, at.world)
        ]
        if (unseen := [i for i in self.targets if i not in at.world.objects]) and not left:
            raise ToolError(f"{', '.join(unseen)} is not in view; the others are there", FailureKind.NOT_FOUND)
        if not left:
            raise ToolError(f"everything is at {self.reference} already", FailureKind.PRECONDITION)
        zone = at.world.zones.get(self.reference)
        lanes = (
            into_zone_lanes(left, zone, at, self.targets)
            if zone
            else up_to_lanes(left, at.object(self.reference), at, self.targets)
        )
        frames: list[Keyframe] = []
        speed, z = at.handling.speed, LOW_M + at.handling.offset_m[2]
        down = z - 0.5 * RISES_M
        for lane in lanes:
            grip, high = at.gripper.command(lane.apart_m), clear_height(at.world)
            way = lane.end - lane.start
            u = way / max(float(np.linalg.norm(way)), 1e-9)
            back = lane.end - BACK_OFF_M * u
            over, up = min(high, at.limits.highest(*lane.start)), min(high, at.limits.highest(*back))
            frames += rise(at, over, grip) if not frames else []
            frames += [
                Keyframe("approach", np.array([*lane.start, over]), lane.yaw, grip, speed, 0.008),
                Keyframe("descend", np.array([*lane.start, down]), lane.yaw, grip, 0.6 * speed, 0.0015),
                Keyframe("sweep", np.array([*lane.end, z]), lane.yaw, grip, PACE * speed, 0.003),
                Keyframe("withdraw", np.array([*back, z]), lane.yaw, grip, 0.2 * speed, 0.004),
                Keyframe("retreat", np.array([*back, up]), lane.yaw, 1.0, 0.8 * speed, 0.02),
            ]
        return [*frames, *out_of_sight(at)]

    def ground(self, at: Ground) -> Task:
        return replace(super().ground(at), touches=self.targets)

    def done(self, before: World, now: World, trace) -> Check:
        checks = [holds(g, now) for g in self._goals(now)]
        missing = [c for c in checks if not c]
        if not missing:
            return Check.yes(f"all {len(checks)} lie at {self.reference}", *[e for c in checks for e in c.evidence])
        said = next((c for c in missing if c.answer == "no"), missing[0])
        return said.model_copy(update={"why": f"{len(missing)} of {len(checks)} are not there: {said.why}"})
