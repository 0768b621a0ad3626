"""Every reply that may be given to a briefing, as one closed JSON schema: its own skills, tools and names, no others.

The chat brain's forms tell a server what is wanted; these are what a constrained decoder cannot leave. So they are
stricter: each move, skill, tool and relation has a form of its own, every text and list has an end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hiervla.core.briefing import Briefing
from hiervla.core.errors import SetupError
from hiervla.core.goal import DIRECTIONS, EDGES
from hiervla.core.relations import RELATIONS

Schema = dict[str, Any]
NUMBER: Schema = {"type": "number"}
_ID, _PLACE = re.compile(r"\bids?\b", re.IGNORECASE), re.compile(r"\b(table|zones?|edges?)\b", re.IGNORECASE)
NAMED = ("target", "reference")
"""Fields of skills and tools that hold a name whatever is said of them (``Skill.objects``)."""
GOALS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "in": (("subject", "reference"), ()),
    "on": (("subject", "reference"), ("others",)),
    "beside": (("subject", "reference"), ("direction",)),
    "at_distance": (("subject", "reference", "distance_m"), ("direction",)),
    "at": (("subject", "position"), ()),
    "turned": (("subject", "angle_rad"), ()),
    "row": (("subject", "others"), ("direction",)),
    "circle": (("subject", "others"), ("reference",)),
    "holding": (("subject",), ()),
    "hand_empty": ((), ()),
    "open": (("subject",), ()),
    "closed": (("subject",), ()),
    "slid": (("subject", "distance_m"), ()),
}
"""Relation → the fields that a goal of it needs, and those that it may have. One that is not here may have any."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Where each text ends, in characters, and each list, in items: a model that rambles still comes to an end."""

    reasoning: int = 600
    says: int = 400
    """A question, a refusal, an answer."""
    why: int = 120
    """Of a step."""
    text: int = 80
    """Any other text: a tool's query."""
    goals: int = 16
    steps: int = 40
    calls: int = 4
    items: int = 12
    """Any other list."""


def reply_form(briefing: Briefing, may_ask: bool = True, lengths: Lengths | None = None) -> Schema:
    """The schema of a whole reply: ``reasoning``, ``move`` and the fields of that move, in this order.

    Raises:
        SetupError: a skill or a tool has a schema that no closed form can be made of; says which.
    """
    return _Forms(briefing, lengths or Lengths()).reply(may_ask)


class _Forms:
    """The forms of one briefing, built from its names."""

    def __init__(self, briefing: Briefing, lengths: Lengths) -> None:
        world = briefing.world
        self.briefing, self.lengths = briefing, lengths
        self.ids = list(dict.fromkeys([*world.objects, *world.lost]))
        self.places = list(dict.fromkeys([*self.ids, *world.surfaces, "table", *world.zones, "edge", *EDGES]))

    def reply(self, may_ask: bool) -> Schema:
        n = self.lengths
        says = _text(n.says)
        moves: list[Schema] = []
        if may_ask and (calls := self._calls()):
            moves.append(_move("ask", {"calls": _list(_one_of(calls), 1, n.calls)}, n))
        goals, steps = self._goals(), self._steps("why")
        if goals and steps:
            plan = {"goals": _list(_one_of(goals), 1, n.goals), "subgoals": _list(_one_of(steps), 1, n.steps)}
            moves.append(_move("plan", plan, n))
        several: Schema = {"candidates": _list(_names(self.ids), 1, n.items)} if self.ids else {}
        moves.append(_move("clarify", {"question": says} | several, n, optional=tuple(several)))
        moves += [_move("refuse", {"why": says}, n), _move("finish", {"answer": says}, n)]
        return _one_of(moves)

    def _calls(self) -> list[Schema]:
        """A form for each tool; one that is asked about a step gets a form for each skill."""
        calls = []
        for tool in self.briefing.tools:
            if {"skill", "arguments"} <= set(tool.schema_.get("properties", {})):
                arguments = _one_of(steps) if (steps := self._steps()) else None
            else:
                arguments = self._filled(tool.schema_, f"tool {tool.name}")
            if arguments is not None:
                calls.append(_object({"tool": {"const": tool.name}, "arguments": arguments}))
        return calls

    def _steps(self, *reasons: str) -> list[Schema]:
        """A form for each skill that can be filled with the names there are."""
        handling = dict.fromkeys(("speed", "grip_force_n", "yaw_offset_rad"), NUMBER) | {
            "keep_level": {"type": "boolean"}
        }
        steps = []
        for skill in self.briefing.skills:
            if (arguments := self._filled(skill.schema_, f"skill {skill.name}")) is not None:
                fields: Schema = {"skill": {"const": skill.name}, "arguments": arguments}
                fields |= {r: _text(self.lengths.why) for r in reasons}
                more: Schema = {"handling": _object(handling, tuple(handling))} if reasons else {}
                steps.append(_object(fields | more, tuple(more)))
        return steps

    def _goals(self) -> list[Schema]:
        """A form for each relation that can be stated with the names there are, and for steps that leave nothing to see."""
        fields: Schema = {
            "subject": _names(self.ids), "reference": _names(self.places), "others": _list(_names(self.ids), 1, self.lengths.items),
            "distance_m": NUMBER, "direction": {"enum": list(DIRECTIONS)}, "position": _list(NUMBER, 2, 2), "angle_rad": NUMBER,
        }  # fmt: skip
        own = (("subject",), tuple(f for f in fields if f != "subject"))
        goals = []
        for relation in RELATIONS:
            needed, optional = GOALS.get(relation, own)
            if self.ids or "subject" not in needed:
                chosen = {n: fields[n] for n in (*needed, *optional)}
                if "reference" in chosen:
                    chosen["reference"] = _names(self._references(relation))
                goals.append(_object({"relation": {"const": relation}} | chosen, optional))
        if deeds := self._deeds():
            goals.append(_object({"relation": {"const": "did"}, "subject": {"enum": deeds}}))
        return goals

    def _references(self, relation: str) -> list[str]:
        """What a goal of a relation can be stated against."""
        world = self.briefing.world
        match relation:
            case "in":
                return [*self.ids, *world.zones]
            case "on":
                return list(dict.fromkeys([*self.ids, *world.surfaces, "table"]))
            case "beside" | "circle":
                return self.ids
            case "at_distance":
                return [*self.ids, *world.zones, "edge", *EDGES]
        return self.places

    def _deeds(self) -> list[str]:
        """Steps as ``did`` goals name them: of skills that neither take nor let go, with a target and a direction at most."""
        deeds = []
        for skill in self.briefing.skills:
            fields = skill.schema_.get("properties", {})
            if skill.grip != "none" or set(skill.schema_.get("required", ())) - {"target"}:
                continue
            if "target" not in fields:
                deeds.append(f"{skill.name}()")
                continue
            ways = ["", *(f", direction={d}" for d in DIRECTIONS if "direction" in fields)]
            deeds += [f"{skill.name}(target={i}{way})" for i in self.ids for way in ways]
        return deeds

    def _filled(self, schema: Schema, whose: str) -> Schema | None:
        """The arguments of a skill or a tool; None where it needs a name and there is none."""
        definitions, needed = schema.get("$defs", {}), set(schema.get("required", ()))
        fields: Schema = {}
        for name, field in schema.get("properties", {}).items():
            value = self._value(name, field, definitions, str(field.get("description", "")), whose)
            if value is not None:
                fields[name] = value
            elif name in needed:
                return None
        return _object(fields, tuple(n for n in fields if n not in needed))

    def _value(self, name: str, field: Schema, definitions: Schema, says: str, whose: str) -> Schema | None:
        """What may stand in one field; None: nothing, for it takes a name and there is none."""
        if "$ref" in field:
            field = definitions[str(field["$ref"]).rsplit("/", 1)[-1]] | {k: v for k, v in field.items() if k != "$ref"}
        if "const" in field or "enum" in field:
            return {k: field[k] for k in ("const", "enum") if k in field}
        again = lambda f: self._value(name, f, definitions, says, whose)  # noqa: E731
        if options := field.get("anyOf"):
            real = [v for o in options if o.get("type") != "null" and (v := again(o)) is not None]
            return _one_of(real) if real else None
        if "prefixItems" in field:
            (item, *others) = map(again, field["prefixItems"])
            if item is None or any(o != item for o in others):
                raise SetupError(
                    f"{whose}: the parts of {name!r} are of several kinds, which a local brain cannot fill"
                )
            return _list(item, len(others) + 1, len(others) + 1)
        match field.get("type"):
            case "string" if name in NAMED or _ID.search(says):
                known = self.places if name == "reference" or _PLACE.search(says) else self.ids
                return _names(known) if known else None
            case "string":
                return _text(min(self.lengths.text, int(field.get("maxLength", self.lengths.text))))
            case "number" | "integer" | "boolean" as kind:
                return {"type": kind}
            case "array":
                item = again(field.get("items", {"type": "string"}))
                most = min(self.lengths.items, int(field.get("maxItems", self.lengths.items)))
                return None if item is None else _list(item, max(1, int(field.get("minItems", 1))), most)
            case "object":
                return self._filled(field | {"$defs": definitions}, whose)
        raise SetupError(f"{whose}: the field {name!r} tells no type, so a local brain cannot fill it; give it one")


def _move(kind: str, fields: Schema, n: Lengths, optional: tuple[str, ...] = ()) -> Schema:
    return _object({"reasoning": _text(n.reasoning), "move": {"const": kind}} | fields, optional)


def _object(fields: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """Needed fields first, in a fixed order: a decoder then needs no memory of which were given."""
    ordered = {k: v for k, v in fields.items() if k not in optional} | {k: fields[k] for k in optional}
    needed = [k for k in ordered if k not in optional]
    return {"type": "object", "properties": ordered, "required": needed, "additionalProperties": False}


def _one_of(forms: list[Schema]) -> Schema:
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _list(items: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": max(least, most)}


def _names(known: list[str]) -> Schema:
    return {"enum": known}


def _text(most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most}
