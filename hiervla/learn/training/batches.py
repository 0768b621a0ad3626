"""Batches, each a function of its number alone: a run that was killed goes on with the very ones it would have seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from hiervla.cerebellum.policies.mini.inputs import DEEDS, NEAR_M, PHASES, Grounding, in_hand, inputs_of
from hiervla.cerebellum.policies.mini.memory import Past
from hiervla.cerebellum.policies.mini.model import SCENE_CELLS, Batch
from hiervla.cerebellum.policies.mini.words import Words
from hiervla.cerebellum.policies.normaliser import Normaliser
from hiervla.cerebellum.policies.tokens.port import ActionTokeniser
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.learn.form import SIZES, grounding_from, moved_grounding, observation_of
from hiervla.learn.training.blur import blurred, seen_worse, unprompted
from hiervla.learn.training.moments import Draw, Moments, Told
from hiervla.learn.training.settings import Blur, TrainSettings
from hiervla.perception.prompts import heatmaps

KEYS = (
    *(f"observation.{what}.{name}" for name in SIZES for what in ("images", "depth")),
    *(f"camera.{name}" for name in SIZES),
    "observation.state", "joints", "grounding", "target_now", "expert.chunk", "remaining", "progress", "phase",
)  # fmt: skip
LOOKS_BACK = 4
"""Most ticks between two looks of a policy: as many as chunks are executed for, one to four."""
PLAIN_SHARE = 0.3
"""How often a task is said as skills say it, verb and things, rather than as people do."""
_CHECKING = 0xC4EC


@dataclass(frozen=True, slots=True)
class Shown:
    """What turns a stored moment into what the model takes."""

    words: Words
    actions: Normaliser
    tokeniser: ActionTokeniser | None
    blur: Blur

    def sample(self, row: dict[str, Any], told: Told, past: Past, rng: np.random.Generator) -> dict[str, Any]:
        """One moment, as eyes and words might have had it."""
        seen, truth = observation_of(row), moved_grounding(row)
        said = blurred(grounding_from(row), self.blur, rng)
        text = _wording(told, rng)
        if rng.random() < self.blur.prompt_dropped:
            said = unprompted(said)
        elif rng.random() < self.blur.words_dropped:
            text = ""
        if rng.random() < self.blur.past_dropped:
            past = replace(past, moved=np.zeros(3), widened=0.0)
        inputs = inputs_of(seen_worse(seen, self.blur, rng), said, heatmaps, past=past)
        chunk = self.actions.normalise(row["expert.chunk"]).astype(np.float32)
        phase = str(row["phase"])
        offset = _offset(seen, truth, said)
        return {name: a[0] for name, a in inputs.batch().items()} | {
            "words": self.words.encode(text),
            "deed": DEEDS.index(told.skill) + 1,
            "chunk": chunk,
            "has_chunk": np.float32(1),
            "action_tokens": [] if self.tokeniser is None else self.tokeniser.encode(chunk),
            "progress": np.float32(row["progress"]),
            "end": np.float32(row["remaining"] == 0),
            "phase": PHASES.index(phase) if phase in PHASES else -1,
            "has_progress": np.float32(1),
            "cell": _cell(seen, in_hand(truth, seen)),
            "offset": np.zeros(3, np.float32) if offset is None else offset.astype(np.float32),
            "has_offset": np.float32(offset is not None),
        }


class Batches(Dataset[Batch]):
    """Batch k of a run; ``checking`` draws from the episodes that are kept apart, without blur."""

    def __init__(self, moments: Moments, draw: Draw, shown: Shown, settings: TrainSettings, tag: int = 0) -> None:
        self._moments, self._draw, self._shown, self._settings, self._tag = moments, draw, shown, settings, tag

    def __getitem__(self, k: int) -> Batch:
        s = self._settings
        rng = np.random.default_rng([s.seed, self._tag, k])
        rows, told = self._draw.draw(s.batch, s.alpha, rng)
        columns = self._moments.take(rows, KEYS)
        behind = self._moments.past(rows, rng.integers(1, LOOKS_BACK + 1, len(rows)))
        samples = [
            self._shown.sample({name: c[i] for name, c in columns.items()}, told[i], behind[i], rng)
            for i in range(len(rows))
        ]
        return collated(samples, s.model.action_words, s.model.action_longest)

    def ahead(self, first: int, stop: int, workers: int) -> Iterator[Batch]:
        """The batches first … stop − 1 in order, drawn ahead by other processes."""
        loader = DataLoader(
            self, batch_size=None, sampler=range(first, stop), num_workers=workers,
            prefetch_factor=4 if workers else None, multiprocessing_context="spawn" if workers else None,
        )  # fmt: skip
        return iter(loader)


def checking(moments: Moments, shown: Shown, settings: TrainSettings) -> Batches:
    """Batches of the episodes kept apart, seen as they were: the same ones at every check."""
    calm = Blur(target_share=0, prompt_dropped=0, words_dropped=0, past_dropped=0, colour=0, depth_m=0, depth_dropped=0)
    return Batches(
        moments, moments.checking, Shown(shown.words, shown.actions, shown.tokeniser, calm), settings, _CHECKING
    )


def collated(samples: list[dict[str, Any]], action_words: int, longest: int) -> Batch:
    """One batch; action tokens are ended by the word past the last, padded with −1, cut where they are too long."""
    said = [[*s["action_tokens"], action_words][:longest] for s in samples]
    width = max(map(len, said))
    tokens = torch.tensor([[*row, *[-1] * (width - len(row))] for row in said])
    batch = {
        name: torch.from_numpy(np.stack([np.asarray(s[name]) for s in samples]))
        for name in samples[0]
        if name != "action_tokens"
    }
    return batch | ({"action_tokens": tokens} if any(s["action_tokens"] for s in samples) else {})


def _wording(told: Told, rng: np.random.Generator) -> str:
    if rng.random() < PLAIN_SHARE:
        return " ".join(w for w in (told.skill, told.target, told.reference) if w)
    return str(rng.choice(np.array(told.wordings, dtype=object)))


def _cell(seen: Observation, target: Array) -> int:
    """Number of the scene's token whose patch the target's middle lies in; −1 out of view."""
    image = seen.images["front"]
    (uv,), (depth,) = image.project(target[None])
    h, w = image.depth.shape
    if not np.isfinite(uv).all() or depth <= 0 or not (0 <= uv[0] < w and 0 <= uv[1] < h):
        return -1
    rows, columns = SCENE_CELLS
    return int(uv[1] * rows / h) * columns + int(uv[0] * columns / w)


def _offset(seen: Observation, truth: Grounding, said: Grounding) -> Array | None:
    """Where the target really is from where it is said to be, or from the hand where nothing is said; scaled."""
    if truth.held or not np.isfinite(truth.target).all():
        return None
    start = said.target if np.isfinite(said.target).all() else seen.hand.position
    return np.asarray(np.clip((truth.target - start) / NEAR_M, -3, 3))
