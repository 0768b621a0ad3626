"""What could not be read: which part stands in the way, and what can be said of it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.tokens import Token, Tokens

VERBS = {
    "PICK", "PUT", "STACK", "RELEASE", "SKILL", "HEAD", "MAKE", "ARRANGE", "LINEUP", "SORT", "TIDY", "SWAP", "GO", "REMOVE", "EMPTY", "SPARE", "UNDO", "RETURN", "LEAVE", "BACK", "GOES", "UNSTACK", "GIVEA", "CLEAROUT", "BINV", "GAPZ", "ONEEACH", "WISH", "CAREWITH", "REVERSE", "FLIPW", "MATCHV", "FILLW", "STAYW", "USEUP", "CAUSE", "GETSW",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why an instruction could not be read: a message key, the part to quote, the language to answer in."""

    key: str
    part: str
    language: str
    near: tuple[str, ...] = ()
    """Known words that look like the unknown one."""
    guess: str = ""
    """A plain sentence that it may mean, too unsure to be done."""
    typed: str = ""
    """The text with its slips of typing put right, where it has any."""

    def __str__(self) -> str:
        return f"{self.key}({self.part!r})"


FORBIDDEN = ("empty", "too_long", "no_words", "unsafe", "unsafe_person", "halt", "fixed_table")
"""Keys of what nobody is to carry out, in whatever words and whatever else may be read in it."""
HALF_SAID = ("incomplete", "told_or_asked")
"""Keys of what a person has to finish or make clear, in whatever words."""
NOT_KNOWN = ("unknown_word", "unknown_thing", "unknown_deed", "unknown_asked", "not_understood")
"""Keys of what the grammar reads nothing in, where another reader may. All else it knows and asks about: “don't …”, “if it is red, …”."""

BLOCKING = {
    "UNSAFE": "unsafe",
    "PERSON": "unsafe_person",
    "HALT": "halt",
    "NEGATION": "negation",
    "CONDITION": "condition",
    "HANDOVER": "hand_over",
    "BEYOND": "beyond",
    "UNLEARNED": "unknown_deed",
}
"""Words that are known and never acted on → what is said about them, the gravest first."""


ALSO = (
    "IF", "UNLESS", "ELSE", "UNTIL", "DEHUA", "THERENO", "MORETHAN", "LESSTHAN", "ATLEAST", "ATMOST", "SPARE", "TWICE", "TIMES", "AWAYZ", "UNDO", "RETURN", "BACK",
    "PUT", "UNDERW", "MA", "ATD", "AROUND", "ZHOUWEI", "FORM", "STATE", "NOT", "BEFORE", "AFTER", "ZBEFORE",
)  # fmt: skip
"""What else such a word may be in sentences that can be read, and yet stands in the way of this one."""


def explain(tokens: Tokens, at: int, language: str) -> NotUnderstood:
    """Say which part stands in the way: a word that is known to be beyond us, an unknown one, or where parsing stopped."""
    stray = next((t for t in tokens.tokens if t.unknown), None)
    named = _stands_for(tokens, stray) if stray is not None and (stray.text.isascii() or language == "zh") else ""
    for kind, key in BLOCKING.items():
        if named == "unknown_thing" and kind in ("CONDITION", "NEGATION"):
            break  # what is spoken of is not known at all
        if named == "unknown_deed" and kind == "CONDITION" and language == "en" and stray and _leads(tokens, stray):
            break  # "taste it and tell me if it is sweet": nothing that would be done either way
        found = next(
            (i for i, t in enumerate(tokens.tokens) if kind in t.kinds and t.kinds.keys() <= {kind, *BLOCKING, *ALSO} and not (kind == "UNLEARNED" and _part_of_word(tokens, i))),
            None,
        )  # fmt: skip
        if found is not None:
            return NotUnderstood(key, clause_from(tokens, found), language)
    if _named_deed(tokens):
        return NotUnderstood("unknown_deed", tokens.tokens[0].text, language)
    unknown = next((t for t in tokens.tokens if t.unknown), None)
    if unknown is not None:
        key = "unknown_word" if any(c.isalpha() for c in unknown.text) else "not_understood"
        alike = [w for w in tokens.known.words() if w[:1] == unknown.text[:1].lower() and not tokens.known.grave(w)]
        alike = [w for w in alike if abs(len(w) - len(unknown.text)) <= 2]
        near = difflib.get_close_matches(unknown.text.lower(), alike, n=1, cutoff=0.7)
        if key == "unknown_word" and near and _leads(tokens, unknown):
            near = [w for w in near if difflib.SequenceMatcher(None, w, unknown.text.lower()).ratio() > 0.8]
            near = (
                near
                if not _deed_on(tokens, unknown)
                else [w for w in near if tokens.known.entries[w].keys() & set(VERBS)]
            )
        if key == "unknown_word" and near and _stands_for(tokens, unknown) == "unknown_thing":
            near = [w for w in near if tokens.known.entries[w].keys() & NOMINAL]
            if near and is_english(unknown.text.lower()):  # "the toy train" is no slip of "tray"
                near = [w for w in near if difflib.SequenceMatcher(None, w, unknown.text.lower()).ratio() > 0.85]
        if key == "unknown_word" and _asks_for(tokens, unknown):
            return NotUnderstood("unknown_asked", _whole_word(tokens, unknown), language)
        if key == "unknown_word" and not near and (unknown.text.isascii() or language == "zh"):
            key = _stands_for(tokens, unknown)
        return NotUnderstood(key, unknown.text, language, tuple(near))
    if at >= len(tokens.tokens):
        return NotUnderstood("incomplete", tokens.span(0, len(tokens.tokens) - 1), language)
    return NotUnderstood("not_understood", clause_from(tokens, at), language)


def _part_of_word(tokens: Tokens, at: int) -> bool:
    """``牙刷``: a deed's character in a name that is not known."""
    around = [t for t in tokens.tokens if t.unknown and len(tokens.tokens[at].text) == 1]
    return any(tokens.tokens[at].start in (t.end, t.start - 1) or tokens.tokens[at].end == t.start for t in around)


def _named_deed(tokens: Tokens) -> bool:
    """``screw it into the nut``, ``hammer the nail``: a noun that is used as a verb, and no skill for it."""
    first, *rest = (t.kinds.keys() for t in tokens.tokens)
    return bool(first and first <= {"SHAPE", "NAME", "CL", "FORM"} and rest and rest[0] & {"IT", "THEM", "THE"}) and (
        not any(k & (VERBS - {"BACK", "LEAVE"}) for k in rest)
    )


def _whole_word(tokens: Tokens, unknown: Token) -> str:
    """``剪刀``, where ``剪`` is a deed."""
    at = tokens.tokens.index(unknown)
    before = tokens.tokens[at - 1] if at else unknown
    return before.text * ("UNLEARNED" in before.kinds and before.end == unknown.start) + unknown.text


def _asks_for(tokens: Tokens, unknown: Token) -> bool:
    """``is there a fork?``: the honest answer to that is no, whatever a fork is."""
    at = tokens.tokens.index(unknown)
    if not unknown.text.isascii():  # "桌上有没有香蕉"
        ends = any("MA" in t.kinds for t in tokens.tokens[at + 1 :])  # "桌上有剪刀吗"
        asked = next((i for i, t in enumerate(tokens.tokens[:at]) if t.kinds.keys() & {"Q_EXISTS", *(("HAVE",) if ends else ())}), None)  # fmt: skip
        where, named, rest = (tokens.tokens[:asked], tokens.tokens[(asked or 0) + 1 : at], tokens.tokens[at + 1 :])
        return (
            asked is not None
            and all(t.kinds.keys() & {"TABLE", "POST", "ZAT", "FILLER", "THERE"} for t in where)
            and all(t.kinds.keys() & {"A", "COLOUR", "SIZE", "CL", "NUM", "DE", "UNLEARNED"} for t in named)
            and all(t.kinds.keys() & {"MA", "STOP", "FILLER"} for t in rest)
        )
    asks = any(t.kinds.keys() & {"Q_EXISTS"} for t in tokens.tokens[:1])
    rest = tokens.tokens[1:at]
    return asks and all(t.kinds.keys() & {"A", "COLOUR", "SIZE", "CL", "NUM", "DE"} for t in rest)


def _leads(tokens: Tokens, unknown: Token) -> bool:
    """It stands first in a sentence without a known verb: it is the deed."""
    first = next((t for t in tokens.tokens if not t.kinds.keys() & {"COMMA", "STOP"}), None)  # "okay, paint that one"
    return first is unknown and not any(t.kinds.keys() & (VERBS - {"BACK", "LEAVE"}) for t in tokens.tokens)


NOMINAL = {"SHAPE", "NAME", "ZONE", "ZONEWORD", "TABLE", "EDGE", "CORNER", "COLOUR", "SIZE", "SUPER", "ATTR", "FIGURE", "HEIGHT", "FORM", "TOWERN", "ONE", "ORD", "NUM", "OTHER", "SAME", "COMP", "SIDEADJ"}  # fmt: skip
"""What may stand behind an article."""


def _deed_on(tokens: Tokens, unknown: Token) -> bool:
    """``read my little one a story``: what follows is what it would be done to."""
    at = tokens.tokens.index(unknown)
    return at + 1 < len(tokens.tokens) and bool(tokens.tokens[at + 1].kinds.keys() & {"THE", "IT", "THEM"})


NOUN_AFTER = {"THE", "A", "COLOUR", "SIZE", "SUPER", "ATTR", "HEIGHT", "BA", "CL", "ALL", "PICK", "DE", "IT"}
"""What an unknown word stands behind when it is the name of a thing."""


def _stands_for(tokens: Tokens, unknown: Token) -> str:
    """Is an unknown word a deed that nobody taught, a thing that is not there, or simply unknown?"""
    at = tokens.tokens.index(unknown)
    if at and "THE" in tokens.tokens[at - 1].kinds and unknown.text.isascii():
        return "unknown_thing"
    if not any(t.kinds.keys() & (VERBS - {"BACK", "LEAVE"}) for t in tokens.tokens):
        return "unknown_deed"
    if not at and not unknown.text.isascii() and _names(tokens):
        return "unknown_thing"  # "香蕉放到盘子上", "酱油瓶拿过来"
    after = tokens.tokens[at + 1].kinds.keys() if at + 1 < len(tokens.tokens) else set()
    if (
        at
        and tokens.tokens[at - 1].kinds.keys() & {"PUT", "CAUSE"}
        and after & {"REL", "TO"}
        and unknown.text.isascii()
    ):
        return "unknown_thing"  # "I want teddy in the basket"
    if at and tokens.tokens[at - 1].kinds.keys() & NOUN_AFTER:
        return "unknown_thing"
    return "unknown_word"


def _names(tokens: Tokens) -> bool:
    """What follows shows the first word to be a name; its last character may be a known word: ``酱油瓶往左挪``."""
    rest = tokens.tokens[1:]
    while rest and rest[0].kinds.keys() & {"CL", "SHAPE"} and len(rest[0].text) <= 2:
        rest = rest[1:]
    told = (
        {"PUT", "BA", "PICK"} if len(rest) == len(tokens.tokens) - 1 else {"PUT", "BA", "PICK", "DOU", "STACK", "ZTO"}
    )
    return bool(rest and rest[0].kinds.keys() & told)


def clause_from(tokens: Tokens, at: int) -> str:
    """The words from a token to the end of its clause."""
    end = at
    while end + 1 < len(tokens.tokens) and not _ends_clause(tokens.tokens[end + 1]):
        end += 1
    return tokens.span(at, end)


def _ends_clause(token: Token) -> bool:
    return bool(token.kinds.keys() & {"COMMA", "STOP", "THEN"})
