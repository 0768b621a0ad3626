"""Steps of learning: some scenes, each with its picture once and several of its sentences behind it, none of which sees another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hiervla.learn.brain.network import places
from hiervla.learn.brain.settings import BrainSettings
from hiervla.learn.brain.tokens import IMAGE

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Coded:
    """One scene in tokens: what all its prompts begin with, and the rest of each with its reply."""

    seed: int
    head: tuple[int, ...]
    rest: tuple[tuple[tuple[int, ...], tuple[int, ...], int], ...]
    """Of each line: the rest of its prompt, its reply, and how many tokens of that read the scene out."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step. B scenes of L tokens."""

    ids: Tensor  # (B, L)
    places: Tensor  # (B, L): where each token stands in its own sentence
    seen: Tensor  # (B, 1, L, L) bool: which token sees which
    wanted: Tensor  # (B, L): the token that should follow, or IGNORED
    read: Tensor  # (B, L) bool: of those, the ones that read the scene out
    line: Tensor  # (B, L): which line a token is of, from 1; 0: of all
    pictures: Tensor  # (B, 3, H, W)

    def on(self, device: torch.device) -> Batch:
        return Batch(**{n: getattr(self, n).to(device) for n in self.__slots__})


def coded(row: dict[str, Any], processor: Any, system: str, s: BrainSettings) -> Coded:
    """The tokens of a row of ``lessons``, as the ``local`` path makes them of the same prompts."""
    words = processor.tokenizer
    asked = [
        words(_rendered(processor, system, one["prompt"]).replace(IMAGE, IMAGE * places(s)))["input_ids"]
        for one in row["lines"]
    ]
    replies = [words(one["reply"])["input_ids"] for one in row["lines"]]
    shared = _shared(asked)
    rest = [
        (tuple(a[shared:]), tuple(r), len(words(one["reply"].partition('", "move"')[0])["input_ids"]))
        for a, r, one in zip(asked, replies, row["lines"], strict=True)
    ]
    return Coded(row["seed"], tuple(asked[0][:shared]), tuple(rest))


def _rendered(processor: Any, system: str, text: str) -> str:
    said = [
        {"role": "system", "content": [{"type": "text", "text": system}]},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]},
    ]
    return str(processor.apply_chat_template(said, tokenize=False, add_generation_prompt=True))


def _shared(rows: Sequence[Sequence[int]]) -> int:
    """How many tokens all rows begin with; at least one is left of each."""
    n = 0
    while all(len(r) > n + 1 for r in rows) and len({r[n] for r in rows}) == 1:
        n += 1
    return n


class Pictures:
    """Look pictures as the processor makes them. ``blank``: grey instead, to see what a picture is worth."""

    def __init__(self, folder: Path, processor: Any, blank: bool = False) -> None:
        self._folder, self._look, self._blank = folder, processor.image_processor, blank

    def of(self, seeds: Sequence[int]) -> Tensor:
        """(B, 3, H, W)."""
        from PIL import Image

        whole = []
        for seed in seeds:
            with Image.open(self._folder / f"{seed}.png") as picture:
                shown = picture.convert("RGB")
            whole.append(Image.new("RGB", shown.size, (128, 128, 128)) if self._blank else shown)
        return self._look(images=whole, return_tensors="pt")["pixel_values"]  # type: ignore[no-any-return]


def batch(some: Sequence[tuple[Coded, Sequence[int]]], pictures: Pictures) -> Batch:
    """Scenes with the lines of each that are taken."""
    rows = [_row(scene, [scene.rest[k] for k in taken]) for scene, taken in some]
    longest = max(len(r[0]) for r in rows)
    out = {
        n: np.full((len(rows), longest), fill)
        for n, fill in (("ids", 0), ("places", 0), ("line", -1), ("wanted", IGNORED), ("read", 0))
    }
    for k, row in enumerate(rows):
        for name, values in zip(out, row, strict=True):
            out[name][k, : len(values)] = values
    t = {n: torch.from_numpy(v.astype(np.int64)) for n, v in out.items()}
    line = t["line"]
    before = torch.ones(longest, longest, dtype=torch.bool).tril()
    own = (line[:, None, :] == 0) | (line[:, None, :] == line[:, :, None])
    return Batch(
        t["ids"], t["places"], (before & own)[:, None], t["wanted"], t["read"].bool(), line, pictures.of([scene.seed for scene, _ in some])
    )  # fmt: skip


def _row(scene: Coded, lines: Sequence[tuple[tuple[int, ...], tuple[int, ...], int]]) -> tuple[list[int], ...]:
    """ids, places, line, wanted and read of one scene. Padding, line -1, sees padding alone."""
    head = len(scene.head)
    ids, at, line = list(scene.head), list(range(head)), [0] * head
    wanted, read = [IGNORED] * head, [0] * head
    for k, (rest, reply, reading) in enumerate(lines, 1):
        ids += [*rest, *reply]
        at += range(head, head + len(rest) + len(reply))
        line += [k] * (len(rest) + len(reply))
        wanted += [*[IGNORED] * (len(rest) - 1), *reply, IGNORED]
        read += [*[0] * (len(rest) - 1), *[1] * reading, *[0] * (len(reply) - reading), 0]
    return ids, at, line, wanted, read


def drawn(scenes: Sequence[Coded], s: BrainSettings, step: int) -> list[tuple[Coded, list[int]]]:
    """The scenes and lines of a step, told from its number alone: a run that was broken off goes on as if it had not been."""
    rng = np.random.default_rng([s.seed, step, 0xBA7C])
    chosen = rng.choice(len(scenes), s.batch, replace=len(scenes) < s.batch)
    return [(c, rng.permutation(len(c.rest))[: s.together].tolist()) for c in (scenes[int(k)] for k in chosen)]
