"""A whole text with its slips of typing put right, by what its words may be."""

from __future__ import annotations

import re

from hiervla.brain.grammar.english import is_english
from hiervla.brain.grammar.explaining import VERBS
from hiervla.brain.grammar.lexicon import Lexicon
from hiervla.brain.grammar.spelling import mended
from hiervla.brain.grammar.tokens import Token, Tokens, tokenise

VERBAL = {*VERBS, "FILLER", "DOWN", "UP", "TAIL", "THEN", "UNLEARNED"}
"""What no noun is."""


def spelled(text: str, tokens: Tokens, lexicon: Lexicon) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The text with its slips of typing put right, and what was read as what; None when one word stays unknown."""
    slips: list[tuple[str, str]] = []
    for t in reversed([t for t in tokens.tokens if t.unknown]):
        words = [mended(w, lexicon) for w in t.text.lower().split()]
        if None in words:
            return None
        meant = " ".join(w for w in words if w)
        if _no_noun(meant, tokens, t, lexicon):
            return None
        joined = t.start and text[t.start - 1].isalnum()  # "2cubesin the tray"
        text = text[: t.start] + " " * bool(joined) + meant + text[t.end :]
        slips.insert(0, (t.text, meant))
    anew = tokenise(text, lexicon).tokens
    return (text, tuple(slips)) if anew and not any(t.unknown for t in anew) else None


def _no_noun(meant: str, tokens: Tokens, t: Token, lexicon: Lexicon) -> bool:
    """``the truck``, which nobody has heard of: no slip for the verb ``tuck``."""
    before = next((o for o in reversed(tokens.tokens) if o.end <= t.start), None)
    kinds = lexicon.entries.get(meant, {}).keys()
    return before is not None and bool(before.kinds.keys() & {"THE", "A"}) and bool(kinds) and kinds <= VERBAL


def only_slips(said: str, typed: str) -> bool:
    """Whether every word that a text with its slips put right has instead of what was written is no English word: ``ohter``, never ``nicer``."""
    words = re.findall(r"[a-z']+", said.lower())
    gone = [w for w in words if w not in re.findall(r"[a-z']+", typed.lower())]
    return bool(typed and gone) and not any(map(is_english, gone))
