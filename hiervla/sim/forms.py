"""Surroundings in a scene file: the table, cameras and what is wrong with them, light; and what all tables share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hiervla.bullet.client import Light
from hiervla.core.geometry import Vec3

Length = Annotated[float, Field(gt=0, le=2)]
Range = Length | tuple[Length, Length]
Region = tuple[float, float, float, float]
COLOURS: dict[str, Vec3] = {
    "red": (0.82, 0.10, 0.10), "orange": (0.95, 0.50, 0.06), "yellow": (0.93, 0.83, 0.10), "green": (0.12, 0.62, 0.20),
    "cyan": (0.10, 0.72, 0.75), "blue": (0.10, 0.22, 0.80), "purple": (0.48, 0.15, 0.65), "pink": (0.95, 0.50, 0.68),
    "brown": (0.42, 0.25, 0.12), "white": (0.93, 0.93, 0.92), "grey": (0.50, 0.50, 0.50), "black": (0.08, 0.08, 0.08),
    "wood": (0.72, 0.62, 0.48), "slate": (0.36, 0.38, 0.40),
}  # fmt: skip


class Form(BaseModel):
    """A table of a scene file: a key it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TableSpec(Form):
    """The table the arm stands at; its top is the world's z = 0."""

    centre: tuple[float, float] = (0.53, 0.0)
    size: tuple[Length, Length] = (0.56, 0.96)
    """Along x (away from the arm) and y, metres."""
    thickness: Length = 0.04
    colour: str | Vec3 = "wood"


Pixels = Annotated[int, Field(ge=16, le=4096)]


class CameraSpec(Form):
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


_LIGHT = Light()


class LightSpec(Form):
    """How the scene is lit. An object's shade on the sides that face away from the light comes from ``ambient`` alone."""

    direction: Vec3 = _LIGHT.direction
    """Where the light stands, seen from the table: x, y, z, of any length."""
    ambient: float = Field(default=_LIGHT.ambient, ge=0, le=1)
    diffuse: float = Field(default=_LIGHT.diffuse, ge=0, le=1)
    specular: float = Field(default=_LIGHT.specular, ge=0, le=1)

    @field_validator("direction")
    @classmethod
    def _from_above(cls, v: Vec3) -> Vec3:
        if v[2] <= 0:
            raise ValueError("the light stands above the table: the third number is more than 0")
        return v


class SensorSpec(Form):
    """What is wrong with the depth cameras. Nothing, when left out."""

    depth_noise_m: float = Field(default=0.0, ge=0, le=0.05)
    """Standard deviation of each pixel's depth, metres."""
    dropout: float = Field(default=0.0, ge=0, le=0.9)
    """Share of pixels that return no depth."""
    camera_off_m: float = Field(default=0.0, ge=0, le=0.1)
    """How far each fixed camera stands from where its calibration says, metres, in a direction drawn from the seed."""
    camera_off_deg: float = Field(default=0.0, ge=0, le=20)
    """How much each fixed camera is turned from what its calibration says, about an axis drawn from the seed."""
