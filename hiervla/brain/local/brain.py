"""The local brain: the chat brain's prompts and discipline, and weights in this process that can only write valid replies."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from hiervla.brain.chat.calling import Calling
from hiervla.brain.chat.discipline import may_ask
from hiervla.brain.chat.prompted import PromptedBrain
from hiervla.brain.chat.rendering import Prompt, Prompts, shown
from hiervla.brain.local.forms import Lengths, reply_form
from hiervla.brain.local.lark import grammar
from hiervla.brain.local.manner import Brought
from hiervla.brain.local.numbering import Numbers
from hiervla.brain.local.place import folder_of
from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.config import ChatSettings, LocalSettings
from hiervla.core.errors import SafetyStop, SetupError

if TYPE_CHECKING:
    from hiervla.brain.local.weights import Weights, Written

PREFIX = "local:"
NEEDS = ("torch", "transformers", "llguidance")


@dataclass(frozen=True, slots=True)
class Message:
    """A reply in the shape of LangChain's ``AIMessage``, which is what replies are read from."""

    content: str
    tool_calls: list[dict[str, Any]]
    response_metadata: dict[str, str]
    usage_metadata: dict[str, int]
    invalid_tool_calls: tuple[Any, ...] = ()
    additional_kwargs: dict[str, Any] = field(default_factory=dict)


class LocalBrain(PromptedBrain):
    """A transformers image-text-to-text model from a folder or hub id (``local:FOLDER_OR_ID``).

    ``brought``: what the folder brings besides weights; ``prompts`` stand where it brings none. ``lengths``: where texts and
    lists end; ``on_text`` hears each reply as it is written; ``model`` for weights loaded elsewhere.

    Raises:
        SetupError: a package, the folder or what it should hold is missing; says how to mend it.
    """

    def __init__(
        self, name: str, prompts: Prompts, chat: ChatSettings | None = None, local: LocalSettings | None = None,
        model: Weights | None = None, lengths: Lengths | None = None, on_text: Callable[[str], None] | None = None,
        brought: Brought | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name, prompts, chat or ChatSettings(), "forms")
        self.local = local or LocalSettings()
        own = brought or Brought()
        self._lengths, self._numbered = lengths or own.lengths(self.settings.most_steps), own.manner.numbered
        self._on_text = on_text
        self._weights = model if model is not None else _weights(name, self.local)

    def prompt(self, briefing: Briefing) -> Prompt:
        """What the model would get for a briefing."""
        return super().prompt(Numbers(briefing.world).briefing(briefing) if self._numbered else briefing)

    def _reply(self, briefing: Briefing, calling: Calling, aloud: Aloud) -> tuple[Message, Prompt]:
        numbers = Numbers(briefing.world) if self._numbered else None
        if numbers is not None:
            briefing = numbers.briefing(briefing)
        prompt = super().prompt(briefing)
        form = grammar(reply_form(briefing, may_ask(briefing, self.settings), self._lengths))
        pictures = [shown(i, self._image_px) for i in prompt.images] if self._image_px else []
        written = calling.once(
            lambda: self._weights.write(
                prompt.system, prompt.text, [p for p in pictures if p is not None],
                grammar=form if self.local.constrained else None, most_tokens=self.settings.max_tokens,
                temperature=self.settings.temperature or 0.0, seed=self._seed(prompt), timeout_s=self.local.timeout_s,
                on_text=partial(self._heard, aloud),
            )
        )  # fmt: skip
        if written.ended == "time":
            calling.notes.append(f"the reply was stopped after {self.local.timeout_s:g} s (local.timeout_s)")
        return _message(written, self.local.constrained, numbers), prompt

    def _heard(self, aloud: Aloud, text: str) -> None:
        """Each piece as it is written; whoever stopped meanwhile waits for no more of them."""
        if aloud.stopped():
            raise SafetyStop("stopped by a person")
        if self._on_text is not None:
            self._on_text(text)

    def _seed(self, prompt: Prompt) -> int:
        """Of this thought: told from the words it answers, so that it repeats whatever was thought before."""
        words = f"{self.local.seed}\n{prompt.system}\n{prompt.text}".encode()
        return int.from_bytes(hashlib.blake2b(words, digest_size=7).digest(), "big")


def _message(written: Written, constrained: bool, numbers: Numbers | None) -> Message:
    """A whole reply under its form is one call; any other is text to be read as that of a chat model."""
    ended = {"finish_reason": "stop" if written.ended == "whole" else "length"}
    tokens = {"input_tokens": written.input_tokens, "output_tokens": written.output_tokens}
    if written.ended != "whole":  # half a plan is none, and what stands whole inside it is no reply either
        return Message("" if constrained else written.text, [], ended, tokens)
    if not constrained:
        return Message(numbers.ids(written.text) if numbers is not None else written.text, [], ended, tokens)
    fields = json.loads(written.text)
    if numbers is not None:
        fields = numbers.ids(fields)
    return Message("", [{"name": fields.pop("move"), "args": fields}], ended, tokens)


def _weights(name: str, local: LocalSettings) -> Weights:
    place = name.removeprefix(PREFIX)
    if not place:
        raise SetupError(f"brain {name!r}: write local:FOLDER, or local:ORGANISATION/MODEL for one on the hub")
    for package in NEEDS:
        if importlib.util.find_spec(package) is None:
            raise SetupError(f"brain {name!r} needs the package {package}: pip install 'hiervla[vlm]'")
    folder_of(place)
    from hiervla.brain.local.weights import weights

    return weights(place, local.device, local.dtype)
