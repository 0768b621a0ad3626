"""Where the things of a row or a circle should stand: slots that are free, in reach, and ask for few moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from hiervla.core import spots
from hiervla.core.errors import ToolError
from hiervla.core.geometry import Array
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World

GAP_M = 0.03
"""Between the outlines of neighbours, however they are turned."""
STAYS_M = 0.012
"""A thing nearer to its slot than this stays where it is."""
MOST_CHECKED = 40
"""Formations checked outline by outline, the best first."""
Slots = dict[str, spots.Spot]


def row_slots(
    things: Sequence[Detection], world: World, limits: Limits, direction: str | None = None, ordered: bool = False
) -> Slots:
    """Slots of a row. It runs from left to right, or with ``front`` / ``behind`` away from the robot.

    ``ordered``: the things stand in the row as they are listed, from its left (or near) end; else as they stand now.

    Raises:
        ToolError: there is no room for it.
    """
    axes = {"left": [(0.0, -1.0)], "right": [(0.0, -1.0)], "front": [(1.0, 0.0)], "behind": [(1.0, 0.0)]}
    found: list[tuple[list[Detection], Array]] = []
    for axis in axes.get(direction or "", [(0.0, -1.0), (1.0, 0.0)]):
        along = np.asarray(axis)
        line = list(things) if ordered else sorted(things, key=lambda d: float(np.asarray(d.centre[:2]) @ along))
        steps = [half(a) + half(b) + GAP_M for a, b in pairwise(line)]
        offsets = np.concatenate([[0.0], np.cumsum(steps)])[:, None] * along
        anchors = [np.asarray(d.centre[:2]) - offsets[k] for k, d in enumerate(line) if d.support == "table"]
        grid = [np.array([x, y]) for x in np.arange(0.30, 0.75, 0.03) for y in np.arange(-0.45, 0.46, 0.03)]
        found += [(line, start + offsets) for start in [*anchors, *grid]]
    return _best(found, things, world, limits)


def circle_slots(things: Sequence[Detection], world: World, limits: Limits, around: Detection | None = None) -> Slots:
    """Slots of a circle, evenly spaced, around a thing or where there is room.

    Raises:
        ToolError: there is no room for it.
    """
    n = len(things)
    if n < 3:
        raise ToolError("a circle takes at least three things", FailureKind.PRECONDITION)
    apart = 2 * max(half(d) for d in things) + GAP_M
    least = apart / (2 * math.sin(math.pi / n))
    if around is not None:
        least = max(least, half(around) + max(half(d) for d in things) + GAP_M)
        centres = [np.asarray(around.centre[:2])]
    else:
        middle = np.mean([d.centre[:2] for d in things], axis=0)
        centres = [middle, *(np.array([x, y]) for x in np.arange(0.38, 0.68, 0.04) for y in np.arange(-0.32, 0.33, 0.04))]  # fmt: skip
    found = [c for centre in centres for c in _circles(things, centre, least)]
    return _best(found, things, world, limits)


def _circles(things: Sequence[Detection], centre: Array, least: float) -> Iterator[tuple[list[Detection], Array]]:
    n = len(things)
    angle = {d.id: math.atan2(d.centre[1] - centre[1], d.centre[0] - centre[0]) for d in things}
    line = sorted(things, key=lambda d: angle[d.id])
    here = [(math.dist(d.centre[:2], centre), angle[d.id] - 2 * math.pi * k / n) for k, d in enumerate(line)]
    starts = [(r, a) for r, a in here if least <= r + 1e-3 <= least + 0.15]
    starts += [(least + 0.02 * k, here[0][1] + math.pi * j / (3 * n)) for k in range(4) for j in range(6)]
    for radius, start in starts:
        angles = start + 2 * math.pi * np.arange(n) / n
        yield line, centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def half(d: Detection) -> float:
    """Radius of the disc that a thing fills, however it is turned, metres."""
    return (d.size[0] + d.size[1]) / 4 if d.round else math.hypot(d.size[0], d.size[1]) / 2


def _best(
    found: list[tuple[list[Detection], Array]], things: Sequence[Detection], world: World, limits: Limits
) -> Slots:
    """The formation that leaves most things where they are and moves the others least."""
    members = {d.id for d in things}
    still = [o for o in (*world.objects.values(), *world.lost.values()) if o.id not in members and o.support == "table"]
    centres = np.asarray([o.centre[:2] for o in still]).reshape(-1, 2)
    radii = np.asarray([min(o.size[:2]) / 2 for o in still])
    rated: list[tuple[int, float, int]] = []
    for k, (line, at) in enumerate(found):
        own = np.asarray([half(d) for d in line])
        if any(not spots.reachable((float(x), float(y)), limits, 0.02) for x, y in at):
            continue
        if len(still) and bool((np.linalg.norm(at[:, None] - centres, axis=2) < own[:, None] * 0.7 + radii).any()):
            continue
        away = [math.dist(d.centre[:2], p) if d.support == "table" else 1.0 for d, p in zip(line, at, strict=True)]
        rated.append((sum(a > STAYS_M for a in away), sum(away), k))
    rest = world.model_copy(update={"objects": {i: o for i, o in world.objects.items() if i not in members}})
    for _, _, k in sorted(rated)[:MOST_CHECKED]:
        line, at = found[k]
        slots = {d.id: (round(float(x), 4), round(float(y), 4)) for d, (x, y) in zip(line, at, strict=True)}
        if all(
            math.dist(d.centre[:2], slots[d.id]) <= STAYS_M or spots.is_free(d, slots[d.id], d.yaw, rest) for d in line
        ):
            return slots
    raise ToolError(f"no room for {len(things)} things in a formation", FailureKind.BLOCKED)
