"""How many steps a run can afford: so many core-seconds, measured on a few of its own steps."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from hiervla.learn.training.batches import Batches
from hiervla.learn.training.expert_phase import ExpertPhase
from hiervla.learn.training.loop import Run
from hiervla.learn.training.settings import TrainSettings

WARM, TIMED = 2, 6
FILE, HALVES = "budget.json", "halves.json"
WHOLE, READ = 0.55, 0.1
"""Of the seconds of a run in two halves: whole steps, and reading what the expert then learns from; its own steps have the rest."""

MOST_READ = 2000
"""Batches read for the expert, however much time there is: 2,000 of 64 moments are 3 GB on disk."""


def steps_within(settings: TrainSettings, core_seconds: float, folder: Path) -> int:
    """Steps that cost about so many seconds of processor time, drawing included; measured once, then kept in ``folder``.

    The run must draw its batches itself (``workers`` 0), or they would not be counted.
    """
    file = folder / FILE
    if file.exists():
        return int(json.loads(file.read_text())["steps"])
    run = Run(settings.model_copy(update={"steps": WARM + TIMED}))
    batches = Batches(run.moments, run.moments.training, run.shown, run.settings)
    for k in range(WARM):
        run.advance(batches[k])
    began = time.process_time()
    for k in range(TIMED):
        run.advance(batches[k])
    each = (time.process_time() - began) / TIMED
    steps = max(WARM + TIMED, int(core_seconds / each))
    file.write_text(json.dumps({"core_seconds": core_seconds, "seconds_a_step": round(each, 4), "steps": steps}))
    return steps


def halves_within(settings: TrainSettings, core_seconds: float, folder: Path) -> TrainSettings:
    """The settings of a run of about so many seconds of processor time whose action expert goes on alone once the backbone rests.

    A run whose expert is not insulated has whole steps only. Measured once, then kept in ``folder``, as ``steps_within``.
    """
    if not settings.model.insulated or settings.model.head == "tokens":
        return settings.model_copy(update={"steps": steps_within(settings, core_seconds, folder)})
    steps = steps_within(settings, core_seconds * WHOLE, folder)
    file = folder / HALVES
    if not file.exists():
        reading, each = _expert_costs(settings, folder)
        own = {
            "expert_reads": max(TIMED, min(MOST_READ, int(core_seconds * READ / reading))),
            "expert_steps": max(TIMED, int(core_seconds * (1 - WHOLE - READ) / each)),
        }
        file.write_text(json.dumps(own | {"seconds_a_read": round(reading, 4), "seconds_a_step": round(each, 4)}))
    found = json.loads(file.read_text())
    return settings.model_copy(
        update={"steps": steps, "expert_reads": found["expert_reads"], "expert_steps": found["expert_steps"]}
    )


def _expert_costs(settings: TrainSettings, folder: Path) -> tuple[float, float]:
    """Processor seconds of a batch that is read, and of a step of the expert."""
    phase = ExpertPhase(Run(settings.model_copy(update={"steps": 1, "expert_reads": TIMED, "expert_steps": TIMED})))
    try:
        began = time.process_time()
        kept = phase.read()
        reading = (time.process_time() - began) / TIMED
        for _ in range(WARM):
            phase.advance(kept)
        began = time.process_time()
        for _ in range(TIMED):
            phase.advance(kept)
        return reading, (time.process_time() - began) / TIMED
    finally:
        shutil.rmtree(phase.folder)  # a trial: the run reads its own
