"""Nothing moves where one word of what is only told beside an order is unknown, or what is told is not so."""

import pytest
from brain.test_grammar_half_said import _told


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("en8b_garden", "Those bulbs สีแดง bruise, so go easy when you drop them in the crate."),
        ("en15b_class", "I've finished with кубик the ruler, it can go in the drawer."),
        ("en18_florist", "I'd like the two ribbons to swap places: the pink one where the green one frobnik is now, and the green one where the pink one is."),
        ("zh13_kitchen", "青柠别放蓝里，放粉的那个"),
        ("sizes", "只要比红小，就放进盒子"),
        ("held3_zh_blocks", "小机器人你好，请帮忙把方块都放进托盘，红的和绿的别动"),
    ],
)  # fmt: skip
def test_what_is_half_understood_moves_nothing(world, said):
    assert not _told(world, said).steps


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("The USB stick is in the tray, could you get it out and lay it next to the stapler?", "USB stick"),
        ("The USB stick is in the plate. Put it next to the stapler.", "plate"),
        ("The eraser is on the tray, could you put it next to the scissors?", "eraser"),
    ],
)
def test_where_a_thing_is_said_to_be_it_must_be(said, names):
    told = _told("en11b_desk", said)
    assert not told.steps and names in told.answer


def test_a_thing_is_taken_from_where_it_is_said_to_be():
    told = _told("en11b_desk", "The USB stick is in the drawer, could you get it out and lay it next to the stapler?")
    assert [str(s) for s in told.steps][-1] == "place(target=usb, relation=beside, reference=stapler)"


@pytest.mark.parametrize("gap", ["  ", " \u202b", "\u00a0 ", "\u200b "])
def test_spaces_and_marks_between_words_change_nothing(gap):
    told = _told("en16a_desk", f"The green mug lives in the coffee corner, so{gap}take it there.")
    assert [s.skill for s in told.steps] == ["pick", "place"]


def test_those_that_stay_are_not_the_ones_that_go():
    told = _told("held3_zh_blocks", "嗯，方块都放进托盘，红的和绿的别动")
    moved = {s.arguments["target"] for s in told.steps}
    assert moved == {"blue_s", "blue_m", "yellow_m", "blk"}
