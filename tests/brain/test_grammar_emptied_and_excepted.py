"""What an exception is said of, what was just emptied, what is not there at all: told in worlds on paper, judged by what came of it."""

import pytest
from brain.test_grammar_half_said import _told


def _support(told, object_id):
    return told.world.objects[object_id].support


@pytest.mark.parametrize(
    "said",
    [
        "Put the tools in the toolbox except the one closest to the edge.",
        "Put the tools except the one closest to the edge in the toolbox.",
    ],
)
def test_what_follows_an_exception_says_which_one_is_excepted(said):
    told = _told("en16b_bench", said)
    left = [i for i in ("scr_r", "scr_b", "pliers") if _support(told, i) == "table"]
    assert left == ["scr_b"]


@pytest.mark.parametrize("said", ["Clear the plate and put the lemon on it.", "Take the cookie off the plate and put the lemon on it."])  # fmt: skip
def test_it_is_the_plate_that_was_just_cleared(said):
    assert _support(_told("en16b_kitchen", said), "lemon") == "plate"


@pytest.mark.parametrize(
    ("world", "said", "thing", "into"),
    [
        ("zh16a_kitchen", "先把红杯子挪到桌子左边，再把柠檬放进去。", "lemon", "mug_r"),
        ("en16b_kitchen", "Move the red mug next to the plate, then put the lime in there.", "lime", "mug_r"),
        ("zh16a_kitchen", "把碗清空，再把柠檬放进去。", "lemon", "bowl_y"),
    ],
)
def test_in_there_is_the_vessel_that_was_just_moved_or_emptied(world, said, thing, into):
    assert _support(_told(world, said), thing) == into


def test_of_a_thing_that_nothing_is_called_by_it_is_known_that_it_is_not_there():
    said = "If there's a banana on the table, put it in the bowl, otherwise put the tomato in there."
    assert _support(_told("en17_kitchen", said), "tom") == "bowl"


@pytest.mark.parametrize(
    "said",
    [
        "If there's a banxna on the table, put it in the bowl, otherwise put the tomato in there.",  # no word
        "If there's a banana on the table, put it in the bowl, otherwise put the banana on the plate.",
        "Put the banana in the bowl, otherwise put the tomato in there.",
    ],
)
def test_what_may_be_a_slip_or_is_to_be_moved_all_the_same_moves_nothing(said):
    assert not _told("en17_kitchen", said).steps


def test_a_shift_by_less_than_a_tolerance_is_not_taken_for_done():
    told = _told("en16b_kitchen", "Move the lemon 1 cm to the left.")
    assert told.steps and told.world.objects["lemon"].centre[1] == pytest.approx(0.03, abs=1e-3)


def test_a_shift_within_what_carries_a_thing_is_refused_and_the_tray_stays():
    told = _told("en16b_blocks", "Put the green cube on the tray.", "Move it 3 cm to the left.")
    assert not told.steps and "tray" in told.answer


def test_what_is_cleared_off_for_a_row_is_not_put_down_in_its_slots():
    told = _told("en16a_blocks", "Line the cubes up by size, the smallest on the left and the largest on the right.")
    assert not told.broke and _support(told, "y") == "table"


def test_the_rest_is_nothing_that_is_fixed_and_no_box():
    told = _told("en16b_bench", "Put all the tools in the toolbox and everything else in the tray.")
    assert _support(told, "n1") == "tray" and _support(told, "pliers") == "toolbox"


def test_of_two_named_things_the_nearer_is_told_and_not_the_last_named():
    for said in ("Which is closer to the thimble, the pincushion or the chalk?", "Which is closer to the thimble, the chalk or the pincushion?"):  # fmt: skip
        assert "pincushion" in _told("en18_tailor", said).answer


def test_the_box_is_no_tray_where_a_box_is_seen():
    assert _support(_told("en17_bench", "Put the red battery in the box."), "bat2") == "box"
