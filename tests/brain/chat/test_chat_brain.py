"""A chat brain on a real server: one request for one thought, plainer where the server asks for it, its cost counted."""

import pytest

from hiervla.core.errors import UnusableReply
from hiervla.core.plan import Ask, Clarify, Plan
from hiervla.core.ports import Brain


def test_it_is_a_brain_and_one_thought_is_one_request(serve, chat, briefing):
    server = serve()
    brain = chat(server)
    assert isinstance(brain, Brain)
    thought = brain.think(briefing())
    assert [g.relation for g in thought.move.goals] == ["in"]
    assert [s.skill for s in thought.move.subgoals] == ["pick", "place"]
    assert len(server.requests) == 1 and server.requests[0]["path"] == "/v1/chat/completions"


def test_tokens_and_money_are_counted(serve, chat, briefing):
    usage = chat(serve(), price_in=2.0, price_out=10.0).think(briefing()).usage
    assert (usage.calls, usage.input_tokens, usage.output_tokens, usage.estimated) == (1, 1000, 50, False)
    assert usage.money == pytest.approx((1000 * 2 + 50 * 10) / 1e6) and usage.seconds > 0


def test_a_streamed_reply_is_the_same_reply(serve, chat, briefing):
    server = serve()
    whole, streamed = chat(server).think(briefing()), chat(server, stream=True).think(briefing())
    assert streamed.move == whole.move and streamed.usage.tokens == whole.usage.tokens
    assert server.requests[-1]["body"]["stream"] is True


def test_a_stream_that_breaks_off_is_no_thought(serve, chat, briefing):
    with pytest.raises(UnusableReply):
        chat(serve("competent", "--cut", "9"), stream=True).think(briefing())


@pytest.mark.parametrize(("fault", "steps", "replies"), [("no-tools", 1, "schema"), ("no-schema", 2, "text")])
def test_a_server_without_functions_is_asked_in_plainer_ways_and_that_is_remembered(
    serve, chat, briefing, fault, steps, replies
):
    server = serve("competent", "--fault", fault)
    brain = chat(server)
    thought = brain.think(briefing())
    assert isinstance(thought.move, Plan) and len(thought.notes) == steps
    assert brain.think(briefing()).notes == ()
    body = server.requests[-1]["body"]
    assert "tools" not in body and ("response_format" in body) == (replies == "schema")
    assert "# How to reply" in body["messages"][0]["content"]


def test_asking_works_without_functions_too(serve, chat, briefing):
    thought = chat(serve(), replies="text").think(briefing("how many cubes are there?"))
    assert isinstance(thought.move, Ask) and thought.move.calls[0].tool == "detect_objects"


@pytest.mark.parametrize(
    ("words", "relation"), [("把红色方块放到蓝色碗里", "in"), ("put the red cube next to the blue bowl", "beside")]
)
def test_both_languages_are_understood_by_the_competent_server(serve, chat, briefing, words, relation):
    assert chat(serve()).think(briefing(words)).move.goals[0].relation == relation


def test_what_was_wrong_reaches_the_model(serve, chat, briefing):
    server = serve()
    missing = 'missing goals: [{"relation": "on", "subject": "red_cube_1", "reference": "table"}]'
    thought = chat(server).think(briefing("tidy up nicely", complaint=missing))
    assert "Your last reply was rejected" in server.requests[0]["body"]["messages"][1]["content"]
    assert thought.move.goals[0].relation == "on"
    assert isinstance(chat(server).think(briefing("tidy up nicely")).move, Clarify)


def test_after_enough_answers_on_one_look_no_tool_is_offered(serve, chat, briefing):
    from hiervla.core.plan import ToolCall, ToolResult

    server = serve()
    asked = tuple(
        ToolResult(call=ToolCall(tool="detect_objects", arguments={"query": f"{k}"}), ok=True, says="0", look_id="L7")
        for k in range(12)
    )
    chat(server).think(briefing(asked=asked))
    assert [t["function"]["name"] for t in server.requests[0]["body"]["tools"]] == [
        "plan",
        "clarify",
        "refuse",
        "finish",
    ]
