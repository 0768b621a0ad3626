"""A bug in a person's own tool or skill is an answer or a failed step with its place, never the end of the mission."""

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
