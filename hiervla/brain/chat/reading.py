"""From a model's reply to a Thought: function calls; else an object by schema; else an object found in prose.

Nothing is guessed: what does not fit is said in one line and goes back to the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from hiervla.brain.chat.forms import DECISIONS, OWN
from hiervla.core.errors import UnusableReply
from hiervla.core.misfit import misfit
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Thought

MOVES = {"ask": Ask, "plan": Plan, "clarify": Clarify, "refuse": Refuse, "finish": Finish}
QUOTED = 240
"""Characters of a reply that are shown back to the model."""
_THINKING = re.compile(r"<(think|thinking|reasoning)>(.*?)(</\1>|$)", re.DOTALL)


def read(reply: Any, tools: frozenset[str], notes: list[str]) -> Thought:
    """The thought in a LangChain ``AIMessage``. ``notes`` takes what was set aside.

    Raises:
        UnusableReply: there is none; says what is wrong and quotes the reply.
    """
    text, reasoning = text_and_thinking(reply)
    refusal = (getattr(reply, "additional_kwargs", None) or {}).get("refusal")
    if refusal:
        return Thought(reasoning="The model declined.", move=Refuse(why=str(refusal)))
    calls = [(str(c["name"]), dict(c["args"] or {})) for c in reply.tool_calls]
    calls += [c for broken in reply.invalid_tool_calls for c in _mended(broken)]
    shown = _shown(reply, text)
    if not calls:
        if _cut_off(reply):
            raise UnusableReply(f"the reply was cut off at its greatest length; be shorter. It began: {shown}")
        if not text.strip():
            raise UnusableReply("the reply was empty: call one function")
        calls = _in_text(text)
        text = ""
    if not calls:
        raise UnusableReply(f"no function was called and no JSON object given; you wrote: {shown}")
    try:
        return _thought(calls, text.strip() or reasoning, tools, notes)
    except UnusableReply as e:
        raise UnusableReply(f"{e}; you wrote: {shown}") from None


def _thought(
    calls: list[tuple[str, dict[str, Any]]], reasoning: str, tools: frozenset[str], notes: list[str]
) -> Thought:
    asked, decided = [], []
    for name, arguments in calls:
        bare = name.removeprefix(OWN) if name.startswith(OWN) and name.removeprefix(OWN) in tools else name
        if name == "ask":
            asked += [_call(c) for c in arguments.get("calls") or []]
            reasoning = reasoning or str(arguments.get("reasoning") or "")
        elif name in DECISIONS:
            decided.append((name, arguments))
        elif bare in tools:
            asked.append({"tool": bare, "arguments": _without_nothing(arguments)})
        else:
            raise UnusableReply(f"there is no function {name!r}; there are: {', '.join([*sorted(tools), *DECISIONS])}")
    unknown = [c["tool"] for c in asked if c["tool"] not in tools]
    if unknown:
        raise UnusableReply(f"there is no tool {unknown[0]!r}; there are: {', '.join(sorted(tools))}")
    if asked:
        if decided:
            notes.append(f"asked and decided at once: the {decided[0][0]} waits until the answers are in")
        return _filled("ask", {"calls": asked}, reasoning)
    if len({json.dumps(d, sort_keys=True, default=str) for d in decided}) > 1:
        raise UnusableReply(f"several decisions at once ({', '.join(n for n, _ in decided)}); make one")
    if not decided:
        raise UnusableReply("ask names no calls")
    name, arguments = decided[0]
    arguments = dict(arguments)
    said = str(arguments.pop("reasoning", "") or "")
    return _filled(name, arguments, said or reasoning)


def _filled(kind: str, fields: dict[str, Any], reasoning: str) -> Thought:
    form = MOVES[kind]
    fields = _without_nothing(fields)
    for step in fields.get("subgoals") or []:
        if isinstance(step, dict):
            step.setdefault("why", "")
    try:
        return Thought(reasoning=reasoning or "(the model gave no reasons)", move=form.model_validate(fields))
    except ValidationError as e:
        raise UnusableReply(f"{kind}: {misfit(e, form)}") from e


def _without_nothing(value: Any) -> Any:
    """The same without fields that hold null or an empty text: models fill in what they do not mean to say."""
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if v is not None and v != ""}
    if isinstance(value, list):
        return [_without_nothing(v) for v in value]
    return value


def _call(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise UnusableReply("ask: every call is an object with tool and arguments")
    name = given.get("tool") or given.get("name") or ""
    return {"tool": str(name), "arguments": _without_nothing(given.get("arguments") or {})}


def _mended(broken: Any) -> list[tuple[str, dict[str, Any]]]:
    """A call whose arguments are no JSON, where an object can be found in them."""
    found = next(objects_in(str(broken.get("args") or "")), None)
    if found is None or not broken.get("name"):
        raise UnusableReply(f"the arguments of {broken.get('name') or 'a call'} are no JSON object")
    return [(str(broken["name"]), found)]


def _in_text(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Calls written as text: ``{"name": …, "arguments": …}``, ``{"move": "plan", …}`` or ``{"plan": {…}}``."""
    calls = []
    for found in objects_in(text):
        function = found.get("function")
        name = found.get("name") or (function if isinstance(function, str) else None)
        if isinstance(function, dict):
            name, found = function.get("name"), function
        move = found.get("move", found.get("kind"))
        arguments = found.get("arguments", found.get("parameters", {}))
        if isinstance(arguments, str):
            arguments = next(objects_in(arguments), {})
        if isinstance(move, dict):
            move = {"reasoning": found.get("reasoning"), **move}
            found, move = move, move.get("kind")
        if isinstance(name, str) and isinstance(arguments, dict):
            calls.append((name, arguments))
        elif isinstance(move, str) and move in MOVES:
            wanted = {"reasoning", "calls" if move == "ask" else "", *MOVES[move].model_fields} - {"kind", ""}
            calls.append((move, {k: v for k, v in found.items() if k in wanted}))
        elif isinstance(found.get("tool"), str):
            calls.append((found["tool"], arguments if isinstance(arguments, dict) else {}))
        elif (key := next((k for k in MOVES if isinstance(found.get(k), dict)), None)) is not None:
            calls.append((key, {"reasoning": found.get("reasoning"), **found[key]}))
    return calls


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that stands in a text, outermost ones only."""
    decoder, at = json.JSONDecoder(), 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(value, dict):
            yield value
        at = end


def text_of(reply: Any) -> str:
    """What was said, thinking left out."""
    return text_and_thinking(reply)[0]


def text_and_thinking(reply: Any) -> tuple[str, str]:
    """What was said, and what was thought before it, from text or content blocks."""
    content = reply.content
    said = content if isinstance(content, str) else "".join(
        b if isinstance(b, str) else str(b.get("text") or "") for b in content if isinstance(b, str) or b.get("type") == "text"
    )  # fmt: skip
    thought = "".join(m[2] for m in _THINKING.finditer(said))
    apart = (getattr(reply, "additional_kwargs", None) or {}).get("reasoning_content") or thought
    return _THINKING.sub("", said), " ".join(str(apart).split())


def _cut_off(reply: Any) -> bool:
    met = getattr(reply, "response_metadata", None) or {}
    return str(met.get("finish_reason") or met.get("stop_reason") or met.get("done_reason")).lower() in (
        "length",
        "max_tokens",
    )


def _shown(reply: Any, text: str) -> str:
    calls = "; ".join(
        f"{c['name']}({json.dumps(c['args'], ensure_ascii=False, default=str)})" for c in reply.tool_calls
    )
    line = " ".join((text + " " + calls).split())
    return json.dumps(line if len(line) <= QUOTED else line[:QUOTED] + "…", ensure_ascii=False)
