"""What brains that read prompts have in common, whoever answers: the prompt, the reading, the discipline and the cost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from hiervla.brain.chat.calling import Calling
from hiervla.brain.chat.discipline import held_to, may_ask
from hiervla.brain.chat.examples import PastRuns
from hiervla.brain.chat.reading import read
from hiervla.brain.chat.rendering import Prompt, Prompts, estimate
from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.config import ChatSettings
from hiervla.core.errors import BrainLost, SafetyStop, UnusableReply
from hiervla.core.plan import Thought
from hiervla.core.usage import Usage


class PromptedBrain(ABC):
    """One prompt for one thought; nothing of a mission is kept between thoughts. ``replies``: tools, schema, text or forms."""

    def __init__(self, name: str, prompts: Prompts, settings: ChatSettings, replies: str) -> None:
        self.name = name
        self.settings = settings
        self._prompts = prompts
        self._past = PastRuns(Path(settings.examples_from)) if settings.examples_from else None
        self._replies = replies
        self._image_px = settings.image_px

    def prompt(self, briefing: Briefing) -> Prompt:
        """What the model would get for a briefing."""
        begins = self._past is not None and not briefing.goals and briefing.failure is None
        alike = self._past.like(briefing.instruction, self.settings.examples) if self._past and begins else []
        return self._prompts.prompt(briefing, self._replies, may_ask(briefing, self.settings), alike)

    def think(self, briefing: Briefing) -> Thought:
        """One thought, followed by nobody; raises as ``think_aloud``."""
        return self.think_aloud(briefing, Aloud())

    def think_aloud(self, briefing: Briefing, aloud: Aloud) -> Thought:
        """One thought.

        Raises:
            UnusableReply: the model's reply is no thought, or breaks the rules; says how.
            BrainLost: the model does not answer: its server is gone, or it has not the time or memory it needs.
            SetupError: the model takes no such request; says how to mend it.
            SafetyStop: ``aloud.stopped`` became true.
        """
        calling, usage = self._calling(aloud), Usage()
        try:
            reply, prompt = self._reply(briefing, calling, aloud)
            usage = self._cost(reply, prompt)
            thought = read(reply, frozenset(t.name for t in briefing.tools), calling.notes)
            held_to(thought, briefing, self.settings, calling.notes)
        except SafetyStop as e:
            sent = Usage(input_tokens=sum(self.prompt(briefing).tokens(self._image_px).values()), estimated=True)
            e.usage = sent + calling.usage()  # what was sent is paid for, whether anybody waits for the answer or not
            raise
        except (UnusableReply, BrainLost) as e:
            e.usage, e.notes = usage + calling.usage(), tuple(calling.notes)
            raise
        return thought.model_copy(update={"usage": usage + calling.usage(), "notes": tuple(calling.notes)})

    def _calling(self, aloud: Aloud) -> Calling:
        return Calling(self.settings.timeout_s, self.settings.patience_s, stopped=aloud.stopped)

    @abstractmethod
    def _reply(self, briefing: Briefing, calling: Calling, aloud: Aloud) -> tuple[Any, Prompt]:
        """The model's message, in the shape of LangChain's ``AIMessage``, and the prompt that it answers."""

    def _cost(self, reply: Any, prompt: Prompt) -> Usage:
        """Tokens as the model counted them, else as their length tells; and what they cost at the prices set."""
        counted = getattr(reply, "usage_metadata", None) or {}
        sent, got = int(counted.get("input_tokens") or 0), int(counted.get("output_tokens") or 0)
        estimated = not (sent or got)
        if estimated:
            sent = sum(prompt.tokens(self._image_px).values())
            got = estimate(str(reply.content) + str(reply.tool_calls or ""))
        s = self.settings
        money = (sent * s.price_in + got * s.price_out) / 1e6
        return Usage(input_tokens=sent, output_tokens=got, estimated=estimated, money=money)
