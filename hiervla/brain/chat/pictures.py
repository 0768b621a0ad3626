"""A chat model asked about one picture: a prompt and a PNG in, its answer as text out."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from hiervla.brain.chat.calling import Calling, Unfit, quiet
from hiervla.brain.chat.models import chat_model
from hiervla.core.config import ChatSettings
from hiervla.core.errors import BrainLost, DetectorFault, SetupError, UnusableReply


def picture_question(name: str, settings: ChatSettings) -> Callable[[str, bytes], str]:
    """A function from a prompt and a picture (PNG) to the answer of the model ``chat:PROVIDER:MODEL``.

    Busy and broken servers are asked again within ``settings.patience_s``, as a brain's are. The function raises
    ``DetectorFault`` where there is no answer, and ``SetupError`` where the server lets nobody in.

    Raises:
        SetupError: the name is no such form, or a package or a key is missing.
    """
    model = chat_model(name, settings, "detector")

    def ask(prompt: str, png: bytes) -> str:
        from langchain_core.messages import HumanMessage

        picture = {"type": "image", "base64": base64.b64encode(png).decode(), "mime_type": "image/png"}
        message = HumanMessage(content=[{"type": "text", "text": prompt}, picture])
        calling = Calling(settings.timeout_s, settings.patience_s)
        try:
            reply = calling.ask(lambda: model.invoke([message]))
        except (BrainLost, UnusableReply) as e:
            raise DetectorFault(f"{name}: {e}") from e
        except Unfit as e:
            raise SetupError(f"detector {name}: the server answered HTTP {e.status}: {quiet(str(e))}") from None
        text = _text(reply)
        if not text.strip():
            raise DetectorFault(f"{name}: the answer was empty")
        return text

    return ask


def _text(reply: Any) -> str:
    """The words of a reply, whether they came whole or in blocks."""
    content = getattr(reply, "content", "")
    if isinstance(content, str):
        return content
    return "".join(b if isinstance(b, str) else str(b.get("text", "")) for b in content)
