"""What the paraphraser proposes is read, completed by earlier turns, and never goes before what the grammar reads itself."""

from collections.abc import Iterator

import pytest
from brain.tabletop import brief, carry_out, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.paraphrase.paraphraser import Proposal
from hiervla.brain.paraphrase.slots import Slotted, filled
from hiervla.core.plan import Clarify, Plan, Refuse

WORLD = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.45, -0.20),
    thing("blue_bowl", "blue bowl", 0.60, 0.22),
    thing("white_bowl", "white bowl", 0.60, -0.05),
)


class Heard:
    """Stands for a trained paraphraser: proposes what it was told to."""

    def __init__(self, **told: str) -> None:
        self.told = {k.replace("_", " "): v for k, v in told.items()}
        self.asked: list[str] = []

    def knows(self, token: str) -> bool:
        return True

    def proposals(self, said: Slotted, language: str) -> Iterator[Proposal]:
        text = filled(said.tokens, said.words)
        self.asked.append(text)
        yield from (Proposal(plain, -0.1) for plain in self.told.get(text, "").split("|") if plain)


def planned(heard: Heard, text: str, **more):
    thought = think_through(GrammarBrain(paraphraser=heard), brief(text, WORLD, **more))[0][-1]
    return thought, [str(g) for g in thought.move.goals] if isinstance(thought.move, Plan) else []


def test_what_no_rule_reads_is_done_as_it_was_put_plainly_and_the_thought_says_so():
    heard = Heard(the_red_cube_fancies_a_dip_in_the_blue_bowl="Put the red cube in the blue bowl.")
    thought, goals = planned(heard, "The red cube fancies a dip in the blue bowl")
    assert goals == ["in(red, blue_bowl)"]
    assert "Put the red cube in the blue bowl" in thought.reasoning


def test_the_first_proposal_that_can_be_read_is_taken():
    heard = Heard(the_red_cube_fancies_a_dip_in_the_blue_bowl="Blorp the red cube.|Put the red cube in the blue bowl.")
    assert planned(heard, "The red cube fancies a dip in the blue bowl")[1] == ["in(red, blue_bowl)"]


def test_what_the_grammar_reads_itself_is_never_asked_of_the_paraphraser():
    heard = Heard()
    said = [("person", "Put the red cube in the blue bowl."), ("robot", "Done.")]
    assert planned(heard, "Put the red cube in the blue bowl.")[1] == ["in(red, blue_bowl)"]
    assert planned(heard, "no, the green one", said=said)[1]
    assert heard.asked == []


def test_a_plain_sentence_may_lean_on_the_turn_before():
    heard = Heard(nah_the_white_bowl_is_what_i_was_after="No, in the white bowl.")
    said = [("person", "Put the red cube in the blue bowl."), ("robot", "Done.")]
    assert "in(red, white_bowl)" in planned(heard, "Nah the white bowl is what I was after", said=said)[1]
    assert planned(heard, "Nah the white bowl is what I was after")[1] == []  # after nothing it means nothing


def test_later_turns_lean_on_what_was_put_plainly():
    heard = Heard(the_red_cube_fancies_a_dip_in_the_blue_bowl="Put the red cube in the blue bowl.")
    said = [("person", "The red cube fancies a dip in the blue bowl"), ("robot", "Done.")]
    assert "in(red, white_bowl)" in planned(heard, "no, in the white bowl", said=said)[1]


@pytest.mark.parametrize("plain", ["#cannot", "#unclear", "#chat"])
def test_what_cannot_be_done_or_said_plainly_moves_nothing(plain):
    heard = Heard(the_red_cube_fancies_a_haircut=f"{plain}|Put the red cube in the blue bowl.")
    thought, goals = planned(heard, "The red cube fancies a haircut")
    assert goals == [] and isinstance(thought.move, Refuse | Clarify) and heard.asked


def test_what_is_forbidden_is_not_put_into_other_words():
    heard = Heard()
    for text in ("Never ever let the red cube come near the blue bowl", "Throw the red cube at somebody"):
        assert planned(heard, text)[1] == []
    assert not any("somebody" in a for a in heard.asked)


def test_a_mission_put_plainly_is_carried_through():
    heard = Heard(the_red_cube_fancies_a_dip_in_the_blue_bowl="Put the red cube in the blue bowl.")
    brain = GrammarBrain(paraphraser=heard)
    _, world, _ = carry_out(brain, brief("The red cube fancies a dip in the blue bowl", WORLD))
    assert world.objects["red"].support == "blue_bowl"
