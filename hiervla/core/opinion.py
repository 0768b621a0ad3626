"""A second opinion on whether a step was done: somebody who sees the pictures before and after it, and may only say no.

The sensors' own yes comes first. An opinion can turn it into a no; it can never turn a no into a yes, and where none is
to be had the sensors' verdict stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.geometry import Array
from hiervla.core.plan import Subgoal
from hiervla.core.usage import Usage


@dataclass(frozen=True, slots=True)
class Question:
    """What an opinion is asked about one step."""

    step: Subgoal
    criterion: str
    """What must be so now, in words."""
    things: tuple[str, ...]
    """What the step names, one line each: id, looks and place."""
    before: dict[str, Array]  # camera → (H, W, 3) uint8, of the last look before the step
    after: dict[str, Array]  # camera → (H, W, 3) uint8, of the look that verifies it
    language: str = "en"
    """``en`` or ``zh``: what the person spoke."""


class Opinion(BaseModel):
    """An answer, and what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Literal["yes", "no", "unsure"]
    why: str = Field(min_length=1)
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
    """What was met on the way: a server that was busy."""


class SecondOpinion(Protocol):
    """Judges a step from pictures."""

    name: str

    def judge(self, question: Question, stopped: Callable[[], bool]) -> Opinion:
        """One opinion. ``stopped``: asked now and then; once it is true, nobody waits any longer.

        Raises:
            UnusableReply: there was an answer, and it is none.
            BrainLost: nobody answers, or not in time.
            SafetyStop: it was stopped.
        """
        ...


class Dispute(BaseModel):
    """A step that the sensors saw done and the opinion did not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Subgoal
    why: str


class Opinions(BaseModel):
    """All opinions of one mission, counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    yes: int = 0
    no: int = 0
    unsure: int = 0
    unheard: int = 0
    """Steps for which none was to be had: the sensors' verdict stood."""
    overruled: int = 0
    """Noes that turned the sensors' yes into a failure."""
    lost_in_a_row: int = 0
    troubles: tuple[str, ...] = ()
    """Why none was to be had, each reason once."""
    disputes: tuple[Dispute, ...] = ()
    """What was still disagreed about at the end."""
    usage: Usage = Usage()
    """What the opinions cost; part of the mission's own sum."""
