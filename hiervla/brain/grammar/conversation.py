"""What earlier turns add: an answer to a question completes the instruction it was asked about; ``it`` may be older."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hiervla.brain.grammar.acts import (
    Arrange,
    Bare,
    Do,
    Incomplete,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Repeat,
    Sort,
    Spare,
    Stack,
    Swap,
    Tidy,
    Transfer,
)
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.form import Item, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.noun_phrases import Misread
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing

Roles = Mapping[str, list[str]]
"""Lists of words by what they do: ``no`` takes back, ``more`` adds."""
MEASURED = ("side", "by", "nearer", "farther")
"""Ways that can be gone farther."""
Reader = Callable[[str], Instruction | NotUnderstood]


def completed(
    reading: Instruction | NotUnderstood,
    briefing: Briefing,
    read: Reader,
    scene: Scene,
    ambiguous_part: Callable[[Instruction], str | None],
    roles: Roles,
) -> tuple[Instruction | NotUnderstood, bool]:
    """The reading, completed by the instruction it answers to where it is only a part of one; and whether it was.

    ``ambiguous_part``: the words of an instruction that fit several things, if that is what keeps it from being done.
    """
    if isinstance(reading, Instruction) and isinstance(reading.acts[0], Repeat):
        last = again(reading.acts[0], briefing, read)
        if last is not None:
            return (replace(last, language=reading.language) if isinstance(last, Instruction) else last), True
    asked = briefing.dialogue and briefing.dialogue[-1].who == "robot"
    before = next((t.says for t in reversed(briefing.dialogue) if t.who == "person"), None)
    if not asked or before is None:
        return reading, False
    earlier = read(before)
    rest = after_no(briefing.instruction, roles)
    same = the_same_with(briefing.instruction, roles)
    corrected = read(rest or same) if rest or same else reading
    if isinstance(corrected, Instruction) and isinstance(corrected.acts[0], Bare) and isinstance(earlier, Instruction):
        part = ambiguous_part(earlier)
        if part is not None and len(corrected.acts[0].things) == 1:
            answer = corrected.acts[0].things[0]
            acts = substitute(earlier.acts, part, answer)
            return replace(earlier, acts=acts, language=corrected.language), True
        if (other := corrected.acts[0].things[-1]).other and len(corrected.acts[0].things) == 1 and scene.earlier():
            named = scene.like_before(other, scene.earlier())
            return with_it(earlier, named, corrected), True
        if rest or same or says_more(briefing.instruction, roles):
            return in_its_place(earlier, corrected, scene, bool(rest)), True
    if rest and isinstance(corrected, Instruction):
        return corrected, True  # "no, put it in the bowl": all of it is said anew
    if rest and isinstance(earlier, Instruction) and isinstance(earlier.acts[-1], Put):
        elsewhere = read(("把它放" if reading.language == "zh" else "put it ") + rest)  # "no, in the drawer"
        if isinstance(elsewhere, Instruction):
            return elsewhere, True
    whole = isinstance(earlier, Instruction) and not any(isinstance(a, Incomplete) for a in earlier.acts)
    if whole:
        return reading, False
    if (isinstance(reading, NotUnderstood) and reading.key in ("not_understood", "incomplete")) or _only_named(reading):
        joint = "" if reading.language == "zh" else " "
        both = read(before.rstrip(" .。!?？") + joint + briefing.instruction)
        if isinstance(both, Instruction):
            return both, True
    return reading, False


def after_no(text: str, roles: Roles) -> str:
    """What follows a ``no,`` that takes the last instruction back; empty when it does not begin so."""
    said = text.strip().lower()
    for word in sorted(roles.get("no", ()), key=len, reverse=True):
        rest = said[len(word) :]
        if said.startswith(word) and rest[:1] in (",", "，", "!", "！", ".", "。", " ") and rest.strip(" ,，!！.。"):
            return _after_is(text.strip()[len(word) :].lstrip(" ,，!！.。"), roles)
    return ""


def _after_is(rest: str, roles: Roles) -> str:
    """``no, it is the blue one``: the blue one."""
    for word in sorted(roles.get("is", ()), key=len, reverse=True):
        if rest.lower().startswith(word + " " * word.isascii()) and rest[len(word) :].strip():
            return rest[len(word) :].strip()
    return rest


def the_same_with(text: str, roles: Roles) -> str:
    """What follows ``do the same with``; empty when it does not begin so."""
    said = text.strip()
    for word in sorted(roles.get("same_with", ()), key=len, reverse=True):
        if said.lower().startswith(word) and (not word.isascii() or said[len(word) :][:1] == " "):
            return said[len(word) :].strip()
    return ""


def says_more(text: str, roles: Roles) -> bool:
    """``and the green one too``: the same is to be done with something else."""
    said = text.strip().lower().rstrip(" .。!！")
    return any(said.endswith(w) or said.startswith(w if not w.isascii() else w + " ") for w in roles.get("more", ()))


def in_its_place(earlier: Instruction, said: Instruction, scene: Scene, corrects: bool) -> Instruction | NotUnderstood:
    """The last act again with another thing; a correction may also mean where it goes, when only that fits."""
    bare = said.acts[0]
    answer = bare.things[0] if isinstance(bare, Bare) and len(bare.things) == 1 else None
    act = earlier.acts[-1]
    subjects = list(_things(replace(earlier, acts=(act,), links=())))
    marks = [t.spots[-1].reference for t in act.readings[0] if t.spots] if isinstance(act, Put) else []
    parts = [*subjects, *(m for m in marks if corrects and isinstance(m, Thing))]
    fit = [p for p in parts if answer is not None and scene.branch().find(narrowed(p, answer))]
    alike = [p for p in fit if answer is not None and answer.shape is not None and p.shape == answer.shape]
    fit = alike or fit
    if answer is None or len(fit) != 1 or (len(subjects) != 1 and fit[0] in subjects):
        return NotUnderstood("which_part", said.text.strip(), said.language)
    acts = substitute((act,), fit[0].text, answer)
    return Instruction(said.text, said.language, acts, (), earlier.styles)


def with_it(earlier: Instruction, thing: Thing, said: Instruction) -> Instruction | NotUnderstood:
    """The last act once more, with another thing instead of what it was done with."""
    act = earlier.acts[-1]
    match act:
        case Put(ways) if len(ways[0]) == 1:
            act = replace(act, readings=((replace(ways[0][0], things=(thing,)),),))
        case Pick() | Spare():
            act = replace(act, things=(thing,))
        case Do(_, items) if len(items) == 1:
            act = replace(act, items=(replace(items[0], thing=thing),))
        case _:
            return NotUnderstood("which_part", said.text.strip(), said.language)
    return Instruction(said.text, said.language, (act,), (), earlier.styles)


def placed_without_verb(reading: Instruction | NotUnderstood) -> Instruction | NotUnderstood:
    """``salt to the left of the pepper, please``: where nothing was asked, what stands without a verb says what goes where."""
    if not isinstance(reading, Instruction) or not isinstance(reading.acts[0], Bare):
        return reading
    items = reading.acts[0].items
    if not items or not items[-1].groups:
        return reading
    last = items[-1].groups[-1][-1]
    if last.describes or last.relation not in (
        "in",
        "on",
        "beside",
        "at_distance",
        "between",
        "corner",
        "middle",
        "to",
    ):
        return reading
    try:
        put = Put(readings(items), reading.acts[0].text)
    except Misread:
        return reading
    return replace(reading, acts=(put,))


def again(repeat: Repeat, briefing: Briefing, read: Reader) -> Instruction | NotUnderstood | None:
    """What was asked for last, once more; or the same way a little farther. None when nothing was."""
    for turn in reversed(briefing.dialogue):
        earlier = read(turn.says) if turn.who == "person" else None
        if not isinstance(earlier, Instruction) or isinstance(earlier.acts[-1], Question | Repeat | Bare):
            continue
        if repeat.distance_m is None:
            return earlier
        act = earlier.acts[-1]
        match act:
            case Put(told) if told[0][-1].spots and told[0][-1].spots[-1].relation in MEASURED:
                spot = replace(told[0][-1].spots[-1], distance_m=repeat.distance_m, text=repeat.text)
                return replace(earlier, acts=(Put(((Transfer((IT,), (spot,)),),), repeat.text),), links=())
            case Do(skill, items, spots) if (ways := _ways(items, spots)) and ways[-1].relation in MEASURED:
                spot = replace(ways[-1], distance_m=repeat.distance_m, text=repeat.text)
                return replace(earlier, acts=(Do(skill, (Item(IT),), (spot,), repeat.text),), links=())
        return NotUnderstood("which_part", repeat.text, earlier.language)
    return None


def _ways(items: tuple[Item, ...], spots: tuple[Spot, ...]) -> list[Spot]:
    return [*(s for i in items for g in i.groups for s in g), *spots]


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
    told = answer.colours or answer.sizes or answer.superlatives or answer.where
    if answer.id or answer.pronoun or answer.name or (answer.shape not in (None, thing.shape) and told):
        return answer
    return replace(
        thing,
        text=answer.text,
        shape=answer.shape or thing.shape,
        name=None if answer.shape else thing.name,
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
    changed: list[str] = []
    for turn in reversed(briefing.dialogue):
        if turn.who != "person":
            changed = [c.was.id for c in turn.changed]
            continue
        reading = read(turn.says)
        if isinstance(reading, Instruction) and (things := _things(reading)):
            try:
                found.append(_handled(things, changed, scene))
            except Objection:
                break
    return found


def _handled(things: tuple[Thing, ...], changed: list[str], scene: Scene) -> list[str]:
    """Ids of the things: of ``a cube``, the one that was taken then."""
    ids: list[str] = []
    for t in things:
        some = t.quantity in ("a", "count")
        taken = (
            [d.id for d in scene.branch().find(replace(t, quantity="all", count=None)) if d.id in changed]
            if some
            else []
        )
        ids += taken or [d.id for d in scene.branch().resolve(t)]
    return ids


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
            if isinstance(act, Question) and act.other is not None:  # "how far is it from the green bowl?"
                return Spot("to", act.other, text=act.other.text)
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
            case Put(told):
                found = told[0][-1].things
            case _:
                found = ()
        if found and not any(t.pronoun for t in found):
            return found
    return ()
