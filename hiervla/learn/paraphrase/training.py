"""Training of the small paraphraser, from pairs to the two graphs that ``hiervla.brain.paraphrase`` runs."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from hiervla.brain.paraphrase.slots import MOST, is_slot
from hiervla.core.errors import SetupError
from hiervla.learn.paraphrase.network import BEGIN, END, PAD, SPECIAL, UNKNOWN, Network, NetworkConfig
from hiervla.learn.paraphrase.pairs import NO_SENTENCE, Example, WordsOf, examples, renumbered
from hiervla.learn.paraphrase.spoilt import pieces, spoilt
from hiervla.learn.training.schedule import fading, share

LANGUAGES = ("<en>", "<zh>")
TOGETHER = 32
"""So many batches are drawn at once, to be sorted by length."""
KEEP = 500
"""Steps between two checks, at which a killed run goes on."""
Progress = Callable[[int, int, dict[str, float]], None]


class ParaphraseSettings(BaseModel):
    """One training run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: Path
    out: Path
    steps: int = Field(5000, ge=1)
    """Beyond about 5,000 of the pairs that are here more are learnt by heart than understood."""
    batch: int = Field(64, ge=1)
    learning_rate: float = Field(1e-3, gt=0)
    warmup: int = 300
    smoothing: float = 0.1
    forgotten: float = 0.03
    """Share of the words of a source that are read as unknown."""
    plain: float = 0.1
    """Share of examples that are plain already and stay as they are."""
    spoilt: float = 0.2
    """Share of examples that are made wrong on purpose."""
    seed: int = 0
    threads: int = 0
    width: int = 160
    layers: int = 3
    dropout: float = 0.2


class Words:
    """Tokens and their numbers. The first ``said`` of them stand in plain sentences, too; the others are only read."""

    def __init__(self, tokens: Sequence[str], said: int) -> None:
        self.tokens, self.said = tuple(tokens), said
        self.numbers = {t: k for k, t in enumerate(self.tokens)}

    @classmethod
    def of(cls, found: Sequence[Example], also: Iterable[Sequence[str]] = ()) -> Words:
        """All that is said in some examples, the commonest first; a word met once only is no word: nothing can be learnt of it.

        ``also``: what else is read, in tokens.
        """
        plain, heard = (
            Counter(t for row in rows for t in row if not is_slot(t) and t not in NO_SENTENCE)
            for rows in ((e.target for e in found), (e.source for e in found))
        )
        heard.update({t: 2 for row in also for t in row})
        slots = [f"{kind}{n}" for kind, most in MOST.items() for n in range(1, most + 1)]
        said = (*SPECIAL, *LANGUAGES, *NO_SENTENCE, *slots, *(t for t, _ in plain.most_common()))
        return cls((*said, *(t for t, n in heard.most_common() if n > 1 and t not in plain)), len(said))

    def numbered(self, tokens: Sequence[str]) -> list[int]:
        return [self.numbers.get(t, UNKNOWN) for t in tokens]

    def sayable(self, tokens: Sequence[str]) -> list[int]:
        """What stands in no plain sentence that was learnt from is unknown, though it may have been read."""
        return [n if n < self.said else UNKNOWN for n in self.numbered(tokens)]


def train(
    settings: ParaphraseSettings, words_of: WordsOf, progress: Progress | None = None
) -> tuple[Network, dict[str, float]]:
    """Train, and write ``model.pt``, ``words.json`` and a log into the folder ``out``; returns the average of the weights and the last check.

    Killed at any time, it goes on from the last of the steps that it kept (every 500th), to the same weights.

    Raises:
        SetupError: the pairs are not there or cannot be read, or the folder holds another run.
    """
    s = settings
    if s.threads:
        torch.set_num_threads(s.threads)
    every = list(examples(s.pairs, words_of))
    training, apart = [e for e in every if not e.apart], [e for e in every if e.apart]
    if not apart:
        raise SetupError(f"{s.pairs}: {len(every)} pairs are too few to keep some of them apart")
    words = Words.of(training, [row for language in LANGUAGES for row in pieces(language.strip("<>")).all()])
    config = NetworkConfig(words=len(words.tokens), said=words.said, width=s.width, layers=s.layers, dropout=s.dropout)
    torch.manual_seed(s.seed)
    model = Network(config)
    average = AveragedModel(model, multi_avg_fn=fading(0.998), use_buffers=True)
    optimiser = torch.optim.AdamW(model.parameters(), s.learning_rate, betas=(0.9, 0.98), weight_decay=0.05)
    s.out.mkdir(parents=True, exist_ok=True)
    kept = Kept(s, words, {"model": model, "average": average, "optimiser": optimiser})
    began, found, first = time.monotonic(), dict[str, float](), kept.read()
    varied: Iterator[tuple[Tensor, Tensor]] = iter(())
    with (s.out / "log.jsonl").open("a", encoding="utf-8") as log:
        for step in range(first, s.steps):
            if step % KEEP == 0 or step == first:  # from here on as if it had begun here: what is chance is so again
                torch.manual_seed(s.seed + step)
                varied = batches(training, words, s, config.longest, step)
            for group in optimiser.param_groups:
                group["lr"] = s.learning_rate * share(step, s.warmup, s.steps)
            model.train()
            source, target = next(varied)
            loss = _loss(model, source, target, s.smoothing)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            average.update_parameters(model)
            found = {"loss": float(loss.detach())}
            if (step + 1) % KEEP == 0 or step + 1 == s.steps:
                found |= checked(average.module, apart, words, config.longest)
                log.write(json.dumps({"step": step + 1, "seconds": time.monotonic() - began} | found) + "\n")
                log.flush()
                kept.write(step + 1)
            if progress is not None:
                progress(step + 1, s.steps, found)
    best: Network = average.module
    found = found or checked(best, apart, words, config.longest)
    torch.save({"config": config.model_dump(), "weights": best.state_dict()}, s.out / "model.pt")
    (s.out / "words.json").write_text(json.dumps(words.tokens, ensure_ascii=False), encoding="utf-8")
    return best.eval(), found


class Kept:
    """What a killed run goes on from: ``kept.pt`` in its folder."""

    def __init__(self, settings: ParaphraseSettings, words: Words, parts: dict[str, Any]) -> None:
        self._path, self._parts = settings.out / "kept.pt", parts
        run = settings.model_dump_json(exclude={"pairs", "out", "threads"}) + "\n".join(words.tokens)
        self._run = hashlib.sha256(run.encode()).hexdigest()

    def write(self, step: int) -> None:
        part = self._path.with_suffix(".part")
        torch.save({"run": self._run, "step": step} | {n: p.state_dict() for n, p in self._parts.items()}, part)
        part.replace(self._path)

    def read(self) -> int:
        """The step to go on with.

        Raises:
            SetupError: it is that of another run.
        """
        if not self._path.exists():
            return 0
        kept = torch.load(self._path, weights_only=True)
        if kept["run"] != self._run:
            raise SetupError(f"{self._path.parent} holds a run with other pairs or settings; give another --out")
        for name, part in self._parts.items():
            part.load_state_dict(kept[name])
        return int(kept["step"])


def batches(found: Sequence[Example], words: Words, s: ParaphraseSettings, longest: int, step: int = 0) -> Iterator[tuple[Tensor, Tensor]]:  # fmt: skip
    """Without end: random examples, each varied, as word numbers: sources and targets (batch, length).

    Examples of about one length come together: half of every batch would be padding else.
    """
    rng = random.Random(f"{s.seed}:{step}")
    while True:
        pool = [c for _ in range(TOGETHER * s.batch) if max(map(len, c := _varied(rng.choice(found), words, s, rng))) <= longest]  # fmt: skip
        pool.sort(key=lambda c: (len(c[0]) + len(c[1]), rng.random()))
        starts = list(range(0, len(pool) - s.batch + 1, s.batch)) or [0]
        rng.shuffle(starts)
        for k in starts:
            yield padded([c[0] for c in pool[k : k + s.batch]]), padded([c[1] for c in pool[k : k + s.batch]])


def _varied(e: Example, words: Words, s: ParaphraseSettings, rng: random.Random) -> tuple[list[int], list[int]]:
    e = renumbered(e, rng)
    if rng.random() < s.spoilt and (wrong := spoilt(e, "zh" if _chinese(e) else "en", rng)) is not None:
        e = wrong
    elif rng.random() < s.plain and e.target[0] not in NO_SENTENCE:
        e = replace(e, source=e.target)
    source, target = coded(e, words)
    forgotten = (rng.random() < s.forgotten and not is_slot(words.tokens[n]) for n in source[1:])
    return [source[0], *(UNKNOWN if f else n for f, n in zip(forgotten, source[1:], strict=True))], target


def coded(e: Example, words: Words) -> tuple[list[int], list[int]]:
    """Source with its language before it, target between its begin and end."""
    return words.numbered((LANGUAGES[_chinese(e)], *e.source)), [BEGIN, *words.sayable(e.target), END]


def _chinese(e: Example) -> bool:
    return any("一" <= c <= "鿿" for c in e.pair.say)


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    out = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for k, row in enumerate(rows):
        out[k, : len(row)] = row
    return torch.from_numpy(out)


def _loss(model: Network, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
    logits = model(source, target[:, :-1])
    return nn.functional.cross_entropy(
        logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing
    )


@torch.no_grad()
def checked(model: Network, apart: Sequence[Example], words: Words, longest: int) -> dict[str, float]:
    """Loss on what was kept apart, and the share said word for word."""
    model.eval()
    rows = [c for e in apart if max(map(len, c := coded(e, words))) <= longest]
    total, exact = 0.0, 0
    for k in range(0, len(rows), 64):
        source, target = padded([r[0] for r in rows[k : k + 64]]), padded([r[1] for r in rows[k : k + 64]])
        total += float(_loss(model, source, target, 0.0)) * len(source)
        said = greedy(model, source, target.shape[1])
        exact += sum(r[1][1:] == [*s[: s.index(END)], END] if END in s else False for r, s in zip(rows[k : k + 64], said.tolist(), strict=True))  # fmt: skip
    return {"check_loss": total / len(rows), "check_exact": exact / len(rows)}


def greedy(model: Network, source: Tensor, most: int) -> Tensor:
    """The likeliest word after the likeliest word: (batch, most), without its begin."""
    memory = model.read(source)
    said = torch.full((len(source), 1), BEGIN)
    for _ in range(most):
        said = torch.cat((said, model.say(source, memory, said)[:, -1].argmax(-1, keepdim=True)), 1)
        if bool((said == END).any(1).all()):
            break
    return said[:, 1:]
