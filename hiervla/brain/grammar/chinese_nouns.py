"""Which characters make a Chinese noun: what is called by one and seen nowhere is not there, rather than not understood."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

LONGEST = 6
_NOUN = re.compile(rf"^(\S{{2,{LONGEST}}}) \d+ n[zt]?$", re.M)
"""A line of the dictionary: the word, how often it is said, and that it is a noun (``n``), of a kind or make (``nz``, ``nt``)."""


def nouns_in(text: str) -> list[str]:
    """The nouns of two or more characters in a text, none a part of another, the longest first and the last said first."""
    known, found = _dictionary(), []
    for length in range(LONGEST, 1, -1):
        for at in range(len(text) - length, -1, -1):
            word = text[at : at + length]
            if word in known and not any(word in longer for longer in found):
                found.append(word)
    return found


@cache
def _dictionary() -> frozenset[str]:
    """The nouns of jieba's dictionary, read as a file: importing jieba would prepare a segmenter that nobody needs here."""
    spec = find_spec("jieba")
    folder = next(iter(spec.submodule_search_locations or []), None) if spec is not None else None
    if folder is None:
        return frozenset()
    return frozenset(_NOUN.findall((Path(folder) / "dict.txt").read_text(encoding="utf8")))
