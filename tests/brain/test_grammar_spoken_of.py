"""What was just spoken of, and what only one reading of everyday words means: one of them, the bottom one, under it, once it is done."""

import pytest
from brain.test_grammar_half_said import _told

from hiervla.brain.grammar.hooks import once_done
from hiervla.brain.grammar.words import bundled_words


def _taken(came):
    return [str(s.arguments.get("target")) for s in came.steps if s.skill == "pick"]


@pytest.mark.parametrize(
    "say",
    ["If there are two cookies on the blue plate, move one to the white plate.", "There are two cookies on the blue plate. Move one to the white plate."],
)  # fmt: skip
def test_one_is_one_of_those_that_a_condition_spoke_of(say):
    assert _taken(_told("en3_cafe", say)) in (["cookie1"], ["cookie2"])


def test_one_and_one_are_two():
    say = "If there are two cookies on the blue plate, move one to the white plate and one to the tray."
    assert sorted(_taken(_told("en3_cafe", say))) == ["cookie1", "cookie2"]


@pytest.mark.parametrize("asked", ["Are there any cookies on the blue plate?", "How many cookies are there?"])
def test_one_is_one_of_those_that_were_asked_about(asked):
    came = _told("en3_cafe", asked, "Put one on the white plate.")
    assert _taken(came) in (["cookie1"], ["cookie2"])


def test_one_of_nothing_is_asked():
    assert not _told("en3_cafe", "Put one on the tray.").steps


@pytest.mark.parametrize("no", ["No, the other box.", "Not that box, the other one."])
def test_the_other_box_is_where_it_goes(no):
    came = _told("en13_blocks", "Put the small red cube in the red box.", no)
    assert came.world.objects["small_red"].support == "blue_box" and _taken(came) == ["small_red"]


def test_the_bottom_cube_is_that_of_the_tower():
    came = _told("en13_blocks", "Put the bottom cube in the red box.")
    assert came.world.objects["blue_cube"].support == "red_box"


def test_a_pyramid_stands_on_two_of_one_height():
    came = _told("en13_blocks", "Build a pyramid with the green, blue and yellow cubes.")
    assert came.world.objects["yellow_cube"].support in ("green_cube", "blue_cube")
    uneven = _told("en4_sewing", "Build a pyramid from the three spools with the blue one on top.")
    assert not uneven.steps and "different heights" in uneven.answer


def test_a_moment_s_wait_takes_nothing_back():
    came = _told("en13_workshop", "Press start, wait a moment, then press stop.")
    assert [s.arguments["target"] for s in came.steps] == ["start", "stop"]
    assert not _told("en13_workshop", "Press the start button, wait five seconds, then press the stop button.").steps


@pytest.mark.parametrize(
    ("said", "plain"),
    [("moved the cup", "moving the cup"), ("put the pen in it", "putting the pen in the drawer"), ("emptied the box", "emptying the box"), ("closed it", "closing it")],
)  # fmt: skip
def test_what_is_done_once_another_thing_is_done_comes_after_it(said, plain):
    rule = next(r for r in bundled_words().rewriting.stage("en", "checked") if r.name == "once_done")
    m = rule.sees(f"Shut the drawer once you've {said}")
    assert m is not None
    assert next(once_done(m)) == f"Shut the drawer after {plain}"


def test_an_exception_that_excludes_nothing_is_asked_about():
    assert not _told("en13_blocks", "Put all the cubes except the yellow one and the ring on the play mat.").steps


def test_of_two_cookies_the_one_that_lies_free_is_taken():
    assert _taken(_told("en13_tea", "Put a dark cookie in the cookie jar.")) == ["dark2"]


def test_up_there_is_what_the_last_thing_was_taken_off_and_never_the_table():
    came = _told("zh11b_kitchen", "把青柠放到盘子上", "盘子上有什么？", "把它拿下来放桌上，再把苹果放上去")
    assert came.world.objects["lime"].support == "table" and came.world.objects["apple"].support == "plate"
    came = _told("zh11b_kitchen", "把青柠放到盘子上", "把苹果也放上去")
    assert came.world.objects["apple"].support == "plate"
