"""Has a moment come that a script waits for? Told from truth."""

from __future__ import annotations

import numpy as np

from hiervla.sim.script import MomentSpec
from hiervla.sim.simulation import Simulation

_LET_GO_M = 0.06
"""How far the hand is from a body that it has let go of."""


def has_come(
    moment: MomentSpec, sim: Simulation, held: str | None, held_before: set[str], began_s: float = 0.0
) -> bool:
    """True while the moment lasts. ``held``: what the hand holds now; ``held_before``: all it has held since ``began_s``."""
    if moment.when == "time":
        return sim.client.time_s - began_s >= moment.at_s
    p = sim.pose(moment.watched).position
    match moment.when:
        case "approach":
            return held is None and float(np.linalg.norm(sim.hand() - p)) < moment.within_m
        case "grasped":
            return held == moment.watched
        case "carry":
            return held == moment.watched and bool(p[2] >= moment.within_m)
        case "placed":
            apart = float(np.linalg.norm(sim.hand() - p)) > _LET_GO_M
            return moment.watched in held_before and held is None and apart
        case "opened":
            return sim.joint(moment.watched) >= moment.within_m
    raise AssertionError(moment.when)
