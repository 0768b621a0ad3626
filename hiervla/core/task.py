"""What passes between a skill, a policy and the control loop: tasks, keyframes, action chunks, traces."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.geometry import Array, Vec3
from hiervla.core.outcome import Evidence, Failure
from hiervla.core.world import Detection, Held

Grip = Literal["none", "gain", "keep", "release"]
"""What a skill does to the hand's content: pick gains, place releases, a carry keeps, a push touches nothing in it."""


class Limits(BaseModel):
    """Hard limits of the cell. Every action is held to them, whatever brain or policy say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Vec3 = (0.22, -0.55, 0.0)
    """Lowest corner of the box the finger tips may be in, metres, world frame."""
    high: Vec3 = (0.85, 0.55, 0.75)
    """Highest corner of that box."""
    table_height_m: float = 0.0
    """Finger tips never go below this."""
    reach_m: float = Field(default=0.78, gt=0)
    """Farthest horizontal distance of the hand from the arm's base."""
    min_reach_m: float = 0.29
    """Nearest horizontal distance of the hand from the arm's base."""
    base: Vec3 = (0.0, 0.0, 0.0)
    """Where the arm stands, metres, world frame."""
    shoulder_m: float = 0.333
    """Height of the shoulder over the base."""
    wrist_m: float = 0.212
    """Height of the wrist over the grasp centre when the hand points down."""
    span_m: float = 0.78
    """Farthest distance from shoulder to wrist."""
    step_m: float = Field(default=0.04, gt=0)
    """Farthest the hand may go in one control tick."""
    step_rad: float = Field(default=0.35, gt=0)
    """Farthest the hand may turn in one control tick."""
    speed_m_s: float = Field(default=0.4, gt=0)
    """Fastest the hand may go over any half second."""
    force_n: float = Field(default=90.0, gt=0)
    """Wrist force at which the arm halts and the run ends; the over-force monitor speaks well below it."""

    def over(self, own: Limits) -> Limits:
        """An arm's own limits, with those of these that were said (in a scene's file) in their place."""
        return own.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

    def highest(self, x: float, y: float) -> float:
        """The highest the grasp centre can be over (x, y) with the hand pointing down, metres; −inf out of reach."""
        r = math.hypot(x - self.base[0], y - self.base[1])
        if r > self.span_m:
            return -math.inf
        up = self.base[2] + self.shoulder_m - self.wrist_m + math.sqrt(self.span_m**2 - r**2)
        return min(up, self.high[2])


class Gripper(BaseModel):
    """A hand with two parallel fingers, as far as grasping must know it. Defaults are the Panda's.

    Seen from above at the hand's yaw, "along" is the direction the fingers close in, "across" is square to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    opening_m: float = Field(default=0.08, gt=0)
    """Gap between the fully open fingers."""
    finger_m: tuple[float, float] = (0.022, 0.016)
    """A finger seen from above: across and along the closing direction, metres."""
    tip_front_m: float = Field(default=0.0095, gt=0)
    """From the grasp centre to the front of a finger tip, seen from its side: with what it pushes."""
    tip_thick_m: float = Field(default=0.014, gt=0)
    """A finger tip along the closing direction."""
    finger_length_m: float = Field(default=0.042, gt=0)
    """How far a thing may stand up between the fingers above the grasp centre before it meets the palm."""
    palm_m: tuple[float, float] = (0.065, 0.212)
    """The palm seen from above: across and along the closing direction, metres."""
    palm_above_m: float = 0.036
    """Height of the palm's underside over the grasp centre, with a little to spare."""
    tip_m: float = Field(default=0.010, gt=0)
    """How far the finger tips reach below the grasp centre."""
    wrist_free_rad: float = Field(default=1.9, gt=0)
    """How far the hand's yaw may stray from the arm's bearing to either side before the wrist meets its stop."""
    spare_m: float = 0.008
    """How much wider than a thing the fingers must open."""

    @property
    def widest_m(self) -> float:
        """Width of the widest thing it can take between its fingers, metres."""
        return self.opening_m - self.spare_m

    def command(self, opening_m: float) -> float:
        """Gripper command (0 open … 1 closed) for a gap between the fingers, metres."""
        return min(1.0, max(0.0, 1.0 - opening_m / self.opening_m))


class Handling(BaseModel):
    """How gently, and how differently from the last time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    speed: float = Field(default=1.0, gt=0.0, le=1.0)
    """Fraction of the arm's step limit."""
    grip_force_n: float = Field(default=40.0, gt=0.0, le=70.0)
    offset_m: Vec3 = (0.0, 0.0, 0.0)
    """Added to where the fingers go, metres."""
    yaw_offset_rad: float = 0.0
    """Added to the grasp's yaw."""
    keep_level: bool = False
    """Carry upright and slowly (liquids)."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A hand pose to pass through, with the gripper as it should be there. The hand points straight down."""

    name: str  # approach, descend, close, lift, carry, lower, open, retreat, …; the loop reads phases from it
    position: Array  # (3,) metres, grasp centre, world frame
    yaw: float = 0.0  # rad in (-π, π) about the world's z; not wrapped on the way
    gripper: float = 0.0  # 0 open … 1 closed
    speed: float = 1.0  # fraction of the step limit
    tolerance_m: float = 0.006
    settle: bool = False  # wait here until the fingers have come to rest
    guarded: bool = False  # touching something counts as arriving
    until_n: float | None = None  # this much force at the wrist, felt near its end, counts as arriving
    until_m: float = 0.02  # how near its end that is


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a task's target shall come to be."""

    position: Vec3  # of its middle, metres, world frame; of a drawer, of its handle
    yaw: float  # of its long side, rad


@dataclass(frozen=True, slots=True)
class Task:
    """One grounded subgoal for the cerebellum."""

    skill: str
    instruction: str
    relation: str = ""  # how the target is to lie, of a skill that can do it in several ways
    target: Detection | None = None
    goal: Detection | None = None
    destination: Destination | None = None  # None: it stays where it is, or goes wherever the hand goes
    held: Held | None = None  # what the hand holds as the task begins
    touches: tuple[str, ...] = ()  # ids of further things the motion is meant to come against
    keyframes: tuple[Keyframe, ...] = ()  # what the servo policy and the teacher follow; others may ignore it
    handling: Handling = field(default_factory=Handling)
    grip: Grip = "none"
    max_seconds: float = 20.0
    expected_width_m: float | None = None  # gripper width once (or while) it holds the target
    width_range_m: tuple[float, float] | None = None  # widths that are believable for the target at any grasp
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class ActionChunk:
    """A run of actions, executed in part or whole. Columns: Δx Δy Δz (m), Δroll Δpitch Δyaw (rad, world axes), gripper."""

    actions: Array  # (T, 7); gripper 0 open … 1 closed
    step_s: float
    progress: float | None = None  # 0..1 where the policy predicts it
    terminate: float | None = None  # probability that the skill has ended after this chunk
    spread: Array | None = None  # (T,) disagreement of the policy's own samples
    phase: str = ""  # what the policy believes it is doing, where it knows

    def __len__(self) -> int:
        return int(self.actions.shape[0])


@dataclass(slots=True)
class Trace:
    """What was sensed while one task ran: the memory a skill's ``done`` may cite."""

    task: Task
    times: list[float] = field(default_factory=list)
    hands: list[Vec3] = field(default_factory=list)
    yaws: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    forces: list[float] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    chunk_lengths: list[int] = field(default_factory=list)
    inferences: int = 0
    interrupts: int = 0
    completed: bool = False  # the policy came to its own end; says nothing of success
    failure: Failure | None = None
    policy: str = ""

    @property
    def seconds(self) -> float:
        return self.times[-1] - self.times[0] if self.times else 0.0

    def evidence(self, sensor: str, says: str, value: float | None = None) -> Evidence:
        """Evidence from this trace's last reading."""
        return Evidence(source=f"sensor:{sensor}", says=says, value=value, time_s=self.times[-1] if self.times else 0.0)

    def nearest(self, point: Vec3) -> float:
        """How close the finger tips came to a point, metres; infinity when nothing moved."""
        if not self.hands:
            return float("inf")
        return float(np.linalg.norm(np.asarray(self.hands) - np.asarray(point), axis=1).min())

    def passed(self, keyframe: str) -> Evidence | None:
        """Evidence that the hand was seen at a keyframe, or None."""
        return self.evidence("hand_pose", f"the hand reached {keyframe}") if keyframe in self.reached else None
