"""The noun of a description that no word covers, and names that found things add to the vocabulary."""

import pytest

from hiervla.core.vocabulary import Inventory

NAMES = [
    ("stapler", "stapler"), ("the grey stapler", "stapler"), ("a small light blue hole punch", "hole punch"),
    ("analyser", "analyser"), ("  my  stapler. ", "stapler"), ("订书机", "订书机"), ("那个灰色的订书机", "订书机"), ("大象", "大象"),
    ("the red cube", ""), ("红色方块", ""), ("red things", ""), ("the red one", ""), ("red", ""), ("", ""), ("everything", ""), ("42", ""),
    ("the container on the left", ""), ("Ann's cup", ""), ("the widget", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_the_noun_that_no_word_covers(text, name, space):
    words = space.vocabulary((Inventory(name="widget", looks="red cube"),))
    assert words.unknown_name(text) == name


def test_found_names_become_lines_of_the_inventory(space, thing, world_of):
    words = space.vocabulary(())
    cube = thing("cube", id="c", name="stapler", name_score=0.7)
    mine = thing("cup", id="m", name="Ann's cup")
    named = words.with_names(world_of(cube, mine))
    assert [i.name for i in named.inventory] == ["stapler"]
    assert named.select("the stapler", world_of(cube, mine)) == [cube]
    assert named.with_names(world_of(cube)) is named
    assert words.with_names(world_of(thing("cube"))) is words
