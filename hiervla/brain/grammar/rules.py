"""A rule of rewriting as it is written: what it looks for, what it makes of it, and what it is to leave alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, Field

STAGES = {
    "zh": ("first", "typed", "manner", "often", "then", "way", "but", "press", "instead", "slip", "caution", "recast", "aside", "tail", "polite", "question", "told", "answer"),
    "en": ("first", "checked", "lead", "filler", "question", "reach", "if", "but", "count", "far", "row", "place", "then", "turn", "recast", "listed", "answer"),
}  # fmt: skip
"""Language → its stages, as they follow one another."""
_SLOT = re.compile(r"\[(?P<maybe>[^\[\]]*)\]|\{(?P<part>[^{}]+)\}")
_PART = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"[a-z0-9']+|[一-鿿]")


class Example(BaseModel):
    """A text, and what the rule alone makes of it; nothing of a rule that only recognises."""

    model_config = ConfigDict(extra="forbid")

    said: str
    becomes: str = ""


class Rule(BaseModel):
    """How else something can be said."""

    model_config = ConfigDict(extra="forbid")

    pattern: str
    """A regular expression; ``{name}`` is a piece of ``[pieces.LANGUAGE]``."""
    becomes: str | None = None
    """``{x}``: the part ``(?P<x>…)``; ``{x|y|word}``: the first that was said, or the word; ``{x:number}``: its figure;
    ``[…{x}…]``: left out where ``x`` was not said. Nothing at all: the rule only recognises."""
    where: str = ""
    """A pattern that must be found somewhere in the text, too."""
    unless: str = ""
    """A pattern that must not."""
    differ: list[str] = Field(default_factory=list)
    """Parts of which none may stand in another."""
    hook: str = ""
    """In place of ``becomes``: a function of ``grammar/hooks.py``, for what no template says."""
    off: bool = False
    """True: the rule is not used."""
    file: str = Field(default="", exclude=True, repr=False)
    """Where it stands, when that is known."""
    example: Example
    keeps: list[str] = Field(default_factory=list)
    """Spoilt siblings of the example, where what would be lost matters: the rule leaves them alone."""


Tables = dict[str, dict[str, dict[str, Rule]]]


def filler(template: str, pattern: re.Pattern[str], figures: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """What fills a template from a match; LookupError where it names a part that the pattern lacks."""
    named = {*pattern.groupindex, *map(str, range(1, pattern.groups + 1))}
    for slot in _PART.findall(template):
        first = slot.split("|")[0].removesuffix(":number")
        if first not in named:
            raise LookupError(f"the pattern has no part {first!r}")

    def part(m: re.Match[str], slot: str) -> str:
        names = slot.split("|")
        for name in names:
            plain = name.removesuffix(":number")
            if plain not in named:
                return name  # a word, not a part
            if said := m[int(plain) if plain.isdigit() else plain]:
                return figures.get(said.lower(), said) if name != plain else said
        return ""

    def slot(m: re.Match[str], s: re.Match[str]) -> str:
        if s["part"]:
            return part(m, s["part"])
        inside = [part(m, p) for p in _PART.findall(s["maybe"])]
        return _PART.sub(lambda p: part(m, p[1]), s["maybe"]) if all(inside) else ""

    return lambda m: _SLOT.sub(lambda s: slot(m, s), template)


def drops(rule: Rule) -> bool:
    """Whether words of the example are gone, and nothing stands in their place."""
    said, made = (Counter(_WORD.findall(t.lower())) for t in (rule.example.said, rule.example.becomes))
    return rule.becomes is not None and bool(said - made) and not made - said
