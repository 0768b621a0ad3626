"""Pairs of what a person said and the plain sentence that means the same: read, made into slots, and varied for training."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from hiervla.brain.paraphrase.slots import MOST, Slotted, Slotter, is_slot
from hiervla.core.errors import SetupError

NO_SENTENCE = ("#cannot", "#unclear", "#chat")
"""Instead of a plain sentence: nothing this robot does, nothing that can be done without asking, nothing to do."""
WordsOf = Callable[[Path], Slotter]
"""From a described world's file to the words of its things."""


class Pair(BaseModel):
    """One line of a file of pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: str
    say: str
    plain: str
    before: tuple[str, ...] = ()
    """Plain sentences said and done before."""


@dataclass(frozen=True, slots=True)
class Example:
    """A pair in tokens."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    pair: Pair

    @property
    def apart(self) -> bool:
        """Whether it is kept from training."""
        return apart(self.pair)


def apart(pair: Pair) -> bool:
    """Whether a pair is kept from training, to be checked with: one in twelve, by what was said."""
    return hashlib.sha256(pair.say.encode()).digest()[0] % 12 == 0


def read_pairs(folder: Path) -> list[Pair]:
    """All pairs in a folder's ``*.jsonl``.

    Raises:
        SetupError: a line is no pair; says which.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for k, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append(Pair.model_validate(json.loads(line)))
            except (ValueError, ValidationError) as e:
                raise SetupError(f"{path}:{k}: {str(e).splitlines()[0]}") from e
    if not found:
        raise SetupError(f"{folder}: no pairs; *.jsonl with world, say and plain")
    return found


def examples(folder: Path, words_of: WordsOf) -> Iterator[Example]:
    """The pairs of a folder in tokens, each with the words of its world, which lies in ``worlds/``; those that slots cannot say are left out."""
    slotters: dict[str, Slotter] = {}
    for pair in read_pairs(folder):
        if pair.world not in slotters:
            slotters[pair.world] = words_of(folder / "worlds" / f"{pair.world}.toml")
        if (made := example_of(pair, slotters[pair.world])) is not None:
            yield made


def example_of(pair: Pair, slotter: Slotter) -> Example | None:
    """A pair in tokens; None where the plain sentence names a thing that was not said (a pronoun was solved, say)."""
    said = slotter.slotted(pair.say)
    if said is None:
        return None
    if pair.plain in NO_SENTENCE:
        return Example(said.tokens, (pair.plain,), pair)
    plain = slotter.slotted(pair.plain, like=said)
    if plain is None:
        return None
    target = _without_added_colours(plain, said)
    if any(is_slot(t) and t not in said.words for t in target):
        return None
    return Example(said.tokens, target, pair)


def _without_added_colours(plain: Slotted, said: Slotted) -> tuple[str, ...]:
    """``the bowl`` was said, and ``the red bowl`` written: the colour was seen, not said."""
    out = list(plain.tokens)
    for k in range(len(out) - 2, -1, -1):
        if out[k][0] == "C" and is_slot(out[k]) and out[k] not in said.words and out[k + 1] in said.words:
            del out[k]
    return tuple(out)


def renumbered(example: Example, rng: random.Random) -> Example:
    """The same with other numbers in its slots: none of them has a meaning of its own."""
    new: dict[str, str] = {}
    for kind, most in MOST.items():
        numbers = rng.sample(range(1, most + 1), most)
        new |= {f"{kind}{k}": f"{kind}{n}" for k, n in enumerate(numbers, 1)}
    return replace(
        example,
        source=tuple(new.get(t, t) for t in example.source),
        target=tuple(new.get(t, t) for t in example.target),
    )
