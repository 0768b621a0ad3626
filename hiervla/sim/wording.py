"""What stands in a text that was said, in English or Chinese: a count, yes or no, lengths, things; and which language it is in."""

from __future__ import annotations

import re

from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WORDS = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_NONE = r"一[个块只样]?[也都]没|什么[也都]没|没|无|\b(?:none|nothing|no)\b"
_COUNT = re.compile(
    rf"(?P<none>{_NONE})|(?<![\w.])(?P<figure>\d+)(?![\d.]|\w)|(?P<digit>[{''.join(_DIGITS)}])(?![共下起些样直定般])"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b|(?P<stuck>\d+)(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
_UNITS = {"mm": 1e-3, "毫米": 1e-3, "cm": 1e-2, "厘米": 1e-2, "公分": 1e-2, "m": 1.0, "米": 1.0}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)\s*(mm|cm|毫米|厘米|公分|米|m(?![a-z]))", re.IGNORECASE)
_YES = re.compile(r"\s*(yes|it is so|right|correct|是|对|有|在|没错)", re.IGNORECASE)
_NO = re.compile(r"\s*(no\b|not\b|it is not|nothing|none|不|没有|没|否)", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」")
_ID = re.compile(r"\(?\b[A-Za-z]+(?:_[A-Za-z]+)*_\d+\b\)?|\((?:look|sensor):[^)]*\)")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def plain(said: str) -> str:
    """What was said without what it quotes and without ids and evidence marks."""
    return _ID.sub(" ", _QUOTED.sub(" ", said))


def counted(text: str) -> int | None:
    """The first count in a text; None where there is none."""
    found = _COUNT.search(text)
    if found is None:
        return None
    kind = found.lastgroup
    value = found.group()
    if kind == "none":
        return 0
    return _DIGITS[value] if kind == "digit" else _WORDS[value.lower()] if kind == "word" else int(value)


def affirms(text: str) -> bool | None:
    """Does a text begin with a yes or with a no? None where with neither."""
    if _NO.match(text):
        return False
    return True if _YES.match(text) else None


def lengths_m(text: str) -> list[float]:
    """Every length in a text, metres."""
    return [float(v) * _UNITS[u.lower()] for v, u in _LENGTH.findall(text)]


def names_thing(text: str, d: Detection, vocabulary: Vocabulary) -> bool:
    """Does a text name a thing by colour and kind, ``red cube``, ``the red one``, ``红色的方块``, or by its inventory name?"""
    names = [n for i in vocabulary.inventory if vocabulary.fits(i.looks, d) for n in (i.name, *i.also)]
    kinds = [s for s in vocabulary.lexicon.shapes if vocabulary.covers(s, d.label)]
    kinds = [w for s in [d.label, *kinds] for w in [s, *vocabulary.lexicon.shapes.get(s, [])]]
    colours = [w for c in [d.colour] if c for w in [c, *vocabulary.lexicon.colours.get(c, [])]]
    if any(n.lower() in text.lower() for n in names):
        return True
    kind = "|".join(map(re.escape, sorted({*kinds, "one", "的"}, key=len, reverse=True)))
    colour = "|".join(map(re.escape, sorted(set(colours), key=len, reverse=True)))
    return re.search(rf"(?<![a-z])(?:{colour})(?:色)?(?:的|\s)*(?:{kind})", text, re.IGNORECASE) is not None


def language(text: str) -> str:
    """``zh`` when a text has any Chinese character, else ``en``."""
    return "zh" if _HAN.search(text) else "en"


def speaks(said: str, wanted: str) -> bool:
    """Is all that was said, quotations aside, in this language? Single letters and units are in both."""
    text = plain(said)
    if wanted == "en":
        return _HAN.search(text) is None
    return _HAN.search(text) is not None and re.search(r"[A-Za-z]{3,}", text) is None
