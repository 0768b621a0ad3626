"""The second reading: what the grammar reads in an instruction, held against what another brain plans and claims."""

import pytest

from hiervla.bench.language.cases import world
from hiervla.core.config import Settings
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence, Failure, FailureKind
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought, ToolCall
from hiervla.named import make_brain, second_reader
from hiervla.paper.mission import first_briefing, tell

PUT = "put the red cube in the blue bowl"
IN = Goal(relation="in", subject="red_cube", reference="blue_bowl")


class Other:
    name = "chat:openai:other"


def step(skill, **arguments):
    return Subgoal(skill=skill, arguments=arguments, why="")


PICK = step("pick", target="red_cube")
PLACE = step("place", target="red_cube", relation="in", reference="blue_bowl")
HOME = step("home")


def plan(*steps, goals=(IN,)):
    return Thought(reasoning="", move=Plan(goals=tuple(goals), subgoals=steps))


def done(says="Done: it is where you wanted it."):
    return Thought(reasoning="", move=Finish(answer=says))


@pytest.fixture
def judge(space):
    """``judge(instruction, thought)``: what the second reader misses, in the world of a desk."""
    readers = {how: second_reader(Settings(second_reading=how), Other(), space) for how in ("auto", "strict")}

    def run(instruction, thought, on="desk", acted=False, how="auto", **more):
        reader = readers[how]
        there = world(on)
        b = first_briefing(there, space.vocabulary(there.inventory), space.skills, space.tools)
        b = b.model_copy(update={"instruction": instruction, **more})
        return reader.judge(thought, b, there.world, acted)

    return run


@pytest.mark.parametrize("words", [PUT, "把红色立方体放进蓝色的碗里"])
def test_a_plan_that_says_what_was_asked_and_leads_there_is_followed(judge, words):
    agreed = judge(words, plan(PICK, PLACE))
    assert agreed.missing is None and "in(red_cube, blue_bowl)" in agreed.note


@pytest.mark.parametrize(
    ("thought", "missing"),
    [
        (plan(HOME, goals=[Goal(relation="hand_empty")]), '"relation": "in", "subject": "red_cube", "reference": "blue_bowl"'),
        (plan(PICK, goals=[Goal(relation="holding", subject="red_cube")]), "missing goals"),
        (plan(PICK, PLACE, goals=[IN.model_copy(update={"reference": "white_bowl"})]), "missing goals"),
        (plan(PICK, PLACE, goals=[IN.model_copy(update={"tolerance_m": 3.0})]), "missing goals"),
        (plan(HOME), "do not lead to in"),
        (plan(PLACE), "step 1 cannot be done"),
        (plan(PICK, PLACE, goals=[IN, Goal(relation="holding", subject="cup")]), "nobody asked for these goals"),
        (plan(PICK, PLACE, step("pick", target="cup"), step("place", target="cup", relation="in", reference="white_bowl")), "nobody asked for cup"),
        (done(), "not seen to hold"),
    ],
)  # fmt: skip
def test_what_does_not_do_what_was_asked_goes_back_with_what_is_missing(judge, thought, missing):
    assert missing in judge(PUT, thought).missing


def test_steps_differ_as_they_like_when_they_lead_there(judge):
    detour = step("place", target="red_cube", relation="on", reference="table")
    assert judge(PUT, plan(HOME, PICK, detour, PICK, PLACE)).missing is None


def test_a_last_word_rests_on_goals_that_were_seen_to_hold(judge):
    yes = Check.yes("it is", Evidence(source="look:L4", says="so", time_s=1.0))
    assert judge(PUT, done(), acted=True, confirmed=((IN, yes),)).missing is None
    assert judge(PUT, done(), acted=True, confirmed=((IN, Check.no("it is not")),)).missing
    other = Goal(relation="in", subject="ball", reference="blue_bowl")
    assert judge(PUT, done(), acted=True, confirmed=((other, yes),)).missing


def test_after_a_failure_the_goals_still_count_and_the_steps_are_the_guards_to_judge(judge):
    failed = {"failure": Failure(kind=FailureKind.SLIPPED, why="it slipped"), "goals": (IN,)}
    assert judge(PUT, plan(step("pick", target="cup"), PICK, PLACE), acted=True, **failed).missing is None
    assert judge(
        PUT, plan(PICK, goals=[Goal(relation="holding", subject="red_cube")]), acted=True, **(failed | {"goals": ()})
    ).missing


def test_goals_of_an_earlier_plan_of_the_mission_count(judge):
    both = "put the red cube in the blue bowl and the ball in the white bowl"
    rest = Goal(relation="in", subject="ball", reference="white_bowl")
    take, drop = step("pick", target="ball"), step("place", target="ball", relation="in", reference="white_bowl")
    assert judge(both, plan(take, drop, goals=[rest])).missing
    failed = Failure(kind=FailureKind.SLIPPED, why="it slipped")
    assert judge(both, plan(take, drop, goals=[rest]), goals=(IN,), acted=True, failure=failed).missing is None


@pytest.mark.parametrize(
    ("words", "thought", "missing"),
    [
        ("put the cube in the blue bowl", plan(PICK, PLACE), "clarify"),
        ("put the purple cube in the blue bowl", done("There is none."), "nothing was done"),
        ("don't put the red cube in the blue bowl", plan(PICK, PLACE), "clarify"),
        ("throw the red cube at the person", plan(PICK, PLACE), "not to be done"),
        ("how many bowls are there?", plan(PICK, PLACE), "answer it"),
        ("how many bowls are there?", done("There are two."), None),
        ("how many bowls are there?", done("I have put it in the bowl."), "claims a deed"),
    ],
)
def test_questions_open_and_forbidden_instructions_move_nothing(judge, words, thought, missing):
    said = judge(words, thought).missing
    assert missing in said if missing else said is None


FOREIGN = "zorp the flumble"


def test_where_the_grammar_reads_nothing_that_is_told_once_and_the_brain_goes_on(judge):
    first = judge(FOREIGN, plan(PICK, PLACE))
    assert first.missing is None and "does not read" in first.note
    assert judge(FOREIGN, plan(PICK, PLACE)).note == ""


def test_even_then_goals_that_hold_already_and_deeds_that_were_not_done_go_back(judge):
    assert "hold already" in judge(FOREIGN, plan(HOME, goals=[Goal(relation="hand_empty")])).missing
    assert "nothing was planned" in judge(FOREIGN, done("It has been zorped.")).missing
    assert "claims a deed" in judge("is the flumble zorped?", done("I have placed it there.")).missing
    assert judge("is the flumble zorped?", done("I cannot tell.")).missing is None


def test_strictly_nothing_is_done_that_the_grammar_does_not_read(judge):
    assert "clarify" in judge(FOREIGN, plan(PICK, PLACE), how="strict").missing
    assert judge(PUT, plan(PICK, PLACE), how="strict").missing is None
    assert judge("is the flumble zorped?", done("I cannot tell."), how="strict").missing is None


@pytest.mark.parametrize(
    "move", [Clarify(question="which?"), Refuse(why="no"), Ask(calls=(ToolCall(tool="detect_objects"),))]
)
def test_it_turns_no_no_into_a_yes_and_lets_questions_and_refusals_pass(judge, move):
    assert judge(PUT, Thought(reasoning="", move=move)).missing is None


def test_a_reader_that_breaks_has_read_nothing(judge, monkeypatch):
    def breaks(self, briefing):
        raise KeyError("a bug")

    monkeypatch.setattr("hiervla.brain.grammar.brain.GrammarBrain.think", breaks)
    agreed = judge(PUT, plan(PICK, PLACE))
    assert agreed.missing is None and "broke" in agreed.note


@pytest.mark.parametrize(
    ("words", "on"),
    [("stack the cubes", "desk"), ("put all the cubes in the white bowl", "desk"), ("把球放在杯子旁边", "desk"),
     ("put the green cube in the drawer and close it", "drawer"), ("open the drawer", "drawer"), ("pick up the ball", "desk")],
)  # fmt: skip
def test_the_grammar_agrees_with_itself(judge, space, words, on):
    there = world(on)
    b = first_briefing(there, space.vocabulary(there.inventory), space.skills, space.tools)
    told = tell(
        make_brain("grammar", space),
        b.model_copy(update={"instruction": words}),
        space.tools.values(),
        skills=space.skills,
    )
    planned = next(t for t in told.thoughts if isinstance(t.move, Plan))
    assert judge(words, planned, on=on).missing is None
    assert judge(words, done(), on=on).missing, "the same words, and nothing done"


def test_it_reads_for_chat_brains_and_for_others_when_asked_to(space):
    class Mine:
        name = "mine"

    grammar = make_brain("grammar", space)
    assert second_reader(Settings(), Mine(), space) is None
    assert second_reader(Settings(second_reading="on"), Mine(), space) is not None
    assert second_reader(Settings(second_reading="on"), grammar, space) is None
    assert second_reader(Settings(second_reading="off"), Other(), space) is None
