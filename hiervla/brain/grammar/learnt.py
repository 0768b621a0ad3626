"""What no rule reads, as a small network heard it: its plain sentences are read by the same grammar, which stays the judge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from hiervla.brain.grammar.acts import Bare, Instruction
from hiervla.brain.grammar.explaining import FORBIDDEN, HALF_SAID, NotUnderstood
from hiervla.brain.grammar.reading import parse
from hiervla.brain.grammar.words import Words
from hiervla.brain.paraphrase.clauses import without_unknown
from hiervla.brain.paraphrase.paraphraser import CANNOT, Paraphraser
from hiervla.brain.paraphrase.slots import Slotter
from hiervla.core.briefing import SkillCard
from hiervla.core.vocabulary import Vocabulary

KEPT = 256
"""Sentences kept as they were heard: a mission reads the same ones at each thought."""
Read = Callable[[str], Instruction | NotUnderstood]
_heard: OrderedDict[tuple[str, str], Instruction | NotUnderstood] = OrderedDict()


def heard(
    text: str, vocabulary: Vocabulary, skills: tuple[SkillCard, ...], words: Words, zones: tuple[str, ...], paraphraser: Paraphraser | None,
) -> Instruction | NotUnderstood:  # fmt: skip
    """An instruction as the grammar reads it, or, where it cannot, as it reads what the paraphraser makes of it."""

    def read(said: str) -> Instruction | NotUnderstood:
        return parse(said, vocabulary, skills, words, zones)

    reading = read(text)
    if paraphraser is None or isinstance(reading, Instruction):
        return reading
    under = f"{id(paraphraser)} {id(words)} {vocabulary.model_dump_json()} {[s.name for s in skills]} {zones}"
    if (text, under) not in _heard:
        _heard[text, under] = in_learnt_words(text, reading, paraphraser, Slotter(vocabulary, zones), read)
        while len(_heard) > KEPT:
            _heard.popitem(last=False)
    return _heard[text, under]


def in_learnt_words(
    text: str, reading: NotUnderstood, paraphraser: Paraphraser, slotter: Slotter, read: Read
) -> Instruction | NotUnderstood:
    """The reading of the likeliest plain sentence that can be read; as it was where there is none.

    Args:
        text: what was said.
        reading: what was not understood of it.
        paraphraser: proposes.
        slotter: knows the words of this world.
        read: the grammar.
    """
    if reading.key in (*FORBIDDEN, *HALF_SAID) or (said := slotter.slotted(text)) is None:
        return reading
    known = without_unknown(said, paraphraser.knows, reading.language)
    if known is None:
        return reading
    for proposal in paraphraser.proposals(known, reading.language):
        if proposal.text == CANNOT:
            return NotUnderstood("unknown_deed", text.strip(), reading.language)
        if proposal.text.startswith("#"):
            return reading
        other = read(proposal.text)
        if isinstance(other, Instruction) and not any(isinstance(a, Bare) for a in other.acts):
            return replace(other, text=text, said=proposal.text)
    return reading
