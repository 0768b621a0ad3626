"""Words to tokens: a small byte-pair vocabulary learnt from what tasks are called, English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from hiervla.core.errors import SetupError

PAD, UNKNOWN = "[pad]", "[unknown]"


class Words:
    """Instructions as rows of token numbers; 0 is padding."""

    def __init__(self, tokenizer: Tokenizer, longest: int) -> None:
        self.tokenizer, self.longest = tokenizer, longest

    @classmethod
    def fit(cls, texts: Iterable[str], vocabulary: int, longest: int) -> Words:
        """A vocabulary of at most so many tokens that spells any text: what was never seen falls into bytes."""
        tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, byte_fallback=False))
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=[PAD, UNKNOWN],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer, longest)

    @property
    def vocabulary(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> NDArray[np.int64]:
        """Token numbers (longest,), cut or padded with 0."""
        ids = self.tokenizer.encode(text).ids[: self.longest]
        return np.array([*ids, *[0] * (self.longest - len(ids))], dtype=np.int64)

    def save(self, file: Path) -> None:
        self.tokenizer.save(str(file))

    @classmethod
    def load(cls, file: Path, longest: int) -> Words:
        """
        Raises:
            SetupError: there is no such file, or it is no vocabulary.
        """
        if not file.is_file():
            raise SetupError(f"no words at {file}: the policy's folder is not whole; train or fetch it anew")
        try:
            return cls(Tokenizer.from_file(str(file)), longest)
        except Exception as e:  # the library raises bare Exceptions
            raise SetupError(f"{file} is no vocabulary of words: {e}") from e
