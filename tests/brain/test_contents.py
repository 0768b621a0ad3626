"""What lies in a vessel comes along when that is moved: it is in there again in the end, and that is a goal."""

import pytest

from hiervla.bench.language.cases import world
from hiervla.deskwork import imagine
from hiervla.workspace import load_workspace


def told(name, *turns):
    return imagine(turns[-1], world(name), load_workspace(None), before=turns[:-1], act=True)


def where(told, thing):
    d = told.world.objects[thing]
    return d.relation, d.support


@pytest.mark.parametrize(
    "turns",
    [
        ("Put the ball in the cup.", "Now stand the cup on the plate."),
        ("Put the ball in the cup.", "Move the cup 10 cm to the right."),
        ("把球放进杯子里", "再把杯子放到盘子上"),
    ],
)
def test_what_lies_in_a_cup_lies_in_it_again_after_the_cup_was_moved(turns):
    after = told("desk", *turns)
    assert where(after, "ball") == ("in", "cup")
    assert any(g.relation == "in" and g.subject == "ball" for g in after.plans[0].goals), "held to by evidence"


def test_what_lies_on_a_plate_comes_along_and_what_lies_on_a_block_does_not():
    assert where(told("desk", "Put the ball on the plate.", "Push the plate 5 cm to the left."), "ball") == (
        "on",
        "plate",
    )
    after = told("desk", "Put the green cube on the blue cube.", "Move the blue cube 10 cm to the left.")
    assert where(after, "green_cube")[1] != "blue_cube"


def test_what_is_wanted_elsewhere_does_not_come_along():
    after = told("desk", "Put the ball in the cup.", "Put the ball in the white bowl and the cup on the plate.")
    assert where(after, "ball") == ("in", "white_bowl")


def test_a_vessel_that_goes_into_another_one_is_emptied_on_the_table():
    after = told("desk", "Put the ball in the cup.", "Put the cup in the white bowl.")
    assert where(after, "ball")[1] != "cup"


def test_where_a_thing_was_is_never_the_hand():
    after = told("desk", "Pick up the ball.", "Put it in the cup.", "No, put it back where it was.")
    assert where(after, "ball") == ("on", "table")
