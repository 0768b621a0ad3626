"""Which phrase belongs to which noun: every way to share out what follows a thing that is to be put somewhere."""

from __future__ import annotations

from dataclasses import replace

from hiervla.brain.grammar.acts import Transfer
from hiervla.brain.grammar.form import Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Misread


def readings(items: tuple[Item, ...]) -> tuple[tuple[Transfer, ...], ...]:
    """Every way to share the phrases out: things before a destination go there together, the first reading first.

    The number of readings is at most the number of phrases: one cut is moved through each item, never two at once.
    """
    groups: list[list[tuple[Transfer, ...]]] = []
    waiting: list[Thing] = []
    for item in items:
        if not item.groups:
            waiting.append(item.thing)
            continue
        groups.append([(Transfer((*waiting, thing), spots),) for thing, spots in _cuts(item)])
        waiting = []
    groups = [[tuple(_counted_alike(t) for t in r) for r in g] for g in groups]
    base = tuple(t for g in groups for t in g[0])
    out = [base]
    for k, g in enumerate(groups):
        for alternative in g[1:]:
            out.append((*base[:k], *alternative, *base[k + 1 :]))
    return tuple(out)


def _counted_alike(transfer: Transfer) -> Transfer:
    """``the second and the fourth cube from the left``: both are counted from there."""
    side = next((t.count_from for t in transfer.things if t.ordinal is not None and t.count_from), None)
    if side is None:
        return transfer
    return replace(transfer, things=tuple(replace(t, count_from=t.count_from or side) if t.ordinal is not None else t for t in transfer.things))  # fmt: skip


def _cuts(item: Item) -> list[tuple[Thing, tuple[Spot, ...]]]:
    """The thing and its destinations, for each phrase that may be the first destination."""
    head, *others = item.groups
    if others and all(s.relation == "from" for s in head):  # "out of the bowl and into the box"
        item = Item(item.thing.with_where(head), tuple(others))
        head, *others = others
    source = tuple(s for s in head if s.relation == "from")
    rest = [s for s in head if s.relation != "from"]
    tails = [_nested(g) for g in others]
    if not rest:
        raise Misread("put_where", item.thing.text)
    if item.thing.nounless and {"nearest", "farthest"} & {*item.thing.superlatives} and rest[0].relation == "to":
        raise Misread(
            "put_where", item.thing.text
        )  # "pick up the closest to the cup": the cup says which, not where to
    found = []
    for cut in range(len(rest)):
        before, after = tuple(rest[:cut]), tuple(rest[cut:])
        if after[0].describes or after[0].relation == "super":
            continue
        if found and item.thing.pronoun:
            break  # "put it in the box on the right": nothing more is said of which thing it is
        if len(after) > 1 and not isinstance(after[0].reference, Thing):
            continue  # nothing in "on the left" or "on the table" could carry the phrases behind it
        if any(s.relation in ("to", "at_distance") or (s.relation == "side" and s.distance_m) for s in before):
            break  # these say where a thing goes, never where it is
        found.append((item.thing.with_where(source).with_where(before), (_nested(after), *tails)))
    if not found:
        raise Misread("put_where", item.thing.text)
    return found


def _nested(spots: tuple[Spot, ...]) -> Spot:
    """A destination whose own noun carries the phrases behind it."""
    if len(spots) > 1 and not isinstance(spots[0].reference, Thing):
        raise Misread("not_understood", spots[1].text)
    return Thing(text="").with_where(spots).where[0] if isinstance(spots[0].reference, Thing) else spots[0]
