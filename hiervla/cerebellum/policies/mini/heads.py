"""How a chunk comes about, and what is lost by it: flow matching, diffusion, regression, action tokens.

Flow and diffusion both predict the clean chunk; what differs is how noise and time are mixed. Actions are normalised.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.model import Batch, Expert, MiniVLA, Read

TOKEN_WEIGHT = 0.3
TELLING_WEIGHTS = {"progress": 0.2, "end": 0.2, "phase": 0.1, "cell": 0.1, "offset": 0.5}


def mixed(chunk: Tensor, noise: Tensor, time: Tensor, head: str) -> Tensor:
    """The noisy chunk (B, H, 7) at a time (B,) in 0..1: 0 all noise, 1 clean."""
    keep, lost = _weights(time, head)
    return keep[:, None, None] * chunk + lost[:, None, None] * noise


def _weights(time: Tensor, head: str) -> tuple[Tensor, Tensor]:
    """Share of the clean chunk and of noise: a straight line (flow), or a cosine (diffusion, Nichol & Dhariwal 2021)."""
    if head == "diffusion":
        return torch.sin(time * math.pi / 2), torch.cos(time * math.pi / 2)
    return time, 1 - time


def sample(expert: Expert, read: Read, noise: Tensor, config: ModelConfig) -> Tensor:
    """A clean chunk (B, H, 7) from noise: Euler's steps along the flow, DDIM's for diffusion; regression needs no noise."""
    if config.head == "regression":
        return expert(read)
    x = noise
    for k in range(config.steps):
        now = torch.full((x.shape[0],), k / config.steps, device=x.device, dtype=x.dtype)
        clean = expert(read, x, now)
        if k + 1 == config.steps:
            return clean
        keep, lost = _weights(now, config.head)
        left = (x - keep[:, None, None] * clean) / lost[:, None, None].clamp(min=1e-4)
        x = mixed(clean, left, now + 1 / config.steps, config.head)
    return x


def losses(model: MiniVLA, batch: Batch, generator: torch.Generator | None = None) -> dict[str, Tensor]:
    """Every loss of a batch, each a mean over those of it that have what the loss needs.

    ``chunk`` (B, H, 7) normalised, ``has_chunk`` (B,), ``action_tokens`` (B, M) padded with -1; ``progress`` (B,) in 0..1,
    ``end`` (B,) 0 or 1 and ``phase`` (B,) number or -1, with ``has_progress`` (B,); ``cell`` (B,) of the scene the target
    lies in, or -1; ``offset`` (B, 3) of the target from where it was said to be, with ``has_offset`` (B,).
    Samples without actions still teach words and progress.
    """
    c = model.form
    tokens = batch.get("action_tokens") if c.co_train else None
    memory, telling, said = model.backbone(batch, None if tokens is None else tokens.clamp(min=0))
    has = batch["has_chunk"].to(memory.dtype)
    out: dict[str, Tensor] = {}
    if model.expert is not None:
        read = model.backbone.read(batch, memory)
        read = read.apart() if c.insulated else read
        out["action"] = _mean(action_loss(model.expert, read, batch["chunk"], c, generator), has)
    if tokens is not None and said is not None:
        each = F.cross_entropy(said.transpose(1, 2), tokens, ignore_index=-1, reduction="none")
        real = (tokens >= 0).to(each.dtype)
        weight = 1.0 if model.expert is None else TOKEN_WEIGHT
        out["tokens"] = weight * _mean((each * real).sum(1) / real.sum(1).clamp(min=1), has)
    if c.co_train or not c.insulated:
        out |= {name: TELLING_WEIGHTS[name] * loss for name, loss in _told(model, batch, memory, telling).items()}
    return out


def _told(model: MiniVLA, batch: Batch, memory: Tensor, telling: Tensor) -> dict[str, Tensor]:
    """What the backbone is asked besides actions: how far it is, what it is about, where the target really is."""
    shown, logits = batch["has_progress"].to(memory.dtype), telling.float()
    cell, offset = model.backbone.found(memory)
    real = batch["has_offset"].to(memory.dtype)
    in_view = (batch["cell"] >= 0).to(memory.dtype)
    return {
        "progress": _mean(F.binary_cross_entropy_with_logits(logits[:, 0], batch["progress"], reduction="none"), shown),
        "end": _mean(F.binary_cross_entropy_with_logits(logits[:, 1], batch["end"], reduction="none"), shown),
        "phase": _mean(F.cross_entropy(logits[:, 2:], batch["phase"].clamp(min=0), reduction="none"), shown * (batch["phase"] >= 0)),
        "cell": _mean(F.cross_entropy(cell.float(), batch["cell"].clamp(min=0), reduction="none"), in_view),
        "offset": _mean(F.smooth_l1_loss(offset.float(), batch["offset"], reduction="none", beta=0.05).mean(1), real),
    }  # fmt: skip


def action_loss(expert: Expert, read: Read, chunk: Tensor, c: ModelConfig, generator: torch.Generator | None) -> Tensor:
    """What each chunk of a batch is missed by (B,)."""
    if c.head == "regression":
        return (expert(read) - chunk).abs().mean((1, 2))
    b = chunk.shape[0]
    noise = torch.randn(chunk.shape, generator=generator, device=chunk.device, dtype=chunk.dtype)
    time = (
        torch.rand(b, generator=generator, device=chunk.device, dtype=chunk.dtype) ** 1.5
    )  # noise is where one begins
    return (expert(read, mixed(chunk, noise, time, c.head), time) - chunk).square().mean((1, 2))


def _mean(each: Tensor, has: Tensor) -> Tensor:
    return (each * has).sum() / has.sum().clamp(min=1)


@torch.no_grad()
def act(model: MiniVLA, batch: Batch, noise: Tensor) -> tuple[Tensor, Tensor]:
    """A normalised chunk (B, H, 7) from noise of its shape; progress, end and the phases (B, 2 + 13) as probabilities.

    Raises:
        TypeError: the model has no expert; its actions are said as tokens.
    """
    if model.expert is None:
        raise TypeError("the head 'tokens' has no expert: decode its tokens")
    memory, telling, _ = model.backbone(batch)
    return sample(model.expert, model.backbone.read(batch, memory), noise, model.form), told(telling)


def told(telling: Tensor) -> Tensor:
    """Logits (B, 2 + 13) to probabilities: of progress and end each its own, of the phases together."""
    return torch.cat([telling[:, :2].sigmoid(), telling[:, 2:].softmax(-1)], dim=1)
