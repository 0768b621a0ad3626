"""Whether a plain sentence says all that was said, and no more: things, numbers, sides, exceptions and prohibitions.

A paraphrase that loses a word of these kinds is thrown away, whatever the network thinks of it: a question costs little,
a wrong deed much. Tokens are those of ``slots``; the words, and what is said without meaning it, are ``faithful.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hiervla.brain.paraphrase.slots import is_slot

_LISTED = frozenset((",", "and", "the", "a", "+s", "big", "small", "、", "和", "与", "跟", "大", "小", "的"))
"""What may stand between two things of one list."""
_KEPT = Path(__file__).with_name("faithful.toml")


class Group(BaseModel):
    """Words that bear on what is done, by what they say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    count: int = 0
    loose: bool = False
    lost: bool = False


class Tongue(BaseModel):
    """The groups of one language, and what is said in it without meaning any of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    forbids: tuple[str, ...]
    """Where one of these was said, the plain sentence must say some such word, too."""
    all: tuple[str, ...]
    same: tuple[tuple[str, str], ...]
    idioms: tuple[str, ...]
    heeds: tuple[str, ...]
    """In the plain sentence, what a prohibition may come to."""
    asks: tuple[str, ...]
    """What a question ends with."""
    ends: tuple[str, ...]
    """What cannot end a sentence that is to be done."""
    rows: tuple[str, ...]
    """How a row is told whose direction nobody named."""
    groups: dict[str, Group]


@cache
def tongue(language: str) -> Tongue:
    """``en`` or ``zh``, as ``faithful.toml`` has it."""
    return Tongue.model_validate(tomllib.loads(_KEPT.read_text(encoding="utf-8"))[language])


def faithful(said: Sequence[str], plain: Sequence[str], language: str) -> bool:
    """Whether the plain sentence keeps to what was said.

    Args:
        said: tokens of what was said.
        plain: tokens of the plain sentence.
        language: ``en`` or ``zh``.
    """
    if {t for t in said if is_slot(t)} != {t for t in plain if is_slot(t)}:
        return False
    kept, heard, again = tongue(language), _Words(said, language), _Words(plain, language)
    if again.say(kept.asks):
        return True
    if _ends(language).search(heard.text):
        return False
    right, left = (heard.say(kept.groups[side].words) for side in ("right", "left"))
    in_a_row = again.say(kept.rows) and not (
        right and not left
    )  # which is from left to right unless it is said otherwise
    named = _named_together(plain)
    for name, group in kept.groups.items():
        if group.loose or (in_a_row and name in ("left", "right")):
            continue
        first, second = heard.say(group.words), again.say(group.words)
        if second and not first and not heard.say(group.also):
            return False
        counted = group.count and (named >= group.count or again.say(kept.all))
        if first and not second and not group.lost and not counted and not again.say(group.kept_by):
            return False
    return not heard.say(kept.forbids) or again.say((*kept.forbids, *kept.heeds, *kept.groups["without"].words))


def _named_together(plain: Sequence[str]) -> int:
    """Things in the longest list of the sentence: ``the K1 , the C1 K2 and the K3`` are three."""
    longest = run = 0
    for t in plain:
        if is_slot(t) and t[0] == "K":
            run += 1
        elif not (t in _LISTED or (is_slot(t) and t[0] == "C")):
            run = 0
        longest = max(longest, run)
    return longest


class _Words:
    """The words of a sentence, without what says nothing of the kind."""

    def __init__(self, tokens: Sequence[str], language: str) -> None:
        self._gap = " " if language == "en" else ""
        text = self._gap.join(tokens)
        for pattern, word in _same(language):
            text = pattern.sub(word, text)
        self.text = text
        self._text = f"{self._gap}{_idioms(language).sub('·', text)}{self._gap}"

    def say(self, words: Sequence[str]) -> bool:
        return any(f"{self._gap}{w}{self._gap}" in self._text for w in words)


@cache
def _same(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern((p,), language), word) for p, word in tongue(language).same)


@cache
def _idioms(language: str) -> re.Pattern[str]:
    return _pattern(tongue(language).idioms, language)


@cache
def _ends(language: str) -> re.Pattern[str]:
    before = r"(?<![^ ])" if language == "en" else ""
    return re.compile(rf"{before}(?:{'|'.join(tongue(language).ends)})[\s.,!?。，！？…~]*$")


def _pattern(of: Sequence[str], language: str) -> re.Pattern[str]:
    """Whole words in English; Chinese has no spaces to tell them by."""
    edge = r"(?<![^ ])", r"(?![^ ])"
    joined = "|".join(f"(?:{p})" for p in of)
    return re.compile(f"{edge[0]}(?:{joined}){edge[1]}" if language == "en" else joined)
