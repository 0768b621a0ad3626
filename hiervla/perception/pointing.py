"""From a box or a click in a picture to what it means: the thing it is drawn around, or a place on the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hiervla.core.footprint import contains
from hiervla.core.geometry import Array
from hiervla.core.marking import Mark
from hiervla.core.observation import CameraImage
from hiervla.core.world import Detection, Pointed, World

_LIKE = 0.3
"""Least overlap (intersection over union) of a drawn box with a thing's own."""
_CLICK_PX = 6.0
"""A drawn box smaller than this is a click."""
_SPOT_M = 0.04
"""Half the side of the place that a click on the bare table means."""


def pointed(marks: Sequence[Mark], image: CameraImage, world: World, camera: str) -> tuple[Pointed, ...]:
    """What each mark means in a world that was read from this image; a mark that meets neither thing nor table means nothing."""
    seen = [d for d in world.objects.values() if d.camera == camera and d.box_px[2] > d.box_px[0]]
    return tuple(p for m in marks if (p := _one(m, image, seen, world)) is not None)


def _one(mark: Mark, image: CameraImage, seen: list[Detection], world: World) -> Pointed | None:
    x0, y0, x1, y1 = mark.box
    click = max(x1 - x0, y1 - y0) < _CLICK_PX
    around = _clicked((x0 + x1) / 2, (y0 + y1) / 2, seen) if click else _drawn(mark.box, seen)
    if around is not None:
        return Pointed(name=mark.name, also=mark.also, id=around.id)
    height = world.table.height_m if world.table else 0.0
    if click:
        spot = _on_level(image, np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]), height)
        corners = None if spot is None else spot + _SPOT_M * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    else:
        corners = _on_level(image, np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), height)
    if corners is None or (world.table and not contains(np.asarray(world.table.outline), corners.mean(axis=0))):
        return None
    return Pointed(name=mark.name, also=mark.also, outline=tuple((float(x), float(y)) for x, y in corners))


def _clicked(x: float, y: float, seen: list[Detection]) -> Detection | None:
    """The smallest thing whose box in the picture holds the point: what stands before or in another is smaller than it."""
    hit = [d for d in seen if d.box_px[0] <= x <= d.box_px[2] and d.box_px[1] <= y <= d.box_px[3]]
    return min(hit, key=lambda d: _area(d.box_px), default=None)


def _drawn(box: tuple[float, float, float, float], seen: list[Detection]) -> Detection | None:
    """The thing whose box is most like the drawn one; of a generous box around a single thing, that thing."""
    best = max(seen, key=lambda d: _overlap(box, d.box_px), default=None)
    if best is not None and _overlap(box, best.box_px) >= _LIKE:
        return best
    inside = [d for d in seen if _shared(box, d.box_px) >= 0.8 * _area(d.box_px)]
    return inside[0] if len(inside) == 1 else None


def _area(box: Sequence[float]) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _shared(a: Sequence[float], b: Sequence[float]) -> float:
    return _area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    return _shared(a, b) / max(_area(a) + _area(b) - _shared(a, b), 1e-9)


def _on_level(image: CameraImage, pixels: Array, height: float) -> Array | None:
    """Where the sight lines of pixels (N, 2) meet a level, (N, 2) m; None where one does not."""
    k, m = image.intrinsics, image.world_from_camera
    ways = np.column_stack(
        [(pixels[:, 0] - k[0, 2]) / k[0, 0], (pixels[:, 1] - k[1, 2]) / k[1, 1], np.ones(len(pixels))]
    )
    ways = ways @ m[:3, :3].T
    if (ways[:, 2] > -1e-3).any():
        return None
    far = (height - m[2, 3]) / ways[:, 2]
    met: Array = m[:2, 3] + far[:, None] * ways[:, :2]
    return met
