"""A scripted mind on a server of this process's own, and settings that ask it."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache

from hiervla.bench.brains.minds.start import Served, serving
from hiervla.core.config import ChatSettings, Settings

MINDS = ("competent", "sloppy", "hostile")


@cache
def served(mind: str) -> Served:
    """The server of a mind; it ends with this process."""
    stack = ExitStack()
    server = stack.enter_context(serving(None, mind))
    atexit.register(stack.close)
    return server


def chat_settings(mind: str) -> ChatSettings:
    return ChatSettings(base_url=served(mind).url, patience_s=10.0, image_px=320, examples=0)


def settings_for(brain: str) -> Settings:
    """Settings of a mission with ``grammar``, or with one of the minds behind the chat brain."""
    if brain == "grammar":
        return Settings(video=False)
    return Settings(brain=f"chat:openai:{brain}", chat=chat_settings(brain), video=False)
