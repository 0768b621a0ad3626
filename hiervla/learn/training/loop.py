"""The training loop: batches in, an average of weights out; killed at any time, it goes on as if it had not been."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.heads import losses
from hiervla.cerebellum.policies.mini.model import Batch, MiniVLA
from hiervla.core.errors import SetupError
from hiervla.learn.training.batches import Batches, checking
from hiervla.learn.training.checkpoint import Checkpoint, load_checkpoint
from hiervla.learn.training.expert_phase import ExpertPhase, steps_done
from hiervla.learn.training.moments import Moments
from hiervla.learn.training.prepare import prepared
from hiervla.learn.training.schedule import fading, share
from hiervla.learn.training.settings import TrainSettings

Progress = Callable[[int, int, dict[str, float]], None]
"""Told after every step: steps done, steps in all, the newest losses."""
LOG, POLICY = "log.jsonl", "policy"
CHECK_BATCHES = 4
MAY_CHANGE = (
    "out", "data", "workers", "threads", "check_every", "save_every", "device", "expert_steps", "expert_batch", "expert_rate",
    "expert_reads",
)  # fmt: skip
"""Settings that a resumed run may have otherwise: its steps are the same."""


class Run:
    """One training run in its folder."""

    def __init__(self, settings: TrainSettings) -> None:
        """
        Raises:
            SetupError: the demonstrations are not there or too few, or the folder holds another run.
        """
        self.settings, self.folder = settings, Path(settings.out)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.device = _device(settings.device)
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self.moments = Moments(settings.data, settings.held_out_every)
        self.shown, self.parts = prepared(settings, self.moments, self.folder)
        config: ModelConfig = self.parts.config
        self.settings = settings.model_copy(update={"model": config})
        torch.manual_seed(settings.seed)
        begun = on_disk.load_model(Path(settings.begin_from), config) if settings.begin_from else MiniVLA(config)
        self.model = begun.to(self.device)
        self.average = AveragedModel(self.model, multi_avg_fn=fading(settings.ema), use_buffers=True)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), settings.learning_rate, betas=(0.9, 0.95), weight_decay=settings.weight_decay
        )
        self.step = 0
        self._resume()

    def train(self, progress: Progress | None = None) -> dict[str, float]:
        """Train to the last step and write the policy; returns the last check's losses."""
        from torch.utils.tensorboard import SummaryWriter

        s, began = self.settings, time.monotonic()
        batches = Batches(self.moments, self.moments.training, self.shown, s)
        apart = checking(self.moments, self.shown, s)
        checked: dict[str, float] = {}
        with SummaryWriter(str(self.folder), purge_step=self.step) as board, self._log() as log:
            for batch in batches.ahead(self.step, s.steps, s.workers):
                found = self.advance(batch)
                if progress is not None:
                    progress(self.step, s.steps + s.expert_steps, found)
                last = self.step == s.steps
                if self.step % 10 == 0 or last:
                    _write(log, board, self.step, found | {"seconds": time.monotonic() - began})
                if self.step % s.check_every == 0 or last:
                    checked = {f"check/{name}": x for name, x in self.check(apart).items()}
                    _write(log, board, self.step, checked)
                if self.step % s.save_every == 0 or last:
                    self.save()
            if s.expert_steps:

                def told(step: int, found: dict[str, float]) -> None:
                    if progress is not None:
                        progress(s.steps + step, s.steps + s.expert_steps, found)
                    if step % 100 == 0 or step == s.expert_steps:
                        _write(log, board, s.steps + step, found | {"seconds": time.monotonic() - began})

                ExpertPhase(self).train(told)
                checked = {f"check/{name}": x for name, x in self.check(apart).items()}
                _write(log, board, s.steps + s.expert_steps, checked)
        self.write_policy()
        return checked or {f"check/{name}": x for name, x in self.check(apart).items()}

    def advance(self, batch: Batch) -> dict[str, float]:
        """One step on one batch; returns its losses.

        Raises:
            SetupError: the loss is no number.
        """
        s = self.settings
        self.model.train()
        for group in self.optimiser.param_groups:
            group["lr"] = s.learning_rate * share(self.step, s.warmup, s.steps)
        found = self._losses(self.model, batch, self.step)
        total = torch.stack(list(found.values())).sum()
        if not torch.isfinite(total):
            raise SetupError(f"step {self.step}: the loss is no number: lower learning_rate, or look at the data")
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), s.clip)
        self.optimiser.step()
        self.average.update_parameters(self.model)
        self.step += 1
        return {name: float(x.detach()) for name, x in found.items()} | {
            "loss": float(total.detach()), "gradient": float(norm), "learning_rate": self.optimiser.param_groups[0]["lr"],
        }  # fmt: skip

    @torch.no_grad()
    def check(self, batches: Batches) -> dict[str, float]:
        """Losses of the averaged weights on episodes that were kept apart."""
        model = self.average.module.eval()
        total: dict[str, float] = {}
        for k in range(CHECK_BATCHES):
            for name, x in self._losses(model, batches[k], -1 - k).items():
                total[name] = total.get(name, 0.0) + float(x) / CHECK_BATCHES
        return total

    def save(self) -> None:
        """Put the run on disk as it is."""
        Checkpoint(
            self.step, self.about(), self.model.state_dict(), self.average.state_dict(), self.optimiser.state_dict()
        ).save(self.folder)

    def write_policy(self) -> Path:
        """The averaged weights as a policy that can act."""
        to = self.folder / POLICY
        on_disk.save(to, self.average.module, self.parts)
        return to

    def _losses(self, model: MiniVLA, batch: Batch, step: int) -> dict[str, torch.Tensor]:
        number = self.settings.seed * 2**32 + CHECK_BATCHES + step
        generator = torch.Generator(self.device).manual_seed(number)
        given = {name: x.to(self.device, non_blocking=True) for name, x in batch.items()}
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.type == "cuda"):
            return losses(model, given, generator)

    def about(self) -> dict[str, Any]:
        """What its steps hang on."""
        told = self.settings.model_dump(mode="json", exclude=set(MAY_CHANGE))
        return told | {"moments": len(self.moments.training)}  # with other data, batch k would be another one

    def _resume(self) -> None:
        found = load_checkpoint(self.folder, self.about())
        if found is None:
            return
        self.step = found.step
        self.model.load_state_dict(found.model)
        self.average.load_state_dict(found.average)
        self.optimiser.load_state_dict(found.optimiser)

    def _log(self) -> Any:
        """The log, without the rows of steps that were done but not kept."""
        path = self.folder / LOG
        done = self.step + (steps_done(self.folder) if self.step == self.settings.steps else 0)
        kept = [r for r in path.read_text().splitlines() if json.loads(r)["step"] <= done] if path.exists() else []
        path.write_text("".join(f"{r}\n" for r in kept))
        return path.open("a")


def overfit(settings: TrainSettings, steps: int = 300) -> tuple[float, float]:
    """Losses of actions before and after so many steps on one and the same batch: what cannot learn that is broken.

    Nothing is kept but the run's vocabulary.
    """
    run = Run(settings.model_copy(update={"steps": steps, "warmup": 10, "workers": 0}))
    batch = Batches(run.moments, run.moments.training, run.shown, run.settings)[0]
    name = "tokens" if run.parts.config.head == "tokens" else "action"
    before = run.advance(batch)[name]
    for _ in range(steps - 1):
        run.advance(batch)
    with torch.no_grad():
        run.model.eval()
        after = float(run._losses(run.model, batch, 0)[name])
    return before, after


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise SetupError("device is 'cuda', but torch finds no GPU: set device = 'auto' or 'cpu'")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def _write(log: Any, board: Any, step: int, found: dict[str, float]) -> None:
    log.write(json.dumps({"step": step, **{n: round(x, 6) for n, x in found.items()}}) + "\n")
    log.flush()
    for name, x in found.items():
        board.add_scalar(name, x, step)
