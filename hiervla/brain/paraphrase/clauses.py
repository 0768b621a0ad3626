"""What the paraphraser may pass over: whole clauses of words it was never taught, that name nothing and forbid nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hiervla.brain.paraphrase.faithful import tongue
from hiervla.brain.paraphrase.slots import Slotted, is_slot

PAUSES = frozenset(",.;:!?，。；：！？、—–-…()（）~")


def without_unknown(said: Slotted, knows: Callable[[str], bool], language: str) -> Slotted | None:
    """The sentence without such clauses; None where a word that nobody taught stands in a clause that may matter.

    ``my niece is visiting, so put the lime in the bowl``: niece is no word of a robot's, and nothing hangs on it.
    """
    kept: list[str] = []
    for clause in _clauses(said.tokens):
        if all(knows(t) for t in clause):
            kept += clause
        elif any(is_slot(t) or t in tongue(language).forbids for t in clause):
            return None
    while kept and kept[-1] in PAUSES:
        kept.pop()
    if not kept:
        return None
    left = {t for t in kept if is_slot(t)}
    return Slotted(tuple(kept), {s: w for s, w in said.words.items() if s in left})


def _clauses(tokens: Sequence[str]) -> list[list[str]]:
    """Clauses, each with the sign that ends it."""
    out: list[list[str]] = [[]]
    for t in tokens:
        out[-1].append(t)
        if t in PAUSES:
            out.append([])
    return [c for c in out if c]
