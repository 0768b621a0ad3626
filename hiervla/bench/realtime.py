"""How fast does the simulated cell run beside the wall clock?"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from hiervla.scenario.figures import Figure, mean, quantile
from hiervla.workspace import shared_workspace


def items(seeds: list[int]) -> list[tuple[int]]:
    return [(s,) for s in seeds]


def work(seed: int) -> dict[str, Any]:
    """Five robot seconds of motion with the fixed camera's tick image each tick, and three looks."""
    from hiervla.assemble import simulated
    from hiervla.sim.scene import load_scene

    sim, arm = simulated(load_scene(shared_workspace().scene_path("tabletop")), seed)
    rng = np.random.default_rng(seed)
    ticks = []
    for _ in range(50):
        began = time.perf_counter()
        arm.apply(np.array([*rng.uniform(-0.01, 0.01, 3), 0, 0, 0, 0.0]))
        arm.observe("tick", ("front",))
        ticks.append(time.perf_counter() - began)
    looks = []
    for _ in range(3):
        began = time.perf_counter()
        arm.observe("look")
        looks.append(time.perf_counter() - began)
    sim.close()
    return {"seed": seed, "factor": round(0.1 * len(ticks) / sum(ticks), 2), "tick_ms": [round(t * 1e3, 2) for t in ticks],
            "look_ms": [round(t * 1e3, 1) for t in looks]}  # fmt: skip


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    return {
        "real_time_factor": mean([r["factor"] for r in rows], ">= 5"),
        "tick_ms.p50": quantile([t for r in rows for t in r["tick_ms"]], 0.5),
        "look_ms.p50": quantile([t for r in rows for t in r["look_ms"]], 0.5),
    }
