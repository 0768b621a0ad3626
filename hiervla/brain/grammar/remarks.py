"""English clauses that only tell how things are, beside an order: ``the customer is due at noon, so …``, ``…; the children want to see it``.

Tried last, where an instruction cannot be read with them. A clause goes as a whole, and only where all of its words are English, where it has a
subject of its own (or is what a ``so`` draws on), and where nothing in it tells, allows, forbids or dates anything. Of a thing on the table that it tells
something of, the thing stays, as what the order is about. What is left must be a whole instruction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from hiervla.brain.grammar.calls import HANGING
from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.fluency import Token

Roles = Mapping[str, list[str]]
Hear = Callable[[str], tuple[Token, ...]]
"""The words of a stretch of text."""

_BREAK = re.compile(
    r"(?P<so>,?\s+(?:which is why|which means|that's why|that is why|and so|so now|hence|therefore|so)\s+(?!that\b|far\b|much\b|many\b|on\b))"
    r"|(?P<stop>[.;:!?…]+\s+|\s*[–—]+\s*|\s+-+\s+)|(?P<comma>,\s+)",
    re.I,
)
_PURPOSE = re.compile(
    r",?\s+(?:so(?: that)?|in order that|because|since|as|seeing that|seeing as|given that|now that)\s+(?:i|we|you|he|she|it|they|the|my|our|your|his|her|their|this|that|there|nobody|no one|somebody|someone|everyone|everybody|people|customers|[a-z]+'s)\b"
    r"|,?\s+before (?:somebody|someone|anyone|anybody|people|they|the (?:children|kids|baby|cat|dog|customers|guests))\b",
    re.I,
)
"""From where on a clause only says what for."""
_UNFINISHED = tuple(
    f" {w}" for w in ("in", "on", "at", "for", "with", "from", "by", "is", "are", "not", "so", "but", "about")
)
_STOP = re.compile(r"[.;!?]+(?:\s|$)|\s*[–—]")
_SUBJECT = re.compile(
    r"(?:(?:and|but|well|you see|after all|oh|ah|sorry|because|since|as|seeing that|seeing as|now that|given that|it's just that|just so you know|by the way)[,\s]+)*"
    r"(?:the|my|our|your|his|her|their|this|that|that's|these|those|an?|i|i'm|i've|i'd|i'll|we|we're|we've|we'll|he|he's|she|she's|it|it's|they|they're|they've|"
    r"there|there's|there're|nobody|no one|somebody|someone|everyone|everybody|people|customers?|children|kids|guests|what an?|not everyone)\b(?!\s+(?:first|second|third|last)\b)",
    re.I,
)
_BARRED = re.compile(
    r"\b(?:(?:don't|dont|do not)(?! (?:need|like|use|know|remember|trust|have)\b)|never|stop|wait|leave|keep(?! \w+ing\b)|careful|carefully|mind|undo|if|unless|until|till|when|whenever|once|while|after|before|otherwise|else|except|"
    r"instead|only(?! just\b)|just one|please|later|tomorrow|tonight|not now|not yet|in a (?:minute|moment|second)|afterwards|meanwhile|or|nor|neither|either|"
    r"make sure|see to it|remember|forget|imagine|suppose|pretend|let|let's|can you|could you|would you|will you|first|then|next|finally|twice|forbidden|allowed|"
    r"wrong|mistake|meant|mean|no|robot|bot|throw|hit|hurt|cut|stab|burn|break|smash|drop|pour|spill|kill)\b",
    re.I,
)
"""What may tell, bound, take back or put off something, or be a danger."""
_TELLING = re.compile(
    r"\b(?:(?:wants?|wanted|(?<!nobody )(?<!no one )needs?|needed|likes?|going)(?! to (?:see|watch|know|look|use|show|try|play|check|read|eat|drink|wash|clean|paint|draw|photograph|measure)\b)|must|should|shall|ought|has to|have to|had better|'d better|would like|'d like|wish|prefers?|belongs?|goes|go|supposed|"
    r"mustn't|shouldn't|may|might|hopes?|expects?|gets?|stays?|lives?|deserves?)\b|'ll\b|\bwill\b",
    re.I,
)
"""What is no order where no thing of the table is named or pointed to."""
THINGS = {
    "SHAPE",
    "NAME",
    "ZONE",
    "ZONEWORD",
    "COLOUR",
    "IT",
    "THEM",
    "ONE",
    "EVERYTHING",
    "THERE",
    "ID",
    "OTHER",
    "ALL",
    "BOTH",
    "NOTHING",
}
POINTED = {"IT", "THEM", "THERE", "ONE"}
WHERE = {"SIDEPP", "SIDEADV", "EDGE", "CORNER", "UNIT", "BETWEEN", "FORM", "TOWERN", "HALF", "TOPMOST", "BACK", "COUNTFROM"}  # fmt: skip
DEEDS = {"PICK", "STACK", "ARRANGE", "REMOVE", "RETURN", "SWAP", "SORT", "TIDY", "LINEUP", "RELEASE", "UNSTACK", "CLEAROUT"}  # fmt: skip
TOLD = {"PUT", "SKILL", "HEAD", "MAKE", "CAUSE", "GO", "EMPTY", "UNDO", *DEEDS}
"""What an order begins with."""
GRAVE = {"UNSAFE", "HALT", "HANDOVER", "SPARE"}
NOUNS = {"SHAPE", "NAME"}
BEFORE_NOUN = {"THE", "A", "COLOUR", "SIZE", "NUM", "ALL", "BOTH", "SUPER", "HEIGHT", "ATTR", "SHAPE", "NAME"}
MOST = 4
"""Ways of leaving something out that are tried."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text, what stood before it, and how it ends."""

    text: str
    led: str = ""
    draws: bool = False
    """A ``so`` follows it: it is what that draws on."""


def without_remarks(text: str, hear: Hear) -> Iterator[str]:
    """The text without what only tells how things are, the least left out first."""
    seen = {text.strip()}
    for said in dict.fromkeys((text.strip(), _cut(text.strip(), hear))):
        clauses = _clauses(said)
        gone = [_remark(c, k, hear) for k, c in enumerate(clauses)]
        whole = said if not any(g is not None for g in gone) else _joined(clauses, gone)
        if whole and whole not in seen:
            seen.add(whole)
            yield whole


def _clauses(text: str) -> list[Clause]:
    out, start, led = [], 0, ""
    for m in _BREAK.finditer(text):
        said = text[start : m.start()].strip()
        if said:
            out.append(Clause(said, led, bool(m["so"])))
            led = m[0].strip() or ","
        start = m.end()
    if said := text[start:].strip():
        out.append(Clause(said, led))
    return out


def _cut(text: str, hear: Hear) -> str:
    """Without what only says what for, at the end of a sentence."""
    at = 0
    while m := _PURPOSE.search(text, at):
        stop = _STOP.search(text, m.end())
        end = stop.start() if stop else len(text)
        if m.start() > 3 and _idle(text[m.start() : end], hear, why=True):
            text = text[: m.start()] + text[end:]
        at = m.start() + 1
    return text


def _joined(clauses: list[Clause], gone: list[str | None]) -> str:
    text = ""
    for c, instead in zip(clauses, gone, strict=True):
        said = c.text if instead is None else instead
        if said:
            led = "," if c.led[-1:].isalpha() else c.led
            text = f"{text}{'' if led[:1] in ',.;:!?' else ' '}{led} {said}" if text else said
    return text


def _remark(clause: Clause, at: int, hear: Hear) -> str | None:
    """What stays of a clause that may go: nothing, or the thing that it tells of; None where it must stay as it is."""
    if len(clause.text.split()) < 3:
        return None
    if not (clause.draws or _SUBJECT.match(clause.text)) or any(t.kinds.keys() & TOLD for t in hear(clause.text)[:1]):
        return None
    if _idle(clause.text, hear):
        return ""
    return _topic(clause, hear) if at == 0 or clause.led[-1:] in ".;!?" else None


def _idle(text: str, hear: Hear, why: bool = False) -> bool:
    """Nothing in it tells, bounds or dates anything, and it names nothing of the table."""
    words = (
        re.sub(
            r"^[\s,]*(?:so(?: that)?|because|since|as|before|seeing (?:that|as)|now that|given that|in order that)\b",
            "",
            text,
            flags=re.I,
        )
        if why
        else text
    )
    if not _plain(words):
        return False
    kinds = {k for t in hear(words) for k in t.kinds}
    named = THINGS - (POINTED if why else {"IT", "THEM"})
    if kinds & (named | (GRAVE if why else DEEDS | GRAVE) | {"UNIT", "SIDEPP", "EDGE", "CORNER"}) or re.search(
        r"\d", words
    ):
        return False
    pointed = bool(kinds & POINTED)
    return not (pointed and _TELLING.search(words)) and not (pointed and not why and kinds & WHERE)


def _plain(words: str) -> bool:
    hangs = words.lower().rstrip(" ,.!?").endswith((*HANGING, *_UNFINISHED))
    known = all(map(is_english, re.findall(r"[^\W\d_][\w']*", words.lower())))
    return known and not hangs and not _BARRED.search(words) and words.isprintable()


def _topic(clause: Clause, hear: Hear) -> str | None:
    """The one thing of the table that a clause tells something of: ``the oil can sits too far out``, ``I keep losing the bolts``."""
    tokens = hear(clause.text)
    nouns = [k for k, t in enumerate(tokens) if t.kinds.keys() & NOUNS]
    if not nouns or any(b - a > 1 for a, b in pairwise(nouns)):
        return None
    first, last = nouns[0], nouns[-1]
    while first and tokens[first - 1].kinds.keys() & BEFORE_NOUN:
        first -= 1
    if first and not _SUBJECT.match(clause.text):
        return None  # "wash the mug, so …" is an order that nobody taught
    if "THE" not in tokens[first].kinds and not tokens[last].text.endswith("s"):
        return None
    rest = [*tokens[:first], *tokens[last + 1 :]]
    kinds = {k for t in rest for k in t.kinds}
    told = f"{clause.text[: tokens[first].start]} {clause.text[tokens[last].end :]}".strip()
    if not rest or not _plain(told) or kinds & (THINGS | DEEDS | GRAVE | WHERE | {"NUM"}) or _TELLING.search(told):
        return None
    if re.search(r"\b(?:not|\w+n't)\b.*\b(?:\w+ed|be|to)\b", told) or re.match(r"(?:and|or|,)\b", told):
        return None
    return clause.text[tokens[first].start : tokens[last].end]
