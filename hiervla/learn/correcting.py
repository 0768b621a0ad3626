"""Lessons in which a policy acts and the teacher corrects: every state it comes to, labelled with what would be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hiervla.cerebellum.monitors import default_monitors
from hiervla.core.errors import PolicyFault, SafetyStop, ToolError
from hiervla.core.outcome import Failure, FailureKind
from hiervla.core.task import Task
from hiervla.learn.demonstrate import CAMERAS, Demonstration, Moment, Teacher
from hiervla.learn.expert import label
from hiervla.learn.lessons import Lesson
from hiervla.learn.pupil import Follower, Pupil

TOO_LATE = 4
"""Ticks that a policy may go on after the teacher would have ended."""
ASTRAY_M = 0.01
"""A target that is pushed this far before it is taken is no longer where the teacher's way leads."""
_BEFORE_CONTACT = ("rise", "approach", "descend")


def correct(lesson: Lesson, teacher: Teacher, pupil: Pupil) -> Sequence[Demonstration]:
    """Every step of a lesson as far as the policy gets."""
    shown: list[Demonstration] = []
    for step in lesson.steps:
        try:
            skill, tried = teacher.begin(step)
        except ToolError:
            break
        tried.failure = _run(tried, teacher, pupil)
        tried.success = tried.failure is None and teacher.achieved(skill, tried.before)
        shown.append(tried)
        if not tried.success:
            break
    return [d for d in shown if d.moments]


def _run(tried: Demonstration, teacher: Teacher, pupil: Pupil) -> Failure | None:
    task, robot, monitors, late = tried.task, teacher.robot, default_monitors(None), 0
    seen = robot.observe("tick", CAMERAS)
    pupil.begin(task)
    follower = Follower(task)
    for m in monitors:
        m.start(seen, task)
    for _ in range(round(1.5 * task.max_seconds / robot.describe().step_s)):
        follower.see(seen)
        told = label(seen, task, follower.index, follower.waited)
        late = late + 1 if told.remaining == 0 else 0
        try:
            acted = pupil.act(seen, task)
        except PolicyFault as e:
            return Failure(kind=FailureKind.POLICY_FAULT, why=str(e))
        if acted is None or late > TOO_LATE:
            tried.moments.append(Moment(seen, told, told.actions[0], False))
            return None
        if _strayed(tried, teacher, told.phase):
            return Failure(kind=FailureKind.MISPLACED, why="the target was pushed away before it was taken")
        action, phase = acted
        try:
            done = robot.apply(action, force_n=task.handling.grip_force_n)
        except SafetyStop as e:
            return Failure(kind=FailureKind.OVER_FORCE, why=str(e))
        tried.moments.append(Moment(seen, told, np.asarray(done), False))
        seen = robot.observe("tick", CAMERAS)
        for m in monitors:
            if (failure := m.watch(seen, task, done, phase)) is not None:
                return failure
    return None


def _strayed(tried: Demonstration, teacher: Teacher, phase: str) -> bool:
    task: Task = tried.task
    if task.grip != "gain" or phase not in _BEFORE_CONTACT or task.target is None:
        return False
    now, was = teacher.sim.pose(task.target.id).position, tried.before.objects[task.target.id].centre
    return bool(np.hypot(now[0] - was[0], now[1] - was[1]) > ASTRAY_M)
