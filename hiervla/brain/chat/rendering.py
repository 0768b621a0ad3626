"""From a briefing to messages: the prompts of ``prompts/brain.*.md.j2`` filled in, and the picture of the last look."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hiervla.brain.chat.examples import Example
from hiervla.brain.chat.forms import functions, reply_schema
from hiervla.brain.chat.scene import differences, scene_lines
from hiervla.brain.chat.whereabouts import whereabouts
from hiervla.core.briefing import Briefing, ImageRef
from hiervla.core.errors import SetupError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from PIL.Image import Image

SYSTEM, THINK = "brain.system.md.j2", "brain.think.md.j2"
SHOWN_OUTCOMES, SHOWN_ANSWERS = 20, 30
"""Of older ones only how many there were is told."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model gets for one thought, before a provider's package puts it into its own form."""

    system: str
    text: str
    images: tuple[ImageRef, ...]
    functions: tuple[dict[str, Any], ...]
    """Empty where the model is to answer in text or by a schema."""
    schema: dict[str, Any] | None

    def messages(self, image_px: int) -> list[BaseMessage]:
        """A system message and a human one; images stand in the human one, where every server takes them."""
        from langchain_core.messages import HumanMessage, SystemMessage

        pictures = [picture(i, image_px) for i in self.images] if image_px else []
        content: Any = [{"type": "text", "text": self.text}, *[p for p in pictures if p]]
        return [SystemMessage(content=self.system), HumanMessage(content=content if len(content) > 1 else self.text)]

    def tokens(self, image_px: int) -> dict[str, int]:
        """About how many tokens each part is: an estimate from its length, for no tokeniser fits every model."""
        shapes = json.dumps(self.functions or self.schema or "", ensure_ascii=False)
        count = {"system": estimate(self.system), "text": estimate(self.text), "functions": estimate(shapes)}
        return count | {"images": sum(image_tokens(image_px) for _ in self.images) if image_px else 0}


class Prompts:
    """The two templates, read once; ``marked``: of a look's pictures the one with marks is shown, where there is one.

    Raises:
        SetupError: one of them is no Jinja template, or uses a name that is not there; says which and where.
    """

    def __init__(self, texts: dict[str, str], marked: bool = True) -> None:
        from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError
        from jinja2.sandbox import SandboxedEnvironment

        env = SandboxedEnvironment(
            loader=DictLoader(texts), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._marked = marked
        try:
            self._system, self._think = env.get_template(SYSTEM), env.get_template(THINK)
        except TemplateSyntaxError as e:
            raise SetupError(f"prompt {e.name}, line {e.lineno}: {e.message}") from e

    def prompt(
        self, briefing: Briefing, replies: str = "tools", may_ask: bool = True, examples: Sequence[Example] = ()
    ) -> Prompt:
        """Everything for one thought. ``replies``: tools, schema, text or forms; ``examples``: past missions to learn from."""
        from jinja2 import UndefinedError

        schema = reply_schema(briefing, may_ask)
        given = {
            "b": briefing, "examples": examples, "scene": scene_lines(briefing.world), "replies": replies, "may_ask": may_ask,
            "schema": json.dumps(schema, ensure_ascii=False), "call": _call,
            "changed": differences(briefing.before, briefing.world) if briefing.before is not None else [],
            "outcomes": briefing.outcomes[-SHOWN_OUTCOMES:], "older": max(0, len(briefing.outcomes) - SHOWN_OUTCOMES),
            "asked": briefing.asked[-SHOWN_ANSWERS:], "skills": [(s.name, s.doc, _fields(s.schema_)) for s in briefing.skills],
            "tools": [(t.name, t.doc, _fields(t.schema_)) for t in briefing.tools],
            "where": whereabouts(briefing.images), "chinese": any("\u4e00" <= c <= "\u9fff" for c in briefing.instruction),
        }  # fmt: skip
        try:
            system, text = self._system.render(given).strip(), self._think.render(given).strip()
        except UndefinedError as e:
            raise SetupError(f"a prompt names what there is not: {e} (see docs/brains.md for what there is)") from e
        return Prompt(
            system=system,
            text=text,
            images=_newest(briefing.images, self._marked),
            functions=tuple(functions(briefing, may_ask)) if replies == "tools" else (),
            schema=schema if replies == "schema" else None,
        )


def picture(image: ImageRef, longest_px: int) -> dict[str, Any] | None:
    """An image as a standard block, its longest side at most so many pixels; None where its file is gone."""
    small = shown(image, longest_px)
    return None if small is None else block(small)


def shown(image: ImageRef, longest_px: int) -> Image | None:
    """An image in RGB, its longest side at most so many pixels; None where its file is gone."""
    from PIL import Image

    try:
        with Image.open(image.path) as whole:
            return shrunk(whole.convert("RGB"), longest_px)
    except OSError:
        return None


def shrunk(image: Image, longest_px: int) -> Image:
    """A picture, its longest side at most so many pixels."""
    from PIL.Image import Resampling

    small = image.copy()
    small.thumbnail((longest_px, longest_px), Resampling.LANCZOS)
    return small


def block(image: Image) -> dict[str, Any]:
    """A picture as a standard block of a message."""
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return {"type": "image", "base64": base64.b64encode(data.getvalue()).decode("ascii"), "mime_type": "image/png"}


def estimate(text: str) -> int:
    """About how many tokens a text is: four letters each, and every character beyond Latin one of its own."""
    wide = sum(ord(c) > 0x2E7F for c in text)
    return wide + math.ceil((len(text) - wide) / 4)


def image_tokens(longest_px: int) -> int:
    """About how many tokens a 4:3 image is, as most models count them: one for 28 x 28 pixels."""
    return math.ceil(longest_px / 28) * math.ceil(0.75 * longest_px / 28)


def _newest(images: tuple[ImageRef, ...], marked: bool = True) -> tuple[ImageRef, ...]:
    """One picture of the last look, the one with marks, or without, where there is one."""
    fits = [i for i in images if i.marked == marked]
    return tuple((fits or list(images))[-1:])


def _call(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{k}={json.dumps(v, ensure_ascii=False)}' for k, v in arguments.items() if v is not None)})"


def _fields(schema: dict[str, Any]) -> list[str]:
    """A skill's arguments, one line each: name, kind, whether it may be left out, what it says of itself."""
    needed = schema.get("required", [])
    lines = []
    for name, field in schema.get("properties", {}).items():
        options = field.get("enum") or [e for o in field.get("anyOf", ()) for e in o.get("enum", ())]
        kinds = {str(o.get("type")) for o in (field, *field.get("anyOf", ())) if o.get("type") not in (None, "null")}
        kind = " | ".join(map(str, options)) if options else "/".join(sorted(kinds)) or "any"
        lines.append(f"{name} ({kind}{'' if name in needed else ', optional'}) {field.get('description', '')}".rstrip())
    return lines
