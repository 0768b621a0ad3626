"""Bodies in a scene file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from hiervla.bullet.furniture import FURNITURE
from hiervla.bullet.shapes import SHAPES
from hiervla.core.geometry import Vec3
from hiervla.sim.forms import COLOURS, Form, Range, Region


class BodySpec(Form):
    """One thing on the table: one of the shapes here, or from a file of yours."""

    name: str
    shape: str
    """cube, block, cylinder, ball, bowl, box, cup, plate, ring, wedge (a triangle) or shape (a flat letter); tools and parts:
    wrench, screwdriver, screw, nut; or furniture, which stands fast: drawer, button, slider. Of a body from a file: what eyes call
    it, ``shape`` when left out."""
    mesh: Path | None = None
    """An OBJ file, beside the scene file or in pybullet_data. Each object (``o``) in it collides as its convex hull."""
    urdf: Path | None = None
    """A URDF file, beside the scene file or in pybullet_data."""
    scale: float = Field(default=1.0, gt=0)
    """Of a file: metres per unit."""
    up: Literal["y", "z"] = "z"
    """Of a mesh: which of its axes points up."""
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

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if data.get("mesh") and data.get("urdf"):
            raise ValueError("a body comes from a mesh or from a urdf, not from both")
        if data.get("mesh") or data.get("urdf"):
            if data.get("size") is not None or data.get("second_colour") is not None:
                raise ValueError("a body from a file has the file's size: give it a scale; and one colour at most")
            return {"shape": "shape"} | data
        if stray := [k for k in ("scale", "up") if k in data]:
            raise ValueError(f"{stray[0]} is for a body from a file: mesh = … or urdf = …")
        return data

    @field_validator("mesh", "urdf")
    @classmethod
    def _found(cls, v: Path | None, info: ValidationInfo) -> Path | None:
        if v is None:
            return None
        import pybullet_data

        folders = [Path((info.context or {}).get("folder", ".")), Path(pybullet_data.getDataPath())]
        for folder in folders:
            if (folder / v).is_file():
                return (folder / v).resolve()
        raise ValueError(f"no file {v}; looked in {' and '.join(str(f.resolve()) for f in folders)}")

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
