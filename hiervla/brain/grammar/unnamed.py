"""Names that no word here covers: which words of an instruction would be names, and what a detector found of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any

from hiervla.brain.grammar.acts import Bare, Instruction, When
from hiervla.brain.grammar.chinese_nouns import nouns_in
from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.explaining import NotUnderstood
from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.lookups import to_ask
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.speech import Speech
from hiervla.core.briefing import Briefing
from hiervla.core.plan import Ask, Clarify, Thought, ToolCall
from hiervla.core.vocabulary import Inventory

SOUGHT = ("unknown_word", "unknown_thing", "unknown_deed", "unknown_asked")
"""Keys of readings that failed on a word which may be a name."""
MOST = 3
"""Names in one sentence."""
NAMELESS = ("unknown_word", "unknown_thing", "unknown_deed", "not_understood", "condition")
"""Keys of readings that may have failed on a Chinese noun, which no space sets apart."""
TRIED = 4
"""Nouns of one sentence that are tried as names."""
Reading = Instruction | NotUnderstood


def seek(
    briefing: Briefing, reading: NotUnderstood, read: Callable[[Briefing], Reading], speech: Speech, may_ask: bool
) -> tuple[Thought | None, str]:
    """Send the detector for names that are not known, or ask back about what it is not sure of.

    Without either: what is to be said of its search besides, if there was one.
    """
    names = names_in(briefing, reading, read)
    if may_ask and (calls := to_ask(look_ups(names), briefing)):
        says = speech.say("r_seek", names=[f"“{n}”" for n in names], by=briefing.seeks)
        return Thought(reasoning=says, move=Ask(calls=tuple(calls))), ""
    if says := doubt(names, briefing, speech):
        return Thought(reasoning=says, move=Clarify(question=says)), ""
    answers = [r.ok for r in briefing.asked if r.call in look_ups(names)]
    if not answers:
        return None, ""
    return None, speech.say("sought" if all(answers) else "sought_in_vain", by=briefing.seeks)


def names_in(briefing: Briefing, reading: NotUnderstood, read: Callable[[Briefing], Reading]) -> tuple[str, ...]:
    """The unknown words of an instruction that would make it whole if they named things; none where that is not so.

    Args:
        briefing: with the instruction.
        reading: how it failed to be read.
        read: reads the instruction of a briefing in the words of its vocabulary.
    """
    names: list[str] = []
    words, now = briefing.vocabulary, reading
    while now.key in SOUGHT and now.part not in names and len(names) < MOST:
        names.append(now.part)
        words = words.model_copy(update={"inventory": (*words.inventory, Inventory(name=now.part, looks=""))})
        found: Reading | None = None
        with suppress(Objection):  # then what it leans on is missing, whatever the name stands for
            found = read(briefing.model_copy(update={"vocabulary": words}))
        if isinstance(found, NotUnderstood):
            now = found
            continue
        if found is None or isinstance(found.acts[0], Bare):
            return ()
        nouns = {
            t.name for t in _things(found) if not t.shape
        }  # in "bleu cube" the noun is known, and a slip stands before it
        return tuple(names) if nouns.issuperset(names) else ()
    return ()


def not_there(briefing: Briefing, reading: NotUnderstood, read: Callable[[Briefing], Reading]) -> Reading | None:
    """What is said of a thing that nothing in sight is called by, where the sentence is whole but for its name.

    ``If there is a banana, …, otherwise …`` is read as it is said: it is known that there is none. Of anything else it is the reason why it
    cannot be done. None where the word may be a slip, or is in no dictionary.
    """
    if reading.near or not (name := _called_by_nothing(briefing, reading, read)):
        return None
    found = read(_with_name(briefing, name))
    if not isinstance(found, Instruction):
        return None
    act = found.acts[0] if len(found.acts) == 1 else None
    asked = isinstance(act, When) and act.condition.kind == "exists" and act.condition.things[0].name == name
    if not isinstance(act, When) or not asked or act.condition.negated:
        return NotUnderstood("unknown_thing", name, reading.language) if reading.language == "zh" else None
    elsewhere = {t.name for t in _things(act.otherwise)} | {t.name for s in act.condition.things for w in s.where for t in _things(w)}  # fmt: skip
    return found if name not in elsewhere else None


def _called_by_nothing(briefing: Briefing, reading: NotUnderstood, read: Callable[[Briefing], Reading]) -> str:
    """The one noun of the dictionary that no word here covers and that would make the sentence whole; empty where there is none."""
    if reading.language != "zh":
        names = names_in(briefing, reading, read) if reading.key == "unknown_thing" else ()
        return names[0] if len(names) == 1 and all(map(is_english, names[0].lower().split())) else ""
    if reading.key not in NAMELESS:
        return ""
    for noun in nouns_in(briefing.instruction)[:TRIED]:
        with suppress(Objection):
            if isinstance(read(briefing.model_copy(update={"instruction": f"把{noun}拿起来"})), Instruction):
                continue  # it is known, and something else stands in the way
            found = read(_with_name(briefing, noun))
            if isinstance(found, Instruction) and noun in {t.name for t in _things(found) if not t.shape}:
                return noun
    return ""


def _with_name(briefing: Briefing, name: str) -> Briefing:
    words = briefing.vocabulary
    named = words.model_copy(update={"inventory": (*words.inventory, Inventory(name=name, looks=""))})
    return briefing.model_copy(update={"vocabulary": named})


def look_ups(names: tuple[str, ...]) -> list[ToolCall]:
    """The questions that send a detector for names."""
    return [ToolCall(tool="detect_objects", arguments={"query": n}) for n in names]


def doubt(names: tuple[str, ...], briefing: Briefing, speech: Speech) -> str:
    """What a detector thinks a name may be and is not sure of, as a question back; empty where there is nothing of the kind."""
    calls = look_ups(names)
    for result in reversed(briefing.asked):
        doubtful = result.data.get("not_sure") if isinstance(result.data, dict) and result.call in calls else None
        if not doubtful or result.data["objects"] or result.look_id != briefing.world.look_id:
            continue
        found = [briefing.world.objects.get(d["id"]) for d in doubtful]
        told = [
            d if d is not None else speech.say("at_place", x=float(f["centre"][0]), y=float(f["centre"][1]))
            for d, f in zip(found, doubtful, strict=True)
        ]
        part = str(result.call.arguments["query"])
        score = max(float(d["name_score"]) for d in doubtful)
        return speech.say("unsure_thing", part=part, found=told, by=result.data["by"], score=score)
    return ""


def _things(value: Any) -> Iterator[Thing]:
    """Every description of a thing in a reading, however deep it stands."""
    if isinstance(value, Thing):
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            yield from _things(getattr(value, f.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _things(part)
