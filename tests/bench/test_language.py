"""The language bench judges by how things lie: right, wrong and half right are told apart."""

import pytest

from hiervla.bench.language.cases import Case, world
from hiervla.bench.language.expected import moved_things, named_in, true_after
from hiervla.bench.language.scoring import judge, summary
from hiervla.core.briefing import Briefing
from hiervla.core.errors import SetupError
from hiervla.core.plan import Clarify, Finish, Refuse, Subgoal, Thought
from hiervla.core.vocabulary import Vocabulary
from hiervla.paper.arm import PaperArm
from hiervla.paper.mission import Told

DESK = world("desk").world


def _done(*steps):
    """The desk after these steps: ``("pick", {...})``."""
    arm = PaperArm(DESK)
    made = [Subgoal(skill=s, arguments=a, why="") for s, a in steps]
    for step in made:
        arm.do(step)
    return arm.world, made


INTO_BLUE = [
    ("pick", {"target": "red_cube"}),
    ("place", {"target": "red_cube", "relation": "in", "reference": "blue_bowl"}),
]
TURN = [("turn", {"target": "small_red", "angle_deg": 45.0})]


@pytest.mark.parametrize(
    ("steps", "text", "so"),
    [
        (INTO_BLUE, "in red_cube blue_bowl", True), (INTO_BLUE, "in red_cube white_bowl", False), (INTO_BLUE, "not in red_cube blue_bowl", False),
        (INTO_BLUE, "in red_cube white_bowl or in red_cube blue_bowl", True), (INTO_BLUE, "1 of in red_cube blue_bowl, in green_cube blue_bowl", True),
        (INTO_BLUE, "2 of in red_cube blue_bowl, in green_cube blue_bowl", False), (INTO_BLUE, "nearer red_cube blue_bowl", True), (INTO_BLUE, "farther red_cube blue_bowl", False),
        (INTO_BLUE, "done pick red_cube", True), (INTO_BLUE, "done pick red_cube 2", False), (INTO_BLUE, "done press red_cube", False), (INTO_BLUE, "done pick -", True),
        (INTO_BLUE, "within green_cube 50 54 0 4", True), (INTO_BLUE, "within green_cube 0 10 0 4", False),
        (TURN, "turned small_red 45", True), (TURN, "turned small_red -45", False), (TURN, "moved small_red 0.10 left", False),
    ],
)  # fmt: skip
def test_an_expectation_is_read_off_the_world(steps, text, so):
    after, made = _done(*steps)
    assert true_after(text, DESK, after, made) is so


@pytest.mark.parametrize("text", ["moved nothing 0.1 left", "moved red_cube much left", "turned red_cube", "in nothing blue_bowl", "frobnicated red_cube"])  # fmt: skip
def test_an_expectation_that_cannot_be_read_is_an_error(text):
    with pytest.raises(SetupError):
        true_after(text, DESK, DESK, ())


def test_moved_things_are_those_that_are_otherwise():
    assert moved_things(DESK, _done(*INTO_BLUE)[0]) == {"red_cube"} and moved_things(DESK, _done(*TURN)[0]) == {
        "small_red"
    }
    assert moved_things(DESK, DESK) == set() and named_in(["in a b", "2 of on c d, on e f"]) >= {
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
    }


def _told(move, *steps):
    after, made = _done(*steps)
    told = Told(
        Briefing(instruction="x", world=after, vocabulary=Vocabulary()), DESK, [Thought(reasoning="-", move=move)]
    )
    told.steps = made
    return told


def _case(**more):
    return Case.model_validate(
        {"world": "desk", "category": "c", "say": "x", "goals": ["in red_cube blue_bowl"], **more}
    )


DONE, ASKED, REFUSED = (
    Finish(answer="the table is white"),
    Clarify(question="which?", candidates=("red_cube",)),
    Refuse(why="no"),
)
ALSO = [("pick", {"target": "ball"}), ("place", {"target": "ball", "relation": "on", "reference": "plate"})]


@pytest.mark.parametrize(
    ("case", "told", "verdict"),
    [
        (_case(), (DONE, *INTO_BLUE), "right"),
        (_case(), (DONE, *INTO_BLUE, *ALSO), "wrong_action"),
        (_case(also_moved=["ball"]), (DONE, *INTO_BLUE, *ALSO), "right"),
        (_case(), (DONE, *INTO_BLUE[:1]), "wrong_action"),
        (_case(), (REFUSED, *INTO_BLUE), "wrong_action"),
        (_case(), (ASKED,), "asked"),
        (_case(), (REFUSED,), "refused"),
        (_case(), (DONE,), "answered"),
        (_case(expect="ask", goals=[], about=["red_cube"]), (ASKED,), "right"),
        (_case(expect="ask", goals=[], about=["ball"]), (ASKED,), "asked otherwise"),
        (_case(expect="ask", goals=[]), (ASKED, *ALSO), "wrong_action"),
        (_case(expect="refuse", goals=[]), (REFUSED,), "right"),
        (_case(expect="refuse", goals=[]), (ASKED,), "asked"),
        (_case(expect="answer", goals=[], answer=["grey|white"]), (DONE,), "right"),
        (_case(expect="answer", goals=[], answer=["grey"]), (DONE,), "answered otherwise"),
        (_case(expect="answer", goals=[], answer=["white"]), (DONE, *ALSO), "wrong_action"),
    ],
)  # fmt: skip
def test_a_case_is_judged_by_what_came_of_it(case, told, verdict):
    assert judge(case, _told(*told), DESK)[0] == verdict


def test_a_plan_that_breaks_off_is_a_wrong_action():
    told = _told(DONE, *INTO_BLUE)
    told.broke = "no room"
    assert judge(_case(), told, DESK)[0] == "wrong_action"


def test_figures_are_by_part_and_language():
    row = {"part": "dev", "category": "c", "language": "en", "expect": "do", "think_ms": [3.0]}
    figures = summary([{**row, "verdict": "right"}, {**row, "verdict": "wrong_action", "language": "zh"}])
    assert figures["right.dev"].value == figures["wrong_action.dev"].value == 0.5
    assert (figures["right.dev.en"].value, figures["right.dev.zh"].value) == (1.0, 0.0)
