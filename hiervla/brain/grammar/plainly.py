"""What was said, put in plain words: now, in the turns before, and after “do you mean …”.

Plain words come from the paraphraser where there is one, and from the grammar itself where it guesses at a word: what a person
agreed to is from then on what that person said.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hiervla.brain.grammar.acts import Bare, Instruction
from hiervla.brain.grammar.explaining import NotUnderstood
from hiervla.brain.grammar.learnt import Hearing, put_plainly
from hiervla.brain.grammar.objection import Objection
from hiervla.core.briefing import Briefing, Turn
from hiervla.core.marking import in_plain_words


class Plainly:
    """Puts in plain words what the grammar and the turns before make nothing of.

    Args:
        hearing: of a briefing's world.
        completed: a briefing's instruction, read with what the turns before add to it; may raise Objection.
        agreed: what says yes, in small letters.
    """

    def __init__(
        self,
        hearing: Callable[[Briefing], Hearing],
        completed: Callable[[Briefing], Instruction | NotUnderstood],
        agreed: frozenset[str],
    ) -> None:
        self._hearing, self._completed, self._agreed = hearing, completed, agreed

    def put(self, briefing: Briefing, reading: NotUnderstood) -> tuple[str, Instruction | NotUnderstood]:
        """The plain sentence and the instruction it comes to; else what was not understood, with a ``guess`` where there is one."""

        def whole(plain: str) -> Instruction | None:
            with suppress(Objection):
                found = self._completed(briefing.model_copy(update={"instruction": plain}))
                return found if isinstance(found, Instruction) and not isinstance(found.acts[0], Bare) else None
            return None

        return put_plainly(
            reading, in_plain_words(briefing.instruction, briefing.world), self._hearing(briefing), whole
        )

    def dialogue(self, briefing: Briefing) -> Briefing:
        """The turns before, each as it was understood when it was said: what leans on it finds plain words there."""
        turns: list[Turn] = []
        for turn in briefing.dialogue:
            if turn.who == "person":
                then = _then(briefing, turn.says, turns)
                if (meant := self.agreed(then)) is not then:
                    turns, turn = list(meant.dialogue), turn.model_copy(update={"says": meant.instruction})
                else:
                    with suppress(Objection):
                        plain, reading = self._made(then)
                        if plain and isinstance(reading, Instruction):
                            turn = turn.model_copy(update={"says": plain})
            turns.append(turn)
        return briefing.model_copy(update={"dialogue": tuple(turns)})

    def agreed(self, briefing: Briefing) -> Briefing:
        """Yes to “do you mean …” is that sentence itself; any other briefing comes back as it is."""
        *before, said, asked = (None, None, *briefing.dialogue)
        if said is None or asked is None or briefing.instruction.lower().strip(" .!。！~～，,") not in self._agreed:
            return briefing
        with suppress(Objection):
            then = self.dialogue(_then(briefing, said.says, [t for t in before if t is not None]))
            _, reading = self._made(then)
            if isinstance(reading, NotUnderstood) and reading.guess and reading.guess in asked.says:
                return briefing.model_copy(update={"instruction": reading.guess, "dialogue": then.dialogue})
        return briefing

    def _made(self, briefing: Briefing) -> tuple[str, Instruction | NotUnderstood]:
        alone = self._hearing(briefing).read(in_plain_words(briefing.instruction, briefing.world))
        if isinstance(alone, Instruction):
            return "", alone
        reading = self._completed(briefing)
        return self.put(briefing, reading) if isinstance(reading, NotUnderstood) else ("", reading)


def _then(briefing: Briefing, says: str, turns: list[Turn]) -> Briefing:
    """As the briefing was when this was said."""
    return briefing.model_copy(update={"instruction": says, "dialogue": tuple(turns), "outcomes": (), "goals": ()})
