"""What truly happened while a policy worked: which body the arm touched first, what moved, whether the deed is done."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.goal import DIRECTIONS
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.task import Task
from hiervla.core.world import World
from hiervla.learn.lessons import Step

MOVED_M = 0.02
"""A body that moved farther than this has been moved."""
NUDGED_M = 0.004
"""And this far it does not move by itself: it was touched between two ticks."""
LIFTED_M = 0.05
"""What is picked up hangs at least this high over the table."""
BESIDE_M = 0.015
"""How far from the measured spot a thing may lie that was set down beside another."""
PUSHED_M = 0.02
"""And one that was pushed, from where it should have come to lie."""


@dataclass
class Witness:
    """Watches every control tick of a simulation from its making on."""

    sim: Any
    first: str | None = None
    """The first body that the arm touched; of what it already touched at the beginning nothing is said."""
    _from: dict[str, Array] = field(default_factory=dict)
    _held: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._from = {n: self.sim.pose(n).position for n in self.sim.bodies}
        self._held = frozenset(n for n in self.sim.bodies if self._touched(n))
        self.sim.client.before_tick.append(self.tick)

    def tick(self) -> None:
        """Look at what the tick before has left."""
        if self.first is None:
            others = [n for n in self.sim.bodies if n not in self._held]
            self.first = next((n for n in others if self._touched(n)), None) or next(
                (n for n in others if self._gone(n) > NUDGED_M), None
            )

    def moved(self) -> list[str]:
        """Bodies that are not where they were at the beginning."""
        return [n for n in self.sim.bodies if self._gone(n) > MOVED_M]

    def leave(self) -> None:
        """Stop watching."""
        self.tick()
        self.sim.client.before_tick.remove(self.tick)

    def _touched(self, name: str) -> bool:
        return bool(self.sim.touches(self.sim.bodies[name].id, self.sim.arm_id))

    def _gone(self, name: str) -> float:
        return float(np.linalg.norm(self.sim.pose(name).position - self._from[name]))


@dataclass(frozen=True, slots=True)
class Truth:
    """Is a deed done, and how far from its measured place did the thing come to lie?"""

    done: bool
    off_m: float | None = None
    near: bool = False
    """It is as the skill claims, and not where it was measured to be: short of done, and yet no false claim."""


def judge(step: Step, skill: Skill, task: Task, before: World, now: World) -> Truth:
    """A lesson's step by truth: ``skill`` is filled with names of bodies, ``task`` was grounded in what was perceived."""
    body = step.arguments["target"]
    if not all(bool(holds(goal, now)) for goal in skill.effects()):
        return Truth(False)
    at = now.objects[body]
    if step.deed == "pick":
        return Truth(at.bottom_z > LIFTED_M)
    if step.deed == "beside" and task.destination is not None:
        off = math.dist(at.centre[:2], task.destination.position[:2])
        return Truth(off <= BESIDE_M, off, near=off > BESIDE_M)
    if step.deed == "push":
        was = before.objects[body]
        goal = np.asarray(was.centre[:2]) + step.arguments["distance_m"] * np.asarray(
            DIRECTIONS[step.arguments["direction"]]
        )
        off = math.dist(at.centre[:2], goal)
        return Truth(off <= PUSHED_M and at.support == "table" and at.posture == was.posture, off)
    return Truth(True)
