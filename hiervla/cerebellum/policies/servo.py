"""The servo policy: follows a task's keyframes from proprioception alone. The expert baseline, honest about being one."""

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
from hiervla.core.observation import Observation
from hiervla.core.task import ActionChunk, Keyframe, Task

_TURN_TOLERANCE_RAD = 0.04
_CARRY_TURN = 0.5
"""Fraction of the turning limit that is used with something in the hand."""
_SETTLED_M = 0.0008
"""Fingers that move less than this between two control ticks have come to rest."""
_SETTLE_TICKS = 3


class ServoPolicy:
    """Emits chunks that run straight to the next keyframe, at most one step limit a tick.

    It keeps one thing between calls: which keyframe it is heading for. Whether that has been reached is read from
    the observation, never assumed from what was commanded.
    """

    name = "servo"
    horizon = 16
    cameras: tuple[str, ...] = ()

    def __init__(self, step_s: float = 0.1) -> None:
        self.step_s = step_s
        self.index = 0
        self._ticks_at = 0
        self._last_width: float | None = None

    def reset(self, task: Task) -> None:
        """Head for the first keyframe of a new task."""
        self.index, self._ticks_at, self._last_width = 0, 0, None

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        """The next actions (≤ 16, 7) from where the hand is now; shorter where only waiting can tell what comes next."""
        frames = task.keyframes
        while self.index < len(frames) and self._arrived(observation, frames[self.index]):
            self.index += 1
            self._ticks_at, self._last_width = 0, None
        width = observation.gripper_width_m
        self._last_width = width
        if self.index >= len(frames):
            rest = np.zeros((1, 7))
            rest[0, 6] = frames[-1].gripper if frames else 0.0
            return ActionChunk(rest, self.step_s, progress=1.0, terminate=1.0, phase="end")
        phase = frames[self.index].name
        actions = self._rollout(observation, task)
        done = self.index / len(frames)
        return ActionChunk(np.array(actions), self.step_s, progress=done, terminate=0.0, phase=phase)

    def reached(self, task: Task) -> list[str]:
        """Names of the keyframes that were seen to be reached."""
        return [k.name for k in task.keyframes[: self.index]]

    def _arrived(self, seen: Observation, frame: Keyframe) -> bool:
        near = float(np.linalg.norm(seen.hand.position - frame.position)) <= frame.tolerance_m
        turned = float(np.linalg.norm(_turn(seen.hand.quaternion, frame.yaw))) <= _TURN_TOLERANCE_RAD
        if frame.settle:
            self._ticks_at += 1
            still = self._last_width is not None and abs(seen.gripper_width_m - self._last_width) < _SETTLED_M
            return still and self._ticks_at > _SETTLE_TICKS
        if frame.until_n is not None and not near:
            away = float(np.linalg.norm(seen.hand.position - frame.position))
            return away < frame.until_m and float(np.linalg.norm(seen.wrench[:3])) >= frame.until_n
        if frame.guarded and near is False:
            close = float(np.linalg.norm(seen.hand.position[:2] - frame.position[:2])) <= 0.01
            touching = seen.wrench[2] > 8.0 and seen.hand.position[2] < frame.position[2] + 0.012
            return close and touching
        return near and turned

    def _rollout(self, seen: Observation, task: Task) -> list[Array]:
        """Integrate the motion to the frame ahead. A chunk never runs past its frame: arriving is for the senses to say."""
        at, turn = seen.hand.position.copy(), seen.hand.quaternion.copy()
        frame = task.keyframes[self.index]
        if frame.settle:
            hold = np.clip(frame.position - at, -0.002, 0.002)
            return [np.array([*hold, 0, 0, 0, frame.gripper])]
        actions: list[Array] = []
        while len(actions) < self.horizon:
            step = _clip(frame.position - at, task.limits.step_m * frame.speed)
            twist = _clip(
                _turn(turn, frame.yaw),
                task.limits.step_rad * (_CARRY_TURN if task.grip in ("keep", "release") else 1.0),
            )
            actions.append(np.array([*step, *twist, frame.gripper]))
            at, turn = at + step, quaternion_multiply(quaternion_from_rotvec(twist), turn)
            arrived = np.linalg.norm(frame.position - at) <= 0.5 * frame.tolerance_m
            if arrived and np.linalg.norm(_turn(turn, frame.yaw)) <= 0.5 * _TURN_TOLERANCE_RAD:
                break
        return actions


def _turn(current: Array, yaw: float) -> Array:
    """Rotation vector (3,), world axes, from the current hand orientation to hand-down at ``yaw``.

    Yaw is not wrapped: going the short way across ±π would run the wrist into its stop.
    """
    now = yaw_of(current)
    upright = rotvec_from_quaternion(quaternion_multiply(downward(now), quaternion_conjugate(current)))
    return upright + np.array([0.0, 0.0, yaw - now])


def _clip(v: Array, longest: float) -> Array:
    norm = float(np.linalg.norm(v))
    return v if norm <= longest else v * (longest / norm)
