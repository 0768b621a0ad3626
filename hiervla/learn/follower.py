"""Which keyframe a teacher would head for, of a hand that goes its own way and passes keyframes by instead of through them.

It goes by what the fingers were told and by where the hand is, as one who looks on would: fingers that have closed on something
hold it, fingers that have opened have let go, and a hand in the funnel over a spot is coming down on it.
"""

from __future__ import annotations

import numpy as np

from hiervla.core.observation import Observation
from hiervla.core.steering import turn_to
from hiervla.core.task import Keyframe, Task
from hiervla.learn.expert import SETTLE_TICKS

EMPTY_M = 0.004
"""Fingers nearer to each other than this hold nothing."""
_NEAR, _NEAREST_M = 2.0, 0.006
"""Who does not aim at keyframes comes within so many tolerances of them, or so many metres."""
_TURNED_RAD = 0.12
_LEFT_M = 0.03
"""Fingers that are this far from where they should close are about something else."""
_CLOSES_M = 0.012
"""Fingers that begin to close within this of where they should are closing there."""
_STILL_M = 0.0008
_FUNNEL = (0.004, 0.2)
"""Half its breadth over a spot, metres, and what it gains with every metre of height: whoever is in it comes straight down."""
_ASTRAY = (0.010, 0.6)
"""The same, outside of which one goes up again first."""
_UPWARDS = ("rise", "lift", "retreat")
_ALONG = ("push", "pull", "slide", "withdraw")
_BEFORE_CONTACT = ("rise", "approach", "descend")
_SWITCH = 0.25
"""A change of the gripper's command that counts as opening or closing."""


class Follower:
    """Follows a hand through a task's keyframes."""

    def __init__(self, task: Task) -> None:
        self.task, self.frames, self.index, self.waited = task, task.keyframes, 0, 0
        self._width: float | None = None

    @property
    def before_contact(self) -> bool:
        """Is the hand still on its way to what it is to take or to push?"""
        names = [f.name for f in self.frames[: self.index + 1]]
        return bool(names) and self.index < len(self.frames) and all(n in _BEFORE_CONTACT for n in names)

    def see(self, seen: Observation, told: float | None = None) -> None:
        """A tick has passed.

        Args:
            seen: what is sensed now.
            told: the gripper's command in force, 0 open … 1 closed; None before the first.
        """
        still = self._width is not None and abs(seen.gripper_width_m - self._width) < _STILL_M
        self._width = seen.gripper_width_m
        self._turn_back(seen, told)
        while self.index < len(self.frames):
            frame = self.frames[self.index]
            if frame.settle:
                self.waited += 1
                rested = still and self.waited >= SETTLE_TICKS and _as_told(frame, seen)
                if not (rested or self._taken_along(frame, seen)):
                    return
            elif not (
                self._reached(frame, seen)
                or self._coming_down(seen)
                or self._under_way(seen)
                or self._fingers_ahead(seen, told)
            ):
                return
            self.index, self.waited = self.index + 1, 0

    def _taken_along(self, frame: Keyframe, seen: Observation) -> bool:
        """Have fingers that closed on something left with it before they had come to rest?"""
        away = float(np.linalg.norm(seen.hand.position - frame.position))
        return frame.gripper > 0.5 and self.waited > 1 and away > 0.5 * _LEFT_M and self._grips(seen)

    def _grips(self, seen: Observation) -> bool:
        """Do the fingers stand as they would with the target between them?"""
        low, high = self.task.width_range_m or (EMPTY_M, 0.078)
        return max(low, EMPTY_M) <= seen.gripper_width_m <= min(high, 0.078)

    def _reached(self, frame: Keyframe, seen: Observation) -> bool:
        away = float(np.linalg.norm(seen.hand.position - frame.position))
        near = max(_NEAR * frame.tolerance_m, _NEAREST_M)
        if frame.until_n is not None and away < frame.until_m and _felt(seen) >= frame.until_n:
            return True
        if frame.guarded and seen.wrench[2] > 8.0 and away < 0.012:
            return True
        if frame.name in _UPWARDS:
            return bool(seen.hand.position[2] >= frame.position[2] - near)
        if frame.name in _ALONG and self.index > 0:
            way = frame.position - self.frames[self.index - 1].position
            length = float(np.linalg.norm(way))
            along = float((seen.hand.position - self.frames[self.index - 1].position) @ way) / max(length, 1e-9)
            return along >= length - frame.tolerance_m
        return away <= near and _turned(frame, seen)

    def _coming_down(self, seen: Observation) -> bool:
        """Is the hand on its way from over a spot to the spot itself?"""
        here, spot = self.frames[self.index], self._spot_below(self.index)
        return spot is not None and seen.hand.position[2] <= here.position[2] + 0.01 and _within(_FUNNEL, spot, seen)

    def _under_way(self, seen: Observation) -> bool:
        """Has it begun the straight way that comes next, without having come to where that begins?"""
        i = self.index
        while i < len(self.frames) and self.frames[i].name in _BEFORE_CONTACT:
            i += 1
        if not 0 < i < len(self.frames) or i == self.index or self.frames[i].name not in _ALONG:
            return False
        here, there = self.frames[i - 1], self.frames[i]
        way = there.position - here.position
        length = max(float(np.linalg.norm(way)), 1e-9)
        gone = seen.hand.position - here.position
        along = float(gone @ way) / length
        aside = float(np.linalg.norm(gone - along * way / length))
        return 0 < along < length and aside <= _NEAREST_M and _turned(there, seen)

    def _spot_below(self, index: int) -> Keyframe | None:
        """The keyframe that comes next, if it lies straight below this one."""
        if index + 1 >= len(self.frames) or self.frames[index + 1].settle:
            return None
        here, there = self.frames[index], self.frames[index + 1]
        aside = float(np.linalg.norm(there.position[:2] - here.position[:2]))
        return there if aside < _FUNNEL[0] and there.position[2] < here.position[2] else None

    def _fingers_ahead(self, seen: Observation, told: float | None) -> bool:
        """Have the fingers been told already what they are to do only at a keyframe ahead?"""
        if told is None:
            return False
        ahead = next((f for f in self.frames[self.index + 1 :] if f.settle), None)
        if ahead is None:
            return False
        now = self.frames[self.index].gripper
        if abs(ahead.gripper - now) < _SWITCH or (told - now) / (ahead.gripper - now) < 0.5:
            return False
        # What was let go is let go, wherever that was; what closes far from where it should has not been closed yet.
        return ahead.gripper < now or float(np.linalg.norm(seen.hand.position - ahead.position)) < _CLOSES_M

    def _turn_back(self, seen: Observation, told: float | None) -> None:
        """What has not been done, or is done no more, has to be done again."""
        if self.index >= len(self.frames) and not self._should_hold():
            return
        closing = self._last_closing()
        if closing is not None and self._lost(closing, seen, told):
            self.index, self.waited = self._begin_of(closing), 0
            return
        if 0 < self.index < len(self.frames):
            spot, over = self.frames[self.index], self.frames[self.index - 1]
            coming = not spot.settle and self._spot_below(self.index - 1) is spot and over.gripper == spot.gripper
            if coming and not (_within(_ASTRAY, spot, seen) or self._under_way(seen)):
                self.index, self.waited = self.index - 1, 0

    def _should_hold(self) -> bool:
        return self.task.grip == "gain"

    def _last_closing(self) -> int | None:
        """Number of the keyframe at which the fingers have closed, or are closing, on what they should hold now."""
        settled = [i for i, f in enumerate(self.frames[: self.index + 1]) if f.settle]
        if not settled or self.frames[settled[-1]].gripper < self.frames[max(settled[-1] - 1, 0)].gripper:
            return None
        return settled[-1]

    def _lost(self, closing: int, seen: Observation, told: float | None) -> bool:
        if self.index > closing:
            return seen.gripper_width_m < EMPTY_M
        before = self.frames[max(closing - 1, 0)].gripper
        opened = told is not None and (told - before) / (self.frames[closing].gripper - before) < 0.5
        far = float(np.linalg.norm(seen.hand.position - self.frames[closing].position)) > _LEFT_M
        return (self.waited > 0 and opened) or (far and not self._grips(seen))

    def _begin_of(self, closing: int) -> int:
        """Where one begins again to come to a closing: over the spot."""
        names = [f.name for f in self.frames[:closing]]
        return max((i for i, n in enumerate(names) if n == "approach"), default=0)


def _within(funnel: tuple[float, float], spot: Keyframe, seen: Observation) -> bool:
    """Is the hand in a funnel over a spot, turned as is asked there, or more so the higher it is?"""
    broad, steep = funnel
    high = float(seen.hand.position[2] - spot.position[2])
    aside = float(np.linalg.norm(seen.hand.position[:2] - spot.position[:2]))
    turned = _turned(spot, seen, _TURNED_RAD + 3.0 * max(high, 0.0))
    return aside <= broad + steep * max(high, 0.0) and turned


def _turned(frame: Keyframe, seen: Observation, within: float = _TURNED_RAD) -> bool:
    return float(np.linalg.norm(turn_to(seen.hand.quaternion, frame.yaw))) <= within


def _felt(seen: Observation) -> float:
    return float(np.linalg.norm(seen.wrench[:3]))


def _as_told(frame: Keyframe, seen: Observation) -> bool:
    """Have the fingers done what they should: come nearer than open, or opened again?"""
    return seen.gripper_width_m < 0.078 if frame.gripper > 0.5 else seen.gripper_width_m > 0.02
