"""No part of what was said is lost on the way: what the fuzz once found missing."""

import pytest

from hiervla.bench.language.cases import world
from hiervla.deskwork import imagine
from hiervla.workspace import load_workspace


def told(name, *turns):
    return imagine(turns[-1], world(name), load_workspace(None), before=turns[:-1], act=True)


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("zh3_toys", ["把方黑块按红黄蓝绿的顺序从左到右排成一排"]),
        ("drawer", ["If the drawer is open, close it. If it's not, put the green cube on"]),
        ("en4_sewing", ["Shift my thimble about five centimetres to the right, it's in the way there later"]),
        ("desk", ["pick up the closest to the cup"]),
        ("en3_play", ["Put the green cube on the plate.", "Put the yellow cube on"]),
        ("en3_bench", ["Put only one nut in the tray, the rest go in"]),
        ("zh2_depot", ["成品区清空一下，里面的东西挪或者到外面桌上，放哪儿都行"]),
        ("desk", ["pick up the blue cube", "put under the red cube on the plate"]),
    ],
)
def test_what_cannot_all_be_taken_account_of_moves_nothing(name, turns):
    assert told(name, *turns).steps == []


def test_the_kind_that_is_put_in_order_keeps_its_size():
    with_size = told("zh3_toys", "把小方块按红黄蓝绿的顺序从左到右排成一排")
    assert "small red" in with_size.thoughts[0].reasoning


def test_chinese_written_with_spaces_is_the_same_chinese():
    before = "先把鸭子放进蓝盒子，再把恐龙放进蓝盒子"
    close, apart = (told("zh2_toys", before, t).steps for t in ("把它们都拿出来", "把 它 们 都 拿 出 来"))
    assert close == apart and len(close) == 4


def test_an_emoji_changes_nothing_of_a_correction():
    plain, merry = (told("desk", "move the blue cube 10cm to the right", t) for t in ("no, to the left", "no, to the 🙂 left"))  # fmt: skip
    assert plain.steps == merry.steps != []


@pytest.mark.parametrize(
    "said", ["{}, the green cube and the blue cube.", "{}, the green cube, and the blue cube from left to right."]
)
def test_the_first_of_a_list_is_not_taken_for_a_group_whose_order_is_told(said):
    (plan,) = told("desk", said.format("Line up the red cube")).plans
    row = next(g for g in plan.goals if g.relation == "row")
    assert {row.subject, *row.others} == {"red_cube", "green_cube", "blue_cube"}


@pytest.mark.parametrize(
    "said",
    [
        "白碗要是空的，就把球丢进去；要是已经有东西了就放蓝碗里",
        "如果白碗是空的，就把球放进白碗，如果有东西了，就放进蓝碗里",
        "If the white bowl is empty, put the ball in it; if not, put it in the blue bowl.",
    ],
)
def test_of_two_conditions_that_shut_each_other_out_one_is_followed(said):
    after = told("desk", said)
    assert after.world.objects["ball"].support == "white_bowl"
    assert len(after.plans) == 1 and len(after.plans[0].goals) == 1


def test_there_is_something_says_nothing_without_where():
    assert told("desk", "If there's something, put the ball in the blue bowl.").steps == []


def test_what_is_sorted_is_what_the_small_one_and_the_big_one_are():
    after = told(
        "held_en_blocks", "Sort the red cubes by size: the small one in the bowl, the big one in the left zone."
    )
    assert {s.arguments["target"] for s in after.steps} == {"small_red", "big_red"}


def test_a_distance_beyond_reach_is_refused_also_beside_another_deed():
    said = "Put the red cube on the plate and set the ball down two metres to the left of the cup."
    assert told("desk", said).steps == []


@pytest.mark.parametrize("said", ["白碗里能放几个方块", "白碗里能 放 几个方块", "白碗里能\x1f放\x01几个方块\x0c"])
def test_what_may_be_a_question_is_one_however_it_is_spaced(said):
    assert told("desk", said).steps == []
