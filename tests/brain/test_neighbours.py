"""Which things are meant: both of what stands side by side, one tower of several, the one that bears the noun, what has its own colour."""

import pytest
from brain.test_grammar_half_said import _told


def _taken(came):
    return sorted({str(s.arguments.get("target")) for s in came.steps if s.skill == "pick"})


@pytest.mark.parametrize("say", ["They should both go in the toy box.", "Put them in the toy box."])
def test_both_are_the_thing_and_what_it_was_put_next_to(say):
    assert _taken(_told("en11b_nursery", "Put the duck next to the dinosaur.", say)) == ["dino", "duck"]


def test_it_is_only_the_thing_and_scissors_are_one():
    assert _taken(_told("en11b_nursery", "Put the duck next to the dinosaur.", "Put it in the toy box.")) == ["duck"]
    came = _told("en13_desk", "Put the scissors next to the coffee mug.", "Put them in the pen tray.")
    assert _taken(came) == ["scissors"]


def test_a_vessel_is_a_place_and_not_one_of_them():
    came = _told("en11b_nursery", "Put the orange ball next to the white bowl.", "Put them in the toy box.")
    assert _taken(came) == ["orange_ball"]


@pytest.mark.parametrize(
    ("say", "taken"),
    [
        ("Take the tower apart.", []),
        ("Take the tall tower apart.", ["blue", "red"]),
        ("Take the small tower apart.", ["yellow"]),
    ],
)
def test_of_two_towers_the_one_that_is_meant(say, taken):
    assert _taken(_told("en3_stacks", say)) == taken


def test_the_bin_is_the_one_that_is_called_so():
    assert _taken(_told("en13_workshop", "Put the small bolt in the bin.")) == ["bolt_s"]


def test_the_same_with_another_colour_goes_where_that_colour_goes():
    came = _told("colours", "Put both red cubes in the red bowl.", "Do the same with the blue ones.")
    assert {came.world.objects[i].support for i in ("blue_1", "blue_2")} == {"blue_bowl"}
    came = _told("colours", "Put the red cubes in the blue bowl.", "Do the same with the green ones.")
    assert {came.world.objects[i].support for i in ("green_1", "green_2")} == {"blue_bowl"}


@pytest.mark.parametrize("say", ["2 cubes in the tray. Any.", "Two cubes in the tray, any one."])
def test_any_at_the_end_is_not_one_more(say):
    assert len(_taken(_told("en11a_parts", say))) == 2
