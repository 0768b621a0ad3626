"""Action tokens said one after the other: what is seen is read once, each word then costs one token's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from hiervla.cerebellum.policies.mini.model import Backbone, Batch, MiniVLA, Past

if TYPE_CHECKING:
    from hiervla.cerebellum.policies.tokens.port import ActionTokeniser


class Speaker:
    """A backbone that has read a batch and goes on word by word."""

    def __init__(self, backbone: Backbone, batch: Batch) -> None:
        self._backbone, self._pasts = backbone, [Past() for _ in backbone.blocks]
        x, self._there = backbone.tokens(batch)
        for block, past in zip(backbone.blocks, self._pasts, strict=True):
            x = block(x, mask=self._there[:, None, None, :], past=past)
        self.telling = backbone.telling(backbone.last(x[:, 0]))
        """Logits (B, 2 + 13) of progress, end and phases."""
        self._said = 0

    def next(self, words: Tensor) -> Tensor:
        """Logits (B, V + 1) of what follows the words (B,); begin with the number of words there are."""
        x = (self._backbone.action_words(words) + self._backbone.action_order[0, self._said])[:, None]
        self._there = torch.cat([self._there, torch.ones_like(self._there[:, :1])], dim=1)
        for block, past in zip(self._backbone.blocks, self._pasts, strict=True):
            x = block(x, mask=self._there[:, None, None, :], past=past)
        self._said += 1
        logits: Tensor = self._backbone.saying(self._backbone.last(x[:, 0]))
        return logits


@torch.no_grad()
def say_actions(
    model: MiniVLA, batch: Batch, tokeniser: ActionTokeniser | None = None
) -> tuple[list[list[int]], Tensor]:
    """The likeliest action tokens of each of a batch, and the logits (B, 2 + 13) of progress, end and phases.

    With a tokeniser only words that may follow are said, and the end only where a chunk is complete.
    """
    speaker, c = Speaker(model.backbone, batch), model.form
    end, b = c.action_words, batch["state"].shape[0]
    word = torch.full((b,), end, device=batch["state"].device)
    rows: list[list[int]] = [[] for _ in range(b)]
    over = [False] * b
    for _ in range(c.action_longest):
        logits = speaker.next(word)
        if tokeniser is not None:
            for row, scores in zip(rows, logits, strict=True):
                _only(scores, np.asarray(tokeniser.allowed(row), dtype=bool))
        word = logits.argmax(-1)
        for i, w in enumerate(word.tolist()):
            over[i] = over[i] or w == end
            if not over[i]:
                rows[i].append(w)
        if all(over):
            break
    return rows, speaker.telling


def _only(scores: Tensor, may: np.ndarray) -> None:
    """Forbid, in place, all words (V + 1,) but those that may follow; the last one, the end, where any may."""
    scores[:-1].masked_fill_(~torch.from_numpy(may).to(scores.device), -torch.inf)
    if may.any():
        scores[-1] = -torch.inf
