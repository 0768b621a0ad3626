"""Thousands of development instructions spoilt in every way: no crash, no hang, and no motion unless every part was understood.

What may come of each is said where it is made (mutations.py, senses.py) and judged by what happens in the world.
"""

import random

import pytest
from brain.fuzzing import digest, plain_brain, runs, seeds, told
from brain.mutations import STILL, Mutant, mutants
from brain.spoiling import NONSENSE, known_words, letters_apart

HANG_S = 5.0
"""A thought takes milliseconds of its thread; this only tells that it does not hang."""


def complaints(done):
    """What is wrong with the runs, in words; empty when all held."""
    wrong = [r for r in done if r.wrong]
    slow = [f"hung: {r.mutant.text[:200]!r} took {max(r.took):.1f} s" for r in done if r.took and max(r.took) > HANG_S]
    return "\n".join([*([digest(wrong)] if wrong else []), *slow])


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, 6))])
def test_a_few_hundred_spoilt_instructions(seed):
    assert complaints(runs(80, seed)) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1040))
def test_ten_thousand_spoilt_instructions(seed):
    assert complaints(runs(250, seed)) == ""


def test_nonsense_is_nonsense():
    """No known word is so near that a slip of typing could make one of it."""
    near = [(n, w) for n in NONSENSE for w in known_words() if len(w) > 2 and letters_apart(n, w) < 3]
    assert not near


def test_every_sort_of_mutant_is_made_in_both_languages():
    rng = random.Random(0)
    made = {"en": set(), "zh": set()}
    for case in seeds()[::5]:
        for _ in range(3):
            made[case.language] |= {m.kind for m in mutants(case.turns[-1], {"red"}, {"cube"}, rng)}
    only_english = {"slip of typing", "doubled", "spaces gone"}
    assert made["en"] >= only_english and made["en"] - made["zh"] == only_english
    assert made["zh"] - made["en"] == {"spaces put in"} and len(made["en"]) > 30


class Careless:
    """A brain that skips what it does not know."""

    name = "careless"

    def think(self, briefing):
        kept = [w for w in briefing.instruction.split() if w not in NONSENSE and w not in ("don't", "and")]
        return plain_brain().think(briefing.model_copy(update={"instruction": " ".join(kept)}))


@pytest.mark.parametrize("text", ["put the red blorfitz cube in the blue bowl", "don't put the red cube in the blue bowl", "put the red cube in the blue bowl and"])  # fmt: skip
def test_a_brain_that_skips_words_is_found_out(text):
    case = next(c for c in seeds() if c.turns[-1] == "put the red cube in the blue bowl")
    assert told(case, Mutant("", text, STILL), Careless()).wrong == "acted"
    assert not told(case, Mutant("", text, STILL)).wrong
