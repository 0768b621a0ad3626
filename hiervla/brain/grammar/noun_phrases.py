"""Parse trees of noun phrases and the phrases after them, to ``Thing``, ``Fixture`` and ``Spot``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lark import Token as Terminal
from lark import Transformer, v_args

from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.tokens import Tokens

LATERAL = ("left", "right", "front", "behind")
_ANY = re.compile(r"any (?!one\b|single\b|of\b)")
"""``any cubes``; not ``any one of the cubes``."""


class Misread(Exception):
    """A sentence that parses and yet says nothing that can be meant; the message key and the words to quote."""

    def __init__(self, key: str, part: str) -> None:
        super().__init__(f"{key}: {part}")
        self.key, self.part = key, part


@dataclass(frozen=True, slots=True)
class Leaf:
    """A word in the tree: its terminal, what it means, which token it is."""

    kind: str
    value: Any
    index: int


def leaves(children: list[Any], kind: str) -> list[Any]:
    """Meanings of the words of one kind among a node's children."""
    return [c.value for c in children if isinstance(c, Leaf) and c.kind == kind]


def first(children: list[Any], kind: type) -> Any:
    """The first child of a type, or None."""
    return next((c for c in children if isinstance(c, kind)), None)


def relation(value: str) -> tuple[str, str | None]:
    """``left`` is ``beside`` with a direction; ``in``, ``on`` and ``beside`` stay themselves."""
    return ("beside", value) if value in LATERAL else (value, None)


@v_args(meta=True)
class NounPhrases(Transformer[Any, Any]):
    """Methods are named after the rules of the grammar."""

    def __init__(self, tokens: Tokens, index_at: Callable[[int], int]) -> None:
        super().__init__()
        self._tokens, self._index_at = tokens, index_at

    def __default_token__(self, terminal: Terminal) -> Leaf:
        index = self._index_at(terminal.start_pos or 0)
        return Leaf(str(terminal.type), self._tokens.tokens[index].kinds[terminal.type], index)

    def words(self, meta: Any) -> str:
        """The person's own words for a node."""
        if meta.empty:
            return ""
        return self._tokens.span(self._index_at(meta.start_pos), self._index_at(meta.end_pos - 1))

    # ---- things
    def thing(self, meta: Any, children: list[Any]) -> Thing:
        thing = Thing(text=self.words(meta))
        for child in children:
            match child:
                case dict() as described:
                    thing = self._described(thing, described)
                case Spot() as spot:
                    thing = self._placed(thing, spot)
                case Leaf(kind="SAMEPP"):
                    thing = replace(thing, same_colour=True)
                case Leaf(kind="ONE", index=index):
                    said = self._tokens.tokens[index].text.lower()
                    thing = replace(thing, plural=thing.plural or said.endswith("s"))
                case Leaf(kind="POST", value=value) if value in LATERAL:
                    thing = replace(thing, side=value)
                case Leaf(kind="POST", value="on"):
                    thing = self._placed(thing, Spot("stacked", describes=True, text=thing.text))
                case Leaf(kind="POST"):
                    raise Misread("where_of", thing.text)
        if thing.nounless and any(s.relation == "stacked" and s.describes for s in thing.where):  # "上面的": of what?
            raise Misread("where_of", thing.text)
        picked = thing.superlatives or thing.ordinal or thing.side
        if thing.text.endswith("东西") and thing.quantity == "bare" and (thing.colours or thing.where) and not picked:
            return replace(thing, plural=True)  # "红的东西": whatever is red
        if thing.quantity == "a" and thing.plural and _ANY.match(thing.text.lower()):
            return replace(thing, quantity="all")  # "any cubes" are all there are
        return thing

    def _described(self, thing: Thing, described: dict[str, Any]) -> Thing:
        """Adjectives and determiners; a second word of a kind that excludes the first is a contradiction."""
        for key in ("colours", "sizes"):
            both = getattr(thing, key)
            if both and key in described and not described.get("joined"):
                raise Misread("two_words", thing.text)
        if described.keys() & {"every", "each_kind"}:
            if thing.count is not None:
                raise Misread("two_words", thing.text)
            thing = replace(thing, quantity="bare", count=None)
        elif "quantity" in described and thing.quantity != "bare":
            raise Misread("two_words", thing.text)
        add = {k: v for k, v in described.items() if k not in ("joined", "collective")}
        if described.get("collective") and thing.quantity == "bare":
            add["quantity"] = "all"
        if "superlatives" in add:
            add["superlatives"] = (*thing.superlatives, *add["superlatives"])
        if "plural" in add:
            add["plural"] = add["plural"] or thing.plural
        return replace(thing, **add)

    def _placed(self, thing: Thing, spot: Spot) -> Thing:
        if spot.relation == "side" and thing.side is None:
            return replace(thing, side=spot.direction)
        if spot.relation in ("like", "unlike", "matching"):
            return thing.with_where((spot,))
        return replace(thing, where=(*thing.where, spot))

    def thing_post(self, meta: Any, children: list[Any]) -> Thing:
        return self.thing(meta, children)

    def pair(self, meta: Any, children: list[Any]) -> Thing:
        count = self._whole(meta, leaves(children, "NUM")[0])
        return replace(self.thing(meta, children), quantity="the_count", count=count)

    def pair_both(self, meta: Any, children: list[Any]) -> Thing:
        """``between the other two bowls``."""
        return replace(self.pair(meta, children), other=True)

    def thing_but(self, meta: Any, children: list[Any]) -> Thing:
        *buts, thing = (c for c in children if isinstance(c, Thing))
        return replace(thing, but=(*thing.but, *buts), text=self.words(meta))

    def it(self, meta: Any, children: list[Any]) -> Thing:
        return Thing(text=self.words(meta), pronoun="it")

    def them(self, meta: Any, children: list[Any]) -> Thing:
        count = 2 if leaves(children, "BOTH") else None
        return Thing(text=self.words(meta), pronoun="them", quantity="all", count=count)

    def both(self, meta: Any, children: list[Any]) -> Thing:
        return Thing(text=self.words(meta), pronoun="them", quantity="both", count=2)

    def some_of_them(self, meta: Any, children: list[Any]) -> Thing:
        return Thing(
            text=self.words(meta), pronoun="them", quantity="count", count=self._whole(meta, leaves(children, "NUM")[0])
        )

    def all_of_so_many(self, meta: Any, children: list[Any]) -> Thing:
        """``the bulbs: all three go in the box``."""
        return replace(self.some_of_them(meta, children), quantity="all")

    def everything(self, meta: Any, children: list[Any]) -> Thing:
        """``everything``, ``everything blue``."""
        thing = Thing(text=self.words(meta), quantity="all", shape="object")
        return next((self._described(thing, c) for c in children if isinstance(c, dict)), thing)

    def other(self, meta: Any, children: list[Any]) -> Thing:
        said = self.words(meta).lower()
        if number := leaves(children, "NUM"):  # "the other two"
            return Thing(text=self.words(meta), quantity="the_count", count=self._whole(meta, number[0]), other=True)
        several = any(w in said for w in self._tokens.known.roles.get("leftover", ()))
        one = "a" if said.startswith("another") else "the"  # any one of them
        return Thing(text=self.words(meta), quantity="all" if several else one, other=True)

    def by_id(self, meta: Any, children: list[Any]) -> Thing:
        return Thing(text=self.words(meta), id=leaves(children, "ID")[0])

    def det(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        kinds = {c.kind for c in children if isinstance(c, Leaf)}
        number = leaves(children, "NUM")
        found: dict[str, Any] = {"other": True} if "OTHER" in kinds else {}
        said = self.words(meta).lower()
        if "OTHER" in kinds and number:
            return {"other": True, "quantity": "the_count", "count": self._whole(meta, number[0])}
        if "OTHER" in kinds and said.startswith("another"):
            found["quantity"] = "a"  # any of them
        elif "OTHER" in kinds and any(w in said for w in self._tokens.known.roles.get("leftover", ())):
            found["quantity"] = "all"
        elif kinds == {"CL"}:
            found["quantity"] = "a"
        elif kinds & {"ALL", "BOTH"}:
            found["quantity"] = "both" if "BOTH" in kinds else "all"
            if number or "BOTH" in kinds:
                found["count"] = self._whole(meta, number[0]) if number else 2
        elif "A" in kinds and number:
            found |= {"quantity": "count", "count": self._whole(meta, number[0])}
        elif "A" in kinds:
            found["quantity"] = "a"
        elif "THE" in kinds:
            of = "count" if "OF" in kinds else "the_count"
            found["quantity"] = of if number and number[0] != 1 else "the"
            found["plural"] = "these" in leaves(children, "THE")
            if number and number[0] != 1:
                found["count"] = self._whole(meta, number[0])
        elif number and number[0] == 1:
            found["quantity"] = "a"
        elif number:
            found |= {"quantity": "count", "count": self._whole(meta, number[0])}
        else:
            found["quantity"] = "the"
        return found

    def _whole(self, meta: Any, number: float) -> int:
        if number != int(number) or number < 1:
            raise Misread("no_count", self.words(meta))
        return int(number)

    def adjs(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for adjective in children:
            for key, value in adjective.items():
                if key in merged and key not in ("superlatives", "same_colour", "attributes", "quantity"):
                    raise Misread("two_words", self.words(meta))
                merged[key] = (*merged.get(key, ()), *value) if isinstance(value, tuple) else value
        return merged

    def adj(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        leaf: Leaf = children[0]
        if leaf.kind == "SAME":
            return {"same_colour": True}
        if leaf.kind == "DIFF":
            return {"other_colour": True}
        if leaf.kind in ("ATTR", "FIGURE"):
            return {"attributes": (leaf.value,)}
        if leaf.kind == "HEIGHT":
            return {"superlatives": (leaf.value,)}
        if leaf.kind == "SIDEADJ":
            return {"side": leaf.value}
        if leaf.kind == "ORDPARITY":
            return {"every": leaf.value, "quantity": "all"}
        if leaf.kind == "EACHKIND":
            return {"each_kind": True, "quantity": "all"}
        if leaf.kind == "ORD":
            return {"ordinal": int(leaf.value)}
        if leaf.kind == "COUNTFROM":
            return {"count_from": leaf.value}
        return {{"COLOUR": "colours", "SIZE": "sizes", "SUPER": "superlatives"}[leaf.kind]: (leaf.value,)}

    def nounless(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        return self.adj(meta, children)

    def colours(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        return {"colours": tuple(leaves(children, "COLOUR"))}

    def noun(self, meta: Any, children: list[Any]) -> dict[str, Any]:
        leaf: Leaf = children[0]
        noun = {"name" if leaf.kind == "NAME" else "shape": leaf.value.name, "plural": leaf.value.plural}
        return {**noun, "collective": True} if leaf.value.collective else noun
