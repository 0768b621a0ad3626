"""A teacher's thought as the reply that a local brain may write: one line of JSON, as short as its form allows."""

from __future__ import annotations

import json
from typing import Any

from hiervla.core.plan import Clarify, Finish, Plan, Refuse
from hiervla.core.world import World

Schema = dict[str, Any]
WHY = {"pick": "take it", "place": "put it there", "open": "open it", "close": "close it", "push": "push it", "press": "press it", "sweep": "sweep them"}  # fmt: skip
SAYS = {
    "clarify": {"en": "Which one do you mean?", "zh": "你指的是哪一个？"}, "unclear": {"en": "What shall I do?", "zh": "要我做什么？"},
    "refuse": {"en": "I cannot do that here.", "zh": "这个我做不到。"}, "finish": {"en": "Done.", "zh": "完成了。"},
}  # fmt: skip
OPEN_M = 0.015
"""A drawer that is out farther is read as open."""
PLACES = ("position", "angle_deg", "angle_rad")
"""What is measured on the table: nothing in the prompt or the picture tells it to the centimetre."""


def reading(world: World) -> str:
    """What each thing is, by its number: what the picture has to be looked at for."""
    said = []
    for number, d in world.objects.items():
        size = f"{d.size_word} " if d.size_word != "medium" else ""
        state = " open" if d.label == "drawer" and (d.opening_m or 0.0) > OPEN_M else ""
        said.append(f"{number} {size}{d.colour} {d.label}{state}")
    return ", ".join(said) or "nothing"


def of_plan(plan: Plan) -> dict[str, Any] | None:
    """A plan in the fields of a reply; None where it needs places that cannot be told from a picture."""
    goals = [_without_nothing(g.model_dump(exclude={"tolerance_m", "by"}), g.relation) for g in plan.goals]
    steps = [
        {"skill": s.skill, "arguments": _rounded(s.arguments), "why": WHY.get(s.skill, "go on")} for s in plan.subgoals
    ]
    if any(p in field for field in (*goals, *(s["arguments"] for s in steps)) for p in PLACES):
        return None
    return {"move": "plan", "goals": goals, "subgoals": steps}


def of_move(move: Any, language: str) -> dict[str, Any] | None:
    """Any other move in the fields of a reply, its words short; None for one that is not taught."""
    match move:
        case Plan():
            return of_plan(move)
        case Clarify(candidates=several):
            question = {"move": "clarify", "question": SAYS["clarify" if several else "unclear"][language]}
            return question | ({"candidates": list(several)} if several else {})
        case Refuse():
            return {"move": "refuse", "why": SAYS["refuse"][language]}
        case Finish():
            return {"move": "finish", "answer": SAYS["finish"][language]}
    return None


def written(fields: dict[str, Any], reasoning: str, form: Schema) -> str:
    """The reply in the order and spacing of its form.

    Raises:
        ValueError: no reply of this form says it.
    """
    return json.dumps(_ordered({"reasoning": reasoning} | fields, form), ensure_ascii=False)


def _ordered(value: Any, form: Schema) -> Any:
    if "anyOf" in form:
        for one in form["anyOf"]:
            try:
                return _ordered(value, one)
            except ValueError:
                continue
        raise ValueError(f"no form for {value}")
    if "const" in form or "enum" in form:
        if value not in form.get("enum", [form.get("const")]):
            raise ValueError(f"{value!r} is none of its form")
        return value
    match form.get("type"):
        case "object":
            if (
                not isinstance(value, dict)
                or set(value) - set(form["properties"])
                or set(form["required"]) - set(value)
            ):
                raise ValueError(f"other fields than its form: {value}")
            return {k: _ordered(value[k], f) for k, f in form["properties"].items() if k in value}
        case "array":
            if not isinstance(value, list) or not form["minItems"] <= len(value) <= form["maxItems"]:
                raise ValueError(f"no list of its length: {value}")
            return [_ordered(v, form["items"]) for v in value]
        case "string":
            if not isinstance(value, str) or not 1 <= len(value) <= form["maxLength"]:
                raise ValueError(f"no text of its length: {value}")
            return value
        case "boolean" if isinstance(value, bool):
            return value
        case "number" | "integer" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
    raise ValueError(f"{value!r} is no {form.get('type')}")


def _without_nothing(goal: dict[str, Any], relation: str) -> dict[str, Any]:
    kept = {k: list(v) if isinstance(v, tuple) else v for k, v in goal.items() if v not in (None, (), "")}
    return _rounded(kept | {"relation": relation})


def _rounded(fields: dict[str, Any]) -> dict[str, Any]:
    """Numbers as a form can write them; fields that say nothing are left out."""
    return {
        k: round(v, 4) if isinstance(v, float) else list(v) if isinstance(v, tuple) else v
        for k, v in fields.items()
        if v is not None
    }
