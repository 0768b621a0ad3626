"""Things that happen to the world while the robot is at work: triggered by truth, done to bodies, never told to the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pybullet

from hiervla.core.geometry import quaternion_from_yaw
from hiervla.sim.scene import DisturbanceSpec
from hiervla.sim.simulation import Crowded, Simulation

_FAR_M = 0.09
"""A body that is moved goes at least this far: less would not be a disturbance."""


@dataclass(slots=True)
class Happened:
    """One disturbance that took place."""

    time_s: float
    do: str
    body: str


@dataclass(slots=True)
class Disturber:
    """Listens to every control tick of a simulation and disturbs it when a trigger is met."""

    sim: Simulation
    specs: tuple[DisturbanceSpec, ...]
    happened: list[Happened] = field(default_factory=list)
    _left: list[int] = field(default_factory=list)
    _held_before: set[str] = field(default_factory=set)
    _armed: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = [s.times for s in self.specs]
        self._armed = [True] * len(self.specs)
        self.sim.client.before_tick.append(self.tick)

    def tick(self) -> None:
        """Check every trigger once."""
        held = self.sim.held()
        if held is not None:
            self._held_before.add(held)
        for i, spec in enumerate(self.specs):
            met = self._left[i] > 0 and self._met(spec, held)
            if met and self._armed[i]:
                self._do(spec)
                self._left[i] -= 1
                self.happened.append(Happened(round(self.sim.client.time_s, 3), spec.do, spec.body))
            self._armed[i] = not met  # a trigger must pass before it can be met again

    def _met(self, spec: DisturbanceSpec, held: str | None) -> bool:
        p = self.sim.pose(spec.body).position
        match spec.when:
            case "time":
                return self.sim.client.time_s >= spec.at_s
            case "approach":
                return held is None and float(np.linalg.norm(self.sim.hand() - p)) < spec.within_m
            case "grasped":
                return held == spec.body
            case "carry":
                return held == spec.body and p[2] >= spec.within_m
            case "placed":
                apart = float(np.linalg.norm(self.sim.hand() - p)) > 0.06
                return spec.body in self._held_before and held is None and apart
        raise AssertionError(spec.when)

    def _do(self, spec: DisturbanceSpec) -> None:
        match spec.do:
            case "move" | "knock":
                self._move(spec)
            case "push":
                dx, dy = spec.by or self._some_way(0.06)
                self._shift(spec.body, dx, dy)
            case "remove":
                pybullet.resetBasePositionAndOrientation(
                    self.sim.bodies[spec.body].id, [2.2, 2.2, -0.6], [0, 0, 0, 1], physicsClientId=self.sim.client.id
                )

    def _move(self, spec: DisturbanceSpec) -> None:
        if spec.by is not None:
            self._shift(spec.body, *spec.by)
            return
        body, old = self.sim.bodies[spec.body], self.sim.pose(spec.body).position
        hand = self.sim.hand()
        regions = [body.spec.region] * 30 + [None] * 30  # where there is no room in its own: in the scene's
        x, y = float(old[0]), float(old[1])
        for region in regions:
            try:
                x, y = self.sim.free_spot(body.radius, region, but=spec.body)
            except Crowded:
                continue
            if (
                math.hypot(x - old[0], y - old[1]) >= _FAR_M
                and math.hypot(x - hand[0], y - hand[1]) >= _FAR_M + body.radius
            ):
                break
        self._shift(spec.body, x - old[0], y - old[1])

    def _some_way(self, far: float) -> tuple[float, float]:
        angle = float(self.sim.rng.uniform(-math.pi, math.pi))
        return far * math.cos(angle), far * math.sin(angle)

    def _shift(self, name: str, dx: float, dy: float) -> None:
        """Set a body down elsewhere on the table, with whatever lies in or on it."""
        riders = [n for n in self.sim.bodies if n != name and self._rides(n, name)]
        base = self.sim.pose(name).position
        drop = self.sim.bodies[name].shape.size[2] / 2 + 0.002 - base[2]
        for n in (name, *riders):
            p = self.sim.pose(n)
            at = p.position + (dx, dy, drop)
            turned = quaternion_from_yaw(p.yaw) if n == name else p.quaternion
            i, cid = self.sim.bodies[n].id, self.sim.client.id
            pybullet.resetBasePositionAndOrientation(i, at.tolist(), list(turned), physicsClientId=cid)
            pybullet.resetBaseVelocity(i, [0, 0, 0], [0, 0, 0], physicsClientId=cid)

    def _rides(self, name: str, base: str) -> bool:
        at: str | None = name
        for _ in range(5):
            at = self.sim.support(at) if at in self.sim.bodies else None
            if at == base:
                return True
        return False
