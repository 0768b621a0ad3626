"""Furniture told by how it is built: a drawer by the handle on one side of a broad box, a button, a slider.

Cabinets and drawers are read before anything else, so that a tray's walls are not taken for things of their own;
buttons and sliders afterwards, from what rests on what.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hiervla.core.footprint import gap
from hiervla.core.geometry import Array, vec3
from hiervla.core.world import Detection
from hiervla.perception.fragments import Group
from hiervla.perception.outline import hull_of, smallest_rectangle
from hiervla.perception.recall import solid_of
from hiervla.perception.segments import same_colour
from hiervla.perception.shape import read_top
from hiervla.perception.solids import Furniture, Solid, long_side_first
from hiervla.perception.view import Mask, View

BROAD_M = 0.12
"""What is this broad both ways, full and low is a cabinet when it has a drawer: nothing to be carried is."""
TALLEST_M = 0.30
FARTHEST_M = 0.20
"""A drawer is not out by more."""
CLOSED_M = 0.012
STICKS_OUT_M = (0.018, 0.060)
"""How far a handle stands out from its front."""
HANDLE_HALF_M = 0.013
"""Half the breadth of the strip in which a handle is sought, in the middle of a front."""
_WALL_M = 0.007
_GAP_M = 0.02
RAIL_END_M = 0.05
"""A slider's knob is taken to come this near to either end of its rail."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cabinet that was found: its solid, its pixels (H, W), what it is."""

    solid: Solid
    mask: Mask
    furniture: Furniture


def find_cabinets(
    view: View, normals: Array, groups: list[Group], known: Sequence[Detection], table_m: float
) -> list[tuple[Piece, Piece]]:
    """Cabinets with their drawer among groups of pixels; ``known`` are things seen before: furniture stays where it is."""
    found = []
    for mask, rgb in groups:
        carcass = _carcass(view, normals, mask, known, table_m)
        if carcass is None:
            continue
        sides = [_drawer(view, carcass, side, groups) for side in range(4)]
        best = max((s for s in sides if s is not None), key=lambda s: s.mask.sum(), default=None)
        if best is not None:
            inside = [m for m, c in groups if same_colour(c, rgb) and _within(view, carcass, m)]
            own = np.any([mask, *inside], axis=0) & ~best.mask
            found.append((Piece(carcass, own, Furniture("cabinet")), best))
    return found


def _carcass(view: View, normals: Array, mask: Mask, known: Sequence[Detection], table_m: float) -> Solid | None:
    """The broad full box that a group of pixels shows, or None."""
    points = view.points[mask]
    if len(points) < 150:
        return None
    for d in known:
        if d.label == "cabinet":
            solid = solid_of(d, table_m)
            inside = (solid.signed(points[:, :2]) < 0.006) & (view.height[mask] < solid.top + 0.006)
            if inside.mean() > 0.9:
                return solid
    _, low, high = smallest_rectangle(hull_of(points[::3, :2]))
    if (high - low).min() < BROAD_M or view.height[mask].max() > TALLEST_M:
        return None
    solid = read_top(view, normals, mask)
    if solid is None or solid.hollow or solid.circle is not None or solid.size[1] < BROAD_M or solid.top < 0.05:
        return None
    solid.low = solid.bottom = 0.0
    return solid


def _within(view: View, carcass: Solid, mask: Mask) -> bool:
    """Do pixels show the inside of a carcass, through the gaps around its drawer?"""
    inside = (carcass.signed(view.points[mask][:, :2]) < 0.004) & (view.height[mask] < carcass.top - 0.004)
    return bool(inside.mean() > 0.9)


def _drawer(view: View, carcass: Solid, side: int, groups: list[Group]) -> Piece | None:
    """The drawer on one side of a carcass (0..3 counter-clockwise from its length's end), or None when there is no handle."""
    angle = carcass.yaw + side * math.pi / 2
    out = np.array([math.cos(angle), math.sin(angle)])
    along = np.array([-out[1], out[0]])
    deep, half = carcass.size[side % 2] / 2, carcass.size[(side + 1) % 2] / 2
    for mask in _by_colour(groups):
        rows, cols = np.nonzero(mask)
        to = view.points[rows, cols, :2] - carcass.centre
        u, v, h = to @ out - deep, to @ along, view.height[rows, cols]
        zone = (
            (u > -0.004) & (u < FARTHEST_M + STICKS_OUT_M[1]) & (np.abs(v) < half + 0.004) & (h < carcass.top + 0.004)
        )
        reading = _measure(u[zone], v[zone], h[zone], half, carcass.top)
        if reading is None:
            continue
        opening, tip, grip_h, rim = reading
        front = np.zeros_like(mask)
        under_lid = (u > -2 * deep) & (u <= -0.004) & (np.abs(v) < half) & (h < carcass.top - 0.010)
        mine = (zone | under_lid) & _of_drawer(u, v, h, opening, tip, half, rim)
        front[rows[mine], cols[mine]] = True
        n, d = view.plane[:3], view.plane[3]
        spot = carcass.centre + out * (deep + (opening + tip) / 2)
        level = float((grip_h - d - spot @ n[:2]) / n[2])
        solid = _tray(carcass, out, deep, half, opening, tip, rim, h[mine], u[mine], angle)
        opens = (round(float(out[0]), 4), round(float(out[1]), 4))
        return Piece(solid, front, Furniture("drawer", None, opens, round(max(0.0, opening), 4), None, vec3((*spot, level))))  # fmt: skip
    return None


def _by_colour(groups: list[Group]) -> list[Mask]:
    """Pixels joined by colour: a drawer's parts need not touch in the image."""
    joined: list[Group] = []
    for mask, colour in groups:
        for k, (other, c) in enumerate(joined):
            if same_colour(c, colour):
                joined[k] = (other | mask, c)
                break
        else:
            joined.append((mask, colour))
    return [mask for mask, _ in joined]


def _measure(u: Array, v: Array, h: Array, half: float, top: float) -> tuple[float, float, float, float] | None:
    """Opening, handle tip (both outwards from the carcass's side), height to grip at and of the rim; None without a handle."""
    near = u <= _reach(u)
    strip = near & (np.abs(v) < HANDLE_HALF_M) & (h > 0.02)
    beside = near & (np.abs(v) > 1.6 * HANDLE_HALF_M) & (h > 0.02)
    opening = max(0.0, float(np.quantile(u[beside], 0.985))) if beside.sum() >= 12 else 0.0
    if strip.sum() < 8:
        return None
    tip = float(np.quantile(u[strip], 0.98)) + 0.001
    grip = strip & (u > opening + 0.006)
    if grip.sum() < 6 or not STICKS_OUT_M[0] < tip - opening < STICKS_OUT_M[1] or opening > FARTHEST_M:
        return None
    broad = float(np.quantile(v[grip], 0.95) - np.quantile(v[grip], 0.05))
    if broad > 2 * HANDLE_HALF_M or np.abs(v[grip].mean()) > HANDLE_HALF_M / 2:
        return None
    if opening > CLOSED_M:  # an open one shows a front that is as broad as the carcass
        front = beside & (u > opening - 0.010)
        if front.sum() < 12 or np.ptp(v[front]) < 1.2 * half:
            return None
    lip = h[beside & (u > opening - 0.008)] if beside.any() else h[grip]
    rim = float(np.quantile(lip, 0.95)) if len(lip) >= 4 else top - 0.01
    grip_top = float(np.quantile(h[grip], 0.9))
    return opening, tip, max(0.02, grip_top - 0.012), rim


def _reach(u: Array) -> float:
    """How far out points go from 0 without a gap: beyond one something else of that colour stands."""
    ordered = np.append(0.0, np.sort(u[u > -0.004]))
    gaps = np.nonzero(np.diff(ordered) > _GAP_M)[0]
    return float(ordered[gaps[0]] if len(gaps) else ordered[-1]) + 1e-6


def _of_drawer(u: Array, v: Array, h: Array, opening: float, tip: float, half: float, rim: float) -> Mask:
    """Points that the tray, its front and its handle explain; what lies in it stands clear of them."""
    low = h < rim + 0.008
    handle = (np.abs(v) < HANDLE_HALF_M + 0.004) & (u > opening - 0.004) & (u < tip + 0.006) & low
    front = (np.abs(u - opening) < 0.010) & low
    walls = (u < opening + 0.004) & (half - np.abs(v) < 0.018) & low
    floor = (u < opening + 0.004) & (h < 0.022)
    back = (u < 0.006) & low  # the tray's own back and what is seen of it under the lid
    explained: Mask = handle | front | walls | floor | back
    return explained


def _tray(
    carcass: Solid, out: Array, deep: float, half: float, opening: float, tip: float, rim: float, h: Array, u: Array,
    angle: float,
) -> Solid:  # fmt: skip
    """While open, the part of the tray outside the carcass; while closed, the handle."""
    shut = opening <= CLOSED_M
    length, width = (tip - opening, 0.014) if shut else (opening, 2 * half - 0.016)
    middle = (opening + tip) / 2 if shut else opening / 2
    size, yaw, ends = long_side_first(np.array([length, width]), angle, np.ones(4))
    floor = h[(u < opening - 0.012) & (h < 0.03)]
    return Solid(
        centre=carcass.centre + out * (deep + middle), size=size, yaw=yaw, top=rim, low=0.0, hollow=True, wall=_WALL_M,
        floor=float(np.median(floor)) if len(floor) >= 8 else 0.013, ends=ends,
    )  # fmt: skip


def fixed_parts(solids: list[Solid], supports: list[int]) -> dict[int, Furniture]:
    """Buttons and sliders among solids, with the panels they sit on: index → what it is."""
    found: dict[int, Furniture] = {}
    for i, (a, j) in enumerate(zip(solids, supports, strict=True)):
        if j < 0 or solids[j].circle is not None or solids[j].hollow or solids[j].ball or a.hollow:
            continue
        b = solids[j]
        part = _button(a, b) or _slider(a, b)
        if part is not None:
            found[i] = Furniture(part.label, j, part.opens, part.opening_m, part.travel_m, part.grasp_at)
            found[j] = Furniture("panel")
    return found


def _button(a: Solid, panel: Solid) -> Furniture | None:
    """A low disc in the middle of a small flat block."""
    low = panel.top < 0.06 and 0.004 < a.top - panel.top < 0.022
    middle = float(np.linalg.norm(a.centre - panel.centre)) < 0.010
    if a.circle is None or not low or not middle or not 0.02 < a.size[0] < 0.06 or panel.size[1] < 1.6 * a.size[0]:
        return None
    return Furniture("button", grasp_at=vec3((*a.centre, a.top)))


def _slider(a: Solid, rail: Solid) -> Furniture | None:
    """A small knob on the middle line of a long low rail."""
    if a.circle is not None or a.ball or a.size[0] > 0.035 or rail.top > 0.05 or rail.size[0] < 0.15:
        return None
    if rail.size[0] < 2.2 * rail.size[1] or gap(a.outline(), rail.outline()) > -0.01:
        return None
    axis = np.array([math.cos(rail.yaw), math.sin(rail.yaw)])
    to = a.centre - rail.centre
    if abs(float(to @ (-axis[1], axis[0]))) > 0.010:
        return None
    if (axis[1] > 0 and abs(axis[1]) >= abs(axis[0])) or (axis[0] < 0 and abs(axis[0]) > abs(axis[1])):
        axis = -axis  # to the robot's right, or away from it
    travel = rail.size[0] - 2 * RAIL_END_M
    at = float(to @ axis) + travel / 2
    opens = (round(float(axis[0]), 4), round(float(axis[1]), 4))
    return Furniture("slider", None, opens, round(at, 4), round(travel, 4), vec3((*a.centre, a.top - 0.015)))
