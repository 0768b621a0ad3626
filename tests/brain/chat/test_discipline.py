"""What a model's thought is held to before it goes on its way."""

import pytest

from hiervla.brain.chat.discipline import OTHER_LANGUAGE, held_to
from hiervla.core.config import ChatSettings
from hiervla.core.errors import UnusableReply
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Subgoal, Thought, ToolCall, ToolResult

GOAL = Goal(relation="in", subject="red_cube_1", reference="blue_bowl_1")
PICK = Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="")
SETTINGS = ChatSettings(most_steps=3)


def plan(*steps, goals=(GOAL,)):
    return Plan(goals=goals, subgoals=steps)


def hold(move, briefing, notes=None):
    """What is noted of a move that may go on."""
    notes = [] if notes is None else notes
    held_to(Thought(reasoning="", move=move), briefing, SETTINGS, notes)
    return notes


@pytest.mark.parametrize(
    ("move", "wrong"),
    [
        (plan(PICK, PICK), "twice in a row"),
        (plan(*[Subgoal(skill="home", why="")] * 4), "at most 3"),
        (plan(Subgoal(skill="teleport", why="")), "no skill 'teleport'"),
        (plan(Subgoal(skill="pick", arguments={"target": "red_cube"}, why="")), "did you mean red_cube_1"),
        (plan(PICK.model_copy(update={"handling": {"force": 99}})), "no 'force'"),
        (plan(PICK, goals=(GOAL.model_copy(update={"tolerance_m": 5.0}),)), "tolerance"),
        (Finish(answer="  "), "says nothing"),
        (Clarify(question="您指的是哪一个方块？"), OTHER_LANGUAGE),
    ],
)
def test_breaches_go_back_in_one_line(briefing, move, wrong):
    with pytest.raises(UnusableReply, match=wrong) as e:
        hold(move, briefing())
    assert "\n" not in str(e.value)


def test_a_good_plan_goes_on(briefing):
    assert hold(plan(PICK), briefing()) == []
    assert hold(plan(Subgoal(skill="home", why=""), Subgoal(skill="home", why="")), briefing()) == []


def test_a_question_answered_on_this_look_is_not_asked_again_but_on_another_it_is(briefing):
    call = ToolCall(tool="detect_objects", arguments={"query": "cube"})
    asked = (ToolResult(call=call, ok=True, says="1: red_cube_1", look_id="L7"),)
    with pytest.raises(UnusableReply, match="1: red_cube_1"):
        hold(Ask(calls=(call,)), briefing(asked=asked))
    hold(Ask(calls=(call,)), briefing(asked=(asked[0].model_copy(update={"look_id": "L6"}),)))
    hold(Ask(calls=(call, ToolCall(tool="detect_objects", arguments={"query": "bowl"}))), briefing(asked=asked))


def test_goals_that_were_seen_to_hold_are_not_planned_for_again(briefing):
    yes = Check.yes("it is", Evidence(source="look:L7", says="so", time_s=0.0))
    with pytest.raises(UnusableReply, match="finish"):
        hold(plan(PICK), briefing(confirmed=((GOAL, yes),)))
    hold(plan(PICK), briefing(confirmed=((GOAL, Check.no("it is not")),)))


def test_the_wrong_language_is_told_once_and_then_taken_with_a_note(briefing):
    chinese = "把红色方块放到蓝色碗里"
    with pytest.raises(UnusableReply, match="Chinese"):
        hold(Clarify(question="which one?"), briefing(chinese))
    notes = []
    hold(Clarify(question="which one?"), briefing(chinese, complaint=f"{OTHER_LANGUAGE}: Chinese"), notes)
    assert "another language" in notes[0]
    hold(Clarify(question="是 red_cube_1 还是 red_cube_2？"), briefing(chinese))
