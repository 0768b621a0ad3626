"""What happens in a mission, as values: events while it runs, a report when it ends."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.goal import Goal
from hiervla.core.opinion import Opinions
from hiervla.core.outcome import Check, Evidence, Failure, Outcome
from hiervla.core.plan import Subgoal, ToolResult
from hiervla.core.usage import ThoughtAhead, Usage

Status = Literal["done", "failed", "refused", "clarify", "stopped"]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")
    time_s: float = 0.0
    """Robot clock."""


class Started(_Event):
    kind: Literal["started"] = "started"
    instruction: str
    run: str
    scene: str
    seed: int
    brain: str


class Looked(_Event):
    kind: Literal["looked"] = "looked"
    look_id: str
    objects: dict[str, str]
    """Id → what it looks like and where."""
    held: str | None = None
    why: str = ""
    images: tuple[str, ...] = ()


class Thought_(_Event):
    kind: Literal["thought"] = "thought"
    reasoning: str
    move: str
    replan: bool = False
    usage: Usage | None = None
    """Of the mission so far, this thought's included; None where thinking costs nothing."""


class Words(_Event):
    """Of a reply that is still being written. Followed as it comes, and not kept: the whole thought is."""

    kind: Literal["words"] = "words"
    says: str
    begins: bool = False
    """The first words of a reply, also of one that was asked for again."""


class Asked(_Event):
    kind: Literal["asked"] = "asked"
    result: ToolResult


class Planned(_Event):
    kind: Literal["planned"] = "planned"
    goals: tuple[Goal, ...]
    subgoals: tuple[Subgoal, ...]


class Guarded(_Event):
    kind: Literal["guarded"] = "guarded"
    subgoal: Subgoal
    check: Check
    risky: bool = False


class Approval(_Event):
    kind: Literal["approval"] = "approval"
    subgoal: Subgoal
    granted: bool


class SubgoalStarted(_Event):
    kind: Literal["subgoal"] = "subgoal"
    subgoal: Subgoal
    attempt: int
    policy: str
    handling: dict[str, Any] = Field(default_factory=dict)


class Progress(_Event):
    kind: Literal["progress"] = "progress"
    phase: str
    progress: float
    chunk: int
    """Actions of this chunk that will be executed."""


class Acted(_Event):
    kind: Literal["acted"] = "acted"
    skill: str
    completed: bool
    seconds: float
    steps: int
    chunk_lengths: tuple[int, ...]
    inferences: int
    interrupts: int


class FailureNoticed(_Event):
    kind: Literal["failure"] = "failure"
    failure: Failure
    skill: str = ""
    next: str = ""
    """What happens about it: retry, replan, give up."""


class Verified(_Event):
    kind: Literal["verified"] = "verified"
    skill: str
    check: Check


class Opined(_Event):
    kind: Literal["opinion"] = "opinion"
    by: str
    skill: str
    answer: Literal["yes", "no", "unsure", "unheard"]
    """Unheard: none was to be had, and the sensors' verdict stands."""
    why: str
    overruled: bool = False
    """It turned the sensors' yes into a failure."""
    usage: Usage = Usage()


class Confirmed(_Event):
    kind: Literal["confirmed"] = "confirmed"
    goals: tuple[tuple[Goal, Check], ...]


class Note(_Event):
    kind: Literal["note"] = "note"
    says: str


class Finished(_Event):
    kind: Literal["finished"] = "finished"
    status: Status
    answer: str


Event = Annotated[
    Started
    | Looked
    | Thought_
    | Words
    | Asked
    | Planned
    | Guarded
    | Approval
    | SubgoalStarted
    | Progress
    | Acted
    | FailureNoticed
    | Verified
    | Opined
    | Confirmed
    | Note
    | Finished,
    Field(discriminator="kind"),
]


class ThoughtRecord(BaseModel):
    """A thought as the report keeps it."""

    model_config = ConfigDict(extra="forbid")
    reasoning: str
    move: dict[str, Any]


class GoalRecord(BaseModel):
    """A goal and what was last seen of it."""

    model_config = ConfigDict(extra="forbid")
    goal: Goal
    holds: Literal["yes", "no", "cannot_see", "unchecked"]
    evidence: tuple[Evidence, ...] = ()


class Report(BaseModel):
    """How a mission ended, in full."""

    model_config = ConfigDict(extra="forbid")

    status: Status
    answer: str
    instruction: str
    scene: str
    brain: str
    run: str
    """Folder of the run."""
    thoughts: tuple[ThoughtRecord, ...] = ()
    tool_calls: tuple[ToolResult, ...] = ()
    goals: tuple[GoalRecord, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    failures: tuple[Failure, ...] = ()
    replans: int = 0
    interventions: int = 0
    """Times a person was asked to approve a step."""
    chunk_lengths: tuple[int, ...] = ()
    inferences: int = 0
    interrupts: int = 0
    brain_lost: bool = False
    """It failed because the brain could not be reached any more, and nobody thought in its place."""
    usage: Usage = Usage()
    """What thinking has cost."""
    thought_ahead: ThoughtAhead | None = None
    """What was thought while the arm moved; None where nothing was."""
    second_opinion: Opinions | None = None
    """What the second opinion said of the steps; None where nobody was asked."""
    robot_seconds: float = 0.0
    wall_seconds: float = 0.0
    policies: tuple[str, ...] = ()
    """Policy that executed each outcome, in order."""
    seed: int = 0
    config: dict[str, Any] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    artifacts: dict[str, str] = Field(default_factory=dict)
    """Name → file in the run's folder: video, picture, events."""
