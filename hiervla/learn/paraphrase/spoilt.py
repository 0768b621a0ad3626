"""Pairs made wrong on purpose: taken back, put off, only supposed, broken off, or with a thing that is not there. None may be done.

What was read and what was not look alike to a network that only ever saw sentences with a meaning: it learns here that a
piece more, or a piece less, can change all.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hiervla.brain.paraphrase.slots import is_slot, words_of
from hiervla.learn.paraphrase.pairs import NO_SENTENCE, Example

UNCLEAR = ("#unclear",)
_PLAIN = re.compile(r"[.。!！?？]+$")


class Pieces(BaseModel):
    """What is put in, in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: tuple[str, ...]
    before: tuple[str, ...]
    inside: tuple[str, ...]
    hanging: tuple[str, ...]
    things: tuple[str, ...]
    deeds: tuple[str, ...]
    joints: tuple[str, ...]

    def all(self) -> Iterator[tuple[str, ...]]:
        """Every piece in tokens."""
        for group in (self.after, self.before, self.inside, self.hanging, self.things, self.joints):
            yield from (words_of(piece) for piece in group)
        yield from (words_of(deed.format("")) for deed in self.deeds)


@cache
def pieces(language: str) -> Pieces:
    """Those of ``en`` or ``zh``, from ``spoilt.toml``."""
    text = Path(__file__).with_name("spoilt.toml").read_text(encoding="utf-8")
    return Pieces.model_validate(tomllib.loads(text)[language])


def spoilt(e: Example, language: str, rng: random.Random) -> Example | None:
    """The example made wrong in one way, to be called unclear; None where there is no room for that way.

    Half of the time it is the plain sentence that is spoilt: what is plain but for a word must not be mended.
    """
    if e.target[0] in NO_SENTENCE or e.target[-1] in ("?", "？"):
        return None
    p, said = pieces(language), list(e.target if rng.random() < 0.5 else e.source)
    while said and _PLAIN.fullmatch(said[-1]):
        said.pop()
    way = rng.choices(("after", "before", "inside", "hanging", "cut", "not there", "one more"), (6, 5, 3, 2, 3, 3, 3))[
        0
    ]
    if way == "after":
        comma = [","] if language == "en" and rng.random() < 0.5 else []
        said += [*comma, *words_of(rng.choice(p.after))]
    elif way == "before":
        said = [*words_of(rng.choice(p.before)), *said]
    elif way == "inside":
        at = rng.randint(0, len(said))
        said[at:at] = words_of(rng.choice(p.inside))
    elif way == "hanging":
        said += words_of(rng.choice(p.hanging))
    elif way == "cut":
        whole = {t for t in e.target if is_slot(t)}
        ends = [k for k in range(1, len(said)) if not whole <= set(said[:k])]
        if not ends:
            return None
        said = said[: rng.choice(ends)]
    elif way == "not there":
        named = [k for k, t in enumerate(said) if is_slot(t) and t[0] == "K"]
        if not named:
            return None
        at = rng.choice(named)
        said[at : at + 1] = words_of(rng.choice(p.things))
    else:
        more = [*words_of(rng.choice(p.joints)), *words_of(rng.choice(p.deeds).format(rng.choice(p.things)))]
        said = [*said, *more] if rng.random() < 0.7 else [*more[1:], *words_of(rng.choice(p.joints)), *said]
    return replace(e, source=tuple(said), target=UNCLEAR)
