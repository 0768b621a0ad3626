"""Parse trees of conditions, repetition, what must stay as it is and what should be as it was, to acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Condition, Put, Spare, Transfer, Undo, Until, When
from hiervla.brain.grammar.clauses import IT, _described
from hiervla.brain.grammar.constructions import Constructions, _tuple
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves

ANYTHING = Thing("", shape="object")

Told = tuple[list[Act], list[str]]
COMPARISONS = {"UPWARDS": ">=", "MORETHAN": ">", "LESSTHAN": "<", "ATLEAST": ">=", "ATMOST": "<="}


@v_args(meta=True)
class Provisos(Constructions):
    """The outermost rules: all else is inherited."""

    # ---- if, until
    def when(self, meta: Any, children: list[Any]) -> When:
        then, *otherwise = (c for c in children if isinstance(c, tuple))
        condition = first(children, Condition)
        if leaves(children, "UNLESS"):
            condition = replace(condition, negated=not condition.negated)
        other = otherwise[0] if otherwise else ([], [])
        return When(condition, tuple(then[0]), tuple(then[1]), tuple(other[0]), tuple(other[1]), self.words(meta))

    def conditional(self, meta: Any, children: list[Any]) -> Told:
        """``first A, then if B, C otherwise D``: from the condition on, all belongs to it."""
        acts, links = next((c for c in children if isinstance(c, tuple)), ([], []))
        joint = [next((c for c in children if isinstance(c, str)), "then")] if acts else []
        return [*acts, first(children, When)], [*links, *joint]

    def when_after(self, meta: Any, children: list[Any]) -> Told:
        return [self.when(meta, children)], []

    def until(self, meta: Any, children: list[Any]) -> Told:
        acts, links = next(c for c in children if isinstance(c, tuple))
        return [*acts[:-1], Until(acts[-1], first(children, Condition), self.words(meta))], links

    def until_before(self, meta: Any, children: list[Any]) -> Told:
        return self.until(meta, children)

    # ---- what may be so
    def _condition(self, kind: str, meta: Any, children: list[Any], negated: bool = False) -> Condition:
        things = tuple(c for c in children if isinstance(c, Thing))
        groups = [g for c in children if isinstance(c, list) for g in c]
        spots = [c for c in children if isinstance(c, Spot)]
        if groups and things:
            things = (things[0].with_where(tuple(s for g in groups for s in g)), *things[1:])
        said_not = any(isinstance(c, Leaf) and c.kind in ("NOT", "THERENO") for c in children)
        if kind == "exists" and things:
            self._says_where(things[0], meta)
        return Condition(kind, things, spots[0] if spots else None, negated or said_not, text=self.words(meta))

    def _says_where(self, thing: Thing, meta: Any) -> None:
        """``if there is something`` leaves out where, and is always so."""
        if replace(thing, text="", quantity="bare", plural=False) == ANYTHING:
            raise Misread("not_understood", self.words(meta))

    def p_exists(self, meta: Any, children: list[Any]) -> Condition:
        return self._condition("exists", meta, children)

    def p_none(self, meta: Any, children: list[Any]) -> Condition:
        return self._condition("exists", meta, children)

    def p_nothing(self, meta: Any, children: list[Any]) -> Condition:
        """``there is nothing in the bowl``; ``there isn't anything on the plate``; ``something is in it``."""
        groups = [g for c in children if isinstance(c, list) for g in c] + [
            (c,) for c in children if isinstance(c, Spot)
        ]
        where = tuple(s for g in groups for s in (g if isinstance(g, tuple) else (g,)))
        thing = Thing(text=self.words(meta), quantity="all", shape="object")
        thing = next((self._described(thing, c) for c in children if isinstance(c, dict)), thing).with_where(where)
        self._says_where(thing, meta)
        none = any(
            isinstance(c, Leaf) and c.kind == "NOTHING" and "no" in self._tokens.tokens[c.index].text.lower()
            for c in children
        )
        return Condition("exists", (thing,), negated=none or bool(leaves(children, "THERENO")), text=self.words(meta))

    def p_is(self, meta: Any, children: list[Any]) -> Condition:
        return self._condition("is", meta, children)

    def p_outside(self, meta: Any, children: list[Any]) -> Condition:
        """``the cup is not in the tray``, ``… is outside the zone``."""
        spot = Spot("in", self._reference(children[1:]), text=self.words(meta))
        return replace(self._condition("is", meta, children[:1], negated=True), spot=spot)

    def p_state(self, meta: Any, children: list[Any]) -> Condition:
        state = Spot(leaves(children, "STATE")[0], text=self.words(meta))
        return replace(self._condition("state", meta, children), spot=state)

    def p_vacant(self, meta: Any, children: list[Any]) -> Condition:
        zone = next((c for c in children if isinstance(c, Fixture)), None)
        if zone is not None:  # "待修区空着"
            within = self.p_holds(meta, [zone, Thing(self.words(meta), "all", shape="object")])
            return replace(within, negated=not leaves(children, "NOT"))
        return self._condition("vacant", meta, children)

    def p_more(self, meta: Any, children: list[Any]) -> Condition:
        """``more red cubes than blue ones``."""
        a, b = (c for c in children if isinstance(c, tuple))
        a, b = self._compared_groups([*a, *b])
        sign = "more" if leaves(children, "MORE") else "fewer"
        return Condition("more", (a, b), comparison=sign, text=self.words(meta))

    def _compared_groups(self, things: list[Thing]) -> tuple[Thing, ...]:
        """``red cubes than green ones``: either may lend the other its noun."""
        a, b = (replace(t, quantity="all") for t in self._shared_noun(things))
        return a, replace(b, shape=a.shape, name=a.name) if b.nounless and not b.other else b

    def p_than(self, meta: Any, children: list[Any]) -> Condition:
        return self._condition("than", meta, children)

    def p_than_zh(self, meta: Any, children: list[Any]) -> Condition:
        thing = next(c for c in children if isinstance(c, Thing))
        return Condition("than", (thing,), self._than_zh(meta, children[1:]), text=self.words(meta))

    def p_like(self, meta: Any, children: list[Any]) -> Condition:
        said = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return replace(self._condition("like", meta, children), spot=Spot("like", said, text=self.words(meta)))

    def p_holds(self, meta: Any, children: list[Any]) -> Condition:
        """``碗里有红色方块``, ``the bowl has a cube``."""
        post = leaves(children, "POST") or ["in"]
        mark, *things = (c for c in children if isinstance(c, (Thing, Fixture)))
        where = self._where(meta, [mark], post[0])
        return Condition("exists", (things[0].with_where((replace(where, describes=True),)),), text=self.words(meta))

    def p_holds_no(self, meta: Any, children: list[Any]) -> Condition:
        return replace(self.p_holds(meta, children), negated=True)

    def p_count(self, meta: Any, children: list[Any]) -> Condition:
        sign = next((COMPARISONS[c.kind] for c in children if isinstance(c, Leaf) and c.kind in COMPARISONS), "=")
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        groups = [g for c in children if isinstance(c, list) for g in c]
        thing = replace(thing.with_where(tuple(s for g in groups for s in g)), quantity="all")
        number = self._whole(meta, leaves(children, "NUM")[0])
        return Condition("count", (thing,), comparison=sign, number=number, text=self.words(meta))

    def p_count_of(self, meta: Any, children: list[Any]) -> Condition:
        sign = next((COMPARISONS[c.kind] for c in children if isinstance(c, Leaf) and c.kind in COMPARISONS), "=")
        things = tuple(replace(t, quantity="all") for t in _tuple(children))
        return Condition(
            "count",
            things,
            comparison=sign,
            number=self._whole(meta, leaves(children, "NUM")[0]),
            text=self.words(meta),
        )

    def p_count_zh(self, meta: Any, children: list[Any]) -> Condition:
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        said = self.p_count(meta, [c for c in children if c is not mark])
        where = replace(self._where(meta, [mark], leaves(children, "POST")[0]), describes=True)
        return replace(said, things=(said.things[0].with_where((where,)),))

    def p_parity(self, meta: Any, children: list[Any]) -> Condition:
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        groups = [g for c in children if isinstance(c, list) for g in c]
        thing = replace(thing.with_where(tuple(s for g in groups for s in g)), quantity="all")
        return Condition("count", (thing,), comparison=leaves(children, "PARITY")[0], text=self.words(meta))

    def p_parity_of(self, meta: Any, children: list[Any]) -> Condition:
        things = tuple(replace(t, quantity="all") for t in _tuple(children))
        return Condition("count", things, comparison=leaves(children, "PARITY")[0], text=self.words(meta))

    # ---- as it is, as it was
    def spare(self, meta: Any, children: list[Any]) -> Spare:
        things = list(_tuple(children))
        groups = [g for c in children if isinstance(c, list) for g in c]
        if groups:
            things[-1] = things[-1].with_where(tuple(s for g in groups for s in g))
        return Spare(tuple(things), self.words(meta))

    def undo(self, meta: Any, children: list[Any]) -> Undo:
        return Undo(self.words(meta))

    def return_(self, meta: Any, children: list[Any]) -> Put:
        text = self.words(meta)
        things = tuple(_described(t) if isinstance(t, Item) else t for t in _tuple(children)) or (IT,)
        return Put(((Transfer(things, (Spot("back", text=text),)),),), text)

    def way_times(self, meta: Any, children: list[Any]) -> Spot:
        number = [*leaves(children, "NUM"), *map(float, leaves(children, "TWICE"))]
        if not number or number[0] != int(number[0]) or number[0] < 1:
            raise Misread("no_count", self.words(meta))
        return Spot("times", count=int(number[0]), text=self.words(meta))
