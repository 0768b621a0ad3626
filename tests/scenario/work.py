"""A small piece of work that processes of their own can import."""

from __future__ import annotations

import os
from typing import Any


def square(name: str, seed: int, factor: int = 1) -> dict[str, Any]:
    """A row that follows from its item alone."""
    return {"scenario": name, "seed": seed, "value": factor * seed * seed}


def where(name: str, seed: int) -> dict[str, Any]:
    """A row that tells which process it was made in."""
    return {"scenario": name, "seed": seed, "pid": os.getpid()}
