"""What clauses and phrases of one sentence come to together: each into its own, on either side of it, emptied into, them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hiervla.brain.grammar.acts import Act, Arrange, Do, Incomplete, Pick, Put, PutDown, Transfer
from hiervla.brain.grammar.antecedents import each_thing
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing

GATHERED = ("gather", "collect", "bring", "group")
"""Verbs that only lead up to where the things are to go."""


def goes_elsewhere(said: Item, done: tuple[Item, ...]) -> bool:
    """A thing with a noun of its own, and a place for it: nothing more to press or close."""
    spot, thing = said.groups[-1][-1], said.thing
    nouns = {(i.thing.shape, i.thing.name) for i in done}
    placed = spot.relation in ("in", "on", "beside") and spot.reference is not None and not spot.describes
    return placed and not thing.nounless and (thing.shape, thing.name) not in nouns


def speaks_of(pronoun: Thing, topic: Thing) -> bool:
    """``it`` is one thing, ``them`` several; gloves and scissors are said in the plural."""
    pair = not topic.many and topic.text.lower().endswith("s") and pronoun.count is None
    return (pronoun.pronoun == "them") == topic.many or (pronoun.pronoun == "them" and pair)


def as_many(topic: Thing, pronoun: Thing) -> Thing:
    """``both of them``: two there must be."""
    counted = pronoun.count if pronoun.quantity in ("all", "both") and topic.count is None else None
    return replace(topic, quantity="both", count=counted) if counted else topic


def one_of_those(acts: Sequence[Act], group: Thing) -> list[Act]:
    """``of the three gears, put the biggest one in the box``: what has no noun of its own is one of them."""
    among = group.count if group.quantity in ("the_count", "both", "all") else None

    def of_them(t: Thing) -> Thing:
        if not t.nounless or t.pronoun or t.ids or not (t.superlatives or t.colours or t.sizes or t.ordinal or t.side):
            return t
        where = (*group.where, *t.where)
        return replace(
            t, shape=group.shape, name=group.name, colours=t.colours or group.colours, where=where, among=among
        )

    return each_thing(list(acts), of_them)  # type: ignore[no-any-return]


def own_places(act: Put) -> Put:
    """``every cube that has a bowl of its own colour into that bowl``: each into its own."""
    return replace(act, readings=tuple(tuple(map(_own_place, r)) for r in act.readings))


def on_either_side(act: Put) -> Put:
    """``the red one left of the phone and the blue one right of it``: of the phone."""

    def told(reading: tuple[Transfer, ...]) -> tuple[Transfer, ...]:
        out: list[Transfer] = []
        for transfer in reading:
            before, spot = (out[-1].spots[-1] if out and out[-1].spots else None), transfer.spots[-1]
            leans = isinstance(spot.reference, Thing) and spot.reference.pronoun == "it" and spot.direction
            if before is not None and leans and before.direction and isinstance(before.reference, Thing) and len(transfer.spots) == 1:  # fmt: skip
                transfer = replace(transfer, spots=(replace(spot, reference=before.reference),))
            out.append(transfer)
        return tuple(out)

    return replace(act, readings=tuple(map(told, act.readings)))


def _own_place(transfer: Transfer) -> Transfer:
    match = next((s.reference for t in transfer.things for s in t.where if s.relation == "matched"), None)
    if not isinstance(match, Thing):
        return transfer
    spots = tuple(replace(s, reference=replace(match, quantity="the", text=s.text)) if _is(s.reference, match) else s for s in transfer.spots)  # fmt: skip
    return replace(transfer, spots=spots)


def _is(mark: object, match: Thing) -> bool:
    """``that bowl``, ``it``."""
    if not isinstance(mark, Thing) or mark.colours or mark.where:
        return False
    return mark.pronoun == "it" or (mark.shape, mark.name) == (match.shape, match.name)


def with_them(act: Act, things: tuple[Thing, ...]) -> Act | None:
    """The act with the things in the place of ``them``."""
    match act:
        case Put(ways) if any(t.pronoun == "them" for r in ways for w in r for t in w.things):
            return replace(act, readings=tuple(tuple(replace(w, things=_spliced(w.things, things)) for w in r) for r in ways))  # fmt: skip
        case Pick(said) if any(t.pronoun == "them" for t in said):
            return replace(act, things=_spliced(said, things))
        case Do(_, items) if len(items) == 1 and items[0].thing.pronoun == "them":
            return replace(act, items=tuple(replace(items[0], thing=t) for t in things))
    return None


def _spliced(said: tuple[Thing, ...], things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    return tuple(o for t in said for o in (things if t.pronoun == "them" else (t,)))


def elaborated(child: Any, known: list[Any]) -> Act | None:
    """``empty the box: the balls go in the bin``, ``clear the area; put the things anywhere else``: what emptying is to come to.

    The last two of what is known, the act before and what joins them, give way to it.
    """
    before = known[-2] if len(known) > 1 and isinstance(known[-1], str) else None
    if (same := _same_deed(child, before)) is not None:
        return same
    if not (isinstance(child, Put) and isinstance(before, Put)):
        return None
    away, off = child.readings[0][0], before.readings[0][0]
    emptied = off.spots[0].relation in ("outside", "off") and len(off.things) == 1 and off.things[0].shape == "object"
    if not emptied or len(child.readings[0]) != 1 or len(away.things) != 1:
        return None
    thing = away.things[0]
    if away.spots[0].relation == "elsewhere":
        return before if thing.plural or thing.pronoun == "them" or thing.quantity == "all" else None
    if away.spots[0].relation in ("off", "outside", "there"):
        return None
    within = off.things[0].where
    where = tuple(s for s in thing.where if s.relation != "there" and not _of_it(s))
    if thing.pronoun == "them" or (thing.shape == "object" and thing.quantity == "all" and not where):
        count = thing.count if thing.quantity == "both" else None
        thing = replace(off.things[0], count=count)
    elif thing.many and not thing.pronoun:
        thing = replace(thing, where=(*where, *within))
    else:
        return None
    return Put(((Transfer((thing,), away.spots),),), f"{before.text}, {child.text}")


def _same_deed(child: Any, before: Any) -> Act | None:
    """What was only begun (``gather the bulbs and put them in the crate``, ``let go of it, just set it down on the plate``), whole.

    Also what was told already and is told once more with no new word: ``dimmer to the left, please slide it slowly``.
    """
    if isinstance(before, Incomplete) and (before.missing, before.verb) == ("where", "put") and isinstance(child, Put):
        return _of_these(child, before.things)
    if isinstance(before, Arrange) and before.order is None and before.text.lower().startswith(GATHERED) and isinstance(child, Put):  # fmt: skip
        return _of_these(child, before.things)
    if isinstance(before, PutDown) and isinstance(child, Put):
        held = (Thing(text=before.text, pronoun="held"),)
        told = _of_these(child, held)
        spots = told.readings[0][0].spots if isinstance(told, Put) else ()
        on_table = bool(spots) and isinstance(mark := spots[0].reference, Fixture) and mark.name == "table"
        return (before if on_table else told) if told is not None else None
    if isinstance(before, PutDown) and isinstance(child, PutDown) and all(t.pronoun for t in child.things):
        return before
    told_so = isinstance(before, Put) and before.readings[0][-1].spots[-1:] and before.readings[0][-1].spots[-1].relation in ("end", "side")  # fmt: skip
    if told_so and isinstance(child, Do) and child.skill == "slide" and not child.spots and len(child.items) == 1:
        item = child.items[0]
        return before if item.thing.pronoun == "it" and not item.groups else None  # type: ignore[return-value]
    return None


def _of_these(act: Put, things: tuple[Thing, ...]) -> Put | None:
    """``put them in the crate``, of the things just named."""
    many = len(things) > 1 or things[0].many
    if any(len(r) != 1 or any(t.pronoun != ("them" if many else "it") or t.count for t in r[0].things) for r in act.readings):  # fmt: skip
        return None
    return replace(act, readings=tuple((replace(r[0], things=things),) for r in act.readings))


def _of_it(spot: Spot) -> bool:
    """``everything in it``."""
    return isinstance(spot.reference, Thing) and spot.reference.pronoun == "it"
