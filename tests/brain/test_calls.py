"""What is said beside the matter: passed over where it is plain language, asked about where nobody knows what it says."""

import pytest
from brain.tabletop import brief, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.plan import Clarify, Plan

WORLD = world_of(thing("red", "red cube", 0.45, 0.10), thing("blue_bowl", "blue bowl", 0.60, 0.22))
DONE = "put the red cube in the blue bowl"


def thought(text, said=()):
    return think_through(GrammarBrain(paraphraser=None), brief(text, WORLD, said=said))[0][-1]


@pytest.mark.parametrize(
    "text",
    [
        f"{DONE} because my nephew is hungry", f"{DONE}, my eyes are awful", f"I'm exhausted, {DONE}",
        f"{DONE} because grandma's visitors are arriving", f"{DONE}, Zolbert",
    ],
)  # fmt: skip
def test_a_reason_in_plain_language_changes_nothing(text):
    move = thought(text).move
    assert isinstance(move, Plan) and [str(g) for g in move.goals] == ["in(red, blue_bowl)"]


@pytest.mark.parametrize(
    "text",
    [f"{DONE} because my nephew vlanchig hungry", f"{DONE}, my eyes are snurfle", f"I'm glorped, {DONE}"],
)  # fmt: skip
def test_gibberish_in_a_reason_is_asked_about_and_yes_does_it(text):
    move = thought(text).move
    assert isinstance(move, Clarify) and "Do you mean" in move.question and DONE in move.question
    agreed = thought("yes", said=[("person", text), ("robot", move.question)]).move
    assert isinstance(agreed, Plan) and [str(g) for g in agreed.goals] == ["in(red, blue_bowl)"]
