"""Judging by truth: do the expectations of a scenario hold in the simulator? Nothing on the acting side may ask."""

from __future__ import annotations

import math

from hiervla.core.relations import holds
from hiervla.core.world import Held, Surface, World
from hiervla.sim.describe import describe_all
from hiervla.sim.expectation import TOLERANCE_M, parse_goal
from hiervla.sim.simulation import Simulation

__all__ = ["STILL_M", "TOLERANCE_M", "left_alone", "parse_goal", "settle", "true_goals", "true_world"]
STILL_M = 0.03
"""A body that moved less than this has been left alone."""


def true_world(sim: Simulation) -> World:
    """The world as a perfect eye would read it, with the true table and the body that is really held."""
    (cx, cy), (sx, sy) = sim.scene.table.centre, sim.scene.table.size
    outline = (
        (cx - sx / 2, cy - sy / 2),
        (cx + sx / 2, cy - sy / 2),
        (cx + sx / 2, cy + sy / 2),
        (cx - sx / 2, cy + sy / 2),
    )
    held = sim.held()
    return World(
        look_id="truth", time_s=sim.client.time_s, objects=describe_all(sim),
        held=Held(id=held, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0) if held else None,
        surfaces={"table": Surface(name="table", height_m=0.0, outline=outline)},
    )  # fmt: skip


def true_goals(sim: Simulation, texts: tuple[str, ...]) -> dict[str, bool]:
    """Each expectation and whether it holds, once everything has come to rest."""
    settle(sim)
    world = true_world(sim)
    return {t: bool(holds(parse_goal(t, list(sim.bodies)), world)) for t in texts}


def left_alone(sim: Simulation, names: tuple[str, ...]) -> dict[str, bool]:
    """Each body and whether it is still where the scene put it."""
    return {n: math.dist(sim.pose(n).position, sim.bodies[n].start.position) < STILL_M for n in names}


def settle(sim: Simulation, longest_s: float = 2.0) -> None:
    """Step until nothing moves, at most ``longest_s``: a thing still falling is nowhere yet."""
    for _ in range(round(longest_s * sim.client.hz / 12)):
        sim.client.step(12)
        if all(sim.speed(n) < 0.005 for n in sim.bodies):
            return
