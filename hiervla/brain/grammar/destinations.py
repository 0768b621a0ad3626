"""Parse trees of Chinese phrases that say where a thing is to go, to ``Spot``."""

from __future__ import annotations

from typing import Any

from lark import v_args

from hiervla.brain.grammar.form import Spot
from hiervla.brain.grammar.noun_phrases import LATERAL, Misread, first, leaves
from hiervla.brain.grammar.selections import Selections

ENDS = {"leftmost": "left", "rightmost": "right", "nearest": "front", "farthest": "behind"}
"""The end of a way that a superlative names: ``最右边``."""


@v_args(meta=True)
class Destinations(Selections):
    """Adds destinations to the phrases around nouns."""

    def dests(self, meta: Any, children: list[Any]) -> list[Spot]:
        return [c for c in children if isinstance(c, Spot)]

    def dests_marked(self, meta: Any, children: list[Any]) -> list[Spot]:
        return self.dests(meta, children)

    def dest_marked(self, meta: Any, children: list[Any]) -> Spot:
        return first(children, Spot)  # type: ignore[no-any-return]

    def place_rel(self, meta: Any, children: list[Any]) -> Spot:
        return self._where(meta, children, leaves(children, "POST")[0])

    def place_in(self, meta: Any, children: list[Any]) -> Spot:
        post = leaves(children, "POST")
        if post and post[0] != "in":
            raise Misread("two_words", self.words(meta))
        return Spot("in", self._reference(children), text=self.words(meta))

    def place_on(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("on", self._reference(children), text=self.words(meta))

    def place_to(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("to", self._reference(children), text=self.words(meta))

    def place_side(self, meta: Any, children: list[Any]) -> Spot:
        side = leaves(children, "POST")[0]
        if side not in LATERAL:  # "放到上": on what?
            raise Misread("where_of", self.words(meta))
        return Spot("side", direction=side, distance_m=first(children, float), text=self.words(meta))

    def place_rel_distance(self, meta: Any, children: list[Any]) -> Spot:
        return self._where(meta, children, leaves(children, "POST")[0], first(children, float))

    def place_distance_rel(self, meta: Any, children: list[Any]) -> Spot:
        return self.place_rel_distance(meta, children)

    def place_distance(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("at_distance", self._reference(children), distance_m=first(children, float), text=self.words(meta))

    def place_near(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_at(meta, children)

    def place_end(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("end", direction=_end(leaves(children, "SUPER")[0], self.words(meta)), text=self.words(meta))

    def place_between(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_between(meta, children)

    def place_middle(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("middle", text=self.words(meta))

    def place_corner(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_corner(meta, children)

    def place_there(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("there", text=self.words(meta))

    def spot(self, meta: Any, children: list[Any]) -> None:
        return None


def _end(superlative: str, text: str) -> str:
    """``最右边``: the end on the right; anything else is no end to go to."""
    side = ENDS.get(superlative)
    if side is None:
        raise Misread("where_unclear", text)
    return side
