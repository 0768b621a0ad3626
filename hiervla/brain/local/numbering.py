"""Ids that say nothing: o1, o2, … from the left of the picture to its right, for weights that are to see what a thing is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hiervla.core.briefing import Briefing
from hiervla.core.goal import Goal
from hiervla.core.plan import ToolCall, ToolResult
from hiervla.core.world import Detection, World


class Numbers:
    """The numbers of one world's things, both ways."""

    def __init__(self, world: World) -> None:
        seen = sorted(world.objects, key=lambda i: (sum(world.objects[i].box_px[::2]), world.objects[i].box_px[1]))
        ids = list(dict.fromkeys([*seen, *world.lost]))  # eyes name large things first: their order would tell kinds
        self.of = {i: f"o{n}" for n, i in enumerate(ids, 1)}
        self._ids = {n: i for i, n in self.of.items()}

    def briefing(self, b: Briefing) -> Briefing:
        """The same briefing with numbers in place of ids; what was said by a person stays as it was said."""
        return b.model_copy(update={
            "world": self.world(b.world), "before": self.world(b.before) if b.before is not None else None,
            "goals": tuple(map(self._goal, b.goals)), "complaint": self._text(b.complaint) if b.complaint else None,
            "asked": tuple(self._result(r) for r in b.asked),
            "outcomes": tuple(
                o.model_copy(update={"arguments": _renamed(o.arguments, self.of), "failure": self._failure(o.failure)}) for o in b.outcomes
            ),
            "failure": self._failure(b.failure),
            "confirmed": tuple((self._goal(g), c.model_copy(update={"why": self._text(c.why)})) for g, c in b.confirmed)
            if b.confirmed is not None else None,
        })  # fmt: skip

    def world(self, w: World) -> World:
        held = w.held.model_copy(update={"id": self._name(w.held.id)}) if w.held else None
        marks = tuple(m.model_copy(update={"id": self._name(m.id) if m.id else None}) for m in w.marks)
        facts = tuple(
            f.model_copy(update={"says": self._text(f.says), "subject": self._name(f.subject), "reference": self._name(f.reference)})
            for f in w.facts
        )  # fmt: skip
        return w.model_copy(update={
            "objects": self._things(w.objects), "lost": self._things(w.lost), "held": held, "marks": marks, "facts": facts,
            "warnings": tuple(map(self._text, w.warnings)),
        })  # fmt: skip

    def numbers(self, reply: Any) -> Any:
        """A reply, as plain JSON, with numbers in place of ids."""
        return _renamed(reply, self.of, texts=True)

    def ids(self, reply: Any) -> Any:
        """A reply with ids in place of numbers, in names and in texts."""
        return _renamed(reply, self._ids, texts=True)

    def _things(self, things: Mapping[str, Detection]) -> dict[str, Detection]:
        return {
            self._name(i): d.model_copy(
                update={"id": self._name(d.id), "support": self._name(d.support), "part_of": self._name(d.part_of or "") or None}
            )
            for i, d in sorted(things.items(), key=lambda named: int(self.of[named[0]][1:]) if named[0] in self.of else 0)
        }  # fmt: skip

    def _goal(self, g: Goal) -> Goal:
        subject = self._text(g.subject) if g.relation == "did" else self._name(g.subject)
        others, reference = tuple(map(self._name, g.others)), self._name(g.reference or "") or None
        return g.model_copy(update={"subject": subject, "others": others, "reference": reference})

    def _result(self, r: ToolResult) -> ToolResult:
        call = ToolCall(tool=r.call.tool, arguments=_renamed(r.call.arguments, self.of))
        return r.model_copy(update={"call": call, "says": self._text(r.says), "data": _renamed(r.data, self.of)})

    def _failure(self, failure: Any) -> Any:
        if failure is None:
            return None
        evidence = tuple(e.model_copy(update={"says": self._text(e.says)}) for e in failure.evidence)
        return failure.model_copy(update={"why": self._text(failure.why), "evidence": evidence})

    def _name(self, name: str) -> str:
        return self.of.get(name, name)

    def _text(self, text: str) -> str:
        return _in_text(text, self.of)


def _renamed(value: Any, names: Mapping[str, str], texts: bool = False) -> Any:
    """Plain JSON with other names in it; ``texts``: also where one stands as a word inside a longer text."""
    match value:
        case str():
            return names.get(value) or (_in_text(value, names) if texts else value)
        case dict():
            return {k: _renamed(v, names, texts) for k, v in value.items()}
        case list() | tuple():
            return [_renamed(v, names, texts) for v in value]
    return value


def _in_text(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    longest = sorted(names, key=len, reverse=True)
    return re.sub(rf"(?<![A-Za-z0-9_])(?:{'|'.join(map(re.escape, longest))})(?![A-Za-z0-9_])", lambda m: names[m[0]], text)  # fmt: skip
