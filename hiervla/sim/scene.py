"""What a scene file may say. A person writes one in five minutes; mistakes are answered with their line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from hiervla.bullet.furniture import FURNITURE
from hiervla.bullet.shapes import SHAPES
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Vec3
from hiervla.core.task import Limits
from hiervla.core.vocabulary import Inventory
from hiervla.core.world import Zone
from hiervla.sim.expectation import parse_expectation
from hiervla.sim.toml_lines import line_of

RESERVED = ("table", "edge", "left", "right", "front", "behind")
"""Words of expectations that no body may bear."""
Length = Annotated[float, Field(gt=0, le=2)]
Range = Length | tuple[Length, Length]
Region = tuple[float, float, float, float]
COLOURS: dict[str, Vec3] = {
    "red": (0.82, 0.10, 0.10), "orange": (0.95, 0.50, 0.06), "yellow": (0.93, 0.83, 0.10), "green": (0.12, 0.62, 0.20),
    "cyan": (0.10, 0.72, 0.75), "blue": (0.10, 0.22, 0.80), "purple": (0.48, 0.15, 0.65), "pink": (0.95, 0.50, 0.68),
    "brown": (0.42, 0.25, 0.12), "white": (0.93, 0.93, 0.92), "grey": (0.50, 0.50, 0.50), "black": (0.08, 0.08, 0.08),
    "wood": (0.72, 0.62, 0.48), "slate": (0.36, 0.38, 0.40),
}  # fmt: skip


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableSpec(_Form):
    """The table the arm stands at; its top is the world's z = 0."""

    centre: tuple[float, float] = (0.53, 0.0)
    size: tuple[Length, Length] = (0.56, 0.96)
    """Along x (away from the arm) and y, metres."""
    thickness: Length = 0.04
    colour: str | Vec3 = "wood"


Pixels = Annotated[int, Field(ge=16, le=4096)]


class CameraSpec(_Form):
    """A fixed RGB-D camera. The wrist camera comes with the arm."""

    name: str = "front"
    position: Vec3 = (1.24, 0.0, 0.92)
    look_at: Vec3 = (0.47, 0.0, 0.0)
    fov_deg: float = Field(default=46.0, gt=5, lt=120)
    """Vertical field of view."""
    size: tuple[Pixels, Pixels] = (416, 320)
    """Pixels of a look image."""
    small: tuple[Pixels, Pixels] = (128, 96)
    """Pixels of a control-tick image."""


class BodySpec(_Form):
    """One thing on the table."""

    name: str
    shape: str
    """cube, block, cylinder, ball, bowl, box, cup, plate, ring, wedge (a triangle) or shape (a flat letter); or furniture, which
    stands fast: drawer, button, slider."""
    letter: Literal["L", "T", "U", "E", "H", "plus"] | None = None
    """Which letter a ``shape`` is; left out: at random."""
    colour: str | Vec3 = "grey"
    """A colour name or [r, g, b] in 0..1."""
    second_colour: str | Vec3 | None = None
    """Of the upper part of a solid; of a drawer (``colour`` is its cabinet's), of the panel under a button or slider."""
    joint: Annotated[float, Field(ge=0, le=0.12)] | tuple[float, float] | None = None
    """How far a drawer or slider is out at the start, metres, or a [low, high] range; left out: not at all."""
    size: Range | tuple[Range, Range, Range] | None = None
    """Metres. A cube's edge or a round thing's diameter, or [length, width, height]; each a number or a [low, high] range."""
    at: tuple[float, float] | None = None
    """x, y in metres; left out: a free random spot in ``region``."""
    region: Region | None = None
    """x0, y0, x1, y1 to be placed in at random."""
    yaw_deg: float | None = None
    """Turned by this much; left out: at random."""
    on: str | None = None
    """Name of a body to stand on or lie in, instead of the table; list that body first."""
    lying: bool = False
    """It lies on its side: a toppled cylinder, cup or block."""
    mass: float | None = Field(default=None, ge=0)
    """Kilograms; 0 fixes it in place. Left out: by shape."""
    attributes: tuple[str, ...] = ()
    """True hidden attributes, for scoring: fragile, liquid, … What the robot may know stands in the inventory."""

    @field_validator("shape")
    @classmethod
    def _known(cls, v: str) -> str:
        if v not in (*SHAPES, *FURNITURE):
            raise ValueError(f"no shape {v!r}; known: {', '.join((*SHAPES, *FURNITURE))}")
        return v

    @field_validator("colour", "second_colour")
    @classmethod
    def _colour(cls, v: str | Vec3 | None) -> str | Vec3 | None:
        if v is None:
            return None
        if isinstance(v, str) and v not in COLOURS:
            raise ValueError(f"no colour {v!r}; known: {', '.join(COLOURS)}, or [r, g, b]")
        if not isinstance(v, str) and not all(0 <= c <= 1 for c in v):
            raise ValueError("a colour is [r, g, b] in 0..1")
        return v

    @field_validator("size")
    @classmethod
    def _low_first(cls, v: Any) -> Any:
        ranges = v if isinstance(v, tuple) and len(v) == 3 else (v,)
        if any(isinstance(r, tuple) and r[0] > r[1] for r in ranges):
            raise ValueError("a range is [low, high]")
        return v

    @field_validator("region")
    @classmethod
    def _corners(cls, v: Region | None) -> Region | None:
        if v is not None and (v[0] > v[2] or v[1] > v[3]):
            raise ValueError("a region is [x0, y0, x1, y1] with x0 ≤ x1 and y0 ≤ y1")
        return v


class DisturbanceSpec(_Form):
    """Something that happens to the world while the robot is at work."""

    do: Literal["move", "knock", "remove", "push"]
    """move: lift it to another free spot; knock: out of the gripper; remove: take it away; push: shove it where it stands."""
    body: str
    when: Literal["approach", "grasped", "carry", "time", "placed"] = "approach"
    """approach: the open hand comes within ``within_m`` of it; grasped: it has left its support; carry: it is held
    ``within_m`` above the table or more; time: at ``at_s``; placed: it was let go again."""
    within_m: float = Field(default=0.14, ge=0)
    at_s: float = 0.0
    by: tuple[float, float] | None = None
    """Moved by this (x, y), metres; left out: to a free random spot in reach."""
    times: int = Field(default=1, ge=1)


class ExpectSpec(_Form):
    """What must be true in the end, judged by the simulator's truth."""

    status: tuple[str, ...] = ("done",)
    """Statuses that are right."""
    goals: tuple[str, ...] = ()
    """``in red_cube blue_bowl``; ``moved cube 0.10 left``; ``pressed button``; see docs/scenes.md for all."""
    still: tuple[str, ...] = ()
    """Bodies that must not have been moved by more than 3 cm."""


class ScenarioSpec(_Form):
    """Scripted instructions over time, disturbances, and what is expected."""

    name: str
    say: tuple[str, ...] = Field(min_length=1)
    """Instructions, one mission each, in the same world."""
    disturb: tuple[DisturbanceSpec, ...] = ()
    expect: ExpectSpec = ExpectSpec()


class Scene(_Form):
    """A world, its robot and cameras, what a person would have told about it, and scripted runs in it."""

    name: str
    doc: str = ""
    robot: str = "panda"
    """panda, iiwa, or a dotted path ``package.module:MODEL`` of an ArmModel; a run may name another."""
    table: TableSpec = TableSpec()
    camera: tuple[CameraSpec, ...] = Field(default=(CameraSpec(),), min_length=1)
    """The first one is looked with."""
    limits: Limits = Limits()
    """Only what is written here changes the arm's own limits."""
    body: tuple[BodySpec, ...] = ()
    region: tuple[float, float, float, float] = (0.32, -0.30, 0.68, 0.30)
    """Where bodies without a place of their own are put: x0, y0, x1, y1."""
    apart_m: float = 0.035
    """Free space kept between bodies placed at random."""
    inventory: tuple[Inventory, ...] = ()
    zone: tuple[Zone, ...] = ()
    scenario: tuple[ScenarioSpec, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Scene:
        names = [b.name for b in self.body]
        for i, b in enumerate(self.body):
            if b.name in names[:i]:
                raise _at(f"two bodies are called {b.name!r}", "body", i, "name")
            if b.on is not None and b.on not in names[:i]:
                raise _at(f"body {b.name!r} stands on {b.on!r}, which is not listed before it", "body", i, "on")
            if b.name in RESERVED:
                raise _at(f"a body cannot be called {b.name!r}: expectations use that word", "body", i, "name")
        for kind in ("camera", "scenario", "zone"):
            known = [x.name for x in getattr(self, kind)]
            for i, name in enumerate(known):
                if name in known[:i]:
                    raise _at(f"two of kind {kind} are called {name!r}", kind, i, "name")
        for i, z in enumerate(self.zone):
            if len(z.outline) < 3:
                raise _at(f"zone {z.name!r} needs at least three corners", "zone", i, "outline")
        for i, s in enumerate(self.scenario):
            for d in s.disturb:
                if d.body not in names:
                    raise _at(
                        f"scenario {s.name!r} disturbs {d.body!r}, which is no body of this scene",
                        "scenario",
                        i,
                        "disturb",
                    )
            for n in s.expect.still:
                if n not in names:
                    raise _at(
                        f"scenario {s.name!r}: still: {n!r} is no body of this scene", "scenario", i, "expect", "still"
                    )
            for text in s.expect.goals:
                try:
                    parse_expectation(text, names, [z.name for z in self.zone])
                except SetupError as e:
                    raise _at(f"scenario {s.name!r}: {e}", "scenario", i, "expect", "goals") from e
        return self


def _at(says: str, *where: str | int) -> PydanticCustomError:
    """An error that knows which entry of the file it is about."""
    return PydanticCustomError("contradiction", "{says}", {"says": says, "where": where})


def load_scene(path: Path) -> Scene:
    """Read and validate a scene file.

    Raises:
        SetupError: the file cannot be read or does not fit; names file, line, key and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as e:
        raise SetupError(f"{path}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise SetupError(f"{path}: {e}") from e
    try:
        return Scene.model_validate({"name": path.stem, **data})
    except ValidationError as e:
        lines = []
        for d in e.errors():
            loc = d.get("ctx", {}).get("where", d["loc"])
            where = tuple(x for x in loc if not (isinstance(x, str) and ("[" in x or x in ("float", "str"))))
            line = line_of(text, where)
            lines.append(
                f"{path}:{line}: {'.'.join(map(str, where)) or 'scene'}: {d['msg'].removeprefix('Value error, ')}"
            )
        raise SetupError("; ".join(dict.fromkeys(lines))) from e
