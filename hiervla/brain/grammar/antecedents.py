"""Parts of acts that later clauses lean on: the act before, the place it named, what it opened; and every thing of a form, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from hiervla.brain.grammar.acts import (  # fmt: skip
    Act,
    Arrange,
    Bare,
    Do,
    Incomplete,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Sort,
    Stack,
    Swap,
    Tidy,
    Transfer,
)
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf

NEAR = ("super", "near", "beside")
"""Relations to something that things may then go to."""


class Joint(str):
    """How a carried clause follows."""


class Stopped(str):
    """A full stop: the next sentence says all of it anew."""


def each_thing(part: Any, change: Callable[[Thing], Thing]) -> Any:
    """A form with every thing in it changed, the outer ones first."""
    if isinstance(part, Thing):
        part = change(part)
    if isinstance(part, (tuple, list)):
        return type(part)(each_thing(p, change) for p in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: each_thing(getattr(part, f.name), change) for f in fields(part)})
    return part


def act_follows(children: list[Any]) -> bool:
    """A second condition, after which nothing is done, adds nothing."""
    return any(isinstance(c, Leaf) and c.kind == "DOZEROTHING" for c in children)


def takes_it(act: Act) -> Act:
    if not isinstance(act, Incomplete) or act.missing != "what" or act.verb != "pick":
        return act
    out = "出" in act.text or "下来" in act.text or " out" in act.text
    return Put(((Transfer((IT,), (Spot("off", text=act.text),)),),), act.text) if out else Pick((IT,), act.text)


def taken_together(acts: list[Act]) -> list[Act]:
    """``挑两根螺栓，丢进红盒子``: what is left unsaid is all that was taken."""
    out: list[Act] = []
    for act in acts:
        before = out[-1] if out else None
        many = isinstance(before, Pick) and any(t.many for t in before.things)
        if many and isinstance(act, Put) and all(x.things == (IT,) for r in act.readings for x in r):
            them = (Thing(text="them", pronoun="them", quantity="all"),)
            act = replace(act, readings=tuple(tuple(replace(x, things=them) for x in r) for r in act.readings))
        out.append(act)
    return out


def wants_list(before: Any, joint: Any) -> bool:
    """A verb with things and no place, and a mere pause: more things, and the place of all, may follow."""
    told = isinstance(before, Incomplete) and (before.missing, before.verb) == ("where", "put")
    return told and bool(before.things) and isinstance(joint, str) and joint == ","


def last_act(known: list[Any]) -> Any:
    """The act before."""
    before = next((c for c in reversed(known) if not isinstance(c, str | Leaf)), None)
    return before[-1] if isinstance(before, list) else before


def into_opened(act: Any) -> Spot | None:
    """Into what was opened just before."""
    if isinstance(act, Do) and act.skill == "open" and len(act.items) == 1:
        return Spot("in", act.items[0].thing, text=act.text)
    return None


def goes_there(spot: Spot) -> bool:
    """``into`` and ``onto`` say where to, ``in`` and ``on`` may say where something is."""
    said = spot.text.lower()
    if spot.relation == "there" and said.endswith("去"):
        return True  # "小熊也进去"
    if spot.relation == "side" and spot.distance_m:
        return True  # "dimmer 5 cm to the left"
    return spot.relation in ("in", "on", "to") and said.startswith(
        ("into ", "onto ", "to ", "进", "到", "放", "往", "→", ">", "->")
    )


def things_in(part: Any) -> Iterator[Thing]:
    """Every thing of a form, the outer ones first."""
    if isinstance(part, Thing):
        yield part
    if isinstance(part, (tuple, list)):
        for p in part:
            yield from things_in(p)
    elif is_dataclass(part) and not isinstance(part, type):
        for f in fields(part):
            yield from things_in(getattr(part, f.name))


def leans(acts: Any) -> bool:
    """Something in it is only pointed to: ``it``, ``that one``, ``there``."""
    said = list(things_in(acts))
    return any(t.pronoun or t.text.lower() in ("that one", "this one", "that", "this") for t in said)


def place_named(acts: Sequence[Act]) -> Spot | None:
    """``take the cube closest to the blue bowl and put it in there``: what something is said to be near to."""
    for thing in (t for a in acts for t in things_in(getattr(a, "things", None) or getattr(a, "readings", None) or ())):
        for spot in thing.where:
            mark = spot.reference
            known = mark is not None and not spot.negated and not (isinstance(mark, Thing) and mark.pronoun)
            if spot.relation not in NEAR or not known or mark is None:
                continue
            if isinstance(mark, Thing) or not mark.name.endswith(("table", "edge")):
                return Spot("to" if isinstance(mark, Thing) else "in", mark, text=mark.text)
    return None


def last_mark(acts: list[Act]) -> Thing | None:
    """The thing that the last placement goes to."""
    for act in reversed(acts):
        if isinstance(act, Put) and act.readings[0][-1].spots:
            mark = act.readings[0][-1].spots[-1].reference
            return mark if isinstance(mark, Thing) and not mark.pronoun else None
    return None


def things_of(reading: Instruction) -> tuple[Thing, ...]:
    """What an instruction was about: the things of its last act that names any."""
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
