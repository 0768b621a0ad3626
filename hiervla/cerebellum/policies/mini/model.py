"""The small VLA in torch: a backbone over images, words, state and grounding, and an action expert that attends to it.

After π0 and knowledge insulation (Black et al. 2024, Driess et al. 2025), at a thousandth of the size: the backbone learns
from discrete action tokens and progress, the expert from flow matching, and no gradient runs from the expert back.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.inputs import CHANNELS, DEEDS, GOAL, GROUNDING, PHASES, STATE

ACTION = 7
SCENE_CELLS, WRIST_CELLS = (6, 8), (5, 6)
"""Rows and columns of tokens: of a scene image 96 × 128 and a wrist image 72 × 96."""
_TARGET, _SCENE = 2, 4
"""Where the target's token and the scene's first one stand: before them come reader and state, and the goal's."""
FACTS = len(STATE) + len(GROUNDING) + len(GOAL) + 3 + len(DEEDS) + 1
"""Numbers that the expert is given as they are: state, target, goal, where the target was found to be, the deed."""
Batch = dict[str, Tensor]


class Read(NamedTuple):
    """What the expert goes by."""

    memory: Tensor
    """(B, N, D): everything that was seen and said, as the backbone understood it."""
    facts: Tensor
    """(B, FACTS)"""

    def apart(self) -> Read:
        """The same, through which no gradient runs back."""
        return Read(self.memory.detach(), self.facts.detach())


class Past:
    """Keys and values of what a block has read already, so that it need not be read again."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def and_now(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """All keys and values (B, N, D) up to now, these being the newest."""
        self.keys = k if self.keys is None else torch.cat([self.keys, k], dim=1)
        self.values = v if self.values is None else torch.cat([self.values, v], dim=1)
        return self.keys, self.values


class Block(nn.Module):
    """Self-attention, cross-attention where there is a memory, and a feed-forward layer; norms come first."""

    def __init__(self, width: int, heads: int, spread: int, crossing: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.crossing = crossing
        if crossing:
            self.before_cross = nn.LayerNorm(width)
            self.query, self.memory = nn.Linear(width, width), nn.Linear(width, 2 * width)
            self.cross_out = nn.Linear(width, width)
        self.before_ff = nn.LayerNorm(width)
        self.inner, self.outer = nn.Linear(width, spread * width), nn.Linear(spread * width, width)

    def forward(
        self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None, past: Past | None = None
    ) -> Tensor:
        """x (B, N, D); memory (B, M, D); mask (N, N) or (B, 1, N, N), True where one may attend; ``past`` grows by x."""
        q, k, v = self.qkv(self.before(x)).chunk(3, dim=-1)
        if past is not None:
            k, v = past.and_now(k, v)
        x = x + self.out(self._attend(q, k, v, mask))
        if self.crossing and memory is not None:
            k, v = self.memory(memory).chunk(2, dim=-1)
            x = x + self.cross_out(self._attend(self.query(self.before_cross(x)), k, v, None))
        return x + self.outer(F.gelu(self.inner(self.before_ff(x)), approximate="tanh"))

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        b, n, d = q.shape
        q, k, v = (t.reshape(b, -1, self.heads, d // self.heads).transpose(1, 2) for t in (q, k, v))
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(b, n, d)


class Seeing(nn.Module):
    """An image (B, 8, H, W) to tokens (B, H/16 · W/16, D), each knowing where it lies."""

    def __init__(self, width: int, rows: int, columns: int) -> None:
        super().__init__()
        steps = [  # patches first: on a CPU the finest grid is the dearest, and a patch loses nothing that is linear
            (CHANNELS, width // 2, 4, 4, 0),
            (width // 2, 3 * width // 4, 3, 2, 1),
            (3 * width // 4, width, 3, 2, 1),
        ]
        self.convolutions = nn.Sequential(
            *[
                m
                for a, b, size, stride, pad in steps
                for m in (nn.Conv2d(a, b, size, stride, pad), nn.GroupNorm(4, b), nn.GELU(approximate="tanh"))
            ]
        )
        self.place = nn.Parameter(0.02 * torch.randn(1, rows * columns, width))

    def forward(self, image: Tensor) -> Tensor:
        return self.convolutions(image).flatten(2).transpose(1, 2) + self.place


class Backbone(nn.Module):
    """Everything that is seen and said, as tokens that know of each other."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        self.form = c
        d = c.width
        self.scene, self.wrist = Seeing(d, *SCENE_CELLS), Seeing(d, *WRIST_CELLS)
        self.words = nn.Embedding(c.words, d, padding_idx=0)
        self.order = nn.Parameter(0.02 * torch.randn(1, c.longest, d))
        self.state, self.target, self.goal = (nn.Linear(len(n), d) for n in (STATE, GROUNDING, GOAL))
        self.kind = nn.Parameter(0.02 * torch.randn(1, 3, d))
        self.deed = nn.Embedding(len(DEEDS) + 1, d)
        self.reader = nn.Parameter(0.02 * torch.randn(1, 1, d))
        """The token that progress, the end and the phase are read from."""
        self.blocks = nn.ModuleList(Block(d, c.heads, c.spread) for _ in range(c.layers))
        self.last = nn.LayerNorm(d)
        self.telling = nn.Linear(d, 2 + len(PHASES))
        self.pointing, self.finding = nn.Linear(d, 1), nn.Linear(d, 3)
        if c.co_train:
            self.action_words = nn.Embedding(c.action_words + 1, d)  # the last one begins a chunk
            self.action_order = nn.Parameter(0.02 * torch.randn(1, c.action_longest, d))
            self.saying = nn.Linear(d, c.action_words + 1, bias=False)  # the last one ends it

    def tokens(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """All that is given as tokens (B, N, D), and which of them are there (B, N)."""
        b = batch["state"].shape[0]
        facts = torch.stack([self.state(batch["state"]), self.target(batch["target"]), self.goal(batch["goal"])], dim=1)
        facts = facts + self.kind + self.deed(batch["deed"])[:, None]
        said = self.words(batch["words"]) + self.order
        parts = [self.reader.expand(b, -1, -1), facts, self.scene(batch["scene"]), self.wrist(batch["wrist"]), said]
        seen = torch.ones(b, sum(p.shape[1] for p in parts[:-1]), dtype=torch.bool, device=facts.device)
        return torch.cat(parts, dim=1), torch.cat([seen, batch["words"] != 0], dim=1)

    def found(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """What is asked of it so that it looks: in which cell of the scene the target lies, logits (B, 48), and how far
        the target really is from where it is said to be (B, 3), in the units of the target's own token."""
        scene = memory[:, _SCENE : _SCENE + SCENE_CELLS[0] * SCENE_CELLS[1]]
        return self.pointing(scene)[..., 0], self.finding(memory[:, _TARGET])

    def read(self, batch: Batch, memory: Tensor) -> Read:
        """What the expert is given of a batch and the memory of it.

        The few numbers come to it as they are, as π0's state does: out of a memory that it cannot shape it learns them far too slowly.
        """
        _, offset = self.found(memory)
        deed = F.one_hot(batch["deed"], len(DEEDS) + 1).to(memory.dtype)
        return Read(memory, torch.cat([batch["state"], batch["target"], batch["goal"], offset, deed], dim=1))

    def forward(self, batch: Batch, action_tokens: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor | None]:
        """Memory (B, N, D); logits (B, 2 + 13) of progress, end and phases; logits (B, M, V) of the action tokens (B, M) if any.

        What is given never attends to action tokens: the memory is the same with and without them.
        """
        x, there = self.tokens(batch)
        n = x.shape[1]
        mask = there[:, None, None, :]
        if action_tokens is not None:
            begin = torch.full_like(action_tokens[:, :1], self.form.action_words)
            shifted = torch.cat([begin, action_tokens[:, :-1].clamp(max=self.form.action_words)], dim=1)
            m = shifted.shape[1]
            x = torch.cat([x, self.action_words(shifted) + self.action_order[:, :m]], dim=1)
            mask = torch.zeros(x.shape[0], 1, n + m, n + m, dtype=torch.bool, device=x.device)
            mask[:, :, :, :n] = there[:, None, None, :]
            mask[:, :, n:, n:] = torch.ones(m, m, dtype=torch.bool, device=x.device).tril()
        for block in self.blocks:
            x = block(x, mask=mask)
        x = self.last(x)
        said = self.saying(x[:, n:]) if action_tokens is not None else None
        return x[:, :n], self.telling(x[:, 0]), said


class Expert(nn.Module):
    """A chunk of actions from the backbone's memory: denoised step by step, or read off at once."""

    def __init__(self, c: ModelConfig) -> None:
        super().__init__()
        d = c.width
        self.order = nn.Parameter(0.02 * torch.randn(1, c.horizon, d))
        self.action, self.out = nn.Linear(ACTION, d), nn.Linear(d, ACTION)
        self.time = nn.Sequential(nn.Linear(32, d), nn.GELU(approximate="tanh"), nn.Linear(d, d))
        self.facts = nn.Sequential(nn.Linear(FACTS, 2 * d), nn.GELU(approximate="tanh"), nn.Linear(2 * d, d))
        self.blocks = nn.ModuleList(Block(d, c.heads, c.spread, crossing=True) for _ in range(c.expert_layers))
        self.last = nn.LayerNorm(d)

    def forward(self, read: Read, noisy: Tensor | None = None, time: Tensor | None = None) -> Tensor:
        """The clean chunk (B, H, 7) believed to lie behind a noisy one at a time (B,) in 0..1, 1 being clean."""
        x = self.order + self.facts(read.facts)[:, None]
        if noisy is not None and time is not None:
            x = x + self.action(noisy) + self.time(_waves(time))[:, None]
        for block in self.blocks:
            x = block(x, read.memory)
        out: Tensor = self.out(self.last(x))
        return out


def _waves(time: Tensor) -> Tensor:
    """Sines and cosines (B, 32) of a time in 0..1."""
    rates = torch.exp(torch.linspace(0, 5, 16, device=time.device, dtype=time.dtype))
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class MiniVLA(nn.Module):
    """Backbone and expert."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.form = config  # not "config": peft takes that for a transformers one
        self.backbone = Backbone(config)
        self.expert = Expert(config) if config.head != "tokens" else None

    def size(self) -> int:
        """Parameters."""
        return sum(p.numel() for p in self.parameters())
