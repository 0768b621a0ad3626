"""Back, undo, nearer, farther, a bit, one half of the table, what was just moved: told by how the world was and is."""

import math

import pytest
from brain.test_grammar_half_said import _told

from hiervla.bench.language.cases import world

DESK = world("desk").world.objects


def _moved_m(came, name):
    return [came.world.objects[name].centre[k] - DESK[name].centre[k] for k in (0, 1)]


def _apart_m(objects, a, b):
    return math.dist(objects[a].centre[:2], objects[b].centre[:2])


@pytest.mark.parametrize(
    ("say", "x", "y"),
    [
        ("move the green cube 5 cm to the left", 0, 0.05), ("move the green cube 2 inches to the right", 0, -0.0508), ("把绿方块往左移5厘米", 0, 0.05), ("把绿色方块往右移30毫米", 0, -0.03),
    ],
)  # fmt: skip
def test_a_shift_goes_as_far_as_is_said(say, x, y):
    assert _moved_m(_told("desk", say), "green_cube") == pytest.approx([x, y], abs=1e-3)


@pytest.mark.parametrize(("say", "sign"), [("move the ball closer to the blue bowl", -1), ("move the ball farther from the blue bowl", 1), ("让黄球离蓝碗近一点", -1)])  # fmt: skip
def test_nearer_and_farther(say, sign):
    came = _told("desk", say)
    assert came.steps, came.answer
    change = _apart_m(came.world.objects, "ball", "blue_bowl") - _apart_m(DESK, "ball", "blue_bowl")
    assert change * sign > 0.01


@pytest.mark.parametrize("back", ["put it back", "undo that", "放回去", "撤销"])
def test_back_is_where_it_was(back):
    came = _told("desk", "put the blue cube in the white bowl", back)
    assert came.world.objects["blue_cube"].support == "table"
    assert _moved_m(came, "blue_cube") == pytest.approx([0, 0], abs=0.01)


def test_nothing_can_be_undone_before_anything_was_done():
    came = _told("desk", "undo that")
    assert not came.plans and came.answer


def test_the_one_just_moved():
    came = _told("desk", "put the blue cube on the plate", "put the one you just moved in the white bowl")
    assert came.world.objects["blue_cube"].support == "white_bowl", came.answer


def test_one_half_of_the_table():
    came = _told("desk", "put the ball on the right side of the table")
    assert came.world.objects["ball"].centre[1] < 0 < DESK["ball"].centre[1]
