"""If, unless, until, twice, leave alone: whether something is done follows from how the world is."""

import pytest
from brain.test_grammar_half_said import _told


def _where(came):
    return {i: came.world.objects[i].support for i in came.world.objects}


@pytest.mark.parametrize(
    ("condition", "so"),
    [
        ("if there is a green cube", True), ("if there is no green cube", False), ("unless there is a green cube", False), ("if there is a purple cube", False),
        ("if the white bowl is empty", True), ("if there are more cubes than bowls", True), ("if there are more bowls than cubes", False),
        ("if there are at least three cubes", True), ("if there are more than three cubes", False), ("if the ball is yellow", True), ("if the ball is red", False),
    ],
)  # fmt: skip
def test_the_deed_hangs_on_the_condition(condition, so):
    came = _told("desk", f"{condition}, put the ball in the white bowl, otherwise put the green cube on the plate")
    done = {"ball": "white_bowl", "green_cube": "table"} if so else {"ball": "table", "green_cube": "plate"}
    assert {i: _where(came)[i] for i in done} == done, came.answer


@pytest.mark.parametrize(
    ("condition", "so"),
    [("如果有绿方块", True), ("如果没有绿方块", False), ("要是白碗是空的", True), ("如果方块比碗少", False)],
)
def test_in_chinese_too(condition, so):
    came = _told("desk", f"{condition}，就把黄球放进白碗")
    assert _where(came)["ball"] == ("white_bowl" if so else "table"), came.answer


def test_what_is_to_be_left_alone_is_not_moved_even_to_make_room():
    came = _told("piles", "put the red cube in the red bowl without touching the green cube")
    assert not came.steps and "green" in came.answer  # it lies on the red one


def test_what_was_not_asked_twice_is_not_done_twice():
    came = _told("panel", "press the green button twice")
    assert [(s.skill, s.arguments["target"]) for s in came.steps if s.skill == "press"] == [
        ("press", "green_button")
    ] * 2
    assert sum(s.skill == "press" for s in _told("panel", "press the green button").steps) == 1
