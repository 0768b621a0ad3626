"""Slips of typing: put right where that is clear, left alone where another word may be meant."""

import pytest
from brain.tabletop import bundled_skills, vocabulary

from hiervla.brain.grammar.lexicon import lexicon_for
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.words import bundled_words


def _mended(word):
    return mended(word, lexicon_for(bundled_words(), vocabulary(), bundled_skills()))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("gren", "green"), ("greeen", "green"), ("geren", "green"), ("teh", "the"), ("yelow", "yellow"), ("purpel", "purple"), ("cilinder", "cylinder"),
        ("redcube", "red cube"), ("putthe", "put the"), ("thebluebowl", "the blue bowl"),
    ],
)  # fmt: skip
def test_a_slip_is_put_right(said, meant):
    assert _mended(said) == meant


@pytest.mark.parametrize("said", ["tube", "nube", "rod", "blorf", "zebra", "keybord", "рed", "红", "c3be", "", "x"])
def test_what_may_be_another_word_is_left_alone(said):
    assert _mended(said) is None


def test_no_slip_makes_a_word_that_is_only_known_to_be_refused():
    assert _mended("trow") != "throw" and _mended("smahs") is None
