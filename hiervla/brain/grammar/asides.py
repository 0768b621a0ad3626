"""What people say beside an order, in Chinese: to whom, and why. It is passed over only when nothing in it could be an order or bound one.

Only a text that could not be read is looked through, a clause at a time; the rest must then be a whole instruction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import partial

from hiervla.brain.grammar.characters import no_word
from hiervla.brain.grammar.chinese_nouns import nouns_in
from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.fluency import Token
from hiervla.brain.grammar.rewriting import Finds, Rewrites
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.tokens import Tokens

_PARTS = re.compile(r"[,，。;；:：!！?？…~～\n]+|(?<=[一-鿿])\s+(?=[一-鿿])")
_HAIL = re.compile(r"(?:嘿|喂|嗨|哎|诶|哈喽|哈啰|你好|您好|hey|hi|hello)\s*$", re.IGNORECASE)
"""What a name is called with."""
PASSABLE = {
    "unknown_word", "unknown_thing", "unknown_deed", "not_understood", "negation", "condition", "beyond", "incomplete", "unsafe_person", "unsafe", "do_what", "where_of",
}  # fmt: skip
"""What may be in the way of a reading that is only said beside it."""
MEANT = {
    "BA", "ONLYBA", "COLOUR", "SHAPE", "NAME", "ID", "ZONE", "ZONEWORD", "TABLE", "EDGE", "CORNER", "HALF", "POST", "IT", "THEM", "SUPER", "UNIT", "SAME", "DIFF",
    "EXCEPT", "CHU", "WAI", "UNSAFE", "HALT", "HANDOVER", "UNDO", "THERE", "BACK", "ALL", "EVERYTHING", "OTHER", "ORD", "SPARE", "LEAVE", "DOZEROTHING", "UNTIL",
}  # fmt: skip
"""Words that say something of what is on the table, or bound what is to be done there."""
DEEDS = {"PUT", "PICK", "STACK", "RELEASE", "SKILL", "HEAD", "MAKE", "ARRANGE", "LINEUP", "SORT", "TIDY", "SWAP", "REMOVE", "EMPTY", "RETURN", "UNSTACK", "CLEAROUT"}  # fmt: skip
NAMED = {"SHAPE", "NAME"}
DESCRIBING = {
    "THE",
    "A",
    "CL",
    "NUM",
    "COLOUR",
    "SIZE",
    "SUPER",
    "HEIGHT",
    "DE",
    "SHAPE",
    "NAME",
    "SIDEADV",
    "POST",
    "ORD",
    "SHI",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A clause as it was written, what ended it, and its words."""

    text: str
    end: str
    tokens: tuple[Token, ...]

    @property
    def kinds(self) -> set[str]:
        return {k for t in self.tokens for k in t.kinds}

    @property
    def unknown(self) -> str:
        return "".join(t.text for t in self.tokens if t.unknown or "UNLEARNED" in t.kinds)


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that a clause tells something of; ``idle``: the clause may be left out where the rest names another."""

    text: str
    idle: bool = False


def without_asides(text: str, read: Callable[[str], tuple[Token, ...]], rules: Rewrites) -> Iterator[str]:
    """The text with what is said beside the order left out; then with things of which something is told as what the order is about.

    ``read``: the words of a stretch of text, small ones that change nothing left out. ``rules``: those of stage ``aside``.
    """
    parts, finds = _parts(text, read), partial(rules.finds, "zh", "aside")
    if len(parts) < 2:
        return
    aside = [_aside(parts, k, finds) for k in range(len(parts))]
    topics = [None if out else _topic(parts, k, finds) for k, out in enumerate(aside)]
    if any(topics):
        yield _joined(
            [(t.text if t else p.text, p.end) for p, t, out in zip(parts, topics, aside, strict=True) if not out]
        )
        if all(
            t.idle or any(t.text in p.text for p in parts if p is not own)
            for own, t in zip(parts, topics, strict=True)
            if t
        ):
            yield _joined(
                [(p.text, p.end) for p, t, out in zip(parts, topics, aside, strict=True) if not out and not t]
            )
    elif any(aside) and not all(aside):
        yield _joined([(p.text, p.end) for p, out in zip(parts, aside, strict=True) if not out])


def nonsense(tokens: Tokens, rules: Rewrites) -> bool:
    """Whether a word is written as none is that people say by the way: ``奶奶腰不好祶``, ``把 blorfitz 球…``; a name called out is one."""
    written, latin = rules.letters
    for t in tokens.tokens:
        if not t.unknown:
            continue
        if no_word(t.text, written) or _run_on(t.text, written):
            return True
        before, after = _HAIL.sub("", tokens.text[: t.start].rstrip(" ")), tokens.text[t.end :].lstrip(" ")
        alone = (not before or not before[-1].isalnum()) and (not after or not after[0].isalnum())
        words = re.findall(r"\b[a-z]{3,}", t.text if alone else t.text.lower())  # "David", called out
        if any(w not in latin and mended(w, tokens.known) is None and not (alone and is_english(w)) for w in words):
            return True
    return False


def _run_on(text: str, written: Container[str]) -> bool:
    """``有点脏奢``: all but one of the characters are ones that are written here; ``阿强`` is somebody's name."""
    strange = [c for c in text if c not in written]
    return len(text) >= 3 and "一" <= text[0] <= "鿿" and len(strange) == 1 and text[0] not in "阿老小"


def _parts(text: str, read: Callable[[str], tuple[Token, ...]]) -> list[Part]:
    parts, start = [], 0
    for m in [*_PARTS.finditer(text), None]:
        said = text[start : m.start() if m else len(text)].strip()
        if said:
            parts.append(Part(said, (m[0].strip() or "，") if m else "", _within_words(said, read(said))))
        start = m.end() if m else len(text)
    return parts


def _within_words(said: str, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """``后轮``, ``前提``: a character that says something by itself, in a noun that nobody taught, says nothing."""
    if not any(t.unknown for t in tokens):
        return tokens
    spans = [(m.start(), m.end()) for noun in nouns_in(said) for m in re.finditer(noun, said)]
    inside = lambda t: any(a <= t.start and t.end <= b and t.end - t.start < b - a for a, b in spans)  # noqa: E731
    return tuple(replace(t, kinds={"UNKNOWN": ""}) if inside(t) and not t.unknown else t for t in tokens)


def _joined(parts: list[tuple[str, str]]) -> str:
    return "".join(text + end for text, end in parts)


def _aside(parts: list[Part], k: int, finds: Finds) -> bool:
    part = parts[k]
    said = part.text
    if not part.tokens:
        return False
    if k == 0 and finds("too", said):
        return True
    if finds("reason", said):
        bound = part.kinds & ((MEANT - {"IT"}) | DEEDS) if finds("or_else", said) else part.kinds & {"BA", "ONLYBA"}
        return not bound
    if part.kinds & MEANT or finds("forbids", said):
        return False
    if finds("who", said) and not (part.kinds & DEEDS and not part.unknown):
        return True
    if part.kinds & DEEDS or part.kinds & {"NEGATION", "IF", "ELSE", "UNLESS", "CONDITION"} or not part.unknown:
        return False
    if k == 0 and ("：" in part.end or ":" in part.end):
        return not said.isascii() and not finds(
            "quotes", said
        )  # a heading; "blorfitz：…" may be an order that nobody taught
    first, last = k == 0, k == len(parts) - 1 and parts[k - 1].end in ("，", ",")
    if (first or last) and said.isascii() and len(part.tokens) == 1:
        return True  # a name, or slang
    if finds("deed", part.unknown) and not finds("done", said):
        return False
    if (first or last) and len(said) <= 6 and finds("called", said):
        return True
    return bool(
        finds("says_so", said) and not _goes_on(parts, k, finds) and (k + 1 < len(parts) or finds("pleads", said))
    )


def _topic(parts: list[Part], k: int, finds: Finds) -> Topic | None:
    """``电路板坏了，``: a thing of which something is told that is not known; ``我不喜欢小熊，``."""
    part = parts[k]
    if k + 1 >= len(parts) or _goes_on(parts, k, finds):
        return None
    if (likes := finds("likes", part.text)) is not None:
        rest = part.text[likes.end() :].removesuffix("了").strip()
        said = [t for t in part.tokens if t.start >= likes.end()]
        named = any(t.kinds.keys() & NAMED for t in said) and all(t.kinds.keys() & DESCRIBING for t in said)
        return Topic(rest) if named else None
    first = next((j for j, t in enumerate(part.tokens) if not t.kinds.keys() & DESCRIBING), None)
    if first is None or not first:
        return None
    if part.tokens[first].kinds.keys() & {"POST", "ATBOTTOM", "UNDERW", "BEYOND"}:
        return None  # "胶带下面挡路了": not the tape
    said = list(part.tokens[:first])
    while len(said) > 1 and "SHI" in said[-1].kinds:
        said.pop()  # "黄方块是次品"
    first = len(said)
    rest = part.text[part.tokens[first].start :]
    told = {k for t in part.tokens[first:] for k in t.kinds}
    looks = "DE" in said[-1].kinds and any(t.kinds.keys() & {"COLOUR", "SIZE", "SUPER"} for t in said)
    if not looks and not any(t.kinds.keys() & NAMED for t in said):
        return None
    if finds("over", rest):
        return Topic(part.text[: part.tokens[first].start])
    strange = any(t.unknown or "UNLEARNED" in t.kinds for t in part.tokens[first:]) or "NEGATION" in told
    ruined = bool(finds("ruined", rest))
    if ruined:
        return Topic(part.text[: part.tokens[first].start], "NEGATION" not in told)
    if (
        not strange
        or told & (DEEDS | MEANT)
        or finds("forbids", rest)
        or not (finds("says_so", rest) or "NEGATION" in told)
    ):
        return None
    if finds("deed", rest) and not finds("done", rest):
        return None
    return Topic(part.text[: part.tokens[first].start], "NEGATION" not in told)


def _goes_on(parts: list[Part], k: int, finds: Finds) -> bool:
    """``洗了，再放进去``: the next clause says that this one was an order too."""
    return k + 1 < len(parts) and bool(finds("goes_on", parts[k + 1].text))
