"""Text to tokens. Every character ends up in a token, in politeness that is known, or in a token called unknown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from hiervla.brain.grammar.as_spoken import as_spoken
from hiervla.brain.grammar.beside import bounding_nothing
from hiervla.brain.grammar.characters import SIMPLER
from hiervla.brain.grammar.chinese import as_meant
from hiervla.brain.grammar.fluency import (
    Token,
    classifiers,
    fluent,
    if_first,
    named_not_told,
    nth_or_then,
    on_and_there,
    only_says_only,
    paused,
    pointed_at,
    without_again,
)
from hiervla.brain.grammar.lexicon import Kinds, Lexicon, latin
from hiervla.core.numerals import CHINESE, DIGITS, chinese_number

_ORDINAL = re.compile(r"(倒数)?第([一二三四五六七八九十\d]+)")
MAX_CHARACTERS = 2000
MAX_TOKENS = 80
"""More than this is no instruction, and a parser's time must be bounded."""
MOST = 1e6
"""A number from here on counts or measures nothing on a table."""
LIFTED = ("STYLE", "ORDER", "CRITERION", "ROWWAY", "UNLIFTED")
"""How-words: they may stand anywhere, and belong to the whole instruction."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an instruction is made of, in order."""

    text: str
    tokens: tuple[Token, ...]
    styles: tuple[str, ...] = ()
    order: str | None = None
    order_token: Token | None = None
    criterion_token: Token | None = None
    way_token: Token | None = None
    unlifted: tuple[Token, ...] = ()
    """``don't lift it``: of what is pushed."""
    known: Lexicon = field(default_factory=Lexicon)

    @property
    def criterion(self) -> str | None:
        """What things are to be sorted by: colour | shape | size."""
        return self.criterion_token.kinds["CRITERION"] if self.criterion_token else None

    @property
    def row_way(self) -> str | None:
        """Which way a row runs: behind (away from the robot) | right."""
        if self.way_token is not None:
            return self.way_token.kinds["ROWWAY"]  # type: ignore[no-any-return]
        said = self.order_token.text.lower() if self.order_token else ""
        return "behind" if any(w in said for w in ("near", "close", "front", "far", "前", "近", "远")) else None

    def span(self, first: int, last: int) -> str:
        """The original words from one token to another, both included."""
        some = self.tokens[first : last + 1]
        return self.text[min(t.start for t in some) : max(t.end for t in some)]


def normalised(text: str) -> tuple[str, list[int]]:
    """Lower case, half width, single spaces, and for every character where it stood in the original."""
    out: list[str] = []
    where: list[int] = []
    for i, original in enumerate(text):
        kind = unicodedata.category(original)
        if kind == "Cf":
            continue  # marks that nobody sees
        if kind == "So" and original > "\u2190":
            original = " "  # a picture says nothing
        for c in unicodedata.normalize("NFKC", original).lower().translate(SIMPLER):
            if c.isspace() or unicodedata.category(c) == "Cc":
                c = " "
            c = {
                "’": "'",
                "‘": "'",
                "，": ",",
                "；": ";",
                "：": ":",
                "—": ",",
                "–": ",",
                "→": ">",
                "~": " ",
                "～": " ",
            }.get(c, c)
            if c == " " and (not out or out[-1] == " "):
                continue
            out.append(c)
            where.append(i)
    for k in range(1, len(out) - 1):  # "dino -> chest", "empty it - all of it"
        if out[k] == "-" and out[k + 1] == ">":
            out[k] = " "
        elif out[k] == "-" and out[k - 1] == out[k + 1] == " ":
            out[k] = ","
    for k in range(1, len(out) - 1):  # "mid-sized", "left-hand": two words
        if (out[k] in "-‐‑–" and latin(out[k - 1]) and latin(out[k + 1])) or (
            out[k] in "-‐‑–" and out[k - 1].isdigit() and latin(out[k + 1])
        ):
            out[k] = " "
    return "".join(out), where


def tokenise(text: str, lexicon: Lexicon, ordered: bool = True) -> Tokens:
    """Longest known word first; what is known to no table becomes an unknown token.

    ``ordered``: whether ``the biggest on the right`` may say how a row runs; else it is a thing and a place.
    """
    flat, where = normalised(text)
    raw: list[Token] = []
    i = 0
    while i < len(flat):
        if flat[i] == " ":
            i += 1
            continue
        end, kinds = _next(flat, i, lexicon)
        while "ORDER" in kinds and " " in flat[i:end] and (not ordered or flat.startswith(" of ", end)):
            end, kinds = lexicon.at(flat, i, end - i) or (flat.index(" ", i), {"UNKNOWN": flat[i : flat.index(" ", i)]})
        raw.append(Token(text[where[i] : where[end - 1] + 1], where[i], where[end - 1] + 1, kinds))
        i = end
    raw = [t for k, t in enumerate(_join_unknown(text, raw)) if not only_says_only(t, raw[k - 1] if k else None)]
    if not text.isascii():
        raw = bounding_nothing(as_spoken(as_meant(raw, lexicon), lexicon))
    else:
        raw = as_meant(raw, lexicon)
    raw = if_first(without_again(fluent(named_not_told(nth_or_then(pointed_at(raw))))))
    raw = on_and_there(raw, lexicon)
    raw = [t for k, t in enumerate(raw) if not (t.kinds.keys() & {"AND"} and k and raw[k - 1].kinds.keys() & set(LIFTED) and k + 1 < len(raw) and raw[k + 1].kinds.keys() & set(LIFTED))]  # fmt: skip
    kept = [t for t in raw if t.kinds.keys() - {"FILLER"} and not t.kinds.keys() & set(LIFTED)]
    if not text.isascii():  # "来个塔，下大上小，都用上": one pause where there were two
        kept = [t for k, t in enumerate(kept) if not (k and "COMMA" in t.kinds and "COMMA" in kept[k - 1].kinds)]
    order = next((t for t in reversed(raw) if "ORDER" in t.kinds), None)  # "by size, smallest on the left"
    return Tokens(
        text=text,
        tokens=tuple(paused(classifiers(kept))),
        styles=tuple(t.kinds["STYLE"] for t in raw if "STYLE" in t.kinds),
        order=order.kinds["ORDER"] if order else None,
        order_token=order,
        way_token=next((t for t in raw if "ROWWAY" in t.kinds), None),
        unlifted=tuple(t for t in raw if "UNLIFTED" in t.kinds),
        criterion_token=next((t for t in raw if "CRITERION" in t.kinds), None),
        known=lexicon,
    )


def _next(flat: str, i: int, lexicon: Lexicon) -> tuple[int, Kinds]:
    if flat.startswith(("把手里", "把手上", "把手中"), i):  # never the handle
        return i + 1, lexicon.entries.get("把", {"BA": None})
    found = lexicon.at(flat, i)
    if found is not None and flat[i] == "把" and (held := lexicon.at(flat, i + 1)) is not None and held[0] > found[0] > i + 1:  # fmt: skip
        return i + 1, lexicon.entries.get("把", {"BA": None})  # "把手机…": no handle
    if found is not None and "FORM" in found[1] and flat[found[0] - 1] == "圆" and flat[found[0] : found[0] + 1] in tuple("柱环锥筒盘球"):  # fmt: skip
        found = lexicon.at(flat, i, found[0] - i)  # "放一个圆柱": no circle
    if (digits := DIGITS.match(flat, i)) and not (i and (latin(flat[i - 1]) or flat[i - 1].isdigit())):
        end = digits.end()
        if found is None or found[0] < end:
            number = float(digits.group())
            return end, {"NUM": number} if number < MOST else {"UNKNOWN": digits.group()}
    if (chinese := CHINESE.match(flat, i)) and (number := chinese_number(chinese.group())) is not None:
        end = chinese.end()
        if found is None or found[0] < end:
            return end, {"NUM": number}
        if found[0] == end:
            return end, {**found[1], "NUM": number}
    if (
        (nth := _ORDINAL.match(flat, i))
        and (number := _whole(nth[2]) * (-1 if nth[1] else 1))
        and (found is None or found[0] <= nth.end())
    ):
        return nth.end(), {"ORD": number}
    if (named := _object_id(flat, i)) and (found is None or found[0] < named):
        return named, {"ID": flat[i:named]}
    if found is not None:
        return _unless_it_goes_on(flat, i, found, lexicon)
    end = i + 1
    if latin(flat[i]) or flat[i].isdigit():
        while end < len(flat) and (latin(flat[end]) or flat[end].isdigit() or flat[end] in "'_"):
            end += 1
    return end, {"UNKNOWN": flat[i:end]}


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else int(chinese_number(text) or 0)


SIDES = {"SIDEPP", "COUNTFROM", "BIT"}
NOUNS = {"EDGE", "SHAPE", "NAME", "ONE", "ZONEWORD", "COLOUR", "SIZE", "CORNER", "FORM", "TOWERN"}


def _unless_it_goes_on(flat: str, i: int, found: tuple[int, Kinds], lexicon: Lexicon) -> tuple[int, Kinds]:
    """``to the left`` is a phrase of its own, but not in ``to the left edge`` and ``to the left bowl``."""
    end, kinds = found
    if not kinds.keys() & SIDES or end >= len(flat) or flat[end] != " ":
        return found
    after = lexicon.at(flat, end + 1)
    if (
        after is not None and "SIDEADJ" in after[1] and flat[after[0] : after[0] + 1] == " "
    ):  # "in the front left corner"
        after = lexicon.at(flat, after[0] + 1) or after
    if after is None or not after[1].keys() & NOUNS or after[1].keys() & {"PICK", "PUT", "SIDEPP"}:
        return found
    return lexicon.at(flat, i, end - i) or found


def _object_id(flat: str, i: int) -> int:
    """Where an id such as ``cube_2`` or ``obj3`` ends, or 0 when none stands here."""
    if not latin(flat[i]) or (i and latin(flat[i - 1])):
        return 0
    end = i
    while end < len(flat) and (latin(flat[end]) or flat[end] in "_" or flat[end].isdigit()):
        end += 1
    return end if flat[end - 1].isdigit() and not flat[i:end].isdigit() else 0


def _join_unknown(text: str, tokens: list[Token]) -> list[Token]:
    """Unknown neighbours are one unknown part: people read phrases, not letters."""
    out: list[Token] = []
    for t in tokens:
        if out and t.unknown and out[-1].unknown and t.start - out[-1].end <= 1:
            last = out.pop()
            t = Token(text[last.start : t.end], last.start, t.end, {"UNKNOWN": text[last.start : t.end]})
        out.append(t)
    return out
