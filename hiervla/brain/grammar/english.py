"""Which words are English at all: what is said by the way may be passed over, gibberish may not."""

from __future__ import annotations

from functools import cache

from spellchecker import SpellChecker


def is_english(word: str) -> bool:
    """Whether a word, in small letters, stands in the dictionary of the spelling checker, as it is or without its ``'s``."""
    plain = word.strip("'").removesuffix("'s")
    return len(plain) < 2 or bool(_dictionary().known((plain, word)))


@cache
def _dictionary() -> SpellChecker:
    return SpellChecker(language="en")
