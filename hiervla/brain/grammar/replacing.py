"""The last act with other things in the place of those it was done with: ``no, the green one``, ``and the duck``, ``the same with …``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hiervla.brain.grammar.acts import Bare, Do, Instruction, Pick, Put, Spare, Transfer
from hiervla.brain.grammar.antecedents import things_of
from hiervla.brain.grammar.form import Spot, Thing, narrowed
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing

_ONES = re.compile(r"\bones?$", re.I)
"""A thing without a noun of its own, although it may have been given that of the next."""
How = Callable[[Thing, Thing], Thing]
"""A thing that was said, and what is said now, to what is meant."""


def in_its_place(
    earlier: Instruction, said: Instruction, scene: Scene, corrects: bool, same: bool = False
) -> Instruction | NotUnderstood:
    """The last act again with other things; a correction may also mean where it goes, when only that fits."""
    answers = said.acts[0].things if isinstance(said.acts[0], Bare) else ()
    act = earlier.acts[-1]
    subjects = list(things_of(replace(earlier, acts=(act,), links=())))
    marks = [t.spots[-1].reference for t in act.readings[0] if t.spots] if isinstance(act, Put) else []
    if len(answers) == 2 and same and len(subjects) == 1 and len(marks) == 1 and _holds(answers[1], marks[0], scene):
        first = replace(answers[0], shape=None, name=None) if _ONES.search(answers[0].text) else answers[0]
        moved = with_it(earlier, (_instead(subjects[0], first),), said)
        if isinstance(moved, Instruction) and isinstance(
            marks[0], Thing
        ):  # "the same with the blue ones and the blue bowl"
            return replace(moved, acts=_exchanged(moved.acts, marks[0], answers[1]))
    if len(answers) > 1 and not corrects and len(subjects) == 1:
        return with_it(earlier, tuple(_instead(subjects[0], a) for a in answers), said)
    if (
        answers and not corrects and not subjects and isinstance(act, Put) and marks
    ):  # "now put it in the box", "the car too"
        return with_it(earlier, answers, said)
    answer = answers[0] if len(answers) == 1 else None
    if (
        answer is not None
        and not corrects
        and len(subjects) == 1
        and (wide := _another_one(subjects[0], answer, scene))
    ):
        return with_it(earlier, (wide,), said)
    parts = [*subjects, *(m for m in marks if corrects and isinstance(m, Thing))]
    fit = [p for p in parts if answer is not None and _changes(p, answer, scene, corrects)]
    if len(fit) > 1 and answer is not None and corrects:  # "no, the white box": what can hold things is where it goes
        fit = _of_one_kind(fit, answer, scene) or [p for p in fit if (p not in subjects) == _holding(answer, scene)]
    alike = [p for p in fit if answer is not None and answer.shape is not None and p.shape == answer.shape]
    fit = alike or fit
    if answer is None or len(fit) != 1 or (len(subjects) != 1 and fit[0] in subjects):
        return NotUnderstood("which_part", said.text.strip(), said.language)
    acts = _exchanged((act,), fit[0], answer)
    if same and fit[0] in subjects and len(marks) == 1 and (own := _of_own_colour(fit[0], marks[0], answer, scene)):
        acts = _exchanged(acts, own[0], own[1])
    return Instruction(said.text, said.language, acts, (), earlier.styles)


def _of_own_colour(was: Thing, mark: object, now: Thing, scene: Scene) -> tuple[Thing, Thing] | None:
    """``put the red cube in the red bowl``, ``the same with the blue one``: the bowl of its colour, where there is one."""
    alike = isinstance(mark, Thing) and mark.colours and mark.colours == was.colours and not mark.nounless
    if not isinstance(mark, Thing) or not alike or not now.colours or now.colours == was.colours:
        return None
    text = mark.text.lower().replace(mark.colours[0], now.colours[0])
    own = replace(mark, colours=now.colours, text=text)
    return (mark, own) if len(scene.branch().find(own)) == 1 else None


def of_a_mark(other: Thing, earlier: Instruction) -> bool:
    """``no, the other box``, after the cube in the red box: where it goes."""
    act = earlier.acts[-1]
    if not isinstance(act, Put) or other.nounless or not act.readings[0][-1].spots:
        return False
    mark, things = act.readings[0][-1].spots[-1].reference, act.readings[0][-1].things
    noun = (other.shape, other.name)
    return isinstance(mark, Thing) and (mark.shape, mark.name) == noun not in [(t.shape, t.name) for t in things]


def _another_one(thing: Thing, answer: Thing, scene: Scene) -> Thing | None:
    """``最右边那个也一样``, ``橙色的也是``: one that is left, where of just the looks of before there is none."""
    if not scene.changed or answer.shape or answer.name or answer.pronoun or answer.id or thing.pronoun:
        return None
    moved = {c.was.id for c in scene.changed[0]}
    left = lambda t: [d for d in scene.branch().find(t) if d.id not in moved]  # noqa: E731
    own = narrowed(thing, answer)
    most = bool(answer.superlatives or answer.side)
    if left(own):
        return None
    like = replace(own, colours=answer.colours, sizes=answer.sizes, other=most)
    return like if left(replace(like, other=False)) else replace(answer, other=most)


def _of_one_kind(parts: list[Thing], answer: Thing, scene: Scene) -> list[Thing]:
    """After the teacup on the plate, ``no, the mug`` is no place: a cup for a cup."""
    label = lambda t: {d.label for d in scene.branch().find(t)}  # noqa: E731
    alike = [p for p in parts if label(p) == label(answer)]
    return alike if len(alike) == 1 else []


def _holding(answer: Thing, scene: Scene) -> bool:
    return any(d.hollow or d.label == "plate" for d in scene.branch().find(answer))


def _changes(part: Thing, answer: Thing, scene: Scene, corrects: bool) -> bool:
    """There is such a thing, and, of a correction, it is not what was meant before."""
    found = scene.branch().find(_instead(part, answer))
    try:
        return bool(found) and not (corrects and found == scene.branch().find(part))
    except Objection:
        return bool(found)


def _instead(thing: Thing, answer: Thing) -> Thing:
    """What is named by a noun of another kind stands for itself: after the red ball, ``the ring`` may be of any colour."""
    alike = not answer.nounless and (answer.shape, answer.name) == (thing.shape, thing.name)
    if answer.other and not thing.pronoun and alike and not answer.colours:
        return answer  # "换另一个盒子": of whatever colour
    another = (answer.shape or answer.name) and (answer.shape, answer.name) != (thing.shape, thing.name)
    if another and not thing.pronoun and thing.quantity == "all" and answer.quantity == "bare":
        return replace(answer, quantity="all")  # "方块也是" after "把球都放进去"
    if another and not thing.pronoun:
        return answer
    instead = narrowed(thing, answer)
    all_of_them = answer.plural and answer.quantity == "the" and thing.quantity in ("a", "the") and not thing.plural
    return replace(instead, quantity="all", plural=True, count=None) if all_of_them else instead  # "the green ones"


def _exchanged(part: Any, thing: Thing, answer: Thing) -> Any:
    return substitute(part, thing.text, answer, _instead)


def _holds(answer: Thing, mark: object, scene: Scene) -> bool:
    """It names a place for things, as what was said before did."""
    if not isinstance(mark, Thing) or mark.pronoun:
        return False
    found = scene.branch().find(_instead(mark, answer))
    return bool(found) and all(d.hollow or d.label == "plate" for d in found)


def with_it(earlier: Instruction, things: tuple[Thing, ...], said: Instruction) -> Instruction | NotUnderstood:
    """The last act once more, with other things instead of what it was done with."""
    act = earlier.acts[-1]
    match act:
        case Put(ways) if len(ways[0]) == 1:
            act = replace(act, readings=((replace(ways[0][0], things=things),),))
        case Pick() | Spare():
            act = replace(act, things=things)
        case Do(_, items) if len(items) == 1:
            act = replace(act, items=tuple(replace(items[0], thing=t) for t in things))
        case _:
            return NotUnderstood("which_part", said.text.strip(), said.language)
    return Instruction(said.text, said.language, (act,), (), earlier.styles)


def instead_of(
    told: Instruction | NotUnderstood, earlier: Instruction, briefing: Briefing, scene: Scene, corrects: bool
) -> Instruction | NotUnderstood:
    """What was moved by mistake goes back first; where something is only added, what was moved before stays."""
    if isinstance(told, NotUnderstood):
        return told
    if corrects:
        moved = [c.was.id for c in briefing.dialogue[-1].changed if c.was.support != "hand"]
        return put_back_first(told, earlier, moved, scene)
    now = {d.id for t in things_of(told) if not t.pronoun for d in scene.branch().find(t)}
    scene.spared |= {c.was.id for changed in scene.changed for c in changed} - now
    return told


def put_back_first(told: Instruction, earlier: Instruction, moved: list[str], scene: Scene) -> Instruction:
    """``no, the green one``: what was moved by mistake goes back to where it was before the right one is moved."""
    act, last = told.acts[-1], earlier.acts[-1]
    if not (isinstance(act, Put) and isinstance(last, Put)) or len(act.readings[0]) != 1 or len(last.readings[0]) != 1:
        return told
    before, now = last.readings[0][0].things, act.readings[0][0].things
    if before == now:  # it goes elsewhere
        return told
    looks = [Thing(t.text, "all", colours=t.colours, shape=t.shape, name=t.name, id=t.id) for t in before]
    meant = {d.id for t in now if not t.pronoun for d in scene.branch().find(t)}
    alike = {d.id for t in looks for d in scene.branch().find(t)} if not any(t.pronoun for t in before) else set(moved)
    wrong = [i for i in moved if i in alike - meant and i in scene.world.objects]
    backs = [Put(((Transfer((Thing(text=told.text, id=i.lower()),), (Spot("back", text=told.text),)),),), told.text) for i in wrong]  # fmt: skip
    return replace(told, acts=(*backs, *told.acts), links=("then",) * len(backs) + told.links)


def substitute(part: Any, text: str, answer: Thing, how: How | None = None) -> Any:
    """A form with the thing that was said as ``text`` replaced by it, narrowed to the answer."""
    if isinstance(part, Thing) and part.text == text:
        return (how or narrowed)(part, answer)
    if isinstance(part, tuple):
        return tuple(substitute(p, text, answer, how) for p in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: substitute(getattr(part, f.name), text, answer, how) for f in fields(part)})
    return part
