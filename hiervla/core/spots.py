"""Where a thing can be put: spots on the table, beside things, at a distance, inside containers. Metres, world frame.

Everything here reads the perceived world only. A spot is where the middle of the thing's footprint should come to lie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import contains, disc, edge_gap, footprint, gap, half_diagonal, rectangle
from hiervla.core.geometry import Array
from hiervla.core.goal import DIRECTIONS, EDGES, table_edge
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World

Spot = tuple[float, float]
CLEARANCE_M = 0.018
"""Free space kept to everything else around a thing that is put down."""
BESIDE_GAPS_M = (0.03, 0.045, 0.06, 0.08)
"""Gaps to a thing that something is put beside, the best first; all of them count as beside it."""
EDGE_MARGIN_M = 0.012
"""How far a thing's outline stays inside the table."""
ROUNDING_M = 1e-6
"""What is measured roughly first may be wrong by this."""


def outline_at(d: Detection, spot: Spot, yaw: float) -> Array:
    """The footprint a thing would have if it lay at a spot, turned by ``yaw``."""
    if d.round:
        return disc(*spot, (d.size[0] + d.size[1]) / 4)
    return rectangle(*spot, d.size[0], d.size[1], yaw)


def reachable(spot: Spot, limits: Limits, margin: float = 0.0) -> bool:
    """Can the finger tips come to this spot?"""
    r = math.hypot(spot[0] - limits.base[0], spot[1] - limits.base[1])
    return (
        limits.min_reach_m <= r <= limits.reach_m - margin
        and limits.low[0] <= spot[0] <= limits.high[0]
        and limits.low[1] <= spot[1] <= limits.high[1]
    )


def is_free(d: Detection, spot: Spot, yaw: float, world: World, clearance: float = CLEARANCE_M, but: str = "") -> bool:
    """Would the thing stand on the table there, clear of everything else but one?"""
    outline = outline_at(d, spot, yaw)
    table = world.table
    if table is not None:
        edges = np.asarray(table.outline)
        if not contains(edges, outline, EDGE_MARGIN_M * 0.5):
            return False
    for zone in world.zones.values():
        if zone.keep_out and gap(outline, np.asarray(zone.outline)) < 0:
            return False
    others = [
        o for o in (*world.objects.values(), *world.lost.values()) if o.id not in (d.id, but) and o.support == "table"
    ]
    reach = clearance + half_diagonal(d) + ROUNDING_M
    near = [o for o in others if math.dist(spot, o.centre[:2]) < reach + half_diagonal(o)]
    return all(gap(outline, footprint(o)) >= clearance for o in near)


def free_spots(d: Detection, yaw: float, world: World, limits: Limits, near: Spot) -> Iterator[Spot]:
    """Free spots on the table in reach, those nearest to a point first."""
    for spot in _rings(near, 0.55, 0.025):
        if reachable(spot, limits, 0.02) and is_free(d, spot, yaw, world, 0.03):
            yield spot


def on_table(d: Detection, yaw: float, world: World, limits: Limits, near: Spot) -> Spot:
    """The free spot on the table nearest to a point.

    Raises:
        ToolError: there is none in reach.
    """
    for spot in free_spots(d, yaw, world, limits, near):
        return spot
    raise ToolError(f"no free place on the table for {d.id} in reach", FailureKind.BLOCKED)


def beside(
    d: Detection, yaw: float, reference: Detection, world: World, limits: Limits, near: Spot,
    distance_m: float | None = None, direction: str | None = None,
) -> Spot:  # fmt: skip
    """A free spot beside a thing: at ``distance_m`` between the outlines, on a side when named.

    Where no distance was said: 3 cm, or a little more where that is taken (the thing may stand on a plate).

    Raises:
        ToolError: every such spot is taken, off the table or out of reach; says which.
    """
    gaps = BESIDE_GAPS_M if distance_m is None else (distance_m,)
    if direction is not None:
        middle = math.atan2(DIRECTIONS[direction][1], DIRECTIONS[direction][0])
        angles = [middle + math.radians(a) for a in (0, 10, -10, 20, -20, 30, -30, 38, -38)]
    else:
        towards = math.atan2(near[1] - reference.centre[1], near[0] - reference.centre[0])
        angles = [towards + s * math.radians(a) for a in range(0, 181, 15) for s in ((1, -1) if a else (1,))]
    taken = 0
    for wanted, angle in product(gaps, angles):
        spot = at_gap(d, yaw, reference, angle, wanted)
        if not reachable(spot, limits, 0.01):
            continue
        if is_free(d, spot, yaw, world, min(CLEARANCE_M, max(0.0, wanted)), but=reference.id):
            return spot
        taken += 1
    side = f" on its {direction} side" if direction else ""
    why = "taken or off the table" if taken else "out of reach"
    kind = FailureKind.BLOCKED if taken else FailureKind.UNREACHABLE
    raise ToolError(f"no place for {d.id} {gaps[0] * 100:.1f} cm from {reference.id}{side}: {why}", kind)


def from_edge(d: Detection, yaw: float, edge: str, distance_m: float, world: World, limits: Limits, near: Spot) -> Spot:
    """The free spot nearest to a point whose outline lies ``distance_m`` inside a table edge.

    Raises:
        ToolError: no table is seen, or no such spot is free and in reach.
    """
    if world.table is None:
        raise ToolError("the table is not in view, so nothing can be measured to its edge")
    names = (
        [edge]
        if edge in EDGES
        else sorted(
            EDGES,
            key=lambda e: edge_gap(np.asarray([near]), *table_edge(world.table, e, near)[1:]),  # type: ignore[arg-type]
        )
    )
    middle = np.mean(np.asarray(world.table.outline), axis=0)
    for name in names:
        _, a, b = table_edge(world.table, name, near)
        p, along = np.asarray(a), np.asarray(b) - np.asarray(a)
        length = float(np.linalg.norm(along))
        along = along / length
        inward = np.array([-along[1], along[0]])
        if (middle - p) @ inward < 0:
            inward = -inward
        reach_in = float(
            -((outline_at(d, (0.0, 0.0), yaw)) @ inward).min()
        )  # how far the outline sticks out to the edge
        start = float(np.clip((np.asarray(near) - p) @ along, 0.05, length - 0.05))
        for shift in _alternating(length, 0.02):
            t = start + shift
            if not 0.03 <= t <= length - 0.03:
                continue
            x, y = p + along * t + inward * (distance_m + reach_in)
            spot = (float(x), float(y))
            if reachable(spot, limits) and is_free(d, spot, yaw, world):
                return spot
    raise ToolError(
        f"no place {distance_m * 100:.1f} cm from the {edge} for {d.id} that is free and in reach",
        FailureKind.UNREACHABLE,
    )


def before_edge(d: Detection, world: World, edge: str, distance_m: float) -> Spot:
    """Where a thing would lie after going straight to a table edge until its outline is ``distance_m`` inside it.

    Raises:
        ToolError: no table is seen.
    """
    if world.table is None:
        raise ToolError("the table is not in view, so there is no edge to go to")
    near = (d.centre[0], d.centre[1])
    _, a, b = table_edge(world.table, edge, near)
    p, along = np.asarray(a), np.subtract(b, a) / max(math.dist(a, b), 1e-9)
    out = np.array([along[1], -along[0]])
    if (np.mean(np.asarray(world.table.outline), axis=0) - p) @ out > 0:
        out = -out
    far = -float(((footprint(d) - p) @ out).max()) - distance_m
    x, y = np.asarray(near) + out * far
    return float(x), float(y)


def just_there(d: Detection, yaw: float, spot: Spot, world: World, limits: Limits) -> Spot:
    """The spot itself, where a thing can stand on it.

    Raises:
        ToolError: it is out of reach, off the table or taken; says by what.
    """
    says = f"({spot[0]:.2f}, {spot[1]:.2f})"
    if not reachable(spot, limits):
        raise ToolError(f"{says} is out of reach", FailureKind.UNREACHABLE)
    if is_free(d, spot, yaw, world, 0.003):
        return spot
    outline = outline_at(d, spot, yaw)
    taken = [o.id for o in world.objects.values() if o.id != d.id and gap(outline, footprint(o)) < 0.003]
    why = f"{', '.join(taken)} stands there" if taken else "it is off the table or in a zone to keep out of"
    raise ToolError(f"{d.id} cannot be put at {says}: {why}", FailureKind.BLOCKED)


def at_gap(d: Detection, yaw: float, reference: Detection, angle: float, wanted: float) -> Spot:
    """Where along a ray from the reference the outlines are ``wanted`` apart (bisection: the gap grows along it)."""
    ray = np.array([math.cos(angle), math.sin(angle)])
    still = footprint(reference)
    low, high = 0.0, wanted + sum(max(o.size[:2]) for o in (d, reference)) + 0.02
    for _ in range(22):
        t = (low + high) / 2
        x, y = np.asarray(reference.centre[:2]) + ray * t
        if gap(outline_at(d, (float(x), float(y)), yaw), still) < wanted:
            low = t
        else:
            high = t
    x, y = np.asarray(reference.centre[:2]) + ray * high
    return float(x), float(y)


def _rings(near: Spot, farthest: float, step: float) -> Iterator[Spot]:
    yield near
    for k in range(1, int(farthest / step) + 1):
        r = k * step
        n = max(8, int(2 * math.pi * r / 0.05))
        for i in range(n):
            yield near[0] + r * math.cos(2 * math.pi * i / n), near[1] + r * math.sin(2 * math.pi * i / n)


def _alternating(length: float, step: float) -> Iterator[float]:
    yield 0.0
    for k in range(1, int(length / step) + 1):
        yield k * step
        yield -k * step
