"""The second half of an insulated run: the action expert alone, on what the finished backbone makes of the moments.

No gradient runs from the expert to the backbone (knowledge insulation, Driess et al. 2025). Once the backbone rests, what it makes
of a moment never changes: it is read once, kept on disk, and a step on it costs a fraction of a whole one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from hiervla.cerebellum.policies.mini.heads import action_loss
from hiervla.cerebellum.policies.mini.model import Expert, Read
from hiervla.learn.training.batches import Batches
from hiervla.learn.training.checkpoint import FILE as CHECKPOINT
from hiervla.learn.training.checkpoint import Checkpoint, load_checkpoint
from hiervla.learn.training.schedule import fading, share

if TYPE_CHECKING:
    from hiervla.learn.training.loop import Run

FOLDER, COUNT = "expert", "read.json"
_SAVED_EVERY = 10
"""Batches read between two notes of how many there are."""
_TAG = 0xE4
Told = Callable[[int, dict[str, float]], None]
"""Told after every step: steps of the expert done, the newest losses."""


class ExpertPhase:
    """The expert's own steps of one run; kept in its folder, resumed from there."""

    def __init__(self, run: Run) -> None:
        assert run.average.module.expert is not None  # the settings see to it
        self.run, self.settings = run, run.settings
        self.folder = run.folder / FOLDER
        self.folder.mkdir(exist_ok=True)
        self.config = run.parts.config
        self.expert = Expert(self.config).to(run.device)
        self.expert.load_state_dict(run.average.module.expert.state_dict())
        self.average = AveragedModel(self.expert, multi_avg_fn=fading(self.settings.ema))
        self.optimiser = torch.optim.AdamW(
            self.expert.parameters(),
            self.settings.expert_rate,
            betas=(0.9, 0.95),
            weight_decay=self.settings.weight_decay,
        )
        self.step = 0
        found = load_checkpoint(self.folder, self._about())
        if found is not None:
            self.step = found.step
            self.expert.load_state_dict(found.model)
            self.average.load_state_dict(found.average)
            self.optimiser.load_state_dict(found.optimiser)

    def train(self, told: Told | None = None) -> None:
        """Read what is still to be read, take the steps that are left, hand the averaged expert to the run's policy."""
        s = self.settings
        kept = self.read()
        while self.step < s.expert_steps:
            found = self.advance(kept)
            if told is not None:
                told(self.step, found)
            if self.step % (5 * s.save_every) == 0 or self.step == s.expert_steps:
                self.save()
        assert self.run.average.module.expert is not None
        self.run.average.module.expert.load_state_dict(self.average.module.state_dict())

    @torch.no_grad()
    def read(self) -> Kept:
        """What the backbone makes of ``expert_reads`` batches that come after those it learnt from."""
        s, run = self.settings, self.run
        kept = Kept(self.folder, s.expert_reads * s.batch)
        backbone = run.average.module.backbone.eval()
        batches = Batches(run.moments, run.moments.training, run.shown, s)
        first = kept.count // s.batch
        for k, batch in enumerate(batches.ahead(s.steps + first, s.steps + s.expert_reads, s.workers), first):
            given = {name: x.to(run.device) for name, x in batch.items()}
            memory, _, _ = backbone(given)
            kept.put(k * s.batch, backbone.read(given, memory), batch["chunk"])
            if (k + 1) % _SAVED_EVERY == 0 or k + 1 == s.expert_reads:
                kept.note((k + 1) * s.batch)
        return kept

    def advance(self, kept: Kept) -> dict[str, float]:
        """One step of the expert on one batch of what was read."""
        s = self.settings
        rng = np.random.default_rng([s.seed, _TAG, self.step])
        read, chunk = kept.take(np.sort(rng.integers(0, kept.count, s.expert_batch)), self.run.device)
        for group in self.optimiser.param_groups:
            group["lr"] = s.expert_rate * share(self.step, s.warmup, s.expert_steps)
        generator = torch.Generator(self.run.device).manual_seed((s.seed * 2 + 1) * 2**32 + self.step)
        with torch.autocast("cuda", torch.bfloat16, enabled=self.run.device.type == "cuda"):
            loss = action_loss(self.expert, read, chunk, self.config, generator).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.expert.parameters(), s.clip)
        self.optimiser.step()
        self.average.update_parameters(self.expert)
        self.step += 1
        return {"expert/action": float(loss.detach()), "expert/gradient": float(norm)}

    def save(self) -> None:
        """Put the phase on disk as it is."""
        Checkpoint(
            self.step, self._about(), self.expert.state_dict(), self.average.state_dict(), self.optimiser.state_dict()
        ).save(self.folder)

    def _about(self) -> dict[str, Any]:
        own = ("expert_steps", "expert_batch", "expert_rate", "expert_reads")
        return self.run.about() | self.settings.model_dump(mode="json", include=set(own))


def steps_done(run_folder: Path) -> int:
    """Steps of the expert that a run's folder holds."""
    file = run_folder / FOLDER / CHECKPOINT
    return int(torch.load(file, map_location="cpu", weights_only=True)["step"]) if file.exists() else 0


class Kept:
    """What was read, in files that are mapped rather than loaded: memory (n, N, D) in half precision, facts, chunks."""

    def __init__(self, folder: Path, n: int) -> None:
        self._folder, self._n = folder, n
        self._files: dict[str, np.ndarray] = {}
        note = folder / COUNT
        self.count = int(json.loads(note.read_text())["moments"]) if note.exists() else 0
        """Moments (n,) that were read so far."""

    def put(self, at: int, read: Read, chunk: torch.Tensor) -> None:
        """A batch of them, from number ``at`` on."""
        for name, part in (("memory", read.memory), ("facts", read.facts), ("chunk", chunk)):
            array = part.float().cpu().numpy()
            self._mapped(name, array.shape[1:])[at : at + len(array)] = array

    def note(self, count: int) -> None:
        """So many of them are on disk."""
        for file in self._files.values():
            file.flush()  # type: ignore[attr-defined]
        part = self._folder / f".{COUNT}.part"
        part.write_text(json.dumps({"moments": count}))
        part.replace(self._folder / COUNT)
        self.count = count

    def take(self, rows: np.ndarray, device: torch.device) -> tuple[Read, torch.Tensor]:
        """Moments (n,) by their number."""
        memory, facts, chunk = (
            torch.from_numpy(self._mapped(name)[rows].astype(np.float32)).to(device)
            for name in ("memory", "facts", "chunk")
        )
        return Read(memory, facts), chunk

    def _mapped(self, name: str, shape: tuple[int, ...] = ()) -> np.ndarray:
        """A file as it is on disk, or a new one of this shape a moment."""
        if name not in self._files:
            path = self._folder / f"{name}.npy"
            kind = np.float16 if name == "memory" else np.float32
            self._files[name] = (
                np.load(path, mmap_mode="r+")
                if path.exists()
                else np.lib.format.open_memmap(path, "w+", kind, (self._n, *shape))
            )
        return self._files[name]
