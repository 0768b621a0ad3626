"""Parse trees of phrases that compare with how things are or were: back, nearer, farther, just moved, of another colour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.phrases import Phrases

STACKED = Spot("stacked", describes=True)
"""Standing on another thing of the same pile."""
PILED = Spot("stacked", direction="any", describes=True)
"""Part of a pile, its lowest thing too."""


@v_args(meta=True)
class Relatives(Phrases):
    """Adds them to the phrases around nouns."""

    def pp_back(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("back", text=self.words(meta))

    def pp_stead(self, meta: Any, children: list[Any]) -> Spot:
        """``where the ball was``: put there for it."""
        return Spot("stead", first(children, Thing), text=self.words(meta))

    def pp_recent(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("recent", describes=True, text=self.words(meta))

    def zmod_recent(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_recent(meta, children)

    def thing_recent(self, meta: Any, children: list[Any]) -> Thing:
        """``刚才移动的那个``."""
        spot = first(children, Spot)
        if spot is None or spot.relation != "recent":
            raise Misread("not_understood", self.words(meta))
        several = bool(leaves(children, "THEM") or leaves(children, "NUM"))
        return Thing(text=self.words(meta), quantity="the", plural=several, where=(spot,))

    def pp_nearer(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("nearer", self._reference(children), distance_m=first(children, float), text=self.words(meta))

    def pp_farther(self, meta: Any, children: list[Any]) -> Spot:
        return replace(self.pp_nearer(meta, children), relation="farther")

    def pp_half(self, meta: Any, children: list[Any]) -> Spot:
        """``near the left side of the table`` is by its edge; ``on the left side`` anywhere in that half."""
        half = leaves(children, "HALF")[0]
        if leaves(children, "REL") and leaves(children, "REL")[0] not in ("in", "on"):
            edge = {"left": "left edge", "right": "right edge", "front": "near edge", "behind": "far edge"}[half]
            return Spot("beside", Fixture(edge, self.words(meta)), text=self.words(meta))
        return Spot("half", direction=half, text=self.words(meta))

    def pp_myside(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("myside", direction=leaves(children, "MYSIDE")[0], text=self.words(meta))

    def pp_different(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("unlike", describes=True, text=self.words(meta))

    def pp_same_as(self, meta: Any, children: list[Any]) -> Spot:
        unlike = bool(leaves(children, "DIFFAS") or leaves(children, "DIFFZ"))
        mark = self._reference(children)
        if isinstance(mark, Thing) and mark.pronoun == "it":  # "in a bowl of another colour than it"
            return Spot("unlike" if unlike else "matching", describes=True, text=self.words(meta))
        if isinstance(mark, Thing) and mark.quantity == "a" and not mark.colours:  # "of the same colour as a bowl"
            return Spot("matched", replace(mark, quantity="the", same_colour=True), describes=True, negated=unlike, text=self.words(meta))  # fmt: skip
        return Spot("unlike_colour" if unlike else "like_colour", mark, describes=True, text=self.words(meta))

    def zmod_same(self, meta: Any, children: list[Any]) -> Spot:
        """``和红碗颜色相同的``; ``和它颜色相同的`` is what suits each thing."""
        mark = first(children, Thing)
        if mark is None or mark.pronoun == "it":
            return Spot("unlike" if leaves(children, "DIFFZ") else "matching", describes=True, text=self.words(meta))
        return self.pp_same_as(meta, children)

    def zmod_alike(self, meta: Any, children: list[Any]) -> Spot:
        """``和红球形状一样的``, ``跟绿方块一样大的``."""
        how = leaves(children, "Q_ZALIKE")[0]
        return Spot(f"alike_{how}", self._reference(children), describes=True, text=self.words(meta))

    def zmod_vacant(self, meta: Any, children: list[Any]) -> Spot:
        """``空着的碗``."""
        return Spot("vacant", describes=True, text=self.words(meta))

    def zmod_holds(self, meta: Any, children: list[Any]) -> Spot:
        """``放着面包的盘子``: what that lies in or on."""
        post = next(iter(leaves(children, "POST")), "in")
        if post not in ("in", "on"):
            raise Misread("not_understood", self.words(meta))
        return Spot("under", self._reference(children), describes=True, text=self.words(meta))

    def zmod_both(self, meta: Any, children: list[Any]) -> Spot:
        """``比绿方块小但比黄方块大的``."""
        at = next(k for k, c in enumerate(children) if isinstance(c, Leaf) and c.kind == "AND")
        low, high = self._than_zh(meta, children[:at]), self._than_zh(meta, children[at:])
        return replace(low, others=(Thing(text="", where=(high,)),))

    def pp_gap(self, meta: Any, children: list[Any]) -> Spot:
        """``with a 4 cm gap between it and the blue ring``."""
        mark = [c for c in children if isinstance(c, (Thing, Fixture))][-1]
        return Spot("at_distance", mark, distance_m=first(children, float), text=self.words(meta))

    def pp_topmost(self, meta: Any, children: list[Any]) -> Spot:
        """``the cube at the top of the stack``."""
        said = Thing(text=self.words(meta), superlatives=("topmost",), where=(STACKED,))
        return Spot("like", said, describes=True, text=self.words(meta))

    def pp_top(self, meta: Any, children: list[Any]) -> Spot:
        """``onto the tower``; of a coloured one it is not known which that is."""
        if any(c.get("colours") for c in children if isinstance(c, dict)):
            raise Misread("not_understood", self.words(meta))
        return Spot("top", text=self.words(meta))

    # ---- Chinese destinations
    def place_shifted(self, meta: Any, children: list[Any]) -> Spot:
        return (self.pp_farther if leaves(children, "FURTHER") else self.pp_nearer)(meta, children)

    def place_away(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_farther(meta, children)

    def place_top(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_top(meta, children)

    def place_far(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("far", distance_m=first(children, float), text=self.words(meta))

    def place_middle_of(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("middle", self._reference(children), text=self.words(meta))

    def place_half(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("half", direction=leaves(children, "HALF")[0], text=self.words(meta))

    def place_myside(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_myside(meta, children)

    def place_back(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_back(meta, children)

    def place_stead(self, meta: Any, children: list[Any]) -> Spot:
        return self.pp_stead(meta, children)
