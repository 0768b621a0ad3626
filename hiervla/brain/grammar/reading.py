"""From text to an instruction form, by a parser over typed words, or to the part that was not understood."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace

from lark import UnexpectedInput
from lark.exceptions import VisitError

from hiervla.brain.grammar.acts import Act, Arrange, Bare, Do, Instruction, Pick, Put, Sort, Spare, Stack, When
from hiervla.brain.grammar.asides import PASSABLE, without_asides
from hiervla.brain.grammar.carryover import CarryOver
from hiervla.brain.grammar.lexicon import Lexicon, lexicon_for
from hiervla.brain.grammar.machine import Sentence
from hiervla.brain.grammar.noun_phrases import Misread
from hiervla.brain.grammar.queries import Question
from hiervla.brain.grammar.rephrasing import rephrased
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.tokens import MAX_CHARACTERS, MAX_TOKENS, Token, Tokens, tokenise
from hiervla.brain.grammar.words import Words, bundled_words
from hiervla.core.briefing import SkillCard
from hiervla.core.vocabulary import Vocabulary

KEPT = 64
"""Readings kept per lexicon."""
VERBS = {
    "PICK", "PUT", "STACK", "RELEASE", "SKILL", "HEAD", "MAKE", "ARRANGE", "LINEUP", "SORT", "TIDY", "SWAP", "GO", "REMOVE", "EMPTY", "SPARE", "UNDO", "RETURN", "LEAVE", "BACK", "GOES", "UNSTACK", "GIVEA", "CLEAROUT", "BINV", "GAPZ", "ONEEACH",
}  # fmt: skip
_DONE_ALREADY = re.compile(r"(了\s*(吗|么|嘛|没有?)?|没有?|吗|么)[\s?？!！.。~]*$")
"""A Chinese sentence that ends so tells or asks what has been done; it does not ask for it to be done."""
_REQUEST = re.compile(r"能|可以|可不可以|请|帮|好吗|好不好|行吗|要不要")
"""Words that make a request of it after all."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why an instruction could not be read: a message key, the part to quote, the language to answer in."""

    key: str
    part: str
    language: str
    near: tuple[str, ...] = ()
    """Known words that look like the unknown one."""

    def __str__(self) -> str:
        return f"{self.key}({self.part!r})"


def language_of(text: str) -> str:
    """``zh`` when the text is written in Chinese, with or without some English words in it; else ``en``."""
    chinese = sum("一" <= c <= "鿿" for c in text)
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return "zh" if chinese and chinese * 6 >= latin else "en"


def parse(
    text: str,
    vocabulary: Vocabulary | None = None,
    skills: tuple[SkillCard, ...] = (),
    words: Words | None = None,
    zones: tuple[str, ...] = (),
) -> Instruction | NotUnderstood:
    """Read an instruction completely, or say which part of it was not understood. ``str()`` is its canonical form."""
    language = language_of(text)
    if not text.strip():
        return NotUnderstood("empty", "", language)
    if len(text) > MAX_CHARACTERS:
        return NotUnderstood("too_long", text[:40], language)
    lexicon = lexicon_for(words or bundled_words(), vocabulary or Vocabulary(), skills, zones)
    if text not in lexicon.readings:
        lexicon.readings[text] = _passing_over(text, lexicon, language)
        while len(lexicon.readings) > KEPT:
            lexicon.readings.popitem(last=False)
    return lexicon.readings[text]  # type: ignore[no-any-return]


def _passing_over(text: str, lexicon: Lexicon, language: str) -> Instruction | NotUnderstood:
    """The text as it is; where it cannot be read, without what is said only beside the order."""
    reading = _understood(text, lexicon, language)
    if language != "zh" or isinstance(reading, Instruction) or reading.key not in PASSABLE:
        return reading
    for shorter in (*rephrased(text), *without_asides(text, lambda part: tokenise(part, lexicon).tokens)):
        other = _understood(shorter, lexicon, language)
        if isinstance(other, Instruction) and not any(isinstance(a, Bare | Question) for a in other.acts):
            return other
    return reading


def _understood(text: str, lexicon: Lexicon, language: str) -> Instruction | NotUnderstood:
    tokens = tokenise(text, lexicon)
    if not tokens.tokens:
        return NotUnderstood("nothing_to_do", text.strip(), language)
    if len(tokens.tokens) > MAX_TOKENS:
        return NotUnderstood("too_long", text[:40], language)
    if _hangs(tokens):
        return NotUnderstood("incomplete", tokens.span(0, len(tokens.tokens) - 1), language)
    if not any(c.isalpha() for c in text):
        return NotUnderstood("no_words", text.strip()[:60], language)
    unknown = next((i for i, t in enumerate(tokens.tokens) if t.unknown), None)
    if unknown is None:
        return _read(tokens, language)
    spelled = _spelled(text, tokens, lexicon)
    if spelled is None:  # no construction takes an unknown word: no need to try
        return _explain(tokens, unknown, language)
    mended_text, slips = spelled
    reading = _read(tokenise(mended_text, lexicon), language)
    return replace(reading, slips=slips) if isinstance(reading, Instruction) else reading


def _hangs(tokens: Tokens) -> bool:
    """``put the cube in the bowl and``: something was still to come."""
    last = next((t for t in reversed(tokens.tokens) if "STOP" not in t.kinds), None)
    if last is None:
        return False
    return "AND" in last.kinds or (
        "THEN" in last.kinds and (not last.text.isascii() or last.text.lower() == "and then")
    )


def _spelled(text: str, tokens: Tokens, lexicon: Lexicon) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The text with its slips of typing put right, and what was read as what; None when one word stays unknown."""
    slips: list[tuple[str, str]] = []
    for t in reversed([t for t in tokens.tokens if t.unknown]):
        words = [mended(w, lexicon) for w in t.text.lower().split()]
        if None in words:
            return None
        meant = " ".join(w for w in words if w)
        text = text[: t.start] + meant + text[t.end :]
        slips.insert(0, (t.text, meant))
    if any(t.unknown for t in tokenise(text, lexicon).tokens):
        return None
    return text, tuple(slips)


def _read(tokens: Tokens, language: str) -> Instruction | NotUnderstood:
    sentence = Sentence(t.kinds for t in tokens.tokens)
    furthest = -1
    for start in _starts(tokens):
        try:
            tree = sentence.parse(start)
            acts, links = CarryOver(tokens, sentence.word_at).transform(tree)
            break
        except UnexpectedInput as e:
            end = len(sentence.text)
            at = e.pos_in_stream if isinstance(e.pos_in_stream, int) and e.pos_in_stream >= 0 else end
            furthest = max(furthest, sentence.word_at(at) if at < end else len(tokens.tokens))
        except VisitError as e:
            if isinstance(e.orig_exc, Misread):
                return NotUnderstood(e.orig_exc.key, e.orig_exc.part, language)
            raise
    else:
        return _explain(tokens, furthest, language)
    if (
        start == "commands"
        and language == "zh"
        and _DONE_ALREADY.search(tokens.text)
        and not _REQUEST.search(tokens.text)
        and not any(isinstance(a, When) for a in acts)
        and not isinstance(acts[-1], Spare)  # "…就别动了"
        and not tokens.styles  # "别碰碎了"
    ):
        return NotUnderstood("told_or_asked", tokens.text.strip(), language)
    if any("UNSAFE" in t.kinds for t in tokens.tokens) and not all(_sets_down(a) for a in acts):
        thrown = next(i for i, t in enumerate(tokens.tokens) if "UNSAFE" in t.kinds)
        return NotUnderstood("unsafe", _clause_from(tokens, thrown), language)
    for lifted, takers in (
        (tokens.order_token, (Stack, Arrange, Sort) if tokens.order != "listed" else (Stack, Arrange, Put, Do, Pick)),
        (tokens.criterion_token, (Sort,)),
        (tokens.way_token, (Arrange,)),
    ):
        if lifted is not None and not any(isinstance(a, takers) for a in acts):
            return NotUnderstood("not_understood", lifted.text, language)
    return Instruction(tokens.text, language, tuple(acts), tuple(links), tokens.styles)


def _sets_down(act: Act) -> bool:
    """``toss it in the bin`` is said of putting it there; anything else that is thrown is not done."""
    return isinstance(act, Put) and all(s.relation in ("in", "to") for r in act.readings for t in r for s in t.spots)


def _starts(tokens: Tokens) -> list[str]:
    """Which kinds of sentence it may be, the likeliest first."""
    kinds = {k for t in tokens.tokens for k in t.kinds}
    asks = any(k.startswith("Q_") for k in kinds) or bool(kinds & {"MA", "HAVE"})
    tells = bool(kinds & VERBS)
    return (
        ["questions"] * asks
        + ["commands"] * tells
        + ["fragment"] * (not tells)
        + ["questions"] * (not asks and not tells)
        + ["fragment"] * tells  # "the yellow bin": a noun that is a verb as well
    )


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


def _explain(tokens: Tokens, at: int, language: str) -> NotUnderstood:
    """Say which part stands in the way: a word that is known to be beyond us, an unknown one, or where parsing stopped."""
    stray = next((t for t in tokens.tokens if t.unknown), None)
    named = _stands_for(tokens, stray) if stray is not None and (stray.text.isascii() or language == "zh") else ""
    for kind, key in BLOCKING.items():
        if named == "unknown_thing" and kind in ("CONDITION", "NEGATION"):
            break  # what is spoken of is not known at all
        found = next(
            (i for i, t in enumerate(tokens.tokens) if kind in t.kinds and t.kinds.keys() <= {kind, *BLOCKING, *ALSO} and not (kind == "UNLEARNED" and _part_of_word(tokens, i))),
            None,
        )  # fmt: skip
        if found is not None:
            return NotUnderstood(key, _clause_from(tokens, found), language)
    unknown = next((t for t in tokens.tokens if t.unknown), None)
    if unknown is not None:
        key = "unknown_word" if any(c.isalpha() for c in unknown.text) else "not_understood"
        alike = [w for w in tokens.known.words() if w[:1] == unknown.text[:1].lower() and not tokens.known.grave(w)]
        alike = [w for w in alike if abs(len(w) - len(unknown.text)) <= 2]
        near = difflib.get_close_matches(unknown.text.lower(), alike, n=1, cutoff=0.7)
        if key == "unknown_word" and near and _leads(tokens, unknown):
            near = [w for w in near if difflib.SequenceMatcher(None, w, unknown.text.lower()).ratio() > 0.8]
        if key == "unknown_word" and _asks_for(tokens, unknown):
            return NotUnderstood("unknown_asked", unknown.text, language)
        if key == "unknown_word" and not near and (unknown.text.isascii() or language == "zh"):
            key = _stands_for(tokens, unknown)
        return NotUnderstood(key, unknown.text, language, tuple(near))
    if at >= len(tokens.tokens):
        return NotUnderstood("incomplete", tokens.span(0, len(tokens.tokens) - 1), language)
    return NotUnderstood("not_understood", _clause_from(tokens, at), language)


def _part_of_word(tokens: Tokens, at: int) -> bool:
    """``牙刷``: a deed's character in a name that is not known."""
    around = [t for t in tokens.tokens if t.unknown]
    return any(tokens.tokens[at].start in (t.end, t.start - 1) or tokens.tokens[at].end == t.start for t in around)


def _asks_for(tokens: Tokens, unknown: Token) -> bool:
    """``is there a fork?``: the honest answer to that is no, whatever a fork is."""
    at = tokens.tokens.index(unknown)
    asks = any(t.kinds.keys() & {"Q_EXISTS"} for t in tokens.tokens[:1])
    rest = tokens.tokens[1:at]
    return asks and all(t.kinds.keys() & {"A", "COLOUR", "SIZE", "CL", "NUM", "DE"} for t in rest)


def _leads(tokens: Tokens, unknown: Token) -> bool:
    """It stands first in a sentence without a known verb: it is the deed."""
    return tokens.tokens[0] is unknown and not any(t.kinds.keys() & (VERBS - {"BACK", "LEAVE"}) for t in tokens.tokens)


NOUN_AFTER = {"THE", "A", "COLOUR", "SIZE", "SUPER", "ATTR", "HEIGHT", "BA", "CL", "ALL", "PICK", "DE", "IT"}
"""What an unknown word stands behind when it is the name of a thing."""


def _stands_for(tokens: Tokens, unknown: Token) -> str:
    """Is an unknown word a deed that nobody taught, a thing that is not there, or simply unknown?"""
    at = tokens.tokens.index(unknown)
    if not any(t.kinds.keys() & (VERBS - {"BACK", "LEAVE"}) for t in tokens.tokens):
        return "unknown_deed"
    if at and tokens.tokens[at - 1].kinds.keys() & NOUN_AFTER:
        return "unknown_thing"
    return "unknown_word"


def _clause_from(tokens: Tokens, at: int) -> str:
    """The words from a token to the end of its clause."""
    end = at
    while end + 1 < len(tokens.tokens) and not _ends_clause(tokens.tokens[end + 1]):
        end += 1
    return tokens.span(at, end)


def _ends_clause(token: Token) -> bool:
    return bool(token.kinds.keys() & {"COMMA", "STOP", "THEN"})
