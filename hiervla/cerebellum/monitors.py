"""Monitors: each reads cheap observations every tick and may name one failure. Thresholds stand beside their reason."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.outcome import Evidence, Failure, FailureKind
from hiervla.core.task import Task

FARTHEST_M = 3.0
"""No table-top arm is told to be farther than this from the world's origin."""
EMPTY_M = 0.004
"""A gripper narrower than this holds nothing: the thinnest thing it is sent for is thicker."""
HOLDING = ("lift", "turn", "pull", "slide")
"""Phases in which the fingers must hold what they closed on."""
LETTING_GO = ("open", "withdraw", "retreat", "approach", "descend", "done", "home")
WatchFactory = Callable[[Observation, "object"], Callable[[Observation], float | None] | None]


def _reading(seen: Observation, sensor: str, says: str, value: float) -> Evidence:
    return Evidence(source=f"sensor:{sensor}", says=says, value=round(value, 4), time_s=seen.time_s)


class GraspMissed:
    """After closing, the fingers met nothing, or something of another width than the target's."""

    name = "grasp_missed"
    ticks = 3
    """Ticks into the lift after which a grasp counts as made."""

    def start(self, observation: Observation, task: Task) -> None:
        self._lifting = 0

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        grasps = task.grip == "gain" or (task.grip == "none" and task.width_range_m is not None)
        if not grasps or not (phase in HOLDING or (phase == "end" and task.grip == "gain")):
            return None
        self._lifting += 1
        if self._lifting > self.ticks:
            return None  # it was held: what goes missing from now on has slipped
        w = seen.gripper_width_m
        if w < EMPTY_M:
            return Failure(kind=FailureKind.GRASP_MISSED, why="the fingers closed on nothing",
                           evidence=(_reading(seen, "gripper_width", f"fingers {w * 1000:.0f} mm apart", w),))  # fmt: skip
        if (
            task.width_range_m
            and self._lifting == self.ticks
            and not task.width_range_m[0] <= w <= task.width_range_m[1]
        ):
            low, high = (round(x * 1000) for x in task.width_range_m)
            return Failure(kind=FailureKind.GRASP_MISSED, why="the fingers closed on something of another width than the target",
                           evidence=(_reading(seen, "gripper_width", f"fingers {w * 1000:.0f} mm apart, {low}–{high} expected", w),))  # fmt: skip
        return None


class Slip:
    """What was held gets narrower or is gone before it was to be let go."""

    name = "slipped"
    narrower = 0.3
    """Fraction of the held width that must be lost: pads and things give a few millimetres under load without slipping."""
    least_m = 0.008
    """And at least this much: a wall that leans in the fingers is not lost."""

    def start(self, observation: Observation, task: Task) -> None:
        self._held = observation.gripper_width_m if task.grip in ("keep", "release") else None

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        grasps = task.grip == "gain" or (task.grip == "none" and task.width_range_m is not None)
        if grasps and phase in HOLDING and self._held is None and seen.gripper_width_m > EMPTY_M:
            self._held = seen.gripper_width_m
        if self._held is None or phase in LETTING_GO:
            return None
        if phase == "end" and task.grip in ("release", "none"):
            return None
        w = seen.gripper_width_m
        if w < max(EMPTY_M, self._held - max(self.least_m, self._held * self.narrower)):
            says = f"fingers went from {self._held * 1000:.0f} to {w * 1000:.0f} mm"
            return Failure(kind=FailureKind.SLIPPED, why="what was held has slipped out of the fingers",
                           evidence=(_reading(seen, "gripper_width", says, w),))  # fmt: skip
        return None


class TargetMoved:
    """The image at the target's (or goal's) place no longer shows it, though the arm has not come to it yet."""

    name = "target_moved"
    moved_fraction = 0.6
    ticks = 2
    """Ticks in a row before it counts: a single noisy image must not end an approach."""

    def __init__(self, watch: WatchFactory) -> None:
        self._factory = watch

    def start(self, observation: Observation, task: Task) -> None:
        watched = {"gain": task.target, "none": task.target, "release": task.goal, "keep": None}[task.grip]
        self._id = watched.id if watched else ""
        self._look = self._factory(observation, watched) if watched is not None and observation.images else None
        self._count = 0

    @property
    def watching(self) -> bool:
        """True while it needs a tick image."""
        return self._look is not None

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        if self._look is None or not seen.images:
            return None
        before_contact = ("rise", "approach", "carry", "")
        if phase not in before_contact and not (phase == "descend" and task.grip == "gain"):
            self._look = None  # from here on the arm itself moves and hides it
            return None
        changed = self._look(seen)
        self._count = self._count + 1 if changed is not None and changed > self.moved_fraction else 0
        if self._count < self.ticks:
            return None
        says = f"{changed:.0%} of the pixels where {self._id} stood have changed"
        return Failure(kind=FailureKind.TARGET_MOVED, why=f"{self._id} is no longer where it was",
                       evidence=(_reading(seen, "image", says, float(changed or 0)),))  # fmt: skip


class Stall:
    """The hand is told to move and does not."""

    name = "stalled"
    window = 8

    def start(self, observation: Observation, task: Task) -> None:
        self._told: deque[float] = deque(maxlen=self.window)
        self._gone: deque[float] = deque(maxlen=self.window)
        self._at = observation.hand.position

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        self._told.append(float(np.linalg.norm(action[:3])))
        self._gone.append(float(np.linalg.norm(seen.hand.position - self._at)))
        self._at = seen.hand.position
        told, moved = sum(self._told), sum(self._gone)  # path lengths: down and up again is no standing still
        if len(self._told) == self.window and told > 0.04 and moved < 0.15 * told:
            says = f"moved {moved * 100:.1f} of {told * 100:.1f} cm in {self.window} ticks"
            return Failure(kind=FailureKind.STALLED, why="the arm is told to move and does not get on",
                           evidence=(_reading(seen, "hand_pose", says, moved),))  # fmt: skip
        return None


class OverForce:
    """The wrist feels more than handling a thing explains."""

    name = "over_force"
    limit_n = 35.0
    ticks = 2
    blow_n = 50.0
    """Enough to speak at once: a tick later it may be more than the hard limit."""

    def start(self, observation: Observation, task: Task) -> None:
        self._count = 0

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        force = float(np.linalg.norm(seen.wrench[:3]))
        self._count = self._count + 1 if force > self.limit_n else 0
        if self._count < self.ticks and force < self.blow_n:
            return None
        return Failure(kind=FailureKind.OVER_FORCE, why="the hand presses against something",
                       evidence=(_reading(seen, "wrist_force", f"{force:.0f} N at the wrist in {phase or 'motion'}", force),))  # fmt: skip


class TimeOut:
    """Too much robot time. Running out of time is a failure, never an ending."""

    name = "timeout"

    def start(self, observation: Observation, task: Task) -> None:
        self._start = observation.time_s

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        spent = seen.time_s - self._start
        if spent <= task.max_seconds:
            return None
        return Failure(kind=FailureKind.TIMEOUT, why=f"{task.skill} did not come to its end in {task.max_seconds:.0f} s",
                       evidence=(_reading(seen, "clock", f"{spent:.1f} s of robot time", spent),))  # fmt: skip


class BadSensors:
    """A reading that no arm gives: not a number, or a hand far outside its cell."""

    name = "sensor_fault"

    def start(self, observation: Observation, task: Task) -> None:
        self._check = self._absurd

    @staticmethod
    def _absurd(seen: Observation) -> str | None:
        for name, value in (("hand pose", seen.hand.position), ("joints", seen.joints), ("wrench", seen.wrench)):
            if not np.all(np.isfinite(value)):
                return f"the {name} reading is not a number"
        if float(np.abs(seen.hand.position).max()) > FARTHEST_M:
            return "the hand pose reading lies far outside the cell"
        return "the gripper width reading is absurd" if not -0.01 <= seen.gripper_width_m <= 0.3 else None

    def watch(self, seen: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        if (why := self._absurd(seen)) is None:
            return None
        return Failure(
            kind=FailureKind.SENSOR_FAULT,
            why=why,
            evidence=(Evidence(source="sensor:all", says=why, time_s=seen.time_s),),
        )


def default_monitors(watch: WatchFactory | None) -> list:
    """The monitors every task runs under; the target watch joins where images can be compared."""
    always = [BadSensors(), TimeOut(), GraspMissed(), Slip(), OverForce(), Stall()]
    return [*always, TargetMoved(watch)] if watch is not None else always
