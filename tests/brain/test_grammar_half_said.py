"""What is half said, contradicts itself or cannot be meant, found by spoiling instructions: nothing moves, and nothing crashes."""

import pytest
from brain.fuzzing import plain_brain

from hiervla.bench.language.cases import world
from hiervla.core.plan import Clarify, Refuse
from hiervla.paper.mission import first_briefing, said, tell
from hiervla.workspace import load_workspace


def _told(where, *turns):
    space, there = load_workspace(), world(where)
    briefing = first_briefing(there, space.vocabulary(there.inventory), space.skills, space.tools)
    for turn in turns:
        came = tell(
            plain_brain(), briefing.model_copy(update={"instruction": turn}), space.tools.values(), skills=space.skills
        )
        briefing = briefing.model_copy(update={"world": came.world, "dialogue": said(came)})
    return came


@pytest.mark.parametrize(
    ("where", "turns"),
    [
        ("colours", ["put the green cubes in the red bowl and"]),
        ("desk", ["take the yellow ball and then"]),
        ("desk", ["把蓝方块放进白碗里，然后"]),
        ("desk", ["把蓝方块放进白碗和"]),
        ("zh3_lab", ["样品排成一排，先红后绿再蓝和"]),
        ("desk", ["把绿方块放到上"]),
        ("desk", ["把绿方块放到plate上。put the cup"]),
        ("dev_shapes", ["put the grey ball that's blue into the box"]),
        ("dev_shapes", ["turn the wedge " + "9" * 400 + " degrees clockwise"]),
        ("row", ["把最左边的方块往左移" + "9" * 400 + "厘米"]),
        ("desk", ["move the red cube 1" + "0" * 30 + " cm to the left"]),
        ("desk", ["move the red cube 5 metres to the left, then put the blue cube in the white bowl"]),
        ("desk", ["put the blue cube in the white bowl, then move the red cube 5 metres to the left"]),
        ("desk", ["把绿方块往左移60厘米，然后把黄球放进橙色的杯子里"]),
    ],
)
def test_nothing_moves(where, turns):
    came = _told(where, *turns)
    assert isinstance(came.move, Clarify | Refuse) and not came.plans, came.answer


def test_a_space_at_the_end_changes_nothing():
    turns = ["put the red cube to the left of the plate", "no, to the right"]
    assert _told("desk", *turns).world.objects == _told("desk", turns[0], turns[1] + " \x0f").world.objects


def test_a_colour_said_twice_is_one_colour():
    came = _told("dev_shapes", "put the blue ball that's blue into the box")
    assert came.world.objects["blue_ball"].support == "box", came.answer


def test_the_same_place_is_meant_where_chinese_leaves_it_out():
    came = _told("bench", "先把螺丝放进工具箱，再放螺母")
    assert {came.world.objects[i].support for i in ("screw", "nut")} == {"toolbox"}, came.answer


@pytest.mark.parametrize("text", ["白碗\u200e里能\u200b放几个\u2060方块", "白碗裡能放幾個方塊"])
def test_a_question_is_none_the_less_one_for_how_it_is_typed(text):
    came = _told("desk", text)
    assert not came.plans, came.answer


@pytest.mark.parametrize(
    ("where", "turns"),
    [
        ("dev_stack", ["add the green cube to the grey tower"]),
        ("desk", ["instead of the blorfitz cube, take the ball"]),
        ("desk", ["don't put the red cube in the blorfitz bowl, put it in the cup"]),
        ("desk", ["put the green blorfitz cube, no, the blue cube, in the blue bowl"]),
        ("desk", ["red cube: white bowl. green cube: blue bowl. ball: cup, and then"]),
        ("en3_cafe", ["Put the apple in the tray, love, I'm off to"]),
        ("en8b_garden", ["My seed packets want घन some warmth, so put both of them in the sunny spot."]),
        ("en3_cafe", ["put the lemon in the black cup", "sorry, wrong cube, I meant the red one"]),
        ("en2_toys", ["Put the red ball in the basket.", "Not the wuffnel one, the yellow one."]),
        ("en2_toys", ["Put the car in the basket.", "I said the duck, not the car or"]),
    ],
)
def test_what_is_passed_over_in_english_is_understood(where, turns):
    came = _told(where, *turns)
    assert isinstance(came.move, Clarify | Refuse) and not came.plans, came.answer


@pytest.mark.parametrize("turn", ["no, the 绿 one", "ｎｏ， ｔｈｅ ｇｒｅｅｎ ｏｎｅ"])
def test_what_was_moved_by_mistake_goes_back_however_it_is_typed(turn):
    turns = ["put the red cube in the blue bowl", "no, the green one"]
    assert _told("desk", *turns).world.objects == _told("desk", turns[0], turn).world.objects
