"""Slips of typing put right: missing spaces, and single letters left out, doubled or exchanged. Everything else is asked about.

A letter that stands for another makes other words (tube, cube), so it is mended only in long words.
"""

from __future__ import annotations

from collections.abc import Iterable

from hiervla.brain.grammar.lexicon import Lexicon

SHORTEST = 4
"""Shorter words are other words, not slips."""
LONG = 6
"""From this length one wrong letter is a slip as well."""
MOST_PIECES = 6


def mended(word: str, lexicon: Lexicon) -> str | None:
    """The known word or words that an unknown one (latin letters, lower case) was meant to be; None when that is not clear."""
    if not word.isascii() or not word.isalpha():
        return None
    known = _plain_words(lexicon)
    chat = {w for w in known if len(w) < 3 and lexicon.entries.get(w, {}).keys() == {"FILLER"}}  # "ye", "ur": no pieces
    if (parts := _split(word, known - chat - {"ur"})) is not None:
        return " ".join(parts)
    if len(word) < SHORTEST:
        fit = {w for w in known if len(w) == len(word) == 3 and _exchanged(word, w)}
        if len(word) == 3 and not fit:  # "blu", "cub": of short words, a looks or shape word with its end left off
            fit = {w for w in known if w[:-1] == word and lexicon.entries.get(w, {}).keys() & {"COLOUR", "SHAPE"}}
        return fit.pop() if len(fit) == 1 else None
    fit = {
        w for w in known if w[0] == word[0] and abs(len(w) - len(word)) <= 1 and len(w) >= SHORTEST and _slip(word, w)
    }
    fit = fit or {w for w in known if len(w) == SHORTEST - 1 and _doubled(word, w)}
    fit -= {w + "s" for w in fit} if not word.endswith("s") else {w.removesuffix("s") for w in fit if w.endswith("s")}
    if len(fit) > 1:  # "doen": done rather than does
        fit = {w for w in fit if len(w) == len(word) and _exchanged(word, w)}
    return fit.pop() if len(fit) == 1 else None


def _plain_words(lexicon: Lexicon) -> set[str]:
    """All single words that stand in the lexicon, those left out that are known only to be refused."""
    if not lexicon.plain:
        lexicon.plain |= {
            w
            for entry in lexicon.words()
            if entry.isascii() and not lexicon.grave(entry)
            for w in entry.split()
            if w.isalpha()
        }
    return lexicon.plain


def _split(word: str, known: Iterable[str]) -> list[str] | None:
    """The fewest known words that make it up, written together."""
    known = set(known)
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            before, piece = best[start], word[start:end]
            if before is None or piece not in known or (len(piece) < 2 and piece != "a") or len(before) >= MOST_PIECES:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = [*before, piece]
    parts = best[-1]
    return parts if parts is not None and len(parts) > 1 and max(map(len, parts)) > 2 else None


def _slip(said: str, meant: str) -> bool:
    """One letter left out, put in, or exchanged with its neighbour; in a long word, also one wrong letter."""
    if len(said) == len(meant):
        wrong = sum(a != b for a, b in zip(said, meant, strict=True))
        return _exchanged(said, meant) or (wrong == 1 and len(meant) >= LONG)
    short, long = sorted((said, meant), key=len)
    return any(long[:k] + long[k + 1 :] == short for k in range(1, len(long)))


def _doubled(said: str, meant: str) -> bool:
    """One letter typed twice."""
    return any(said[k] == said[k + 1] and said[:k] + said[k + 1 :] == meant for k in range(len(said) - 1))


def _exchanged(said: str, meant: str) -> bool:
    """Two neighbouring letters in each other's place."""
    off = [k for k, (a, b) in enumerate(zip(said, meant, strict=True)) if a != b]
    return len(off) == 2 and off[1] == off[0] + 1 and said[off[0]] == meant[off[1]] and said[off[1]] == meant[off[0]]
