"""Text to tokens. Every character ends up in a token, in politeness that is known, or in a token called unknown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

from hiervla.brain.grammar.lexicon import Kinds, Lexicon, latin
from hiervla.brain.grammar.numerals import CHINESE, DIGITS, chinese_number

_ORDINAL = re.compile(r"(倒数)?第([一二三四五六七八九十\d]+)")
MAX_CHARACTERS = 2000
MAX_TOKENS = 80
"""More than this is no instruction, and a parser's time must be bounded."""
MOST = 1e6
"""A number from here on counts or measures nothing on a table."""
BEFORE_BA = {"COMMA", "STOP", "AND", "THEN", "BA", "NEGATION", "CONDITION", "UNKNOWN", "WAI", "ZBEFORE", "PERSON"}
LIFTED = ("STYLE", "ORDER", "CRITERION", "ROWWAY")
"""How-words: they may stand anywhere, and belong to the whole instruction."""


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text, and the terminals it may be."""

    text: str
    start: int  # in the original text
    end: int
    kinds: Kinds

    @property
    def unknown(self) -> bool:
        return "UNKNOWN" in self.kinds


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
        if unicodedata.category(original) == "Cf":
            continue  # zero-width marks
        for c in unicodedata.normalize("NFKC", original).lower():
            if c.isspace() or unicodedata.category(c) == "Cc":
                c = " "
            c = {"’": "'", "‘": "'", "，": ",", "；": ";", "：": ":", "—": ",", "–": ",", "→": ">"}.get(c, c)
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


def tokenise(text: str, lexicon: Lexicon) -> Tokens:
    """Longest known word first; what is known to no table becomes an unknown token."""
    flat, where = normalised(text)
    raw: list[Token] = []
    i = 0
    while i < len(flat):
        if flat[i] == " ":
            i += 1
            continue
        end, kinds = _next(flat, i, lexicon)
        raw.append(Token(text[where[i] : where[end - 1] + 1], where[i], where[end - 1] + 1, kinds))
        i = end
    raw = [t for k, t in enumerate(_join_unknown(text, raw)) if not _only_says_only(t, raw[k - 1] if k else None)]
    raw = _if_first(_without_again(_fluent(_nth_or_then(raw))))
    kept = [t for t in raw if t.kinds.keys() - {"FILLER"} and not t.kinds.keys() & set(LIFTED)]
    order = next((t for t in reversed(raw) if "ORDER" in t.kinds), None)  # "by size, smallest on the left"
    return Tokens(
        text=text,
        tokens=tuple(_paused(_classifiers(kept))),
        styles=tuple(t.kinds["STYLE"] for t in raw if "STYLE" in t.kinds),
        order=order.kinds["ORDER"] if order else None,
        order_token=order,
        way_token=next((t for t in raw if "ROWWAY" in t.kinds), None),
        criterion_token=next((t for t in raw if "CRITERION" in t.kinds), None),
        known=lexicon,
    )


BOUNDS = {"COMMA", "STOP"}
DESCRIBING = {"SHAPE", "NAME", "COLOUR", "SIZE", "SUPER", "CL", "ONE", "NUM", "HEIGHT"}
OPEN_ENDED = {"THE", "A", "PUT", "PICK", "REL", "TO", "COLOUR", "SKILL"}
"""What no clause ends with."""
DEEDS = {"PICK", "PUT", "SKILL", "STACK", "MAKE", "ARRANGE", "REMOVE", "RETURN"}


def _without_again(tokens: list[Token]) -> list[Token]:
    """``把方块再往左移``: inside of a clause ``再`` and its like join nothing."""
    out: list[Token] = []
    inside = begun = told = False
    for k, t in enumerate(tokens):
        kinds = t.kinds.keys()
        if kinds & BOUNDS or kinds & DEEDS:
            inside = False
        elif "BA" in kinds:
            inside = True
        after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else set()
        mid = begun and not told and after & DEEDS
        if (inside or mid) and "THEN" in kinds and t.text in ("再", "也", "就", "先"):
            continue
        begun, told = (False, False) if kinds & BOUNDS else (True, told or bool(kinds & DEEDS))
        out.append(t)
    return out


def _nth_or_then(tokens: list[Token]) -> list[Token]:
    """``second, …`` and ``last the cube`` say when; ``the second biggest`` says which one."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        if t.kinds.keys() >= {"ORD", "THEN"}:
            after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else set()
            keep = {"ORD"} if after & DESCRIBING and not after & DEEDS else {"THEN"}
            if k and tokens[k - 1].kinds.keys() & {"THE", "A"}:
                keep = {"ORD"}
            t = Token(t.text, t.start, t.end, {n: v for n, v in t.kinds.items() if n in keep})
        out.append(t)
    while out and out[-1].kinds.keys() & {"STOP", "COMMA"}:
        last = out.pop()
        if out and out[-1].kinds.keys() == {"ATD"}:  # "how far is it, roughly?"
            out.pop()
            continue
        return [*out, last]
    return out


def _fluent(tokens: list[Token]) -> list[Token]:
    """``the, um, green cube``: pauses around a hesitation are none."""
    out: list[Token] = []
    for k, t in enumerate(tokens):
        before = next((o for o in reversed(out) if o.kinds.keys() - {"FILLER"}), None)
        if t.kinds.keys() >= {"FILLER", "SOTHATX"}:  # "so, put it there"; "put it so that …"
            after = tokens[k + 1].kinds.keys() if k + 1 < len(tokens) else {"STOP"}
            if before is None or before.kinds.keys() & BOUNDS or after & {*BOUNDS, "FILLER", *DEEDS}:
                t = Token(t.text, t.start, t.end, {"FILLER": None})
        waits = "FILLER" in (tokens[k - 1].kinds if k else {}) or (
            k + 1 < len(tokens) and tokens[k + 1].kinds.keys() == {"FILLER"}
        )
        open_end = before is not None and before.kinds.keys() & OPEN_ENDED
        if "COMMA" in t.kinds and waits and open_end:
            continue
        out.append(t)
    return out


def _if_first(tokens: list[Token]) -> list[Token]:
    """``碗里要是有球``: the word that makes a condition of it is read as if it stood first in its clause."""
    for k, t in enumerate(tokens):
        if "IF" not in t.kinds or t.text.isascii():
            continue
        start = next((j + 1 for j in range(k - 1, -1, -1) if tokens[j].kinds.keys() & (BOUNDS | {"THEN", "IF"})), 0)
        if start < k:
            return [*tokens[:start], t, *tokens[start:k], *tokens[k + 1 :]]
    return tokens


def _only_says_only(t: Token, before: Token | None) -> bool:
    """``只`` is a classifier after a number or ``这``; elsewhere it says that no more is meant, and changes nothing."""
    return t.kinds.keys() >= {"FILLER", "CL"} and not (
        before is not None and before.kinds.keys() & {"NUM", "THE", "A", "Q_ZMANY", "ALL", "ORD"}
    )


def _next(flat: str, i: int, lexicon: Lexicon) -> tuple[int, Kinds]:
    found = lexicon.at(flat, i)
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


def _paused(tokens: list[Token]) -> list[Token]:
    """``把`` opens a clause, and so does a thing right after a place: where no pause was written before it, there is one."""
    out: list[Token] = []
    told = False
    for k, t in enumerate(tokens):
        if t.kinds.keys() & BOUNDS:
            told = False
        ends = out and "POST" in out[-1].kinds and not out[-1].text.isascii()
        again = any(o.kinds.keys() & {"PUT"} for o in tokens[k + 1 : k + 6])
        if told and ends and again and t.kinds.keys() & {"COLOUR", "SHAPE", "NAME", "SIZE"} and not t.text.isascii():
            out.append(Token("", out[-1].end, out[-1].end, {"COMMA": None}))
            told = False
        told = told or bool(t.kinds.keys() & {"PUT"})
        if "BA" in t.kinds and out and not out[-1].kinds.keys() & BEFORE_BA:
            out.append(Token("", out[-1].end, out[-1].end, {"COMMA": None}))
        out.append(t)
    return out


def _classifiers(tokens: list[Token]) -> list[Token]:
    """``块`` is a classifier after a number before more of a description, and a noun elsewhere."""
    if not tokens:
        return tokens
    out = []
    counts = {"NUM", "Q_ZMANY", "THE", "A", "ORD"}
    before: Token | None = None
    for t, after in [*pairwise(tokens), (tokens[-1], None)]:
        if "CL" in t.kinds and len(t.kinds) > 1:
            counted = before is not None and bool(before.kinds.keys() & counts)
            goes_on = after is not None and bool(
                after.kinds.keys() & {"SHAPE", "NAME", "COLOUR", "SIZE", "SUPER", "SAME"}
            )
            keep = {"CL"} if counted and goes_on else t.kinds.keys() - {"CL"}
            t = Token(t.text, t.start, t.end, {k: v for k, v in t.kinds.items() if k in keep})
        out.append(t)
        before = t
    return out
