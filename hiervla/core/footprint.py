"""Outlines seen from above, and the gaps between them. Convex polygons (N, 2) in metres, counter-clockwise."""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.world import Detection

_CIRCLE = np.stack(
    [np.cos(np.linspace(0, 2 * np.pi, 24, endpoint=False)), np.sin(np.linspace(0, 2 * np.pi, 24, endpoint=False))],
    axis=1,
)


def footprint(d: Detection) -> Array:
    """The outline of a detection: a disc (24-gon) for round things, else its oriented rectangle."""
    if d.round:
        return np.asarray(d.centre[:2]) + _CIRCLE * (d.size[0] + d.size[1]) / 4
    return np.asarray(d.corners())


def half_diagonal(d: Detection) -> float:
    """No part of its footprint lies farther from its middle, metres."""
    return math.hypot(d.size[0], d.size[1]) / 2


def rectangle(x: float, y: float, length: float, width: float, yaw: float = 0.0) -> Array:
    """An oriented rectangle (4, 2) around (x, y)."""
    c, s = math.cos(yaw), math.sin(yaw)
    half = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * (length / 2, width / 2)
    outline: Array = half @ np.array([[c, s], [-s, c]]) + (x, y)
    return outline


def disc(x: float, y: float, radius: float) -> Array:
    outline: Array = _CIRCLE * radius + (x, y)
    return outline


def hull(points: Array) -> Array:
    """The convex hull of points (N, 2), counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})

    def chain(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in run:
            while len(out) > 1 and _turns_right(out[-2], out[-1], p):
                out.pop()
            out.append(p)
        return out[:-1]

    return np.asarray(chain(ordered) + chain(ordered[::-1]))


def _turns_right(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0


def contains(polygon: Array, point: Array | tuple[float, float], margin: float = 0.0) -> bool:
    """True when the point, or every one of several (N, 2), lies inside a convex polygon, ``margin`` from every edge."""
    return bool(inside_distance(polygon, point) >= margin)


def inside_distance(polygon: Array, point: Array | tuple[float, float]) -> float:
    """Distance from a point to the nearest edge's line of a convex polygon, negative outside, metres.

    Of several points (N, 2): the least.
    """
    return float(inside_distances(polygon, point).min())


def inside_distances(polygon: Array, points: Array | tuple[float, float]) -> Array:
    """The same of each of several points (..., 2): distances (...), metres, negative outside."""
    a = counter_clockwise(np.asarray(polygon, dtype=np.float64))
    e = _next(a) - a
    n = np.stack([-e[:, 1], e[:, 0]], axis=1)
    length = np.maximum(np.sqrt((n * n).sum(axis=1)), 1e-12)
    off = np.asarray(points, dtype=np.float64)[..., None, :] - a
    distances: Array = ((off[..., 0] * n[:, 0] + off[..., 1] * n[:, 1]) / length).min(axis=-1)
    return distances


def counter_clockwise(polygon: Array) -> Array:
    (x, y), (u, v) = polygon.T, _next(polygon).T
    area = float((x * v - u * y).sum())
    return polygon if area >= 0 else polygon[::-1]


def _next(polygon: Array) -> Array:
    """Each corner's next one (what `np.roll` gives, in a fraction of its time: outlines are small and many)."""
    return np.concatenate((polygon[1:], polygon[:1]))


def gap(a: Array, b: Array) -> float:
    """Shortest distance between two convex outlines; negative by the depth of the overlap when they meet, metres."""
    depth = _overlap(a, b)
    if depth > 0:
        return -depth
    return float(min(_vertex_to_edges(a, b).min(), _vertex_to_edges(b, a).min()))


def edge_gap(outline: Array, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Shortest distance from an outline to the line through a and b (a table edge); negative by how far it hangs over."""
    p, q = np.asarray(a), np.asarray(b)
    e = q - p
    n = np.array([-e[1], e[0]]) / max(float(np.linalg.norm(e)), 1e-12)
    off = (outline - p) @ n
    side = 1.0 if off.mean() >= 0 else -1.0  # which side of the edge most of it lies on
    return float((side * off).min())


def _overlap(a: Array, b: Array) -> float:
    """Penetration depth by the separating axis theorem; ≤ 0 when they are apart."""
    depth = math.inf
    for polygon in (a, b):
        e = _next(polygon) - polygon
        normals = np.stack([-e[:, 1], e[:, 0]], axis=1)
        normals /= np.maximum(np.sqrt((normals * normals).sum(axis=1, keepdims=True)), 1e-12)
        pa, pb = a @ normals.T, b @ normals.T
        overlap = np.minimum(pa.max(axis=0), pb.max(axis=0)) - np.maximum(pa.min(axis=0), pb.min(axis=0))
        depth = min(depth, float(overlap.min()))
    return depth


def _vertex_to_edges(points: Array, polygon: Array) -> Array:
    a, b = polygon, _next(polygon)
    ab = b - a
    t = ((points[:, None] - a) * ab).sum(-1) / np.maximum((ab**2).sum(-1), 1e-12)
    away = points[:, None] - (a + np.minimum(np.maximum(t, 0.0), 1.0)[..., None] * ab)
    distance: Array = np.sqrt((away * away).sum(-1))
    return distance
