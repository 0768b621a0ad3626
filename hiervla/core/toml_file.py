"""TOML files, each parsed once for as long as it does not change: the words of a language are long, and several rooms read them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file, shared by all who ask: not to be changed.

    Raises:
        OSError, UnicodeDecodeError, tomllib.TOMLDecodeError: as reading and parsing do.
    """
    now = path.stat()
    return _parsed(path, now.st_mtime_ns, now.st_size)


@lru_cache(maxsize=256)
def _parsed(path: Path, changed_ns: int, size: int) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
