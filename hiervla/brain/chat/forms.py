"""A Thought as functions that a model can call: each tool by its own schema, and plan, clarify, refuse and finish."""

from __future__ import annotations

from typing import Any

from hiervla.core.briefing import Briefing
from hiervla.core.goal import DIRECTIONS
from hiervla.core.relations import RELATIONS

Schema = dict[str, Any]
DECISIONS = ("plan", "clarify", "refuse", "finish")
OWN = "ask_"
"""Before the name of a tool that is called like a decision."""
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}


def functions(briefing: Briefing, may_ask: bool = True) -> list[Schema]:
    """Every function that may be called now, in OpenAI's form, which every LangChain model takes."""
    asks = [_function(tool_name(t.name), t.doc, plain(t.schema_)) for t in briefing.tools if may_ask]
    reasoning = {"reasoning": _TEXT | {"description": "Why, in one or two sentences."}}
    return asks + [
        _function(name, doc, _object(reasoning | fields, required))
        for name, doc, fields, required in _decisions(briefing)
    ]


def reply_schema(briefing: Briefing, may_ask: bool = True) -> Schema:
    """The same as one flat object, for models that answer by a JSON schema: ``move`` says which of its fields count."""
    moves = [*(["ask"] if may_ask and briefing.tools else []), *DECISIONS]
    call = _object(
        {
            "tool": {"type": "string", "enum": [t.name for t in briefing.tools]},
            "arguments": _merged([t.schema_ for t in briefing.tools]),
        },
        ["tool", "arguments"],
    )
    fields: Schema = {"reasoning": _TEXT, "move": {"type": "string", "enum": moves}}
    if "ask" in moves:
        fields["calls"] = {"type": "array", "items": call, "description": "For ask."}
    for name, _, own, _ in _decisions(briefing):
        for key, schema in own.items():
            fields.setdefault(key, schema | {"description": f"For {name}. {schema.get('description', '')}".strip()})
    return {"title": "reply", **_object(fields, ["reasoning", "move"])}


def tool_name(name: str) -> str:
    """What a tool is called as a function; a person's own may be called like a decision."""
    return OWN + name if name in DECISIONS else name


def _decisions(briefing: Briefing) -> list[tuple[str, str, Schema, list[str]]]:
    """Name, what it does, its fields and which of them are needed."""
    goal = _object(
        {
            "relation": {"type": "string", "enum": [*RELATIONS, "did"]},
            "subject": _TEXT | {"description": "Object id."},
            "reference": _TEXT | {"description": "Object id, zone, table, edge, or left/right/near/far edge."},
            "others": {
                "type": "array",
                "items": _TEXT,
                "description": "Further object ids of a row, a circle or a bridge.",
            },
            "distance_m": _NUMBER,
            "direction": {"type": "string", "enum": list(DIRECTIONS)},
            "position": {"type": "array", "items": _NUMBER, "description": "x and y, metres, for at."},
            "angle_rad": _NUMBER,
        },
        ["relation", "subject"],
    )
    step = _object(
        {
            "skill": {"type": "string", "enum": [s.name for s in briefing.skills]},
            "arguments": _merged([s.schema_ for s in briefing.skills]),
            "why": _TEXT,
            "handling": _object(
                {
                    "speed": _NUMBER,
                    "grip_force_n": _NUMBER,
                    "yaw_offset_rad": _NUMBER,
                    "keep_level": {"type": "boolean"},
                },
                [],
            ),
        },
        ["skill", "arguments", "why"],
    )
    many = lambda items, says: {"type": "array", "items": items, "description": says}  # noqa: E731
    return [
        ("plan", "Say what shall hold in the end, and the steps that lead there. The arm moves only by this.",
         {"goals": many(goal, "All that the instruction asks to be true in the end."), "subgoals": many(step, "Steps in order.")},
         ["goals", "subgoals"]),
        ("clarify", "Ask the person a question, in their language, when the instruction leaves open what is meant.",
         {"question": _TEXT, "candidates": many(_TEXT, "Object ids that could be meant.")}, ["question"]),
        ("refuse", "Say, in the person's language, why it cannot or must not be done.", {"why": _TEXT}, ["why"]),
        ("finish", "The last word, in the person's language: an answer, or what was done once every goal was confirmed.",
         {"answer": _TEXT}, ["answer"]),
    ]  # fmt: skip


def _function(name: str, doc: str, parameters: Schema) -> Schema:
    return {"type": "function", "function": {"name": name, "description": doc, "parameters": parameters}}


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required}


def _merged(schemas: list[Schema]) -> Schema:
    """One object with the fields of all: not every server understands a choice between objects."""
    fields: Schema = {}
    for schema in schemas:
        for name, field in plain(schema)["properties"].items():
            old = fields.setdefault(name, dict(field))
            if old.get("description") != field.get("description"):
                old.pop("description", None)  # each says it of itself in the catalogue
            if "enum" in old and "enum" in field:
                old["enum"] = list(dict.fromkeys([*old["enum"], *field["enum"]]))
            elif "enum" in old:
                del old["enum"]
    return _object(fields, [])


def plain(schema: Schema) -> Schema:
    """A pydantic schema in the words that every provider takes: no references, titles, nulls, defaults or tuples."""
    definitions = schema.get("$defs", {})

    def walk(s: Schema) -> Schema:
        if "$ref" in s:
            s = definitions[str(s["$ref"]).rsplit("/", 1)[-1]] | {k: v for k, v in s.items() if k != "$ref"}
        if "anyOf" in s:
            real = [o for o in s["anyOf"] if o.get("type") != "null"]
            s = {k: v for k, v in s.items() if k != "anyOf"} | (walk(real[0]) if real else {})
        if "prefixItems" in s:
            s = {k: v for k, v in s.items() if k != "prefixItems"} | {"items": s["prefixItems"][0]}
        kept = {k: s[k] for k in ("type", "description", "enum", "items", "properties", "required") if k in s}
        if "const" in s:
            kept |= {"type": "string", "enum": [s["const"]]}
        if "items" in kept:
            kept["items"] = walk(kept["items"])
        if "properties" in kept:
            kept["properties"] = {k: walk(v) for k, v in kept["properties"].items()}
        return kept

    out = walk(schema)
    return out | {"properties": out.get("properties", {}), "required": out.get("required", [])}
