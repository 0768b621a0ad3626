"""Parse trees of questions, to ``Question``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Question
from hiervla.brain.grammar.destinations import Destinations
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.selections import most_of


@v_args(meta=True)
class Inquiries(Destinations):
    """Adds questions to the phrases they are made of."""

    def _question(self, kind: str, meta: Any, children: list[Any]) -> Question:
        things = [c for c in children if isinstance(c, Thing)]
        spots = [c for c in children if isinstance(c, Spot)]
        if things and kind in ("where", "exists", "many"):
            things = [things[0].with_where(tuple(spots))]
            spots = []
        return Question(kind, tuple(things[:1]), spots[0] if spots else None, text=self.words(meta))

    def q_see(self, meta: Any, children: list[Any]) -> Question:
        return Question("see", text=self.words(meta))

    def q_what(self, meta: Any, children: list[Any]) -> Question:
        spots = tuple(c for c in children if isinstance(c, Spot))
        nested = Thing(text="").with_where(spots).where
        return Question("see", spot=nested[0], text=self.words(meta))

    def q_what_zh(self, meta: Any, children: list[Any]) -> Question:
        return Question("see", spot=self._where(meta, children, leaves(children, "POST")[0]), text=self.words(meta))

    def q_many(self, meta: Any, children: list[Any]) -> Question:
        spots = tuple(c for c in children if isinstance(c, Spot))
        described = [c for c in children if isinstance(c, dict)]
        thing = self.thing(meta, described).with_where(spots)
        if not described:
            thing = Thing(text=self.words(meta), quantity="all", shape="object").with_where(spots)
        return Question("many", (thing,), text=self.words(meta))

    def q_many_zh(self, meta: Any, children: list[Any]) -> Question:
        described = [c for c in children if isinstance(c, dict)]
        if not described:
            return Question("many", (first(children, Thing),), text=self.words(meta))
        thing = self.thing(meta, described)
        if post := leaves(children, "POST"):
            thing = thing.with_where((self._where(meta, children, post[0]),))
        return Question("many", (thing,), text=self.words(meta))

    def q_where(self, meta: Any, children: list[Any]) -> Question:
        return self._question("where", meta, children)

    def q_exists(self, meta: Any, children: list[Any]) -> Question:
        return self._question("exists", meta, children)

    def q_exists_zh(self, meta: Any, children: list[Any]) -> Question:
        thing = [c for c in children if isinstance(c, Thing)][-1]
        if post := leaves(children, "POST"):
            thing = thing.with_where((self._where(meta, children, post[0]),))
        return Question("exists", (thing,), text=self.words(meta))

    def q_is(self, meta: Any, children: list[Any]) -> Question:
        return self._question("is", meta, children)

    def q_is_zh(self, meta: Any, children: list[Any]) -> Question:
        return self._question("is", meta, children)

    def q_state(self, meta: Any, children: list[Any]) -> Question:
        """Is the drawer open?"""
        spot = Spot(leaves(children, "STATE")[0], text=self.words(meta))
        return Question("state", (first(children, Thing),), spot, text=self.words(meta))

    def q_did(self, meta: Any, children: list[Any]) -> Question:
        return Question("did", text=self.words(meta))

    def q_far_apart(self, meta: Any, children: list[Any]) -> Question:
        """``how far apart are the two mugs?``"""
        both = replace(first(children, Thing), quantity="all", count=None)
        return Question("far", (both,), text=self.words(meta))

    def q_far(self, meta: Any, children: list[Any]) -> Question:
        a = first(children, Thing)
        b = next(c for c in children if isinstance(c, (Thing, Fixture)) and c is not a)
        return Question("far", (a,), other=b, text=self.words(meta))

    def q_can(self, meta: Any, children: list[Any]) -> Question:
        return Question("can", text=self.words(meta))

    def q_which(self, meta: Any, children: list[Any]) -> Question:
        """``which cube is the biggest``, ``哪个方块最大``; ``which one is in the bowl``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        compares = any(leaves(children, k) for k in ("SUPER", "COMP", "CLOSER", "FURTHER", "HEIGHT"))
        most = (most_of([c for c in children if isinstance(c, Leaf)]),) if compares else ()
        spots = tuple(c for c in children if isinstance(c, Spot))
        thing = replace(thing, superlatives=most) if most else replace(thing, quantity="all").with_where(spots)
        return Question("which", (thing,), text=self.words(meta))

    def q_choose(self, meta: Any, children: list[Any]) -> Question:
        """``which one is bigger, the red cube or the blue one?``"""
        a, b = self._shared_noun([c for c in children if isinstance(c, Thing)])
        return Question("choose", (a, b), Spot(most_of(children), text=self.words(meta)), text=self.words(meta))

    def q_choose_which(self, meta: Any, children: list[Any]) -> Question:
        """``which mug is closer to the bowl, the red one or the blue one?``: one of the mugs."""
        noun = self.thing(meta, [c for c in children if isinstance(c, dict)])
        mark = next((c for c in children if isinstance(c, Thing | Fixture)), None) if leaves(children, "TO") else None
        two = [c for c in children if isinstance(c, Thing) and c is not mark]
        if not noun.nounless:
            two = [replace(t, shape=noun.shape, name=noun.name) if t.nounless and not t.ids else t for t in two]
        a, b = self._shared_noun(two)
        if mark is None:
            return Question("choose", (a, b), Spot(most_of(children), text=self.words(meta)), text=self.words(meta))
        either = Thing(self.words(meta), quantity="the", either=(a, b))
        near = Spot("super", mark, superlative=most_of(children), text=self.words(meta))
        return Question("which", (replace(either, where=(near,)),), text=self.words(meta))

    def q_which_near(self, meta: Any, children: list[Any]) -> Question:
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        near = Spot("super", self._reference(children), superlative=leaves(children, "SUPER")[0], text=self.words(meta))
        return Question("which", (replace(thing, where=(near,)),), text=self.words(meta))

    def q_which_thing(self, meta: Any, children: list[Any]) -> Question:
        groups = [g for c in children if isinstance(c, list) for g in c]
        thing = first(children, Thing).with_where(tuple(s for g in groups for s in g))
        return Question("which", (thing,), text=self.words(meta))

    def q_than(self, meta: Any, children: list[Any]) -> Question:
        spot = first(children, Spot)
        return Question("than", (first(children, Thing),), spot, text=self.words(meta))

    def q_than_zh(self, meta: Any, children: list[Any]) -> Question:
        thing = first(children, Thing)
        return Question("than", (thing,), self._than_zh(meta, children[1:]), text=self.words(meta))

    def q_parity(self, meta: Any, children: list[Any]) -> Question:
        things = next(c for c in children if isinstance(c, tuple))
        said = Spot(leaves(children, "PARITY")[0], text=self.words(meta))
        return Question("parity", tuple(replace(t, quantity="all") for t in things), said, text=self.words(meta))

    def q_more(self, meta: Any, children: list[Any]) -> Question:
        a, b = (c[0] for c in children if isinstance(c, tuple))
        a, b = (replace(t, quantity="all") for t in self._shared_noun([a, b]))
        b = replace(b, shape=a.shape, name=a.name) if b.nounless and not b.other else b
        said = Spot("more" if leaves(children, "MORE") else "fewer", text=self.words(meta))
        return Question("more", (a, b), said, text=self.words(meta))

    def q_like(self, meta: Any, children: list[Any]) -> Question:
        said = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return Question("like", (first(children, Thing),), Spot("like", said), text=self.words(meta))

    def q_why(self, meta: Any, children: list[Any]) -> Question:
        return Question("why", text=self.words(meta))

    def q_which_all(self, meta: Any, children: list[Any]) -> Question:
        """``which tools can you see on the bench?``"""
        return replace(self.q_many(meta, children), kind="which")

    def q_which_same(self, meta: Any, children: list[Any]) -> Question:
        """``which cube has the same colour as the car?``"""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return Question("which", (replace(thing, quantity="all").with_where((self.pp_same_as(meta, children),)),), text=self.words(meta))  # fmt: skip

    def q_size(self, meta: Any, children: list[Any]) -> Question:
        return replace(self.q_colour(meta, children), kind="size")

    def q_under(self, meta: Any, children: list[Any]) -> Question:
        return Question("under", (first(children, Thing),), text=self.words(meta))

    def q_asked(self, meta: Any, children: list[Any]) -> Question:
        return Question("asked", text=self.words(meta))

    def q_held(self, meta: Any, children: list[Any]) -> Question:
        return Question("held", text=self.words(meta))

    def q_colour(self, meta: Any, children: list[Any]) -> Question:
        groups = [g for c in children if isinstance(c, list) for g in c]
        thing = first(children, Thing).with_where(tuple(s for g in groups for s in g))
        return Question("colour", (thing,), text=self.words(meta))

    # ---- as they are asked in Chinese
    def q_side(self, meta: Any, children: list[Any]) -> Question:
        """``杯子在蓝碗的哪边``."""
        return self._of_two("side", meta, children)

    def q_alike(self, meta: Any, children: list[Any]) -> Question:
        """``红球和蓝碗同色吗``; ``一样大吗``."""
        said = "colour" if leaves(children, "SAMEZ") else str(leaves(children, "Q_ZALIKE")[0])
        return replace(self._of_two("alike", meta, children), spot=Spot(said, text=self.words(meta)))

    def q_reach(self, meta: Any, children: list[Any]) -> Question:
        """``杯子够得着吗``."""
        return Question("reach", (first(children, Thing),), text=self.words(meta))

    def q_choose_near(self, meta: Any, children: list[Any]) -> Question:
        """``杯子和盘子哪个离蓝碗更近``."""
        a, b, mark = (c for c in children if isinstance(c, (Thing, Fixture)))
        a, b = self._shared_noun([a, b])
        far = leaves(children, "FURTHER") or "farthest" in leaves(children, "SUPER")
        either = Thing(self.words(meta), quantity="the", either=(a, b))
        near = Spot("super", mark, superlative="farthest" if far else "nearest", text=self.words(meta))
        return Question("which", (replace(either, where=(near,)),), text=self.words(meta))

    def q_what_between(self, meta: Any, children: list[Any]) -> Question:
        """``球和杯子之间有什么``."""
        a, b = (c for c in children if isinstance(c, (Thing, Fixture)))
        last = next(c.index for c in children if isinstance(c, Leaf) and c.kind == "MIDST")
        where = self._tokens.span(self._index_at(meta.start_pos), last)
        return Question("see", spot=Spot("between", a, others=(b,), text=where), text=self.words(meta))

    def q_which_holds(self, meta: Any, children: list[Any]) -> Question:
        """``哪个碗里有球``: where the ball is; ``哪个碗里有东西``: which is not empty."""
        inside = first(children, Thing)
        if not inside.says_nothing and (inside.shape != "object" or inside.colours):
            return Question("where", (inside,), text=self.words(meta))
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        full = Spot("vacant", describes=True, negated=True, text=self.words(meta))
        return Question("which", (replace(thing, quantity="all", where=(full,)),), text=self.words(meta))

    def q_kinds(self, meta: Any, children: list[Any]) -> Question:
        """``方块有几种颜色``; ``桌上有几种颜色的东西``."""
        thing = first(children, Thing)
        if thing is None or leaves(children, "POST"):
            thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
            thing = replace(thing, shape="object") if thing.nounless else thing
        if post := leaves(children, "POST"):
            thing = thing.with_where((self._where(meta, children, post[0]),))
        return Question("kinds", (replace(thing, quantity="all"),), text=self.words(meta))

    def q_more_of(self, meta: Any, children: list[Any]) -> Question:
        """``方块和圆柱哪个多``."""
        a, b, *rest = [t for c in children if isinstance(c, tuple) for t in c]
        if rest:
            raise Misread("not_understood", self.words(meta))
        a, b = (replace(t, quantity="all") for t in self._shared_noun([a, b]))
        return Question("more_of", (a, b), text=self.words(meta))

    def q_colour_most(self, meta: Any, children: list[Any]) -> Question:
        """``哪种颜色的方块最多``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        thing = replace(thing, quantity="all", shape="object" if thing.nounless else thing.shape)
        return Question("colour_most", (thing,), Spot("fewest" if leaves(children, "FEWESTZ") else "most"), text=self.words(meta))  # fmt: skip

    def q_layers(self, meta: Any, children: list[Any]) -> Question:
        """``这摞有几层``; ``最高的那一摞有几个方块``."""
        most = [most_of(children)] if leaves(children, "SUPER") or leaves(children, "HEIGHT") else []
        return Question("layers", spot=Spot(next(iter(most), ""), text=self.words(meta)), text=self.words(meta))

    def _of_two(self, kind: str, meta: Any, children: list[Any]) -> Question:
        a, b = (c for c in children if isinstance(c, (Thing, Fixture)))
        return Question(kind, (a,), other=b, text=self.words(meta))
