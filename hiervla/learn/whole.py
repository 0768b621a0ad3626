"""From nothing to a policy: lessons, weights, its own mistakes corrected, weights again, graphs, a card of what it can do.

Every stage leaves its folder and is not done again; each can be killed and goes on. Stages share a budget of core-minutes:
collecting and correcting cost little, and most goes into weights.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hiervla.learn.card import write_card
from hiervla.learn.collect import collect
from hiervla.learn.export import export
from hiervla.learn.shown import Plan
from hiervla.learn.training.budget import halves_within
from hiervla.learn.training.loop import Run
from hiervla.learn.training.settings import TrainSettings

SHARES = {"collect": 0.15, "train": 0.42, "correct": 0.08, "again": 0.25, "examine": 0.1}
"""Of the budget. What is left over by a stage is not given to another: a run shall be the same twice."""
LESSONS_A_MINUTE = 60
"""Lessons that one core shows in a minute, with room to spare."""
CORRECTED_A_MINUTE = 25
SHOWN_FROM, CORRECTED_FROM = 20_000, 60_000
EXAMINED_A_MINUTE = 20
FEWEST_EXAMINED = 3
"""Seeds of each deed, however small the budget is."""
USED = 0.8
"""Share of two cores that torch's threads really make use of."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Whole:
    """What came of it."""

    policy: Path
    card: Path
    minutes: float
    figures: dict[str, Any]


def learn_all(out: Path, budget_minutes: float = 75.0, cores: int = 0, say: Say = print) -> Whole:
    """All stages in ``out``; the budget is wall-clock on ``cores`` (0: all there are).

    Raises:
        SetupError: the folder holds something else, or a stage cannot be done.
    """
    began, n = time.monotonic(), cores or os.cpu_count() or 1
    minutes = {stage: budget_minutes * n * share for stage, share in SHARES.items()}  # of one core
    lessons = max(60, int(minutes["collect"] * LESSONS_A_MINUTE))
    say(f"1/5 {lessons} lessons are shown")
    collect(out / "demos", range(SHOWN_FROM, SHOWN_FROM + lessons), jobs=n)
    say("2/5 weights are learnt from them")
    first = _train(
        TrainSettings(data=(str(out / "demos"),), out=str(out / "first"), threads=n), minutes["train"] * USED
    )
    corrected = max(16, int(minutes["correct"] * CORRECTED_A_MINUTE))
    say(f"3/5 it acts in {corrected} lessons and is corrected")
    plan = Plan(pupil=str(first.resolve()))
    collect(out / "corrected", range(CORRECTED_FROM, CORRECTED_FROM + corrected), plan, jobs=n)
    say("4/5 weights are learnt from both")
    both = TrainSettings(
        data=(str(out / "demos"), str(out / "corrected")), out=str(out / "second"), begin_from=str(first), threads=n,
        learning_rate=5e-4,
    )  # fmt: skip
    second = _train(both, minutes["again"] * USED)
    say("5/5 it is exported and examined")
    if not (second / "model.onnx").exists():
        export(second)
    seeds = range(max(FEWEST_EXAMINED, int(minutes["examine"] * EXAMINED_A_MINUTE / 8)))
    card, figures = write_card(second, seeds, jobs=n)
    return Whole(second, card, round((time.monotonic() - began) / 60, 1), figures)


def _train(settings: TrainSettings, core_minutes: float) -> Path:
    """The policy of a run that costs about so many core-minutes, trained unless it is there."""
    folder = Path(settings.out)
    policy = folder / "policy"
    if not (policy / "config.json").exists():
        Run(halves_within(settings.model_copy(update={"workers": 0}), core_minutes * 60, folder)).train()
    return policy
