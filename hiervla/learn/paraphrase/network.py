"""A small encoder and decoder (Vaswani et al. 2017) over words and slots."""

from __future__ import annotations

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

PAD, BEGIN, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ("<pad>", "<begin>", "<end>", "<unknown>")


class NetworkConfig(BaseModel):
    """Sizes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: int
    said: int = 0
    """The first so many words can be said, the others only read; 0: all can."""
    width: int = 160
    heads: int = 4
    layers: int = 3
    inner: int = 512
    longest: int = 64
    dropout: float = 0.2


class Network(nn.Module):
    """From tokens said to tokens of the plain sentence. All sequences are (batch, length) of word numbers, 0 behind their end."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        c = config
        self.words = nn.Embedding(c.words, c.width, padding_idx=PAD)
        self.places = nn.Embedding(c.longest, c.width)
        layer = {"d_model": c.width, "nhead": c.heads, "dim_feedforward": c.inner, "dropout": c.dropout}
        self.encoder = nn.ModuleList(
            nn.TransformerEncoderLayer(**layer, batch_first=True, norm_first=True, activation="gelu")
            for _ in range(c.layers)
        )
        self.decoder = nn.ModuleList(
            nn.TransformerDecoderLayer(**layer, batch_first=True, norm_first=True, activation="gelu")
            for _ in range(c.layers)
        )
        for one in (*self.encoder, *self.decoder):  # the rest of them is where a CPU spends its time, for little
            one.dropout.p = one.self_attn.dropout = 0.0
        self.ends = nn.ModuleList((nn.LayerNorm(c.width), nn.LayerNorm(c.width)))
        self.drop = nn.Dropout(c.dropout)
        nn.init.normal_(self.words.weight, std=c.width**-0.5)
        nn.init.normal_(self.places.weight, std=c.width**-0.5)

    def read(self, source: Tensor) -> Tensor:
        """What the encoder makes of the source: (batch, length, width)."""
        x, hidden = self._embedded(source), source == PAD
        for layer in self.encoder:
            x = layer(x, src_key_padding_mask=hidden)
        return self.ends[0](x)

    def say(self, source: Tensor, memory: Tensor, begun: Tensor) -> Tensor:
        """Logits of the word after each of those begun with: (batch, length, words)."""
        x, hidden = self._embedded(begun), source == PAD
        ahead = torch.ones(begun.shape[1], begun.shape[1], dtype=torch.bool, device=begun.device).triu(1)
        for layer in self.decoder:
            x = layer(x, memory, tgt_mask=ahead, memory_key_padding_mask=hidden)
        return self.ends[1](x) @ self.words.weight[: self.config.said or None].T

    def forward(self, source: Tensor, begun: Tensor) -> Tensor:
        return self.say(source, self.read(source), begun)

    def _embedded(self, tokens: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        return self.drop(self.words(tokens) * self.config.width**0.5 + self.places(places))
