"""What is already known, used where the arm cuts things to pieces: a piece where a known thing stood is that thing."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.world import Detection
from hiervla.perception.colour import colour_word
from hiervla.perception.fragments import Group
from hiervla.perception.identity import alike, colours_of
from hiervla.perception.outline import Circle
from hiervla.perception.reading import Reading
from hiervla.perception.solids import WALL_M, Solid
from hiervla.perception.view import Mask, View

_MARGIN_M = 0.005


def solid_of(d: Detection, table_m: float) -> Solid:
    """The shape a detection stands for; heights above the table."""
    circle = None
    if d.round and d.label != "ball":
        circle = Circle(np.asarray(d.centre[:2]), d.size[0] / 2, 0.4 if d.label == "bowl" else 0.0, 0.0, 1.0)
    wall = d.size[1] / 2 - d.inner_radius_m if d.hollow and d.inner_radius_m else WALL_M
    return Solid(
        centre=np.asarray(d.centre[:2], dtype=np.float64),
        size=(d.size[0], d.size[1]),
        yaw=d.yaw,
        top=d.top_z - table_m,
        low=d.bottom_z - table_m,
        bottom=d.bottom_z - table_m,
        hollow=d.hollow,
        wall=wall,
        floor=d.bottom_z - table_m + wall,
        circle=circle,
        ball=d.label == "ball",
    )


def recall(
    view: View, groups: list[Group], known: list[Detection], table_m: float
) -> tuple[list[Reading], list[Group]]:
    """Readings of known things that the arm partly hides and whose pieces still lie where they stood; other groups.

    A thing that has moved leaves its old volume, so its pieces are read afresh.
    """
    solids = [solid_of(d, table_m) for d in known]
    cut = [_beside_arm(view, s) for s in solids]
    pieces: dict[int, list[Group]] = {}
    rest: list[Group] = []
    for group in groups:
        word, _ = colour_word(group[1])
        # The same word before a like one, and what lies in a bowl before the bowl.
        fit = sorted(
            (word not in colours_of(d), d.size[0] * d.size[1] * d.size[2], i)
            for i, (d, solid) in enumerate(zip(known, solids, strict=True))
            if any(alike(c, word) for c in colours_of(d)) and _inside(view, group[0], solid) > 0.9
        )
        if fit and cut[fit[0][2]]:
            pieces.setdefault(fit[0][2], []).append(group)
        else:
            rest.append(group)
    readings = []
    for i, mine in pieces.items():
        mask = np.any([g[0] for g in mine], axis=0)
        if mask.sum() >= 12:
            readings.append(Reading(solids[i], mask, known[i]))
        else:
            rest += mine
    return readings, rest


def _inside(view: View, mask: Mask, solid: Solid) -> float:
    """Share of pixels that lie in a solid's volume, a little widened."""
    out = solid.signed(view.points[mask][:, :2])
    h = view.height[mask]
    within = (out < _MARGIN_M) & (h < solid.top + _MARGIN_M) & (h > solid.bottom - _MARGIN_M)
    return float(within.mean())


def _beside_arm(view: View, solid: Solid) -> bool:
    """Does the arm hide any of a solid, or pass close by it in the image?"""
    outline = solid.outline()
    n, d = view.plane[:3], view.plane[3]
    spots = np.concatenate([outline, outline, solid.centre[None], (outline + solid.centre) / 2])
    level = np.full(len(spots), solid.top)
    level[len(outline) : 2 * len(outline)] = solid.bottom + 0.005
    points: Array = np.column_stack([spots, (level - d - spots @ n[:2]) / n[2]])
    inside, rows, cols = view.visible_at(points)
    return bool((inside & view.arm[rows, cols]).any())
