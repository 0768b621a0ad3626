"""From one group of pixels to the solids in it: read the highest face, take away what it explains, read on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hiervla.core.footprint import gap
from hiervla.core.geometry import Array
from hiervla.core.world import Detection
from hiervla.perception.lying import fit_lying
from hiervla.perception.outline import hull_depth, hull_of, smallest_rectangle
from hiervla.perception.segments import components
from hiervla.perception.shape import read_top
from hiervla.perception.solids import Furniture, Solid, fit_ball
from hiervla.perception.tilted import fit_tilted
from hiervla.perception.view import Mask, View

_LEAST_PX = 9
_ADJOINS_M = 0.006
"""Outlines of parts that touch come nearer than this."""
_CONTAINER_M = 0.085
"""Things this broad may hold others."""
_DEEP_M = 0.002
"""A thing whose middle lies farther than this within the outline of another of its height stands where that one does."""
_UNREAD = 0.055
"""Where more than this share of a group fits neither a plain solid nor anything beside it, its outline is no plain one."""
_THIN_M = 0.004
"""A piece narrower than this is no thing: a few pixels that fit nowhere."""
_FLAT_M = 0.03
"""Things of an unusual outline are at most so high."""


@dataclass(slots=True)
class Reading:
    """A solid and the pixels (H, W) that show it."""

    solid: Solid
    mask: Mask
    known: Detection | None = None  # set when memory, not this image, gave the shape
    furniture: Furniture | None = None  # set when it is a part of a piece of furniture
    main: Mask | None = None  # of a two-coloured thing the pixels of the colour that covers more of it,
    second: Mask | None = None  # and of the other


def read_group(view: View, normals: Array, mask: Mask, base: float = 0.0, depth: int = 3) -> list[Reading]:
    """Solids in one group of pixels of one colour, the highest first; ``base`` is the height it stands on at least."""
    rows, cols = np.nonzero(mask)
    if len(rows) < _LEAST_PX:
        return []
    points, heights = view.points[rows, cols], view.height[rows, cols]
    ball = fit_ball(points, heights, view.eye, 0.0008 + 1.2 * view.noise_m)
    if ball is not None and ball.bottom > base - 0.008:
        return [Reading(ball, mask)]
    lying = fit_lying(points, heights, view.noise_m)
    if lying is not None and lying.bottom > base - 0.008:
        return [Reading(lying, mask)]
    tilted = fit_tilted(points, normals[rows, cols], heights, view.noise_m)
    if tilted is not None and tilted.bottom > base - 0.010:
        return [Reading(tilted, mask)]
    solid = read_top(view, normals, mask)
    if solid is None:
        return []
    if depth > 0 and (container := _container(view, normals, mask, points, heights, solid)) is not None:
        solid = container
    off = solid.distance(points[:, :2], heights)
    limit = 0.0035 + 2.5 * view.noise_m
    explained = off < limit
    if solid.hollow:
        # Thin walls explain what merely lies near them: things inside stand clear of wall and floor.
        out = solid.outer(points[:, :2], heights)
        explained |= (out > -solid.wall - 0.005) & (out < 0.006) & (heights < solid.top + 0.004)
        explained |= (out < 0) & (heights < solid.floor + 0.006)
    rest = np.zeros_like(mask)
    rest[rows[~explained], cols[~explained]] = True
    if (seam := find_seam(solid, points, heights, base, view.noise_m)) is not None and depth > 0:
        under = np.zeros_like(mask)
        under[rows[heights < seam], cols[heights < seam]] = True
        return _with_lower(view, normals, Reading(solid, mask & ~under), under, seam, base, depth)
    own = Reading(solid, mask & ~rest)
    if depth == 0 or rest.sum() < max(_LEAST_PX, 0.04 * len(rows)):
        own.mask = mask
        odd = _odd_one(view, normals, mask, solid) if depth > 0 and rest.sum() > _UNREAD * len(rows) else None
        return [odd or own]
    found = [own]
    labels, n = components(view, rest, normals)
    for k in range(1, n + 1):
        part = labels == k
        if part.sum() < _LEAST_PX:
            continue
        inner = read_group(view, normals, part, solid.floor if solid.hollow else base, depth - 1)
        if not solid.ball:
            for lower in inner:
                b = lower.solid
                if solid.hollow and b.size[0] < solid.size[0]:
                    continue  # it lies inside
                if b.top < solid.top - 0.008 and float(b.signed(solid.centre[None])[0]) < 0:
                    # What this seemed to explain below that top belongs to the lower thing: give it back and read anew.
                    under = np.zeros_like(mask)
                    below = explained & (heights < b.top - 0.0005)
                    under[rows[below], cols[below]] = True
                    if b.hollow or under.sum() < _LEAST_PX:
                        solid.low = b.floor if b.hollow else b.top
                        continue
                    return _with_lower(
                        view, normals, Reading(solid, mask & ~part & ~under), under | part, b.top, base, depth
                    )
        for lower in inner:
            if solid.hollow and _same_inside(solid, lower.solid):
                own.mask = own.mask | lower.mask
            else:
                found.append(lower)
    if depth > 0 and (seam := _bridge_seam(solid, found[1:])) is not None:
        return _bridge(view, normals, found, seam, base, depth)
    unread = all(r.solid.size[1] < _THIN_M for r in found[1:]) and rest.sum() > _UNREAD * len(rows)
    if unread or any(_in_one_place(solid, r.solid) for r in found[1:]):
        odd = _odd_one(view, normals, mask, solid)
        return [odd] if odd is not None else found
    return found


def _in_one_place(upper: Solid, lower: Solid) -> bool:
    """Do two solids of about one height claim the same place, as no two things can?"""
    if lower.hollow or lower.ball:
        return False
    return lower.top > upper.top - 0.008 and float(upper.signed(lower.centre[None])[0]) < -_DEEP_M


def _odd_one(view: View, normals: Array, mask: Mask, plain: Solid) -> Reading | None:
    """All of a group as one flat thing of an outline of its own; None where that does not explain it all."""
    if plain.hollow or plain.ball or plain.cutout is not None:
        return None
    solid = read_top(view, normals, mask, plain=False)
    if solid is None or solid.cutout is None or solid.top > _FLAT_M:
        return None
    off = solid.distance(view.points[mask][:, :2], view.height[mask])
    return Reading(solid, mask) if float((off < 0.0035 + 2.5 * view.noise_m).mean()) > 0.96 else None


def _bridge_seam(upper: Solid, others: list[Reading]) -> float | None:
    """The height at which a tall box turns out to stand across lower ones: slabs of equal height stick out beside it."""
    if upper.hollow or upper.ball or upper.circle is not None:
        return None
    slabs = [
        b
        for b in (r.solid for r in others)
        if not b.hollow and not b.ball and b.circle is None and b.size[1] > _THIN_M
        and 0.3 * upper.top < b.top < 0.75 * upper.top
        and b.size[1] < 0.75 * min(b.size[0], b.top)
        and gap(upper.outline(), b.outline()) < _ADJOINS_M
    ]  # fmt: skip
    if not slabs or max(b.top for b in slabs) - min(b.top for b in slabs) > 0.004:
        return None
    return max(b.top for b in slabs)


def _bridge(view: View, normals: Array, found: list[Reading], seam: float, base: float, depth: int) -> list[Reading]:
    """What stands across others, read anew from above the seam, and what is below read in its own parts."""
    own, rest = found[0], [r for r in found[1:] if abs(r.solid.top - seam) > 0.004]
    every = np.any([own.mask, *[r.mask for r in found[1:] if abs(r.solid.top - seam) <= 0.004]], axis=0)
    above = every & (view.height > seam + 0.001)
    upper = read_group(view, normals, above, seam, 0)
    if len(upper) != 1:
        return found
    upper[0].solid.low = seam
    labels, n = components(view, every & ~above, normals)
    lower = [r for k in range(1, n + 1) for r in read_group(view, normals, labels == k, base, depth - 1)]
    return [*upper, *lower, *rest]


def _container(view: View, normals: Array, mask: Mask, points: Array, heights: Array, first: Solid) -> Solid | None:
    """The bowl, plate or tray around a group whose highest face belongs to something in it, perhaps askew.

    What lies outermost of such a group is the rim, whatever stands above it farther in.
    """
    hull = hull_of(points[:, :2])
    _, low, high = smallest_rectangle(hull)
    breadth = float((high - low).min())
    if breadth < _CONTAINER_M or (first.hollow and first.size[1] > 0.85 * breadth):
        return None
    rim = float(np.quantile(heights[hull_depth(hull, points[:, :2]) < 0.003], 0.85))
    solid = read_top(view, normals, mask & (view.height < rim + 0.0006 + 2 * view.noise_m))
    return solid if solid is not None and solid.hollow and solid.size[1] > 0.85 * breadth else None


def _same_inside(host: Solid, inner: Solid) -> bool:
    """Is a hollow shape found inside another of its colour only a part of the same inside wall?"""
    off = float(np.linalg.norm(host.centre - inner.centre))
    return (
        inner.hollow
        and inner.size[0] < host.size[0]
        and inner.top < host.top - 0.004
        and off < 0.01 + 0.1 * host.size[1]
    )


def _with_lower(
    view: View, normals: Array, upper: Reading, under: Mask, seam: float, base: float, depth: int
) -> list[Reading]:
    upper.solid.low = seam
    return [upper, *read_group(view, normals, under, base, depth - 1)]


def find_seam(solid: Solid, points: Array, heights: Array, base: float, noise_m: float) -> float | None:
    """The height at which one upright box gives way to another below it, or None when it is one box.

    The faces of two boxes hardly ever line up: with the side points in the upper box's frame, two straight faces, one
    above and one below a seam, fit far better than one through all. Boxes that do line up are told by proportions: a
    square column twice or three times as tall as wide is taken for a stack.
    """
    base = max(base, solid.low - 0.006)
    height = solid.top - base
    if not solid.boxy or solid.size[1] < 0.015:
        return None
    if height < 1.35 * solid.size[1] or height < 0.05:
        return None
    local = _in_frame(solid, points[:, :2])
    half = np.array(solid.size) / 2
    best, total = 0.0, 0.0
    seams = np.arange(base + 0.016, solid.top - 0.016, 0.002)
    gains = np.zeros(len(seams))
    for axis in (0, 1):
        for sign in (1, -1):
            on = (np.abs(local[:, axis] * sign - half[axis]) < 0.0045) & (heights < solid.top - 0.002)
            on &= np.abs(local[:, 1 - axis]) < half[1 - axis] - 0.003  # a corner belongs to two faces
            if on.sum() < 24:
                continue
            across, along, h = local[on, axis], local[on, 1 - axis], heights[on]
            whole = _line_error(along, across)
            total += whole
            for i, s in enumerate(seams):
                up = h > s
                if min(up.sum(), (~up).sum()) < 8:
                    gains[i] += 0.0
                    continue
                gains[i] += whole - _line_error(along[up], across[up]) - _line_error(along[~up], across[~up])
            best += on.sum()
    if best and total > 0:
        i = int(np.argmax(gains))
        if gains[i] > 0.35 * total and total / best > (0.0003 + noise_m) ** 2:
            return float(seams[i])
    edge = (solid.size[0] + solid.size[1]) / 2
    storeys = round(height / edge)
    if solid.size[0] < 1.06 * solid.size[1] and storeys >= 2 and abs(height / edge - storeys) < 0.05 * storeys:
        solid.stacked = True
        return base + edge * (storeys - 1)
    return None


def _in_frame(solid: Solid, xy: Array) -> Array:
    c, s = math.cos(solid.yaw), math.sin(solid.yaw)
    local: Array = (xy - solid.centre) @ np.array([[c, -s], [s, c]])
    return local


def _line_error(x: Array, y: Array) -> float:
    """Sum of squared residuals of the best straight line y(x)."""
    x, y = x - x.mean(), y - y.mean()
    xx = float(x @ x)
    return max(0.0, float(y @ y) - (float(x @ y) ** 2 / xx if xx > 1e-12 else 0.0))
