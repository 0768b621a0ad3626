"""From scenes to a folder that ``--brain local:FOLDER`` takes: the whole training, which goes on where it was broken off."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from hiervla.core.errors import SetupError
from hiervla.learn.brain import lessons, network, teaching
from hiervla.learn.brain.batches import IGNORED, Batch, Coded, Pictures, batch, coded, drawn
from hiervla.learn.brain.settings import BrainSettings
from hiervla.learn.brain.tokens import train_tokenizer
from hiervla.learn.training.schedule import fading, share

KEEP = 100
"""Steps between two checks, at which a killed run goes on."""
CHECKED = 32
"""Scenes of the check that are looked at while it learns."""
Progress = Callable[[int, int, dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of it: the folder of the brain, its size, and the last check."""

    folder: Path
    parameters: int
    checked: dict[str, float]


def train(s: BrainSettings, progress: Progress | None = None, on_row: lessons.OnRow | None = None) -> Trained:
    """Make scenes, teach, and write ``brain/`` into the folder ``out``.

    Killed at any time, it goes on from the scenes that were made and the last of the steps that it kept (every 100th), to
    the same weights.

    Raises:
        SetupError: the folder holds another run.
    """
    if s.threads:
        torch.set_num_threads(s.threads)
    s.out.mkdir(parents=True, exist_ok=True)
    _same_run(s)
    rows = {p: _rows(s, p, on_row) for p in ("learn", "check")}
    torch.manual_seed(s.seed)
    words = train_tokenizer((one[k] for r in rows["learn"] for one in r["lines"] for k in ("prompt", "reply")), s.words)
    processor = network.new_processor(s, words)
    system = teaching.system()
    scenes = {p: [coded(r, processor, system, s) for r in found] for p, found in rows.items()}
    model = network.new_model(s, words)
    average = AveragedModel(model, multi_avg_fn=fading(s.average))
    optimiser = torch.optim.AdamW(_groups(model, s.decay), s.learning_rate, betas=(0.9, 0.98))
    kept = Kept(s.out / "kept.pt", {"model": model, "average": average, "optimiser": optimiser})
    pictures = Pictures(s.out / "pictures", processor)
    began, found = time.monotonic(), dict[str, float]()
    with (s.out / "log.jsonl").open("a", encoding="utf-8") as log:
        for step in range(kept.read(), s.steps):
            for group in optimiser.param_groups:
                group["lr"] = s.learning_rate * share(step, s.warmup, s.steps)
            loss = _step(model.train(), optimiser, batch(drawn(scenes["learn"], s, step), pictures))
            average.update_parameters(model)
            found = {"loss": loss}
            if (step + 1) % KEEP == 0 or step + 1 == s.steps:
                found |= checked(average.module, scenes["check"][:CHECKED], pictures, s)
                log.write(json.dumps({"step": step + 1, "seconds": round(time.monotonic() - began, 1)} | found) + "\n")
                log.flush()
                kept.write(step + 1)
            if progress is not None:
                progress(step + 1, s.steps, found)
    found = found or checked(average.module, scenes["check"][:CHECKED], pictures, s)
    network.save(average.module, processor, s.out / "brain")
    return Trained(s.out / "brain", network.size(model), found)


def _rows(s: BrainSettings, part: lessons.Part, on_row: lessons.OnRow | None) -> list[dict[str, Any]]:
    count, lines = (s.scenes, s.lines) if part == "learn" else (s.check_scenes, s.check_lines)
    found = lessons.examples(lessons.collect(s.out, part, count, lines, s.jobs, on_row))
    if not found:
        raise SetupError(f"{s.out}: nothing could be said of {count} scenes to {part}; take more (--scenes)")
    return found


def _same_run(s: BrainSettings) -> None:
    file = s.out / "run.json"
    if file.exists() and file.read_text(encoding="utf-8") != s.run():
        raise SetupError(
            f"{s.out} holds a run with other settings; go on with those in {file.name}, or give another --out"
        )
    file.write_text(s.run(), encoding="utf-8")


def _groups(model: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights fade, but not those that scale or shift."""
    parts: dict[bool, list[Tensor]] = {True: [], False: []}
    for p in model.parameters():
        parts[p.ndim > 1].append(p)
    return [{"params": parts[True], "weight_decay": decay}, {"params": parts[False], "weight_decay": 0.0}]


def _logits(model: Any, b: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Logits where a token is wanted (N, V), that token (N,), and where these stand (B, L) bool."""
    where = b.wanted != IGNORED
    hidden = model.model(
        input_ids=b.ids, pixel_values=b.pictures, attention_mask=b.seen, position_ids=b.places, use_cache=False
    )
    return model.lm_head(hidden.last_hidden_state[where]), b.wanted[where], where


def _step(model: Any, optimiser: torch.optim.Optimizer, b: Batch) -> float:
    logits, wanted, _ = _logits(model, b)
    loss = nn.functional.cross_entropy(logits, wanted)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


@torch.no_grad()
def checked(model: Any, scenes: Sequence[Coded], pictures: Pictures, s: BrainSettings) -> dict[str, float]:
    """On other scenes and wordings, each token told from the right ones before it: the loss, the share of words right that
    read the scene out, and the share of replies right from there to their end."""
    model.eval()
    total, tokens, read, of, whole, lines = 0.0, 0, 0, 0, 0, 0
    for k in range(0, len(scenes), s.batch):
        b = batch([(c, list(range(len(c.rest)))) for c in scenes[k : k + s.batch]], pictures)
        logits, wanted, where = _logits(model, b)
        total += float(nn.functional.cross_entropy(logits, wanted, reduction="sum"))
        tokens += len(wanted)
        right, reading = logits.argmax(-1) == wanted, b.read[where]
        read, of = read + int(right[reading].sum()), of + int(reading.sum())
        line = b.line[where] + 1000 * where.nonzero()[:, 0]
        for one in line.unique():
            whole += bool(right[(line == one) & ~reading].all())
            lines += 1
    return {"check_loss": total / tokens, "check_read": read / of, "check_plan": whole / lines}


class Kept:
    """What a killed run goes on from."""

    def __init__(self, path: Path, parts: dict[str, Any]) -> None:
        self._path, self._parts = path, parts

    def write(self, step: int) -> None:
        part = self._path.with_suffix(".part")
        torch.save({"step": step, "shapes": self._shapes()} | {n: p.state_dict() for n, p in self._parts.items()}, part)
        part.replace(self._path)

    def read(self) -> int:
        """The step to go on with.

        Raises:
            SetupError: it is that of another model.
        """
        if not self._path.exists():
            return 0
        kept = torch.load(self._path, weights_only=True)
        if kept["shapes"] != self._shapes():
            raise SetupError(f"{self._path} holds a model of another size; give another --out")
        for name, part in self._parts.items():
            part.load_state_dict(kept[name])
        return int(kept["step"])

    def _shapes(self) -> str:
        shapes = [f"{n} {tuple(p.shape)}" for n, p in self._parts["model"].named_parameters()]
        return hashlib.sha256("\n".join(shapes).encode()).hexdigest()
