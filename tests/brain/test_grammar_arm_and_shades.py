"""Plans that depend on the arm's own reach and gripper, and on shades of one colour."""

import pytest
from brain.tabletop import brief, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.plan import Plan, Refuse
from hiervla.core.task import Gripper, Limits

GREEN, PLATE = thing("green", "green cube", 0.50, -0.06, size=0.03), thing("plate", "white plate", 0.45, 0.34)
TABLETOP = world_of(thing("red", "red cube", 0.45, 0.10), GREEN, thing("bowl", "blue bowl", 0.60, 0.22), PLATE)


@pytest.fixture(scope="module")
def brain():
    return GrammarBrain()


def test_reach_is_the_arm_s_own(brain):
    short = brief("pick up the red cube", TABLETOP, limits=Limits(reach_m=0.3))
    thoughts, _ = think_through(brain, short)
    assert isinstance(thoughts[-1].move, Refuse) and "30 cm" in thoughts[-1].move.why


def test_what_is_too_wide_is_the_grippers_own(brain):
    narrow = brief("pick up the red cube", TABLETOP, gripper=Gripper(opening_m=0.04))
    thoughts, _ = think_through(brain, narrow)
    assert isinstance(thoughts[-1].move, Refuse) and "4 cm" in thoughts[-1].move.why


@pytest.mark.parametrize("text", ["pick up the bowl", "拿起碗"])
def test_a_bowl_that_is_too_wide_is_taken_by_its_rim(brain, text):
    thoughts, _ = think_through(brain, brief(text, TABLETOP))
    assert any(isinstance(t.move, Plan) for t in thoughts), thoughts[-1].move


def test_what_stands_too_near_the_arm_is_told_so(brain):
    stiff = brief("pick up the red cube", TABLETOP, limits=Limits(min_reach_m=0.7))
    thoughts, _ = think_through(brain, stiff)
    assert isinstance(thoughts[-1].move, Refuse)
    assert "too near" in thoughts[-1].move.why and "70 cm" in thoughts[-1].move.why


@pytest.mark.parametrize(
    ("text", "picked"),
    [("pick up the light blue cube", "pale"), ("拿起浅蓝色的方块", "pale"), ("拿起深蓝色方块", "deep"), ("grab the dark blue cube", "deep"),
     ("put the dark blue cube in the bowl", "deep"), ("take the dark green cube", "green")],
)  # fmt: skip
def test_shades_tell_things_of_one_colour_apart(text, picked):
    pale = thing("pale", "blue cube", 0.45, 0.10).model_copy(update={"shade": "light"})
    deep = thing("deep", "blue cube", 0.40, -0.15).model_copy(update={"shade": "dark"})
    seen = world_of(pale, deep, GREEN, PLATE, thing("b", "red bowl", 0.6, 0.22))
    move = GrammarBrain().think(brief(text, seen, tools=())).move
    assert isinstance(move, Plan) and move.subgoals[0].arguments["target"] == picked


def test_a_bowl_that_is_all_but_white_is_the_white_one(brain):
    nearly = thing("nearly", "pink bowl", 0.60, 0.22).model_copy(update={"colour_too": "white"})
    world = world_of(thing("red", "red cube", 0.45, 0.10), nearly)
    plan = think_through(brain, brief("把红色方块放到白色的碗里", world))[0][-1].move
    assert isinstance(plan, Plan) and plan.goals[0].reference == "nearly"


@pytest.mark.parametrize(
    "text",
    [
        "put the green cube in the green bowl", "把绿色方块放到绿色的碗里", "sort the cubes by colour into the bowls", "sort the cubes by colour",
        "put each cube in the bowl of the same colour",
    ],
)  # fmt: skip
def test_a_bowl_that_is_hardly_green_is_no_second_green_one(brain, text):
    nearer = thing("nearly", "green bowl", 0.42, 0.22).model_copy(update={"colour_too": "white"})
    world = world_of(thing("g", "green cube", 0.45, 0.0), nearer, thing("sure", "green bowl", 0.65, -0.22))
    plan = think_through(brain, brief(text, world))[0][-1].move
    assert isinstance(plan, Plan) and [str(g) for g in plan.goals] == ["in(g, sure)"]
