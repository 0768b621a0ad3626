"""Hard limits around any robot: whatever brain or policy say, no action passes that leaves them."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from hiervla.core.errors import SafetyStop
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.ports import Detail, Robot, RobotDescription
from hiervla.core.task import Limits

_WINDOW_S = 0.5
_LEASH_M = 0.06
"""An arm that is farther than this from where it was told to be has given way: count from where it is."""


class Envelope:
    """A Robot that shortens every action to its limits, and halts on too much force. It wraps, it has no off switch."""

    def __init__(self, robot: Robot, limits: Limits | None = None) -> None:
        self.robot = robot
        about = robot.describe()
        self.limits = limits or about.limits
        self.description = about.model_copy(update={"limits": self.limits})
        self.shortened = 0
        """Actions that had to be shortened so far."""
        self._told: Array | None = None
        """Where the arm has been told to be: it lags behind that, and the limits hold for both."""
        self._steps: deque[float] = deque(maxlen=max(1, round(_WINDOW_S / self.description.step_s)))

    def describe(self) -> RobotDescription:
        return self.description

    def observe(self, detail: Detail = "none", cameras: tuple[str, ...] | None = None) -> Observation:
        return self.robot.observe(detail, cameras)

    def apply(self, action: Array, force_n: float = 40.0) -> Array:
        """Run the action within the limits.

        Raises:
            SafetyStop: the action is not finite, or the wrist feels more than the limit; the arm has been halted.
        """
        action = np.asarray(action, dtype=float)
        if action.shape != (7,) or not np.all(np.isfinite(action)):
            self.robot.stop()
            raise SafetyStop("an action that is not seven finite numbers was sent to the arm")
        seen = self.robot.observe("none")
        force = float(np.linalg.norm(seen.wrench[:3]))
        if force > self.limits.force_n:
            self.robot.stop()
            raise SafetyStop(f"{force:.0f} N at the wrist, the limit is {self.limits.force_n:.0f} N")
        safe = self.shorten(action, seen)
        if not np.allclose(safe, action, atol=1e-9):
            self.shortened += 1
        executed = self.robot.apply(safe, float(np.clip(force_n, 1.0, 70.0)))
        self._told = None if self._told is None else self._told + executed[:3]
        self._steps.append(float(np.linalg.norm(safe[:3])))
        return executed

    def shorten(self, action: Array, seen: Observation) -> Array:
        """The nearest allowed action (7,) from where the hand is."""
        limits = self.limits
        if self._told is None or float(np.linalg.norm(self._told - seen.hand.position)) > _LEASH_M:
            self._told = seen.hand.position.copy()
        at = self._told
        step = _shorter(action[:3], limits.step_m)
        budget = limits.speed_m_s * _WINDOW_S - sum(
            list(self._steps)[1:] if len(self._steps) == self._steps.maxlen else self._steps
        )
        step = _shorter(step, max(0.0, budget))
        goal = at + step
        # A set-point beyond full stretch is one the arm jumps from when it is told back.
        shoulder = np.asarray(limits.base) + (0.0, 0.0, limits.shoulder_m - limits.wrist_m)
        out, out_now = (float(np.linalg.norm(p - shoulder)) for p in (goal, at))
        if out > max(limits.span_m, out_now):
            goal = shoulder + (goal - shoulder) * (max(limits.span_m, out_now) / out)
        low = np.maximum(limits.low, (-np.inf, -np.inf, limits.table_height_m + self.description.gripper.tip_m))
        goal = np.clip(goal, np.minimum(low, at), np.maximum(limits.high, at))  # outside already: only inwards
        base = np.asarray(limits.base[:2])
        r, r_now = math.dist(goal[:2], base), math.dist(at[:2], base)
        far, near = max(limits.reach_m, r_now), min(limits.min_reach_m, r_now)
        if r > far or r < near:
            goal[:2] = base + (goal[:2] - base) * (np.clip(r, near, far) / max(r, 1e-9))
        turn = _shorter(action[3:6], limits.step_rad)
        return np.array([*(goal - at), *turn, np.clip(action[6], 0.0, 1.0)])

    def stop(self) -> None:
        self._steps.clear()
        self._told = None
        self.robot.stop()

    def close(self) -> None:
        self.robot.close()


def _shorter(v: Array, longest: float) -> Array:
    norm = float(np.linalg.norm(v))
    return v if norm <= longest else v * (longest / norm)
