"""Where a thing can be put: spots on the table, beside things, at a distance, inside containers. Metres, world frame.

Everything here reads the perceived world only. A spot is where the middle of the thing's footprint should come to lie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import contains, disc, edge_gap, footprint, gap, inside_distance, rectangle
from hiervla.core.geometry import Array
from hiervla.core.goal import DIRECTIONS, EDGES, table_edge
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World, Zone

Spot = tuple[float, float]
CLEARANCE_M = 0.018
"""Free space kept to everything else around a thing that is put down."""
BOWL_NARROWS = 0.8
"""A bowl at half its height, as a fraction of its rim: what lies in it has no more room than that."""
OVERLAP_M = 0.006
"""How far things in a container may be planned to meet: they settle against each other."""
EDGE_MARGIN_M = 0.012
"""How far a thing's outline stays inside the table."""


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
        if not all(contains(edges, p, EDGE_MARGIN_M * 0.5) for p in outline):
            return False
    for zone in world.zones.values():
        if zone.keep_out and gap(outline, np.asarray(zone.outline)) < 0:
            return False
    others = [
        o for o in (*world.objects.values(), *world.lost.values()) if o.id not in (d.id, but) and o.support == "table"
    ]
    return all(gap(outline, footprint(o)) >= clearance for o in others)


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
    """A free spot beside a thing: at ``distance_m`` between the outlines (3 cm when not said), on a side when named.

    Raises:
        ToolError: every such spot is taken, off the table or out of reach; says which.
    """
    wanted = 0.03 if distance_m is None else distance_m
    if direction is not None:
        middle = math.atan2(DIRECTIONS[direction][1], DIRECTIONS[direction][0])
        angles = [middle + math.radians(a) for a in (0, 10, -10, 20, -20, 30, -30, 38, -38)]
    else:
        towards = math.atan2(near[1] - reference.centre[1], near[0] - reference.centre[0])
        angles = [towards + s * math.radians(a) for a in range(0, 181, 15) for s in ((1, -1) if a else (1,))]
    taken = 0
    clearance = min(CLEARANCE_M, max(0.0, wanted))
    for angle in angles:
        spot = at_gap(d, yaw, reference, angle, wanted)
        if not reachable(spot, limits, 0.01):
            continue
        if is_free(d, spot, yaw, world, clearance, but=reference.id):
            return spot
        taken += 1
    side = f" on its {direction} side" if direction else ""
    why = "taken or off the table" if taken else "out of reach"
    kind = FailureKind.BLOCKED if taken else FailureKind.UNREACHABLE
    raise ToolError(f"no place for {d.id} {wanted * 100:.1f} cm from {reference.id}{side}: {why}", kind)


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


def into_zone(d: Detection, yaw: float, zone: Zone, world: World, near: Spot, clearance: float = 0.006) -> Spot:
    """The free spot in a zone nearest to a point, with the whole outline inside.

    Raises:
        ToolError: the thing is too big for it, or what lies there leaves no room.
    """
    edges = np.asarray(zone.outline)
    low, high = edges.min(axis=0), edges.max(axis=0)
    grid = [(float(x), float(y)) for x in np.arange(low[0], high[0], 0.01) for y in np.arange(low[1], high[1], 0.01)]
    fits = [g for g in grid if all(contains(edges, p, 0.004) for p in outline_at(d, g, yaw))]
    if not fits:
        raise ToolError(f"{d.id} is too big for the zone {zone.name!r}", FailureKind.PRECONDITION)
    for spot in sorted(fits, key=lambda g: math.dist(g, near)):
        if is_free(d, spot, yaw, world, clearance):
            return spot
    raise ToolError(f"no room left in the zone {zone.name!r} for {d.id}", FailureKind.BLOCKED)


def in_zone(d: Detection, yaw: float, zone: Zone, world: World, limits: Limits) -> Spot:
    """A free spot in a zone: its middle when it has room for little else, else packed from the robot's side.

    Raises:
        ToolError: the thing is too big for it, what lies there leaves no room, or it is out of reach.
    """
    edges = np.asarray(zone.outline)
    low, high = edges.min(axis=0), edges.max(axis=0)
    middle = ((low + high) / 2).tolist()
    lots = float((high - low).min()) > 2.2 * max(d.size[:2]) + CLEARANCE_M
    near = min(zone.outline, key=lambda c: math.dist(c, limits.base[:2])) if lots else (middle[0], middle[1])
    for clearance in (CLEARANCE_M, 0.010, 0.005):
        try:
            spot = into_zone(d, yaw, zone, world, near, clearance)
        except ToolError:
            if clearance == 0.005:
                raise
            continue
        if reachable(spot, limits):
            return spot
    raise ToolError(f"the zone {zone.name!r} is out of reach", FailureKind.UNREACHABLE)


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


LEVEL_M = 0.008
"""How much the tops of two things may differ for a third to be put across them."""
LAP_M = 0.008
"""How far a thing must reach over each of two others to rest on both."""


def upon_both(d: Detection, yaw: float, a: Detection, b: Detection, world: World) -> tuple[Spot, float]:
    """The spot in the middle of two things for a third across them, and the height it will lie at.

    Raises:
        ToolError: their tops differ, they stand too far apart for it, or something is there already.
    """
    if abs(a.top_z - b.top_z) > LEVEL_M:
        raise ToolError(f"the tops of {a.id} and {b.id} are not level", FailureKind.PRECONDITION)
    x, y = (np.asarray(a.centre[:2]) + b.centre[:2]) / 2
    outline = outline_at(d, (float(x), float(y)), yaw)
    laps = {o.id: -gap(outline, footprint(o)) for o in (a, b)}
    if short := [i for i, lap in laps.items() if lap < LAP_M]:
        raise ToolError(
            f"{d.id} would not reach over {', '.join(short)}: they stand too far apart", FailureKind.PRECONDITION
        )
    others = [
        o for o in world.objects.values() if o.id not in (d.id, a.id, b.id) and o.top_z > max(a.top_z, b.top_z) + 0.004
    ]
    if taken := [o.id for o in others if o.support != "hand" and gap(outline, footprint(o)) < 0.002]:
        raise ToolError(f"{', '.join(taken)} is in the way above {a.id} and {b.id}", FailureKind.BLOCKED)
    return (float(x), float(y)), max(a.top_z, b.top_z)


def inside(d: Detection, container: Detection, world: World) -> Spot:
    """Where in a container to let a thing go: its middle, or the freest place beside what lies in it already.

    Raises:
        ToolError: it is not hollow, or the thing is too big for it.
    """
    if not container.hollow:
        raise ToolError(f"{container.id} is not hollow: nothing can be put into it", FailureKind.PRECONDITION)
    room = container.inner_radius_m or min(container.size[:2]) / 2
    radius = max(d.size[0], d.size[1]) / 2
    if radius > room:
        why = f"{d.id} ({d.size[0] * 100:.1f} cm) is too big for {container.id} ({room * 200:.1f} cm wide)"
        raise ToolError(why, FailureKind.PRECONDITION)
    middle = (container.centre[0], container.centre[1])
    inner = np.asarray(middle) + (footprint(container) - middle) * (BOWL_NARROWS if container.label == "bowl" else 1.0)
    content = [o for o in world.objects.values() if o.support == container.id and o.id != d.id]
    if not content:
        return middle

    def freedom(spot: Spot) -> float:
        walls = inside_distance(inner, spot) - radius
        return min([walls, *[math.dist(spot, o.centre[:2]) - max(o.size[:2]) / 2 - radius for o in content]])

    c, s = math.cos(container.yaw), math.sin(container.yaw)
    a, b = container.size[0] / 2, container.size[1] / 2
    grid = [
        (middle[0] + u * a * c - v * b * s, middle[1] + u * a * s + v * b * c)
        for u in np.linspace(-0.7, 0.7, 9)
        for v in np.linspace(-0.7, 0.7, 9)
    ]
    best = max((g for g in grid if inside_distance(inner, g) >= 0.6 * radius), key=freedom, default=middle)
    if freedom(best) < -OVERLAP_M:
        listed = ", ".join(o.id for o in content)
        raise ToolError(f"no room left in {container.id} beside {listed} for {d.id}", FailureKind.BLOCKED)
    return best


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
