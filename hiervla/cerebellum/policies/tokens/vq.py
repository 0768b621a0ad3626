"""``vq`` and ``rvq``: a chunk as a few entries of learned codebooks. Encoding and decoding need numpy alone.

A small network squeezes the whole chunk into a few slots; each slot is replaced by the nearest entry of its codebook.
``rvq`` goes on: what is left over is replaced from a second book, and so forth; its words come roughest level first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hiervla.cerebellum.policies.tokens.port import (
    HORIZON,
    WIDTH,
    Reach,
    Slots,
    Slotted,
    library,
    read_chunk,
    read_chunks,
    read_description,
    write_description,
)
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array

WEIGHTS = "tokeniser.safetensors"
LAYERS = 3
"""Linear layers of the encoder, and of the decoder; SiLU between them."""

Weights = Mapping[str, NDArray[np.float32]]
"""``encoder.i.weight`` (out, in), ``encoder.i.bias`` (out,), ``decoder.…`` likewise, ``books`` (levels, slots, codes, size)."""


class VqTokeniser(Slotted):
    """One level: four words a chunk."""

    name: ClassVar[str] = "vq"
    levels: ClassVar[int] = 1

    def __init__(
        self, reach: Reach | None = None, codes: int = 512, slots: int = 4, steps: int = 4000, seed: int = 0
    ) -> None:
        self.codes, self.slots, self.steps, self.seed = codes, slots, steps, seed
        n = self.levels * slots
        super().__init__(reach, Slots(np.arange(n) * codes, np.full(n, codes), n * codes))
        self._weights: Weights | None = None

    def fit(self, chunks: Array) -> Self:
        """Train network and codebooks with torch, from ``seed``: half a minute for ``steps`` at their default."""
        library("torch", self.name)
        from hiervla.cerebellum.policies.tokens.vq_training import train

        c = read_chunks(chunks, self.name, self.codes)
        self.reach = self._given or Reach.of(c)
        flat = self.reach.clip(c).reshape(len(c), -1)
        self._weights = train(flat, self.levels, self.slots, self.codes, self.steps, self.seed)
        return self

    def encode(self, chunk: Array) -> list[int]:
        w = self._fitted
        flat = self.reach.clip(read_chunk(chunk)).ravel().astype(np.float32)
        left = _network(w, "encoder", flat).reshape(self.slots, 1, -1)
        codes = []
        for book in w["books"]:  # (slots, codes, size)
            nearest = ((left - book) ** 2).sum(-1).argmin(-1)
            left = left - book[np.arange(self.slots), nearest][:, None]
            codes.append(nearest)
        return self._slots.tokens(np.concatenate(codes))

    def decode(self, tokens: Sequence[int]) -> Array:
        w = self._fitted
        codes = self._slots.codes(tokens).reshape(self.levels, self.slots)
        entries = w["books"][np.arange(self.levels)[:, None], np.arange(self.slots), codes]  # (levels, slots, size)
        flat = _network(w, "decoder", entries.sum(0).ravel())
        return self.reach.clip(flat.reshape(HORIZON, WIDTH).astype(np.float64))

    def save(self, folder: Path) -> None:
        library("safetensors", self.name)
        from safetensors.numpy import save_file

        write_description(folder, self.name, self.reach, codes=self.codes, slots=self.slots, levels=self.levels)
        save_file(dict(self._fitted), folder / WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        library("safetensors", cls.name)
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        _, reach, (codes, slots, levels) = read_description(folder, "codes", "slots", "levels")
        made = cls(reach, codes=int(codes), slots=int(slots))
        try:
            weights = load_file(folder / WEIGHTS)
            made._check(weights, int(levels))
        except (OSError, SafetensorError, KeyError, ValueError) as e:
            raise SetupError(f"{folder / WEIGHTS} holds no weights for this tokeniser: {e}; save it anew") from e
        made._weights = weights
        return made

    def _check(self, weights: Weights, levels: int) -> None:
        books = weights["books"]
        if books.ndim != 4 or books.shape[:3] != (self.levels, self.slots, self.codes) or levels != self.levels:
            raise ValueError(f"its books are {books.shape}, not {(self.levels, self.slots, self.codes)} …")
        inner = self.slots * books.shape[3]
        for part, before, after in (("encoder", HORIZON * WIDTH, inner), ("decoder", inner, HORIZON * WIDTH)):
            for i in range(LAYERS):
                w, b = weights[f"{part}.{i}.weight"], weights[f"{part}.{i}.bias"]
                if w.ndim != 2 or w.shape != (len(b), before) or (i == LAYERS - 1 and len(b) != after):
                    raise ValueError(f"{part}.{i} is {w.shape} and {b.shape}, which does not fit")
                before = len(b)
        if not all(np.isfinite(w).all() for w in weights.values()):
            raise ValueError("some are not finite")

    @property
    def _fitted(self) -> Weights:
        if self._weights is None:
            raise RuntimeError("fit or load this tokeniser first")
        return self._weights


class RvqTokeniser(VqTokeniser):
    """Four levels of smaller books: sixteen words a chunk."""

    name = "rvq"
    levels = 4

    def __init__(self, reach: Reach | None = None, codes: int = 256, **more: Any) -> None:
        super().__init__(reach, codes, **more)


def _network(weights: Weights, part: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
    for i in range(LAYERS):
        x = weights[f"{part}.{i}.weight"] @ x + weights[f"{part}.{i}.bias"]
        if i < LAYERS - 1:
            x = x / (1 + np.exp(-np.maximum(x, -80)))  # SiLU; below −80 it is nothing, and exp would overflow
    return x
