"""What must be learnt from the data before any weight is: words, statistics of actions, the action tokeniser."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from hiervla.cerebellum.policies.mini.folder import ACTIONS, CONSTANT, TOKENISER, WORDS, Parts, load_parts
from hiervla.cerebellum.policies.mini.words import Words
from hiervla.cerebellum.policies.normaliser import ACTION, LEAST_COUNT, Normaliser, statistics_of
from hiervla.cerebellum.policies.tokens import ActionTokeniser, load_tokeniser, make_tokeniser
from hiervla.core.geometry import Array
from hiervla.learn.training.batches import Shown
from hiervla.learn.training.moments import Moments
from hiervla.learn.training.settings import TrainSettings

CHUNKS = 20_000
"""Chunks that statistics and tokeniser are fitted on, at most."""
MOVES = 1e-4
"""Metres or rad a tick above which an action moves."""


def prepared(settings: TrainSettings, moments: Moments, folder: Path) -> tuple[Shown, Parts]:
    """Words, normaliser and tokeniser of a run: fitted once, kept in its folder, read back when it is resumed.

    Raises:
        SetupError: the demonstrations cannot teach one of them.
    """
    kept = folder / "prepared"
    config = load_parts(Path(settings.begin_from)).config if settings.begin_from else settings.model
    if not (kept / "done").exists():
        _take_over(Path(settings.begin_from), kept) if settings.begin_from else _fit(settings, moments, kept)
    words = Words.load(kept / WORDS, config.longest)
    actions = Normaliser.load(kept / ACTIONS)
    tokeniser: ActionTokeniser | None = load_tokeniser(kept / TOKENISER) if config.co_train else None
    told = {"words": words.vocabulary}
    if tokeniser is not None:
        told["action_words"] = tokeniser.vocabulary
        if config.head == "tokens":  # what acts must be able to say every chunk
            told["action_longest"] = tokeniser.longest + 1
    config = config.model_copy(update=told)
    about = {"data": [Path(d).name for d in settings.data], "moments": len(moments.training), "seed": settings.seed,
             "steps": settings.steps, "batch": settings.batch}  # fmt: skip
    parts = Parts(config, words, actions, tokeniser, about)
    return Shown(words, actions, tokeniser, settings.blur), parts


def _take_over(base: Path, kept: Path) -> None:
    """What a policy was prepared with stays what it is: other words or another scale would undo what it learnt."""
    kept.mkdir(parents=True, exist_ok=True)
    for name in (WORDS, ACTIONS):
        shutil.copyfile(base / name, kept / name)
    if (base / TOKENISER).is_dir():
        shutil.copytree(base / TOKENISER, kept / TOKENISER, dirs_exist_ok=True)
    (kept / "done").touch()


def _fit(settings: TrainSettings, moments: Moments, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    config, rng = settings.model, np.random.default_rng([settings.seed, 0xF17])
    texts = [w for t in moments.training.told for w in (*t.wordings, f"{t.skill} {t.target} {t.reference}")]
    Words.fit(texts, config.words, config.longest).save(kept / WORDS)
    chunks = _chunks(settings, moments, rng)
    actions = Normaliser.of(
        {"action": _statistics(chunks.reshape(-1, len(ACTION)))},
        "action",
        ACTION,
        constant=CONSTANT,
        bend=settings.bend,
    )
    actions.save(kept / ACTIONS)
    if config.co_train:
        tokeniser = make_tokeniser(config.tokeniser).fit(actions.normalise(chunks))
        tokeniser.save(kept / TOKENISER)
    (kept / "done").touch()


def _statistics(actions: Array) -> dict[str, list[float]]:
    """Of actions (N, 7), each motion only where it moves: a wrist that turns in one tick of twenty is not scaled as still."""
    each = []
    for i, name in enumerate(ACTION):
        values = actions[:, i : i + 1]
        moving = np.abs(values) > MOVES
        each.append(
            statistics_of(
                values[moving[:, 0]] if name not in (*CONSTANT, "gripper") and moving.sum() >= LEAST_COUNT else values
            )
        )
    joined = {key: [x for s in each for x in s[key]] for key in each[0]}
    return joined | {"count": [min(s["count"][0] for s in each)]}


def _chunks(settings: TrainSettings, moments: Moments, rng: np.random.Generator) -> Array:
    """Chunks (N, 16, 7) as they will be drawn."""
    rows, _ = moments.training.draw(min(CHUNKS, len(moments.training)), settings.alpha, rng)
    return np.asarray(moments.take(rows, ("expert.chunk",))["expert.chunk"], dtype=np.float64)
