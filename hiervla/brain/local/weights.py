"""Vision-language weights by folder or hub id, and one reply from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, GenerationConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
from transformers.utils import logging as told

from hiervla.brain.local.place import folder_of
from hiervla.brain.local.processors import Reader, processor_of
from hiervla.brain.local.writing import Form, Watch, Weigh, Writing
from hiervla.core.errors import BrainLost, SetupError

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_REPLY = 64
"""Tokens that must be left for a reply beside the prompt."""


@dataclass(frozen=True, slots=True)
class Written:
    """One reply, and the tokens that went in, those of the picture among them, and came out."""

    text: str
    input_tokens: int
    output_tokens: int
    ended: Literal["length", "time", "whole"]


class Weights:
    """A model with its reader. ``model``: any image-text-to-text model of transformers, in evaluation."""

    def __init__(self, model: Any, processor: Any, name: str) -> None:
        self.model, self.name = model, name
        self.reader = Reader(processor, name)
        head = model.get_output_embeddings()
        self._width = int(head.weight.shape[0]) if head is not None else int(model.config.get_text_config().vocab_size)
        self._context = int(getattr(model.config.get_text_config(), "max_position_embeddings", 0) or 0)
        self._vocabulary: Any = None

    def write(
        self, system: str, text: str, images: list[Image], *, grammar: str | None = None, most_tokens: int = 4096,
        temperature: float = 0.0, seed: int = 0, timeout_s: float = 300.0, on_text: Callable[[str], None] | None = None,
    ) -> Written:  # fmt: skip
        """A reply of at most ``most_tokens``, a sentence of ``grammar`` where one is given; ``on_text`` hears it as it grows.

        Raises:
            BrainLost: the prompt is too long, memory is too small, or the weights give no numbers.
            SetupError: the chat template or the tokenizer do not fit.
        """
        inputs = self.reader.read(system, text, images)
        said = int(inputs["input_ids"].shape[1])
        room = min(most_tokens, self._context - said) if self._context else most_tokens
        if room < min(LEAST_REPLY, most_tokens):
            raise BrainLost(f"the prompt has {said} tokens and the model takes {self._context}: a smaller picture (chat.image_px) or fewer examples (chat.examples) may do, else a model with a longer context")  # fmt: skip
        form = Form(self._tokens(), grammar) if grammar is not None else None
        ends = self._ends()
        writing = Writing(self._spelled, ends, form, temperature, seed, timeout_s, on_text)
        # Every choice of the checkpoint's own generation_config is set aside: a penalty on repetition spoils JSON.
        how = GenerationConfig(
            max_new_tokens=room, do_sample=False, num_beams=1, repetition_penalty=1.0, use_cache=True,
            eos_token_id=sorted(ends), pad_token_id=self.reader.tokenizer.pad_token_id or min(ends),
        )  # fmt: skip
        try:
            with torch.inference_mode():
                self.model.generate(
                    **{k: self._placed(v) for k, v in inputs.items()},
                    generation_config=how,
                    logits_processor=[Weigh(writing)],
                    stopping_criteria=[Watch(writing)],
                )
        except torch.OutOfMemoryError as e:
            raise BrainLost(f"the memory of {self.model.device} is too small for this prompt: a smaller picture (chat.image_px), local.dtype=bfloat16, or a smaller model") from e  # fmt: skip
        return Written(writing.text, said, writing.tokens, writing.ended)

    def _placed(self, value: torch.Tensor) -> torch.Tensor:
        kind = self.model.dtype if torch.is_floating_point(value) else value.dtype
        return value.to(self.model.device, kind)

    def _ends(self) -> frozenset[int]:
        """Tokens that end a reply, as the checkpoint and its tokenizer name them."""
        named = getattr(self.model.generation_config, "eos_token_id", None)
        ids = {*(named if isinstance(named, list) else [named]), self.reader.tokenizer.eos_token_id} - {None}
        if not ids:
            raise SetupError(f"brain {self.name}: neither its generation_config.json nor its tokenizer names a token that ends a reply")  # fmt: skip
        return frozenset(int(i) for i in ids if int(i) < self._width)

    def _tokens(self) -> Any:
        """llguidance's view of the tokenizer, made once: it takes about a second for a large vocabulary."""
        if self._vocabulary is None:
            import llguidance.hf

            tokenizer = self.reader.tokenizer
            size = max(self._width, len(tokenizer))
            self._vocabulary = llguidance.hf.from_tokenizer(tokenizer, n_vocab=size, eos_token=sorted(self._ends()))
        return self._vocabulary

    def _spelled(self, token: int) -> bytes:
        """The bytes a token stands for, half a letter where it is half a letter; none for a mark that is no text."""
        return b"" if token in self.reader.marks else bytes(self._tokens().decode_bytes([token]))


@lru_cache(maxsize=1)
def weights(place: str, device: str = "auto", dtype: str = "auto") -> Weights:
    """The weights of a folder or a hub id, read once in a process.

    Raises:
        SetupError: there are none, they are of another kind, or do not fit; says how to mend it.
    """
    name = f"local:{place}"
    folder = folder_of(place)
    place = str(folder or place)
    told.disable_progress_bar()  # its bars run through what the mission prints
    here = {"local_files_only": folder is not None, "trust_remote_code": False}  # left unsaid, it asks at the terminal
    try:
        config = AutoConfig.from_pretrained(place, **here)
    except (OSError, ValueError, KeyError) as e:
        raise SetupError(f"brain {name}: its config.json cannot be had or read ({_line(e)}); where the hub cannot be reached, name a folder") from e  # fmt: skip
    if config.model_type not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
        raise SetupError(f"brain {name}: a {config.model_type} is no image-text-to-text model; take one that sees and writes, such as Qwen/Qwen2.5-VL-3B-Instruct")  # fmt: skip
    where = _device(device, name)
    kind = _dtype(dtype, where, config)
    processor = processor_of(place, config.model_type, config, name)
    return Weights(_loaded(place, config, kind, name, here).to(where).eval(), processor, name)


def _loaded(place: str, config: Any, kind: torch.dtype, name: str, options: dict[str, Any]) -> Any:
    from safetensors import SafetensorError

    try:
        model, met = AutoModelForImageTextToText.from_pretrained(
            place, config=config, dtype=kind, output_loading_info=True, **options
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as e:
        raise SetupError(f"brain {name}: its weights cannot be read ({_line(e)}); fetch model.safetensors again") from e
    if lacking := sorted(met["missing_keys"]):
        raise SetupError(f"brain {name}: the weights lack {len(lacking)} tensors that config.json asks for, {lacking[0]} among them; they are of another model")  # fmt: skip
    return model


def _device(wanted: str, name: str) -> torch.device:
    if wanted == "auto":
        found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
        return found or torch.device("cpu")
    try:
        device = torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as e:
        raise SetupError(
            f"brain {name}: local.device={wanted} is not to be had here ({_line(e)}); take cpu or auto"
        ) from e
    return device


def _dtype(wanted: str, device: torch.device, config: Any) -> torch.dtype:
    if wanted != "auto":
        return getattr(torch, wanted)  # type: ignore[no-any-return]
    own = getattr(config, "dtype", None) or torch.float32
    return torch.float32 if device.type == "cpu" else own


def _line(error: BaseException) -> str:
    """The first line of what a package said."""
    return next((s.strip() for s in str(error).splitlines() if s.strip()), type(error).__name__)[:200]
