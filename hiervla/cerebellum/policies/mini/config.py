"""The small VLA's own measures: one form, saved beside its weights."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Head = Literal["flow", "diffusion", "regression", "tokens"]


class ModelConfig(BaseModel):
    """What a model is made of. Everything that training and acting must agree on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(default=128, ge=16)
    """Features of a token."""
    layers: int = Field(default=3, ge=1)
    """Of the backbone, which reads images, words, state and grounding."""
    heads: int = Field(default=4, ge=1)
    expert_layers: int = Field(default=3, ge=1)
    """Of the action expert, which attends to the backbone."""
    spread: int = Field(default=3, ge=1)
    """Width of a block's inner layer, in widths."""
    horizon: int = Field(default=16, ge=1)
    """Actions of a chunk, at 10 Hz."""
    words: int = Field(default=512, ge=16)
    """Size of the vocabulary of words."""
    longest: int = Field(default=16, ge=1)
    """Most word tokens of an instruction; what is longer is cut."""
    head: Head = "flow"
    """How actions come about: flow matching, diffusion, plain regression, or action tokens one after the other."""
    tokeniser: str = "fast"
    """Of the action tokens that train the backbone (and, of the head ``tokens``, that act)."""
    action_words: int = Field(default=1024, ge=2)
    """Size of that tokeniser's vocabulary."""
    action_longest: int = Field(default=64, ge=1)
    """Most action tokens of a chunk."""
    insulated: bool = True
    """No gradient from the expert to the backbone (knowledge insulation, Driess et al. 2025)."""
    co_train: bool = True
    """Action tokens and progress train the backbone beside the expert."""
    steps: int = Field(default=2, ge=1)
    """Of the sampler, for flow and diffusion."""

    @model_validator(mode="after")
    def _agrees(self) -> ModelConfig:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} cannot be shared among {self.heads} heads")
        if self.head == "tokens" and not self.co_train:
            raise ValueError("the head 'tokens' is nothing but action tokens: co_train must be true")
        return self
