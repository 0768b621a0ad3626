"""Parse trees of everyday English: I need it moved there, zone a gets the cubes, the egg first and then the lime, one of them is taller."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Condition, Incomplete, Put, Question, Spare, Stack, Transfer
from hiervla.brain.grammar.antecedents import each_thing, leans, things_in
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.constructions import Layers, _tuple
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.relatives import PILED
from hiervla.brain.grammar.selections import most_of
from hiervla.brain.grammar.terse import PLACES
from hiervla.brain.grammar.topical import Topical

DIMENSION = {"tall_more": "tallest", "tall_less": "shortest", "long_more": "longest"}
NEARER = {"front": "nearest", "behind": "farthest"}
"""``closer to you`` of two is the nearest."""


@v_args(meta=True)
class Saying(Topical):
    """The outermost rules: all else is inherited."""

    # ---- what goes where
    def caused(self, meta: Any, children: list[Any]) -> Act:
        """``I need the red cube placed 10 cm from the edge``."""
        things = _tuple(children)
        groups = tuple(g if isinstance(g, tuple) else (g,) for c in children if isinstance(c, list) for g in c)
        return self._put((*(Item(t) for t in things[:-1]), Item(things[-1], groups)), self.words(meta))

    def gets(self, meta: Any, children: list[Any]) -> Act:
        """``zone a gets the red cubes``: they go there."""
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        if isinstance(mark, Fixture) and (mark.name == "table" or mark.name.endswith("edge")):
            raise Misread("not_understood", self.words(meta))
        if isinstance(mark, Thing) and (mark.pronoun or (mark.many and mark.quantity != "both")):
            raise Misread("not_understood", self.words(meta))
        items = _tuple(children)
        if any(i.groups for i in items):
            raise Misread("not_understood", self.words(meta))
        spot = Spot("in" if isinstance(mark, Fixture) else "to", mark, text=mark.text)
        return self._put((*items[:-1], replace(items[-1], groups=((spot,),))), self.words(meta))

    def goes(self, meta: Any, children: list[Any]) -> Act:
        """``they each go in the bin of their own colour``; ``each in a bowl`` would be another matter."""
        act = super().goes(meta, [c for c in children if c != EACH])
        if EACH in children and isinstance(act, Put):
            marks = [s.reference for r in act.readings for t in r for s in t.spots]
            if any(isinstance(m, Thing) and m.quantity == "a" and not m.same_colour for m in marks):
                raise Misread("not_understood", self.words(meta))
        return act

    def goes_each(self, meta: Any, children: list[Any]) -> Act:
        """``two go in the big pot and the other one in the small one``: each where it is said."""
        things = _tuple(children)
        groups = next(c for c in children if isinstance(c, list))
        rest = [c for c in children if isinstance(c, Item)]
        if not rest[-1].groups and not self._says_too():
            raise Misread("incomplete", self.words(meta))
        named = self._shared_noun([*things, *(i.thing for i in rest)])
        first_said = [*(Item(t) for t in named[: len(things) - 1]), Item(named[len(things) - 1], tuple(groups))]
        more = [replace(i, thing=t) for i, t in zip(rest, named[len(things) :], strict=True)]
        return self._put((*first_said, *more), self.words(meta))

    def item_place(self, meta: Any, children: list[Any]) -> list[Any]:
        return [g if isinstance(g, tuple) else (g,) for c in children if isinstance(c, list) for g in c]

    def eachof(self, meta: Any, children: list[Any]) -> str:
        return EACH if children[0].kind == "EACHTHING" else ALL

    def told_way(self, meta: Any, children: list[Any]) -> Act:
        """``red button, three times. …``."""
        acts, _ = self.told_ways(meta, children)
        return acts[0]

    def told_in_turn(self, meta: Any, children: list[Any]) -> Told:
        """``the egg first, then the lime, both in the bowl``."""
        acts = next(c for c in children if isinstance(c, list))
        more, links = self.clauses(meta, [c for c in children if c is not acts and not isinstance(c, Leaf)][1:])
        return [*acts, *more], ["then"] * len(acts[bool(not more) :]) + links

    def in_turn(self, meta: Any, children: list[Any]) -> list[Act]:
        things = self._shared_noun([c for c in children if isinstance(c, Thing)])
        both = bool(leaves(children, "BOTH"))
        if both and len(things) != 2:
            raise Misread("not_understood", self.words(meta))
        groups = tuple(g if isinstance(g, tuple) else (g,) for c in children if isinstance(c, list) for g in c)
        return [Put(readings((Item(t, groups),)), self.words(meta)) for t in things]

    def amount(self, meta: Any, children: list[Any]) -> float:
        """``another 3 cm``, ``3 cm more``, ``3 more cm``."""
        number = leaves(children, "NUM")
        return float(number[0] * leaves(children, "UNIT")[0]) if number else float(first(children, float))

    # ---- which one
    def of_which(self, meta: Any, children: list[Any]) -> Thing:
        """``one of the spools is taller than the others``: what follows speaks of that one."""
        thing, *rest = [c for c in children if isinstance(c, Thing)]
        one = replace(thing, text=self.words(meta), quantity="the", plural=False, count=None)
        if rest:
            if not rest[0].other:
                raise Misread("not_understood", self.words(meta))
            dim = leaves(children, "DIMTHAN")
            most = DIMENSION.get(dim[0], "") if dim else _of_all(most_of(children))
            if not most:
                raise Misread("not_understood", self.words(meta))
            return replace(one, superlatives=(*one.superlatives, most))
        for c in children:
            if isinstance(c, dict):
                one = self._described(one, c)
            if isinstance(c, list | Spot):
                groups = c if isinstance(c, list) else [c]
                one = one.with_where(tuple(replace(s, describes=True) for g in groups for s in (g if isinstance(g, tuple) else (g,))))  # fmt: skip
        if leaves(children, "VACANT"):
            one = one.with_where((Spot("vacant", describes=True, text=self.words(meta)),))
        return one

    def about_topic(self, meta: Any, children: list[Any]) -> Told:
        """``…, put that one in the tin``."""
        topic = first(children, Thing)
        if topic is not None and any(_that_one(t) for t in things_in(children)):
            children = [each_thing(c, lambda t: IT if _that_one(t) else t) if isinstance(c, tuple) and c and isinstance(c[0], list) else c for c in children]  # fmt: skip
        try:
            return super().about_topic(meta, children)
        except Misread:
            acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
            if topic is not None and not leans(acts) and (listed := self._listed_first(topic, acts[0])) is not None:
                return [listed, *acts[1:]], links
            placed = _placed_first(topic) if topic is not None and not leans(acts) else None
            if placed is None:
                raise
            return [placed, *acts], [",", *links]  # "two nuts in the tray, the third one stays"

    def _listed_first(self, topic: Thing, act: Act) -> Put | None:
        """``the apple, the lemon and the spoon go on the tray``: all three."""
        if topic.where or topic.either or not isinstance(act, Put) or len(act.readings[0]) != 1:
            return None
        things = act.readings[0][0].things
        if len(things) < 2 or not act.text.startswith(things[0].text) or any(r[0].things != things for r in act.readings):  # fmt: skip
            return None
        every = self._shared_noun([topic, *things])
        return replace(act, readings=tuple((replace(r[0], things=tuple(every)), *r[1:]) for r in act.readings))

    def thing_further(self, meta: Any, children: list[Any]) -> Thing:
        """``the further die``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict) or (isinstance(c, Leaf) and c.kind == "ONE")])  # fmt: skip
        return replace(thing, quantity="the", superlatives=(*thing.superlatives, most_of(children)))

    def which_nearer(self, meta: Any, children: list[Any]) -> Spot:
        """``the die that is further away from you``."""
        side = leaves(children, "SIDEADV")
        most = NEARER.get(side[0], "") if side else most_of(children)
        mark = next((c for c in children if isinstance(c, (Thing, Fixture))), None)
        if not most or (side and not any(w in self.words(meta).lower() for w in ("close", "near", "far", "further"))):
            raise Misread("not_understood", self.words(meta))
        if mark is not None:
            return Spot("super", mark, superlative=most, describes=True, text=self.words(meta))
        return Spot("like", Thing(self.words(meta), superlatives=(most,)), describes=True, text=self.words(meta))

    def which_piled(self, meta: Any, children: list[Any]) -> Spot:
        """``that isn't part of any tower``, ``standing on its own``."""
        alone = leaves(children, "PILEDPP")[0] == "alone"
        return replace(PILED, negated=alone != bool(leaves(children, "NOT")), text=self.words(meta))

    def pp_rel(self, meta: Any, children: list[Any]) -> Spot:
        """``left of the cube, close by``; ``in the bowl nearby`` would say which bowl."""
        if leaves(children, "NEARBY") and leaves(children, "REL")[0] in ("in", "on"):
            raise Misread("not_understood", self.words(meta))
        return super().pp_rel(meta, children)

    def pp_end_of(self, meta: Any, children: list[Any]) -> Spot:
        """``at the bottom of the tower with the red cube on it``."""
        end = "topmost" if leaves(children, "TOPMOSTPP") else "bottommost"
        mark = next(c for c in children if isinstance(c, Thing))
        said = Thing(text=self.words(meta), superlatives=(end,), where=(replace(PILED, reference=mark),))
        return Spot("like", said, describes=True, text=self.words(meta))

    def than(self, meta: Any, children: list[Any]) -> Spot:
        """``taller than the other two``: the tallest."""
        return self._most_if_others(super().than(meta, children), _of_all(most_of(children)))

    def than_dim(self, meta: Any, children: list[Any]) -> Spot:
        return self._most_if_others(super().than_dim(meta, children), DIMENSION.get(leaves(children, "DIMTHAN")[0], ""))

    def _most_if_others(self, spot: Spot, most: str) -> Spot:
        mark = spot.reference
        if not most or not isinstance(mark, Thing) or not mark.other or mark.colours or mark.where:
            return spot
        return Spot("like", Thing(spot.text, superlatives=(most,)), describes=True, text=spot.text)

    def q_what(self, meta: Any, children: list[Any]) -> Question:
        """``what's at the bottom of the tower?``: which thing is."""
        end = next((c for c in children if isinstance(c, Spot) and c.relation == "like"), None)
        if end is None or sum(isinstance(c, Spot) for c in children) > 1:
            return super().q_what(meta, children)
        thing = Thing(text=self.words(meta), quantity="all", shape="object")
        return Question("which", (thing.with_where((end,)),), text=self.words(meta))

    # ---- conditions
    def p_state(self, meta: Any, children: list[Any]) -> Condition:
        return super().p_state(meta, self._its(children))

    def p_is(self, meta: Any, children: list[Any]) -> Condition:
        return super().p_is(meta, self._its(children))

    def p_vacant(self, meta: Any, children: list[Any]) -> Condition:
        return super().p_vacant(meta, self._its(children))

    def _its(self, children: list[Any]) -> list[Any]:
        """``if its open``: an apostrophe left out."""
        return [Thing("it", pronoun="it") if isinstance(c, Leaf) and c.kind == "ITSW" else c for c in children]

    # ---- what stays
    def _put(self, items: tuple[Item, ...], text: str) -> Act:
        """``leave the scissors``, and no place: they stay. ``the yellow one at the very top``: on top."""
        act = super()._put(items, text)
        if not isinstance(act, Incomplete) or act.missing != "where":
            return act
        if text.lower().startswith(("leave ", "keep ")):
            return Spare(act.things, text)
        last = act.things[-1] if act.things else None
        if last is not None and last.superlatives[-1:] == ("topmost",) and text.lower().endswith((" top", " topmost")):
            last = replace(last, superlatives=last.superlatives[:-1])
            return Put(((Transfer((*act.things[:-1], last), (Spot("top", text=text),)),),), text)
        return act

    # ---- towers
    def layers(self, meta: Any, children: list[Any]) -> Layers:
        said: Layers = super().layers(meta, children)
        return _third_on_two(said.low, said.high)

    def layers_upward(self, meta: Any, children: list[Any]) -> Layers:
        """``two red cubes side by side and the third one on top of both``."""
        low, high = (c for c in children if isinstance(c, tuple))
        return _third_on_two(low, high)

    def stack_topped(self, meta: Any, children: list[Any]) -> Act:
        """``a tower of the red cubes and then the yellow one on top``."""
        if self._tokens.order is not None:
            return super().stack_topped(meta, children)
        high = [c for c in children if isinstance(c, Thing)][-1]
        rest = [c for c in children if c is not high]
        said = self.stack(meta, rest) if leaves(children, "STACK") else self.arrange(meta, rest)
        if isinstance(said, Arrange) and said.formation == "pyramid":
            return replace(said, high=(high,), text=self.words(meta))
        if not isinstance(said, Stack) or not said.things:
            raise Misread("not_understood", self.words(meta))
        return replace(said, high=high, text=self.words(meta))


def _placed_first(topic: Thing) -> Put | None:
    """``the wrench in the toolbox``, before what does not speak of it: it is to go there."""
    spot = topic.where[-1] if topic.where else None
    if spot is None or spot.relation not in PLACES or spot.describes or spot.negated or topic.pronoun:
        return None
    item = Item(replace(topic, where=topic.where[:-1]), ((spot,),))
    return Put(readings((item,)), topic.text)


def _of_all(most: str) -> str:
    """``smaller`` than all the others: the smallest."""
    return {"smaller": "smallest", "larger": "largest"}.get(most, most)


def _third_on_two(low: tuple[Thing, ...], high: tuple[Thing, ...]) -> Layers:
    """``two red cubes and the third on top``: any that is left."""
    if len(high) == 1 and high[0].ordinal and sum(t.count or 1 for t in low) == high[0].ordinal - 1:
        noun = low[0] if high[0].nounless else high[0]
        high = (replace(high[0], ordinal=None, quantity="a", shape=noun.shape, name=noun.name, colours=high[0].colours or noun.colours),)  # fmt: skip
    return Layers(low, high)


def _that_one(thing: Thing) -> bool:
    return thing.nounless and thing.text.lower() in ("that one", "this one", "that", "this")


EACH, ALL = "each of them", "all of them"
