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
