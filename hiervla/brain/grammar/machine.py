"""The compiled grammar: Lark's Earley parser over typed words, narrowed for each sentence to the rules its words can fill.

Each word is handed to the parser as a short code naming every terminal it may be, so that one grammar, compiled once,
serves all lexicons, and the parser rather than the lexer decides what an ambiguous word is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Tree
from lark.parsers import xearley

from hiervla.brain.grammar.compiled import END, compiled

GRAMMAR = Path(__file__).with_name("instruction.lark")


class Sentence:
    """One sentence of typed words, ready to be parsed from any start."""

    def __init__(self, kinds: Iterable[Iterable[str]]) -> None:
        """``kinds``: for each word the terminals it may be."""
        codes = _machine()[1]
        said = [frozenset(k for k in word if k in codes) for word in kinds]
        words = ["".join(sorted(codes[k] for k in word)) + END for word in said]
        self._starts = [0]
        for word in words:
            self._starts.append(self._starts[-1] + len(word))
        self.text = "".join(words)
        rules = narrowed(frozenset().union(*said))
        self._parser = _Peeking(dict(zip(self._starts, [rules.before(w) for w in (*said, frozenset())], strict=True)))

    def parse(self, start: str) -> Tree[Any]:
        """The tree.

        Raises:
            UnexpectedInput: it is no such sentence.
        """
        return self._parser.parse(self.text, start)  # type: ignore[no-any-return]

    def word_at(self, position: int) -> int:
        """Which word a position of the text lies in."""
        return bisect_right(self._starts, position) - 1


@cache
def _machine() -> tuple[Any, dict[str, str]]:
    return compiled(GRAMMAR)


def _earley() -> Any:
    return _machine()[0]


class _Peeking(xearley.Parser):
    """Lark's parser, predicting at each word only rules which the sentence can fill and this word can begin.

    The same trees, many times sooner. Reaches into Lark's Earley parser for its table of predictions; a test holds the
    trees of both to be the same.
    """

    def __init__(self, ahead: dict[int, _Predictions]) -> None:
        """``ahead``: what may begin where a word starts, and at the end."""
        self.__dict__.update(_earley().__dict__)
        self.ahead = ahead

    def parse(self, text: str, start: str) -> Tree[Any]:
        self.predictions = self.ahead[0]
        return super().parse(text, start)  # type: ignore[no-any-return]

    def predict_and_complete(self, i: int, *rest: Any) -> None:
        self.predictions = self.ahead.get(i, self.predictions)
        super().predict_and_complete(i, *rest)


class _Predictions(dict[Any, list[Any]]):
    """Of each nonterminal the rules it may begin with; picked from all when first asked for."""

    def __init__(self, may_begin: set[int]) -> None:
        super().__init__()
        self._whole, self._may_begin = _earley().predictions, may_begin

    def __missing__(self, origin: Any) -> list[Any]:
        self[origin] = found = [r for r in self._whole[origin] if id(r) in self._may_begin]
        return found


@dataclass(frozen=True, slots=True)
class _Made:
    """What a rule is made of, by name."""

    rule: int
    """Its ``id``: Lark's own hash of a rule is slow."""
    origin: str
    terminals: frozenset[str]
    parts: frozenset[str]
    """Its nonterminals."""
    begins: frozenset[str] | None
    """Terminals that its first word may be; None where it may be no word at all."""


@cache
def _rules() -> list[_Made]:
    earley = _earley()
    made = []
    for rule in earley.parser_conf.rules:
        begins: set[str] = set()
        for symbol in rule.expansion:
            begins |= _names(earley.FIRST[symbol])
            if symbol not in earley.NULLABLE:
                break
        empty = all(s in earley.NULLABLE for s in rule.expansion)
        terminals, parts = (_names(s for s in rule.expansion if s.is_term == of) for of in (True, False))
        made.append(_Made(id(rule), str(rule.origin.name), terminals, parts, None if empty else frozenset(begins)))
    return made


def _names(symbols: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(s.name) for s in symbols)


class _Narrowed:
    """The rules that words of these terminals can fill."""

    def __init__(self, said: frozenset[str]) -> None:
        filled: set[str] = set()
        left = [r for r in _rules() if r.terminals <= said]
        self._kept: list[_Made] = []
        while new := [r for r in left if r.parts <= filled]:
            left = [r for r in left if not r.parts <= filled]
            self._kept += new
            filled |= {r.origin for r in new}
        self._before: dict[frozenset[str], _Predictions] = {}

    def before(self, word: frozenset[str]) -> _Predictions:
        """Those that may begin with a word that may be these terminals; where it may be none, those of no word."""
        if word not in self._before:
            begin = {r.rule for r in self._kept if r.begins is None or not r.begins.isdisjoint(word)}
            self._before[word] = _Predictions(begin)
        return self._before[word]


narrowed = lru_cache(maxsize=256)(_Narrowed)
