"""People's own pictures: a colour image, a depth image and a camera file, made into what the eyes read."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, Pose, Vec3, look_at
from hiervla.core.observation import CameraImage, Observation

_WIDEST_PX = 720
"""Wider pictures are thinned: every second, third … pixel is read."""
_Row3 = tuple[float, float, float]
_Row4 = tuple[float, float, float, float]


class Intrinsics(BaseModel):
    """Focal lengths and principal point in pixels, the middle of the top left pixel being (0, 0), as makers give them."""

    model_config = ConfigDict(extra="forbid")

    fx: float = Field(gt=0)
    fy: float = Field(gt=0)
    cx: float
    cy: float


class CameraFile(BaseModel):
    """How the camera sees and where it stands. World: metres, z up; camera: x right, y down, z forward."""

    model_config = ConfigDict(extra="forbid")

    intrinsics: Intrinsics | tuple[_Row3, _Row3, _Row3]
    """fx, fy, cx, cy, or the (3, 3) matrix."""
    world_from_camera: tuple[_Row4, _Row4, _Row4, _Row4] | None = None
    position: Vec3 | None = None
    """With ``look_at``, instead of ``world_from_camera``, for a camera that is held level."""
    look_at: Vec3 | None = None
    table_height_m: float | None = None
    """World z of the table's top; left out: it is found in the picture."""
    depth_unit_m: float = Field(default=0.001, gt=0)
    """Metres of one step of a depth PNG."""

    @model_validator(mode="after")
    def _placed(self) -> CameraFile:
        if (self.world_from_camera is None) == (self.position is None or self.look_at is None):
            raise ValueError("give world_from_camera (4 x 4), or both position and look_at")
        if self.world_from_camera is None:
            if math.dist(self.position or (), self.look_at or ()) < 1e-6:
                raise ValueError("position and look_at are the same point")
        else:
            m = np.array(self.world_from_camera)
            r = m[:3, :3]
            if not np.allclose(r @ r.T, np.eye(3), atol=0.01) or np.linalg.det(r) < 0:
                raise ValueError("world_from_camera does not begin with a rotation (3 x 3)")
            if not np.allclose(m[3], (0, 0, 0, 1)):
                raise ValueError("world_from_camera does not end with the row 0 0 0 1")
        return self

    def matrix(self) -> Array:
        """Intrinsics (3, 3) as ``CameraImage`` counts: the top left corner of the image is (0, 0)."""
        k = self.intrinsics
        if isinstance(k, Intrinsics):
            k = ((k.fx, 0.0, k.cx), (0.0, k.fy, k.cy), (0.0, 0.0, 1.0))
        return np.array(k, dtype=np.float64) + ((0, 0, 0.5), (0, 0, 0.5), (0, 0, 0))

    def pose(self) -> Array:
        """world_from_camera (4, 4)."""
        if self.world_from_camera is not None:
            return np.array(self.world_from_camera, dtype=np.float64)
        return look_at(self.position, self.look_at)


def read_camera(path: Path) -> CameraFile:
    """A camera file, JSON or TOML.

    Raises:
        SetupError: it cannot be read, or what is said in it does not fit; names the key.
    """
    text = _text(path)
    try:
        said = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except ValueError as e:
        raise SetupError(f"{path}: neither JSON nor, with the ending .toml, TOML: {e}") from e
    try:
        return CameraFile.model_validate(said)
    except ValidationError as e:
        raise SetupError(f"{path}: {_first(e)}") from e


def read_picture(rgb: Path, depth: Path, camera: CameraFile) -> CameraImage:
    """An RGB-D image from its files: colour as PNG or JPEG; depth as 16-bit PNG, or NPY or NPZ in metres.

    Raises:
        SetupError: a file cannot be read, is of another kind, or the two differ in size.
    """
    colour, metres = _colour(rgb), _depth(depth, camera.depth_unit_m)
    if colour.shape[:2] != metres.shape:
        sizes = [f"{path} is {s[1]} x {s[0]} pixels" for path, s in ((rgb, colour.shape), (depth, metres.shape))]
        raise SetupError(f"{sizes[0]} and {sizes[1]}; align the depth image to the colour image first")
    k = camera.matrix()
    if not (0 < k[0, 2] < metres.shape[1] and 0 < k[1, 2] < metres.shape[0]):
        raise SetupError(f"intrinsics: cx, cy lie outside a picture of {metres.shape[1]} x {metres.shape[0]} pixels")
    step = -(-metres.shape[1] // _WIDEST_PX)
    if step > 1:
        colour, metres = colour[::step, ::step].copy(), metres[::step, ::step].copy()
        k = k + ((0, 0, 0.5 * (step - 1)), (0, 0, 0.5 * (step - 1)), (0, 0, 0))  # the first of each step stands for it
        k = k / ((step, 1, step), (1, step, step), (1, 1, 1))
    return CameraImage(colour, metres, k, camera.pose())


def as_seen(image: CameraImage, camera: str) -> Observation:
    """An observation by a robot without an arm: nothing but this picture."""
    nowhere = Pose(np.array([0.0, 0.0, -100.0]))
    return Observation(
        time_s=0.0, images={camera: image}, joints=np.zeros(0), joint_torques=np.zeros(0), hand=nowhere,
        gripper_width_m=0.0, wrench=np.zeros(6),
    )  # fmt: skip


def _colour(path: Path) -> Any:
    with _image(path) as picture:
        if picture.mode not in ("RGB", "RGBA"):
            raise SetupError(f"{path} is no RGB image but of mode {picture.mode}; save it as an RGB PNG or JPEG")
        return np.asarray(picture.convert("RGB")).copy()


def _depth(path: Path, unit_m: float) -> Any:
    """Depth (H, W) float32 metres; 0 = no return."""
    if path.suffix.lower() in (".npy", ".npz"):
        try:
            loaded = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as e:
            raise SetupError(f"{path}: no NumPy file of numbers: {e}") from e
        if isinstance(loaded, np.lib.npyio.NpzFile):
            if "depth" not in loaded and len(loaded.files) != 1:
                raise SetupError(f"{path} holds {', '.join(loaded.files) or 'nothing'}; name one array 'depth'")
            loaded = loaded["depth" if "depth" in loaded else loaded.files[0]]
        if loaded.ndim != 2 or loaded.dtype.kind not in "fiu":
            raise SetupError(f"{path}: depth is an array (H, W) of numbers, this is {loaded.dtype} {loaded.shape}")
        metres = loaded.astype(np.float32)
    else:
        with _image(path) as picture:
            if picture.mode not in ("I;16", "I;16B", "I"):
                raise SetupError(f"{path} is of mode {picture.mode}; depth is a 16-bit PNG (one channel, millimetres)")
            metres = np.asarray(picture).astype(np.float32) * np.float32(unit_m)
    metres[~np.isfinite(metres) | (metres < 0)] = 0.0
    seen = metres[metres > 0]
    if len(seen) < 100:
        raise SetupError(f"{path}: fewer than 100 pixels have a depth")
    if not 0.05 < (typical := float(np.median(seen))) < 20:
        raise SetupError(
            f"{path}: half its depths are beyond {typical:.4g} m: arrays are in metres, a PNG's step is depth_unit_m"
        )
    return metres


def _image(path: Path) -> Image.Image:
    try:
        return Image.open(path)
    except UnidentifiedImageError as e:
        raise SetupError(f"{path} is no image that can be read; use PNG or JPEG") from e
    except OSError as e:
        raise SetupError(f"cannot read {path}: {e.strerror or e}") from e


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as e:
        raise SetupError(f"cannot read {path}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise SetupError(f"{path}: a camera file is JSON or TOML text") from e


def _first(error: ValidationError) -> str:
    """The first thing wrong, with its key."""
    e = error.errors()[0]
    key = ".".join(str(k) for k in e["loc"] if not (isinstance(k, str) and k.startswith(("tuple[", "Intrinsics"))))
    what = {"missing": f"{key} is missing", "extra_forbidden": f"there is no key {key}"}.get(e["type"])
    return what or f"{key + ': ' if key else ''}{e['msg'].removeprefix('Value error, ')}"
