"""The acts of an instruction: what is to be done with which things, and the instruction as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hiervla.brain.grammar.form import Fixture, Item, Spot, Thing
from hiervla.brain.grammar.queries import Condition, Question


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
    order: str | None = None  # largest_first | smallest_first | named
    text: str = ""
    low: Thing | None = None
    high: Thing | None = None
    among: tuple[Thing, ...] = ()
    """With order ``named``: what the things of the order are said to be among."""
    within: Fixture | None = None
    """A zone that it is to stand in."""
    towers: int = 1
    """How many of them, of as many things each."""

    def __str__(self) -> str:
        ends = (f", {self.low} lowest" if self.low else "") + (f", {self.high} highest" if self.high else "")
        if ends:
            return f"stack({_list(self.things)}{ends})"
        towers = (f", {self.towers} towers" if self.towers > 1 else "") + (f", in {self.within}" if self.within else "")
        return f"stack({_list(self.things)}{f', {self.order}' if self.order else ''}{towers})"


@dataclass(frozen=True, slots=True)
class Arrange:
    """Things in a formation: ``row``, ``circle`` or ``pyramid``; a tower is a ``Stack``."""

    formation: str
    things: tuple[Thing, ...] = ()
    around: Thing | Fixture | None = None
    order: str | None = None
    text: str = ""
    low: tuple[Thing, ...] = ()
    high: tuple[Thing, ...] = ()
    """Of a pyramid: what stands in its lowest row, and on top."""
    middle: tuple[Thing, ...] = ()
    within: Fixture | None = None
    direction: str | None = None
    """Of a row: ``behind`` runs away from the robot, ``right`` from left to right."""

    def __str__(self) -> str:
        around = (f" around {self.around}" if self.around else "") + (f" in {self.within}" if self.within else "")
        if self.low or self.high or self.direction:
            ends = [f"below {_list(self.low)}"] * bool(self.low) + [f"on top {_list(self.high)}"] * bool(self.high)
            ends += [f"towards {self.direction}"] * bool(self.direction) + [self.order or ""] * bool(self.order)
            return f"{self.formation}({', '.join([*([_list(self.things)] if self.things else []), *ends])})"
        return f"{self.formation}({_list(self.things)}{around}{f', {self.order}' if self.order else ''})"


@dataclass(frozen=True, slots=True)
class Sort:
    """Things by colour, shape or size: into what they match, else into groups; ``spots``: where to."""

    things: tuple[Thing, ...]
    by: str | None = None
    spots: tuple[Spot, ...] = ()
    order: str | None = None
    text: str = ""

    def __str__(self) -> str:
        into = f" → {' & '.join(map(str, self.spots))}" if self.spots else ""
        return f"sort({_list(self.things)}{into}{f', by {self.by}' if self.by else ''})"


@dataclass(frozen=True, slots=True)
class Tidy:
    """The table made tidy: what stands about is put where such things go."""

    things: tuple[Thing, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        return f"tidy({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Swap:
    """Two things change places."""

    things: tuple[Thing, ...]
    text: str = ""

    def __str__(self) -> str:
        return f"swap({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Go:
    """To the table, where the arm stands anyway."""

    text: str = ""

    def __str__(self) -> str:
        return "go(table)"


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
    """Things without a verb: an answer to a question, or what goes where, or nothing to act on."""

    things: tuple[Thing, ...]
    text: str = ""
    items: tuple[Item, ...] = ()
    """The same, the phrases after each kept apart."""

    def __str__(self) -> str:
        return f"only({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class When:
    """Acts that are done only if something is so, and what is done if not."""

    condition: Condition
    acts: tuple[Act, ...]
    links: tuple[str, ...] = ()
    otherwise: tuple[Act, ...] = ()
    other_links: tuple[str, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        other = f" else {' then '.join(map(str, self.otherwise))}" if self.otherwise else ""
        return f"if {self.condition}: {' then '.join(map(str, self.acts))}{other}"


@dataclass(frozen=True, slots=True)
class Until:
    """An act on one thing after the other, until something is so."""

    act: Act
    condition: Condition
    text: str = ""

    def __str__(self) -> str:
        return f"{self.act} until {self.condition}"


@dataclass(frozen=True, slots=True)
class Spare:
    """Things that must stay as they are."""

    things: tuple[Thing, ...]
    text: str = ""
    unmatched: bool = False
    """All for which there is no place of their own colour."""
    careful: bool = False

    def __str__(self) -> str:
        return f"spare({_list(self.things)})"


@dataclass(frozen=True, slots=True)
class Undo:
    """What was changed last should be as it was."""

    text: str = ""

    def __str__(self) -> str:
        return "undo()"


@dataclass(frozen=True, slots=True)
class Repeat:
    """What was done last, once more; with a distance, that much farther the same way, or back where it is negative."""

    distance_m: float | None = None
    text: str = ""

    def __str__(self) -> str:
        return "repeat()" if self.distance_m is None else f"further({self.distance_m * 100:g} cm)"


Act = Pick | Put | PutDown | Stack | Arrange | Sort | Tidy | Swap | Go | Do | When | Until | Spare | Undo | Repeat | Incomplete | Bare | Question  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instruction:
    """All of what was said, in order. ``links[i]`` joins act i to the next: ``then``, ``and``, or ``,`` for a mere pause."""

    text: str
    language: str
    acts: tuple[Act, ...]
    links: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    slips: tuple[tuple[str, str], ...] = ()
    """Words that were typed otherwise than they were read."""
    said: str = ""
    """What was read, where something beside the matter was left out."""
    heard: str = ""
    """The plain sentence that it was taken for, where no rule reads it."""

    def __str__(self) -> str:
        words = [str(self.acts[0])]
        for link, act in zip(self.links, self.acts[1:], strict=True):
            words.append(f" {'then' if link == ',' else link} {act}")
        return "".join(words) + (f" [{', '.join(self.styles)}]" if self.styles else "")


def _list(things: tuple[Thing, ...]) -> str:
    return ", ".join(map(str, things))


__all__ = [
    "Act", "Arrange", "Bare", "Condition", "Do", "Go", "Incomplete", "Instruction", "Pick", "Put", "PutDown", "Question", "Repeat", "Sort",
    "Spare", "Stack", "Swap", "Tidy", "Transfer", "Undo", "Until", "When",
]  # fmt: skip
