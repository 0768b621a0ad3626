"""Sentences without their things: slots, words again, and what was meant by the same thing."""

import pytest

from hiervla.brain.paraphrase.slots import Slotter, filled
from hiervla.core.vocabulary import Inventory
from hiervla.workspace import load_workspace


@pytest.fixture(scope="module")
def slotter():
    tin = Inventory(name="biscuit tin", also=("饼干桶",), looks="red box")
    return Slotter(load_workspace().vocabulary((tin,)), ("left zone",))


def test_things_become_slots_and_the_rest_stays(slotter):
    said = slotter.slotted("Pop the dark blue mugs 5 cm left of the biscuit tin, in the left zone")
    assert " ".join(said.tokens) == "pop the C1 K1 +s N1 cm left of the K2 , in the Z1"
    assert said.words == {"C1": "dark blue", "K1": "mug", "N1": "5", "K2": "biscuit tin", "Z1": "left zone"}
    assert filled(said.tokens, said.words) == "pop the dark blue mugs 5 cm left of the biscuit tin, in the left zone"


def test_two_words_for_one_thing_share_a_slot(slotter):
    said = slotter.slotted("我要那个马克杯，杯子给我")
    assert said.tokens.count("K1") == 2 and said.words == {"K1": "马克杯"}
    again = slotter.slotted("把杯子放进饼干桶", like=said)
    assert [t for t in again.tokens if t[0] == "K"] == ["K1", "K2"]
    assert filled(again.tokens, again.words) == "把马克杯放进饼干桶"


def test_no_thing_is_seen_in_a_longer_word(slotter):
    assert slotter.slotted("the cupboard scanner can be reduced").tokens[1:] != ()
    assert all(t[0] not in "CKZN" or t == "can" for t in slotter.slotted("it can be reduced").tokens)


def test_what_names_too_much_is_left_alone(slotter):
    assert slotter.slotted(" ".join(f"{n}" for n in range(9))) is None


@pytest.mark.parametrize(
    ("said", "tokens", "number"),
    [
        ("shift the cube twenty-five degrees", "shift the K1 N1 degrees", "25"),
        ("fifteen centimetres left of it", "N1 centimetres left of it", "15"),
        ("往右推十二公分", "往 右 推 N1 公 分", "12"),
        ("离边两点五厘米", "离 边 N1 厘 米", "2.5"),
    ],
)
def test_measures_in_words_are_figures(slotter, said, tokens, number):
    found = slotter.slotted(said)
    assert " ".join(found.tokens) == tokens and found.words["N1"] == number


def test_counts_stay_words(slotter):
    assert "two" in slotter.slotted("put two cubes there").tokens and "两" in slotter.slotted("拿两个方块").tokens


def test_the_last_word_of_a_name_is_the_thing_where_nothing_else_ends_so(slotter):
    said = slotter.slotted("drop it in the tin")
    assert filled(said.tokens, said.words) == "drop it in the biscuit tin"
