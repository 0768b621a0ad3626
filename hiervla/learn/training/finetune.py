"""A few demonstrations more for a policy that is there already: low-rank adapters (LoRA, Hu et al. 2021) by peft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, Field

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.heads import losses
from hiervla.cerebellum.policies.mini.model import MiniVLA
from hiervla.cerebellum.policies.tokens import load_tokeniser
from hiervla.core.errors import SetupError
from hiervla.learn.training.batches import Batches, Shown
from hiervla.learn.training.moments import Moments
from hiervla.learn.training.settings import Blur, TrainSettings

ADAPTED = r".*\.(qkv|out|query|memory|cross_out|inner|outer)"
"""The linear layers of every block: what attends and what thinks, not what sees."""


class FinetuneSettings(BaseModel):
    """How a policy is adapted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=16, ge=1)
    steps: int = Field(default=400, ge=1)
    batch: int = Field(default=32, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    blur: Blur = Blur()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Finetuned:
    """What came of it."""

    policy: Path
    adapted: int
    """Parameters that were trained."""
    of: int
    """Parameters there are."""
    before: float
    after: float
    """Loss on the first batch, before and after."""


def finetune(
    base: Path, data: list[Path], out: Path, settings: FinetuneSettings = FinetuneSettings(),
    progress: Callable[[int, int, dict[str, float]], None] | None = None,
) -> Finetuned:  # fmt: skip
    """Adapt the policy in ``base`` to the demonstrations in ``data`` and write the merged policy to ``out``.

    The base is left as it is. Words, statistics and action tokens stay the base's.

    Raises:
        SetupError: the base is no policy, the demonstrations are none, or ``out`` is the base.
    """
    from peft import LoraConfig, get_peft_model

    if out.resolve() == base.resolve():
        raise SetupError(f"{out} is the base itself: write the adapted policy to another folder")
    parts = on_disk.load_parts(base)
    tokeniser = load_tokeniser(base / on_disk.TOKENISER) if parts.config.co_train else None
    torch.manual_seed(settings.seed)
    adapted = get_peft_model(
        on_disk.load_model(base, parts.config),  # type: ignore[arg-type]
        LoraConfig(r=settings.rank, lora_alpha=2 * settings.rank, target_modules=ADAPTED),
    )
    model: MiniVLA = adapted.base_model.model
    moments = Moments([str(d) for d in data], 0)
    shown = Shown(parts.words, parts.actions, tokeniser, settings.blur)
    run = TrainSettings(
        data=tuple(map(str, data)),
        out=str(out),
        model=parts.config,
        batch=settings.batch,
        seed=settings.seed,
        alpha=0.5,
    )
    batches = Batches(moments, moments.training, shown, run)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, settings.learning_rate, weight_decay=0.0)
    fading = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.steps)
    before = _loss(model, batches)
    model.train()
    for step, batch in enumerate(batches.ahead(0, settings.steps, 0)):
        found = losses(model, batch, torch.Generator().manual_seed(settings.seed * 2**32 + step))
        total = torch.stack(list(found.values())).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        fading.step()
        if progress is not None:
            progress(step + 1, settings.steps, {"loss": float(total.detach())})
    after, size = _loss(model, batches), sum(p.numel() for p in trained)
    merged: MiniVLA = adapted.merge_and_unload()  # type: ignore[operator]
    about = parts.about | {"base": base.name, "adapted_to": [d.name for d in data], "rank": settings.rank}
    on_disk.save(out, merged, replace(parts, tokeniser=tokeniser, about=about))
    return Finetuned(out, size, merged.size(), before, after)


@torch.no_grad()
def _loss(model: MiniVLA, batches: Batches) -> float:
    model.eval()
    return float(torch.stack(list(losses(model, batches[0], torch.Generator().manual_seed(0)).values())).sum())
