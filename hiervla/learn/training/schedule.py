"""How the learning rate goes up and down, and how the average of weights forgets."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor


def share(step: int, warmup: int, steps: int) -> float:
    """Of the learning rate: up in a line, then down along a cosine to a hundredth."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))


def fading(decay: float) -> Callable[[list[Tensor], list[Tensor], Tensor], None]:
    """An exponential average that forgets sooner in the beginning, when the weights it began with are worth nothing."""

    @torch.no_grad()
    def update(average: list[Tensor], now: list[Tensor], n: Tensor) -> None:
        keep = min(decay, (1 + float(n)) / (10 + float(n)))
        torch._foreach_lerp_(average, now, 1 - keep)

    return update
