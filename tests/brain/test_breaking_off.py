"""Sentences that lack a part move nothing, whatever could be read without it; slips are put right before any rule is tried."""

import pytest
from brain.tabletop import brief, thing, think_through, world_of
from brain.test_grammar_half_said import _told

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.plan import Plan

WORLD = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("blue", "blue cube", 0.45, -0.10),
    thing("red_bowl", "red bowl", 0.60, 0.22),
    thing("blue_bowl", "blue bowl", 0.60, -0.22),
)


def goals(text):
    move = think_through(GrammarBrain(), brief(text, WORLD))[0][-1].move
    return [str(g) for g in move.goals] if isinstance(move, Plan) else []


@pytest.mark.parametrize(
    "text",
    [
        "pick up the", "don't put the red cube in the , put it in the blue bowl instead", "put the red cube in the blue bowl, then go back to",
        "put the red cube in the blue bowl, I want to look inside or",
        "push the red cube to the left without lifting it; put the red cube in the red bowl, don't lift it", "soorry, I meant the scrap bin",
        "put the red cube in the blue bowl, frobnik", "算了 blorfitz ，把红方块放到蓝碗里", "红方块下面挡路了，放到蓝碗里",
        "三个第六方块里第二大的那个放到蓝碗里", "红方块挡如果着了，放到蓝碗里",
    ],
)  # fmt: skip
def test_what_lacks_a_part_moves_nothing(text):
    assert goals(text) == []


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2cubesin the blue bowl. Any.", "2 cubes in the blue bowl. Any."),
        ("putthered cube in the red bowl and do the same with the blue one", "put the red cube in the red bowl and do the same with the blue one"),
        ("put the red cube in the red 碗, then do the same with the blue one", "put the red cube in the red bowl, then do the same with the blue one"),
        ("put put the red cube in the the blue bowl", "put the red cube in the blue bowl"),
        ("红方块跟蓝方块调个个儿🤖", "红方块跟蓝方块调个个儿"), ('把红方"块放到蓝碗里', "把红方块放到蓝碗里"), ("把红⃝方⃝块放到蓝碗里", "把红方块放到蓝碗里"),
        ("put the red cube in the blue bowl, Zolbert", "put the red cube in the blue bowl"), ("David，把红方块放到蓝碗里", "把红方块放到蓝碗里"),
    ],
)  # fmt: skip
def test_a_slip_changes_nothing(text, then):
    assert goals(text) == goals(then) != []


@pytest.mark.parametrize(
    "text",
    [
        "sort the red pieces by shape: cubes in the blue bowl", "tidy up the red things: cubes in the blue bowl",
        "sort the pieces except the blue one: cubes in the blue bowl", "把红色的按形状分开:方块放蓝碗里",
    ],
)  # fmt: skip
def test_how_it_is_sorted_is_told_of_what_is_sorted_alone(text):
    assert goals(text) == ["in(red, blue_bowl)"]


def test_the_largest_ones_that_are_sorted_are_those_and_no_others():
    told = "Sort the two largest cubes by colour: red ones in the bowl, blue ones in the left zone."
    picked = [s.arguments["target"] for s in _told("held_en_blocks", told).steps if s.skill == "pick"]
    assert picked == ["big_red", "blue_cube"]
    assert not _told(
        "held_en_blocks", "Sort the cubes on the left: red ones in the bowl, blue ones in the left zone."
    ).steps
