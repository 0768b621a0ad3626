"""The world as perceived: objects with stable ids, what is held, surfaces, zones. No pixels and no truth."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hiervla.core.geometry import Vec3

Support = str  # "table", an object's id, "hand" or "unknown"


class Detection(BaseModel):
    """One object as the eyes read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    """Shape word: cube, block, cylinder, ball, bowl, …"""
    colour: str = "unknown"
    shade: Literal["", "light", "dark"] = ""
    """How its colour differs from the middle of that word: light blue, dark green; of black, white and grey nothing is said."""
    size_word: str = "medium"
    """small | medium | large, by its longest horizontal extent."""
    name: str | None = None
    """What the inventory calls a thing that looks like this, or the name by which a detector found it."""
    name_score: float | None = None
    """How sure a detector is of that name, 0..1, on its own scale; None where the inventory gave it, or nobody."""
    by_name: bool = False
    """Its name alone led to it: geometry reads no such solid there, so that place, size and yaw are rough."""
    attributes: tuple[str, ...] = ()
    """Public attributes from the inventory: fragile, liquid, sharp, …"""
    score: float = 1.0
    camera: str = "front"
    box_px: tuple[int, int, int, int] = (0, 0, 0, 0)
    """x0 y0 x1 y1 in that camera's look image."""
    centre: Vec3
    """Metres, world frame, middle of the object's own box."""
    size: Vec3
    """Length ≥ width along its own horizontal axes, and height; metres."""
    yaw: float = 0.0
    """Direction of its length about the world's z axis, rad in (-π/2, π/2]."""
    seen_s: float = 0.0
    """Robot clock of the look that last saw it."""
    support: Support = "table"
    relation: Literal["on", "in", "leaning"] = "on"
    """How it rests on its support."""
    posture: Literal["upright", "lying", "tilted"] = "upright"
    """How it stands, where its shape lets that be told: a cylinder on its side lies, a block against another is tilted."""
    colour_too: str | None = None
    """Another word that people may as well use for its colour, where it lies on the border between two."""
    second_colour: str | None = None
    """Of a two-coloured thing: the colour that covers less of it."""
    part_of: str | None = None
    """Id of the larger thing it belongs to: a drawer's cabinet, a button's panel."""
    opens: tuple[float, float] | None = None
    """Of a drawer or slider: unit direction (x, y) in which it opens or slides."""
    opening_m: float | None = None
    """Of a drawer or slider: how far it is out of its closed or first position, metres."""
    travel_m: float | None = None
    """Of a drawer or slider: how far it can go, metres, where that can be told."""
    grasp_at: Vec3 | None = None
    """Where to take it when that is not its middle: a drawer's handle, a slider's knob; metres, world frame."""
    fixed: bool = False
    """Part of the furniture: not to be lifted."""
    hollow: bool = False
    """Things can be put into it."""
    inner_radius_m: float | None = None
    """Of a hollow thing: radius of the opening, metres."""
    visible: float = 1.0
    """Fraction of its outline that was seen, 0..1."""

    @property
    def bottom_z(self) -> float:
        return self.centre[2] - self.size[2] / 2

    @property
    def top_z(self) -> float:
        return self.centre[2] + self.size[2] / 2

    @property
    def phrase(self) -> str:
        """How to speak of it in English: its inventory name, else colour and shape."""
        return self.name or f"{self.colour} {self.label}"

    def corners(self) -> list[tuple[float, float]]:
        """The four (x, y) corners of its footprint, metres; for a round thing, of the square around it."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        a, b = self.size[0] / 2, self.size[1] / 2
        x, y = self.centre[0], self.centre[1]
        return [(x + i * a * c - j * b * s, y + i * a * s + j * b * c) for i, j in ((1, 1), (-1, 1), (-1, -1), (1, -1))]

    @property
    def round(self) -> bool:
        """Seen from above it is a disc."""
        return (
            self.label in {"cylinder", "ball", "bowl", "cup", "plate", "ring", "button"} and self.posture == "upright"
        )


class Surface(BaseModel):
    """A flat place things can stand on, with its edges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    height_m: float
    """World z of its top."""
    outline: tuple[tuple[float, float], ...]
    """Corners (x, y) in order, metres."""
    edges_seen: bool = True
    """False where an edge may lie outside the view: distances to it are then not to be trusted."""


class Zone(BaseModel):
    """A named region from the scene's public description, seen from above."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    outline: tuple[tuple[float, float], ...]
    keep_out: bool = False
    attributes: tuple[str, ...] = ()


class Held(BaseModel):
    """What is in the hand and how it sits there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    offset: Vec3
    """Object's centre minus grasp centre when it was grasped, world axes, metres."""
    hand_yaw: float
    """The hand's yaw at the grasp, rad."""
    object_yaw: float
    width_m: float
    """Gripper width around it, metres."""


class Fact(BaseModel):
    """Something remembered that cannot be seen now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    time_s: float
    subject: str = ""
    """Object id it is about."""
    relation: str = ""
    """What held when it was last seen: ``in``, …"""
    reference: str = ""
    """Object id or place of that relation."""
    look_id: str = ""
    """The look that saw it."""


class Pointed(BaseModel):
    """What a person's mark in the picture means: a thing, or a place on the table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    also: tuple[str, ...] = ()
    id: str | None = None
    """Of the thing it is drawn around; None for a place."""
    outline: tuple[tuple[float, float], ...] = ()
    """Of the place, metres, seen from above."""


class World(BaseModel):
    """Everything believed after a look. Objects carry when they were last seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look_id: str = "L0"
    time_s: float = 0.0
    objects: dict[str, Detection] = Field(default_factory=dict)
    lost: dict[str, Detection] = Field(default_factory=dict)
    """Known from an earlier look and not seen in this one, as last seen."""
    held: Held | None = None
    surfaces: dict[str, Surface] = Field(default_factory=dict)
    zones: dict[str, Zone] = Field(default_factory=dict)
    marks: tuple[Pointed, ...] = ()
    """What the person marked in the picture, as it was understood when it was marked."""
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()
    """What the eyes doubt about this look."""

    def with_marks(self, marks: tuple[Pointed, ...]) -> World:
        """The world with marks; marked places are zones too, each under its first name."""
        places = {m.name: Zone(name=m.name, outline=m.outline) for m in marks if m.id is None}
        return self.model_copy(update={"marks": marks, "zones": {**self.zones, **places}})

    def with_things(self, things: Iterable[Detection]) -> World:
        """The world with these things in it, each in place of the one with its id."""
        new = {d.id: d for d in things}
        lost = {k: d for k, d in self.lost.items() if k not in new}
        return self.model_copy(update={"objects": {**self.objects, **new}, "lost": lost})

    def seen_now(self, object_id: str) -> bool:
        """True when this very look saw the object."""
        d = self.objects.get(object_id)
        return d is not None and d.seen_s == self.time_s

    @property
    def table(self) -> Surface | None:
        return self.surfaces.get("table")
