"""The chat brain: one request for one thought. It keeps nothing of a mission between thoughts.

A reply that is no thought is raised as ``UnusableReply``; the graph counts it, tells it, and the next briefing brings it
back to the model. So a crash loses nothing, and every end is the graph's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any

from hiervla.brain.chat.calling import Calling, Line, Unfit
from hiervla.brain.chat.models import address, chat_model, key_of, parts
from hiervla.brain.chat.murmur import Murmur
from hiervla.brain.chat.prompted import PromptedBrain
from hiervla.brain.chat.rendering import Prompt, Prompts
from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.config import ChatSettings
from hiervla.core.errors import SetupError, UnusableReply

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

STEPS_DOWN = {"tools": "schema", "schema": "text"}
"""From a way to answer that a server refuses to the next plainer one."""


class ChatBrain(PromptedBrain):
    """Any LangChain chat model. ``prompts``: the templates ``prompts/brain.*.md.j2``; ``model`` for one made elsewhere."""

    def __init__(
        self, name: str, prompts: Prompts, settings: ChatSettings | None = None, model: BaseChatModel | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:  # fmt: skip
        settings = settings or ChatSettings()
        super().__init__(name, prompts, settings, "tools" if settings.replies == "auto" else settings.replies)
        self._model = model or chat_model(name, settings)
        self._sleep = sleep
        self._stream = bool(settings.stream)

    def _calling(self, aloud: Aloud) -> Calling:
        return Calling(
            self.settings.timeout_s, self.settings.patience_s, sleep=self._sleep, stopped=aloud.stopped, tells=aloud.notes,
            place=address(self.name, self.settings), key=key_of(self.name),
        )  # fmt: skip

    def _reply(self, briefing: Briefing, calling: Calling, aloud: Aloud) -> tuple[Any, Prompt]:
        """The model's message and what it answers; plainer ways to ask are tried where the server refuses one."""
        while True:
            prompt = self.prompt(briefing)
            try:
                return calling.follow(partial(self._send, prompt), aloud.says), prompt
            except Unfit as e:
                if (plainer := self._plainer(prompt, e)) is None:
                    raise SetupError(
                        f"brain {self.name}: the server answered HTTP {e.status}: {e}{self._mend(e)}"
                    ) from None
                calling.note(f"the server takes no such request (HTTP {e.status}: {e}); {plainer} from here on")

    def _plainer(self, prompt: Prompt, e: Unfit) -> str | None:
        """What to do without after a refusal, or None: what the server names first, then functions, schema, images."""
        pictured = bool(prompt.images) and self._image_px > 0
        if e.status in (404, 405):  # no such model or address
            return None
        if self._stream and "stream" in str(e).lower():
            self._stream = False
            return "no streaming"
        if pictured and "image" in str(e).lower():
            self._image_px = 0
            return "no images"
        if self.settings.replies == "auto" and self._replies in STEPS_DOWN:
            self._replies = STEPS_DOWN[self._replies]
            return {"schema": "answers by a JSON schema", "text": "answers as JSON in text"}[self._replies]
        if pictured:
            self._image_px = 0
            return "no images"
        return None

    def _mend(self, e: Unfit) -> str:
        """What a person may do about a refusal for good, where that is known."""
        if e.status not in (404, 405):
            return ""
        if self.name.startswith("chat:ollama:"):
            return f"; `ollama pull {parts(self.name)[1]}` fetches a model that it has not"
        if self.settings.base_url:
            return (
                "; check the model's name (`curl BASE_URL/models` lists them) and --base-url, which mostly ends in /v1"
            )
        return "; check the model's name"

    def _send(self, prompt: Prompt, line: Line) -> Any:
        model: Any = self._model
        if prompt.functions:
            model = model.bind_tools(list(prompt.functions))
        elif prompt.schema is not None:
            form = {"name": "reply", "schema": prompt.schema, "strict": False}
            if "ollama" in type(self._model).__module__:
                model = model.bind(format=prompt.schema)
            else:
                model = model.bind(response_format={"type": "json_schema", "json_schema": form})
        messages = prompt.messages(self._image_px)
        if self._stream:
            parts, murmur = [], Murmur()
            with closing(model.stream(messages)) as stream:  # closing it ends the request
                for part in stream:
                    parts.append(part)
                    if line.cut.is_set():
                        break
                    if words := murmur.heard(part):
                        line.put(words)
            if not parts:
                raise UnusableReply("the reply was empty: call one function")
            return reduce(add, parts)
        return model.invoke(messages)
