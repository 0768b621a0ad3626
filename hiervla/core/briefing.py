"""All that a brain is given before it thinks: the same for every brain, rendered into words by those that read words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Failure, Outcome
from hiervla.core.plan import ToolResult
from hiervla.core.skill import Skill
from hiervla.core.task import Gripper, Limits
from hiervla.core.tool import Tool
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection, World


class Change(BaseModel):
    """One thing that a mission left otherwise than it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    was: Detection
    now: Detection | None
    """None: out of sight since."""


class Turn(BaseModel):
    """One thing that was said, and by the robot: what it had changed when it said it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Literal["person", "robot"]
    says: str
    changed: tuple[Change, ...] = ()


class SkillCard(BaseModel):
    """What a brain may know of a skill."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    doc: str
    schema_: dict[str, Any] = Field(alias="schema")
    says: dict[str, list[str]] = Field(default_factory=dict)
    grip: str = "none"


class ToolCard(BaseModel):
    """What a brain may know of a tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    doc: str
    schema_: dict[str, Any] = Field(alias="schema")


@lru_cache(maxsize=512)
def skill_card(name: str, skill: type[Skill]) -> SkillCard:
    """What a brain may know of a skill; made once, for its schema takes milliseconds."""
    return SkillCard(
        name=name, doc=(skill.__doc__ or "").strip(), schema=skill.model_json_schema(), says=skill.says, grip=skill.grip
    )


@lru_cache(maxsize=512)
def tool_card(tool: Tool) -> ToolCard:
    """What a brain may know of a tool; made once."""
    return ToolCard(name=tool.name, doc=tool.doc, schema=tool.schema())


class ImageRef(BaseModel):
    """An image by reference: pixels live in the run's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_id: str
    camera: str
    path: str
    marked: bool = False
    """True when what was detected is drawn on it."""


class Budgets(BaseModel):
    """How much is left, or was given. Counted in the state, so that it survives a crash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    thoughts: int = 60
    """Replies asked of the brain."""
    tool_calls: int = 80
    replans: int = 8
    malformed: int = 3
    """Replies that could not be used, without anything done between them, before the mission fails."""
    retries: int = 2
    """Attempts at one subgoal after the first, each handled differently, before it goes back to the brain."""
    robot_s: float = 600.0
    """Seconds of robot time."""
    calls: int = 200
    """Requests to a model, the repeated ones too."""
    tokens: int = 2_000_000
    """Tokens sent to a model and got from it."""
    money: float = 10.0
    """What a model may cost, in the currency of ``chat.price_in`` and ``chat.price_out``; counts only where these are set."""
    brain_s: float = 3600.0
    """Seconds spent waiting for a model."""


class Briefing(BaseModel):
    """Everything a brain may use for its next thought."""

    model_config = ConfigDict(extra="forbid")

    instruction: str
    dialogue: tuple[Turn, ...] = ()
    """Earlier turns of the conversation, oldest first; the instruction is not among them."""
    world: World
    before: World | None = None
    """The world before the last step was taken; None while nothing was done."""
    vocabulary: Vocabulary = Field(default_factory=Vocabulary)
    """Lexicon and the scene's public inventory."""
    skills: tuple[SkillCard, ...] = ()
    tools: tuple[ToolCard, ...] = ()
    seeks: str = ""
    """The detector that finds things by names which nobody told (``detect_objects`` asks it); empty where there is none."""
    limits: Limits = Field(default_factory=Limits)
    gripper: Gripper = Field(default_factory=Gripper)
    asked: tuple[ToolResult, ...] = ()
    """Answers of the tools so far in this mission; each says which look it is from."""
    goals: tuple[Goal, ...] = ()
    """Goals of the plans made so far in this mission."""
    outcomes: tuple[Outcome, ...] = ()
    """Every attempt so far in this mission, oldest first."""
    failure: Failure | None = None
    """Set when this thought is a replan: what went wrong last."""
    confirmed: tuple[tuple[Goal, Check], ...] | None = None
    """Set after a plan ran to its end and was confirmed: every goal with what was seen of it."""
    foreseen: bool = False
    """The world and what is confirmed of it are foreseen, not seen: the arm is still at the last step. No tool answers now."""
    complaint: str | None = None
    """What was wrong with the last reply."""
    speaker: Literal["", "beside", "facing"] = ""
    """From where the person looks on: beside the robot, or facing it; empty when nobody said."""
    cases: tuple[str, ...] = ()
    """Similar failures remembered, and what corrected them."""
    images: tuple[ImageRef, ...] = ()
    left: Budgets = Field(default_factory=Budgets)
