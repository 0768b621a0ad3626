"""Lessons in which a policy acts and the teacher corrects: every state it comes to, labelled with what would be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hiervla.cerebellum.monitors import default_monitors
from hiervla.core.errors import PolicyFault, SafetyStop, ToolError
from hiervla.core.geometry import Array
from hiervla.core.outcome import Failure, FailureKind
from hiervla.core.task import Task
from hiervla.learn.demonstrate import CAMERAS, Demonstration, Moment, Teacher
from hiervla.learn.expert import label
from hiervla.learn.follower import Follower
from hiervla.learn.lessons import Lesson
from hiervla.learn.pupil import Pupil

TOO_LATE = 4
"""Ticks that a policy may go on after the teacher would have ended."""
ASTRAY_M = 0.004
"""A target that was knocked this far before it is taken is no longer where the teacher's way leads."""


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
    follower, gripper = Follower(task), None
    for m in monitors:
        m.start(seen, task)
    for _ in range(round(1.5 * task.max_seconds / robot.describe().step_s)):
        follower.see(seen, gripper)
        at = teacher.where(task)
        if follower.before_contact and _moved(follower.task, at):
            try:  # it was knocked away: from here on the teacher's way leads to where it is now
                follower = Follower(teacher.again(tried, seen))
            except ToolError as e:
                return Failure(kind=FailureKind.MISPLACED, why=f"the target was pushed away before it was taken: {e}")
            follower.see(seen, gripper)
        told = label(seen, follower.task, follower.index, follower.waited)
        late = late + 1 if told.remaining == 0 else 0
        try:
            acted = pupil.act(seen, task)
        except PolicyFault as e:
            return Failure(kind=FailureKind.POLICY_FAULT, why=str(e))
        if acted is None or late > TOO_LATE:
            tried.moments.append(Moment(seen, told, told.actions[0], False, at))
            return None
        action, phase = acted
        try:
            done = robot.apply(action, force_n=task.handling.grip_force_n)
        except SafetyStop as e:
            return Failure(kind=FailureKind.OVER_FORCE, why=str(e))
        tried.moments.append(Moment(seen, told, np.asarray(done), False, at))
        gripper = float(done[6])
        seen = robot.observe("tick", CAMERAS)
        for m in monitors:
            if (failure := m.watch(seen, task, done, phase)) is not None:
                return failure
    return None


def _moved(task: Task, at: Array) -> bool:
    """Is the target, not yet taken, no longer where a task's keyframes lead?"""
    if task.target is None or task.held is not None:
        return False
    was = task.target.grasp_at or task.target.centre
    return bool(np.hypot(at[0] - was[0], at[1] - was[1]) > ASTRAY_M)
