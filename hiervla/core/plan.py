"""What a brain says: a thought is reasoning and one move."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.goal import Goal
from hiervla.core.usage import Usage


class ToolCall(BaseModel):
    """A question for one tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class ToolResult(BaseModel):
    """What a tool answered, or why it could not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: ToolCall
    ok: bool
    says: str
    """One line for a reader."""
    data: Any = None
    """The answer in plain JSON types."""
    look_id: str = ""
    """The look it was answered from."""


class Subgoal(BaseModel):
    """One step on the way: a skill with its fields filled, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skill: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    why: str
    handling: dict[str, Any] = Field(default_factory=dict)
    """Fields of ``Handling`` to change from their defaults (speed, grip force, …)."""

    def __str__(self) -> str:
        return f"{self.skill}({', '.join(f'{k}={v}' for k, v in self.arguments.items() if v is not None)})"


class Ask(BaseModel):
    """Look something up first."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["ask"] = "ask"
    calls: tuple[ToolCall, ...] = Field(min_length=1)


class Plan(BaseModel):
    """What should hold in the end, and the steps towards it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["plan"] = "plan"
    goals: tuple[Goal, ...] = Field(min_length=1)
    subgoals: tuple[Subgoal, ...] = Field(min_length=1)


class Clarify(BaseModel):
    """A question back to the person, with the candidates where there are any."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["clarify"] = "clarify"
    question: str
    candidates: tuple[str, ...] = ()


class Refuse(BaseModel):
    """It cannot or must not be done, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["refuse"] = "refuse"
    why: str


class Finish(BaseModel):
    """Nothing more to do: the answer for the person.

    A question answered from tools finishes without a plan; after an instruction to act, Finish is accepted only
    when the last confirmation saw every goal hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["finish"] = "finish"
    answer: str


Move = Annotated[Ask | Plan | Clarify | Refuse | Finish, Field(discriminator="kind")]


class Thought(BaseModel):
    """Visible reasoning, and the move it leads to."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    reasoning: str
    move: Move
    usage: Usage = Usage()
    """What thinking it has cost."""
    notes: tuple[str, ...] = ()
    """What the brain met on the way that a reader should know: a server that was busy, a reply mode given up."""
