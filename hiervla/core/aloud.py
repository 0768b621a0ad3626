"""Thinking that can be followed while it goes on, and stopped in its midst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _nobody(text: str, begins: bool) -> None:
    """Takes words that nobody follows."""


def _to_nobody(note: str) -> None:
    """Takes a note that nobody waits for."""


@dataclass(frozen=True, slots=True)
class Aloud:
    """Who follows a thought while it is being thought."""

    stopped: Callable[[], bool] = lambda: False
    """Asked at least every 0.1 s; once it is true, nobody waits for the thought any more."""
    says: Callable[[str, bool], None] = _nobody
    """Takes words as they come; ``begins`` is true for the first of a reply, also of one that is asked for again."""
    notes: Callable[[str], None] = _to_nobody
    """Takes what is met on the way while it is still waited for, such as a server that is away; it stands among the thought's notes too."""
