"""How many steps a run can afford: so many core-seconds, measured on a few of its own steps."""

from __future__ import annotations

import json
import time
from pathlib import Path

from hiervla.learn.training.batches import Batches
from hiervla.learn.training.loop import Run
from hiervla.learn.training.settings import TrainSettings

WARM, TIMED = 2, 6
FILE = "budget.json"


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
