"""Sentences that break off: something was still to come, or a noun is missing."""

from __future__ import annotations

import re

from hiervla.brain.grammar.explaining import VERBS
from hiervla.brain.grammar.tokens import Tokens

OPEN = ("the", "an", "my", "your", "and", "or", "than", "unless", "because", "every")
"""Words with which no English sentence ends."""
_GOES_TO = re.compile(r"\b(?:go|move|drive|come|return|get|head|back|over) to$", re.I)
_ASKS = re.compile(r"\b(?:what|where|which|who)\b|\?", re.I)
LIFTS = {"PICK", "PUT", "STACK", "GOES", "BACK", "RETURN", "SWAP", "ARRANGE", "SORT", "TIDY", "LINEUP"}
"""Verbs of what cannot be done without lifting."""


def hangs(tokens: Tokens) -> bool:
    """``put the cube in the bowl and``: something was still to come."""
    last = next((t for t in reversed(tokens.tokens) if "STOP" not in t.kinds), None)
    if last is None:
        return False
    return "AND" in last.kinds or (
        "THEN" in last.kinds and (not last.text.isascii() or last.text.lower() == "and then")
    )


def breaks_off(tokens: Tokens) -> str:
    """The part of an English text that lacks its end: ``hit the``, ``don't put it in the , put it …``; nothing where all is whole.

    Asked of the text as it was said: what is rewritten or passed over may have been the part that lacks it.
    """
    said = tokens.text.rstrip(" ,.;!?…-")
    words = said.rsplit(maxsplit=1)
    if (words and words[-1].lower() in OPEN) or (_GOES_TO.search(said) and not _ASKS.search(tokens.text)):
        return tokens.text.strip()
    some = tokens.tokens
    for k, t in enumerate(some[:-2]):
        if t.kinds.keys() == {"THE"} and "COMMA" in some[k + 1].kinds and some[k + 2].kinds.keys() & VERBS:
            return tokens.span(0, k)
    return ""


def lifted_anyway(tokens: Tokens) -> bool:
    """Whether what must not be lifted is told to be moved in a way that lifts it: ``push it to the left; put the duck in the basket, don't lift it``."""
    verbs = [t for t in tokens.tokens if t.kinds.keys() & VERBS]
    for unlifted in tokens.unlifted:
        before = [t for t in verbs if t.end <= unlifted.start] or verbs
        if before and before[-1].kinds.keys() & LIFTS and "SKILL" not in before[-1].kinds:
            return True
    return False
