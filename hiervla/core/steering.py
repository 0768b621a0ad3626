"""One control tick towards a keyframe: what the servo policy does, and what a teacher shows."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import (
    Array,
    downward,
    quaternion_conjugate,
    quaternion_from_rotvec,
    quaternion_multiply,
    rotvec_from_quaternion,
    yaw_of,
)
from hiervla.core.task import Keyframe, Task

TURN_TOLERANCE_RAD = 0.04
"""A hand this little turned from a keyframe's yaw is turned as it asks."""
DRIFT_M = 0.002
"""How far the hand may correct its place in one tick, along each axis, while the fingers settle."""
_CARRY_TURN = 0.5
"""Fraction of the turning limit that is used with something in the hand."""


def tick_towards(frame: Keyframe, at: Array, turn: Array, task: Task) -> Array:
    """The action (7,) that leads from a hand at ``at`` (3,) m, turned as ``turn`` (4,), straight towards a keyframe."""
    if frame.settle:
        return np.array([*np.clip(frame.position - at, -DRIFT_M, DRIFT_M), 0.0, 0.0, 0.0, frame.gripper])
    limit = task.limits.step_rad * (_CARRY_TURN if task.grip in ("keep", "release") else 1.0)
    step = clipped(frame.position - at, task.limits.step_m * frame.speed)
    return np.array([*step, *clipped(turn_to(turn, frame.yaw), limit), frame.gripper])


def moved(at: Array, turn: Array, action: Array) -> tuple[Array, Array]:
    """Where and how turned the hand is after an action that is carried out without error."""
    return at + action[:3], quaternion_multiply(quaternion_from_rotvec(action[3:6]), turn)


def half_there(frame: Keyframe, at: Array, turn: Array) -> bool:
    """Within half of what counts as reaching a keyframe: near enough to plan what comes after it."""
    near = float(np.linalg.norm(frame.position - at)) <= 0.5 * frame.tolerance_m
    return near and float(np.linalg.norm(turn_to(turn, frame.yaw))) <= 0.5 * TURN_TOLERANCE_RAD


def turn_to(current: Array, yaw: float) -> Array:
    """Rotation vector (3,), world axes, from the current hand orientation to hand-down at ``yaw``.

    Yaw is not wrapped: going the short way across ±π would run the wrist into its stop.
    """
    now = yaw_of(current)
    upright = rotvec_from_quaternion(quaternion_multiply(downward(now), quaternion_conjugate(current)))
    return np.asarray(upright + np.array([0.0, 0.0, yaw - now]))


def clipped(v: Array, longest: float) -> Array:
    """The vector (3,), no longer than that."""
    norm = float(np.linalg.norm(v))
    return v if norm <= longest else v * (longest / norm)
