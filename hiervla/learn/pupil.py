"""A policy that acts in a lesson while the teacher only says, at every state it comes to, what would have been right.

After DAgger (Ross et al. 2011): a policy that is shown the teacher's states alone never learns to mend its own.
"""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.ports import Policy
from hiervla.core.steering import turn_to
from hiervla.core.task import Keyframe, Task
from hiervla.learn.exam.ablation import Ablated, Ablation
from hiervla.learn.expert import SETTLE_TICKS

WRONG_SHARE, WRONG_M = 0.5, 0.03
"""How often it is told its target wrongly, and by how much at most."""
LONGEST = 6
"""Actions of a chunk that it carries out at most before it looks again; as many as one again are drawn each time."""
_NEAR, _NEAREST_M = 2.0, 0.01
"""Who does not aim at keyframes passes them within this many tolerances, or this many metres."""
_TURNED_RAD = 0.15
_LEFT_M = 0.015
"""Fingers that are this far from where they should have closed have to go back there."""
_STILL_M = 0.0008


class Pupil:
    """Drives the hand with a policy: chunk by chunk, of each a few actions, told of its target as eyes might."""

    def __init__(self, policy: Policy, rng: np.random.Generator) -> None:
        self._policy, self._rng = policy, rng
        self._acting: Ablated | None = None
        self._left: list[Array] = []

    @property
    def name(self) -> str:
        return self._policy.name

    def begin(self, task: Task) -> None:
        """A new task; where its target is said to be is off by a draw, where it shall go is not."""
        wrong = Ablation(
            target_error_m=float(self._rng.uniform(0, WRONG_M)) if self._rng.random() < WRONG_SHARE else 0.0
        )
        off = np.zeros(3) if task.held is not None else wrong.offset(self._rng)
        self._acting, self._left = Ablated(self._policy, wrong, off), []
        self._acting.reset(task)

    def act(self, seen: Observation, task: Task) -> tuple[Array, str] | None:
        """The next action (7,) and its phase; None once the policy says that it has ended.

        Raises:
            PolicyFault: it has no chunk to give.
        """
        assert self._acting is not None
        if not self._left:
            chunk = self._acting.infer(seen, task)
            if chunk.terminate is not None and chunk.terminate > 0.5:
                return None
            self._phase = chunk.phase
            self._left = list(chunk.actions[: int(self._rng.integers(1, LONGEST + 1))])
        return self._left.pop(0), self._phase


class Follower:
    """Which of a task's keyframes the teacher would head for, of a hand that follows its own mind."""

    def __init__(self, task: Task) -> None:
        self.frames, self.index, self.waited = task.keyframes, 0, 0
        self._width: float | None = None

    def see(self, seen: Observation) -> None:
        """A tick has passed: keyframes may have been reached, passed by, or left again."""
        still = self._width is not None and abs(seen.gripper_width_m - self._width) < _STILL_M
        self._width = seen.gripper_width_m
        self._back(seen)
        while self.index < len(self.frames):
            frame = self.frames[self.index]
            if frame.settle:
                self.waited += 1
                if not (still and self.waited >= SETTLE_TICKS and _as_told(frame, seen)):
                    return
            elif not (_reached(frame, seen) or self._beyond(seen)):
                return
            self.index, self.waited = self.index + 1, 0

    def _back(self, seen: Observation) -> None:
        """Where fingers should settle and the hand has gone away, it has to come back first."""
        while 0 < self.index < len(self.frames):
            frame = self.frames[self.index]
            if not frame.settle or np.linalg.norm(seen.hand.position - frame.position) < _LEFT_M:
                return
            self.index, self.waited = self.index - 1, 0

    def _beyond(self, seen: Observation) -> bool:
        """Is the hand on the straight way from this keyframe to the next?"""
        if self.index + 1 >= len(self.frames):
            return False
        here, there = self.frames[self.index], self.frames[self.index + 1]
        way = there.position - here.position
        length = float(np.linalg.norm(way))
        if length < 1e-3 or there.settle or abs(there.gripper - here.gripper) > 0.5:
            return False
        along = float((seen.hand.position - here.position) @ way) / length
        aside = float(np.linalg.norm(seen.hand.position - here.position - along * way / length))
        return 0 < along < length and aside <= max(there.tolerance_m, 0.5 * _NEAREST_M) and _turned(there, seen)


def _reached(frame: Keyframe, seen: Observation) -> bool:
    away = float(np.linalg.norm(seen.hand.position - frame.position))
    force = float(np.linalg.norm(seen.wrench[:3]))
    if frame.until_n is not None:
        return away <= frame.tolerance_m or (away < frame.until_m and force >= frame.until_n)
    if frame.guarded and seen.wrench[2] > 8.0 and away < 0.012:
        return True
    return away <= max(_NEAR * frame.tolerance_m, _NEAREST_M * (1.0 if frame.gripper < 0.5 else 0.6)) and _turned(
        frame, seen
    )


def _turned(frame: Keyframe, seen: Observation) -> bool:
    return float(np.linalg.norm(turn_to(seen.hand.quaternion, frame.yaw))) <= _TURNED_RAD


def _as_told(frame: Keyframe, seen: Observation) -> bool:
    """Have the fingers done what they should: come nearer than open, or opened again?"""
    return seen.gripper_width_m < 0.078 if frame.gripper > 0.5 else seen.gripper_width_m > 0.02
