"""What should be true in the end: one relation with its fields, and the measures it is stated in.

``core.relations`` judges goals: eyes by what was perceived, the scorer by a world made of truth.

Directions are the robot's own: it looks along +x, so left is +y, right is −y, behind a thing is farther from the
robot (+x) and in front of it is nearer (−x).
"""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel, ConfigDict

from hiervla.core.footprint import edge_gap, footprint, gap
from hiervla.core.world import Detection, Surface, World

DIRECTIONS: dict[str, tuple[float, float]] = {
    "left": (0.0, 1.0),
    "right": (0.0, -1.0),
    "behind": (1.0, 0.0),
    "front": (-1.0, 0.0),
}
EDGES: dict[str, tuple[float, float]] = {
    "left edge": (0, 1),
    "right edge": (0, -1),
    "far edge": (1, 0),
    "near edge": (-1, 0),
}
BESIDE_MAX_GAP_M = 0.10
"""How far apart two things may stand and still be called beside each other."""


class Goal(BaseModel):
    """One relation that should hold. ``core.relations`` says which there are and what each needs of these fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relation: str
    subject: str = ""
    """Object id; for ``did`` the skill's name and arguments."""
    reference: str | None = None
    """Object id, zone name, ``table``, ``edge`` (the nearest one), or ``left edge`` / ``right edge`` / ``far edge`` / ``near edge``."""
    others: tuple[str, ...] = ()
    """Further object ids: with ``on`` also carry the subject; with ``row`` and ``circle`` stand in it with the subject."""
    distance_m: float | None = None
    """For ``at_distance``: from the subject's outline to the reference's outline or edge. For ``slid``: how far it is out."""
    tolerance_m: float = 0.012
    direction: str | None = None
    """left | right | front | behind: on which side of the reference; of a ``row``: the way it runs."""
    position: tuple[float, float] | None = None
    """For ``at``: where the subject's middle is to be, metres, world frame."""
    angle_rad: float | None = None
    """For ``turned``: yaw of the subject's length, world frame."""
    by: str = ""
    """Skill the person asked for by its verb, when another would also do: ``push``."""

    def __str__(self) -> str:
        parts = [self.subject, *self.others]
        if self.reference:
            parts.append(self.reference)
        if self.distance_m is not None:
            parts.append(f"{self.distance_m * 100:.1f} cm")
        if self.position is not None:
            parts.append(f"({self.position[0]:.3f}, {self.position[1]:.3f})")
        if self.angle_rad is not None:
            parts.append(f"{math.degrees(self.angle_rad):.0f}°")
        if self.direction:
            parts.append(self.direction)
        return f"{self.relation}({', '.join(p for p in parts if p)})"


def table_edge(
    table: Surface, name: str, near: tuple[float, float]
) -> tuple[str, tuple[float, float], tuple[float, float]]:
    """The named edge of a table, or for ``edge`` the one nearest to a point: its name and two end points."""
    outline = table.outline
    sides = list(zip(outline, outline[1:] + outline[:1], strict=True))
    middle = np.mean(np.asarray(outline), axis=0)

    def facing(side: tuple[tuple[float, float], tuple[float, float]]) -> str:
        m = (np.asarray(side[0]) + np.asarray(side[1])) / 2 - middle
        return max(EDGES, key=lambda k: float(np.dot(m, EDGES[k])) / max(float(np.linalg.norm(m)), 1e-9))

    if name in EDGES:
        side = next((s for s in sides if facing(s) == name), sides[0])
        return name, side[0], side[1]
    side = min(sides, key=lambda s: edge_gap(np.asarray([near]), s[0], s[1]))
    return facing(side), side[0], side[1]


def distance_between(subject: Detection, reference: str, world: World) -> tuple[float, str]:
    """Gap in metres from a thing's outline to another thing, a zone or a table edge, and what was measured to.

    Raises:
        KeyError: the reference is neither an object nor a zone in the world nor a table edge.
    """
    if reference == "edge" or reference in EDGES:
        table = world.table
        if table is None:
            raise KeyError("table")
        name, a, b = table_edge(table, reference, (subject.centre[0], subject.centre[1]))
        return edge_gap(footprint(subject), a, b), name
    zone = world.zones.get(reference) if reference not in world.objects else None
    other = footprint(world.objects[reference]) if zone is None else np.asarray(zone.outline, dtype=np.float64)
    return gap(footprint(subject), other), reference


def on_side(goal_direction: str, subject: Detection, reference: Detection) -> bool:
    """True when the subject lies within 45° of the named side of the reference."""
    v = np.asarray(subject.centre[:2]) - np.asarray(reference.centre[:2])
    towards = float(v @ np.asarray(DIRECTIONS[goal_direction]))
    return towards > 0 and towards >= float(np.linalg.norm(v)) * math.cos(math.radians(45))
