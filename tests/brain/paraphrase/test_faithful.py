"""A plain sentence that says more or less than was said is thrown away."""

import pytest

from hiervla.brain.paraphrase.clauses import without_unknown
from hiervla.brain.paraphrase.faithful import faithful
from hiervla.brain.paraphrase.slots import Slotted


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("be a dear and pop the K1 in the K2", "put the K1 in the K2 ."),
        ("the K1 belongs to the left of the K2", "put the K1 to the left of the K2 ."),
        ("K1 in the K2 and mind you don't knock the K3", "put the K1 in the K2 without touching the K3 ."),
    ],
)
def test_what_says_the_same_passes(said, plain):
    assert faithful(said.split(), plain.split(), "en")


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("pop the K1 in the K2", "put the K1 in the K1 ."),
        ("the K1 goes left of the K2", "put the K1 to the right of the K2 ."),
        ("never put the K1 in the K2", "put the K1 in the K2 ."),
        ("all the K1 +s but the C1 one in the K2", "put all the K1 +s and the C1 one in the K2 ."),
        ("press the K1 twice", "press the K1 ."),
        ("the small K1 in the K2", "put the big K1 in the K2 ."),
    ],
)
def test_what_does_not_is_thrown_away(said, plain):
    assert not faithful(said.split(), plain.split(), "en")


def test_in_chinese_too():
    assert faithful(["K1", "搁", "K2", "左", "边"], ["把", "K1", "放", "到", "K2", "左", "边", "。"], "zh")
    assert not faithful(["K1", "搁", "K2", "左", "边"], ["把", "K1", "放", "到", "K2", "右", "边", "。"], "zh")
    assert not faithful(["别", "动", "K1"], ["拿", "起", "K1", "。"], "zh")


def passed_over(text):
    known = {"pop", "the", "in", ",", ".", "don't", "so"}
    kept = without_unknown(Slotted(tuple(text.split()), {}), lambda t: t in known or t[0] in "CKZN", "en")
    return " ".join(kept.tokens) if kept else None


def test_only_a_clause_that_names_and_forbids_nothing_is_passed_over():
    assert passed_over("my niece visits , so pop the K1 in the K2") == "so pop the K1 in the K2"
    assert passed_over("pop the glorfy K1 in the K2") is None
    assert passed_over("don't glorf , pop the K1 in the K2") is None
    assert passed_over("my niece visits") is None
