"""Where in a TOML text a key stands: tomllib tells lines for syntax alone, and a person wants one for every mistake."""

from __future__ import annotations

import re
from typing import Any


def line_of(text: str, where: tuple[Any, ...]) -> int:
    """The line (from 1) of a TOML text that a validation location points at, as near as its tables tell."""
    best, best_depth = 1, 0
    table: tuple[Any, ...] = ()
    counts: dict[str, int] = {}
    for n, line in enumerate(text.splitlines(), 1):
        if m := re.match(r"\s*\[\[\s*([\w.-]+)\s*\]\]", line):
            name = m[1]
            counts[name] = counts.get(name, -1) + 1
            for inner in [k for k in counts if k.startswith(name + ".")]:
                del counts[inner]
            table = _indexed(name, counts)
        elif m := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            table = _indexed(m[1], counts)
        elif m := re.match(r"\s*([\w.-]+)\s*=", line):
            depth = _shared((*table, *m[1].split(".")), where)
            if depth > best_depth and depth > len(table):
                best, best_depth = n, depth
            continue
        else:
            continue
        depth = _shared(table, where)
        if depth > best_depth and depth == len(table):
            best, best_depth = n, depth
    return best


def _indexed(name: str, counts: dict[str, int]) -> tuple[Any, ...]:
    out: list[Any] = []
    path = ""
    for part in name.split("."):
        path = f"{path}.{part}" if path else part
        out.append(part)
        if path in counts:
            out.append(counts[path])
    return tuple(out)


def _shared(a: tuple[Any, ...], b: tuple[Any, ...]) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n
