"""The scripted brain: in order, resolved when it is said, from files."""

import json

import pytest
from brain.tabletop import brief, thing, world_of

from hiervla.brain.scripted import ScriptedBrain
from hiervla.core.errors import SetupError
from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought, ToolCall
from hiervla.core.ports import Brain

WORLD = world_of(
    thing("c1", "red cube", 0.4, 0.1), thing("c2", "green cube", 0.4, -0.1), thing("b1", "blue bowl", 0.6, 0.2)
)
PLAN = Plan(
    goals=(Goal(relation="in", subject="@red cube", reference="@蓝色碗"),),
    subgoals=(
        Subgoal(
            skill="place", arguments={"target": "@red cube", "relation": "in", "reference": "@blue bowl"}, why="so"
        ),
    ),
)


def test_says_its_thoughts_in_order_and_then_that_it_has_ended():
    ask = Ask(calls=(ToolCall(tool="measure_distance", arguments={"a": "@red cube", "b": "left edge"}),))
    brain = ScriptedBrain([Thought(reasoning="a", move=ask), Thought(reasoning="b", move=PLAN)])
    assert isinstance(brain, Brain)
    assert brain.think(brief("x", WORLD)).move.calls[0].arguments == {"a": "c1", "b": "left edge"}
    plan = brain.think(brief("x", WORLD)).move
    assert plan.goals == (Goal(relation="in", subject="c1", reference="b1"),)
    assert plan.subgoals[0].arguments == {"target": "c1", "relation": "in", "reference": "b1"}
    for _ in range(2):
        assert brain.think(brief("x", WORLD)).move == Refuse(why="the script has ended")


@pytest.mark.parametrize(("text", "candidates"), [("@cube", ("c1", "c2")), ("@purple cup", ())])
def test_a_description_must_fit_exactly_one(text, candidates):
    plan = PLAN.model_copy(update={"goals": (Goal(relation="holding", subject=text),)})
    move = ScriptedBrain([Thought(reasoning="r", move=plan)]).think(brief("x", WORLD)).move
    assert isinstance(move, Clarify) and move.candidates == candidates and text[1:] in move.question


def test_loads_json_and_toml(tmp_path):
    thoughts = [Thought(reasoning="a", move=PLAN), Thought(reasoning="b", move=Finish(answer="done"))]
    listed = tmp_path / "listed.json"
    listed.write_text(json.dumps([t.model_dump(mode="json") for t in thoughts]), encoding="utf-8")
    table = tmp_path / "table.toml"
    table.write_text('[[thoughts]]\nreasoning = "b"\nmove = { kind = "finish", answer = "done" }\n', encoding="utf-8")
    brain = ScriptedBrain.load(listed)
    assert isinstance(brain.think(brief("x", WORLD)).move, Plan)
    assert brain.think(brief("x", WORLD)) == ScriptedBrain.load(table).think(brief("x", WORLD)) == thoughts[1]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "a.json"),
        ("a.json", "{}", "no list of thoughts"),
        ("a.toml", '[[thoughts]]\nreasoning = "r"\nmove = { kind = "dance" }\n', "thought 1"),
    ],
)
def test_a_malformed_file_is_named(tmp_path, name, text, says):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SetupError, match=says):
        ScriptedBrain.load(tmp_path / name)
    with pytest.raises(SetupError, match="missing"):
        ScriptedBrain.load(tmp_path / "missing.json")
