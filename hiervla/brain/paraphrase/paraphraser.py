"""What a small network learnt of how people speak: a sentence in, plain sentences that mean the same out, the likeliest first.

It only proposes. The grammar reads what it says, and ``faithful`` throws away what says more or less than was said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from hiervla.brain.paraphrase.faithful import faithful
from hiervla.brain.paraphrase.slots import Slotted, filled, is_slot
from hiervla.core.errors import SetupError

READS, SAYS, WORDS = "reads.onnx", "says.onnx", "words.json"
BEGIN, END, UNKNOWN = 1, 2, 3
BEAM = 3
MOST = 40
"""Tokens of a plain sentence."""
SURE = -0.08
"""Mean log-probability of a token from which a plain sentence is done: of the pairs kept apart, about one in a hundred is then done wrongly."""
WORTH_ASKING = -0.25
"""From here on a person may be asked whether it was meant; what is less likely is not proposed."""
CANNOT, UNCLEAR, CHAT = "#cannot", "#unclear", "#chat"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plain sentence, or one of ``#cannot``, ``#unclear`` and ``#chat``; and how likely: mean log-probability of a token."""

    text: str
    likely: float

    @property
    def sure(self) -> bool:
        """Whether it may be done without asking."""
        return self.likely >= SURE


class Paraphraser:
    """The two graphs of a folder, on one thread."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            SetupError: the folder holds no paraphraser that can be run.
        """
        try:
            import onnxruntime as ort
        except ImportError as e:
            raise SetupError("the paraphraser needs onnxruntime: pip install onnxruntime") from e
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokens: list[str] = json.loads((folder / WORDS).read_text(encoding="utf-8"))
            self._reads, self._says = (
                ort.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
                for name in (READS, SAYS)
            )
        except Exception as e:  # the library raises its own, bare, kinds
            raise SetupError(f"{folder} holds no paraphraser: {str(e).splitlines()[0]}") from e
        self._numbers = {t: k for k, t in enumerate(self._tokens)}
        self._slots = np.array([is_slot(t) for t in self._tokens])

    def knows(self, token: str) -> bool:
        """Whether it was taught, stands in a slot, or is no word at all."""
        return is_slot(token) or token in self._numbers or not token.isalnum()

    def proposals(self, said: Slotted, language: str) -> Iterable[Proposal]:
        """Plain sentences for what was said, the likeliest first; none where it is unsure or was taught too few of the words."""
        source = [self._numbers.get(f"<{language}>", UNKNOWN), *(self._numbers.get(t, UNKNOWN) for t in said.tokens)]
        if len(source) > 60:
            return
        for tokens, likely in self._beam(np.array([source], dtype=np.int64), said):
            if likely < WORTH_ASKING:
                return
            if tokens[0].startswith("#"):
                yield Proposal(tokens[0], likely)
            elif faithful(said.tokens, tokens, language):
                yield Proposal(filled(tokens, said.words), likely)

    def _beam(self, source: Any, said: Slotted) -> list[tuple[list[str], float]]:
        """Beam search: finished sentences with their mean log-probability, the likeliest first."""
        memory = self._reads.run(None, {"source": source})[0]
        shut = self._slots.copy()  # a slot that nothing stands in cannot be said
        shut[[self._numbers[t] for t in set(said.tokens) if is_slot(t)]] = False
        shut[[0, BEGIN, UNKNOWN]] = True
        begun: list[tuple[list[int], float]] = [([BEGIN], 0.0)]
        done: list[tuple[list[str], float]] = []
        for _ in range(MOST):
            rows = len(begun)
            logits = self._says.run(
                None,
                {
                    "source": np.repeat(source, rows, 0), "memory": np.repeat(memory, rows, 0),
                    "begun": np.array([b for b, _ in begun], dtype=np.int64),
                },
            )[0]  # fmt: skip
            logits[:, shut[: logits.shape[1]]] = -np.inf  # what is only read has no column
            top = logits.max(1, keepdims=True)
            chances = logits - top - np.log(np.exp(logits - top).sum(1, keepdims=True))
            ways = [
                (b, int(k), p + float(chances[r, k]))
                for r, (b, p) in enumerate(begun)
                for k in np.argpartition(-chances[r], BEAM)[:BEAM]
            ]
            ways.sort(key=lambda w: -w[2])
            begun = []
            for b, k, p in ways[: 2 * BEAM]:
                if k == END:
                    done.append(([self._tokens[n] for n in b[1:]], p / len(b)))
                elif (
                    len(begun) < BEAM and p >= WORTH_ASKING * MOST
                ):  # what is less likely by now cannot become sure again
                    begun.append(([*b, k], p))
            if len(done) >= BEAM or not begun:
                break
        return sorted((d for d in done if d[0]), key=lambda d: -d[1])


@cache
def bundled() -> Paraphraser | None:
    """The paraphraser that comes with the package; None where it, or what runs it, is not there."""
    folder = Path(__file__).parent / "weights"
    try:
        return Paraphraser(folder) if folder.is_dir() else None
    except SetupError:
        return None
