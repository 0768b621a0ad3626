"""A prompt and its picture as a model reads them: by its own processor, or by one put together here without torchvision.

transformers builds some processors (Qwen-VL, SmolVLM) only with their video half, which wants torchvision. No video is
shown here, so for these the tokenizer and the image half that works on PIL are joined by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoImageProcessor, AutoProcessor, AutoTokenizer

from hiervla.core.errors import SetupError

if TYPE_CHECKING:
    from PIL.Image import Image

QWEN = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe")
TRIED = ("idefics3", "smolvlm", "llava", "qwen2_vl", "qwen2_5_vl", "qwen3_vl")
"""Kinds of models whose processors are known to work without torchvision."""
PAD = "<|image_pad|>"
"""What stands for one merged patch in the text of Qwen's models."""


class QwenProcessor:
    """Qwen's vision-language processor for pictures alone (``Qwen2_5_VLProcessor`` of transformers, less its video half)."""

    def __init__(self, image_processor: Any, tokenizer: Any) -> None:
        self.image_processor, self.tokenizer = image_processor, tokenizer
        self.chat_template = tokenizer.chat_template

    def apply_chat_template(self, messages: Any, **options: Any) -> str:
        return self.tokenizer.apply_chat_template(messages, **options)  # type: ignore[no-any-return]

    def __call__(
        self, text: list[str], images: list[Image] | None, add_special_tokens: bool, return_tensors: str
    ) -> dict[str, Any]:
        """``input_ids`` (1, N) with as many pads for a picture as it has merged patches, and its patches beside them."""
        seen: dict[str, Any] = {}
        whole = text[0]
        if images:
            seen = dict(self.image_processor(images=images, return_tensors=return_tensors))
            head, *tails = whole.split(PAD)
            if len(tails) != len(images):
                raise SetupError(
                    f"the chat template has a place for {len(tails)} pictures, and there are {len(images)}"
                )
            for grid, tail in zip(seen["image_grid_thw"].tolist(), tails, strict=True):
                head += PAD * (grid[0] * grid[1] * grid[2] // self.image_processor.merge_size**2) + tail
            whole = head
        said = dict(self.tokenizer([whole], add_special_tokens=add_special_tokens, return_tensors=return_tensors))
        pads = said["input_ids"] == self.tokenizer.convert_tokens_to_ids(PAD)
        return {**said, "mm_token_type_ids": pads.to(torch.int32), **seen}


class Reader:
    """Messages to tensors. ``processor``: one of transformers, or one that is called like it."""

    def __init__(self, processor: Any, name: str) -> None:
        self._processor, self._name = processor, name
        self.tokenizer: Any = processor.tokenizer
        added = {i: str(t) for i, t in self.tokenizer.added_tokens_decoder.items() if t.special}
        self.marks = frozenset(added)
        """Tokens that are no text."""
        marks = {*added.values(), *map(str, self.tokenizer.all_special_tokens), "<image>", PAD}
        self._written = sorted(marks, key=len, reverse=True)

    def read(self, system: str, text: str, images: list[Image]) -> dict[str, Any]:
        """Everything that the model's ``generate`` takes.

        Raises:
            SetupError: the model's chat template does not take such messages.
        """
        whole = self._rendered(self._plain(system), self._plain(text), len(images))
        begin = self.tokenizer.bos_token
        more = not (
            begin and whole.startswith(begin)
        )  # most templates write it themselves, and twice is once too often
        return dict(self._processor(text=[whole], images=images or None, add_special_tokens=more, return_tensors="pt"))

    def _rendered(self, system: str, text: str, pictures: int) -> str:
        """One text of both; a template that has no place for a system message gets it at the head of the other."""
        from jinja2 import TemplateError

        why = ""
        for head, body in (([_message("system", system)], text), ([], f"{system}\n\n{text}")):
            try:
                whole = self._processor.apply_chat_template(
                    [*head, _message("user", body, pictures)], tokenize=False, add_generation_prompt=True
                )
            except TemplateError as e:
                why = f": {e}"
                continue
            if system in whole and text in whole:
                return str(whole)
        raise SetupError(
            f"brain {self._name}: its chat template leaves out what is said to it{why}; it is none for chats"
        )

    def _plain(self, text: str) -> str:
        """Words that the model would take for marks of its own are taken apart: what is seen or said must not steer it."""
        for mark in self._written:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
        return text


def processor_of(place: str, kind: str, config: Any, name: str) -> Any:
    """The processor of a model: ``kind`` is its ``model_type``, ``place`` its folder or hub id.

    Raises:
        SetupError: it cannot be built here, or has no chat template; says which work.
    """
    options = {"local_files_only": Path(place).is_dir(), "trust_remote_code": False}
    try:
        if kind in QWEN:
            made: Any = QwenProcessor(
                AutoImageProcessor.from_pretrained(place, **options), AutoTokenizer.from_pretrained(place, **options)
            )
        elif kind == "smolvlm":
            made = _smolvlm(place, config, options)
        else:
            made = AutoProcessor.from_pretrained(place, **options)
    except (ImportError, AttributeError, TypeError, ValueError, KeyError, OSError) as e:  # each processor has its own
        said = next((line.strip() for line in str(e).splitlines() if line.strip()), type(e).__name__)
        raise SetupError(
            f"brain {name}: the processor of this {kind} cannot be built here ({said}); known to work: {', '.join(TRIED)}"
        ) from e
    if getattr(made, "image_processor", None) is None or getattr(made, "tokenizer", None) is None:
        raise SetupError(f"brain {name}: no processor for pictures and words lies beside these weights (processor_config.json, tokenizer.json)")  # fmt: skip
    if not getattr(made.tokenizer, "is_fast", False):
        raise SetupError(
            f"brain {name}: its tokenizer has no tokenizer.json, which holding replies to their form needs"
        )
    if made.chat_template is None and made.tokenizer.chat_template is None:
        made.chat_template = made.tokenizer.chat_template = _template_beside(place)
    if made.chat_template is None and made.tokenizer.chat_template is None:
        raise SetupError(f"brain {name}: it has no chat template, so it is none that was taught to follow instructions: take its -Instruct sibling")  # fmt: skip
    return made


def _smolvlm(place: str, config: Any, options: dict[str, Any]) -> Any:
    """SmolVLM writes its pictures as Idefics3 does, and differs in video alone."""
    from transformers import Idefics3Processor

    tokenizer = AutoTokenizer.from_pretrained(place, **options)
    eyes = config.vision_config
    places = (eyes.image_size // eyes.patch_size) ** 2 // config.scale_factor**2
    template = tokenizer.chat_template or _template_beside(place)
    return Idefics3Processor(
        AutoImageProcessor.from_pretrained(place, **options), tokenizer, image_seq_len=places, chat_template=template
    )


def _template_beside(place: str) -> str | None:
    """The chat template of older checkpoints, which lies in a file of its own."""
    file = Path(place) / "chat_template.json"
    return json.loads(file.read_text(encoding="utf-8")).get("chat_template") if file.is_file() else None


def _message(role: str, text: str, pictures: int = 0) -> dict[str, Any]:
    return {"role": role, "content": [*[{"type": "image"}] * pictures, {"type": "text", "text": text}]}
