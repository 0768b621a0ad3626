"""A sentence without its things: names, colours, places and numbers become slots, so that what is learnt is how things are said.

The words of a described or seen world differ from table to table; the ways of speaking do not. ``pop the lime in the
blue mug`` and ``pop the bolt in the red tin`` are one sentence here: ``pop the K1 in the C1 K2``. Slots of one kind are
numbered as they are met; two words for one thing (mug and cup) share a slot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hiervla.core.numerals import chinese_number
from hiervla.core.vocabulary import Vocabulary

KINDS = ("C", "K", "Z", "N")
"""Colour, kind or name of a thing, zone, number in figures."""
MOST = {"C": 6, "K": 8, "Z": 3, "N": 4}
"""Slots of each kind that a sentence may have; one with more is not paraphrased."""
PLURAL = "+s"
LOOSE = ("object", "container")
"""Kinds whose words (thing, item, 东西) say no more than a pronoun: they stay words."""
NOT_NAMES = frozenset({"can", "column", "piece", "grip", "块", "键", "圈圈", "letter"})
"""Words for shapes that more often mean something else in a sentence."""
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,]\d+)?|\S")
_EN_UNITS, _ZH_UNITS = r"cm|mm|centi|milli|deg|inch|met(?:er|re)s?\b", "厘米|公分|毫米|米|度|英寸|寸|cm|mm"
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = {w: k for k, w in enumerate((*_ONES, *_TEENS), 1)} | {w: 10 * k for k, w in enumerate(_TENS, 2)}
_MEASURES = (
    rf"(?<![A-Za-z])(?P<spoken>(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join((*_TEENS, *_ONES))})(?=[ -]*(?:{_EN_UNITS}))",
    rf"(?P<numerals>[零〇一二两三四五六七八九十百]+(?:点[零一二三四五六七八九]+)?)(?=\s*(?:{_ZH_UNITS}))",
)
"""Measures in words; as figures they are what the plain sentence says."""
_SLOT = re.compile(rf"[{''.join(KINDS)}]\d")


@dataclass(frozen=True, slots=True)
class Slotted:
    """A sentence as tokens, and what stands in its slots."""

    tokens: tuple[str, ...]
    words: dict[str, str] = field(default_factory=dict)
    """Slot → the word as it was said first, singular."""


class Slotter:
    """Knows which words of a sentence name things of one world."""

    def __init__(self, vocabulary: Vocabulary, zones: Iterable[str] = ()) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        self._whole: dict[str, str] = {}
        lexicon = vocabulary.lexicon
        for colour, words in lexicon.colours_and_shades.items():
            self._add("C", colour, (colour, *words))
        for shape, words in lexicon.shapes.items():
            if shape not in LOOSE:
                self._add("K", shape, (w for w in (shape, *words) if w not in NOT_NAMES))
        for line in vocabulary.inventory:  # a name of one's own goes before a shape's word
            self._add("K", f"name {line.name}", (line.name, *line.also))
        for zone in zones:
            self._add("Z", zone, (zone,))
        self._add_heads([n for line in vocabulary.inventory for n in (line.name, *line.also)])
        known = sorted(self._keys, key=len, reverse=True)
        latin = [re.escape(w).replace(r"\ ", r"\s+") for w in known if re.search("[A-Za-z]", w)]
        others = [re.escape(w) for w in known if not re.search("[A-Za-z]", w)]
        ways = [*_MEASURES]
        ways += [rf"(?<![A-Za-z])(?P<latin>{'|'.join(latin)})(?P<plural>e?s)?(?![A-Za-z])"] * bool(latin)
        ways += [rf"(?P<other>{'|'.join(others)})"] * bool(others)
        ways.append(r"(?<![A-Za-z])(?P<number>\d+(?:[.,]\d+)?)")
        self._named = re.compile("|".join(ways), re.IGNORECASE)

    def slotted(self, text: str, like: Slotted | None = None) -> Slotted | None:
        """The sentence's tokens; None where it names more than there are slots.

        Args:
            text: what was said.
            like: another sentence whose slots are used again where the same things are named.
        """
        slots = dict(self._of(like)) if like else {}
        words = dict(like.words) if like else {}
        tokens: list[str] = []
        at = 0
        for m in self._named.finditer(text):
            tokens += words_of(text[at : m.start()])
            at = m.end()
            kind, key = self._meant(m)
            slot = slots.get((kind, key))
            if slot is None:
                n = 1 + sum(s[0] == kind for s in slots.values())
                if n > MOST[kind]:
                    return None
                slot = slots[kind, key] = f"{kind}{n}"
                words[slot] = self._said(m)
            tokens.append(slot)
            if m["latin"] and m["plural"]:
                tokens.append(PLURAL)
        return Slotted((*tokens, *words_of(text[at:])), words)

    def _add(self, kind: str, key: str, words: Iterable[str]) -> None:
        for word in words:
            self._keys[word.lower()] = (kind, key)

    def _add_heads(self, names: Sequence[str]) -> None:
        """``the pot`` is the pen pot, where no other name ends so and the word means nothing else."""
        heads = Counter(n.lower().split()[-1] for n in set(names) if " " in n)
        for name in names:
            head = name.lower().split()[-1]
            if " " in name and head not in self._keys and heads[head] == 1:
                self._keys[head], self._whole[head] = self._keys[name.lower()], name

    def _said(self, m: re.Match[str]) -> str:
        """What stands in the slot: figures, and whole names."""
        if m["latin"]:
            return self._whole.get(m["latin"].lower(), m["latin"])
        return _figures(m) or m["other"]

    def _meant(self, m: re.Match[str]) -> tuple[str, str]:
        if number := _figures(m):
            return "N", number.replace(",", ".")
        return self._keys[re.sub(r"\s+", " ", (m["latin"] or m["other"]).lower())]

    def _of(self, said: Slotted) -> Iterable[tuple[tuple[str, str], str]]:
        for slot, word in said.words.items():
            key = word.replace(",", ".") if slot[0] == "N" else self._keys[re.sub(r"\s+", " ", word.lower())][1]
            yield (slot[0], key), slot


def _figures(m: re.Match[str]) -> str | None:
    """A number in figures, however it was said."""
    if m["spoken"]:
        return str(sum(_IN_WORDS[w] for w in re.split("[ -]", m["spoken"].lower())))
    value = chinese_number(m["numerals"]) if m["numerals"] else None
    return m["number"] or m["numerals"] if value is None else f"{value:g}"


def words_of(text: str) -> list[str]:
    """Words, figures and signs; Chinese characters one by one."""
    return [w.lower().replace("’", "'") for w in _WORD.findall(text)]


def is_slot(token: str) -> bool:
    return _SLOT.fullmatch(token) is not None


def filled(tokens: Sequence[str], words: dict[str, str]) -> str:
    """The sentence in words again.

    Raises:
        KeyError: a slot is used that nothing stands in.
    """
    out = ""
    for token in tokens:
        if token == PLURAL:
            out += "es" if out.endswith(("s", "x", "ch", "sh")) else "s"
            continue
        word = words[token] if is_slot(token) else token
        spaced = (
            bool(out) and out[-1].isascii() and word[0].isascii() and word[0] not in ".,!?;:'" and out[-1] not in "'"
        )
        out += " " * spaced + word
    return out
