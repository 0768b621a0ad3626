"""What the graph carries from node to node: plain values that survive a crash, images by reference only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from hiervla.core import briefing, goal, marking, opinion, outcome, plan, usage, world
from hiervla.core.briefing import Budgets, Turn
from hiervla.core.goal import Goal
from hiervla.core.marking import Drawing, Mark
from hiervla.core.opinion import Opinions
from hiervla.core.outcome import Check, Failure, Outcome
from hiervla.core.plan import Subgoal, Thought, ToolResult
from hiervla.core.usage import ThoughtAhead, Usage
from hiervla.core.world import World

Node = Literal["look", "think", "ask", "guard", "approve", "act", "verify", "confirm", "report"]


class MissionState(TypedDict, total=False):
    """The state of one mission."""

    instruction: str
    dialogue: list[Turn]
    marks: list[Mark | Drawing]
    """Marks in the picture that the first look has to understand."""
    next: Node
    """Where to go now; every node says it."""
    after_look: Node
    """Where ``look`` goes on to."""
    park: bool
    """Move the arm out of the way before the next look."""
    look_why: str
    looks: int
    world: World
    first: World
    """The world of the last look before anything was moved."""
    before: World
    """The world as it was before the running subgoal began."""
    expect: str | None
    """Object thought to be in the hand: told to the eyes."""
    thought: Thought | None
    thoughts: list[Thought]
    complaint: str | None
    malformed: int
    asked: list[ToolResult]
    goals: list[Goal]
    subgoals: list[Subgoal]
    """Steps of the plan still to be taken; the first is the running one."""
    tried: list[dict[str, Any]]
    """Failed attempts and the world each was made in; see ``graph.repetition``."""
    attempt: int
    changes: dict[str, Any]
    """Fields of Handling that this attempt changes."""
    passes: int
    """Passes of the running step that were made and judged not enough."""
    looked_again: int
    """Extra looks taken because the last one could not see."""
    closer: str | None
    """Object that the next look is to see from close by, as part of the last look."""
    inspected: list[str]
    """Objects that were seen from close by since the last fresh look."""
    outcomes: list[Outcome]
    failures: list[Failure]
    failure: Failure | None
    """What the brain must answer with a new plan."""
    confirmed: list[tuple[Goal, Check]] | None
    acted: bool
    """Anything has moved in this mission."""
    plans: int
    tool_calls: int
    replans: int
    usage: Usage
    """What thinking has cost so far."""
    ahead: ThoughtAhead | None
    """What was thought while the arm moved; None where nothing was."""
    opinions: Opinions | None
    """What the second opinion said so far; None where nobody was asked."""
    lost: bool
    """The brain was lost: the fallback thinks in its place, where there is one."""
    status: str
    answer: str


def serializable() -> list[tuple[str, str]]:
    """Classes that may stand in a checkpoint: every model of the modules whose values the state carries."""
    names = []
    for module in (briefing, goal, marking, opinion, outcome, plan, usage, world):
        names += [
            (module.__name__, n)
            for n, v in vars(module).items()
            if isinstance(v, type) and v.__module__ == module.__name__
        ]
    return names


def first_state(
    instruction: str, dialogue: list[Turn], held: World | None, marks: Sequence[Mark | Drawing] = ()
) -> MissionState:
    """The state a mission starts from; the world of an earlier turn keeps its ids."""
    return MissionState(
        instruction=instruction, dialogue=dialogue, marks=list(marks), next="look", after_look="think", park=False, look_why="to begin", looks=0,
        world=held or World(), first=held or World(), before=held or World(), expect=held.held.id if held and held.held else None,
        thought=None, thoughts=[], complaint=None, malformed=0, asked=[], goals=[], subgoals=[], tried=[], attempt=1, changes={}, passes=0,
        looked_again=0, closer=None, inspected=[], outcomes=[], failures=[], failure=None, confirmed=None, acted=False, plans=0, tool_calls=0,
        replans=0, usage=Usage(), ahead=None, opinions=None, lost=False, status="", answer="",
    )  # fmt: skip


def left(state: MissionState, budgets: Budgets, robot_s: float) -> Budgets:
    """What is left of each budget."""
    discarded = state["ahead"].discarded if state["ahead"] is not None else 0
    return budgets.model_copy(update={
        "thoughts": budgets.thoughts - len(state["thoughts"]) - discarded,
        "tool_calls": budgets.tool_calls - state["tool_calls"],
        "replans": budgets.replans - state["replans"],
        "malformed": budgets.malformed - state["malformed"],
        "robot_s": budgets.robot_s - robot_s,
        "calls": budgets.calls - state["usage"].calls,
        "tokens": budgets.tokens - state["usage"].tokens,
        "money": budgets.money - state["usage"].money,
        "brain_s": budgets.brain_s - state["usage"].seconds,
    })  # fmt: skip
