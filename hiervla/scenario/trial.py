"""One skill in one simulated cell: look, judge, act, look again, and beside what the skill claims what is true."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from hiervla.assemble import Cell, assemble
from hiervla.core.config import Settings
from hiervla.core.outcome import Check, Failure, FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.ports import Brain, CloseEyes
from hiervla.core.recollection import remember
from hiervla.core.task import Trace
from hiervla.core.world import Detection, World
from hiervla.sim.scene import Scene
from hiervla.sim.truth import settle, true_world
from hiervla.workspace import Workspace, shared_workspace

SAME_M = 0.04
"""A thing seen farther than this from a body is not that body."""


class Unset(Exception):
    """The eyes or a step before the measured one kept the skill from being tried at all."""


@dataclass
class Trial:
    """A cell at work, the world as its eyes last saw it, and which body each id is."""

    cell: Cell
    world: World = field(default_factory=World)
    names: dict[str, str] = field(default_factory=dict)
    before: World = field(default_factory=World)
    """The true world before the measured step."""
    looks: int = 0
    traces: list[Trace] = field(default_factory=list)
    """What was sensed in every step that was executed, in order: each says which policy ran it."""

    @classmethod
    def of(
        cls, scene: Scene, seed: int, *, settings: Settings | None = None, space: Workspace | None = None,
        brain: Brain | None = None,
    ) -> Trial:  # fmt: skip
        """A trial in a scene built from a seed, after its first look. ``space`` and ``brain``: loaded before, for many trials."""
        trial = cls(assemble(settings or Settings(), space or shared_workspace(), scene, seed, brain=brain))
        trial.look()
        trial._name()
        return trial

    @property
    def sim(self) -> Any:
        assert self.cell.sim is not None
        return self.cell.sim

    def truth(self) -> World:
        """The true world once everything has come to rest, with the scene's zones."""
        settle(self.sim)
        return true_world(self.sim).model_copy(update={"zones": {z.name: z for z in self.cell.scene.zone}})

    def id(self, body: str) -> str:
        """The id under which the eyes know a body.

        Raises:
            Unset: they do not see it.
        """
        if body not in self.names:
            raise Unset(f"{body} is not seen")
        return self.names[body]

    def look(self, expect: str | None = None) -> None:
        """See anew from where the arm is."""
        self.looks += 1
        seen = self.cell.robot.observe("look")
        self.world = remember(self.cell.eyes.look(seen, self.world, f"L{self.looks}", expect))

    def park(self) -> None:
        self.run("home", {})

    def possible(self, skill: str, arguments: dict[str, Any]) -> bool:
        """Would the guard let this step be taken now?"""
        here = self.cell.robot.observe("none").hand
        step = Subgoal(skill=skill, arguments=arguments, why="measured")
        return bool(self.cell.guard.judge(step, self.world, here).check)

    def run(self, skill: str, arguments: dict[str, Any], before: World | None = None) -> Any:
        """Judge and execute one step, or a further pass of it; returns its filled skill and its trace.

        Raises:
            Refused: the guard says no.
        """
        here = self.cell.robot.observe("none").hand
        step = Subgoal(skill=skill, arguments=arguments, why="measured")
        verdict = self.cell.guard.judge(step, self.world, here, before=before)
        if not verdict.check or verdict.skill is None:
            raise Refused(verdict.check)
        ground = self.cell.guard.ground(self.world, here, verdict.handling, before)
        trace = self.cell.cerebellum.execute(verdict.skill.ground(ground))
        self.traces.append(trace)
        return verdict.skill, trace

    def step(self, skill: str, arguments: dict[str, Any]) -> tuple[Check | Failure, Any]:
        """One step with the looks a mission would take for it: what it claims, and its trace (None when refused)."""
        held = self.world.held.id if self.world.held else None
        try:
            filled, trace = self._found(skill, arguments)
        except Refused as no:
            return no.check, None
        before = self.world
        claim = self._judged(filled, before, trace, arguments, held)
        for _ in range(1, filled.passes):
            if not isinstance(claim, Check) or claim or claim.kind is not FailureKind.MISPLACED:
                break
            try:
                filled, trace = self.run(skill, arguments, before)
            except Refused:
                break
            claim = self._judged(filled, before, trace, arguments, held)
        return claim, trace

    def _judged(self, filled: Any, before: World, trace: Any, arguments: dict[str, Any], held: str | None) -> Any:
        """Look, from elsewhere or closer where that is needed, and what the skill then claims."""
        expect = filled.objects()[0] if filled.grip == "gain" else held
        self.look(expect)
        if trace.failure is not None:
            return trace.failure
        check = filled.done(before, self.world, trace)
        if check.answer == "cannot_see":
            self.park()
            self.look(expect)
            check = filled.done(before, self.world, trace)
        for about in (arguments.get("reference"), arguments.get("between")):
            if check.answer == "cannot_see" and about in self.world.objects and self.world.held is None:
                self.look_closer(about)
                check = filled.done(before, self.world, trace)
        return check

    def _found(self, skill: str, arguments: dict[str, Any]) -> Any:
        """Run a step; where something it names is not in view, park and look once more first."""
        try:
            return self.run(skill, arguments)
        except Refused as no:
            if no.check.kind is not FailureKind.NOT_FOUND:
                raise
        self.park()
        self.look(self.world.held.id if self.world.held else None)
        return self.run(skill, arguments)

    def look_closer(self, about: str) -> None:
        """See one thing with the wrist camera too, as part of the last look."""
        try:
            self.run("inspect", {"target": about})
        except Refused:
            return
        eyes = self.cell.eyes
        if isinstance(eyes, CloseEyes):
            self.world = remember(eyes.closer(self.cell.robot.observe("look"), self.world, about))

    def must(self, skill: str, arguments: dict[str, Any]) -> None:
        """A step on the way to the measured one.

        Raises:
            Unset: it was not done.
        """
        claim, _ = self.step(skill, arguments)
        if not isinstance(claim, Check) or not claim:
            raise Unset(f"{skill} before it: {claim.why}")

    def _name(self) -> None:
        truth = true_world(self.sim)
        bodies, seen = list(truth.objects.values()), list(self.world.objects.values())
        if not bodies or not seen:
            return
        far = np.array([[_apart(b, d) for d in seen] for b in bodies])
        for i, j in zip(*linear_sum_assignment(np.minimum(far, 0.3)), strict=True):
            if far[i, j] < SAME_M:
                self.names[bodies[i].id] = seen[j].id


def _apart(a: Detection, b: Detection) -> float:
    """Metres between two readings; between their handles, where both have one: how much of a drawer is told differs."""
    if a.grasp_at is not None and b.grasp_at is not None:
        return math.dist(a.grasp_at, b.grasp_at)
    return math.dist(a.centre, b.centre)


class Refused(Exception):
    """The guard judged that a step cannot be taken."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.why)
        self.check = check
