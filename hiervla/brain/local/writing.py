"""One reply as it is written, token by token: held to its form, to its time, and drawn from a seed of its own."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch
from transformers import LogitsProcessor, StoppingCriteria

from hiervla.core.errors import BrainLost, SetupError


class Form:
    """The replies that may be written (a Lark grammar), for one tokenizer, by llguidance: each call masks one token.

    Raises:
        SetupError: the grammar cannot be used with this tokenizer; says why.
    """

    def __init__(self, tokenizer: Any, grammar: str) -> None:
        import llguidance.numpy as masks
        from llguidance import LLMatcher

        self._masks, self._size = masks, tokenizer.vocab_size
        self._matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar))
        if self._matcher.is_error():
            raise SetupError(f"no form can be held with this tokenizer: {self._matcher.get_error()}")
        self._bits = masks.allocate_token_bitmask(1, self._size)
        self._open = np.ones(self._size, dtype=bool)

    def allowed(self) -> np.ndarray:
        """(vocabulary,) bool: which token may be next."""
        self._masks.fill_next_token_bitmask(self._matcher, self._bits)
        self._open = np.unpackbits(self._bits.view(np.uint8), bitorder="little")[: self._size].astype(bool)
        return self._open

    def take(self, token: int) -> bool:
        """Go on by one token that was allowed; True when the reply is whole.

        Raises:
            SetupError: no token of this tokenizer can go on from here.
        """
        taken = self._matcher.consume_token(token)
        if not taken and self._open.any() and not self._open[token]:
            raise RuntimeError(f"token {token} was drawn against the mask: {self._matcher.get_error()}")
        if taken and self._matcher.is_accepting():
            return True
        if not taken or self._matcher.is_stopped():  # where nothing can follow, llguidance allows an end, or an unknown
            raise SetupError(
                "the model's tokenizer has no token for a character that a reply needs; take another model"
            )
        return False


class Writing:
    """A reply so far. ``ends``: tokens that end a reply without a form; ``clock`` and ``timeout_s`` in seconds.

    At a temperature above 0 the next token is drawn by the Gumbel-max trick (Gumbel, 1954): the largest of the logits
    plus noise is a sample of their softmax. So the draw has a seed of its own and leaves torch's random state alone.
    """

    def __init__(
        self, spell: Callable[[int], bytes], ends: frozenset[int], form: Form | None, temperature: float, seed: int, timeout_s: float,
        on_text: Callable[[str], None] | None = None, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._spell, self._ends, self._form = spell, ends, form
        self._temperature, self._draw = temperature, torch.Generator().manual_seed(seed)
        self._on_text, self._clock, self._until = on_text, clock, clock() + timeout_s
        self._letters = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.text, self.tokens = "", 0
        self.ended: Literal["length", "time", "whole"] = "length"
        """Why it is over; ``length`` until it is whole or out of time."""

    def weigh(self, scores: torch.Tensor) -> torch.Tensor:
        """Logits (1, V) with what may not stand here at minus infinity, and noise where the reply is drawn.

        Raises:
            BrainLost: the weights give no numbers.
        """
        if not bool(torch.isfinite(scores).any()):
            raise BrainLost("the weights give no numbers (NaN); try --set local.dtype=float32")
        if self._form is not None:
            allowed = torch.zeros(scores.shape[-1], dtype=torch.bool)
            mask = torch.from_numpy(self._form.allowed())[: scores.shape[-1]]
            allowed[: len(mask)] = mask
            scores = scores.masked_fill(~allowed.to(scores.device), -torch.inf)
        if self._temperature > 0:
            noise = torch.rand(scores.shape, generator=self._draw, dtype=torch.float64).clamp_min(1e-300)
            drawn = (
                scores.float().cpu().double() / self._temperature - (-noise.log()).log()
            )  # not every device has doubles
            scores = drawn.float().to(scores.device)
        return scores

    def take(self, token: int) -> bool:
        """One token more; True when nothing shall follow it."""
        self.tokens += 1
        if self._form is None and token in self._ends:
            self.ended = "whole"
            return True
        whole = self._form is not None and self._form.take(token)
        self._say(self._letters.decode(self._spell(token), final=whole))
        if whole:
            self.ended = "whole"
        elif self._clock() >= self._until:
            self.ended = "time"
        return self.ended != "length"

    def _say(self, more: str) -> None:
        self.text += more
        if more and self._on_text is not None:
            self._on_text(more)


class Weigh(LogitsProcessor):
    """``Writing.weigh`` where transformers asks for it."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        return self._writing.weigh(scores)


class Watch(StoppingCriteria):
    """``Writing.take`` where transformers asks whether to go on: it is asked once after each token."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        over = self._writing.take(int(input_ids[0, -1]))
        return torch.tensor([over], dtype=torch.bool, device=input_ids.device)
