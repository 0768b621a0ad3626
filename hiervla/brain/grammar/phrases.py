"""Parse trees of the phrases around nouns and of lists, to ``Spot``, ``Fixture`` and ``Item``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lark import v_args

from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import LATERAL, Misread, NounPhrases, first, leaves, relation


@dataclass(frozen=True, slots=True)
class _But:
    things: tuple[Thing, ...]


@v_args(meta=True)
class Phrases(NounPhrases):
    """Adds where things are and should be, measures, and lists of things."""

    # ---- Chinese phrases before a noun
    def zmod_rel(self, meta: Any, children: list[Any]) -> Spot:
        return self._where(meta, children, leaves(children, "POST")[0])

    def zmod_side(self, meta: Any, children: list[Any]) -> Spot:
        value = leaves(children, "POST")[0]
        if value == "on":  # "上面的便利贴": what lies on another thing
            return Spot("stacked", describes=True, text=self.words(meta))
        if value not in LATERAL:
            raise Misread("where_of", self.words(meta))
        return Spot("side", direction=value, text=self.words(meta))

    def zmod_super(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("super", self._reference(children), superlative=leaves(children, "SUPER")[0], text=self.words(meta))

    # ---- fixtures and measures
    def table(self, meta: Any, children: list[Any]) -> Fixture:
        return Fixture("table", self.words(meta))

    def edge(self, meta: Any, children: list[Any]) -> Fixture:
        return Fixture(leaves(children, "EDGE")[0], self.words(meta))

    def zone(self, meta: Any, children: list[Any]) -> Fixture:
        return Fixture(leaves(children, "ZONE")[0], self.words(meta))

    def measure(self, meta: Any, children: list[Any]) -> float:
        if few := leaves(children, "BIT"):
            return float(few[0])
        number = leaves(children, "NUM")
        return float((number[0] if number else 1.0) * leaves(children, "UNIT")[0])

    # ---- phrases after a noun
    def _reference(self, children: list[Any]) -> Thing | Fixture:
        return next(c for c in children if isinstance(c, (Thing, Fixture)))

    def _where(self, meta: Any, children: list[Any], value: str, distance: float | None = None) -> Spot:
        name, direction = relation(value)
        reference = self._reference(children)
        if distance is not None:
            if name in ("in", "on"):
                raise Misread("no_such_distance", self.words(meta))
            name = "at_distance"
        return Spot(name, reference, direction, distance, text=self.words(meta))

    def pp_rel(self, meta: Any, children: list[Any]) -> Spot:
        mark = self._reference(children)
        if isinstance(mark, Thing) and mark.superlatives == ("middle",) and mark.among == 2:
            return Spot("between", replace(mark, superlatives=(), quantity="the_count", count=2), text=self.words(meta))
        return self._where(meta, children, leaves(children, "REL")[0])

    def pp_to(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("to", self._reference(children), text=self.words(meta))

    def pp_at(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("beside", self._reference(children), text=self.words(meta))

    def pp_from(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("from", self._reference(children), text=self.words(meta))

    def pp_distance(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("at_distance", self._reference(children), distance_m=first(children, float), text=self.words(meta))

    def pp_distance_rel(self, meta: Any, children: list[Any]) -> Spot:
        return self._where(meta, children, leaves(children, "REL")[0], first(children, float))

    def pp_side(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("side", direction=leaves(children, "SIDEPP")[0], text=self.words(meta))

    def pp_shift(self, meta: Any, children: list[Any]) -> Spot:
        return Spot(
            "side", direction=leaves(children, "SIDEPP")[0], distance_m=first(children, float), text=self.words(meta)
        )

    def pp_there(self, meta: Any, children: list[Any]) -> Spot:
        """``in there``; ``in the same bowl``."""
        said = [c for c in children if isinstance(c, dict)]
        return Spot("there", self.thing(meta, said) if said else None, text=self.words(meta))

    def pp_count(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("count", direction=leaves(children, "COUNTFROM")[0], describes=True, text=self.words(meta))

    def pp_middle(self, meta: Any, children: list[Any]) -> Spot:
        """The middle of the table; in the middle of a container is in it."""
        found = first(children, Thing)
        zone = next((c for c in children if isinstance(c, Fixture) and c.name != "table"), None)
        if zone is not None:
            return Spot("middle", zone, text=self.words(meta))
        if found is not None and found.count == 2:  # "in the middle of the two rings"
            return Spot("between", found, text=self.words(meta))
        if found is not None:
            return Spot("in" if leaves(children, "REL")[0] == "in" else "on", found, text=self.words(meta))
        return Spot("middle", text=self.words(meta))

    def pp_between(self, meta: Any, children: list[Any]) -> Spot:
        a, *others = (c for c in children if isinstance(c, (Thing, Fixture)))
        return Spot("between", a, others=tuple(others), text=self.words(meta))

    def pp_corner(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("corner", direction=leaves(children, "CORNER")[0], text=self.words(meta))

    def pp_super(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("super", self._reference(children), superlative=leaves(children, "SUPER")[0], text=self.words(meta))

    def source(self, meta: Any, children: list[Any]) -> Spot:
        return Spot("from", self._reference(children), text=self.words(meta))

    def which(self, meta: Any, children: list[Any]) -> Spot:
        return replace(first(children, Spot), describes=True)

    def which_is(self, meta: Any, children: list[Any]) -> Spot:
        """``that is red``."""
        return Spot("like", self.thing(meta, children), describes=True, text=self.words(meta))

    def which_not(self, meta: Any, children: list[Any]) -> Spot:
        """``that is not red``, ``that is not a cube``."""
        return replace(self.which_is(meta, children), superlative="not")

    def zmod_not(self, meta: Any, children: list[Any]) -> Spot:
        return self.which_not(meta, children)

    def than(self, meta: Any, children: list[Any]) -> Spot:
        """``bigger than the red one``."""
        said = leaves(children, "COMP")[0]
        return Spot("than", self._reference(children), superlative=said, describes=True, text=self.words(meta))

    def which_than(self, meta: Any, children: list[Any]) -> Spot:
        return first(children, Spot)  # type: ignore[no-any-return]

    def zmod_than(self, meta: Any, children: list[Any]) -> Spot:
        return self._than_zh(meta, children)

    def _than_zh(self, meta: Any, children: list[Any]) -> Spot:
        """``比红色的大``."""
        size = leaves(children, "SIZE")
        if size and size[0] not in ("small", "large"):
            raise Misread("not_understood", self.words(meta))
        said = {"small": "smaller", "large": "larger"}[size[0]] if size else leaves(children, "COMP")[0]
        return Spot("than", self._reference(children), superlative=said, describes=True, text=self.words(meta))

    def ppgroup(self, meta: Any, children: list[Any]) -> tuple[Spot, ...]:
        spots = tuple(c for c in children if isinstance(c, Spot))
        # "put it back in the box": where to is said, and "back" adds nothing
        taken = all(s.relation == "from" for s in spots[:-1])  # "the cube from the box there too"
        if len(spots) > 1 and spots[-1].relation == "there" and not taken:  # "in that bowl over there"
            spots = spots[:-1]
        return tuple(s for s in spots[:-1] if s.relation != "back" or s.text.lower() != "back") + spots[-1:]

    def pps(self, meta: Any, children: list[Any]) -> list[tuple[Spot, ...]]:
        return [c for c in children if isinstance(c, tuple)]

    # ---- lists
    def things(self, meta: Any, children: list[Any]) -> tuple[Thing, ...]:
        but = [c for c in children if isinstance(c, list)]
        found = [c for c in children if isinstance(c, Thing)]
        if found and _told_apart(found):  # "两个方块，绿的和蓝的": which two, and never four
            raise Misread("not_understood", self.words(meta))
        if but:
            found[-1] = replace(found[-1], but=tuple(but[0]))
        return self._shared_noun([t for thing in found for t in self._split_colours(thing)])

    def wai(self, meta: Any, children: list[Any]) -> list[Thing]:
        if leaves(children, "WITHOUT"):
            return [self.thing(meta, [c for c in children if isinstance(c, dict)])]
        return [c for c in children if isinstance(c, Thing)]

    def item(self, meta: Any, children: list[Any]) -> Item:
        thing = first(children, Thing)
        excepted = next((k for k, c in enumerate(children) if isinstance(c, _But)), len(children))
        groups = [g for c in children[:excepted] if isinstance(c, list) for g in c]
        after = [g for c in children[excepted:] if isinstance(c, list) for g in c]
        but = [b for c in children if isinstance(c, _But) for b in c.things]
        if but and len(after) == 1:
            mine, rest = _of_excepted(after[0], bool(groups))
            but[-1] = but[-1].with_where(mine)
            after = [rest] if rest else []
        return Item(replace(thing, but=(*thing.but, *but)), (*groups, *after))

    def items(self, meta: Any, children: list[Any]) -> tuple[Item, ...]:
        found: list[Item] = []
        for item in (Item(c) if isinstance(c, Thing) else c for c in children if isinstance(c, Thing | Item)):
            *ahead, last = self._split_colours(item.thing)
            found += [*[Item(t) for t in ahead], Item(last, item.groups)]
        found = _excepted_too(found)
        things = self._shared_noun([i.thing for i in found])
        return tuple(Item(t, i.groups) for t, i in zip(things, found, strict=True))

    def items_pp(self, meta: Any, children: list[Any]) -> tuple[Item, ...]:
        return self.items(meta, children)

    def item_pp(self, meta: Any, children: list[Any]) -> Item:
        return self.item(meta, children)

    def exception(self, meta: Any, children: list[Any]) -> _But:
        if leaves(children, "WITHOUT"):  # "the cubes without the red one"
            return _But((self.thing(meta, [*(c for c in children if isinstance(c, dict))]),))
        return _But(tuple(c for c in children if isinstance(c, Thing)))

    def _split_colours(self, thing: Thing) -> list[Thing]:
        """``the red and blue cubes`` are the red ones and the blue ones."""
        if len(thing.colours) < 2:
            return [thing]
        if thing.count == len(thing.colours):  # "红、蓝、绿三个方块": one of each
            thing = replace(thing, quantity="the", count=None, plural=False)
        return [replace(thing, colours=(c,), text=f"{thing.text}", plural=thing.plural) for c in thing.colours]

    def _shared_noun(self, things: list[Thing]) -> tuple[Thing, ...]:
        """``the red and the blue cube``: a thing without a noun takes the next one's."""
        noun = None
        out: list[Thing] = []
        side = next((t.count_from for t in things if t.ordinal is not None and t.count_from), None)
        things = [replace(t, count_from=t.count_from or side) if t.ordinal is not None else t for t in things]
        if len(things) == 2 and things[0].quantity == "both" and not things[0].plural:
            things[0] = replace(things[0], quantity="the", count=None)  # "both A and B"
        for thing in reversed(things):
            if thing.nounless and not thing.other and noun is not None:
                thing = replace(thing, shape=noun.shape, name=noun.name, plural=thing.plural or (noun.plural and noun.quantity != "count"))  # fmt: skip
            elif not thing.nounless and not thing.pronoun:
                noun = thing
            out.append(thing)
        return tuple(reversed(out))


def _of_excepted(spots: tuple[Spot, ...], placed: bool) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """Of what follows ``except the one``: what says which one, and what says where the others go, unless that is said by now."""
    if placed:
        return spots, ()
    n = next((k for k, s in enumerate(spots) if not (s.describes or s.relation == "super")), len(spots))
    return (spots[:n], spots[n:]) if n < len(spots) else ((), spots)


def _definite(thing: Thing) -> bool:
    return thing.quantity in ("the", "bare", "the_count") and not thing.but


def _excepted_too(items: list[Item]) -> list[Item]:
    """``everything except the mugs and the plates in the bowl``: nor the plates. Of ``…, and a plate in the bowl`` it is one more."""
    for k, head in enumerate(items[:-1]):
        if not head.thing.but:
            continue
        several = head.thing.many or head.thing.quantity == "bare"
        end = k + 1
        while end < len(items) and _definite(items[end].thing) and (several or items[end].thing.nounless):
            end += 1
            if items[end - 1].groups:
                break
        more, last = items[k + 1 : end], items[end - 1]
        if not more or (head.groups and (last.groups or end < len(items))):
            continue
        but = (*head.thing.but, *(i.thing for i in more))
        return [*items[:k], Item(replace(head.thing, but=but), head.groups or last.groups), *items[end:]]
    return items


def _told_apart(found: list[Thing]) -> bool:
    """A number of things, and behind it as many without a noun, which say which ones are meant."""
    counted, *rest = found
    alike = all(t.nounless and t.quantity in ("bare", "a") and (t.colours or t.sizes) for t in rest)
    chinese = any("一" <= c <= "鿿" for c in counted.text)
    return chinese and counted.quantity == "count" and not counted.nounless and counted.count == len(rest) and alike
