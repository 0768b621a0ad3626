"""The servo policy: follows a task's keyframes from proprioception alone. The expert baseline, honest about being one."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.steering import TURN_TOLERANCE_RAD, half_there, moved, tick_towards, turn_to
from hiervla.core.task import ActionChunk, Keyframe, Task

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
        turned = float(np.linalg.norm(turn_to(seen.hand.quaternion, frame.yaw))) <= TURN_TOLERANCE_RAD
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
        actions: list[Array] = []
        while len(actions) < self.horizon:
            actions.append(tick_towards(frame, at, turn, task))
            at, turn = moved(at, turn, actions[-1])
            if frame.settle or half_there(frame, at, turn):
                break
        return actions
