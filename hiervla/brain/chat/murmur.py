"""Words of a reply while it is being written: what a person can follow, without the JSON around it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

_REASONING = re.compile(r'"reasoning"\s*:\s*"((?:[^"\\]|\\[^u]|\\u[0-9a-fA-F]{4})*)', re.DOTALL)
"""The text so far, an escape that is not whole yet left out."""
_TAG = re.compile(r"</?(?:think|thinking|reasoning)>")
_UNFINISHED = re.compile(r"(<[^>]{0,12}|`{1,2})\Z")
"""The end of a text that may become a tag or the fence of a code block."""


class Murmur:
    """Fed with the pieces of one reply; gives back what is new in them to read."""

    def __init__(self) -> None:
        self._text = ""
        self._arguments: dict[Any, str] = defaultdict(str)
        self._shown: dict[Any, str] = defaultdict(str)

    def heard(self, piece: Any) -> str:
        """New words in a LangChain ``AIMessageChunk``; "" where there are none."""
        thinking = (getattr(piece, "additional_kwargs", None) or {}).get("reasoning_content")
        said = str(thinking) if thinking else ""
        content = piece.content
        self._text += content if isinstance(content, str) else "".join(
            b if isinstance(b, str) else str(b.get("text") or "") for b in content if isinstance(b, str) or b.get("type") == "text"
        )  # fmt: skip
        said += self._new("text", readable(self._text))
        for call in getattr(piece, "tool_call_chunks", None) or ():
            index = call.get("index")
            self._arguments[index] += call.get("args") or ""
            said += self._new(index, reasoning(self._arguments[index]))
        return said

    def _new(self, where: Any, readable_now: str) -> str:
        """What has been added to what was shown; nothing is ever taken back."""
        shown = self._shown[where]
        if not readable_now.startswith(shown):
            return ""
        self._shown[where] = readable_now
        return readable_now[len(shown) :]


def readable(text: str) -> str:
    """Of a reply so far: its prose, and of a JSON object in it the reasoning."""
    prose, brace, rest = text.partition("{")
    prose = prose.partition("```")[0]
    prose = _TAG.sub("", prose if brace else _UNFINISHED.sub("", prose))
    return prose + reasoning(brace + rest)


def reasoning(written: str) -> str:
    """The value of ``reasoning`` in an object that is still being written."""
    found = _REASONING.search(written)
    if found is None:
        return ""
    try:
        text = str(json.loads(f'"{found[1]}"', strict=False))
    except ValueError:
        return ""
    if text and "\ud800" <= text[-1] <= "\udbff":  # half of a character that is written in two
        text = text[:-1]
    return text.encode("utf-8", "replace").decode()
