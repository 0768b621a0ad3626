"""A closed JSON schema as a Lark grammar for llguidance: fixed order and spacing, and no text or number without an end.

llguidance compiles JSON schemas itself, but numbers of any length and blanks without end are valid there: weights that
know no better would write them until they are stopped. Here every reply that can be written is finite.
"""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]
_BARE = r'[^"\\\x00-\x1f\x7f]'
"""A character that stands in JSON text without an escape; replies need none of those."""
_FIRST = r'[^"\\\x00-\x20\x7f]'
"""The same, and no blank: a text says something."""
_KINDS = {
    "number": r"/-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?/",
    "integer": r"/-?(0|[1-9][0-9]{0,3})/",
}
"""Metres, radians, newtons and counts: four figures before the point and four behind it say all that an arm can do."""


def grammar(schema: Schema) -> str:
    """The grammar whose sentences are the JSON documents of a schema, written as ``json.dumps`` writes them.

    Takes ``anyOf``, ``const``, ``enum``, ``object`` with ``properties``, ``required`` first, ``array`` with ``minItems``
    and ``maxItems``, ``string`` with ``maxLength``, ``number`` (four digits before and behind the point), ``integer``
    and ``boolean``.

    Raises:
        ValueError: the schema holds something else.
    """
    rules = _Rules()
    start = rules.rule(schema)
    return "\n".join([f"start: {start}", *(f"{name}: {body}" for body, name in rules.names.items())])


class _Rules:
    """Rules by what they say, so that what stands in many places is written once."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def rule(self, schema: Schema) -> str:
        """What stands for a schema in another rule: a name."""
        if "anyOf" in schema:
            return self._named(" | ".join(self.rule(s) for s in schema["anyOf"]))
        if "const" in schema:
            return self._named(_literal(schema["const"]))
        if "enum" in schema:
            return self._named(" | ".join(map(_literal, schema["enum"])))
        match schema.get("type"):
            case "object":
                return self._named(self._object(schema))
            case "array":
                least, most = schema["minItems"], schema["maxItems"]
                item = self.rule(schema["items"])
                more = f'(", " {item}){{{least - 1},{most - 1}}} ' if most > 1 else ""
                return self._named(f'"[" {item} {more}"]"')
            case "string":
                return self._named(f'/"{_FIRST}{_BARE}{{0,{schema["maxLength"] - 1}}}"/', terminal=True)
            case "boolean":
                return self._named('"true" | "false"')
            case "number" | "integer" as kind:
                return self._named(_KINDS[kind], terminal=True)
        raise ValueError(f"no grammar for {schema}")

    def _object(self, schema: Schema) -> str:
        """Needed fields stand first; of the others each may follow, and the first of all has no comma before it."""
        needed = [n for n in schema["properties"] if n in schema["required"]]
        optional = [n for n in schema["properties"] if n not in schema["required"]]
        parts = [f"{_key(n, comma=k > 0)} {self.rule(schema['properties'][n])}" for k, n in enumerate(needed)]
        follows = [f"({_key(n, comma=True)} {self.rule(schema['properties'][n])})?" for n in optional]
        if needed or not optional:
            return " ".join(['"{"', *parts, *follows, '"}"'])
        first = [
            " ".join([f"{_key(n, comma=False)} {self.rule(schema['properties'][n])}", *follows[k + 1 :]])
            for k, n in enumerate(optional)
        ]
        return f'"{{" ({" | ".join(first)})? "}}"'

    def _named(self, body: str, terminal: bool = False) -> str:
        return self.names.setdefault(body, f"{'T' if terminal else 'r'}{len(self.names)}")


def _key(name: str, comma: bool) -> str:
    return _quoted(f"{', ' if comma else ''}{_json(name)}: ")


def _literal(value: Any) -> str:
    return _quoted(_json(value))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    """Text as a Lark string, which is escaped as JSON is."""
    return json.dumps(text, ensure_ascii=False)
