"""Bodies in a scene file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from hiervla.bullet.furniture import FURNITURE
from hiervla.bullet.shapes import SHAPES
from hiervla.core.geometry import Vec3
from hiervla.sim.forms import COLOURS, Form, Range, Region


class BodySpec(Form):
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
    spare: bool = False
    """Waits off the table until a disturbance brings it in."""
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
