"""From text to an instruction form, by a parser over typed words, or to the part that was not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lark import UnexpectedInput
from lark.exceptions import VisitError

from hiervla.brain.grammar.acts import Act, Arrange, Bare, Do, Instruction, Pick, Put, Sort, Spare, Stack, When
from hiervla.brain.grammar.asides import PASSABLE, nonsense, without_asides
from hiervla.brain.grammar.breaking_off import breaks_off, hangs, lifted_anyway
from hiervla.brain.grammar.calls import without_calls
from hiervla.brain.grammar.characters import NARROW, closed_up, evenly_spaced, plainly_typed, said_once
from hiervla.brain.grammar.explaining import VERBS, NotUnderstood, clause_from, explain
from hiervla.brain.grammar.lexicon import Lexicon, latin, lexicon_for
from hiervla.brain.grammar.machine import Sentence
from hiervla.brain.grammar.noun_phrases import Misread
from hiervla.brain.grammar.queries import Question
from hiervla.brain.grammar.remarks import without_remarks
from hiervla.brain.grammar.rewording import asked, in_plain_english, plainer, rephrased, vague
from hiervla.brain.grammar.rewriting import Rewrites
from hiervla.brain.grammar.saying import Saying
from hiervla.brain.grammar.slips import spelled
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.tokens import MAX_CHARACTERS, MAX_TOKENS, Tokens, tokenise
from hiervla.brain.grammar.words import Words, bundled_words
from hiervla.core.briefing import SkillCard
from hiervla.core.vocabulary import Vocabulary

KEPT = 64
"""Readings kept per lexicon."""
ASIDES = 3
"""How often more of what is beside the matter is left out: a name is at the edge once the reason behind it is gone."""
FINAL = ("nothing_to_do", "too_long", "incomplete", "no_words", "told_or_asked", "halt", "two_words", "fixed_table")
"""What is so whatever else was said."""
_DONE_ALREADY = re.compile(r"(了\s*(吗|么|嘛|没有?)?|没有?(?:去|过|来)?吧?|吗|么)[\s?？!！.。~]*$")
"""A Chinese sentence that ends so tells or asks what has been done; it does not ask for it to be done."""
_DONE_WITHIN = re.compile(
    r"[里上内中](?:面|头|边)?(?:现在|目前|已经|一共|总共|都|还)*[放装摆搁盛摞叠堆]了(?:一共|总共)?(?:几|多少|什么|啥|哪)"
)
"""``盒子里装了几个球`` asks."""
_CAN_IT = re.compile(
    r"[里上内中](?:面|头|边)?(?:最多|还|大概|一共|总共)*能再?[放装摆搁盛摞叠]得?[下进]?(?:几|多少|什么|啥)|"
    r"^[^，,。把将帮请给麻烦你您]{1,12}(?:能不能|能|可不可以)[放装搁塞摆盛叠摞][进入到在上][^，,。把帮给]*(?:吗|么|不|[?？])[?？\s]*$"
)
"""``盒子里能放几个球``, ``球能放进盒子吗``: whether it can be."""
MOVED_LYING = ("push", "turn", "slide")
"""What may be told not to lift a thing."""
COUNTED = {"TIMES", "TWICE", "DEG", "UNIT"}
"""Words of how often and how far: with them, there may be no verb at all."""
_DENIED = re.compile(r"\b(?:not|don't|dont|never|instead of|rather than|except|apart from|other than)\b[^,.;]*$", re.I)
"""Before what is not meant."""
_REQUEST = re.compile(
    r"(?:^|[，,。；;]|完事|然后|最后)(?:就|先|再|最后|顺便|顺手)*把[^，,。；;我你他她谁]{1,10}[关开按扔丢收拆推摁]了[\s。！!]*$|"
    r"能|可以|可不可以|请|帮|好吗|好不好|行吗|要不要|(得|算|就[行好成是得完]|完事儿?)了[\s。！!.~]*$|(?<![放摆搁叠摞按关开装收弄做码排拿挪移])好了[\s。！!.~]*$"
)
"""Words that make a request of it after all."""


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
    words = words or bundled_words()
    lexicon = lexicon_for(words, vocabulary or Vocabulary(), skills, zones)
    if text not in lexicon.readings:
        reading = _typed(text, lexicon, language, words)
        if isinstance(reading, Instruction) and reading.slips:
            reading = _typed_right(reading, text, lexicon, words)
        lexicon.readings[text] = reading
        while len(lexicon.readings) > KEPT:
            lexicon.readings.popitem(last=False)
    return lexicon.readings[text]  # type: ignore[no-any-return]


def _typed(text: str, lexicon: Lexicon, language: str, words: Words) -> Instruction | NotUnderstood:
    narrow = (
        said_once(evenly_spaced(text.translate(NARROW)), lexicon.entries) if language == "en" else plainly_typed(text)
    )
    first = words.rewriting.put(narrow, language, "first")
    typed = narrow if first == narrow.strip() else first
    reading = _passing_over(typed, lexicon, language, words.rewriting)
    if language != "en" or not isinstance(reading, Instruction):
        return reading
    if half := breaks_off(tokenise(narrow, lexicon)):
        return NotUnderstood("incomplete", half, language)
    return replace(reading, text=text, said=reading.said or typed) if typed != text else reading


def _typed_right(slipped: Instruction, text: str, lexicon: Lexicon, words: Words) -> Instruction | NotUnderstood:
    """The text with all its slips put right first: a rule that knows no misspelt word may have passed it by."""
    right = spelled(text, tokenise(text, lexicon), lexicon)
    if right is None:
        return slipped
    reading = _typed(right[0], lexicon, slipped.language, words)
    if isinstance(reading, NotUnderstood):
        return reading
    return replace(reading, text=text, said=reading.said or slipped.said, slips=right[1])


def _passing_over(text: str, lexicon: Lexicon, language: str, rules: Rewrites) -> Instruction | NotUnderstood:
    """The text as it is; where it cannot be read, without what is said only beside the order."""
    reading = _understood(text, lexicon, language)
    passable = {*PASSABLE, "told_or_asked", "two_words" if language == "zh" else "halt"}
    if isinstance(reading, Instruction) or reading.key not in passable:
        return reading
    if language != "zh":
        return _in_other_words(text, lexicon, reading, rules)
    for other_words in asked(text, rules):
        other = _whole(other_words, lexicon, language)
        if isinstance(other, Instruction) and isinstance(other.acts[0], Question):
            return other
    if reading.key == "told_or_asked" or any(c.isalpha() and not (latin(c.lower()) or "一" <= c <= "鿿") for c in text):
        return reading  # of words in a third script nobody knows what they say
    if nonsense(tokenise(text, lexicon), rules):
        return reading  # no rule may pass over it
    read = lambda part: tokenise(part, lexicon).tokens  # noqa: E731
    plain = plainer(text, rules)
    beside = (
        *without_asides(plain, read, rules),
        *(without_asides(text, read, rules) if plain != text.strip() else ()),
    )
    for shorter in (*rephrased(text, rules), *(beside if reading.key != "two_words" else ())):
        other = _whole(shorter, lexicon, language)
        if isinstance(other, Instruction) and not any(isinstance(a, Bare | Question) for a in other.acts):
            return other
    if reading.key != "negation" and (about := vague(text, rules)) is not None:
        return NotUnderstood("not_understood", about, language)
    return reading


def _in_other_words(
    text: str, lexicon: Lexicon, reading: NotUnderstood, rules: Rewrites
) -> Instruction | NotUnderstood:
    """An English sentence as it is said more plainly."""
    for plain in in_plain_english(text, rules) if text.isascii() or latin(text.strip()[:1].lower()) else ():
        other = _understood(plain, lexicon, "en")
        if isinstance(other, Instruction):
            return reading if _loses(text, plain, lexicon) else replace(other, text=text, said=plain)
    return _without_remarks(text, lexicon, rules) or reading


def _without_remarks(text: str, lexicon: Lexicon, rules: Rewrites) -> Instruction | None:
    """An English order without what is only told beside it."""
    for left in without_remarks(text, lambda part: tokenise(part, lexicon).tokens):
        for plain in (left, *in_plain_english(left, rules)):
            told = _understood(plain, lexicon, "en")
            if isinstance(told, Instruction) and not any(isinstance(a, Bare | Question) for a in told.acts):
                return replace(told, text=text, said=plain)
    return None


def _loses(text: str, plain: str, lexicon: Lexicon) -> bool:
    """Whether other words leave out of what is not meant a word that nobody knows: ``instead of the blorfitz cube, take …``."""
    for t in tokenise(text, lexicon).tokens:
        says = lexicon.roles.get("wishing", ())
        gone = [w for w in t.text.lower().split() if w not in plain.lower() and w not in says] if t.unknown else []
        if any(mended(w, lexicon) is None for w in gone) and _DENIED.search(text[: t.start]):
            return True
    return False


def _understood(text: str, lexicon: Lexicon, language: str) -> Instruction | NotUnderstood:
    """What is read of all that was said; where that is nothing, of what is left without what is beside the matter."""
    reading = whole = _whole(text, lexicon, language)
    if isinstance(whole, Instruction) or whole.key in FINAL:
        return whole
    left, strange = text, False
    for _ in range(ASIDES):
        if (shorter := without_calls(tokenise(left, lexicon))) is None:
            return reading
        left, strange = shorter.text, strange or shorter.strange
        reading = _whole(left, lexicon, language)
        if isinstance(reading, Instruction):
            return replace(whole, guess=" ".join(left.split())) if strange else replace(reading, text=text, said=left)
    return reading


def _whole(text: str, lexicon: Lexicon, language: str) -> Instruction | NotUnderstood:
    tokens = tokenise(text, lexicon)
    if not tokens.tokens:
        return NotUnderstood("nothing_to_do", text.strip(), language)
    if len(tokens.tokens) > MAX_TOKENS:
        return NotUnderstood("too_long", text[:40], language)
    if hangs(tokens):
        return NotUnderstood("incomplete", tokens.span(0, len(tokens.tokens) - 1), language)
    if not any(c.isalpha() for c in text):
        return NotUnderstood("no_words", text.strip()[:60], language)
    unknown = next((i for i, t in enumerate(tokens.tokens) if t.unknown), None)
    if unknown is None:
        reading = _read(tokens, language)
        if isinstance(reading, Instruction) or tokens.order_token is None or not tokens.order_token.text.isascii():
            return reading
        unordered = _read(tokenise(text, lexicon, ordered=False), language)  # "take the shortest on the right"
        return unordered if isinstance(unordered, Instruction) else reading
    right = spelled(text, tokens, lexicon)
    if right is None:  # no construction takes an unknown word: no need to try
        return explain(tokens, unknown, language)
    mended_text, slips = right
    reading = _read(tokenise(mended_text, lexicon), language)
    return replace(reading, slips=slips) if isinstance(reading, Instruction) else replace(reading, typed=mended_text)


def _read(tokens: Tokens, language: str) -> Instruction | NotUnderstood:
    sentence = Sentence(t.kinds for t in tokens.tokens)
    furthest = -1
    for start in _starts(tokens):
        try:
            tree = sentence.parse(start)
            acts, links = Saying(tokens, sentence.word_at).transform(tree)
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
        return explain(tokens, furthest, language)
    close = closed_up(tokens.text)
    if (
        start == "commands"
        and language == "zh"
        and (
            _CAN_IT.search(close)
            or ((_DONE_ALREADY.search(close) or _DONE_WITHIN.search(close)) and not _REQUEST.search(close))
        )
        and not any(isinstance(a, When) for a in acts)
        and not isinstance(acts[-1], Spare)  # "…就别动了"
        and not tokens.styles  # "别碰碎了"
    ):
        return NotUnderstood("told_or_asked", tokens.text.strip(), language)
    set_down = [a.text for a in _told(acts) if _sets_down(a)]
    thrown = next((i for i, t in enumerate(tokens.tokens) if "UNSAFE" in t.kinds and not any(t.text in s for s in set_down)), None)  # fmt: skip
    if thrown is not None:
        return NotUnderstood("unsafe", clause_from(tokens, thrown), language)
    if tokens.unlifted and (
        lifted_anyway(tokens) or not any(isinstance(a, Do) and a.skill in MOVED_LYING for a in acts)
    ):
        return NotUnderstood("negation", tokens.unlifted[0].text, language)
    for lifted, takers in (
        (tokens.order_token, (Stack, Arrange, Sort) if tokens.order != "listed" else (Stack, Arrange, Put, Do, Pick)),
        (tokens.criterion_token, (Sort,)),
        (tokens.way_token, (Arrange,)),
    ):
        if lifted is not None and not any(isinstance(a, takers) for a in acts):
            return NotUnderstood("not_understood", lifted.text, language)
    return Instruction(tokens.text, language, tuple(acts), tuple(links), tokens.styles)


def _told(acts: Iterable[Act]) -> Iterator[Act]:
    """All acts, those that hang on a condition too."""
    for act in acts:
        yield act
        if isinstance(act, When):
            yield from _told((*act.acts, *act.otherwise))


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
        + ["commands"] * (not tells and bool(kinds & COUNTED))  # "the button, twice. Then the other one"
        + ["questions"] * (not asks and not tells)
        + ["fragment"] * tells  # "the yellow bin": a noun that is a verb as well
    )
