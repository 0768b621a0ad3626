"""Things that happen to the world while the robot is at work: triggered by truth, done to bodies, never told to the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from hiervla.core.geometry import Pose, quaternion_from_yaw
from hiervla.sim.moment import has_come
from hiervla.sim.script import DisturbanceSpec
from hiervla.sim.simulation import Crowded, Simulation

_FAR_M = 0.09
"""A body that is moved goes at least this far: less would not be a disturbance."""
_PUSH_M_S = 0.15
"""How fast somebody opens or closes a drawer."""
_PUSH_S = 2.0
"""How long somebody tries."""


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
    _pushing: dict[str, float] = field(default_factory=dict)
    """Drawers that somebody pushes, and until when."""

    def __post_init__(self) -> None:
        self._left = [s.times for s in self.specs]
        self._armed = [True] * len(self.specs)
        self.sim.client.before_tick.append(self.tick)

    def tick(self) -> None:
        """Check every trigger once."""
        held = self.sim.held()
        if held is not None:
            self._held_before.add(held)
        for name in [n for n, until in self._pushing.items() if self.sim.client.time_s >= until]:
            self.sim.push_joint(name, None)
            del self._pushing[name]
        for i, spec in enumerate(self.specs):
            met = self._left[i] > 0 and has_come(spec, self.sim, held, self._held_before)
            if met and self._armed[i]:
                self._do(spec)
                self._left[i] -= 1
                self.happened.append(Happened(round(self.sim.client.time_s, 3), spec.do, spec.body))
            self._armed[i] = not met  # a trigger must pass before it can be met again

    def _do(self, spec: DisturbanceSpec) -> None:
        match spec.do:
            case "move" | "knock":
                self._move(spec)
            case "push":
                dx, dy = spec.by or self._some_way(0.06)
                self._shift(spec.body, dx, dy)
            case "remove":
                self.sim.take_away(spec.body)
            case "add":
                x, y = spec.to or self._clear_spot(spec.body)
                self._stand(spec.body, np.array([x, y, 0.0]))
            case "swap":
                self._swap(spec.body, spec.spare or "")
            case "block":
                self._stand(spec.spare or "", self.sim.upon(spec.body))
            case "open" | "close":
                self.sim.push_joint(spec.body, _PUSH_M_S if spec.do == "open" else -_PUSH_M_S)
                self._pushing[spec.body] = self.sim.client.time_s + _PUSH_S
            case "noise":
                assert spec.sensor is not None  # the form saw to it
                self.sim.sense(spec.sensor)
            case "light":
                assert spec.light is not None
                self.sim.shine(spec.light)

    def _swap(self, name: str, spare: str) -> None:
        old = self.sim.pose(name)
        foot = old.position - (0, 0, self.sim.bodies[name].shape.size[2] / 2)
        self.sim.take_away(name)
        self._stand(spare, foot, old.yaw)

    def _stand(self, name: str, foot: np.ndarray, yaw: float | None = None) -> None:
        """Set a body down with the middle of its bottom at ``foot`` (3,)."""
        up = np.array([0.0, 0.0, self.sim.bodies[name].shape.size[2] / 2 + 0.002])
        turned = self.sim.pose(name).yaw if yaw is None else yaw
        self.sim.put(name, Pose(foot + up, quaternion_from_yaw(turned)))

    def _clear_spot(self, name: str, far_from: tuple[float, float] | None = None) -> tuple[float, float]:
        """A free spot away from the hand, and from a point; where there is none, where the body is."""
        body, hand = self.sim.bodies[name], self.sim.hand()
        x, y = (float(v) for v in self.sim.pose(name).position[:2])
        for region in [body.spec.region] * 30 + [None] * 30:  # where there is no room in its own: in the scene's
            try:
                x, y = self.sim.free_spot(body.radius, region, but=name)
            except Crowded:
                continue
            clear = math.hypot(x - hand[0], y - hand[1]) >= _FAR_M + body.radius
            if clear and (far_from is None or math.dist((x, y), far_from) >= _FAR_M):
                break
        return x, y

    def _move(self, spec: DisturbanceSpec) -> None:
        if spec.by is not None:
            self._shift(spec.body, *spec.by)
            return
        old = self.sim.pose(spec.body).position
        x, y = spec.to or self._clear_spot(spec.body, (float(old[0]), float(old[1])))
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
            turned = quaternion_from_yaw(p.yaw) if n == name else p.quaternion
            self.sim.put(n, Pose(p.position + (dx, dy, drop), turned))

    def _rides(self, name: str, base: str) -> bool:
        at: str | None = name
        for _ in range(5):
            at = self.sim.support(at) if at in self.sim.bodies else None
            if at == base:
                return True
        return False
