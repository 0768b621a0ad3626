"""``fast``: the chunk's cosine transform, rounded, slow waves first, and byte-pair encoding of the row of whole numbers.

Smooth motion has few waves, so most of the row is zeros, which the encoding takes many at a time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct, idct

from hiervla.cerebellum.policies.tokens.port import (
    HORIZON,
    WIDTH,
    MalformedTokens,
    Reach,
    library,
    read_chunk,
    read_chunks,
    read_description,
    read_tokens,
    write_description,
)
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array

WORDS = 1024
SCALE = 10.0
"""A wave's height is told to 1 / SCALE."""
PAIRS = "pairs.json"
_FIRST_LETTER = 0xE000  # Unicode's private use area: no letter there is white space, joined or normalised
_LETTERS = 6400
_LEAST_CHUNKS = 100


class FastTokeniser:
    """A list of words is a chunk when the numbers they stand for are 112 in all; no end word is needed."""

    name = "fast"

    def __init__(self, reach: Reach | None = None, words: int = WORDS, scale: float = SCALE) -> None:
        self._given, self.reach, self.words, self.scale = reach, reach or Reach(), words, scale
        self._pairs: str | None = None  # the fitted encoding, as the tokenizers library writes it

    @property
    def vocabulary(self) -> int:
        return len(self._spelt)

    @property
    def longest(self) -> int:
        """One word a number: random motion comes near to it, a demonstration never does."""
        return HORIZON * WIDTH

    @property
    def _highest(self) -> int:
        """The largest coefficient within the reach: the mean of a column weighs √16 times its height."""
        return math.ceil(math.sqrt(HORIZON) * float(np.abs([self.reach.low, self.reach.high]).max()) * self.scale)

    def fit(self, chunks: Array) -> Self:
        """Learn which runs of numbers are frequent; its reach becomes that of the chunks, unless one was given."""
        library("tokenizers", self.name)
        from tokenizers import Tokenizer, models, trainers

        c = read_chunks(chunks, self.name, _LEAST_CHUNKS)
        self.reach = self._given or Reach.of(c)
        letters = [chr(_FIRST_LETTER + i) for i in range(2 * self._highest + 1)]
        if len(letters) > min(self.words, _LETTERS):
            raise SetupError(
                f"tokeniser {self.name}: numbers up to ±{self._highest} are more than {self.words} words can say;"
                f" leave outliers out of the chunks, lower its scale or raise its words"
            )
        trainer = trainers.BpeTrainer(
            vocab_size=self.words, initial_alphabet=letters, show_progress=False, special_tokens=[]
        )
        model = Tokenizer(models.BPE())
        model.train_from_iterator((self._text(chunk) for chunk in c), trainer)
        self._pairs = model.to_str()
        self._forget()
        return self

    def encode(self, chunk: Array) -> list[int]:
        ids: list[int] = self._model.encode(self._text(read_chunk(chunk))).ids
        return ids

    def decode(self, tokens: Sequence[int]) -> Array:
        spelt = [self._spelt[i] for i in read_tokens(tokens, self.vocabulary)]
        numbers = np.concatenate([np.zeros(0, dtype=np.int64), *spelt])
        if len(numbers) != self.longest:
            raise MalformedTokens(f"the tokens say {len(numbers)} numbers, where a chunk has {self.longest}")
        waves = numbers.reshape(HORIZON, WIDTH) / self.scale
        return self.reach.clip(np.asarray(idct(waves, axis=0, norm="ortho")))

    def allowed(self, tokens: Sequence[int]) -> NDArray[np.bool_]:
        left = self.longest - sum(len(self._spelt[i]) for i in read_tokens(tokens, self.vocabulary))
        mask: NDArray[np.bool_] = self._lengths <= left
        return mask

    def save(self, folder: Path) -> None:
        write_description(folder, self.name, self.reach, words=self.words, scale=self.scale)
        (folder / PAIRS).write_text(self._fitted, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        _, reach, (words, scale) = read_description(folder, "words", "scale")
        made = cls(reach, words, scale)
        try:
            made._pairs = (folder / PAIRS).read_text(encoding="utf-8")
            known = {int(numbers[0]) for numbers in made._spelt if len(numbers) == 1}
        except (OSError, ValueError, KeyError, TypeError, IndexError) as e:
            raise SetupError(
                f"{folder / PAIRS} holds no byte-pair encoding: {type(e).__name__} {e}; save it anew"
            ) from e
        if not known >= set(range(-made._highest, made._highest + 1)):
            raise SetupError(f"{folder / PAIRS} does not fit the reach in the file beside it; save both anew")
        return made

    def _text(self, chunk: Array) -> str:
        """The chunk as letters, one a number: the slowest wave of all seven columns, then the next."""
        waves = np.asarray(dct(self.reach.clip(chunk), axis=0, norm="ortho"))
        numbers = np.rint(waves * self.scale).astype(np.int64).ravel()
        return "".join(map(chr, numbers + (_FIRST_LETTER + self._highest)))

    @property
    def _fitted(self) -> str:
        if self._pairs is None:
            raise RuntimeError("fit or load this tokeniser first")
        return self._pairs

    @cached_property
    def _model(self) -> Any:
        library("tokenizers", self.name)
        from tokenizers import Tokenizer

        pairs = self._fitted
        try:
            return Tokenizer.from_str(pairs)
        except Exception as e:  # the library raises nothing narrower
            raise SetupError(
                f"tokeniser {self.name}: its byte-pair encoding ({PAIRS}) is broken: {e}; fit it anew"
            ) from e

    @cached_property
    def _spelt(self) -> list[NDArray[np.int64]]:
        """Word → the numbers it stands for. Read from the file's own text: who only decodes needs no library for it."""
        vocabulary: dict[str, int] = json.loads(self._fitted)["model"]["vocab"]
        spelt = [np.zeros(0, dtype=np.int64)] * len(vocabulary)
        for letters, i in vocabulary.items():
            spelt[i] = np.array([ord(x) for x in letters], dtype=np.int64) - (_FIRST_LETTER + self._highest)
        return spelt

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.array([len(s) for s in self._spelt])

    def _forget(self) -> None:
        for name in ("_model", "_spelt", "_lengths"):
            self.__dict__.pop(name, None)
