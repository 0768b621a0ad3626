"""What no rule reads, as a small network heard it: its plain sentences are read by the same grammar, which stays the judge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace

from hiervla.brain.grammar.acts import Bare, Instruction
from hiervla.brain.grammar.explaining import FORBIDDEN, HALF_SAID, NotUnderstood
from hiervla.brain.grammar.reading import parse
from hiervla.brain.grammar.words import Words
from hiervla.brain.paraphrase.paraphraser import CANNOT, CHAT, UNCLEAR, Paraphraser, Proposal
from hiervla.brain.paraphrase.slots import Slotter
from hiervla.core.briefing import SkillCard
from hiervla.core.vocabulary import Vocabulary

ASKED = "unknown_asked"
KEPT = 256
"""Sentences kept as they were heard: a mission reads the same ones at each thought."""
Read = Callable[[str], Instruction | NotUnderstood]
_proposed: OrderedDict[tuple[str, str], tuple[Proposal, ...]] = OrderedDict()


class Hearing:
    """Reads with the grammar, and where it cannot, asks the paraphraser for plain sentences."""

    def __init__(
        self, vocabulary: Vocabulary, skills: tuple[SkillCard, ...], words: Words, zones: tuple[str, ...], paraphraser: Paraphraser | None,
    ) -> None:  # fmt: skip
        self._vocabulary, self._skills, self._words, self._zones = vocabulary, skills, words, zones
        self._paraphraser = paraphraser

    def read(self, text: str) -> Instruction | NotUnderstood:
        """As the grammar alone reads it."""
        return parse(text, self._vocabulary, self._skills, self._words, self._zones)

    def hear(self, text: str) -> Instruction | NotUnderstood:
        """As the grammar reads it, or the likeliest plain sentence that is whole without any turn before."""
        reading = self.read(text)
        return reading if isinstance(reading, Instruction) else put_plainly(reading, text, self, self._whole)[1]

    def _whole(self, plain: str) -> Instruction | None:
        reading = self.read(plain)
        return reading if isinstance(reading, Instruction) and not isinstance(reading.acts[0], Bare) else None

    def proposals(self, text: str, reading: NotUnderstood) -> tuple[Proposal, ...]:
        """Plain sentences that may mean the same, the likeliest first; none where it was read and forbids, or half of it was.

        Args:
            text: what was said.
            reading: what was not understood of it.
        """
        if self._paraphraser is None or reading.key in (*FORBIDDEN, *HALF_SAID, "too_long"):
            return ()
        under = f"{id(self._paraphraser)} {self._vocabulary.model_dump_json()} {self._zones}"
        if (text, under) not in _proposed:
            _proposed[text, under] = tuple(self._propose(text, reading, self._paraphraser))
            while len(_proposed) > KEPT:
                _proposed.popitem(last=False)
        return _proposed[text, under]

    def _propose(self, text: str, reading: NotUnderstood, paraphraser: Paraphraser) -> Iterator[Proposal]:
        said = Slotter(self._vocabulary, self._zones).slotted(text)
        if said is None or not all(paraphraser.knows(t) for t in said.tokens):
            return  # a word that nobody taught may mean anything
        for proposal in paraphraser.proposals(said, reading.language):
            if proposal.text in (UNCLEAR, CHAT):
                return
            yield proposal


def put_plainly(
    reading: NotUnderstood, text: str, hearing: Hearing, complete: Callable[[str], Instruction | None]
) -> tuple[str, Instruction | NotUnderstood]:
    """The likeliest plain sentence for what was said, and the instruction it comes to; what was not understood where there is none.

    ``complete`` makes an instruction of a plain sentence and the turns before, or nothing: ``nah, I meant the other
    bowl`` is no sentence of its own, and ``no, in the other bowl`` is none either.
    """
    for proposal in hearing.proposals(text, reading):
        plain = proposal.text
        if plain == CANNOT:
            if (
                reading.key == ASKED or not proposal.sure
            ):  # a question is no deed: what it asks about may only be missing
                break
            return text, NotUnderstood("unknown_deed", text.strip(), reading.language)
        if (whole := complete(plain)) is not None:
            if proposal.sure:
                return plain, replace(whole, text=text, said=plain, heard=plain)
            return text, replace(reading, guess=plain)
    return text, reading
