"""What is asked, and what may be so or not."""

from __future__ import annotations

from dataclasses import dataclass

from hiervla.brain.grammar.form import Fixture, Spot, Thing


@dataclass(frozen=True, slots=True)
class Question:
    kind: str  # see | many | where | exists | is | far | can | held | colour | state | did | which | than | parity | like | why
    things: tuple[Thing, ...] = ()
    spot: Spot | None = None
    other: Thing | Fixture | None = None
    text: str = ""

    def __str__(self) -> str:
        parts = [_list(self.things), str(self.spot or ""), str(self.other or "")]
        return f"{self.kind}?({', '.join(p for p in parts if p)})"


@dataclass(frozen=True, slots=True)
class Condition:
    """What may be so or not: ``exists`` | ``is`` | ``state`` | ``vacant`` | ``than`` | ``like`` | ``count``."""

    kind: str
    things: tuple[Thing, ...]
    spot: Spot | None = None
    negated: bool = False
    comparison: str = ""  # of ``count``: = | > | < | >= | <= | even | odd
    number: int = 0
    text: str = ""

    def __str__(self) -> str:
        number = f" {self.comparison} {self.number or ''}".rstrip() if self.kind == "count" else ""
        said = f"{self.kind}({_list(self.things)}{f', {self.spot}' if self.spot else ''}){number}"
        return f"not {said}" if self.negated else said


def _list(things: tuple[Thing, ...]) -> str:
    return ", ".join(map(str, things))
