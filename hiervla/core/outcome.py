"""Checks, evidence, failures and outcomes: how an attempt ended and what was seen of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class FailureKind(StrEnum):
    """Why something went wrong: closed, so that a brain can act on it."""

    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    UNREACHABLE = "unreachable"
    PRECONDITION = "precondition"
    BLOCKED = "blocked"
    GRASP_MISSED = "grasp_missed"
    SLIPPED = "slipped"
    TARGET_MOVED = "target_moved"
    WRONG_OBJECT = "wrong_object"
    MISPLACED = "misplaced"
    TOPPLED = "toppled"
    COLLISION = "collision"
    OVER_FORCE = "over_force"
    STALLED = "stalled"
    TIMEOUT = "timeout"
    OFF_DISTRIBUTION = "off_distribution"
    SENSOR_FAULT = "sensor_fault"
    ROBOT_FAULT = "robot_fault"
    POLICY_FAULT = "policy_fault"
    UNSAFE = "unsafe"
    DISPUTED = "disputed"
    """The sensors saw it done, and a second opinion on the pictures did not."""


class Evidence(BaseModel):
    """One thing that was sensed, and where to look it up again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    """``look:L3`` for an image, ``sensor:gripper_width`` for a reading, ``tool:measure_distance`` for a look-up."""
    says: str
    """What it shows, in one line, with its figure and unit."""
    value: float | None = None
    time_s: float
    """The robot's clock when it was sensed."""


class Check(BaseModel):
    """An answer that must be earned: yes needs evidence, and not being able to see is not a yes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Literal["yes", "no", "cannot_see"]
    why: str
    evidence: tuple[Evidence, ...] = ()
    kind: FailureKind | None = None
    """On ``no``: what kind of failure it is."""

    def model_post_init(self, _: Any) -> None:
        if self.answer == "yes" and not self.evidence:
            raise ValueError("a yes without evidence is not a yes")

    @classmethod
    def yes(cls, why: str, *evidence: Evidence) -> Check:
        return cls(answer="yes", why=why, evidence=evidence)

    @classmethod
    def no(cls, why: str, *evidence: Evidence, kind: FailureKind | None = None) -> Check:
        return cls(answer="no", why=why, evidence=evidence, kind=kind)

    @classmethod
    def cannot_see(cls, why: str, *evidence: Evidence) -> Check:
        return cls(answer="cannot_see", why=why, evidence=evidence)

    def __bool__(self) -> bool:
        return self.answer == "yes"


def as_check(answer: Any, of: str) -> Check:
    """What a person's own code answered, when it is a check.

    Raises:
        TypeError: it is none; says what to return.
    """
    if not isinstance(answer, Check):
        raise TypeError(
            f"{of} must return a Check, such as Check.yes(why, evidence) or Check.no(why), not {type(answer).__name__}"
        )
    return answer


class Failure(BaseModel):
    """A typed reason for not having done it, with what was sensed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FailureKind
    why: str
    evidence: tuple[Evidence, ...] = ()


class Outcome(BaseModel):
    """How one attempt at one subgoal ended. ``failure`` None means its criterion was seen to hold."""

    model_config = ConfigDict(extra="forbid")

    skill: str
    arguments: dict[str, Any]
    why: str = ""
    attempt: int = 1
    failure: Failure | None = None
    evidence: tuple[Evidence, ...] = ()
    policy: str = ""
    handling: dict[str, Any] = Field(default_factory=dict)
    steps: int = 0
    seconds: float = 0.0
    """Robot time, not wall time."""
    chunk_lengths: tuple[int, ...] = ()
    inferences: int = 0
    interrupts: int = 0

    @property
    def done(self) -> bool:
        return self.failure is None and bool(self.evidence)
