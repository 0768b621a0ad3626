"""Parse trees of sentences that lead up to what they are about, or point back to it: find X and …, the duck and then the car, from there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Bare, Do, Put, Question, Stack, Transfer
from hiervla.brain.grammar.antecedents import each_thing, things_in
from hiervla.brain.grammar.asking import Asking
from hiervla.brain.grammar.carryover import Several
from hiervla.brain.grammar.constructions import _tuple
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.leaning import Carried
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.provisos import Told
from hiervla.brain.grammar.relatives import PILED
from hiervla.brain.grammar.stacking import Order
from hiervla.brain.grammar.togetherness import on_either_side, one_of_those, own_places, with_them


@v_args(meta=True)
class Pointing(Asking):
    """Adds them to the clauses."""

    # ---- what a sentence is about
    def about_topic(self, meta: Any, children: list[Any]) -> Told:
        """``find the red and the blue cube and put them in the box``."""
        topic = first(children, Several)
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        if topic is not None and (told := with_them(acts[0], topic.things)) is not None:
            return [told, *acts[1:]], links
        group = first(children, Thing)
        if (
            group is not None
            and len(group.either) == 1
            and (told := one_of_those(acts[:1], group.either[0])) != acts[:1]
        ):
            return [*told, *acts[1:]], links
        return super().about_topic(meta, children)

    def about_topic_said(self, meta: Any, children: list[Any]) -> Told:
        """``the red cube. put it in the box``."""
        things = _tuple(children)
        topic = things[0] if len(things) == 1 else Several(things)
        return self.about_topic(meta, [topic, *children])

    def for_each(self, meta: Any, children: list[Any]) -> Told:
        """``for each bowl, put one cube of the same colour into it``."""
        groups = [g for c in children if isinstance(c, list) for g in c]
        topic = self.thing(meta, [c for c in children if isinstance(c, dict)])
        topic = topic.with_where(tuple(s for g in groups for s in (g if isinstance(g, tuple) else (g,))))
        every = replace(topic, quantity="all")
        acts, links = next(c for c in children if isinstance(c, tuple) and c and isinstance(c[0], list))
        told = each_thing(acts, lambda t: every if t.pronoun == "it" else t)
        if len(acts) != 1 or told == acts:
            raise Misread("not_understood", self.words(meta))
        return told, links

    def before(self, meta: Any, children: list[Any]) -> Told:
        """``before you move the cube, take the ring off it``: off the cube."""
        said, *rest = [c for c in children if not isinstance(c, Leaf) and c is not None]
        later = said[0][0] if isinstance(said, tuple) else said[0] if isinstance(said, list) else said
        things = {t for t in things_in(getattr(later, "readings", None) or getattr(later, "things", None) or ()) if not t.pronoun}  # fmt: skip
        subjects = [t for t in things if isinstance(later, Put) and t in later.readings[0][0].things] or list(things)
        if len(subjects) == 1 and len(rest) == 1 and isinstance(rest[0], tuple):
            acts, links = rest[0]
            it = subjects[0]
            if acts and any(t.pronoun == "it" for t in things_in(getattr(acts[0], "readings", None) or getattr(acts[0], "things", None) or ())):  # fmt: skip
                acts = [each_thing(acts[0], lambda t: it if t.pronoun == "it" else t), *acts[1:]]
            return super().before(meta, [said, (acts, links)])
        return super().before(meta, children)

    def told_things(self, meta: Any, children: list[Any]) -> Told:
        """``then the duck, and finally the car``."""
        more = tuple(i.thing for c in children if isinstance(c, Carried) for i in c.items)
        return [Bare((*_tuple(children), *more), self.words(meta))], []

    def clauses(self, meta: Any, children: list[Any]) -> Told:
        """``line them up: the red cube, the green cube, the blue cube``: the last one belongs to the list, too."""
        known: list[Any] = []
        for child in children:
            listed = known[-2] if len(known) > 1 and known[-1] == "," else None
            if isinstance(child, Carried) and isinstance(listed, Arrange | Stack) and listed.order in ("listed", "named"):  # fmt: skip
                if child.going or child.ways or any(i.groups for i in child.items):
                    raise Misread("not_understood", child.text)
                more = self._shared_noun([*listed.things, *(i.thing for i in child.items)])[len(listed.things) :]
                known[-2:] = [replace(listed, things=(*listed.things, *more))]
            else:
                known.append(child)
        return super().clauses(meta, known)

    def one_other(self, meta: Any, children: list[Any]) -> Thing:
        """``a ball in the cup, one in the bowl``."""
        text = self.words(meta)
        if text.lower() != "one":
            raise Misread("not_understood", text)
        return Thing(text=text, quantity="a", other=True)

    def remove(self, meta: Any, children: list[Any]) -> Act:
        """``take everything back out``: of where things were put."""
        things = _tuple(children)
        if leaves(children, "OUTW") and len(things) == 1 and isinstance(things[0], Thing):
            thing = things[0]
            if thing.shape == "object" and thing.quantity == "all" and not thing.where:
                within = Spot("there", describes=True, text=self.words(meta))
                children = [(replace(thing, where=(within,)),) if c is things else c for c in children]
        return super().remove(meta, children)

    # ---- out of where
    def put_from_there(self, meta: Any, children: list[Any]) -> Act:
        """``move the orange cube from there to the box``."""
        there = Spot("there", describes=True, text=self.words(meta))
        *things, last = _tuple(children)
        groups = tuple(g if isinstance(g, tuple) else (g,) for c in children if isinstance(c, list) for g in c)
        last = last if last.pronoun else replace(last, where=(*last.where, there))
        return self._put((*(Item(t) for t in things), Item(last, groups)), self.words(meta))

    def clear_out(self, meta: Any, children: list[Any]) -> Put:
        """``clear everything out of the loading area``, ``clear the cubes off the plate``."""
        text = self.words(meta)
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        if isinstance(mark, Fixture) and (mark.name == "table" or mark.name.endswith("edge")):
            raise Misread("where_unclear", text)
        things = tuple(t.with_where((Spot("from", mark, text=text),)) for t in _tuple(children))
        zone = isinstance(mark, Fixture)
        spot = Spot("outside", mark, text=text) if zone else Spot("off", text=text)
        return Put(((Transfer(things, (spot,)),),), text)

    # ---- which ones
    def pp_under(self, meta: Any, children: list[Any]) -> Spot:
        """``the cube underneath the yellow one``."""
        return Spot("under", self._reference(children), describes=True, text=self.words(meta))

    def zmod_under(self, meta: Any, children: list[Any]) -> Spot:
        """``紫方块底下的那块``."""
        return self.pp_under(meta, children)

    def zmod_between(self, meta: Any, children: list[Any]) -> Spot:
        """``两个盒子之间的螺母``."""
        return replace(self.pp_between(meta, children), describes=True)

    def which_matched(self, meta: Any, children: list[Any]) -> Spot:
        """``that has a bowl of its own colour``, ``of the same colour as a bowl``."""
        mark = self.thing(meta, [c for c in children if isinstance(c, dict)])
        unlike = bool(leaves(children, "HASNO"))
        return Spot("matched", replace(mark, same_colour=True), describes=True, negated=unlike, text=self.words(meta))

    def which_unmatched(self, meta: Any, children: list[Any]) -> Spot:
        """``that has no matching bowl``."""
        return self.which_matched(meta, children)

    def q_which_matched(self, meta: Any, children: list[Any]) -> Question:
        """``which cube has no bowl of its own colour?``"""
        at = next(k for k, c in enumerate(children) if isinstance(c, Leaf) and c.kind in ("HAS", "HASNO"))
        thing = self.thing(meta, [c for c in children[:at] if isinstance(c, dict)])
        thing = replace(thing, shape="object") if thing.nounless else thing
        own = self.which_matched(meta, children[at:])
        return Question("which", (replace(thing, quantity="all", where=(own,)),), text=self.words(meta))

    def q_which_nth(self, meta: Any, children: list[Any]) -> Question:
        """``which cube is second from the right?``"""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        nth, side = int(leaves(children, "ORD")[0]), leaves(children, "COUNTFROM")[0]
        return Question("which", (replace(thing, ordinal=nth, count_from=side),), text=self.words(meta))

    def pp_near_most(self, meta: Any, children: list[Any]) -> Spot:
        """``the cube nearest the bowl``."""
        return Spot("super", self._reference(children), superlative=leaves(children, "NEARTO")[0], text=self.words(meta))  # fmt: skip

    def pp_lowest(self, meta: Any, children: list[Any]) -> Spot:
        """``the cube at the bottom of the tower``."""
        said = Thing(text=self.words(meta), superlatives=("bottommost",), where=(PILED,))
        return Spot("like", said, describes=True, text=self.words(meta))

    def everything(self, meta: Any, children: list[Any]) -> Thing:
        """``whatever is in the loading dock``."""
        thing: Thing = super().everything(meta, children)
        return thing.with_where(tuple(replace(c, describes=True) for c in children if isinstance(c, Spot)))

    def anything(self, meta: Any, children: list[Any]) -> Thing:
        """``anything red`` is all of it, ``something red`` one such thing."""
        text = self.words(meta)
        if text.lower().startswith("no"):
            raise Misread("negation", text)
        thing = Thing(text=text, quantity="a" if text.lower().startswith("some") else "all", shape="object")
        for c in children:
            thing = self._described(thing, c) if isinstance(c, dict) else thing.with_where((c,)) if isinstance(c, Spot) else thing  # fmt: skip
        return thing

    def thing_vacant(self, meta: Any, children: list[Any]) -> Thing:
        """``the empty bowl``."""
        empty = Spot("vacant", describes=True, text=self.words(meta))
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return replace(thing, where=(*thing.where, empty))

    def q_which_vacant(self, meta: Any, children: list[Any]) -> Question:
        """``which bowl is empty?``"""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        thing = replace(thing, shape="object") if thing.nounless else thing
        empty = Spot("vacant", describes=True, text=self.words(meta))
        return Question("which", (replace(thing, quantity="all", where=(empty,)),), text=self.words(meta))

    def q_many_not(self, meta: Any, children: list[Any]) -> Question:
        """``how many cubes aren't red?``"""
        *said, unlike = (c for c in children if isinstance(c, dict))
        thing = replace(self.thing(meta, said), quantity="all", unlike=(self._described(Thing(text=""), unlike),))
        return Question("many", (thing,), text=self.words(meta))

    def pp_towards(self, meta: Any, children: list[Any]) -> Spot:
        """``3 cm towards the rack``."""
        if "toward" not in self.words(meta).lower():
            raise Misread("not_understood", self.words(meta))
        return Spot("nearer", self._reference(children), distance_m=first(children, float), text=self.words(meta))

    def do_colours(self, meta: Any, children: list[Any]) -> list[Do]:
        """``press green, then red``; ``press green twice``."""
        ways = tuple(c for c in children if isinstance(c, Spot))
        skill = leaves(children, "SKILL")[0]
        if skill != "press":
            raise Misread("not_understood", self.words(meta))
        text = self.words(meta)
        named = [Thing(text=c, quantity="the", colours=(c,), shape="button") for c in leaves(children, "COLOUR")]
        return [Do(skill, (Item(t),), ways, text) for t in named]

    def put_fill(self, meta: Any, children: list[Any]) -> Put:
        """``fill the box with the balls``."""
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        spot = Spot("to" if isinstance(mark, Thing) else "in", mark, text=self.words(meta))
        return Put(((Transfer(_tuple(children), (spot,)),),), self.words(meta))

    def match_up(self, meta: Any, children: list[Any]) -> Act:
        """``match the cubes with the bowls``: each into what has its colour."""
        things, places = (c for c in children if isinstance(c, tuple))
        if len(places) != 1 or places[0].colours or self._tokens.criterion not in (None, "colour"):
            raise Misread("not_understood", self.words(meta))
        mark = replace(places[0], quantity="the", plural=False, count=None, same_colour=True)
        every = tuple(replace(t, quantity="all") if t.many and not t.count else t for t in things)
        return Put(((Transfer(every, (Spot("to", mark, text=mark.text),)),),), self.words(meta))

    def bare(self, meta: Any, children: list[Any]) -> Any:
        """``everything out of the loading dock, please``."""
        items = _tuple(children)
        out = items[-1].groups[0] if len(items) == 1 and len(items[0].groups) == 1 else ()
        if len(out) == 1 and out[0].relation == "from" and out[0].text.lower().startswith(("out", "off")):
            mark = out[0].reference
            if isinstance(mark, Thing) or (
                mark is not None and mark.name != "table" and not mark.name.endswith("edge")
            ):
                return self.clear_out(meta, [(items[0].thing,), mark])
        return super().bare(meta, children)

    def _put(self, items: tuple[Item, ...], text: str) -> Act:
        try:
            act = super()._put(items, text)
        except Misread as e:
            under = next((s for i in items for g in i.groups for s in g if s.relation == "under"), None)
            if under is None:
                raise
            raise Misread("beyond", under.text) from e
        return on_either_side(own_places(act)) if isinstance(act, Put) else act

    # ---- towers
    def stack_topped(self, meta: Any, children: list[Any]) -> Act:
        """``a tower of the cubes with the biggest at the bottom and the yellow one on top``."""
        if self._tokens.order is None:
            raise Misread("not_understood", self.words(meta))
        high = [c for c in children if isinstance(c, Thing)][-1]
        return self.stack(meta, [*(c for c in children if c is not high), Order(high=high)])

    def stack_again(self, meta: Any, children: list[Any]) -> Act:
        """``build it again the other way round, with red at the bottom, then yellow``: all of the order is to be said."""
        order = first(children, Order)
        if order is None or len(order.things) < 2 or self._tokens.order is not None:
            raise Misread("not_understood", self.words(meta))
        return self.stack(meta, [order])

    def order_upwards(self, meta: Any, children: list[Any]) -> Order:
        """``with red at the bottom, then yellow, then purple``."""
        things = tuple(c for c in children if isinstance(c, Thing))
        ends = [c.kind for c in children if isinstance(c, Leaf) and c.kind in ("ATBOTTOM", "ATTOP")]
        if len(ends) > 1 and ends[0] == ends[1]:
            raise Misread("not_understood", self.words(meta))
        return Order(things if ends[0] == "ATBOTTOM" else tuple(reversed(things)))
