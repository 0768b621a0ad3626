"""Where a thing can rest in or upon what is there: in containers, in zones, across two others. Metres, world frame.

As in ``core.spots``, a spot is where the middle of the thing's footprint should come to lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, half_diagonal, inside_distance, inside_distances
from hiervla.core.outcome import FailureKind
from hiervla.core.spots import CLEARANCE_M, Spot, is_free, outline_at, reachable
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World, Zone

BOWL_NARROWS = 0.8
"""A bowl at half its height, as a fraction of its rim: what lies in it has no more room than that."""
BOWL_FOOT = 0.62
"""The flat floor of a bowl as a fraction of its rim."""
BROAD_M, FLAT_M = 0.10, 0.03
"""What is at least so broad and long, and no higher, carries several things beside each other."""
PLATE_GAP_M = 0.012
"""Between things on one plate: a finger must go between them."""
OVERLAP_M = 0.003
"""How far things in a container may be planned to meet: they settle against each other."""
FINGERS_M = 0.034
"""Room for an open finger between a thing and a wall."""
WALL_M = 0.006
"""A container's wall, and air beside an oblong thing: one end on a wall would lift it."""
LEVEL_M = 0.008
"""How much the tops of two things may differ for a third to be put across them."""
LAP_M = 0.008
"""How far a thing must reach over each of two others to rest on both."""


def into_zone(d: Detection, yaw: float, zone: Zone, world: World, near: Spot, clearance: float = 0.006) -> Spot:
    """The free spot in a zone nearest to a point, with the whole outline inside.

    Raises:
        ToolError: the thing is too big for it, or what lies there leaves no room.
    """
    edges = np.asarray(zone.outline)
    low, high = edges.min(axis=0), edges.max(axis=0)
    grid = [(float(x), float(y)) for x in np.arange(low[0], high[0], 0.01) for y in np.arange(low[1], high[1], 0.01)]
    outlines = outline_at(d, (0.0, 0.0), yaw) + np.reshape(
        grid, (-1, 1, 2)
    )  # all at once: a zone has hundreds of spots
    depths = inside_distances(edges, outlines).min(axis=-1)
    fits = [spot for spot, depth in zip(grid, depths, strict=True) if depth >= 0.004]
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


def _leaving_room(d: Detection, container: Detection, yaw: float | None) -> Spot:
    """Where the first thing goes: the middle, but to one side of a bowl that has room for two of its size,
    as far as its corners stay on that floor, however it is turned: on the wall they would tilt it; and of a box or drawer
    along its length as far as the thing, turned by ``yaw``, and the fingers on its broad sides have room before the wall."""
    radius = max(d.size[:2]) / 2
    x, y = container.centre[0], container.centre[1]
    if container.label in ("box", "drawer"):
        c, s = math.cos(container.yaw), math.sin(container.yaw)
        ends = radius + FINGERS_M
        if yaw is not None and oblong(d):
            lengthwise, across = abs(math.cos(yaw - container.yaw)), abs(math.sin(yaw - container.yaw))
            lies = radius * lengthwise + d.size[1] / 2 * across + WALL_M
            ends = max(lies, (d.size[1] / 2 + FINGERS_M) * across)
        aside = max(0.0, container.size[0] / 2 - ends)
        sign = (
            -1.0 if c > 0.5 else 1.0
        )  # the near end of one that lies lengthwise before the robot: walls hide less there
        return x + sign * aside * c, y + sign * aside * s
    floor = BOWL_FOOT * min(container.size[:2]) / 2
    if container.label != "bowl" or min(container.size[:2]) / 2 < 3.0 * radius:
        return x, y
    reach = radius if d.round else half_diagonal(d)
    return x, y + min(max(0.0, floor - WALL_M - reach), 1.3 * radius)


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


def upon(d: Detection, yaw: float, base: Detection, world: World) -> Spot:
    """Where on a thing to set another down: its middle; on a plate or a book, the freest place beside what stands there already.

    Raises:
        ToolError: there is no room left on it.
    """
    middle = (base.centre[0], base.centre[1])
    if not is_broad(base):
        return middle
    room, radius = min(base.size[:2]) / 2, max(d.size[:2]) / 2
    standing = [o for o in world.objects.values() if o.support == base.id and o.id != d.id]
    if not standing:
        aside = 0.0 if d.hollow or room < 2 * radius else 0.6 * (room - radius)  # another may follow
        return middle[0], middle[1] + aside
    far = max(room - 0.7 * radius, 0.0)
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    grid = [(middle[0] + r * math.cos(t), middle[1] + r * math.sin(t)) for r in (far, 0.6 * far) for t in turns]
    if base.label != "plate":
        grid = _over(d, yaw, base)
    free = {s: min(gap(outline_at(d, s, yaw), footprint(o)) for o in standing) for s in [middle, *grid]}
    best = max(free, key=lambda s: free[s])
    if free[best] < PLATE_GAP_M:
        raise ToolError(f"no room left on {base.id} beside {', '.join(o.id for o in standing)}", FailureKind.BLOCKED)
    return best


def is_broad(d: Detection) -> bool:
    """Several things find room on it beside each other: a plate, a book, a mat."""
    return d.label == "plate" or not (d.round or d.hollow or d.fixed or d.size[2] > FLAT_M or min(d.size[:2]) < BROAD_M)


def _over(d: Detection, yaw: float, base: Detection) -> list[Spot]:
    """Spots all over an oblong base where a thing lies wholly on it."""
    turned = np.array([[math.cos(base.yaw), -math.sin(base.yaw)], [math.sin(base.yaw), math.cos(base.yaw)]])
    outline = outline_at(d, (0.0, 0.0), yaw) @ turned
    reach = np.maximum((np.asarray(base.size[:2]) - np.ptp(outline, axis=0)) / 2, 0.0)
    steps = np.linspace(-1, 1, 9)
    at = [turned @ (reach * (u, v)) + base.centre[:2] for u in steps for v in steps]
    return [(float(x), float(y)) for x, y in at]


def oblong(d: Detection) -> bool:
    """Longer than broad by so much that it matters how it is turned."""
    return not d.round and d.size[0] > 1.6 * d.size[1]


def inside(
    d: Detection,
    container: Detection,
    world: World,
    yaw: float | None = None,
    hand_fits: Callable[[Spot], bool] = lambda _: True,
) -> Spot:
    """Where in a container to let a thing go: its middle, or the freest place beside what lies in it already.

    ``yaw`` is how the thing will lie; a long thing needs less room beside another when it lies along it. Places where
    ``hand_fits`` are preferred: the hand may stand beside what it holds, and needs room of its own.

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
    if not content and d.hollow:  # held by its rim, with one finger far outside: it needs the middle
        return middle
    if not content:
        return _leaving_room(d, container, yaw)

    def freedom(spot: Spot) -> float:
        if yaw is not None and oblong(d):
            outline = outline_at(d, spot, yaw)
            walls = inside_distance(inner, outline) - WALL_M
            return min([walls, *[gap(outline, footprint(o)) - WALL_M for o in content]])
        walls = inside_distance(inner, spot) - radius
        return min([walls, *[math.dist(spot, o.centre[:2]) - max(o.size[:2]) / 2 - radius for o in content]])

    def level(spot: Spot) -> float:
        """How freely it would lie there as it is turned: with a corner on the wall or on another it would tilt."""
        if yaw is None or d.round or oblong(d):
            return freedom(spot)
        outline = outline_at(d, spot, yaw)
        walls = inside_distance(inner, outline)
        return min([walls, *[gap(outline, footprint(o)) for o in content]])

    c, s = math.cos(container.yaw), math.sin(container.yaw)
    a, b = container.size[0] / 2, container.size[1] / 2
    grid = [
        (middle[0] + u * a * c - v * b * s, middle[1] + u * a * s + v * b * c)
        for u in np.linspace(-0.7, 0.7, 15)
        for v in np.linspace(-0.7, 0.7, 15)
    ]
    least = 0.6 * (d.size[1] / 2 if oblong(d) else radius)
    spots = [g for g in grid if inside_distance(inner, g) >= least] or [middle]
    free = [g for g in spots if freedom(g) >= -OVERLAP_M]
    if not free:
        listed = ", ".join(o.id for o in content)
        raise ToolError(f"no room left in {container.id} beside {listed} for {d.id}", FailureKind.BLOCKED)
    return max([s for s in free if hand_fits(s)] or free, key=level)
