"""Names of the public inventory: by how a thing surely looks, and by the other word of its colour only where the name is free."""

import pytest

from hiervla.core.vocabulary import Inventory
from hiervla.perception.inventoried import named, named_by_either_word

LINES = (
    Inventory(name="knife", looks="black block", attributes=("sharp",)),
    Inventory(name="sponge", looks="green block"),
)


@pytest.fixture
def words(space):
    return space.vocabulary().model_copy(update={"inventory": LINES})


def given(words, *things):
    sure = {d.id: named(d, words) for d in things}
    return {k: d.name for k, d in named_by_either_word(sure, words).items()}


def test_a_name_goes_to_what_surely_looks_so_and_brings_its_attributes(words, thing):
    d = named(thing("block", colour="black", name="of old"), words)
    assert (d.name, d.attributes) == ("knife", ("sharp",))
    none = named(thing("block", colour="red", name="of old", attributes=("hot",)), words)
    assert (none.name, none.attributes) == (None, ())


def test_the_other_word_of_a_colour_names_only_what_nothing_else_surely_is(words, thing):
    nearly = thing("block", id="a", colour="cyan", colour_too="black")
    assert given(words, nearly) == {"a": "knife"}
    assert given(words, nearly, thing("block", id="b", colour="black")) == {"a": None, "b": "knife"}
    assert given(words, thing("block", id="c", colour="black", colour_too="green")) == {"c": "knife"}
