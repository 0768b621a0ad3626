"""Parse trees of other ways to say what goes where: ``should be``, ``so that``, ``give it a push``, ``take it apart``, ``bin it``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.acts import Act, Arrange, Do, Incomplete, Put, Sort, Spare, Transfer
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import _described
from hiervla.brain.grammar.constructions import _tuple, joined
from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Misread, first, leaves
from hiervla.brain.grammar.provisos import Provisos
from hiervla.brain.grammar.relatives import PILED, STACKED

_ONE_PILE = re.compile(r"^(?!.*\b(?:all|both|each|every)\b).*\b(?:tower|stack|pile|heap)\b", re.I)
"""Of several towers one is meant."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Things, and where they go if that is said; what is done with them the clause before says."""

    items: tuple[Item, ...]
    text: str
    going: bool = False
    """In words that can only say where to."""
    ways: tuple[Spot, ...] = ()


@v_args(meta=True)
class Leaning(Provisos):
    """Adds them to the clauses."""

    def goes(self, meta: Any, children: list[Any]) -> Act:
        """``every cube goes in the box``."""
        found = _tuple(children)
        groups = tuple(g if isinstance(g, tuple) else (g,) for c in children if isinstance(c, list) for g in c)
        if all(isinstance(i, Item) for i in found):
            things = self._shared_noun([_described(i) for i in found])
        else:
            things = found
        return self._put((*(Item(t) for t in things[:-1]), Item(things[-1], groups)), self.words(meta))

    def goes_state(self, meta: Any, children: list[Any]) -> Do:
        """``the drawer should be open``."""
        skill = {"open": "open", "closed": "close"}.get(leaves(children, "STATE")[0])
        if skill is None:
            raise Misread("not_understood", self.words(meta))
        return Do(skill, tuple(Item(t) for t in _tuple(children)), (), self.words(meta))

    def put_so(self, meta: Any, children: list[Any]) -> Put:
        """``move it so that it's two inches left of the cup``."""
        groups = tuple(next(c for c in children if isinstance(c, list)))
        things = _tuple(children)
        return Put(readings((*(Item(t) for t in things[:-1]), Item(things[-1], groups))), self.words(meta))

    def being(self, meta: Any, children: list[Any]) -> Carried:
        groups = tuple(next(c for c in children if isinstance(c, list)))
        return Carried((Item(first(children, Thing), groups),), self.words(meta))

    def put_being(self, meta: Any, children: list[Any]) -> Put:
        """``arrange them so that the red one is on the green one``: how they should be is all that counts."""
        said = tuple(c.items[0] for c in children if isinstance(c, Carried))
        return Put(readings(said), self.words(meta))

    def remove_top(self, meta: Any, children: list[Any]) -> Put:
        """``take the top cube off the tower``."""
        text = self.words(meta)
        things = tuple(replace(t, where=(*t.where, STACKED)) for t in _tuple(children))
        return Put(((Transfer(things, (Spot("off", text=text),)),),), text)

    def restriction(self, meta: Any, children: list[Any]) -> Spot:
        """``the cubes, but only the red ones``."""
        said = _tuple(children)
        if len(said) != 1:
            raise Misread("not_understood", self.words(meta))
        return Spot("like", said[0], describes=True, text=self.words(meta))

    def item(self, meta: Any, children: list[Any]) -> Item:
        item: Item = super().item(meta, children)
        only = next((c for c in children if isinstance(c, Spot) and c.relation == "like"), None)
        return replace(item, thing=item.thing.with_where((only,))) if only is not None else item

    def pick_put(self, meta: Any, children: list[Any]) -> list[Act]:
        """``每种颜色各拿一个方块放到…``."""
        if leaves(children, "EACHKIND"):
            children = [tuple(replace(t, each_kind=True, quantity="all", count=None) for t in c) if isinstance(c, tuple) else c for c in children]  # fmt: skip
        return super().pick_put(meta, children)

    def put_on_top(self, meta: Any, children: list[Any]) -> Put:
        """``put the green one on top``: of what was spoken of last."""
        top = Spot("top", text=self.words(meta))
        return Put(((Transfer(_tuple(children), (top,)),),), self.words(meta))

    def put_together(self, meta: Any, children: list[Any]) -> Arrange:
        """``next to each other``."""
        if leaves(children, "REL") and leaves(children, "REL")[0] not in ("beside", "left", "right"):
            raise Misread("not_understood", self.words(meta))
        return Arrange("row", _tuple(children), text=self.words(meta))

    def spare_tower(self, meta: Any, children: list[Any]) -> Spare:
        text = self.words(meta)
        return Spare((Thing(text=text, quantity="all", shape="object", where=(PILED,)),), text)

    def empty_into(self, meta: Any, children: list[Any]) -> Put:
        """``empty the bowl into the box``."""
        text = self.words(meta)
        source, mark = (c for c in children if isinstance(c, (Thing, Fixture)))
        things = Thing(text=text, quantity="all", shape="object", where=(Spot("in", source, text=text),))
        return Put(((Transfer((things,), (Spot("to", mark, text=mark.text),)),),), text)

    def clear_zone(self, meta: Any, children: list[Any]) -> Put:
        """``clear the loading area``: what is in it goes somewhere else on the table."""
        text = self.words(meta)
        zone = first(children, Fixture)
        things = Thing(text=text, quantity="all", shape="object", where=(Spot("in", zone, text=text),))
        return Put(((Transfer((things,), (Spot("outside", zone, text=text),)),),), text)

    def bin(self, meta: Any, children: list[Any]) -> Put:
        """``bin the eraser``."""
        kinds = self._tokens.known.entries.get("bin", {})
        noun = kinds.get("NAME") or kinds["SHAPE"]
        bin_ = Thing(text="bin", quantity="the", **{"name" if "NAME" in kinds else "shape": noun.name})
        return Put(((Transfer(_tuple(children), (Spot("in", bin_, text=self.words(meta)),)),),), self.words(meta))

    def put_dests_before(self, meta: Any, children: list[Any]) -> Act:
        """``黄方块往桌子正中间放``."""
        return self._things_to(meta, children, first(children, Spot))

    def put_each_kind(self, meta: Any, children: list[Any]) -> Put:
        """``每种颜色的方块各拿一个放到…``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        thing = replace(thing, shape=thing.shape or (None if thing.name else "object"), each_kind=True, quantity="all")
        spots = tuple(next(c for c in children if isinstance(c, list)))
        return Put(((Transfer((thing,), spots),),), self.words(meta))

    def sort_by(self, meta: Any, children: list[Any]) -> Act:
        """``球按颜色收``."""
        if self._tokens.criterion is None:
            return Incomplete("where", "put", _tuple(children), self.words(meta))
        return Sort(_tuple(children), self._tokens.criterion, text=self.words(meta))

    def put_one(self, meta: Any, children: list[Any]) -> Act:
        return self._put((first(children, Item),), self.words(meta))

    def given(self, meta: Any, children: list[Any]) -> Do:
        """``give the cube a little push to the right``."""
        skill = [*leaves(children, "GIVENOUN"), *leaves(children, "SKILL")][0]
        spots = [s for c in children if isinstance(c, list) for g in c for s in (g if isinstance(g, tuple) else (g,))]
        where = (joined(spots, self.words(meta)),) if spots else ()
        return Do(skill, tuple(Item(t) for t in _tuple(children)), where, self.words(meta))

    def given_turn(self, meta: Any, children: list[Any]) -> Do:
        """``give the block a quarter turn``."""
        spot = self.way_turn(meta, [c for c in children if not isinstance(c, tuple)])
        return Do("turn", tuple(Item(t) for t in _tuple(children)), (spot,), self.words(meta))

    def put_one_more(self, meta: Any, children: list[Any]) -> Put:
        """``再放一个进去``."""
        one = Thing(text=self.words(meta), quantity="a", other=True)
        return Put(((Transfer((one,), (Spot("there", text=self.words(meta)),)),),), self.words(meta))

    def put_except_in(self, meta: Any, children: list[Any]) -> Put:
        """``待检区里除了圆柱，其他的都放到…``."""
        mark = next(c for c in children if isinstance(c, (Thing, Fixture)))
        within = self._where(meta, [mark], leaves(children, "POST")[0])
        buts = [c for c in children if isinstance(c, Thing) and c is not mark]
        spots = next(c for c in children if isinstance(c, list))
        rest = Thing(self.words(meta), quantity="all", shape="object", where=(within,), but=tuple(buts))
        return Put(((Transfer((rest,), tuple(spots)),),), self.words(meta))

    def unstack(self, meta: Any, children: list[Any]) -> Put:
        """``take the tower apart``: everything that stands on another comes down onto the table."""
        text = self.words(meta)
        said = _tuple(children) or (Thing(text=text, quantity="all", shape="object"),)
        pile = Spot("stacked", superlative="one", describes=True, text=text) if said[0].text == text and _ONE_PILE.search(text) else STACKED  # fmt: skip
        things = tuple(t if t.pronoun else replace(t, quantity="all", where=(*t.where, pile)) for t in said)
        return Put(((Transfer(things, (Spot("off", superlative="any", text=text),)),),), text)
