"""Parse trees of phrases that pick some out of several: the taller of the two, at least 4 cm wide, neither red nor green."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.noun_phrases import Leaf, Misread, first, leaves
from hiervla.brain.grammar.relatives import Relatives

BOUNDS = {"ATLEAST": ">=", "ATMOST": "<=", "MORETHAN": ">", "LESSTHAN": "<", "ATD": "="}
SIZES = {"larger": "long_more", "smaller": "long_less", "taller": "tall_more", "lower": "tall_less", "longer": "long_more", "briefer": "long_less"}  # fmt: skip
"""``bigger than 4 cm``: longer than that."""
SUPERLATIVE = {"taller": "tallest", "lower": "shortest", "larger": "larger", "smaller": "smaller", "longer": "longest", "briefer": "shortest"}  # fmt: skip
SIZED = {"small": "smallest", "large": "largest"}


def most_of(children: list[Any]) -> str:
    """The superlative that ``bigger``, ``biggest``, ``closer`` or ``tall`` asks for."""
    for kind in ("SUPER", "COMP", "HEIGHT", "SIZE"):
        for value in leaves(children, kind):
            return {**SUPERLATIVE, **SIZED}.get(str(value), str(value))
    return "farthest" if leaves(children, "FURTHER") else "nearest"


@v_args(meta=True)
class Selections(Relatives):
    """Adds them to the phrases around nouns."""

    def of_them(self, meta: Any, children: list[Any]) -> Thing:
        """``the taller of the two cylinders``, ``the biggest of the red cubes``, ``the second of the cubes``."""
        among = next(c for c in children if isinstance(c, tuple))
        if len(among) != 1:  # "of the apple, the pear and the plum, the smallest"
            either = Thing(self.words(meta), quantity="the", either=self._shared_noun(list(among)))
            return replace(either, superlatives=(most_of(children),))
        thing = among[0]
        within = self._within(meta, children, thing)
        counted = thing.count if thing.quantity in ("the_count", "count", "both") else None
        thing = replace(thing, text=self.words(meta), quantity="the", plural=False, count=None, among=counted)
        if nth := leaves(children, "ORD"):
            if thing.ordinal:  # "三个第六包裹里第二大的"
                raise Misread("not_understood", self.words(meta))
            thing = replace(thing, ordinal=int(nth[0]))
            within = [replace(w, ordinal=int(nth[0])) for w in within]
            if not any(leaves(children, k) for k in ("SUPER", "COMP", "HEIGHT", "SIZE")):
                return thing
        if (size := leaves(children, "SIZE")) and size[0] not in SIZED:  # "砝码里中等大小的"
            thing = replace(thing, sizes=(*thing.sizes, str(size[0])))
            return replace(thing, instead=tuple(replace(w, sizes=thing.sizes) for w in within))
        most = most_of(children)
        within = [replace(w, superlatives=(most,)) for w in within]
        return replace(thing, superlatives=(*thing.superlatives, most), instead=tuple(within))

    def of_them_such(self, meta: Any, children: list[Any]) -> Thing:
        """``样品里红的那个``: the red one of them; ``碗里红的那个``: the red one in it."""
        among = next(c for c in children if isinstance(c, tuple))
        such = self.thing(meta, [c for c in children if isinstance(c, dict)])
        if len(among) != 1 or among[0].pronoun or among[0].id or (such.colours and among[0].colours):
            raise Misread("not_understood", self.words(meta))
        thing, within = among[0], self._within(meta, children, among[0])
        one = replace(such, shape=thing.shape, name=thing.name, colours=such.colours or thing.colours)
        one = replace(one, sizes=(*thing.sizes, *such.sizes), where=thing.where, attributes=(*thing.attributes, *such.attributes))  # fmt: skip
        counted = thing.count if thing.quantity in ("the_count", "count", "both") else None
        if counted is not None:  # "三个碗里红的那个": of the three
            return replace(one, where=(*thing.where, Spot("one_of", replace(thing, quantity="the_count", count=counted), describes=True, text=thing.text)))  # fmt: skip
        return replace(one, instead=tuple(replace(such, shape="object", where=w.where) for w in within))

    def _within(self, meta: Any, children: list[Any], thing: Thing) -> list[Thing]:
        """What lies in it, where it is said with ``里`` or ``上``."""
        said = [p for p in leaves(children, "POST") if p in ("in", "on")]
        spot = Spot(str(said[0]), replace(thing, plural=True, quantity="all"), describes=True, text=thing.text) if said else None  # fmt: skip
        return [Thing(self.words(meta), quantity="the", shape="object", where=(spot,))] if spot else []

    def zmod_zone(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("in", self._reference(children), text=self.words(meta))

    def held_thing(self, meta: Any, children: list[Any]) -> Thing:
        """``what you are holding``."""
        thing = self.thing(meta, [c for c in children if isinstance(c, dict)])
        return replace(thing, text=self.words(meta), pronoun="held", quantity="the")

    def whatever(self, meta: Any, children: list[Any]) -> Thing:
        """``whatever's tallest``."""
        most = most_of(children)
        return Thing(text=self.words(meta), quantity="the", shape="object", superlatives=(most,))

    def nth(self, meta: Any, children: list[Any]) -> Thing:
        """``the first (and the third cube)``."""
        return Thing(text=self.words(meta), quantity="the", ordinal=int(leaves(children, "ORD")[0]))

    def first_few(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        """``the first two cubes from the right``, ``the last two``."""
        nth, number = int(leaves(children, "ORD")[0]), self._whole(meta, leaves(children, "NUM")[0])
        if nth not in (1, -1):
            raise Misread("no_count", self.words(meta))
        return {"quantity": "the_count", "count": number, "ordinal": nth}

    def which_most(self, meta: Any, children: list[Any]) -> Spot:
        """``(that is) closest to you``, after the noun."""
        said = Thing(text=self.words(meta), superlatives=(leaves(children, "SUPER")[0],))
        return Spot("like", said, describes=True, text=self.words(meta))

    def either_of(self, meta: Any, children: list[Any]) -> Thing:
        """``either the red cup or the blue one``: one of them, whichever; where it is forbidden, both."""
        these = [c for c in children if isinstance(c, Thing)]
        return Thing(self.words(meta), quantity="a", either=self._shared_noun(these))

    def which_neither(self, meta: Any, children: list[Any]) -> Spot:
        """``neither red nor green``: none of these looks."""
        said = [c for c in children if isinstance(c, dict)]
        if any(d.keys() != {"colours"} for d in said):
            raise Misread("not_understood", self.words(meta))
        colours = tuple(c for d in said for c in d["colours"])
        return Spot("like", Thing(self.words(meta), colours=colours), describes=True, superlative="not", text=self.words(meta))  # fmt: skip

    # ---- where they are not
    def which_not_at(self, meta: Any, children: list[Any]) -> Spot:
        return replace(first(children, Spot), describes=True, negated=True, text=self.words(meta))

    def zmod_not_at(self, meta: Any, children: list[Any]) -> Spot:
        return replace(self.zmod_rel(meta, children), describes=True, negated=True)

    def which_outside(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("in", self._reference(children), describes=True, negated=True, text=self.words(meta))

    def zmod_outside(self, meta: Any, children: list[Any]) -> Spot:
        return self.which_outside(meta, children)

    # ---- how large they are
    def measures(self, meta: Any, children: list[Any]) -> Spot:
        """``at least 4 cm wide``, ``taller than 5 cm``; Chinese says the measure first or last."""
        than = [SIZES[s] for s in leaves(children, "COMP")] or leaves(children, "DIMTHAN")
        dim = leaves(children, "DIM")
        if than:
            dimension, _, side = than[0].partition("_")
            sign = ">" if side == "more" else "<"
        else:
            sign = next((BOUNDS[c.kind] for c in children if isinstance(c, Leaf) and c.kind in BOUNDS), "=")
            dimension = dim[0] if dim else ""
        if not dimension or len(set(dim)) > 1:
            raise Misread("not_understood", self.words(meta))
        size = first(children, float)
        return Spot("measures", None, dimension, size, superlative=sign, describes=True, text=self.words(meta))

    def than_dim(self, meta: Any, children: list[Any]) -> Spot:
        """``taller than the green one``, ``longer than the pen``."""
        said = {"tall_more": "taller", "tall_less": "lower", "wide_more": "wider", "wide_less": "narrower", "long_more": "longer", "long_less": "briefer"}  # fmt: skip
        sign = said[leaves(children, "DIMTHAN")[0]]
        return Spot("than", self._reference(children), superlative=sign, describes=True, text=self.words(meta))

    def pp_middle_to(self, meta: Any, children: list[Any]) -> Spot:
        mark = next((c for c in children if isinstance(c, Thing)), None)
        return Spot("in", mark, text=self.words(meta)) if mark is not None else Spot("middle", text=self.words(meta))

    def zmod_measures(self, meta: Any, children: list[Any]) -> Spot:
        return self.measures(meta, children)

    def of_each(self, meta: Any, children: list[Any]) -> Spot:
        """``one cube of each colour``."""
        return Spot("each_kind", describes=True, text=self.words(meta))
