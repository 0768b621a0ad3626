"""Numbers as people write them: digits, English words, Chinese numerals."""

from __future__ import annotations

import re

DIGITS = re.compile(r"\d+(?:\.\d+)?")
CHINESE = re.compile(r"[零〇一二两三四五六七八九十百半点]+")
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACE = {"十": 10, "百": 100}


def chinese_number(text: str) -> float | None:
    """The value of a run of Chinese numerals (``十五``, ``二点五``, ``两``, ``半``), or None when it is none."""
    if text == "半":
        return 0.5
    whole, point, rest = text.partition("点")
    value = _whole(whole)
    if value is None or "点" in rest or (point and (not rest or any(c not in _DIGIT for c in rest))):
        return None
    return value + sum(_DIGIT[c] * 10.0 ** -(i + 1) for i, c in enumerate(rest))


def _whole(text: str) -> float | None:
    """``二十五`` → 25; None for runs that are no number, such as ``十十``."""
    total, digit, last = 0, None, 1000
    for c in text:
        if c in _PLACE:
            if _PLACE[c] >= last:
                return None
            last = _PLACE[c]
            total += (1 if digit is None else digit) * last
            digit = None
        elif c in _DIGIT and digit in (None, 0):
            digit = _DIGIT[c]
        else:
            return None
    return float(total + (digit or 0)) if text else None


def english_tens(numbers: dict[str, list[str]]) -> dict[str, float]:
    """``twenty five`` and its like, made of the words for tens and units in a lexicon."""
    units = {
        w: float(n)
        for n, words in numbers.items()
        if n.isdigit() and 1 <= int(n) <= 9
        for w in words
        if w.isalpha() and w.isascii()
    }
    tens = {
        w: float(n) for n, words in numbers.items() if n.isdigit() and 20 <= int(n) <= 90 for w in words if w.isascii()
    }
    return {f"{t} {u}": a + b for t, a in tens.items() for u, b in units.items() if u != "single"}
