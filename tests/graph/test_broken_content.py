"""A bug in a person's own tool or skill is an answer or a failed step with its place, never the end of the mission."""

import pytest
from pretend import FINISH, LOOK_UP, SEPARATE

from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Plan, Refuse, Subgoal, Thought, ToolCall
from hiervla.core.skill import Skill
from hiervla.core.tool import Context, tool


class Trip(Skill):
    """Breaks while it plans its motion."""

    target: str

    def keyframes(self, at):
        return [1 / 0]


@tool
def stumble(ctx: Context) -> int:
    """Breaks while it answers."""
    return {}["nothing"]


def test_a_tool_that_breaks_is_an_answer_that_says_where(play, space, monkeypatch):
    monkeypatch.setitem(
        space.entries["tool"],
        "stumble",
        type(space.entries["tool"]["detect_objects"])("tool", "stumble", None, "own", stumble),
    )
    ask = Thought(reasoning="?", move=Ask(calls=(ToolCall(tool="stumble"),)))
    state, mission, _ = play([ask, LOOK_UP, FINISH], [SEPARATE], instruction="how many?")
    result = mission.brain.briefings[1].asked[0]
    assert not result.ok and "KeyError" in result.says and "test_broken_content.py:" in result.says
    assert state["status"] == "done"


def test_a_skill_that_breaks_is_a_failed_step_that_says_where(play, space, monkeypatch):
    monkeypatch.setitem(
        space.entries["skill"], "trip", type(space.entries["skill"]["pick"])("skill", "trip", None, "own", Trip)
    )
    step = Subgoal(skill="trip", arguments={"target": "red_cube_1"}, why="to see")
    plan = Thought(reasoning="so", move=Plan(goals=(Goal(relation="did", subject=str(step)),), subgoals=(step,)))
    state, mission, _ = play([plan, Thought(reasoning="no", move=Refuse(why="it is broken"))], [SEPARATE])
    failure = mission.brain.briefings[1].failure
    assert "ZeroDivisionError" in failure.why and "test_broken_content.py:" in failure.why
    assert not mission.robot.actions and state["status"] == "refused"


@tool
def spill(ctx: Context) -> object:
    """Answers something that cannot be written down."""
    return {1, 2}


class Vague(Trip):
    """Says that it may start, and in no other words."""

    def can_start(self, world):
        return True


class Loose(Trip):
    """Gives bare numbers for keyframes."""

    def keyframes(self, at):
        return [(0.4, 0.0, 0.2)]


def own(space, monkeypatch, kind, name, value):
    like = next(iter(space.entries[kind].values()))
    monkeypatch.setitem(space.entries[kind], name, type(like)(kind, name, None, "own", value))


def test_what_a_tool_answers_must_be_plain_json(play, space, monkeypatch):
    own(space, monkeypatch, "tool", "spill", spill)
    ask = Thought(reasoning="?", move=Ask(calls=(ToolCall(tool="spill"),)))
    _, mission, _ = play([ask, LOOK_UP, FINISH], [SEPARATE], instruction="how many?")
    result = mission.brain.briefings[1].asked[0]
    assert not result.ok and "the tool spill broke" in result.says and "JSON" in result.says


@pytest.mark.parametrize(
    ("kind", "says"), [(Vague, "vague.ready must return a Check"), (Loose, "keyframes must give Keyframe")]
)
def test_what_a_skill_answers_is_told_to_be_of_the_wrong_kind(play, space, monkeypatch, kind, says):
    own(space, monkeypatch, "skill", kind.name, kind)
    step = Subgoal(skill=kind.name, arguments={"target": "red_cube_1"}, why="to see")
    plan = Thought(reasoning="so", move=Plan(goals=(Goal(relation="did", subject=str(step)),), subgoals=(step,)))
    _, mission, _ = play([plan, Thought(reasoning="no", move=Refuse(why="it is broken"))], [SEPARATE])
    assert says in mission.brain.briefings[1].failure.why and not mission.robot.actions


class Broken:
    name = "mine"

    def __init__(self, gives):
        self.gives = gives

    def think(self, briefing):
        return self.gives()


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (lambda: 1 / 0, "the brain mine broke: ZeroDivisionError"),
        (lambda: None, "the brain mine gave no Thought but NoneType"),
    ],
)
def test_a_bug_in_a_brain_ends_the_mission_in_words(play, gives, says):
    state, mission, _ = play([], [SEPARATE], brain=Broken(gives))
    assert state["status"] == "failed" and says in state["answer"] and not mission.robot.actions
