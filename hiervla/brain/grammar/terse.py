"""Parse trees of terse and of loose talk: no verb, words behind the noun, places in a row, what is not meant, gaps between two."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import (
    Act,
    Arrange,
    Bare,
    Do,
    Incomplete,
    Pick,
    Put,
    Spare,
    Stack,
    Transfer,
)
from hiervla.brain.grammar.antecedents import Joint, each_thing
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.constructions import _tuple, joined
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.idioms import THEM
from hiervla.brain.grammar.leaning import Carried
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.pointing import Pointing
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.togetherness import elaborated

PLACES = ("in", "on", "beside", "at_distance", "between", "corner")
RANKS = {"left": 0, "front": 0, "middle": 1, "right": 2, "behind": 2}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A thing and its place in a row: 0 at its left or near end, 1 in the middle, 2 at the other end."""

    thing: Thing
    rank: int
    deep: bool = False


class Ranks(tuple[Ranked, ...]):
    """Named places in a row."""


@dataclass(frozen=True, slots=True)
class Denied:
    """What is not meant: ``…, not the small one``."""

    things: tuple[Thing, ...]
    meant: Thing | None = None
    """``the normal one, not the small one``."""


@v_args(meta=True)
class Terse(Pointing):
    """The outermost rules: all else is inherited."""

    # ---- without a verb
    def told_ways(self, meta: Any, children: list[Any]) -> Told:
        """``slider right 6 cm``, ``screwdriver 90 degrees clockwise``."""
        ways = [s for c in children if isinstance(c, list) for s in c]
        spot = joined(ways, self.words(meta))
        things = _tuple(children)
        if spot.relation == "turn":
            return [self.do(meta, [Leaf("SKILL", "turn", 0), things, [spot]])], []
        if spot.relation == "times":
            return [self.do(meta, [Leaf("SKILL", "press", 0), things, [spot]])], []
        if spot.relation not in ("side", "end") or not (spot.direction and (spot.distance_m or spot.relation == "end")):
            raise Misread("do_what", self.words(meta))
        return [Put(((Transfer(things, (spot,)),),), self.words(meta))], []

    def told_places(self, meta: Any, children: list[Any]) -> Told:
        """``both green ones, in the green bowl`` alone is for the talk before to tell."""
        said = [c for c in children if isinstance(c, Carried)]
        spots = said[0].items[-1].groups[0]
        if len(said) == 1 and not said[0].going and spots[-1].relation in PLACES and not spots[-1].describes:
            things = tuple(i.thing for i in said[0].items)
            return [Bare(things, said[0].text, said[0].items)], []
        return super().told_places(meta, children)

    def about_topic(self, meta: Any, children: list[Any]) -> Told:
        """``red button, press``; ``the red cube, pick up``."""
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        topic, act = next((c for c in children if isinstance(c, Thing)), None), acts[0]
        if topic is not None and isinstance(act, Do) and not act.items:
            return [replace(act, items=(Item(topic),)), *acts[1:]], links
        if topic is not None and isinstance(act, Incomplete) and (act.missing, act.verb) == ("what", "pick"):
            return [Pick((topic,), act.text), *acts[1:]], links
        return super().about_topic(meta, children)

    def told_zone(self, meta: Any, children: list[Any]) -> Told:
        """``yellow cube: zone a``."""
        spot = Spot("in", first(children, Fixture), text=self.words(meta))
        return [Put(((Transfer(_tuple(children), (spot,)),),), self.words(meta))], []

    def careful(self, meta: Any, children: list[Any]) -> Spare:
        """``be careful with the egg``."""
        return replace(self.spare(meta, children), careful=True)

    def ppgroup(self, meta: Any, children: list[Any]) -> tuple[Spot, ...]:
        """``closest to it``: one phrase, not a superlative and a place."""
        spots: list[Spot] = []
        for spot in (c for c in children if isinstance(c, Spot)):
            before = spots[-1] if spots else None
            most = before.reference.superlatives if before and before.relation == "like" and isinstance(before.reference, Thing) else ()  # fmt: skip
            if spot.relation in ("to", "from") and most in (("nearest",), ("farthest",)) and before is not None:
                spots[-1] = Spot("super", spot.reference, superlative=most[0], text=f"{before.text} {spot.text}")
            else:
                spots.append(spot)
        return super().ppgroup(meta, list(spots))

    def commands(self, meta: Any, children: list[Any]) -> Told:
        """``…, either one``: no need to ask which."""
        acts, links = super().commands(meta, children)
        said = {part.strip() for part in re.split(r"[,.;!?:]", self._tokens.text.lower())}
        if said & set(self._tokens.known.roles.get("any_will_do", ())):
            acts = each_thing(acts, lambda t: replace(t, quantity="a") if t.quantity in ("the", "bare") and not t.plural and not t.pronoun else t)  # fmt: skip
        return acts, links

    def posted(self, meta: Any, children: list[Any]) -> tuple[Thing, ...]:
        """``cylinder, green``."""
        return (self.thing(meta, [c for c in children if isinstance(c, dict)]),)

    def headed(self, meta: Any, children: list[Any]) -> Told:
        """``do the blue ones: both blue cubes in the blue bin``: what follows says all of it."""
        told = next(c for c in reversed(children) if not isinstance(c, Leaf | str))
        if isinstance(told, Carried):
            told = Put(readings(told.items), told.text)
        return told if isinstance(told, tuple) else self.clauses(meta, [told])

    def put_in(self, meta: Any, children: list[Any]) -> Put:
        """``put the green cube in``: where was said before. ``Put it on``, ``the rest go in``: on what, in what else?"""
        things = _tuple(children)
        if leaves(children, "REL")[0] != "in" or any(t.other for t in things):
            raise Misread("incomplete", self.words(meta))
        return Put(((Transfer(things, (Spot("there", text=self.words(meta)),)),),), self.words(meta))

    def put_elsewhere(self, meta: Any, children: list[Any]) -> Put:
        """``put them somewhere else``."""
        return Put(((Transfer(_tuple(children), (Spot("elsewhere", text=self.words(meta)),)),),), self.words(meta))

    # ---- gaps
    def room(self, meta: Any, children: list[Any]) -> float:
        return first(children, float)  # type: ignore[no-any-return]

    def sided(self, meta: Any, children: list[Any]) -> Spot:
        """``with the red one on the right``."""
        return Spot("side", first(children, Thing), leaves(children, "SIDEPP")[0], text=self.words(meta))

    def put_gap(self, meta: Any, children: list[Any]) -> Put:
        """``leave 5 cm between the two, the red one on the right``."""
        text = self.words(meta)
        things = _tuple(children) or (THEM,)
        side = first(children, Spot)
        spot = Spot("apart", distance_m=first(children, float), text=text)
        if side is not None:
            spot = replace(spot, direction=side.direction, reference=side.reference)
        return Put(((Transfer(self._shared_noun(list(things)), (spot,)),),), text)

    # ---- rows with named places
    def rank(self, meta: Any, children: list[Any]) -> Ranked:
        side = next(
            iter([*leaves(children, "SIDEPP"), *leaves(children, "MYSIDE"), *leaves(children, "SIDEADV")]), "middle"
        )
        return Ranked(first(children, Thing), RANKS[side], side in ("front", "behind"))

    def ranks(self, meta: Any, children: list[Any]) -> Ranks:
        return Ranks(c for c in children if isinstance(c, Ranked))

    def arrange_ranks(self, meta: Any, children: list[Any]) -> Act:
        """``a row of the spools: red on the left, blue in the middle, yellow on the right``."""
        ranks = first(children, Ranks)
        said = self.arrange(meta, [c for c in children if not isinstance(c, Ranks)])
        if not isinstance(said, Arrange) or said.formation != "row" or said.order or len({r.rank for r in ranks}) < len(ranks):  # fmt: skip
            raise Misread("not_understood", self.words(meta))
        noun = next((t for t in said.things if not t.nounless), None)
        at: dict[int, tuple[Thing, ...]] = {}
        for r in ranks:
            named = replace(r.thing, shape=noun.shape, name=noun.name) if noun and r.thing.nounless else r.thing
            at[r.rank] = (named,)
        way = "behind" if any(r.deep for r in ranks) else "right"
        things = said.things or tuple(t for k in sorted(at) for t in at[k])
        low, middle, high = (at.get(k, ()) for k in range(3))
        return Arrange("row", things, text=self.words(meta), low=low, high=high, middle=middle, direction=way)

    def told_row(self, meta: Any, children: list[Any]) -> Told:
        """``row: yellow spool left, blue spool right``."""
        return [self.arrange_ranks(meta, children)], []

    def arrange_order(self, meta: Any, children: list[Any]) -> Act:
        """``in a row: blue, red, yellow``: from the left; a tower from the bottom."""
        said = self.arrange(meta, [c for c in children if not isinstance(c, Thing)])
        named = tuple(c for c in children if isinstance(c, Thing))
        if isinstance(said, Arrange | Stack) and said.things and not any(t.many for t in said.things):
            # "line up the pear, the plum and the fig": the first of a list, and no group whose order is told
            return replace(said, things=(*said.things, *named), text=self.words(meta))
        noun = next((t for t in (*said.things, *named) if not t.nounless), None)  # type: ignore[union-attr]
        named = tuple(replace(t, shape=noun.shape, name=noun.name) if noun and t.nounless else t for t in named)
        if isinstance(said, Stack):
            among = tuple(replace(t, quantity="all", count=None) if t.count == len(named) else t for t in said.things)
            return Stack(named, "named", self.words(meta), among=among)
        if not isinstance(said, Arrange) or said.formation != "row" or said.order or len(named) < 2:
            raise Misread("not_understood", self.words(meta))
        return Arrange("row", named, order="listed", text=self.words(meta), direction=said.direction or "right")

    # ---- what is not meant
    def denied(self, meta: Any, children: list[Any]) -> Denied:
        return Denied(_tuple(children), first(children, Thing))

    def clauses(self, meta: Any, children: list[Any]) -> Told:
        known: list[Any] = []
        for child in children:
            if (
                isinstance(child, Denied)
                and child.meant
                and any(child.meant.text + w in self.words(meta) for w in "和跟与、")
            ):
                raise Misread("not_understood", self.words(meta))  # "…，红的和绿的别动": no word of which are meant
            if isinstance(child, Denied) and child.meant and not child.things and self._says_so_too():
                known += [Joint("then"), Carried((Item(child.meant),), child.meant.text)]
            elif isinstance(child, Denied):
                known[-1] = _without(known[-1], child, self.words(meta))
            elif (told := elaborated(child, known)) is not None:
                known[-2:] = [told]
            else:
                known.append(child)
        return super().clauses(meta, known)

    # ---- some of what was spoken of
    def some_of_them(self, meta: Any, children: list[Any]) -> Thing:
        if leaves(children, "A"):
            return Thing(text=self.words(meta), pronoun="them", quantity="count", count=1)
        return super().some_of_them(meta, children)

    def adj(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        """``the next biggest``; ``the odd one out``."""
        if isinstance(children[0], Leaf) and children[0].kind == "NEXTSUPER":
            return {"superlatives": (children[0].value,), "other": True}
        if isinstance(children[0], Leaf) and children[0].kind == "MOST":
            return {"superlatives": (children[0].value,)}
        if isinstance(children[0], Leaf) and children[0].kind == "UNIQUE":
            return {"where": (Spot("unique", describes=True, text=self.words(meta)),)}
        return super().adj(meta, children)

    def most(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        """``the biggest``, and no noun."""
        return self.adj(meta, children)

    def which_unique(self, meta: Any, children: list[Any]) -> Spot:
        """``that is the only one of its colour``."""
        return Spot("unique", describes=True, text=self.words(meta))


def _without(act: Any, denied: Denied, text: str) -> Any:
    """An act with something that is not meant: of what it was said, the world tells."""
    if isinstance(act, Carried) or not isinstance(act, Put | Do):
        raise Misread("negation", text)
    if isinstance(act, Do):
        if len(act.items) != 1:
            raise Misread("negation", text)
        item = act.items[0]
        return replace(act, items=(replace(item, thing=_but(item.thing, denied)),))
    ways = []
    for reading in act.readings:
        if len(reading) != 1:
            raise Misread("negation", text)
        transfer = reading[0]
        mark = transfer.spots[-1].reference if transfer.spots else None
        if isinstance(mark, Thing) and not mark.pronoun:
            ways.append((replace(transfer, spots=(*transfer.spots[:-1], replace(transfer.spots[-1], reference=_but(mark, denied)))),))  # fmt: skip
        if len(transfer.things) == 1 and not transfer.things[0].pronoun:
            ways.append((replace(transfer, things=(_but(transfer.things[0], denied),)),))
    if not ways:
        raise Misread("negation", text)
    return replace(act, readings=tuple(ways))


def _but(thing: Thing, denied: Denied) -> Thing:
    if denied.meant is not None:
        thing = thing.with_where((Spot("like", replace(denied.meant, text=thing.text), describes=True),))
    return replace(thing, but=(*thing.but, *denied.things))


__all__ = ["Terse"]
