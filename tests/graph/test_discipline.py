"""What a brain may not do: invent objects, skills or tools, loop, or spend without end."""

import threading

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pretend import GOAL, LOOK_UP, PLACE, PLAN, SEPARATE

from hiervla.core.briefing import Budgets
from hiervla.core.config import Settings
from hiervla.core.errors import SafetyStop
from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Plan, Refuse, Subgoal, Thought, ToolCall
from hiervla.graph.build import EDGES, build_graph, serializer
from hiervla.robot.fake import FakeRobot


def plan(*steps, goals=(GOAL,)):
    return Thought(reasoning="so", move=Plan(goals=goals, subgoals=steps))


STOP = Thought(reasoning="no", move=Refuse(why="I give up"))


@pytest.mark.parametrize(
    ("thought", "complaint"),
    [
        (plan(Subgoal(skill="juggle", arguments={}, why="fun")), "no skill 'juggle'"),
        (plan(Subgoal(skill="pick", arguments={"target": "unicorn"}, why="fun")), "no object 'unicorn'"),
        (plan(Subgoal(skill="pick", arguments={"object": "red_cube_1"}, why="fun")), "no such key"),
        (
            plan(
                Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="x"),
                goals=(Goal(relation="near", subject="red_cube_1"),),
            ),
            "no relation 'near'",
        ),
        (
            plan(
                Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="x"),
                goals=(Goal(relation="in", subject="ghost", reference="blue_bowl_1"),),
            ),
            "no object 'ghost'",
        ),
    ],
)
def test_an_invented_plan_is_sent_back_with_what_was_wrong(play, thought, complaint):
    state, mission, _ = play([thought, STOP], [SEPARATE])
    assert complaint in mission.brain.briefings[1].complaint
    assert state["status"] == "refused" and not mission.robot.actions


def test_an_unknown_tool_is_answered_with_the_known_ones(play):
    ask = Thought(
        reasoning="?",
        move=Ask(
            calls=(
                ToolCall(tool="teleport"),
                ToolCall(tool="measure_distance", arguments={"a": "red_cube_1", "b": "moon"}),
            )
        ),
    )
    _, mission, _ = play([ask, STOP], [SEPARATE])
    first, second = mission.brain.briefings[1].asked
    assert not first.ok and "detect_objects" in first.says
    assert not second.ok and "moon" in second.says


@pytest.mark.parametrize(
    ("budgets", "thoughts", "word"),
    [
        (Budgets(tool_calls=3), [LOOK_UP], "tool calls"),
        (Budgets(thoughts=4), [LOOK_UP], "thoughts"),
        (Budgets(replans=1), [plan(PLACE)], "new plans"),
        (Budgets(malformed=2), [plan(Subgoal(skill="juggle", why="fun"))], "could not be used"),
    ],
)
def test_every_budget_ends_a_mission_and_says_which(play, budgets, thoughts, word):
    state, _, _ = play(thoughts, [SEPARATE], settings=Settings(budgets=budgets))
    assert state["status"] == "failed" and word in state["answer"]


def test_the_budget_is_told_in_the_language_of_the_instruction(play):
    state, _, _ = play(
        [LOOK_UP], [SEPARATE], instruction="把红色方块放到蓝色碗里", settings=Settings(budgets=Budgets(tool_calls=2))
    )
    assert "工具调用" in state["answer"]


def test_a_step_that_cannot_start_is_a_typed_failure_and_moves_nothing(play):
    state, mission, _ = play([plan(PLACE), STOP], [SEPARATE])
    assert mission.brain.briefings[1].failure.kind.value == "precondition"
    assert state["status"] == "refused"


def test_stop_ends_the_mission_with_the_arm_halted(play):
    stop = threading.Event()

    class Stopping:
        name = "stopping"

        def think(self, briefing):
            stop.set()
            return PLAN

    robot = FakeRobot(grasp_width_m=0.04)
    with pytest.raises(SafetyStop):
        play([], [SEPARATE], robot=robot, brain=Stopping(), stop=stop)
    assert robot.stops > 0 and not robot.actions


def test_steps_wait_for_a_persons_yes_when_asked_to(play):
    state, mission, _ = play(
        [PLAN, STOP], [SEPARATE], settings=Settings(approve="always"), checkpointer=InMemorySaver(serde=serializer())
    )
    assert "__interrupt__" in state
    assert not mission.robot.actions, "something moved before it was approved"


def test_the_graph_is_the_documented_one():
    drawn = build_graph().get_graph()
    edges = {(e.source, e.target) for e in drawn.edges}
    assert {("__start__", "look"), ("report", "__end__")} <= edges
    assert {(a, b) for a, bs in EDGES.items() for b in bs} <= edges


def test_a_step_that_failed_is_not_repeated_as_it_was_in_an_unchanged_world(play):
    pick = Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="to have it")
    goal = Goal(relation="holding", subject="red_cube_1")
    state, mission, _ = play([plan(pick, goals=(goal,))], [SEPARATE], robot=FakeRobot(grasp_width_m=0.0))
    assert state["status"] == "failed"
    assert len([o for o in state["outcomes"] if o.skill == "pick"]) == 3, (
        "only the first try and its two changed retries"
    )
    assert any("already failed" in (b.complaint or "") for b in mission.brain.briefings)
    handled = Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="slower", handling={"speed": 0.3})
    state, _, _ = play(
        [plan(pick, goals=(goal,)), plan(handled, goals=(goal,)), STOP], [SEPARATE], robot=FakeRobot(grasp_width_m=0.0)
    )
    assert len([o for o in state["outcomes"] if o.skill == "pick"]) > 3, "another handling is another call"
