"""What is known, under what has been put on it: as long as all that shows of it lies where it lay, it is what it was.

A covered thing shows too little to be measured anew: a far side that is hidden is guessed, and things of one colour run
together. Memory gives the shape, this image the evidence; where the two disagree the pixels are read afresh.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.footprint import gap
from hiervla.core.geometry import Array
from hiervla.core.world import Detection
from hiervla.perception.colour import colour_word
from hiervla.perception.identity import alike, colours_of
from hiervla.perception.light import lit_colour
from hiervla.perception.reading import Reading
from hiervla.perception.recall import solid_of
from hiervla.perception.segments import components
from hiervla.perception.solids import Solid
from hiervla.perception.view import Mask, View

_KINDS = ("cube", "block", "cylinder")
_ON_M = 0.0035
"""A pixel this near the surface that is remembered shows it."""
_BESIDE_M = 0.014
"""A thing that has moved shows itself at most this far beyond its old outline before it shows nowhere on it."""
_LEAST_PX = 12
_COVER_PX = 8
_THROUGH = 0.08
"""Share of the remembered surface that sight lines may seem to pass through: edges fall between pixels."""
_STRAY = 0.2
"""Pixels of its colour beside its old place, as a share of those on it, from which on it has moved."""
_INSET_M = 0.004
_FACING = 0.2
"""Cosine from which on a side faces the camera enough for its pixels to be told from those beyond its edge."""


@dataclass(slots=True)
class _Claim:
    known: Detection
    solid: Solid
    mask: Mask
    rgb: Array


def recall_beneath(view: View, raised: Mask, normals: Array, known: list[Detection], table_m: float) -> list[Reading]:
    """Readings of the known things, upright and not hollow, that carry something and still stand where they stood.

    ``raised`` (H, W) are the pixels above the table that are not the arm's, ``table_m`` its height. Each reading's
    mask holds the pixels on its surface and no others.
    """
    claims: list[_Claim] = []
    free = raised.copy()
    for d in sorted(known, key=lambda d: -d.visible):
        if d.fixed or d.hollow or d.label not in _KINDS or d.posture != "upright":
            continue
        solid = solid_of(d, table_m)
        if any(_overlap(solid, c.solid) for c in claims):
            continue  # where one thing stands no other does: what was seen better is believed
        if (claim := _claim(view, free, raised, normals, d, solid)) is not None:
            claims.append(claim)
            free &= ~claim.mask
    while (moved := next((c for c in claims if _strayed(view, free, c)), None)) is not None:
        claims.remove(moved)
        free |= moved.mask
    return [Reading(c.solid, c.mask, known=c.known) for c in claims]


def _overlap(a: Solid, b: Solid) -> bool:
    level = min(a.top, b.top) - max(a.bottom, b.bottom)
    return level > _INSET_M and gap(a.outline(), b.outline()) < -_INSET_M


def _claim(view: View, free: Mask, raised: Mask, normals: Array, d: Detection, solid: Solid) -> _Claim | None:
    reach = max(solid.size) + _BESIDE_M
    rows, cols = np.nonzero(raised)
    away = np.abs(view.points[rows, cols, :2] - solid.centre)
    near = (away[:, 0] < reach) & (away[:, 1] < reach)
    rows, cols = rows[near], cols[near]
    xy, heights = view.points[rows, cols, :2], view.height[rows, cols]
    slack = 2 * view.noise_m
    covering = (solid.signed(xy) < -0.002) & (heights > solid.top + 0.008 + slack)
    if covering.sum() < _COVER_PX:
        return None
    on = (solid.distance(xy, heights) < _ON_M + slack) & (heights > solid.bottom - _ON_M)
    on &= (heights < solid.top + 0.002 + slack) & free[rows, cols]
    surface = np.zeros_like(free)
    surface[rows[on], cols[on]] = True
    labels, n = components(view, surface, normals)
    mine = np.zeros_like(free)
    for k in range(1, n + 1):
        part = labels == k
        word, _ = colour_word(lit_colour(view, part))
        if any(alike(c, word) for c in colours_of(d)):
            mine |= part
    if mine.sum() < _LEAST_PX or _seen_through(view, solid):
        return None
    return _Claim(d, solid, mine, np.median(view.image.rgb[mine], axis=0) + 1.0)


def _seen_through(view: View, solid: Solid) -> bool:
    """Do sight lines meet something behind the remembered top and sides?"""
    outline = solid.outline()
    inner = solid.centre + (outline - solid.centre) * max(0.2, 1 - 2 * _INSET_M / solid.size[1])
    top = np.concatenate([solid.centre + (inner - solid.centre) * f for f in (0.3, 0.6, 1.0)])
    edge = np.roll(outline, -1, axis=0) - outline
    shares = np.linspace(0.15, 0.85, 6) if len(outline) < 12 else np.array([0.5])
    sides = np.concatenate([outline + f * edge for f in shares])
    outward = np.stack([edge[:, 1], -edge[:, 0]], axis=1) / np.linalg.norm(edge, axis=1, keepdims=True)
    sight = view.eye[:2] - (outline + edge / 2)
    facing = (sight * outward).sum(axis=1) > _FACING * np.linalg.norm(sight, axis=1)
    sides = (sides - 0.4 * _INSET_M * np.tile(outward, (len(shares), 1)))[np.tile(facing, len(shares))]
    levels = np.linspace(solid.bottom + _INSET_M, solid.top - _INSET_M, 4)
    spots = np.concatenate([top, *[sides for _ in levels]])
    height = np.concatenate([np.full(len(top), solid.top), np.repeat(levels, len(sides))])
    n, d = view.plane[:3], view.plane[3]
    points = np.column_stack([spots, (height - d - spots @ n[:2]) / n[2]])
    inside, rows, cols = view.visible_at(points)
    _, depth = view.image.project(points)
    behind = inside & (view.range_m[rows, cols] > depth + 0.006 + 2 * view.noise_m)
    return bool(behind.mean() > _THROUGH)


def _strayed(view: View, free: Mask, claim: _Claim) -> bool:
    """Does its colour show beside its old outline, below its top, where nothing else that is known accounts for it?"""
    solid = claim.solid
    reach = max(solid.size) + _BESIDE_M
    rows, cols = np.nonzero(free & (view.height < solid.top - 0.004) & (view.height > 0.006))
    away = np.abs(view.points[rows, cols, :2] - solid.centre)
    near = (away[:, 0] < reach) & (away[:, 1] < reach)
    rows, cols = rows[near], cols[near]
    out = solid.signed(view.points[rows, cols, :2])
    rgb = view.image.rgb[rows, cols].astype(np.float64) + 1.0
    cosine = (rgb @ claim.rgb) / (np.linalg.norm(rgb, axis=1) * np.linalg.norm(claim.rgb))
    stray = (np.abs(out) > _ON_M + 2 * view.noise_m) & (out < _BESIDE_M) & (cosine > 0.985)
    return bool(stray.sum() > _STRAY * claim.mask.sum())
