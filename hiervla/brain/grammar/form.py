"""What was understood of an instruction, before anything is known of the world. Every part keeps its own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Quantity = Literal["bare", "the", "a", "all", "both", "count", "the_count"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A relation to something: where a thing is, was or should be."""

    relation: str  # in | on | beside | to | from | at_distance | side | super | by | turn | end | there | count | between | middle | corner | off | like | than
    # | back | stead | recent | nearer | farther | half | myside | unlike | times | measures | each_kind | stacked
    reference: Thing | Fixture | None = None
    direction: str | None = None
    distance_m: float | None = None
    superlative: str | None = None  # nearest | farthest, for relation "super"
    others: tuple[Thing | Fixture, ...] = ()  # for relation "between": the other one
    angle_deg: float | None = None  # for relation "turn": counter-clockwise from above
    text: str = ""
    count: int | None = None  # for relation "times"
    negated: bool = False  # "which is not in the bowl"
    describes: bool = False  # "which is in the bowl": says where a thing is, never where it should go

    def __str__(self) -> str:
        words = ["not"] * self.negated + [self.relation if self.relation != "super" else f"{self.superlative} to"]
        if self.distance_m is not None:
            words.append(f"{self.distance_m * 100:g} cm")
        if self.angle_deg is not None:
            words.append(f"{self.angle_deg:g}°")
        if self.direction:
            words.append(self.direction)
        if self.reference is not None:
            words.append(str(self.reference))
        words += [str(o) for o in self.others]
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Fixture:
    """The table, one of its edges, or a zone."""

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
    ids: tuple[str, ...] = ()  # things that are known already
    pronoun: Literal["it", "them", "held"] | None = None
    superlatives: tuple[str, ...] = ()
    side: str | None = None
    ordinal: int | None = None  # the second one, …
    count_from: str | None = None  # … from the left; with a superlative: in its order
    same_colour: bool = False
    other: bool = False
    where: tuple[Spot, ...] = ()
    but: tuple[Thing, ...] = ()
    other_colour: bool = False  # of a colour other than what goes there
    attributes: tuple[str, ...] = ()  # what the inventory says of it: metal, fragile
    unlike: tuple[Thing, ...] = ()  # looks it must not have: "that is not red"
    either: tuple[Thing, ...] = ()  # one of these: "whichever of A and B"
    among: int | None = None  # "the taller of the two": out of so many
    instead: tuple[Thing, ...] = ()  # "the biggest in the bowl", where "of the bowls" may be meant too: what lies in it
    every: str | None = None  # even | odd: every second one, counted from a side
    each_kind: bool = False  # one of each colour

    @property
    def many(self) -> bool:
        """It speaks of a group."""
        if self.quantity == "a":
            return False  # "one of the red cubes"
        return self.plural or self.quantity in ("all", "both", "count", "the_count") or self.pronoun == "them"

    @property
    def nounless(self) -> bool:
        """``the red one``: the noun is the one spoken of before."""
        return not (self.shape or self.name or self.id or self.pronoun)

    @property
    def says_nothing(self) -> bool:
        """``two``, ``一个``: a number and nothing else."""
        told = (
            self.colours or self.sizes or self.superlatives or self.where or self.ids or self.either or self.attributes
        )
        told = told or self.side or self.ordinal or self.other or self.same_colour or self.other_colour or self.every
        return (
            self.nounless
            and self.quantity in ("a", "count")
            and not (told or self.but or self.unlike or self.each_kind)
        )

    def with_where(self, spots: tuple[Spot, ...]) -> Thing:
        """The thing further described by where it is: each phrase belongs to the noun before it."""
        if not spots:
            return self
        first, rest = spots[0], spots[1:]
        if first.relation == "like" and isinstance(first.reference, Thing):
            said = first.reference
            if first.superlative == "not":
                return replace(self, unlike=(*self.unlike, said)).with_where(rest)
            if (self.colours and said.colours) or (self.sizes and said.sizes):  # "the grey ball that is blue": both
                return replace(self, where=(*self.where, first)).with_where(rest)
            more = replace(self, colours=self.colours + said.colours, sizes=self.sizes + said.sizes)
            more = replace(more, superlatives=self.superlatives + said.superlatives, where=(*self.where, *said.where))
            return more.with_where(rest)
        if first.relation == "matching":
            return replace(self, same_colour=True).with_where(rest)
        if first.relation == "middle" and first.reference is None:
            return replace(self, superlatives=(*self.superlatives, "middle")).with_where(rest)
        if first.relation == "each_kind":
            return replace(self, each_kind=True, quantity="all", count=None).with_where(rest)
        if first.relation == "unlike":
            return replace(self, other_colour=True).with_where(rest)
        if first.relation == "count":
            return replace(self, count_from=first.direction).with_where(rest)
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
        words += [f"#{self.ordinal}"] * (self.ordinal is not None) + (
            [f"from {self.count_from}"] if self.count_from else []
        )
        words += [" or ".join(map(str, self.either))] if self.either else []
        words += [f"out of {self.among}"] * (self.among is not None) + [f"every {self.every}"] * (
            self.every is not None
        )
        words += ["one of each colour"] * self.each_kind
        words += ["other"] * self.other + list(self.superlatives) + ([self.side] if self.side else [])
        words += [*self.sizes, "|".join(self.colours), *self.attributes] + ["same-colour"] * self.same_colour
        words += ["other-colour"] * self.other_colour
        words += [self.name or self.shape or "one", *[f"({w})" for w in self.where], *[f"but {b}" for b in self.but]]
        words += [f"not {u}" for u in self.unlike]
        return "[" + " ".join(w for w in words if w) + "]"


@dataclass(frozen=True, slots=True)
class Item:
    """A thing and the phrases that follow it: ``and``-joined groups of phrases side by side."""

    thing: Thing
    groups: tuple[tuple[Spot, ...], ...] = ()


def narrowed(thing: Thing, answer: Thing) -> Thing:
    """``the cube`` answered by ``the red one`` is the red cube; an answer with a noun of its own replaces it."""
    told = answer.colours or answer.sizes or answer.superlatives or answer.where
    if answer.id or answer.pronoun or answer.name or (answer.shape not in (None, thing.shape) and told):
        return answer
    return replace(
        thing,
        text=answer.text,
        shape=answer.shape or thing.shape,
        name=None if answer.shape else thing.name,
        colours=answer.colours or thing.colours,
        sizes=answer.sizes if answer.sizes or answer.superlatives else thing.sizes,
        superlatives=answer.superlatives if answer.sizes or answer.superlatives else thing.superlatives,
        side=answer.side or thing.side,
        quantity=thing.quantity if answer.quantity in ("the", "bare") else answer.quantity,
        count=answer.count if answer.count is not None else thing.count,
        plural=thing.plural or answer.plural,
        where=(*thing.where, *answer.where),
    )
