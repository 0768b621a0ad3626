"""A chat model that reads pictures as the second opinion: before and after, one criterion, yes, no or unsure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from hiervla.brain.chat.calling import Calling, Unfit
from hiervla.brain.chat.models import chat_model
from hiervla.brain.chat.reading import objects_in, text_of
from hiervla.brain.chat.rendering import block, estimate, image_tokens, shrunk
from hiervla.core.config import ChatSettings
from hiervla.core.errors import BrainLost, SafetyStop, SetupError, UnusableReply
from hiervla.core.opinion import Opinion, Question
from hiervla.core.usage import Usage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROMPT = "brain.opinion.md.j2"
QUOTED = 160
"""Characters of a reply that is no opinion which are told."""


class ChatOpinion:
    """Any LangChain chat model that takes images. ``template``: the text of ``prompts/brain.opinion.md.j2``.

    ``settings.timeout_s`` holds for one opinion, all tries included.
    """

    def __init__(
        self, name: str, template: str, settings: ChatSettings, model: BaseChatModel | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:  # fmt: skip
        from jinja2 import StrictUndefined, TemplateSyntaxError
        from jinja2.sandbox import SandboxedEnvironment

        env = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        try:
            self._template = env.from_string(template)
        except TemplateSyntaxError as e:
            raise SetupError(f"prompt {PROMPT}, line {e.lineno}: {e.message}") from e
        if settings.image_px == 0:
            raise SetupError(f"second opinion {name}: chat.image_px is 0, and an opinion is one on pictures; send some")
        self.name, self.settings = name, settings
        self._model = model or chat_model(name, settings)
        self._sleep = sleep

    def judge(self, question: Question, stopped: Callable[[], bool] = lambda: False) -> Opinion:
        """One opinion.

        Raises:
            UnusableReply: the reply is no opinion; says how.
            BrainLost: the server is gone, refuses, takes no pictures, or is later than ``timeout_s``.
            SafetyStop: ``stopped`` became true.
        """
        pictures = [(f"{camera} camera, {when}", rgb) for when, shown in (("before the step", question.before), ("now", question.after))
                    for camera, rgb in sorted(shown.items(), key=lambda p: p[0] == "wrist")]  # fmt: skip
        text = self._text(question, [name for name, _ in pictures])
        content = [{"type": "text", "text": text}, *[_block(rgb, self.settings.image_px) for _, rgb in pictures]]
        s = self.settings
        calling = Calling(s.timeout_s, s.timeout_s, sleep=self._sleep, stopped=stopped)
        usage = Usage()
        try:
            try:
                reply = calling.ask(lambda: self._send(content))
            except (Unfit, SetupError) as e:  # what a person would have to mend must not end a mission in its midst
                raise BrainLost(f"its server will not take the question: {e}") from None
            usage = self._cost(reply, text, len(pictures))
            return read(text_of(reply)).model_copy(
                update={"usage": usage + calling.usage(), "notes": tuple(calling.notes)}
            )
        except SafetyStop as e:
            sent = estimate(text) + len(pictures) * image_tokens(s.image_px)
            e.usage = Usage(input_tokens=sent, estimated=True) + calling.usage()
            raise
        except (UnusableReply, BrainLost) as e:
            e.usage, e.notes = usage + calling.usage(), tuple(calling.notes)
            raise

    def _text(self, question: Question, pictures: list[str]) -> str:
        from jinja2 import UndefinedError

        try:
            return self._template.render(
                pictures=pictures, step=str(question.step), criterion=question.criterion, things=question.things,
                language="Chinese" if question.language == "zh" else "English",
            )  # fmt: skip
        except UndefinedError as e:
            raise SetupError(f"prompt {PROMPT} names what there is not: {e} (see docs/brains.md)") from e

    def _send(self, content: list[Any]) -> Any:
        from langchain_core.messages import HumanMessage

        return self._model.invoke([HumanMessage(content=content)])

    def _cost(self, reply: Any, text: str, pictures: int) -> Usage:
        counted = getattr(reply, "usage_metadata", None) or {}
        sent, got = int(counted.get("input_tokens") or 0), int(counted.get("output_tokens") or 0)
        estimated = not (sent or got)
        if estimated:
            sent = estimate(text) + pictures * image_tokens(self.settings.image_px)
            got = estimate(str(reply.content))
        s = self.settings
        money = (sent * s.price_in + got * s.price_out) / 1e6
        return Usage(input_tokens=sent, output_tokens=got, estimated=estimated, money=money)


def read(text: str) -> Opinion:
    """The opinion in a reply. Nothing is guessed from prose: a model that only talks has given none.

    Raises:
        UnusableReply: there is none, or there are several that differ.
    """
    found = [o for o in objects_in(text) if "answer" in o]
    shown = " ".join(text.split())[:QUOTED]
    if not found:
        raise UnusableReply(f"no JSON object with an answer; it wrote: {shown!r}")
    if len({str(o["answer"]).strip().lower() for o in found}) > 1:
        raise UnusableReply(f"several answers at once; it wrote: {shown!r}")
    answer, why = str(found[-1]["answer"]).strip().lower(), str(found[-1].get("reason") or "").strip()
    try:
        return Opinion.model_validate({"answer": answer, "why": why})
    except ValidationError:
        raise UnusableReply(f"an answer is yes, no or unsure, with a reason; it wrote: {shown!r}") from None


def _block(rgb: np.ndarray, longest_px: int) -> dict[str, Any]:
    from PIL import Image

    return block(shrunk(Image.fromarray(rgb), longest_px))
