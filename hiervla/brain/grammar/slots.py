"""Where the things of a row or a circle should stand: slots that are free, in reach, and ask for few moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

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
MOST_CHECKED = 12
"""Formations checked outline by outline, the best first."""
WIDER_M = 0.12
"""How much wider than the least a circle may be, when things stand in it already."""
Outline = Sequence[Sequence[float]] | None
"""Corners of a zone that all is to lie in."""
Slots = dict[str, spots.Spot]


def row_slots(
    things: Sequence[Detection],
    world: World,
    limits: Limits,
    direction: str | None = None,
    ordered: bool = False,
    room: Outline = None,
) -> Slots:
    """Slots of a row. It runs from left to right, or with ``front`` / ``behind`` away from the robot.

    ``ordered``: the things stand in the row as they are listed, from its left (or near) end; else as they stand now.

    Raises:
        ToolError: there is no room for it.
    """
    axes = {"left": [(0.0, -1.0)], "right": [(0.0, -1.0)], "front": [(1.0, 0.0)], "behind": [(1.0, 0.0)]}
    found: list[tuple[list[Detection] | None, Array]] = []
    for axis in axes.get(direction or "", [(0.0, -1.0), (1.0, 0.0)]):
        along = np.asarray(axis)
        line = list(things) if ordered else sorted(things, key=lambda d: float(np.asarray(d.centre[:2]) @ along))
        steps = [half(a) + half(b) + GAP_M for a, b in pairwise(line)]
        offsets = np.concatenate([[0.0], np.cumsum(steps)])[:, None] * along
        anchors = [np.asarray(d.centre[:2]) - offsets[k] for k, d in enumerate(line) if d.support == "table"]
        found += [(line, start + offsets) for start in [*anchors, *_starts(room)]]
    return _best(found, things, world, limits, room)


def _starts(room: Outline) -> list[Array]:
    """Where a row may begin: all over the table, or finely all over the zone, which it may fill from end to end."""
    (x0, y0), (x1, y1), pitch = (0.30, -0.45), (0.75, 0.46), 0.03
    if room is not None:
        (x0, y0), (x1, y1), pitch = np.min(np.asarray(room), axis=0), np.max(np.asarray(room), axis=0), 0.01
    return [np.array([x, y]) for x in np.arange(x0, x1, pitch) for y in np.arange(y0, y1, pitch)]


def circle_slots(
    things: Sequence[Detection], world: World, limits: Limits, around: Detection | None = None, room: Outline = None
) -> Slots:
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
        centres = [*_centres_of_pairs(things, least), middle]
        if room is not None:
            centres.append(np.mean(np.asarray(room), axis=0))
        centres += [np.array([x, y]) for x in np.arange(0.38, 0.68, 0.04) for y in np.arange(-0.32, 0.33, 0.04)]
    found = [c for centre in centres for c in _circles(things, centre, least)]
    return _best([(None, c) for c in found], things, world, limits, room)


def _circles(things: Sequence[Detection], centre: Array, least: float) -> Iterator[Array]:
    """Even circles about a centre: through each thing that stands at a fitting distance, and of the least radius."""
    n = len(things)
    offsets = np.asarray([d.centre[:2] for d in things]) - centre
    radii, angles = np.hypot(*offsets.T), np.arctan2(offsets[:, 1], offsets[:, 0])
    starts = [(r, a) for r, a in zip(radii, angles, strict=True) if least - 1e-3 <= r <= least + WIDER_M]
    starts += [(least + 0.02 * k, angles[0] + math.pi * j / n) for k in range(3) for j in range(2)]
    for radius, start in starts:
        around = start + 2 * math.pi * np.arange(n) / n
        yield centre + radius * np.stack([np.cos(around), np.sin(around)], axis=1)


def _centres_of_pairs(things: Sequence[Detection], least: float) -> Iterator[Array]:
    """Centres of the even circles that two of the things could be standing in already."""
    n = len(things)
    for a, b in combinations([np.asarray(d.centre[:2]) for d in things if d.support == "table"], 2):
        chord = b - a
        length = float(np.linalg.norm(chord))
        for steps in range(1, n // 2 + 1):
            radius = length / (2 * math.sin(math.pi * steps / n))
            if not least - 1e-3 <= radius <= least + WIDER_M:
                continue
            off = math.sqrt(max(radius**2 - length**2 / 4, 0.0)) * np.array([-chord[1], chord[0]]) / length
            yield (a + b) / 2 + off
            yield (a + b) / 2 - off


def half(d: Detection) -> float:
    """Radius of the disc that a thing fills, however it is turned, metres."""
    return (d.size[0] + d.size[1]) / 4 if d.round else math.hypot(d.size[0], d.size[1]) / 2


def _best(
    found: list[tuple[list[Detection] | None, Array]],
    things: Sequence[Detection],
    world: World,
    limits: Limits,
    room: Outline,
) -> Slots:
    """The formation that leaves most things where they are and moves the others least.

    ``found``: positions (N, 2) with the things in their order, or None where any thing may take any of them.
    """
    members = {d.id for d in things}
    still = [o for o in (*world.objects.values(), *world.lost.values()) if o.id not in members and o.support == "table"]
    centres = np.asarray([o.centre[:2] for o in still]).reshape(-1, 2)
    radii = np.asarray([min(o.size[:2]) / 2 for o in still])
    narrowest = min(half(d) for d in things)
    at = np.asarray([a for _, a in found])  # (K, N, 2)
    fits = np.asarray(_reached(at, limits))
    if room is not None:
        low, high = np.asarray(room).min(axis=0), np.asarray(room).max(axis=0)
        widest = [max(half(d) for d in things)] * len(things)
        sizes = {id(line): [half(d) for d in line] if line is not None else widest for line, _ in found}
        wide = np.asarray([sizes[id(line)] for line, _ in found])[:, :, None]
        fits &= (at >= low + wide).all(axis=(1, 2)) & (at <= high - wide).all(axis=(1, 2))
    if still:
        near = np.linalg.norm(at[:, :, None] - centres, axis=3) < narrowest * 0.7 + radii
        fits &= ~near.any(axis=(1, 2))
    rated: list[tuple[int, float, int]] = []
    for k in np.flatnonzero(fits):
        line, spots_at = found[int(k)]
        away = _away(line, spots_at) if line is not None else _nearest(things, spots_at)
        rated.append((int((away > STAYS_M).sum()), float(away.sum()), int(k)))
    rest = world.model_copy(update={"objects": {i: o for i, o in world.objects.items() if i not in members}})
    fit: list[tuple[int, float, Slots]] = []
    for tried, (_, _, k) in enumerate(sorted(rated)[: 8 * MOST_CHECKED]):
        if tried >= MOST_CHECKED and fit:
            break
        line, spots_at = found[k]
        taken = line if line is not None else _assigned(things, spots_at)
        slots = {d.id: (round(float(x), 4), round(float(y), 4)) for d, (x, y) in zip(taken, spots_at, strict=True)}
        away = _away(taken, spots_at)
        stays = {d.id for d, a in zip(taken, away, strict=True) if a <= STAYS_M}
        if all(d.id in stays or spots.is_free(d, slots[d.id], d.yaw, rest) for d in taken):
            fit.append((int((away > STAYS_M).sum()), float(away.sum()), slots))
            if line is not None:
                break
    if not fit:
        raise ToolError(f"no room for {len(things)} things in a formation", FailureKind.BLOCKED)
    return min(fit, key=lambda f: f[:2])[2]


def _reached(at: Array, limits: Limits) -> Array:
    """Which formations (K, N, 2) lie wholly in reach (K,): as ``spots.reachable`` says of one spot."""
    r = np.linalg.norm(at - np.asarray(limits.base[:2]), axis=2)
    inside = (r >= limits.min_reach_m) & (r <= limits.reach_m - 0.02)
    inside &= (at >= np.asarray(limits.low[:2])).all(axis=2) & (at <= np.asarray(limits.high[:2])).all(axis=2)
    return np.asarray(inside.all(axis=1))


def _away(line: Sequence[Detection], at: Array) -> Array:
    """How far each thing is from its slot (N,), metres; one metre when it stands elsewhere than on the table."""
    off: Array = np.linalg.norm(np.asarray([d.centre[:2] for d in line]) - at, axis=1)
    return np.where([d.support == "table" for d in line], off, 1.0)


def _nearest(things: Sequence[Detection], at: Array) -> Array:
    """How far each thing is from the slot nearest to it (N,), metres: no assignment is better."""
    points = np.asarray([d.centre[:2] for d in things])
    off: Array = np.linalg.norm(points[:, None] - at, axis=2).min(axis=1)
    return np.where([d.support == "table" for d in things], off, 1.0)


def _assigned(things: Sequence[Detection], at: Array) -> list[Detection]:
    """Things in the order of the slots they take: the nearest pair first."""
    points = np.asarray([d.centre[:2] for d in things])
    off = np.linalg.norm(points[:, None] - at, axis=2)
    out: dict[int, Detection] = {}
    for _ in things:
        i, j = np.unravel_index(int(np.argmin(off)), off.shape)
        out[int(j)] = things[int(i)]
        off[i, :] = off[:, j] = np.inf
    return [out[j] for j in range(len(things))]
