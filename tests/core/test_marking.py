"""What a person may call a mark, and what becomes of it in an instruction."""

import pytest

from hiervla.core.errors import SetupError
from hiervla.core.marking import Mark, in_plain_words
from hiervla.core.world import Pointed

SPOT = ((0.5, 0.1), (0.6, 0.1), (0.6, 0.2), (0.5, 0.2))


@pytest.fixture
def marked(thing, world_of):
    """A world with a thing in the red box (红框), a bowl marked B, and a place in the green box (绿框)."""
    world = world_of(thing("cube", id="blue_cube_1"), thing("bowl", 0.6, id="white_bowl_1"))
    marks = (
        Pointed(name="red box", also=("红框",), id="blue_cube_1"), Pointed(name="B", id="white_bowl_1"),
        Pointed(name="green box", also=("绿框",), outline=SPOT),
    )  # fmt: skip
    return world.with_marks(marks)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("put the object in the red box into B", "put blue_cube_1 into white_bowl_1"),
        ("put this (red box) there (green box)", "put blue_cube_1 in green box"),
        ("Put this (red box) there (B).", "Put blue_cube_1 in white_bowl_1."),
        ("pick up the thing marked with the red box", "pick up blue_cube_1"),
        ("pick up the red box", "pick up blue_cube_1"),
        ("把红框里的物体放到B里", "把blue_cube_1放到white_bowl_1里"),
        ("把这个（红框）放到那里（绿框）", "把blue_cube_1放到green box"),
        ("把红框放到绿框里", "把blue_cube_1放到green box里"),
        ("put the Blue cube in the Bowl", "put the Blue cube in the Bowl"),
        ("put the red cube in the box", "put the red cube in the box"),
        ("put the red boxes in the bowl", "put the red boxes in the bowl"),
        ("b is a letter. Put the cube in B", "b is a letter. Put the cube in white_bowl_1"),
    ],
)
def test_what_is_marked_is_said_as_the_scene_says_it(marked, said, plain):
    assert in_plain_words(said, marked) == plain


def test_a_marked_place_is_a_zone(marked):
    assert marked.zones["green box"].outline == SPOT
    assert not {"red box", "绿框"} & set(marked.zones)


def test_marks_are_read_from_text():
    assert Mark.parse("red box=10,20,40,5").box == (10, 5, 40, 20)
    assert Mark.parse("here=12.5,30") == Mark(name="here", box=(12.5, 30, 12.5, 30))


@pytest.mark.parametrize("text", ["", "red", "=1,2", "a=1", "a=1,2,3", "a=x,y", " =1,2"])
def test_what_is_no_mark_is_told_with_how_one_is_written(text):
    with pytest.raises(SetupError, match="NAME=X,Y"):
        Mark.parse(text)
