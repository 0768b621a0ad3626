"""``近的那个``: the nearer of what was asked about or is being chosen from; of nothing at all it says nothing."""

from __future__ import annotations

from dataclasses import replace

from hiervla.brain.grammar.acts import Bare, Instruction, Question
from hiervla.brain.grammar.antecedents import each_thing
from hiervla.brain.grammar.corrections import Reader
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.objection import clarify
from hiervla.core.briefing import Briefing


def nearer_of(reading: Instruction, briefing: Briefing, read: Reader) -> Instruction:
    """The instruction with each such thing as one that can be found.

    Raises:
        Objection: nothing was spoken of that it could be one of.
    """
    known = _asked_about(briefing, read)
    answers = isinstance(reading.acts[0], Bare)

    def found(thing: Thing) -> Thing:
        near = next((s for s in thing.where if s.relation == "nearer_of"), None)
        if near is None:
            return thing
        rest = tuple(s for s in thing.where if s is not near)
        if known is not None and not known.where:
            return replace(known, text=thing.text, superlatives=(near.superlative or "nearest",))
        if known is not None:
            spot = replace(_nearest(known), superlative=near.superlative)
            return replace(
                known, where=tuple(spot if s.relation == "super" else s for s in known.where), text=thing.text
            )
        if not answers:
            raise clarify("what_it", part=thing.text)
        return replace(thing, where=rest, superlatives=(*thing.superlatives, near.superlative or "nearest"))

    acts = each_thing(reading.acts, found)
    return reading if acts == reading.acts else replace(reading, acts=acts)


def _nearest(thing: Thing) -> Spot:
    return next(s for s in thing.where if s.relation == "super")


def _asked_about(briefing: Briefing, read: Reader) -> Thing | None:
    """``苹果和橙子，哪个离碗近``, asked right before."""
    before = next((t.says for t in reversed(briefing.dialogue) if t.who == "person"), None)
    reading = read(before) if before is not None else None
    if not isinstance(reading, Instruction) or not isinstance(reading.acts[0], Question):
        return None
    asked = reading.acts[0].things
    if reading.acts[0].kind == "choose" and len(asked) > 1:  # "扳手和螺丝刀，哪个离你近"
        return Thing(text="", quantity="the", shape="object", either=asked)
    return asked[0] if len(asked) == 1 and any(s.relation == "super" for s in asked[0].where) else None
