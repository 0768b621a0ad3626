"""Action tokenisers by name. Each one's module is imported when it is asked for; torch only where one is fitted."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from hiervla.cerebellum.policies.tokens.port import (
    HORIZON,
    WIDTH,
    ActionTokeniser,
    MalformedTokens,
    Reach,
    read_description,
)
from hiervla.core.errors import SetupError, unknown

__all__ = [
    "HORIZON",
    "TOKENISERS",
    "WIDTH",
    "ActionTokeniser",
    "MalformedTokens",
    "Reach",
    "load_tokeniser",
    "make_tokeniser",
]

_HERE = "hiervla.cerebellum.policies.tokens"
TOKENISERS = {
    "bins": f"{_HERE}.bins:BinsTokeniser",
    "vq": f"{_HERE}.vq:VqTokeniser",
    "rvq": f"{_HERE}.vq:RvqTokeniser",
    "fast": f"{_HERE}.fast:FastTokeniser",
    "coarse_fine": f"{_HERE}.coarse_fine:CoarseFineTokeniser",
}
"""Name → module:Class."""


def make_tokeniser(name: str, **settings: Any) -> ActionTokeniser:
    """An unfitted tokeniser by name, or by a dotted path ``package.module:Class``; ``settings`` are its own (``reach``, …).

    Raises:
        SetupError: there is none of that name, or it knows no such setting.
    """
    kind = _class(name)
    try:
        made: ActionTokeniser = kind(**settings)
    except TypeError as e:
        raise SetupError(f"action tokeniser {name} takes no such settings: {e}") from e
    return made


def load_tokeniser(folder: Path) -> ActionTokeniser:
    """A fitted tokeniser from the folder it was saved to, whichever it is.

    Raises:
        SetupError: there is none, or what is there does not fit together.
    """
    name, _, _ = read_description(folder)
    loaded: ActionTokeniser = _class(name).load(folder)
    return loaded


def _class(name: str) -> Any:
    path = name if ":" in name else TOKENISERS.get(name)
    if path is None:
        raise unknown("action tokeniser", name, TOKENISERS, "or a dotted path package.module:Class")
    module, _, attribute = path.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as e:
        raise SetupError(
            f"action tokeniser {name}: {e}; write package.module:Class of one that can be imported here"
        ) from e
