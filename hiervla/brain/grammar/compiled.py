"""The grammar compiled by Lark, kept beside Python's own compiled modules: compiling takes a second, loading a tenth of it.

Kept in ``__pycache__`` (or where ``PYTHONPYCACHEPREFIX`` says), under the grammar's own text and Lark's version; where nothing
may be written there it is compiled each time.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import os
import pickle
import re
import sys
import tempfile
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from types import ModuleType
from typing import Any

from lark import Lark

STARTS = ("commands", "questions", "fragment")
END = "\ue000"
"""Closes each word's code. Codes live in Unicode's private use area."""


def compiled(grammar: Path) -> tuple[Any, dict[str, str]]:
    """Lark's Earley parser of a grammar file, and of each terminal's name the character that stands for it."""
    text = grammar.read_text(encoding="utf-8")
    kept = _place(grammar, text)
    try:
        # As much ours as the compiled modules in the same folder.
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]
    except Exception:  # none, cut short, or of another make: nothing that compiling does not mend
        lark, codes = whole(text)
        _keep(kept, (lark.parser.parser, codes))  # type: ignore[attr-defined]
        return lark.parser.parser, codes  # type: ignore[attr-defined]


def whole(text: str) -> tuple[Lark, dict[str, str]]:
    """Lark's own parser of a grammar's text, its terminals' patterns added, and the character that stands for each."""
    terminals = sorted(set(re.findall(r"\b[A-Z][A-Z_]*\b", re.sub(r"//.*", "", text))))
    codes = {name: chr(ord(END) + 1 + i) for i, name in enumerate(terminals)}
    declared = "".join(f"{name}: /[^{END}]*{code}[^{END}]*{END}/\n" for name, code in codes.items())
    lark = Lark(
        text + "\n" + declared, start=list(STARTS), parser="earley", lexer="dynamic", propagate_positions=True, maybe_placeholders=False,
        keep_all_tokens=True,
    )  # fmt: skip
    return lark, codes


def _place(grammar: Path, text: str) -> Path:
    made_of = f"{text} {Path(__file__).read_text(encoding='utf-8')} lark {version('lark')}"
    beside = Path(cache_from_source(str(grammar.with_suffix(".py"))))
    return beside.with_suffix(f".{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.pickle")


def _keep(place: Path, made: Any) -> None:
    if sys.dont_write_bytecode:
        return
    held = io.BytesIO()
    try:
        _Pickler(held, protocol=5).dump(made)
        place.parent.mkdir(parents=True, exist_ok=True)
        for old in place.parent.glob(f"{place.name.split('.')[0]}.*.pickle"):
            old.unlink(missing_ok=True)
        number, part = tempfile.mkstemp(dir=place.parent, suffix=".part")
        with os.fdopen(number, "wb") as file:
            file.write(held.getvalue())
        os.chmod(part, 0o644)  # a shared installation is compiled once
        os.replace(part, place)  # whole or not at all, whoever else writes it now
    except (OSError, pickle.PicklingError, TypeError, AttributeError):
        return


class _Pickler(pickle.Pickler):
    """Lark's settings hold the ``re`` module itself."""

    def reducer_override(self, obj: Any) -> Any:
        return (importlib.import_module, (obj.__name__,)) if isinstance(obj, ModuleType) else NotImplemented
