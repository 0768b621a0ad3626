"""What a model may call: plain schemas that every provider takes, and nothing that the mission does not have."""

import json

from hiervla.brain.chat.forms import DECISIONS, functions, plain, reply_schema, tool_name


def words(schema):
    """Every key of a schema that is no name of a field."""
    found = set()
    for key, value in schema.items():
        found.add(key)
        if key == "properties":
            for field in value.values():
                found |= words(field)
        elif isinstance(value, dict):
            found |= words(value)
    return found


def test_every_tool_and_every_decision_is_a_function_in_plain_words(briefing):
    b = briefing()
    offered = {f["function"]["name"]: f["function"] for f in functions(b)}
    assert set(offered) == {t.name for t in b.tools} | set(DECISIONS)
    for function in offered.values():
        assert function["description"]
        assert words(function["parameters"]) <= {"type", "properties", "required", "description", "enum", "items"}
    assert "query" in offered["detect_objects"]["parameters"]["properties"]


def test_without_leave_to_ask_only_decisions_are_offered(briefing):
    assert [f["function"]["name"] for f in functions(briefing(), may_ask=False)] == list(DECISIONS)
    assert "ask" not in reply_schema(briefing(), may_ask=False)["properties"]["move"]["enum"]


def test_skills_and_relations_are_closed_lists(briefing):
    b = briefing()
    plan = next(f["function"] for f in functions(b) if f["function"]["name"] == "plan")["parameters"]["properties"]
    assert set(plan["subgoals"]["items"]["properties"]["skill"]["enum"]) == {s.name for s in b.skills}
    assert {"in", "on", "did"} <= set(plan["goals"]["items"]["properties"]["relation"]["enum"])
    fields = plan["subgoals"]["items"]["properties"]["arguments"]["properties"]
    assert fields["position"] == {"type": "array", "items": {"type": "number"}}
    assert fields["angle_deg"]["description"], "said by one skill alone, so it stands here"
    assert "description" not in fields["target"], "each skill says another thing of it, in the catalogue"


def test_one_flat_object_holds_every_move(briefing):
    schema = reply_schema(briefing())
    assert {"reasoning", "move", "calls", "goals", "subgoals", "question", "why", "answer"} <= set(schema["properties"])
    json.dumps(schema)


def test_plain_resolves_references_nulls_tuples_and_constants():
    schema = {
        "$defs": {"P": {"type": "object", "properties": {"k": {"const": "x", "title": "K"}}}},
        "properties": {
            "a": {
                "anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}],
                "default": None,
                "description": "metres",
            },
            "b": {"$ref": "#/$defs/P"},
            "c": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2},
        },
        "required": ["b"],
    }
    assert plain(schema) == {
        "properties": {
            "a": {"type": "number", "description": "metres"},
            "b": {"type": "object", "properties": {"k": {"type": "string", "enum": ["x"]}}},
            "c": {"type": "array", "items": {"type": "number"}},
        },
        "required": ["b"],
    }


def test_a_tool_called_like_a_decision_gets_a_name_of_its_own():
    assert tool_name("plan") == "ask_plan" and tool_name("measure_distance") == "measure_distance"
