"""Parse trees of questions, to ``Question``."""

from __future__ import annotations

from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Question
from hiervla.brain.grammar.destinations import Destinations
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.noun_phrases import first, leaves


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

    def q_far(self, meta: Any, children: list[Any]) -> Question:
        a = first(children, Thing)
        b = next(c for c in children if isinstance(c, (Thing, Fixture)) and c is not a)
        return Question("far", (a,), other=b, text=self.words(meta))

    def q_can(self, meta: Any, children: list[Any]) -> Question:
        return Question("can", text=self.words(meta))

    def q_held(self, meta: Any, children: list[Any]) -> Question:
        return Question("held", text=self.words(meta))

    def q_colour(self, meta: Any, children: list[Any]) -> Question:
        return Question("colour", (first(children, Thing),), text=self.words(meta))
