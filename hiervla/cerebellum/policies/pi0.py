"""A PI0 checkpoint from a folder, run here by transformers: flow matching from noise, its pictures, state and words by a mapping."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.cerebellum.policies.mapped_policy import MappedPolicy
from hiervla.cerebellum.policies.mapped_request import put, take
from hiervla.cerebellum.policies.mapping import Mapping, Statistics
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.ports import RobotDescription
from hiervla.core.task import Task


class Pi0Policy(MappedPolicy):
    """Weights, config and tokenizer of a folder in transformers' form (``config.json``, ``model.safetensors``, ``tokenizer.json``).

    Normalises and un-normalises with the mapping's statistics; without them it does not load. Noise follows from ``seed``
    and from the task's beginning, so that a run repeats.
    """

    def __init__(self, folder: Path, mapping: Mapping, about: RobotDescription, seed: int = 0) -> None:
        """
        Raises:
            SetupError: torch or transformers is missing, the folder holds no PI0, or the mapping does not fit it.
        """
        if not isinstance(mapping.normalisation, Statistics):
            raise SetupError(f'mapping of {mapping.checkpoint}: normalisation = "server", but pi0:{folder} has no server: name the statistics '
                             "of the data it was trained on, [normalisation] with file, mode, state, action")  # fmt: skip
        if len(mapping.state) != 1:
            raise SetupError(
                f"mapping of {mapping.checkpoint}: {len(mapping.state)} [[state]] tables, PI0 takes one vector"
            )
        super().__init__(mapping, about)
        self.folder, self.seed = folder, seed
        self._torch, self._model, self._tokenizer = _load(folder)
        self._device = self._model.device
        self._fit()
        self.latency_ms: list[float] = []
        """Wall-clock of the chunks of the task in hand."""
        self._noise = self._torch.Generator()

    @property
    def name(self) -> str:
        return f"pi0:{self.mapping.checkpoint}"

    def reset(self, task: Task) -> None:
        super().reset(task)
        self._noise.manual_seed(self.seed)
        self.latency_ms = []

    def ask(self, request: dict[str, Any]) -> Any:
        """Its whole chunk (horizon, dim), normalised as it was trained."""
        torch, config = self._torch, self._model.config
        began = time.perf_counter()
        pictures = np.stack([take(request, c.key) for c in self.mapping.camera])  # (n, 3, h, w) in -1..1
        state = np.zeros(config.max_state_dim, np.float32)
        values = take(request, self.mapping.state[0].key)
        state[: len(values)] = values
        ids = self.tokens(take(request, self.mapping.instruction.key))
        noise = torch.randn((1, config.chunk_size, config.max_action_dim), generator=self._noise)
        kind = {"device": self._device, "dtype": self._model.dtype}
        tokens = torch.tensor([ids], device=self._device)
        actions = self._model.sample_actions(
            state=torch.from_numpy(state)[None].to(**kind),
            input_ids=tokens,
            attention_mask=torch.ones_like(tokens),
            pixel_values=torch.from_numpy(pictures)[None].to(**kind),
            pixel_attention_mask=torch.ones((1, len(pictures)), dtype=torch.bool, device=self._device),
            noise=noise.to(**kind),
        )
        rows = actions[0].float().cpu().numpy().astype(np.float64)
        self.latency_ms.append((time.perf_counter() - began) * 1000)
        reply: dict[str, Any] = {}
        put(reply, self.mapping.action.key, rows)
        return reply

    def tokens(self, words: str) -> list[int]:
        """Token ids: every picture's place, the beginning, the words and a line's end."""
        vlm = self._model.config.vlm_config
        places = [vlm.image_token_id] * (len(self.mapping.camera) * self._places)
        said = self._tokenizer.encode(words.strip() + "\n", add_special_tokens=False).ids
        highest = vlm.text_config.vocab_size
        if not said or max(said) >= highest:
            raise PolicyFault(f"pi0:{self.folder}: the tokenizer says {said}, the model knows {highest} tokens")
        return [*places, self._begin, *said]

    def _fit(self) -> None:
        """What the mapping declares must be what the checkpoint has."""
        config, m = self._model.config, self.mapping
        vision = config.vlm_config.vision_config
        side = vision.image_size
        self._places = (side // vision.patch_size) ** 2
        wrong = [
            *(f"camera {c.source}: size = [{side}, {side}], here {list(c.size)}"
              for c in m.camera if c.size != (side, side)),
            *(f'camera {c.source}: layout = "chw" and values = "signed", here {c.layout}, {c.values}'
              for c in m.camera if (c.layout, c.values) != ("chw", "signed")),
            *([f"action.horizon = {config.chunk_size}, here {m.action.horizon}"] if m.action.horizon != config.chunk_size else []),
            *([f"action.dim = {config.max_action_dim}, here {m.action.dim}"] if m.action.dim != config.max_action_dim else []),
            *([f"at most {config.max_state_dim} numbers of state, here {m.state[0].width}"] if m.state[0].width > config.max_state_dim else []),
        ]  # fmt: skip
        if wrong:
            raise SetupError("\n".join(f"mapping of {m.checkpoint}: pi0:{self.folder} has {w}" for w in wrong))
        begin = next((i for t in ("<bos>", "<s>") if (i := self._tokenizer.token_to_id(t)) is not None), None)
        if begin is None:
            raise SetupError(f"pi0:{self.folder}: tokenizer.json has no <bos>: it is not the checkpoint's own")
        self._begin = begin


def _load(folder: Path) -> tuple[Any, Any, Any]:
    """torch, the model in evaluation, and its tokenizer."""
    for file in ("config.json", "tokenizer.json"):
        if not (folder / file).is_file():
            raise SetupError(f"pi0:{folder}: no {file} there; name the folder of a PI0 checkpoint in transformers' form (docs/policies.md)")  # fmt: skip
    try:
        import torch
        from safetensors import SafetensorError
        from tokenizers import Tokenizer
        from transformers import AutoConfig, PI0ForConditionalGeneration
    except ImportError as e:
        raise SetupError(
            f"pi0:{folder} needs torch, tokenizers and a transformers that has PI0 ({e}): pip install 'hiervla[learn]'"
        ) from e
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if config.model_type != "pi0":
            raise SetupError(f"pi0:{folder}: config.json is of a {config.model_type!r}, not of a 'pi0'")
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model, told = PI0ForConditionalGeneration.from_pretrained(
            folder, config=config, dtype="auto", local_files_only=True, use_safetensors=True, output_loading_info=True
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as e:
        raise SetupError(f"pi0:{folder}: {' '.join(str(e).split())[:400]}") from e
    if lacking := sorted(told["missing_keys"]):
        raise SetupError(
            f"pi0:{folder}: the weights lack {len(lacking)} tensors, {', '.join(lacking[:3])} …: they would be random"
        )
    return torch, model.to(device).eval(), Tokenizer.from_file(str(folder / "tokenizer.json"))
