"""Thinking that can be followed while it goes on, and stopped in its midst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nobody(text: str, begins: bool) -> None:
    """Takes words that nobody follows."""


@dataclass(frozen=True, slots=True)
class Aloud:
    """Who follows a thought while it is being thought."""

    stopped: Callable[[], bool] = lambda: False
    """Asked at least every 0.1 s; once it is true, nobody waits for the thought any more."""
    says: Callable[[str, bool], None] = _nobody
    """Takes words as they come; ``begins`` is true for the first of a reply, also of one that is asked for again."""
