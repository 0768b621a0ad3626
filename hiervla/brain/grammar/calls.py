"""What is said beside the matter: a name called out, a reason. Tried where an instruction cannot be read with it.

Only whole stretches between pauses go, and only such as name nothing that is on the table, no number and no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.fluency import BOUNDS, DEEDS, Token
from hiervla.brain.grammar.lexicon import latin
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.tokens import Tokens

Roles = Mapping[str, list[str]]
MATTERS = {
    "SHAPE", "NAME", "ZONE", "ZONEWORD", "COLOUR", "SIZE", "UNIT", "EDGE", "CORNER", "SIDEPP", "SIDEADJ", "COUNTFROM", "UNSAFE", "HALT", "NEGATION",
    "HANDOVER", "STYLE", "ORDER", "SPARE", "UNDO", "ELSE", "IF", "UNLESS", "UNTIL", "EXCEPT", "TIMES", "TWICE",
}  # fmt: skip
"""Words with which a stretch of talk may bear on what is to be done."""
HOW = ("ly", "ed", "ing", "wise", "ways", "ward", "wards", "most", "side", "n't", "ish", "er", "est")
"""Endings of words that may say how or which, and call nobody."""
GRAVE = {"UNSAFE", "HALT", "HANDOVER", "SPARE", "UNDO", "ELSE", "IF", "UNLESS", "UNTIL", "EXCEPT", "STYLE", "ORDER"}
"""With which even a ``because`` may bear on it."""
CALLS = {"SHAPE", "NAME", "IT", "THEM", "THERE", "ONE"}
LONGEST = 12
"""Longer is no name but words written together."""
HANGING = tuple(
    f" {w}" for w in ("to", "the", "a", "an", "my", "your", "into", "onto", "of", "and", "or", "than", "if", "unless", "because", "between", "except", "every")
)  # fmt: skip
"""Words after which more must come."""
LEANS = {"IT", "THEM", "THERE"}
DESCRIBING = {"THE", "COLOUR", "SIZE", "NUM", "ALL", "BOTH", "SUPER"}
"""What may stand before a noun that something is told of."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a text, and whether a word that nobody knows went with what was left out of it."""

    text: str
    strange: bool


def without_calls(tokens: Tokens) -> Left | None:
    """What is left without names called out at its edges and without reasons; None when there is nothing of the kind."""
    roles = tokens.known.roles
    parts = _stretches(tokens.tokens)
    gone: list[tuple[int, int]] = []  # of tokens, first and last
    strange = False
    told: set[int] = set()  # where only what is told of a thing goes, and the thing stays
    for k, (first, last) in enumerate(parts):
        if _called(tokens, first, last) and _at_edge(tokens.tokens, parts, k):
            gone.append((first, last))
            named = tokens.tokens[last].text  # "Zoltan" is somebody's name, "frobnik" is nobody's
            strange = strange or (
                named.islower() and named not in roles.get("names", ()) and _strange(tokens, last, last)
            )
        elif tokens.span(first, last).lower() in roles.get("no_more", ()):
            gone.append((first, last))
        elif (at := _reason(tokens, first, last)) is not None:
            gone.append((at, last))
            strange = strange or _strange(tokens, at, last)
        elif (remark := _remark(tokens, first, last)) is not None:
            gone.append(remark)
            strange = strange or _strange(tokens, *remark)
            told |= {remark[0]} - {first}
    if not gone or sum(b - a + 1 for a, b in gone) >= sum(not _bound(t) for t in tokens.tokens):
        return None
    text = tokens.text
    for first, last in reversed(gone):
        a, b = tokens.tokens[first].start, tokens.tokens[last].end
        if first in told:
            rest = text[b:].lstrip(" ,.;!")
            text = f"{text[:a].rstrip()}, {rest.removeprefix('so ').removeprefix('So ')}"
            continue
        if first and "COMMA" in tokens.tokens[first - 1].kinds:
            a = tokens.tokens[first - 1].start
        elif last + 1 < len(tokens.tokens) and "COMMA" in tokens.tokens[last + 1].kinds:
            b = tokens.tokens[last + 1].end
        text = f"{text[:a]} {text[b:]}"
    return Left(text, strange) if text.strip() else None


def _strange(tokens: Tokens, first: int, last: int) -> bool:
    """Whether it holds a word that is none of the language, nor a slip for a known one: nobody knows what it says."""
    unknown = (w for t in tokens.tokens[first : last + 1] if t.unknown for w in re.findall(r"[a-z']+", t.text.lower()))
    return any(not is_english(w) and mended(w, tokens.known) is None for w in unknown)


def _bound(t: Token) -> bool:
    return bool(t.kinds.keys() & BOUNDS)


def _stretches(tokens: tuple[Token, ...]) -> list[tuple[int, int]]:
    """First and last token of what stands between pauses."""
    out: list[tuple[int, int]] = []
    for k, t in enumerate(tokens):
        if _bound(t):
            continue
        if k and out and out[-1][1] == k - 1 and not _bound(tokens[k - 1]):
            out[-1] = (out[-1][0], k)
        else:
            out.append((k, k))
    return out


def _called(tokens: Tokens, first: int, last: int) -> bool:
    """``dear``, ``my love``, ``old chap``: one unknown word between commas, with or without one that goes before names."""
    roles, some = tokens.known.roles, tokens.tokens
    before, after = some[first - 1] if first else None, some[last + 1] if last + 1 < len(some) else None
    if not some[last].unknown or {":", "："} & {t.text for t in (before, after) if t}:
        return False  # "translate: put it there"
    begins, ends = before.end if before else 0, after.start if after else len(tokens.text)
    words = re.findall(r"[^\s,.;!?…]+", tokens.text[begins:ends].lower())  # what says nothing else is there as well
    if not 1 <= len(words) <= 3 or not all(w.isascii() and w.isalpha() for w in words):
        return False
    name = words[-1]
    set_off = any(t is not None and "COMMA" in t.kinds for t in (before, after))  # "put it there. Blorfitz" is no name
    calls = name in roles.get("names", ()) or (set_off and not name.endswith(HOW) and 1 < len(name) <= LONGEST)
    return calls and name not in roles.get("no_names", ()) and set(words[:-1]) <= set(roles.get("called", ()))


def _at_edge(tokens: tuple[Token, ...], parts: list[tuple[int, int]], k: int) -> bool:
    """It opens the sentence, which then names what it is about, or ends it."""
    first, last = parts[k]
    after = next((t for t in tokens[last + 1 :] if "COMMA" not in t.kinds), None)
    if after is None or "STOP" in after.kinds:  # what says how has been lifted out: "…, dear, gently"
        return True
    if first and "STOP" not in tokens[first - 1].kinds:
        return False
    rest = tokens[last + 2 :]
    clause = rest[: next((i for i, t in enumerate(rest) if _bound(t)), len(rest))]
    named = next((t for t in clause if t.kinds.keys() & CALLS), None)
    return named is not None and not named.kinds.keys() & LEANS  # "the fork, put it in the cup": what it is about


def _reason(tokens: Tokens, first: int, last: int) -> int | None:
    """From which token on the stretch only says why: from its start, or from a ``because`` within it."""
    roles = tokens.known.roles
    if _spoilt(tokens, first, last):
        return None
    for at in range(first, last + 1):
        begins = tokens.tokens[at - 1].end if at else 0  # "so I can see it": the "so" is no token any more
        text = tokens.text[begins : tokens.tokens[last].end].lower().lstrip(" ,.!?;:")
        kinds = {k for t in tokens.tokens[at + 1 : last + 1] for k in t.kinds}
        if _opens(text, roles.get("musing", ())) and not kinds & MATTERS:
            return at
        why = _opens(text, roles.get("because", ()))
        tells = at == first and _opens(text, roles.get("reason", ()))
        if not why and not tells and not _opens(text, roles.get("lest", ())):
            continue
        if tells and any(w in text.split() for w in roles.get("not_now", ())):
            continue  # "it's in the way there later"
        rest = tokens.tokens[at : last + 1]
        ails = any(w in text for w in roles.get("ails", ()))
        if any(w in text.split() for w in roles.get("no_reason", ()) if not (ails and w == "never")):
            continue
        if any(a.kinds.keys() & {"AND", "THEN"} and b.kinds.keys() & DEEDS for a, b in pairwise(rest)):
            continue  # "because I am hungry and put …"
        kinds = {k for t in rest[1:] for k in t.kinds} | (rest[0].kinds.keys() - {"CONDITION", "NEGATION", "PUT"})
        if not kinds & (GRAVE if why else MATTERS - {"NEGATION"} if ails else MATTERS):
            return at
    return None


def _spoilt(tokens: Tokens, first: int, last: int) -> bool:
    """A word in a third script, a break within it, or more still to come: it is not known what it says."""
    ends = next((t.start for t in tokens.tokens[last + 1 :]), len(tokens.text))
    said = tokens.text[tokens.tokens[first].start : ends]
    if any(c.isalpha() and not latin(c.lower()) for c in said) or not all(c.isprintable() for c in said.strip()):
        return True
    return said.lower().rstrip(" ,.!?").endswith(HANGING)


def _remark(tokens: Tokens, first: int, last: int) -> tuple[int, int] | None:
    """``it's burnt``, ``my seed packets want some warmth, …``: the first and last token of what only tells how a thing is.

    Every word that is known must be one that bears on nothing, and one at least must be unknown.
    """
    some, roles = tokens.tokens[first : last + 1], tokens.known.roles
    if _spoilt(tokens, first, last):
        return None
    for k in range(first + 1, last):  # "my gloves are muddy so put them in the crate"
        between = tokens.text[tokens.tokens[k - 1].end : tokens.tokens[k].start]
        if first == 0 and tokens.tokens[k].kinds.keys() & DEEDS and re.search(r"\bso\b", between, re.I):
            some, last = tokens.tokens[:k], k - 1
            break
    noun = next((k for k, t in enumerate(some) if t.kinds.keys() & {"NAME", "SHAPE"}), None)
    at = 1 if some[0].kinds.keys() & {"IT", "THEM"} or some[0].text.lower() == "its" else None
    whole = at is not None
    if at is None and noun is not None and first == 0 and all(t.kinds.keys() & DESCRIBING for t in some[:noun]):
        rest = tokens.tokens[last + 1 :]
        so_many = any("ALL" in a.kinds and "NUM" in b.kinds for a, b in pairwise(rest))  # "all three go to …"
        at = noun + 1 if so_many or any(t.kinds.keys() & LEANS for t in rest) else None
    told = some[at:] if at is not None else ()
    if at is None or not any(t.unknown for t in told) or not told[0].kinds.keys() & {"UNKNOWN", "Q_BE"}:
        return None
    words = set(re.findall(r"[^\s,.;!?]+", " ".join(t.text.lower() for t in told)))
    barred = {*roles.get("no_names", ()), *roles.get("no_reason", ())} - (set() if whole else {"want", "need"})
    if any(t.kinds.keys() & (MATTERS | DEEDS | {"NUM", "ORD", "IT", "THEM"}) for t in told) or words & barred:
        return None
    return first if whole else first + at, last


def _opens(text: str, words: Iterable[str]) -> bool:
    return any(text.startswith(w) and not text[len(w) : len(w) + 1].isalpha() for w in words)
