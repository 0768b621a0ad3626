"""Shapes things are read as: boxes, cylinders, balls, hollow things, rings, wedges, cut-outs. Metres; heights above the table."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from hiervla.core.footprint import disc, rectangle
from hiervla.core.geometry import Array, Vec3, wrap_angle
from hiervla.perception.outline import Circle, Rectangle
from hiervla.perception.polygon import Cutout, polygon_signed, triangle_frame

WALL_M = 0.005
"""Believed thickness of a wall or floor that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What a reading is a part of, as far as it shows."""

    label: str  # cabinet, drawer, panel, button, slider
    host: int | None = None  # index of the reading it belongs to, once all are listed
    opens: tuple[float, float] | None = None
    opening_m: float | None = None
    travel_m: float | None = None
    grasp_at: Vec3 | None = None


@dataclass(slots=True)
class Solid:
    """One fitted shape. Seen from above it is a disc when ``circle`` is set (a ring with ``hole``), a ball when ``ball``,
    a triangle with ``corners``, any outline with ``cutout``; else a rectangle: a box or, hollow, a tray."""

    centre: Array  # (2,) xy
    size: tuple[float, float]  # length ≥ width
    yaw: float
    top: float
    low: float  # lowest point that was seen of it
    bottom: float = 0.0
    hollow: bool = False
    wall: float = WALL_M
    floor: float = WALL_M  # height of the inside floor
    circle: Circle | None = None
    ball: bool = False
    hole: float = 0.0  # radius of the hole through a ring
    corners: Array | None = None  # (3, 2) of a wedge's triangle, counter-clockwise
    cutout: Cutout | None = None
    radius: float = 0.0  # of a cylinder on its side,
    axis: float = 0.0  # and the yaw of its axis
    askew: tuple[Array, Array, Array] | None = (
        None  # of a tilted box: axes (3, 3), centre (3,) in them, half edges (3,)
    )
    rms: float = 0.0
    genuine: float = 1.0  # fraction of its outline that was seen
    hidden_top: bool = False
    ends: Array = field(default_factory=lambda: np.ones(4))  # how much was seen of the sides +l, −l, +w, −w of a box
    stacked: bool = False  # split from another of the same colour by guess rather than by a seam

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def boxy(self) -> bool:
        """A box that is no tray: flat faces at right angles."""
        others = (self.circle, self.corners, self.cutout, self.askew)
        return not self.ball and not self.hollow and not self.radius and all(o is None for o in others)

    @property
    def rounded(self) -> bool:
        """Bent or tilted: nothing stands on it, and its own fit says how low it reaches."""
        return self.ball or self.radius > 0 or self.askew is not None

    @property
    def posture(self) -> Literal["upright", "lying", "tilted"]:
        return "tilted" if self.askew is not None else "lying" if self.radius else "upright"

    @property
    def label(self) -> str:
        """Shape word from proportions: cube = equal edges within 10 %."""
        if self.ball:
            return "ball"
        if self.radius:
            return "cylinder"
        if self.corners is not None:
            return "wedge"
        if self.cutout is not None:
            return "shape"
        if self.hole:
            return "ring"
        length, width = self.size
        if self.hollow:
            if self.circle is None:
                return "box"
            flat = self.height / length
            return "plate" if flat < 0.24 else "cup" if flat > 0.75 else "bowl"
        if self.circle is not None:
            return "plate" if self.height / length < 0.2 and length > 0.1 else "cylinder"
        edges = (length, width, self.height)
        if self.askew is not None:
            edges = tuple(2 * self.askew[2])
        return "cube" if max(edges) <= 1.10 * min(edges) + 0.0012 else "block"

    def outline(self) -> Array:
        """Seen from above: (N, 2) counter-clockwise."""
        x, y = float(self.centre[0]), float(self.centre[1])
        if self.circle is not None or self.ball:
            return disc(x, y, self.size[0] / 2)
        if self.corners is not None:
            return self.corners
        return rectangle(x, y, self.size[0], self.size[1], self.yaw)

    def signed(self, xy: Array) -> Array:
        """Distance (N,) of points seen from above to the outline, negative inside."""
        if self.circle is not None or self.ball:
            away = np.linalg.norm(xy - self.centre, axis=1)
            d: Array = np.maximum(away - self.size[0] / 2, self.hole - away if self.hole else -np.inf)
            return d
        if self.corners is not None:
            return polygon_signed(self.corners, xy)
        if self.cutout is not None:
            return self.cutout.signed(xy)
        half = np.array(self.size) / 2
        return Rectangle(self.centre, half, self.yaw, 0.0, np.zeros(4)).signed(xy)

    def outer(self, xy: Array, height: Array) -> Array:
        """Horizontal distance (N,) of points at given heights to the outer wall there, negative inside."""
        slope = self.circle.slope if self.circle is not None else 0.0
        outside: Array = self.signed(xy) + slope * np.maximum(self.top - height, 0.0)
        return outside

    def distance(self, xy: Array, height: Array) -> Array:
        """Distance (N,) of points to the surface that can be seen, metres, horizontal or vertical, whichever is nearer."""
        if self.ball:
            r = self.size[0] / 2
            d3 = np.hypot(np.linalg.norm(xy - self.centre, axis=1), height - (self.top - r))
            away: Array = np.abs(d3 - r)
            return away
        if self.radius:
            return self._off_back(xy, height)
        if self.askew is not None:
            axes, middle, half = self.askew
            d = np.abs(np.column_stack([xy, height]) @ axes - middle) - half
            box: Array = np.abs(np.linalg.norm(np.maximum(d, 0), axis=1) + np.minimum(d.max(axis=1), 0))
            return box
        out = self.outer(xy, height)
        inside = out < 0
        above = height - self.top
        outer = np.where(above > 0, np.hypot(np.maximum(out, 0), above), np.abs(out))
        if not self.hollow:
            return np.where(inside, np.minimum(np.abs(above), np.abs(out)), outer)
        inner = np.abs(out + self.wall)
        rim = np.where((out < 0.001) & (out > -self.wall - 0.001), np.abs(above), np.inf)
        floor = np.where(out < -self.wall + 0.002, np.abs(height - self.floor), np.inf)
        return np.minimum(np.minimum(outer, inner), np.minimum(rim, floor))

    def _off_back(self, xy: Array, height: Array) -> Array:
        """Distance (N,) to the round back or an end of a cylinder on its side."""
        along = (xy - self.centre) @ (math.cos(self.axis), math.sin(self.axis))
        across = (xy - self.centre) @ (-math.sin(self.axis), math.cos(self.axis))
        long = self.size[0] if abs(wrap_angle(self.axis - self.yaw, math.pi)) < 0.5 else self.size[1]
        beyond = np.abs(along) - long / 2
        off = np.hypot(across, height - (self.top - self.radius)) - self.radius
        away: Array = np.where(
            beyond > 0,
            np.hypot(beyond, np.maximum(off, 0)),
            np.minimum(np.abs(off), np.hypot(beyond, np.maximum(off, 0))),
        )
        return away

    @property
    def inner_radius(self) -> float | None:
        return max(0.004, self.size[1] / 2 - self.wall) if self.hollow else None


def long_side_first(size: Array, yaw: float, ends: Array) -> tuple[tuple[float, float], float, Array]:
    """Sizes with length ≥ width, its yaw in (-π/2, π/2], and what belongs to the sides +, −, +, − turned with them."""
    if size[0] < size[1]:  # a quarter turn: the new + side of the width looks where the − side of the length did
        size, yaw, ends = size[::-1], yaw + math.pi / 2, np.array([ends[2], ends[3], ends[1], ends[0]])
    wrapped = wrap_angle(yaw, math.pi)
    if abs(wrap_angle(yaw - wrapped)) > 1.0:  # half a turn swaps both pairs
        ends = np.array([ends[1], ends[0], ends[3], ends[2]])
    return (float(size[0]), float(size[1])), wrapped, ends


def box_solid(fit: Rectangle, top: float, low: float, hollow: bool) -> Solid:
    """A box or tray from its outline."""
    size, yaw, ends = long_side_first(2 * fit.half, fit.yaw, fit.seen)
    return Solid(
        centre=fit.centre,
        size=size,
        yaw=yaw,
        top=top,
        low=low,
        hollow=hollow,
        rms=fit.rms,
        ends=ends,
    )


def round_solid(fit: Circle, top: float, low: float, hollow: bool) -> Solid:
    """A cylinder, or with ``hollow`` a bowl, cup or plate, from its circle at the top."""
    d = 2 * fit.radius
    return Solid(centre=fit.centre, size=(d, d), yaw=0.0, top=top, low=low, hollow=hollow, circle=fit, rms=fit.rms)


def ring_solid(fit: Circle, hole: float, top: float, low: float) -> Solid:
    """A flat ring from its outer circle and the radius of its hole."""
    return replace(round_solid(fit, top, low, False), hole=hole)


def wedge_solid(corners: Array, rms: float, top: float, low: float) -> Solid:
    """A triangular prism lying flat, from the corners (3, 2) of its top; its centre is the triangle's centroid."""
    centre, base, depth, yaw = triangle_frame(corners)
    size, yaw, ends = long_side_first(np.array([base, depth]), yaw, np.ones(4))
    return Solid(centre=centre, size=size, yaw=yaw, top=top, low=low, corners=corners, rms=rms, ends=ends)


def cutout_solid(cutout: Cutout, centre: Array, extent: Array, yaw: float, top: float, low: float) -> Solid:
    """Any other flat outline, in the box (2,) around it turned by ``yaw``."""
    size, yaw, ends = long_side_first(extent, yaw, np.ones(4))
    return Solid(centre=centre, size=size, yaw=yaw, top=top, low=low, cutout=cutout, ends=ends)


def fit_ball(points: Array, heights: Array, eye: Array, tolerance_m: float) -> Solid | None:
    """A sphere through points (N, 3), or None when they do not lie on one. ``eye`` (3,) is the camera's centre.

    Linear least squares on |p|² = 2 c·p + k.
    """
    if len(points) < 12:
        return None
    origin = points.mean(axis=0)
    q = points - origin
    solution, *_ = np.linalg.lstsq(np.column_stack([2 * q, np.ones(len(q))]), (q**2).sum(axis=1), rcond=None)
    radius = math.sqrt(max(float(solution[3] + solution[:3] @ solution[:3]), 1e-9))
    if not 0.008 < radius < 0.07:
        return None
    off = np.abs(np.linalg.norm(q - solution[:3], axis=1) - radius)
    if float(np.sqrt((off**2).mean())) > tolerance_m or float(np.quantile(off, 0.95)) > 3 * tolerance_m:
        return None
    # A flat or nearly flat patch also lies on some sphere: ask that the points bulge as far as a ball shows.
    spread = np.linalg.eigvalsh(np.cov(q.T))
    if math.sqrt(max(float(spread[0]), 0.0)) < 0.12 * radius:
        return None
    centre = origin + solution[:3]
    # Of a ball the near side is seen; the inside of a bowl also lies on a sphere, but on its far side.
    if float(np.mean(((points - centre) * (eye - points)).sum(axis=1) > -0.15 * radius)) < 0.97:
        return None
    # Heights are measured from the table's plane, the fit in the world: carry the offset of the nearest points over.
    lift = float(np.median(heights - points[:, 2]))
    top = float(centre[2]) + lift + radius
    return Solid(
        centre=centre[:2], size=(2 * radius, 2 * radius), yaw=0.0, top=top, low=float(heights.min()), ball=True,
        bottom=top - 2 * radius, rms=float(np.sqrt((off**2).mean())),
    )  # fmt: skip
