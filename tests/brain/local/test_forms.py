"""The replies that may be given: nothing in them that the mission does not have, and an end to everything."""

import pytest

from hiervla.brain.local.forms import GOALS, Lengths, reply_form
from hiervla.core.briefing import SkillCard, ToolCard
from hiervla.core.errors import SetupError
from hiervla.core.relations import RELATIONS
from hiervla.core.world import Zone


def moves(form):
    """Move → its form."""
    return {m["properties"]["move"]["const"]: m for m in form["anyOf"]}


def choices(form, key):
    """What the ``const`` of a key may be in a choice of objects → that object."""
    return {o["properties"][key]["const"]: o for o in form.get("anyOf", [form])}


def steps(form):
    return choices(moves(form)["plan"]["properties"]["subgoals"]["items"], "skill")


def goals(form):
    return choices(moves(form)["plan"]["properties"]["goals"]["items"], "relation")


def skill(fields, **more):
    return SkillCard(name="wave", doc="Wave.", schema={"properties": fields, **more})


def test_skills_tools_and_relations_are_those_there_are(briefing):
    b = briefing()
    form = reply_form(b)
    assert set(moves(form)) == {"ask", "plan", "clarify", "refuse", "finish"}
    assert set(steps(form)) == {s.name for s in b.skills}
    assert set(goals(form)) == {*RELATIONS, "did"} and set(RELATIONS) == set(GOALS)
    assert set(choices(moves(form)["ask"]["properties"]["calls"]["items"], "tool")) == {t.name for t in b.tools}


def test_names_are_those_of_this_world(briefing, world_of, thing):
    world = world_of(thing("cube", id="cube_1"), lost={"cup_2": thing("cup", id="cup_2")})
    world.zones["bin"] = Zone(name="bin", outline=((0, 0), (0.1, 0), (0.1, 0.1)))
    form = reply_form(briefing(world=world))
    place = steps(form)["place"]["properties"]["arguments"]["properties"]
    assert place["target"]["enum"] == ["cube_1", "cup_2"], "what is out of sight may be named too"
    assert {"cube_1", "bin", "table", "left edge"} <= set(place["reference"]["enum"])
    assert place["relation"]["enum"] == ["in", "on", "beside", "at_distance", "at"]
    assert steps(form)["sweep"]["properties"]["arguments"]["properties"]["targets"]["items"]["enum"] == [
        "cube_1",
        "cup_2",
    ]
    assert goals(form)["in"]["properties"]["reference"]["enum"] == ["cube_1", "cup_2", "bin"]
    assert goals(form)["beside"]["properties"]["reference"]["enum"] == ["cube_1", "cup_2"]
    deeds = goals(form)["did"]["properties"]["subject"]["enum"]
    assert {"press(target=cube_1)", "home()", "push(target=cup_2, direction=left)"} <= set(deeds)
    assert moves(form)["clarify"]["properties"]["candidates"]["items"]["enum"] == ["cube_1", "cup_2"]


def test_tools_take_names_where_they_say_so_and_steps_where_they_judge_one(briefing):
    calls = choices(moves(reply_form(briefing()))["ask"]["properties"]["calls"]["items"], "tool")
    arguments = {n: c["properties"]["arguments"] for n, c in calls.items()}
    assert "left edge" in arguments["measure_distance"]["properties"]["b"]["enum"]
    assert "left edge" not in arguments["measure_distance"]["properties"]["a"]["enum"]
    assert arguments["detect_objects"]["properties"]["query"]["type"] == "string"
    assert set(choices(arguments["check_safety"], "skill")) == {s.name for s in briefing().skills}


def test_what_cannot_be_done_now_is_no_form(briefing, world_of):
    assert "ask" not in moves(reply_form(briefing(), may_ask=False))
    empty = reply_form(briefing(world=world_of()))
    assert set(steps(empty)) == {"home", "sweep"} and set(goals(empty)) == {"hand_empty", "did"}
    assert "candidates" not in moves(empty)["clarify"]["properties"]
    bare = briefing().model_copy(update={"skills": (), "tools": ()})
    assert set(moves(reply_form(bare))) == {"clarify", "refuse", "finish"}


def test_everything_ends(briefing):
    def walk(s):
        if s.get("type") == "string":
            assert s["maxLength"] <= 40 and s["minLength"] == 1
        if s.get("type") == "array":
            assert 1 <= s["minItems"] <= s["maxItems"]
            walk(s["items"])
        for inner in [*s.get("anyOf", ()), *s.get("properties", {}).values()]:
            walk(inner)

    walk(reply_form(briefing(), lengths=Lengths(40, 30, 20, 10, 3, 4, 2, 3)))


def test_a_skill_of_ones_own_is_read_from_its_schema(briefing):
    fields = {
        "how": {"$ref": "#/$defs/How"},
        "times": {"type": "integer", "default": 1},
        "to": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]},
        "at": {"type": "array", "prefixItems": [{"type": "number"}] * 3, "minItems": 3},
        "over": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "Id of an object."},
    }
    how = {"How": {"type": "object", "properties": {"hand": {"const": "left"}}, "required": ["hand"]}}
    own = skill(fields, required=["at"], **{"$defs": how})
    form = steps(reply_form(briefing().model_copy(update={"skills": (own,)})))["wave"]["properties"]["arguments"]
    assert list(form["properties"]) == ["at", "how", "times", "to", "over"] and form["required"] == ["at"]
    given = form["properties"]
    assert (given["at"]["minItems"], given["at"]["maxItems"]) == (3, 3)
    assert given["how"]["properties"] == {"hand": {"const": "left"}} and given["to"]["maxLength"] == 5
    assert given["over"]["enum"] == ["red_cube_1", "blue_bowl_1"]


@pytest.mark.parametrize(
    "field", [{}, {"type": "array", "prefixItems": [{"type": "number"}, {"type": "boolean"}]}], ids=["any", "mixed"]
)
def test_a_field_that_cannot_be_filled_is_told_with_its_owner(briefing, field):
    own = ToolCard(name="ask_stars", doc="?", schema={"properties": {"sign": field}, "required": ["sign"]})
    with pytest.raises(SetupError, match=r"tool ask_stars.*'sign'"):
        reply_form(briefing().model_copy(update={"tools": (own,)}))
