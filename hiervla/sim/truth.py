"""Judging by truth: do the expectations of a scenario hold in the simulator? Nothing on the acting side may ask."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hiervla.core.arrangements import ANGLE_TOLERANCE_RAD
from hiervla.core.geometry import Pose, wrap_angle
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.relations import holds
from hiervla.core.world import Held, Surface, World
from hiervla.sim.describe import describe_all
from hiervla.sim.expectation import (
    MOVED_TOLERANCE_M,
    TOLERANCE_M,
    Expectation,
    Not,
    parse_alternatives,
    parse_goal,
)
from hiervla.sim.simulation import Simulation

__all__ = [
    "STILL_M",
    "TOLERANCE_M",
    "Before",
    "before",
    "goals_since",
    "left_alone",
    "parse_alternatives",
    "parse_goal",
    "settle",
    "true_goals",
    "true_world",
]
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
        surfaces={"table": Surface(name="table", height_m=0.0, outline=outline)}, zones={z.name: z for z in sim.scene.zone},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Before:
    """How everything truly was at one time: what changes are measured from."""

    poses: dict[str, Pose]
    presses: dict[str, int]
    world: World
    """With the body that was held."""


def before(sim: Simulation) -> Before:
    """How everything is now."""
    return Before({n: sim.pose(n) for n in sim.bodies}, dict(sim.presses), true_world(sim))


def true_goals(sim: Simulation, texts: tuple[str, ...]) -> dict[str, bool]:
    """Each expectation of a whole run and whether it holds, once everything has come to rest."""
    settle(sim)
    start = Before({n: b.start for n, b in sim.bodies.items()}, dict.fromkeys(sim.presses, 0), World())
    return goals_since(sim, texts, start)


def goals_since(
    sim: Simulation, texts: tuple[str, ...], start: Before, turns: Mapping[str, Before] | None = None
) -> dict[str, bool]:
    """Each expectation and whether it holds now; changes count from ``start``, ``turns`` are what was before named turns."""
    world = true_world(sim)
    zones = [z.name for z in sim.scene.zone]
    every = {t: parse_alternatives(t, list(sim.bodies), zones, tuple(turns or ())) for t in texts}
    return {t: any(_true(e, sim, world, start, turns or {}) for e in alternatives) for t, alternatives in every.items()}


def _true(expected: Expectation, sim: Simulation, world: World, start: Before, turns: Mapping[str, Before]) -> bool:
    if isinstance(expected, Goal):
        return bool(holds(expected, world))
    if isinstance(expected, Not):
        return not _true(expected.wrong, sim, world, start, turns)
    name, amount = expected.body, expected.amount
    now, was = sim.pose(name), start.poses[name]
    match expected.what:
        case "pressed":
            times = sim.presses.get(name, 0) - start.presses.get(name, 0)
            return times >= 1 if amount is None else times == amount
        case "upright":
            return world.objects[name].posture == "upright"
        case "turned":  # by the body's own turn, which no symmetry hides from truth
            off = wrap_angle(now.yaw - was.yaw - math.radians(amount or 0.0))
            return abs(off) <= ANGLE_TOLERANCE_RAD
        case "moved":
            gone = now.position[:2] - was.position[:2]
            if expected.direction is None:
                return abs(float(np.linalg.norm(gone)) - (amount or 0.0)) <= MOVED_TOLERANCE_M
            wanted = np.asarray(DIRECTIONS[expected.direction]) * (amount or 0.0)
            return float(np.linalg.norm(gone - wanted)) <= MOVED_TOLERANCE_M
        case "back":
            return _same_place(name, world, turns[expected.turn].world)


def _same_place(name: str, now: World, then: World) -> bool:
    """Does a body rest on what it rested on then, and when that is the table, within 2 cm of where it was?"""
    a, b = now.objects.get(name), then.objects.get(name)
    if a is None or b is None or (a.support, a.relation) != (b.support, b.relation):
        return False
    return a.support != "table" or math.dist(a.centre[:2], b.centre[:2]) <= MOVED_TOLERANCE_M


def left_alone(sim: Simulation, names: tuple[str, ...], start: Before | None = None) -> dict[str, bool]:
    """Each body and whether it is still where it was at ``start``; left out, where the scene put it."""
    were = {n: start.poses[n] if start else sim.bodies[n].start for n in names}
    return {n: math.dist(sim.pose(n).position, were[n].position) < STILL_M for n in names}


def settle(sim: Simulation, longest_s: float = 2.0) -> None:
    """Step until nothing moves, at most ``longest_s``: a thing still falling is nowhere yet."""
    for _ in range(round(longest_s * sim.client.hz / 12)):
        sim.client.step(12)
        if all(sim.speed(n) < 0.005 for n in sim.bodies):
            return
