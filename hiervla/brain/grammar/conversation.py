"""What earlier turns add: an answer to a question completes the instruction it was asked about; ``it`` may be older."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hiervla.brain.grammar.acts import Bare, Do, Incomplete, Instruction, Put, Question, Repeat, When
from hiervla.brain.grammar.antecedents import things_of
from hiervla.brain.grammar.characters import NARROW, unmarked, unspaced
from hiervla.brain.grammar.contrast import (
    asked_of_another,
    in_contrast,
    leaning_place,
    names_another,
    put_right,
    under_headings,
)
from hiervla.brain.grammar.corrections import (
    Reader,
    after_no,
    again,
    look_alone,
    placed_without_verb,
    put_elsewhere,
    says_more,
    the_better,
    the_same_with,
)
from hiervla.brain.grammar.followups import (
    any_one,
    if_so,
    leaning,
    what_about,
    what_is_held,
    with_the_question,
    without_more,
)
from hiervla.brain.grammar.followups import put_elsewhere as elsewhere_after_all
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.brain.grammar.replacing import in_its_place, instead_of, of_a_mark, substitute, with_it
from hiervla.brain.grammar.retelling import goes_on, retold, with_others
from hiervla.brain.grammar.second_thoughts import second_thought
from hiervla.brain.grammar.turns import asked_about, before_asked, followed_back, place_alone
from hiervla.brain.grammar.words import Words
from hiervla.core.briefing import Briefing, Turn

_ABOUT = re.compile(
    r"(?:so |and |ok(?:ay)?,? |but )?(?:what|how) about (?P<what>(?:the|my|that|this)\b[^?,.]+?)\s*\??", re.I
)
"""``what about the bowl?``, after a question: the same is asked of it."""


def completed(
    reading: Instruction | NotUnderstood,
    briefing: Briefing,
    read: Reader,
    scene: Scene,
    ambiguous_part: Callable[[Instruction], str | None],
    words: Words,
) -> tuple[Instruction | NotUnderstood, bool]:
    """The reading, completed by the instruction it answers to where it is only a part of one; and whether it was.

    ``ambiguous_part``: the words of an instruction that fit several things, if that is what keeps it from being done.
    """
    roles, rules = words.roles, words.rewriting
    said = unmarked(briefing.instruction)
    said = said.translate(NARROW) if reading.language == "en" else unspaced(said)
    briefing = briefing.model_copy(update={"instruction": said})
    finds, finds_en = partial(rules.finds, "zh", "answer"), partial(rules.finds, "en", "answer")
    if isinstance(reading, Instruction) and isinstance(reading.acts[0], Repeat):
        last = again(reading.acts[0], briefing, read)
        if last is not None:
            return (replace(last, language=reading.language) if isinstance(last, Instruction) else last), True
    unread = isinstance(reading, NotUnderstood) and reading.key != "too_long"
    listed = reading.language == "en" and (unread or _only_named(reading))
    if listed and (headed := under_headings(briefing.instruction, read, scene, finds_en)) is not None:
        return headed, True
    if isinstance(reading, NotUnderstood) and reading.language == "en" and reading.key != "too_long":
        thought = second_thought(briefing.instruction, read, roles, scene, finds_en)
        if thought is not None:
            return thought, True
    asked = briefing.dialogue and briefing.dialogue[-1].who == "robot"
    before = next((t.says for t in reversed(briefing.dialogue) if t.who == "person"), None)
    if not asked or before is None:
        return reading, False
    older = lambda r, b: completed(r, b, read, scene.branch(), ambiguous_part, words)  # noqa: E731
    earlier = placed_without_verb(followed_back(read(before), briefing, older))
    if (
        isinstance(reading, Instruction)
        and isinstance(when := reading.acts[0], When)
        and when.condition.kind == "asked"
    ):
        so = if_so(briefing.instruction, before, read, finds)
        return so or with_the_question(reading, when, briefing, read), True
    if isinstance(earlier, Instruction) and reading.language == "zh":
        if (anew := retold(briefing, earlier, read, scene, finds)) is not None:
            return anew, True
        if isinstance(reading, Instruction):
            if (into := what_is_held(reading, briefing.instruction, scene, finds)) is not None:
                return into, True
            reading = goes_on(reading, earlier)
    if isinstance(earlier, Instruction) and isinstance(earlier.acts[-1], Put | Question):
        if isinstance(reading, Instruction) and reading.language == "zh":
            reading = with_others(reading, briefing.instruction)
        leans = (
            leaning(reading, briefing.instruction)
            if isinstance(reading, Instruction)
            else elsewhere_after_all(briefing.instruction, read, finds)
        )
        if leans is not None:
            return leans, True
    if (told := if_so(briefing.instruction, before, read, finds)) is not None:
        return told, True
    if (chosen := any_one(briefing.instruction, finds)) is not None and isinstance(earlier, Instruction):
        part = ambiguous_part(earlier)
        if part is not None:
            return replace(earlier, acts=substitute(earlier.acts, part, chosen), language=reading.language), True
    instruction = reading.said if isinstance(reading, Instruction) and reading.said else briefing.instruction
    if reading.language == "en" and isinstance(earlier, Instruction):
        if names_another(briefing.instruction, earlier, read, scene):
            return NotUnderstood("which_part", briefing.instruction.strip(), "en"), True
        instruction = rules.put(instruction, "en", "answer")
        contrast = in_contrast(briefing.instruction, finds_en, read)
        if contrast is not None and (right := put_right(earlier.said or before, *contrast, read)) is not None:
            return instead_of(replace(right, text=briefing.instruction), earlier, briefing, scene, corrects=True), True
        if contrast is not None:
            instruction = f"no, {contrast[1]}"
        elif isinstance(earlier.acts[-1], Question) and (about := _ABOUT.fullmatch(instruction.strip())):
            if (asks := asked_of_another(before, about["what"], read, scene, finds_en)) is not None:
                return asks, True
            instruction, reading = f"and {about['what']}", read(about["what"])
        elif unread and ambiguous_part(earlier) and (there := place_alone(instruction)):
            instruction, reading = there, read(there)  # "in the yellow one": which mug was asked
        elif (unread or _only_named(reading)) and (placed := leaning_place(briefing.instruction, earlier, read)):
            return placed, True
    if unread and reading.language == "zh":
        instruction = rules.put(instruction, "zh", "first")
    better = the_better(instruction, roles)
    rest = better or after_no(instruction, roles)
    same = the_same_with(instruction, roles)
    corrected = read(rest or same) if rest or same else reading
    if better and isinstance(corrected, Instruction) and corrected.said:  # a word nobody knows, where a "no" may stand
        return NotUnderstood("which_part", briefing.instruction.strip(), reading.language), True
    if isinstance(corrected, NotUnderstood) and re.fullmatch(r"[a-z]{3,9}", rest.rstrip(" .!").lower()):
        corrected = read(f"the {rest.rstrip(' .!')} one")  # "nope, blue"
    elif isinstance(corrected, NotUnderstood) and (look := look_alone(instruction, roles)):
        corrected = read(f"the {look} one")  # "green too"
    if isinstance(corrected, NotUnderstood) and (alone := without_more(briefing.instruction, roles)):
        corrected = read(alone)
    if isinstance(corrected, Instruction) and isinstance(corrected.acts[0], Bare) and isinstance(earlier, Instruction):
        part = ambiguous_part(earlier)
        if part is not None and len(corrected.acts[0].things) == 1:
            answer = corrected.acts[0].things[0]
            acts = substitute(earlier.acts, part, answer)
            scene.earlier = lambda: spoken_of_before(before_asked(briefing), read, scene)
            return replace(earlier, acts=acts, language=corrected.language), True
        placed = placed_without_verb(corrected)
        if not rest and not same and isinstance(placed, Instruction) and isinstance(placed.acts[0], Put):
            return placed, True  # "and the green one on top of it"
        other, *more = reversed(corrected.acts[0].things)
        if other.other and not more and scene.earlier() and not (rest and of_a_mark(other, earlier)):
            named = scene.like_before(other, scene.earlier())
            return instead_of(with_it(earlier, (named,), corrected), earlier, briefing, scene, bool(rest)), True
        deed = not isinstance(earlier.acts[-1], Question | Bare | Repeat)
        if rest or same or says_more(instruction, roles) or (deed and what_about(instruction, corrected.acts[0].things, finds)):  # fmt: skip
            exchanged = in_its_place(earlier, corrected, scene, bool(rest), bool(same))
            return instead_of(exchanged, earlier, briefing, scene, bool(rest) and not says_more(rest, roles)), True
    if rest and isinstance(corrected, Instruction) and not better:
        return leaning(corrected, rest) or corrected, True  # "no, put it in the bowl": all of it is said anew
    if rest and isinstance(earlier, Instruction) and isinstance(earlier.acts[-1], Put) and (moved := put_elsewhere(earlier, rest, reading.language, read)) is not None:  # fmt: skip
        return moved, True  # "no, in the drawer"
    if better:
        return NotUnderstood("which_part", briefing.instruction.strip(), reading.language), True
    whole = isinstance(earlier, Instruction) and not any(isinstance(a, Incomplete) for a in earlier.acts)
    if whole:
        return reading, False
    if (isinstance(reading, NotUnderstood) and reading.key in ("not_understood", "incomplete")) or _only_named(reading):
        joint = "" if reading.language == "zh" else " "
        both = read(before.rstrip(" .。!?？") + joint + briefing.instruction)
        if isinstance(both, Instruction):
            return both, True
    return reading, False


def _only_named(reading: Instruction | NotUnderstood) -> bool:
    return isinstance(reading, Instruction) and isinstance(reading.acts[0], Bare)


def spoken_of_before(briefing: Briefing, read: Reader, scene: Scene) -> list[list[str]]:
    """Ids that ``it`` may mean although this instruction names none: what was handled or spoken of, the latest first."""
    found: list[list[str]] = []
    for outcome in reversed(briefing.outcomes):
        target = outcome.arguments.get("target")
        if target in briefing.world.objects:
            found.append([target])
            break
    changed: list[str] = []
    for k in reversed(range(len(briefing.dialogue))):
        turn, older = briefing.dialogue[k], briefing.dialogue[:k]
        if turn.who != "person":
            changed = [c.was.id for c in turn.changed]
            continue
        reading = read(turn.says)
        if isinstance(reading, Instruction) and (there := asked_about(reading, _as_of(briefing, older, read, scene))):
            found.append(there)
        if isinstance(reading, Instruction) and (things := things_of(reading)):
            try:
                found.append(_handled(things, changed, scene))
                found += _all_of(reading, changed, scene)
            except Objection:  # what it was called by is so no longer: "take the red cube out of the box"
                if not changed:
                    break
                found.append(changed)
        elif isinstance(reading, Instruction) and changed and isinstance(reading.acts[-1], Put):
            found.append(changed)  # "put it in the mug"
        elif isinstance(reading, NotUnderstood) and changed:
            found.append(changed[-1:])  # "no wait, the car": the wrong one went back first
    return found


def _as_of(briefing: Briefing, older: tuple[Turn, ...], read: Reader, scene: Scene) -> Scene:
    """The scene as an earlier turn leant on those before it."""
    then, was = scene.branch(), briefing.model_copy(update={"dialogue": older, "outcomes": ()})
    then.earlier = lambda: spoken_of_before(was, read, scene)
    then.earlier_place = lambda: place_before(was, read, scene)
    return then


def _all_of(reading: Instruction, changed: list[str], scene: Scene) -> list[list[str]]:
    """All that one turn of several acts was about."""
    acts = [replace(reading, acts=(a,), links=()) for a in reading.acts]
    ids = [i for a in acts if (things := things_of(a)) for i in _handled(things, changed, scene)]
    return [list(dict.fromkeys(ids))] if len(acts) > 1 and len(set(ids)) > 1 else []


def _handled(things: tuple[Thing, ...], changed: list[str], scene: Scene) -> list[str]:
    """Ids of the things: those that were moved then and look so; where they stood then may say otherwise now."""
    ids: list[str] = []
    scene = scene.branch()
    scene.earlier = list  # words that lean on older words are not followed further
    for t in things:
        looks = Thing(t.text, "all", colours=t.colours, shape=t.shape, name=t.name, id=t.id)
        taken = [d.id for d in scene.branch().find(looks) if d.id in changed and d.id not in ids]
        fits = taken and (len(taken) == 1 or t.many)
        ids += taken if fits else [d.id for d in scene.branch().resolve(t)]
    return ids


def _says_where(spot: Spot) -> bool:
    """``里面有什么`` asks of a place that was named before."""
    return spot.reference is not None and not (isinstance(spot.reference, Thing) and spot.reference.pronoun == "it")


def place_before(briefing: Briefing, read: Reader, scene: Scene) -> Spot | None:
    """Where ``there`` is: where a thing was last said to be or to go, else the last container or zone spoken of."""
    for turn in reversed(briefing.dialogue):
        reading = read(turn.says) if turn.who == "person" else None
        if not isinstance(reading, Instruction):
            continue
        for act in reversed(reading.acts):
            if isinstance(act, Put) and (spots := act.readings[0][-1].spots) and spots[-1].relation != "there":
                return spots[-1]
            if isinstance(act, Do) and act.skill == "open" and act.items:
                return Spot("in", act.items[0].thing, text=act.text)
            if isinstance(act, Question) and act.spot is not None and _says_where(act.spot):
                return act.spot
            within = [replace(w, negated=False) for t in act.things for w in t.where if w.relation in ("in", "on")] if isinstance(act, Question) else []  # fmt: skip
            within = [w for w in within if not (isinstance(w.reference, Fixture) and w.reference.name == "table")]
            if within and within[0].reference is not None:  # "is there anything in the bowl?"
                return within[0]
            near = (
                [w for t in act.things for w in t.where if w.relation == "super"] if isinstance(act, Question) else []
            )
            if near and isinstance(near[0].reference, Thing):  # "哪个离水果碗近"
                return Spot("to", near[0].reference, text=near[0].text)
            if isinstance(act, Question) and act.other is not None:  # "how far is it from the green bowl?"
                return Spot("to", act.other, text=act.other.text)
            if isinstance(act, Question | Bare):
                for thing in reversed(act.things):
                    found = scene.branch().find(thing)
                    if len(found) == 1 and (found[0].hollow or found[0].label == "plate"):
                        return Spot("to", thing, text=thing.text)
    return None
