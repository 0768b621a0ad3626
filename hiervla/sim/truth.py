"""Judging by truth: do the expectations of a scenario hold in the simulator? Nothing on the acting side may ask."""

from __future__ import annotations

import math

from hiervla.core.errors import SetupError
from hiervla.core.goal import EDGES, RELATIONS, Goal, holds
from hiervla.core.world import Held, Surface, World
from hiervla.sim.simulation import Simulation

STILL_M = 0.03
"""A body that moved less than this has been left alone."""
TOLERANCE_M = 0.015
"""How exactly a distance must be met in truth."""


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
        look_id="truth", time_s=sim.client.time_s, objects={n: sim.describe(n) for n in sim.bodies},
        held=Held(id=held, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0) if held else None,
        surfaces={"table": Surface(name="table", height_m=0.0, outline=outline)},
    )  # fmt: skip


def parse_goal(text: str, bodies: list[str]) -> Goal:
    """``in red_cube blue_bowl``, ``at_distance cup edge 0.05``, ``beside a b left``: a goal in scene names.

    Raises:
        SetupError: a relation or body is unknown.
    """
    relation, *rest = text.split()
    if relation not in RELATIONS:
        raise SetupError(f"expectation {text!r}: no relation {relation!r}; known: {', '.join(sorted(RELATIONS))}")
    names = [r.replace("_edge", " edge") if r.endswith("_edge") and r not in bodies else r for r in rest]
    distance = next((float(n) for n in names if _number(n)), None)
    names = [n for n in names if not _number(n)]
    direction = next((n for n in names if n in ("left", "right", "front", "behind")), None)
    names = [n for n in names if n != direction]
    for n in names:
        if n not in bodies and n not in ("table", "edge", *EDGES):
            raise SetupError(f"expectation {text!r}: {n!r} is no body of the scene")
    return Goal(
        relation=relation, subject=names[0] if names else "", reference=names[1] if len(names) > 1 else None,
        distance_m=distance, direction=direction, tolerance_m=TOLERANCE_M,
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


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
