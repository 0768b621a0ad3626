"""What earlier turns add: an answer to a question completes the instruction it was asked about; ``it`` may be older."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hiervla.brain.grammar.acts import (
    Arrange,
    Bare,
    Do,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Sort,
    Stack,
    Swap,
    Tidy,
)
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing

Reader = Callable[[str], Instruction | NotUnderstood]


def completed(
    reading: Instruction | NotUnderstood,
    briefing: Briefing,
    read: Reader,
    ambiguous_part: Callable[[Instruction], str | None],
) -> tuple[Instruction | NotUnderstood, bool]:
    """The reading, completed by the instruction it answers to where it is only a part of one; and whether it was.

    ``ambiguous_part``: the words of an instruction that fit several things, if that is what keeps it from being done.
    """
    asked = briefing.dialogue and briefing.dialogue[-1].who == "robot"
    before = next((t.says for t in reversed(briefing.dialogue) if t.who == "person"), None)
    if not asked or before is None:
        return reading, False
    earlier = read(before)
    if isinstance(reading, Instruction) and isinstance(reading.acts[0], Bare) and isinstance(earlier, Instruction):
        part = ambiguous_part(earlier)
        if part is not None and len(reading.acts[0].things) == 1:
            answer = reading.acts[0].things[0]
            acts = substitute(earlier.acts, part, answer)
            return replace(earlier, acts=acts, language=reading.language), True
    if (isinstance(reading, NotUnderstood) and reading.key in ("not_understood", "incomplete")) or _only_named(reading):
        joint = "" if reading.language == "zh" else " "
        both = read(before.rstrip(" .。!?？") + joint + briefing.instruction)
        if isinstance(both, Instruction):
            return both, True
    return reading, False


def _only_named(reading: Instruction | NotUnderstood) -> bool:
    return isinstance(reading, Instruction) and isinstance(reading.acts[0], Bare)


def substitute(part: Any, text: str, answer: Thing) -> Any:
    """A form with the thing that was said as ``text`` replaced by it, narrowed to the answer."""
    if isinstance(part, Thing) and part.text == text:
        return narrowed(part, answer)
    if isinstance(part, tuple):
        return tuple(substitute(p, text, answer) for p in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: substitute(getattr(part, f.name), text, answer) for f in fields(part)})
    return part


def narrowed(thing: Thing, answer: Thing) -> Thing:
    """``the cube`` answered by ``the red one`` is the red cube; an answer with a noun of its own replaces it."""
    if answer.id or answer.pronoun or not (answer.nounless or answer.shape == thing.shape):
        return answer
    return replace(
        thing,
        text=answer.text,
        colours=answer.colours or thing.colours,
        sizes=answer.sizes or thing.sizes,
        superlatives=answer.superlatives or thing.superlatives,
        side=answer.side or thing.side,
        quantity=thing.quantity if answer.quantity in ("the", "bare") else answer.quantity,
        count=answer.count if answer.count is not None else thing.count,
        plural=thing.plural or answer.plural,
        where=(*thing.where, *answer.where),
    )


def spoken_of_before(briefing: Briefing, read: Reader, scene: Scene) -> list[list[str]]:
    """Ids that ``it`` may mean although this instruction names none: what was handled or spoken of, the latest first."""
    found: list[list[str]] = []
    for outcome in reversed(briefing.outcomes):
        target = outcome.arguments.get("target")
        if target in briefing.world.objects:
            found.append([target])
            break
    for turn in reversed(briefing.dialogue):
        reading = read(turn.says) if turn.who == "person" else None
        if isinstance(reading, Instruction) and (things := _things(reading)):
            try:
                found.append([d.id for t in things for d in scene.branch().resolve(t)])
            except Objection:
                break
    return found


def place_before(briefing: Briefing, read: Reader, scene: Scene) -> Spot | None:
    """Where ``there`` is: where a thing was last said to be or to go, else the last container or zone spoken of."""
    for turn in reversed(briefing.dialogue):
        reading = read(turn.says) if turn.who == "person" else None
        if not isinstance(reading, Instruction):
            continue
        for act in reversed(reading.acts):
            if isinstance(act, Put) and (spots := act.readings[0][-1].spots) and spots[-1].relation != "there":
                return spots[-1]
            if isinstance(act, Question) and act.spot is not None and act.spot.reference is not None:
                return act.spot
            if isinstance(act, Question | Bare):
                for thing in reversed(act.things):
                    found = scene.branch().find(thing)
                    if len(found) == 1 and (found[0].hollow or found[0].label == "plate"):
                        return Spot("to", thing, text=thing.text)
    return None


def _things(reading: Instruction) -> tuple[Thing, ...]:
    for act in reversed(reading.acts):
        match act:
            case Pick(things) | PutDown(things) | Question(_, things) | Bare(things):
                found = things
            case Arrange(_, things) | Stack(things) | Sort(things) | Tidy(things) | Swap(things):
                found = things
            case Do(_, items):
                found = tuple(i.thing for i in items)
            case Put(readings):
                found = readings[0][-1].things
            case _:
                found = ()
        if found and not any(t.pronoun for t in found):
            return found
    return ()
