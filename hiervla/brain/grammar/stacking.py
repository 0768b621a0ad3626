"""Parse trees of towers and of orders among things, to acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Incomplete, Put, Stack, Transfer
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import Clauses, _described, _modifies
from hiervla.brain.grammar.form import Item, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves


@dataclass(frozen=True, slots=True)
class Order:
    """In which order things are to stand on each other, the lowest first; or which is at an end."""

    things: tuple[Thing, ...] = ()
    low: Thing | None = None
    high: Thing | None = None
    downwards: bool = False


@v_args(meta=True)
class Stacking(Clauses):
    """Adds them to the clauses."""

    def stack(self, meta: Any, children: list[Any]) -> Act:
        said = first(children, Order)
        found = next((c for c in children if isinstance(c, tuple)), ())
        form = next(iter(leaves(children, "FORM")), "tower")
        if form == "pyramid" and said is not None and not said.things and (said.low or said.high):
            things = tuple(_described(t) if isinstance(t, Item) else t for t in found)
            low, high = (said.low,) if said.low else (), (said.high,) if said.high else ()
            return Arrange("pyramid", things, text=self.words(meta), low=low, high=high)
        if form != "tower":
            raise Misread("not_understood", self.words(meta))
        if said is not None and any(isinstance(c, dict) and "colours" in c for c in children):
            raise Misread("not_understood", self.words(meta))  # "a purple tower: blue at the bottom, then green"
        if said is not None:
            things = tuple(_described(t) if isinstance(t, Item) else t for t in found)
            if not (said.things or said.low or said.high) and len(things) > 1:  # "A、B、C，从下往上摞"
                return Stack(tuple(reversed(things)) if said.downwards else things, "named", self.words(meta))
            return Stack(
                said.things or things,
                "named" if said.things else self._tokens.order,
                self.words(meta),
                said.low,
                said.high,
                things if said.things else (),
            )
        order = self._tokens.order
        if any(isinstance(c, Item) for c in found):
            if any(i.groups for i in found) and not all(_modifies(i) for i in found):
                return self._chain(found, self.words(meta))
            found = tuple(_described(i) for i in found)
        return Stack(found, order, self.words(meta))

    def _chain(self, items: tuple[Item, ...], text: str) -> Act:
        """``stack the red cube on the blue cube on the green cube``: each on the next."""
        if len(items) == 1 and len(items[0].groups) == 1 and len(items[0].groups[0]) > 1:
            spots = items[0].groups[0]
            if all(s.relation == "on" and isinstance(s.reference, Thing) for s in spots):
                upper = [items[0].thing, *[s.reference for s in spots[:-1]]]
                pairs = [Transfer((u,), (s,)) for u, s in zip(upper, spots, strict=True) if isinstance(u, Thing)]
                return Put((tuple(reversed(pairs)), *readings(items)), text)
        return self._put(items, text)

    def order(self, meta: Any, children: list[Any]) -> Order:
        """``in the order red, green, blue``, from the bottom up unless said otherwise; ``with the blue one at the bottom``."""
        kinds = ["INMIDDLE" if c.kind == "MIDDLE" else c.kind for c in children if isinstance(c, Leaf)]
        things = (
            tuple(c for c in children if isinstance(c, Thing)) if {"INORDER", "TOPUP", "TOPDOWN"} & set(kinds) else ()
        )
        if "TOPDOWN" in kinds:
            things = tuple(reversed(things))
        ends = [c for c in children if isinstance(c, Thing)] if not things else []
        marks = [k for k in kinds if k in ("ATBOTTOM", "INMIDDLE", "ATTOP")]
        at = dict(zip(marks, ends, strict=True))
        if "INMIDDLE" in marks:
            if len(at) != len(marks) or len(at) != 3:
                raise Misread("not_understood", self.words(meta))
            return Order((at["ATBOTTOM"], at["INMIDDLE"], at["ATTOP"]))
        return Order(things, at.get("ATBOTTOM"), at.get("ATTOP"), "TOPDOWN" in kinds)

    def colour_only(self, meta: Any, children: list[Any]) -> Thing:
        return Thing(text=self.words(meta), quantity="the", colours=tuple(leaves(children, "COLOUR")))

    def stack_what(self, meta: Any, children: list[Any]) -> Incomplete:
        return Incomplete("what", "stack", text=self.words(meta))
