"""What was understood of an instruction, before anything is known of the world. Every part keeps its own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Quantity = Literal["bare", "the", "a", "all", "both", "count", "the_count"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A relation to something: where a thing is, was or should be."""

    relation: str  # in | on | beside | to | from | at_distance | side | super
    reference: Thing | Fixture | None = None
    direction: str | None = None
    distance_m: float | None = None
    superlative: str | None = None  # nearest | farthest, for relation "super"
    text: str = ""
    describes: bool = False  # "which is in the bowl": says where a thing is, never where it should go

    def __str__(self) -> str:
        words = [self.relation if self.relation != "super" else f"{self.superlative} to"]
        if self.distance_m is not None:
            words.append(f"{self.distance_m * 100:g} cm")
        if self.direction:
            words.append(self.direction)
        if self.reference is not None:
            words.append(str(self.reference))
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Fixture:
    """The table or one of its edges."""

    name: str
    text: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Thing:
    """A description of one or several objects."""

    text: str
    quantity: Quantity = "bare"
    count: int | None = None
    plural: bool = False
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    shape: str | None = None
    name: str | None = None
    id: str | None = None
    pronoun: Literal["it", "them"] | None = None
    superlatives: tuple[str, ...] = ()
    side: str | None = None
    same_colour: bool = False
    other: bool = False
    where: tuple[Spot, ...] = ()
    but: tuple[Thing, ...] = ()

    @property
    def many(self) -> bool:
        """It speaks of a group."""
        return self.plural or self.quantity in ("all", "both", "count", "the_count") or self.pronoun == "them"

    @property
    def nounless(self) -> bool:
        """``the red one``: the noun is the one spoken of before."""
        return not (self.shape or self.name or self.id or self.pronoun)

    def with_where(self, spots: tuple[Spot, ...]) -> Thing:
        """The thing further described by where it is: each phrase belongs to the noun before it."""
        if not spots:
            return self
        first, rest = spots[0], spots[1:]
        if first.relation == "side" and first.distance_m is None and self.side is None:
            return replace(self, side=first.direction).with_where(rest)
        if rest and isinstance(first.reference, Thing):
            first = replace(first, reference=first.reference.with_where(rest))
            rest = ()
        thing = replace(self, where=(*self.where, first))
        return thing.with_where(rest)

    def __str__(self) -> str:
        if self.pronoun:
            return self.pronoun
        if self.id:
            return self.id
        number = {"count": str(self.count), "the_count": f"the {self.count}", "bare": "all" if self.plural else "the"}
        words = ["all" if self.plural and self.quantity == "the" else number.get(self.quantity, self.quantity)]
        words += ["other"] * self.other + list(self.superlatives) + ([self.side] if self.side else [])
        words += [*self.sizes, "|".join(self.colours)] + ["same-colour"] * self.same_colour
        words += [self.name or self.shape or "one", *[f"({w})" for w in self.where], *[f"but {b}" for b in self.but]]
        return "[" + " ".join(w for w in words if w) + "]"


@dataclass(frozen=True, slots=True)
class Item:
    """A thing and the phrases that follow it: ``and``-joined groups of phrases side by side."""

    thing: Thing
    groups: tuple[tuple[Spot, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    things: tuple[Thing, ...]
    text: str = ""

    def __str__(self) -> str:
        return f"pick({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Put:
    """``readings``: every way the phrases can be shared out between the thing and where it goes."""

    readings: tuple[tuple[Transfer, ...], ...]
    text: str = ""

    def __str__(self) -> str:
        return " | ".join("; ".join(map(str, r)) for r in self.readings)


@dataclass(frozen=True, slots=True)
class Transfer:
    """Things, and the spots where each should come to be; several spots must all hold."""

    things: tuple[Thing, ...]
    spots: tuple[Spot, ...]

    def __str__(self) -> str:
        return f"put({_list(self.things)} → {' & '.join(map(str, self.spots)) or '?'})"


@dataclass(frozen=True, slots=True)
class PutDown:
    things: tuple[Thing, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return f"put_down({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Stack:
    """A tower of things; ``chain``: they were named from the top down to what the last stands on."""

    things: tuple[Thing, ...]
    order: str | None = None
    text: str = ""

    def __str__(self) -> str:
        return f"stack({_list(self.things)}{f', {self.order}' if self.order else ''})"


@dataclass(frozen=True, slots=True)
class Do:
    """A skill that the grammar knows only by its words."""

    skill: str
    items: tuple[Item, ...] = ()
    spots: tuple[Spot, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        spots = [s for i in self.items for g in i.groups for s in g] + list(self.spots)
        parts = [_list(tuple(i.thing for i in self.items)), *map(str, spots)]
        return f"{self.skill}({', '.join(p for p in parts if p)})"


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A verb without what it needs: ``missing`` is ``what`` or ``where``."""

    missing: Literal["what", "where"]
    verb: str
    things: tuple[Thing, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return f"{self.verb}({_list(self.things)} ?{self.missing})"


@dataclass(frozen=True, slots=True)
class Bare:
    """Things without a verb: an answer to a question, or nothing to act on."""

    things: tuple[Thing, ...]
    text: str = ""

    def __str__(self) -> str:
        return f"only({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Question:
    kind: str  # see | many | where | exists | is | far | can | held | colour
    things: tuple[Thing, ...] = ()
    spot: Spot | None = None
    other: Thing | Fixture | None = None
    text: str = ""

    def __str__(self) -> str:
        parts = [_list(self.things), str(self.spot or ""), str(self.other or "")]
        return f"{self.kind}?({', '.join(p for p in parts if p)})"


Act = Pick | Put | PutDown | Stack | Do | Incomplete | Bare | Question


@dataclass(frozen=True, slots=True)
class Instruction:
    """All of what was said, in order. ``links[i]`` joins act i to the one before: ``then`` or ``and``."""

    text: str
    language: str
    acts: tuple[Act, ...]
    links: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [str(self.acts[0])]
        for link, act in zip(self.links, self.acts[1:], strict=True):
            words.append(f" {link} {act}")
        return "".join(words) + (f" [{', '.join(self.styles)}]" if self.styles else "")


def _list(things: tuple[Thing, ...]) -> str:
    return ", ".join(map(str, things))
