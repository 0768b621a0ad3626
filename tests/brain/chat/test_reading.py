"""From a model's message to a thought: by function, by schema, from prose, or back with what is wrong."""

import json

import pytest
from langchain_core.messages import AIMessage

from hiervla.brain.chat.reading import read
from hiervla.core.errors import UnusableReply
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse

TOOLS = frozenset({"detect_objects", "measure_distance"})
PLAN = {
    "goals": [{"relation": "in", "subject": "a", "reference": "b"}],
    "subgoals": [{"skill": "pick", "arguments": {"target": "a"}, "why": "to have it"}],
}


def said(text="", calls=(), broken=(), **more):
    return AIMessage(
        content=text,
        tool_calls=[{"name": n, "args": a, "id": str(k)} for k, (n, a) in enumerate(calls)],
        invalid_tool_calls=[{"name": n, "args": a, "id": "x", "error": "no JSON"} for n, a in broken],
        **more,
    )


@pytest.mark.parametrize(
    ("call", "move"),
    [
        (("plan", PLAN), Plan),
        (("clarify", {"question": "which?", "candidates": ["a"]}), Clarify),
        (("refuse", {"why": "no"}), Refuse),
        (("finish", {"answer": "two"}), Finish),
        (("detect_objects", {"query": "cube"}), Ask),
    ],
)
def test_a_called_function_is_the_move(call, move):
    thought = read(said("because", [call]), TOOLS, [])
    assert isinstance(thought.move, move) and thought.reasoning == "because"


def test_the_reasoning_may_stand_in_the_call_or_in_thinking_tags():
    assert read(said("", [("refuse", {"why": "no", "reasoning": "it is hot"})]), TOOLS, []).reasoning == "it is hot"
    thinking = said("<think>hot\nindeed</think>", [("refuse", {"why": "no"})])
    assert read(thinking, TOOLS, []).reasoning == "hot indeed"


FLAT = json.dumps({"reasoning": "so", "move": "plan", **PLAN, "question": None, "answer": ""})


@pytest.mark.parametrize(
    "text",
    [
        FLAT,
        f"Sure, this is my plan:\n```json\n{FLAT}\n```\nIs that all right?",
        f"<think>{{not this}} {{'or': this}}</think>{FLAT}",
        json.dumps({"name": "plan", "arguments": PLAN}),
        f"<tool_call>{json.dumps({'name': 'plan', 'arguments': PLAN})}</tool_call>",
        json.dumps({"type": "function", "function": {"name": "plan", "arguments": json.dumps(PLAN)}}),
        json.dumps({"reasoning": "so", "move": {"kind": "plan", **PLAN}}),
        json.dumps({"plan": PLAN}),
    ],
)
def test_an_object_in_text_is_the_move(text):
    thought = read(said(text), TOOLS, [])
    assert isinstance(thought.move, Plan) and thought.move.subgoals[0].skill == "pick"


def test_an_ask_in_text_names_its_calls():
    text = json.dumps({"move": "ask", "calls": [{"tool": "measure_distance", "arguments": {"a": "x", "b": None}}]})
    (call,) = read(said(text), TOOLS, []).move.calls
    assert (call.tool, call.arguments) == ("measure_distance", {"a": "x"})


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (said(), "empty"),
        (said("I would pick up the cube."), "no function was called"),
        (said("so then", response_metadata={"finish_reason": "length"}), "cut off"),
        (said("", [("juggle", {})]), "there is no function 'juggle'"),
        (said("", [("plan", {"goals": []})]), "goals"),
        (said("", [("plan", {**PLAN, "speed": 3})]), "speed"),
        (said("", [("finish", {})]), "answer: is missing"),
        (said("", [("finish", {"answer": "a"}), ("refuse", {"why": "b"})]), "several decisions"),
        (said("", broken=[("plan", '{"goals": [')]), "no JSON"),
        (said(json.dumps({"move": "ask", "calls": [{"tool": "teleport"}]})), "no tool 'teleport'"),
        (said(json.dumps({"move": "ask", "calls": []})), "no calls"),
        (said("[[[[{{{{"), "no function was called"),
    ],
)
def test_what_is_no_thought_goes_back_with_what_is_wrong_in_one_line(reply, wrong):
    with pytest.raises(UnusableReply) as e:
        read(reply, TOOLS, [])
    assert wrong in str(e.value) and "\n" not in str(e.value) and len(str(e.value)) < 1500


def test_a_broken_call_with_a_whole_object_in_it_is_mended():
    broken = said("", broken=[("finish", 'Arguments: {"answer": "two"} ')])
    assert read(broken, TOOLS, []).move == Finish(answer="two")


def test_questions_come_before_a_decision_made_in_the_same_breath():
    notes = []
    thought = read(said("", [("detect_objects", {"query": "x"}), ("plan", PLAN)]), TOOLS, notes)
    assert isinstance(thought.move, Ask) and "waits" in notes[0]


def test_the_same_decision_twice_is_one():
    assert isinstance(read(said("", [("plan", PLAN), ("plan", PLAN)]), TOOLS, []).move, Plan)


def test_a_model_that_declines_refuses():
    thought = read(said("", additional_kwargs={"refusal": "I cannot help with that"}), TOOLS, [])
    assert thought.move == Refuse(why="I cannot help with that")


def test_a_tool_called_like_a_decision_is_told_apart():
    thought = read(said("", [("ask_plan", {"day": "today"})]), TOOLS | {"plan"}, [])
    assert thought.move.calls[0].tool == "plan"
