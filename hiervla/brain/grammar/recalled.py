"""Answers about the talk itself: what was done, what was asked for, and why."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hiervla.brain.grammar.acts import Question
from hiervla.brain.grammar.reading import language_of
from hiervla.brain.grammar.speech import Speech
from hiervla.core.briefing import Briefing, Turn
from hiervla.core.world import Detection


class Recalled(ABC):
    """Adds what earlier turns tell to what is seen."""

    _briefing: Briefing
    _speech: Speech

    @abstractmethod
    def place_of(self, d: Detection) -> str:
        """Where a thing is, in words."""

    def _did(self, question: Question) -> str:
        """What was done last, in the robot's own words then; without deeds, what was answered last."""
        dialogue = self._briefing.dialogue
        last = next((t for t in reversed(dialogue) if t.changed), None)
        last = last or next((t for t in reversed(dialogue) if t.who == "robot"), None)
        return self._in_own_words(last) if last else self._speech.say("did_nothing")

    def _in_own_words(self, turn: Turn, key: str = "did_last") -> str:
        """What was said then, where it was said in this language; else what it had changed."""
        if language_of(turn.says) == self._speech.language:
            return self._speech.say(key, says=turn.says)
        if not turn.changed:
            return self._speech.say("did_nothing")
        moved = self._speech.say("mission_changed", found=[c.was for c in turn.changed])
        seen = [c.now for c in turn.changed if c.now is not None and c.now.id in self._briefing.world.objects]
        places = [self._speech.say("where", thing=d, where=self.place_of(d)) for d in seen if not d.fixed]
        return (" " if self._speech.language == "en" else "").join([moved, *places])

    def _asked(self, question: Question) -> str:
        """What the person said last."""
        last = next((t for t in reversed(self._briefing.dialogue) if t.who == "person"), None)
        return self._speech.say("asked_last", part=last.says.strip()) if last else self._speech.say("asked_nothing")

    def _why(self, question: Question) -> str:
        """What the person had asked for, and what came of it."""
        turns = self._briefing.dialogue
        at = next((k for k in reversed(range(len(turns))) if turns[k].changed), len(turns) - 1)
        if at < 1:
            return self._speech.say("did_nothing")
        why = self._speech.say("because_asked", part=turns[at - 1].says.strip())
        return why + " " * (self._speech.language == "en") + self._in_own_words(turns[at], "why_then")
