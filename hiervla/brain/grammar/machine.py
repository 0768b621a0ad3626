"""The compiled grammar: Lark's Earley parser over typed words, narrowed for each sentence to the rules its words can fill.

Each word is handed to the parser as a short code naming every terminal it may be, so that one grammar, compiled once,
serves all lexicons, and the parser rather than the lexer decides what an ambiguous word is.
"""

from __future__ import annotations

import copy
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Tree

GRAMMAR = Path(__file__).with_name("instruction.lark")
STARTS = ("commands", "questions", "fragment")
END = "\ue000"
"""Closes each word's code. Codes live in Unicode's private use area."""


class Sentence:
    """One sentence of typed words, ready to be parsed from any start."""

    def __init__(self, kinds: Iterable[Iterable[str]]) -> None:
        """``kinds``: for each word the terminals it may be."""
        codes = _machine()[1]
        said = [{k for k in word if k in codes} for word in kinds]
        words = ["".join(sorted(codes[k] for k in word)) + END for word in said]
        self._starts = [0]
        for word in words:
            self._starts.append(self._starts[-1] + len(word))
        self.text = "".join(words)
        self._lark = narrowed(frozenset().union(*said))

    def parse(self, start: str) -> Tree[Any]:
        """The tree.

        Raises:
            UnexpectedInput: it is no such sentence.
        """
        return self._lark.parse(self.text, start=start)

    def word_at(self, position: int) -> int:
        """Which word a position of the text lies in."""
        return bisect_right(self._starts, position) - 1


@cache
def _machine() -> tuple[Lark, dict[str, str]]:
    text = GRAMMAR.read_text(encoding="utf-8")
    terminals = sorted(set(re.findall(r"\b[A-Z][A-Z_]*\b", re.sub(r"//.*", "", text))))
    codes = {name: chr(ord(END) + 1 + i) for i, name in enumerate(terminals)}
    declared = "".join(f"{name}: /[^{END}]*{code}[^{END}]*{END}/\n" for name, code in codes.items())
    lark = Lark(
        text + "\n" + declared, start=list(STARTS), parser="earley", lexer="dynamic", propagate_positions=True, maybe_placeholders=False,
        keep_all_tokens=True,
    )  # fmt: skip
    return lark, codes


@lru_cache(maxsize=256)
def narrowed(said: frozenset[str]) -> Lark:
    """A parser that predicts only rules which these terminals can fill: the same trees, several times sooner.

    Reaches into Lark's Earley parser for its table of predictions; a test holds the trees of both to be the same.
    """
    whole: Any = _machine()[0]
    inner = whole.parser.parser
    rules = inner.parser_conf.rules
    fillable: set[Any] = set()

    def kept(rule: Any) -> bool:
        return all(s.name in said if s.is_term else s in fillable for s in rule.expansion)

    while new := {r.origin for r in rules if r.origin not in fillable and kept(r)}:
        fillable |= new
    narrow = copy.copy(inner)
    narrow.predictions = {origin: [r for r in found if kept(r)] for origin, found in inner.predictions.items()}
    lark, lark.parser = copy.copy(whole), copy.copy(whole.parser)
    lark.parser.parser = narrow
    return lark  # type: ignore[no-any-return]
