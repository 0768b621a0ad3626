"""A teacher that sees the truth shows a step in the simulator, jolted now and then: what was seen, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hiervla.cerebellum.monitors import default_monitors
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import SafetyStop, ToolError
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.outcome import Failure, FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.task import Task
from hiervla.core.world import Held, World
from hiervla.guard.rules import Guard
from hiervla.learn.expert import Label, label
from hiervla.learn.lessons import Lesson, Step
from hiervla.sim.describe import describe_all
from hiervla.sim.simulation import Simulation
from hiervla.sim.truth import settle, true_world

BURST_SHARE = 0.06
"""How often, of all ticks, a jolt begins."""
BURST_TICKS = (2, 3)
SIGMA = (0.03, 0.2)
"""A jolt's standard deviation as a fraction of the step limit: above 0.1 all the time, picks would fail."""
ASTRAY_SHARE = 0.25
"""How often the hand is first led astray, high over the table, for the teacher to bring it back."""
ASTRAY_M = 0.06
CAMERAS = ("front", "wrist")


@dataclass(frozen=True, slots=True)
class Moment:
    """One tick of a demonstration."""

    seen: Observation
    label: Label
    done: Array  # (7,) what was really carried out, jolts and all
    jolted: bool
    target: Array  # (3,) where the target, or its handle, truly is now; NaN without one


@dataclass(slots=True)
class Demonstration:
    """One step as it was shown, from its first tick to its end."""

    step: Step
    task: Task
    before: World
    moments: list[Moment] = field(default_factory=list)
    success: bool = False
    failure: Failure | None = None


class Teacher:
    """Shows lessons in a simulation. It knows where everything is; whoever learns from it does not."""

    def __init__(self, sim: Simulation, robot: Any, skills: dict[str, type[Skill]], rng: np.random.Generator) -> None:
        self.sim, self.robot, self.rng = sim, robot, rng
        self.guard = Guard(skills, robot.describe())

    def world(self) -> World:
        """The true world, with how the hand holds what it holds."""
        settle(self.sim)
        world, seen = true_world(self.sim), self.robot.observe("none")
        if world.held is None:
            return world
        d = world.objects[world.held.id]
        off = np.asarray(d.centre) - seen.hand.position
        held = Held(
            id=d.id, offset=tuple(off.tolist()), hand_yaw=seen.hand.yaw, object_yaw=d.yaw, width_m=seen.gripper_width_m
        )
        return world.model_copy(
            update={"held": held, "objects": world.objects | {d.id: d.model_copy(update={"support": "hand"})}}
        )

    def where(self, task: Task) -> Array:
        """Where a task's target, or of a drawer its handle, truly is now (3,), metres; NaN without one."""
        if task.target is None or (d := describe_all(self.sim).get(task.target.id)) is None:
            return np.full(3, np.nan)
        return np.asarray(d.grasp_at or d.centre, dtype=float)

    def show(self, step: Step, calm: bool = False) -> Demonstration | None:
        """Show one step; None where it cannot be taken in this scene. ``calm``: without jolts."""
        try:
            skill, shown = self.begin(step)
        except ToolError:
            return None
        shown.failure = self._run(shown, calm)
        shown.success = shown.failure is None and self.achieved(skill, shown.before)
        return shown

    def begin(self, step: Step) -> tuple[Skill, Demonstration]:
        """A step's skill and its demonstration, grounded in how everything truly is now, with nothing shown yet.

        Raises:
            ToolError: it cannot be taken; says why.
        """
        world, hand = self.world(), self.robot.observe("none").hand
        verdict = self.guard.judge(Subgoal(skill=step.skill, arguments=step.arguments, why="shown"), world, hand)
        if not verdict.check or verdict.skill is None:
            raise ToolError(verdict.check.why)
        task = verdict.skill.ground(self.guard.ground(world, hand, verdict.handling))
        return verdict.skill, Demonstration(step, task, world)

    def again(self, shown: Demonstration, seen: Observation) -> Task:
        """The same step from how everything is now, in the midst of it.

        Raises:
            ToolError: it can no longer be taken; says why.
        """
        world, asked = (
            true_world(self.sim),
            Subgoal(skill=shown.step.skill, arguments=shown.step.arguments, why="shown"),
        )
        skill = self.guard.fill(asked)
        return skill.ground(self.guard.ground(world, seen.hand, shown.task.handling, before=shown.before))

    def _run(self, shown: Demonstration, calm: bool) -> Failure | None:
        task, guide = shown.task, ServoPolicy(self.robot.describe().step_s)
        monitors = default_monitors(None)
        seen = self.robot.observe("tick", CAMERAS)
        guide.reset(task)
        for m in monitors:
            m.start(seen, task)
        jolt, left, waited, astray = np.zeros(7), 0, 0, not calm and self.rng.random() < ASTRAY_SHARE
        for _ in range(round(1.5 * task.max_seconds / guide.step_s)):
            before = guide.index
            chunk = guide.infer(seen, task)
            waited = waited + 1 if guide.index == before and _settling(task, before) else 0
            told = label(seen, task, guide.index, waited)
            action, jolted = told.actions[0].copy(), left > 0
            if chunk.terminate:
                shown.moments.append(Moment(seen, told, action, False, self.where(task)))
                return None
            if not calm:
                jolt, left = self._jolt(task, jolt, left, chunk.phase)
                if astray and chunk.phase == "approach":
                    jolt[:3], left, astray = self._aside(task), 3, False
                action[:6] += jolt[:6] if left else 0.0
                jolted = left > 0
            at = self.where(task)
            try:
                done = self.robot.apply(action, force_n=task.handling.grip_force_n)
            except SafetyStop as e:
                return Failure(kind=FailureKind.OVER_FORCE, why=str(e))
            shown.moments.append(Moment(seen, told, np.asarray(done), jolted, at))
            seen = self.robot.observe("tick", CAMERAS)
            for m in monitors:
                if (failure := m.watch(seen, task, done, chunk.phase)) is not None:
                    return failure
        return None

    def _jolt(self, task: Task, jolt: Array, left: int, phase: str) -> tuple[Array, int]:
        """The jolt of this tick (7,) and for how many more it goes on: none where the fingers are at work."""
        if left > 0:
            return jolt, left - 1
        if phase in _DELICATE or self.rng.random() > BURST_SHARE:
            return np.zeros(7), 0
        sigma = float(self.rng.uniform(*SIGMA))
        scale = np.array([*[task.limits.step_m] * 3, 0, 0, task.limits.step_rad, 0])
        return self.rng.normal(0, sigma, 7) * scale, int(self.rng.choice(BURST_TICKS))

    def _aside(self, task: Task) -> Array:
        """A push (3,) a tick that leads the hand a few centimetres off its way, over three ticks, never down."""
        way = self.rng.normal(size=3) * (1, 1, 0.3)
        way *= self.rng.uniform(0.3, 1.0) * ASTRAY_M / 3 / max(float(np.linalg.norm(way)), 1e-6)
        way[2] = abs(way[2])
        return np.asarray(np.clip(way, -task.limits.step_m, task.limits.step_m))

    def achieved(self, skill: Skill, before: World) -> bool:
        """Is it true now? Its effects, and where it should have come to be."""
        now = self.world()
        return all(bool(holds(g, now)) for g in skill.effects()) and _arrived(skill, before, now)


_DELICATE = ("close", "open", "pull", "push", "slide", "lower")
"""Phases in which a jolt would only break things."""


def _settling(task: Task, index: int) -> bool:
    return index < len(task.keyframes) and task.keyframes[index].settle


def _arrived(skill: Skill, before: World, now: World) -> bool:
    """Of a push: does it lie where it should, by the skill's own tolerance?"""
    spot = getattr(skill, "goal_spot", None)
    if spot is None:
        return True
    x, y = spot(before)
    at = now.objects[skill.objects()[0]].centre
    return float(np.hypot(at[0] - x, at[1] - y)) <= 0.02


def show_lesson(lesson: Lesson, teacher: Teacher, calm: bool = False) -> Sequence[Demonstration]:
    """Every step of a lesson as far as it goes: what cannot be taken, or went wrong, ends it."""
    shown: list[Demonstration] = []
    for step in lesson.steps:
        demonstration = teacher.show(step, calm)
        if demonstration is None:
            break
        shown.append(demonstration)
        if not demonstration.success:
            break
    return shown
