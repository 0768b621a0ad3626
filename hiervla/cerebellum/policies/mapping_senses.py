"""What a foreign checkpoint is told, shown and given, as its mapping file declares it: tables, no motion."""

from __future__ import annotations

import string
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hiervla.core.geometry import Vec3

Key = str | tuple[str, ...]
"""A key of a request or reply; several where maps lie within each other: ``["images", "cam_high"]``."""
Rotation = Literal[
    "axis_angle", "euler_xyz", "euler_XYZ", "euler_zyx", "euler_ZYX", "quaternion_xyzw", "quaternion_wxyz",
    "rot6d_columns", "rot6d_rows", "rot6d_interleaved",
]  # fmt: skip
WIDTH: dict[str, int] = {"axis_angle": 3, "euler_": 3, "quaternion_": 4, "rot6d_": 6, "none": 0}
"""Beginning of a rotation's name → how many numbers it takes."""
WORDS = ("instruction", "skill", "target", "goal")
"""What an instruction template may name in braces."""


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


def width_of(rotation: str) -> int:
    """How many numbers a rotation takes."""
    return next(n for start, n in WIDTH.items() if rotation.startswith(start))


def check_angles(rotation: str, unit_rad: float | None) -> None:
    """Angles have a unit; quaternions and matrices have none.

    Raises:
        ValueError: it is missing, or one too many.
    """
    angles = rotation.startswith(("axis_angle", "euler_"))
    if angles and unit_rad is None:
        raise ValueError("unit_rad is missing: radians in one of its units for angles, e.g. unit_rad = 1.0")
    if not angles and unit_rad is not None:
        raise ValueError(f"unit_rad is for angles, {rotation} has none: leave it out")


class Instruction(Table):
    key: Key
    """where it expects the words, e.g. key = "prompt" """
    template: str
    """the sentence it was trained on, e.g. template = "{instruction}"; may name {instruction} {skill} {target} {goal}"""
    case: Literal["as_is", "lower"]
    """case = "lower" where it was trained on lower case, else case = "as_is" """
    skills: dict[str, str] = Field(default_factory=dict)
    """templates of single skills in place of the common one, e.g. skills = { pick = "pick up the {target}" }"""

    @model_validator(mode="after")
    def _names(self) -> Instruction:
        for text in (self.template, *self.skills.values()):
            for _, name, *_ in string.Formatter().parse(text):
                if name is not None and name not in WORDS:
                    raise ValueError(f"{{{name}}} in {text!r} is none of {', '.join(WORDS)}")
        return self


class Camera(Table):
    key: Key
    """where it expects this picture, e.g. key = "observation/image" """
    source: str = Field(alias="from")
    """which camera of this cell it is shown, e.g. from = "front" """
    size: tuple[Annotated[int, Field(gt=0, le=2048)], Annotated[int, Field(gt=0, le=2048)]]
    """width and height in pixels, e.g. size = [224, 224]"""
    fit: Literal["pad", "crop", "stretch"]
    """how a picture of another shape becomes this size: "pad" (black bars), "crop" (the middle) or "stretch" """
    turn: Literal["none", "rotate_180", "flip_horizontal", "flip_vertical"]
    """turn = "none", or what it takes from an upright picture to what it was trained on, e.g. "rotate_180" """
    resample: Literal["nearest", "bilinear", "bicubic", "lanczos"]
    """how pixels are resampled, e.g. resample = "bilinear" """
    layout: Literal["hwc", "chw"]
    """layout = "hwc" (height, width, colour) or "chw" """
    values: Literal["uint8", "unit", "signed"]
    """values = "uint8" (0..255), "unit" (float32 0..1) or "signed" (float32 -1..1)"""
    keep: float = Field(default=1.0, gt=0, le=1)
    """share of the picture's area that is kept, from its middle, before it is resized"""


class HandPosition(Table):
    reading: Literal["hand_position"]
    frame: Literal["world", "base"]
    """frame = "base" (their base) or "world" (this cell's)"""
    unit_m: float = Field(gt=0)
    """metres in one of its units, e.g. unit_m = 1.0"""


class HandRotation(Table):
    reading: Literal["hand_rotation"]
    frame: Literal["world", "base"]
    """frame = "base" (their base) or "world" (this cell's)"""
    rotation: Rotation
    """how it writes rotations, e.g. rotation = "axis_angle" """
    unit_rad: float | None = Field(default=None, gt=0)
    """radians in one of its units for angles, e.g. unit_rad = 1.0; not for quaternions and matrices"""
    near: tuple[float, ...] | None = None
    """of several numbers that mean the same turn the ones nearest to these, in rad, e.g. near = [3.14, 0, 0]: a hand that
    points down lies where axis-angle, Euler angles and quaternions jump"""

    @model_validator(mode="after")
    def _fits(self) -> HandRotation:
        check_angles(self.rotation, self.unit_rad)
        if self.rotation.startswith("rot6d_"):
            if self.near is not None:
                raise ValueError("near is not for matrices: they do not jump")
        elif self.near is None:
            raise ValueError(f"near is missing: {HandRotation.model_fields['near'].description}")
        if self.near is not None and len(self.near) != width_of(self.rotation):
            raise ValueError(f"near has {len(self.near)} numbers, {self.rotation} has {width_of(self.rotation)}")
        return self


class Joints(Table):
    reading: Literal["joints"]
    count: int = Field(gt=0)
    """how many joint angles, from the base on, e.g. count = 7"""
    unit_rad: float = Field(gt=0)
    """radians in one of its units, e.g. unit_rad = 1.0"""


class GripperReading(Table):
    reading: Literal["gripper"]
    open: float
    """its number for a fully open hand, e.g. open = 0.04"""
    closed: float
    """its number for a closed hand, e.g. closed = 0.0"""


class Constant(Table):
    reading: Literal["constant"]
    value: float
    """the number, e.g. value = 0.0"""
    count: int = Field(gt=0)
    """how many of it, e.g. count = 1"""


Part = Annotated[
    HandPosition | HandRotation | Joints | GripperReading | Constant, Field(discriminator="reading")
]  # fmt: skip


class StateVector(Table):
    key: Key
    """where it expects these numbers, e.g. key = "observation/state" """
    parts: tuple[Part, ...] = Field(min_length=1)
    """readings in their order, e.g. parts = [{ reading = "joints", count = 7, unit_rad = 1.0 }]; known readings:
    hand_position, hand_rotation, joints, gripper, constant"""

    @property
    def width(self) -> int:
        """How many numbers it has."""
        return sum(_width(p) for p in self.parts)


def _width(part: Part) -> int:
    match part:
        case HandPosition():
            return 3
        case HandRotation():
            return width_of(part.rotation)
        case GripperReading():
            return 1
        case _:
            return part.count


class Placed(Table):
    position_m: Vec3
    """where it is, metres, e.g. position_m = [0, 0, 0]"""
    rpy_deg: Vec3
    """roll, pitch, yaw about the fixed axes, degrees, e.g. rpy_deg = [0, 0, 0]"""


class Frames(Table):
    base: Placed
    """their base, seen from this cell's world: base = { position_m = [0, 0, 0], rpy_deg = [0, 0, 0] } where they agree"""
    tool: Placed
    """their tool, seen from this cell's hand (grasp centre, z out of the hand, y the way the fingers slide):
    tool = { position_m = [0, 0, 0], rpy_deg = [0, 0, 0] } where they agree"""


def path(key: Key) -> tuple[str, ...]:
    """A key as the names that lead to it."""
    return (key,) if isinstance(key, str) else key
