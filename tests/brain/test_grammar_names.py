"""Names the grammar does not know: sought where there is a detector, asked back about where it is unsure, refused as ever else."""

import pytest

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.briefing import Briefing, tool_card
from hiervla.core.plan import Ask, Clarify, Plan, Refuse, ToolCall, ToolResult
from hiervla.paper.mission import skill_cards


@pytest.fixture(scope="module")
def brain(space):
    from hiervla.brain.grammar.words import merge

    return GrammarBrain(merge(space.tables("grammar.*.toml")))


@pytest.fixture
def briefing(space, thing, world_of):
    def make(text, seeks="owl", asked=(), **cube):
        world = world_of(
            thing("cube", 0.5, 0.1, id="red_cube_1", **cube), thing("bowl", 0.5, -0.2, id="blue_bowl_1", colour="blue")
        )
        return Briefing(
            instruction=text, seeks=seeks, world=world, vocabulary=space.vocabulary(()).with_names(world), asked=asked,
            skills=skill_cards(space.skills), tools=tuple(map(tool_card, space.tools.values())),
        )  # fmt: skip

    return make


def answer(name, look_id="L7", **data):
    call = ToolCall(tool="detect_objects", arguments={"query": name})
    return ToolResult(
        call=call, ok=True, says="", data={"objects": [], "not_sure": [], "by": "owl", **data}, look_id=look_id
    )


SOUGHT = [
    ("put the stapler in the blue bowl", ["stapler"]), ("pick up the grey stapler", ["stapler"]), ("where is the stapler?", ["stapler"]),
    ("is there a stapler?", ["stapler"]), ("把订书机放进蓝碗", ["订书机"]), ("桌上有没有订书机?", ["订书机"]),
    ("put the stapler on the notebook", ["stapler", "notebook"]), ("put the red cube on the notebook", ["notebook"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), SOUGHT)
def test_a_name_is_sought(text, names, brain, briefing):
    thought = brain.think(briefing(text))
    assert isinstance(thought.move, Ask)
    assert [c.arguments["query"] for c in thought.move.calls] == names
    assert {c.tool for c in thought.move.calls} == {"detect_objects"} and "owl" in thought.reasoning


@pytest.mark.parametrize("text", [s for s, _ in SOUGHT])
def test_without_a_detector_nothing_is_sought(text, brain, briefing):
    move = brain.think(briefing(text, seeks="")).move
    assert not isinstance(move, Ask) or not any("stapler" in str(c) or "订书机" in str(c) for c in move.calls)


@pytest.mark.parametrize("text", ["pick up the frumious cube", "hello", "stapler", "paint that one", "frobnicate the red cube", "throw the stapler", "pick up the"])  # fmt: skip
def test_what_is_no_name_is_not_sought(text, brain, briefing):
    assert not isinstance(brain.think(briefing(text)).move, Ask)


def test_what_was_found_is_acted_on(brain, briefing):
    found = briefing("put the stapler in the blue bowl", asked=(answer("stapler"),), name="stapler", name_score=0.8)
    move = brain.think(found).move
    assert isinstance(move, Ask) and [c.arguments["query"] for c in move.calls] == ["the stapler", "the blue bowl"]
    asked = (*found.asked, *(ToolResult(call=c, ok=True, says="") for c in move.calls))
    steps = brain.think(found.model_copy(update={"asked": asked})).move
    while isinstance(steps, Ask):
        asked = (*asked, *(ToolResult(call=c, ok=True, says="") for c in steps.calls))
        steps = brain.think(found.model_copy(update={"asked": asked})).move
    assert isinstance(steps, Plan) and str(steps.goals[0]) == "in(red_cube_1, blue_bowl_1)"


def test_what_is_doubtful_is_asked_back_about(brain, briefing):
    doubtful = [{"id": "red_cube_1", "name_score": 0.15, "centre": [0.5, 0.1, 0.02]}]
    move = brain.think(briefing("pick up the stapler", asked=(answer("stapler", not_sure=doubtful),))).move
    assert isinstance(move, Clarify) and "the red cube" in move.question and "0.15" in move.question
    elsewhere = [{"id": "stapler_1", "name_score": 0.2, "centre": [0.41, -0.1, 0.01]}]
    move = brain.think(briefing("拿起订书机", asked=(answer("订书机", not_sure=elsewhere),))).move
    assert isinstance(move, Clarify) and "x=0.41" in move.question and "不确定" in move.question
    stale = answer("stapler", look_id="L1", not_sure=doubtful)
    assert not isinstance(brain.think(briefing("pick up the banana", asked=(answer("banana"), stale))).move, Clarify)


def test_what_was_not_found_is_refused_and_says_who_looked(brain, briefing):
    move = brain.think(briefing("pick up the banana", asked=(answer("banana"),))).move
    assert isinstance(move, Refuse) and "owl did not find it either" in move.why
