"""What clauses and phrases of one sentence come to together: each into its own, on either side of it, emptied into, them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hiervla.brain.grammar.acts import Act, Do, Pick, Put, Transfer
from hiervla.brain.grammar.form import Spot, Thing


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


def _of_it(spot: Spot) -> bool:
    """``everything in it``."""
    return isinstance(spot.reference, Thing) and spot.reference.pronoun == "it"
