"""What the paraphraser proposes is read, completed by earlier turns, and never goes before what the grammar reads itself."""

from collections.abc import Iterator

import pytest
from brain.tabletop import brief, carry_out, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.paraphrase.paraphraser import Proposal
from hiervla.brain.paraphrase.slots import Slotted, filled
from hiervla.core.plan import Clarify, Finish, Plan, Refuse

WORLD = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.45, -0.20),
    thing("blue_bowl", "blue bowl", 0.60, 0.22),
    thing("white_bowl", "white bowl", 0.60, -0.05),
)


class Heard:
    """Stands for a trained paraphraser: proposes what it was told to."""

    def __init__(self, likely: float = -0.05, **told: str) -> None:
        self.told = {k.replace("_", " "): v for k, v in told.items()}
        self.likely = likely
        self.asked: list[str] = []

    def knows(self, token: str) -> bool:
        return True

    def proposals(self, said: Slotted, language: str) -> Iterator[Proposal]:
        text = filled(said.tokens, said.words)
        self.asked.append(text)
        yield from (Proposal(plain, self.likely) for plain in self.told.get(text, "").split("|") if plain)


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


ODD = "The red cube fancies a dip in the blue bowl"


def doubtful(**told):
    return Heard(-0.15, the_red_cube_fancies_a_dip_in_the_blue_bowl="Put the red cube in the blue bowl.", **told)


def test_what_is_too_unsure_to_be_done_is_asked():
    thought, goals = planned(doubtful(), ODD)
    assert goals == [] and thought.move == Clarify(question="Do you mean: Put the red cube in the blue bowl.")
    assert planned(Heard(-0.15, the_red_cube_fancies_a_dip_in_the_blue_bowl="#cannot"), ODD)[0].move != thought.move


@pytest.mark.parametrize("yes", ["yes", "Exactly!", "对，"])
def test_yes_is_the_sentence_that_was_asked_about(yes):
    asked = [("person", ODD), ("robot", "Do you mean: Put the red cube in the blue bowl.")]
    thought, goals = planned(doubtful(), yes, said=asked)
    assert goals == ["in(red, blue_bowl)"]
    assert planned(doubtful(), "no", said=asked)[1] == []
    assert planned(doubtful(), yes, said=[("person", ODD), ("robot", "I do not know “dip”.")])[1] == [], (
        "nothing was asked"
    )
    later = [*asked, ("person", yes), ("robot", "Done.")]
    assert "in(red, white_bowl)" in planned(doubtful(), "no, in the white bowl", said=later)[1]


def test_what_leans_on_earlier_turns_is_asked_and_agreed_to_with_them():
    heard = Heard(-0.15, nah_the_white_bowl_is_what_i_was_after="No, in the white bowl.")
    said = [("person", "Put the red cube in the blue bowl."), ("robot", "Done.")]
    thought, _ = planned(heard, "Nah the white bowl is what I was after", said=said)
    assert thought.move == Clarify(question="Do you mean: No, in the white bowl.")
    said += [("person", "Nah the white bowl is what I was after"), ("robot", thought.move.question)]
    assert "in(red, white_bowl)" in planned(heard, "yes", said=said)[1]


def test_an_answer_says_which_question_it_answers():
    heard = Heard(the_green_cube_where_might_it_hide="Where is the green cube?")
    thought, _ = planned(heard, "the green cube where might it hide")
    assert isinstance(thought.move, Finish)
    assert thought.move.answer.startswith("I take it that you ask: “Where is the green cube?” ")
