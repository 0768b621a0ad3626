"""Training of ``vq`` and ``rvq``: an autoencoder first, books laid into its latents, then both used to each other."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from hiervla.cerebellum.policies.tokens.vq import LAYERS
from hiervla.core.geometry import Array

BATCH, HIDDEN, SIZE = 128, 256, 16
"""Chunks a step; units of a hidden layer; numbers of a codebook's entry."""
RATE = 4e-3
ROUNDS = 4
"""How often the books are laid anew while the network learns to use them."""
LAID = 8192
"""Chunks that the books are laid over at most, and that are held against them at once: distances take room."""
COMMIT = 0.25
"""Weight of the encoder's distance to the entries it was replaced by."""


def train(flat: Array, levels: int, slots: int, codes: int, steps: int, seed: int) -> dict[str, NDArray[np.float32]]:
    """Weights from chunks (N, 112). Three fifths of the steps without books, a quarter with them, the rest decode only."""
    data = torch.tensor(flat, dtype=torch.float32)
    chance = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder, decoder = _network(data.shape[1], slots * SIZE), _network(slots * SIZE, data.shape[1])
    both = [*encoder.parameters(), *decoder.parameters()]

    def batch() -> Tensor:
        return torch.randint(len(data), (BATCH,), generator=chance)

    def latents(chunks: Tensor) -> Tensor:
        """(slots, N, SIZE)"""
        with torch.no_grad():
            return _slots(encoder(chunks), slots).contiguous()

    def some() -> Tensor:
        """Latents of as many chunks as the books are laid over."""
        return latents(data[torch.randperm(len(data), generator=chance)[:LAID]])

    optimiser = _Optimiser(both, RATE, alone := max(1, 3 * steps // 5))
    for _ in range(alone):
        x = data[batch()]
        z = encoder(x)
        optimiser.step(F.mse_loss(decoder(z), x) + 1e-3 * z.square().mean())  # kept small, so that books lie close
    books = _lay(some(), None, levels, codes, chance)
    optimiser = _Optimiser(both, RATE / 2, ROUNDS * (each := max(1, steps // 4 // ROUNDS)))
    for _ in range(ROUNDS):
        for _ in range(each):
            x = data[batch()]
            z = encoder(x)
            with torch.no_grad():
                q = _flat(_replaced(_slots(z, slots), books))
            optimiser.step(F.mse_loss(decoder(z + (q - z).detach()), x) + COMMIT * F.mse_loss(z, q))
        books = _lay(some(), books, levels, codes, chance)
    said = torch.cat([_flat(_replaced(latents(part), books)) for part in torch.split(data, LAID)])
    optimiser = _Optimiser([*decoder.parameters()], RATE / 2, rest := max(1, steps - alone - ROUNDS * each))
    for _ in range(rest):
        i = batch()
        optimiser.step(F.mse_loss(decoder(said[i]), data[i]))
    weights = {"books": books}
    for part, network in (("encoder", encoder), ("decoder", decoder)):
        linear = [m for m in network if isinstance(m, nn.Linear)]
        for k, layer in enumerate(linear):
            weights |= {f"{part}.{k}.weight": layer.weight, f"{part}.{k}.bias": layer.bias}
    return {name: w.detach().numpy().copy() for name, w in weights.items()}


class _Optimiser:
    def __init__(self, parameters: list[nn.Parameter], rate: float, steps: int) -> None:
        self._adam = torch.optim.AdamW(parameters, lr=rate, weight_decay=1e-4)
        rise = max(1, steps // 10)

        def part(i: int) -> float:
            return min(1.0, (i + 1) / rise) * 0.5 * (1 + math.cos(math.pi * i / steps))

        self._rate = torch.optim.lr_scheduler.LambdaLR(self._adam, part)

    def step(self, loss: Tensor) -> None:
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
        self._rate.step()


def _network(before: int, after: int) -> nn.Sequential:
    sizes = [before, *[HIDDEN] * (LAYERS - 1), after]
    layers = [m for i in range(LAYERS) for m in (nn.Linear(sizes[i], sizes[i + 1]), nn.SiLU())]
    return nn.Sequential(*layers[:-1])


def _slots(z: Tensor, slots: int) -> Tensor:
    """(B, slots · SIZE) → (slots, B, SIZE)."""
    return z.view(len(z), slots, SIZE).transpose(0, 1)


def _flat(z: Tensor) -> Tensor:
    """Back from ``_slots``."""
    return z.transpose(0, 1).flatten(1)


def _entries(book: Tensor, which: Tensor) -> Tensor:
    """Entries (slots, B, SIZE) of a book (slots, codes, SIZE) by their number (slots, B)."""
    return torch.gather(book, 1, which[..., None].expand(-1, -1, SIZE))


def _replaced(z: Tensor, books: Tensor) -> Tensor:
    """Latents (slots, B, SIZE) as the books (levels, slots, codes, SIZE) can say them."""
    left = z
    for book in books:
        left = left - _entries(book, torch.cdist(left, book).argmin(-1))
    return z - left


def _lay(z: Tensor, books: Tensor | None, levels: int, codes: int, chance: torch.Generator) -> Tensor:
    """Books by Lloyd's iterations, each level over what the last left; an entry nobody is near begins anew at a datum."""
    left, laid = z, []
    for level in range(levels):
        start = torch.randperm(z.shape[1], generator=chance)[:codes]
        book = left[:, start].clone() if books is None else books[level].clone()
        for _ in range(8 if books is None else 2):
            near = torch.cdist(left, book).argmin(-1)
            for s in range(len(book)):
                count = torch.bincount(near[s], minlength=codes)[:, None]
                total = torch.zeros_like(book[s]).index_add_(0, near[s], left[s])
                anew = left[s][torch.randint(z.shape[1], (codes,), generator=chance)]
                book[s] = torch.where(count > 0, total / count.clamp(min=1), anew)
        left = left - _entries(book, torch.cdist(left, book).argmin(-1))
        laid.append(book)
    return torch.stack(laid)
