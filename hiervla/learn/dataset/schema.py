"""What a dataset holds, declared once: the features of a frame and the metadata of an episode."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hiervla.core.errors import SetupError

Kind = Literal["image", "depth", "string", "bool", "uint8", "int32", "int64", "float32", "float64"]
Scalar = Literal["string", "int64", "float64", "bool"]
Values = NDArray[Any]

DEPTH_STEP_M = 1e-4
"""One count of a stored depth, metres: 16 bits of it reach 6.55 m, finer than any depth camera is exact."""
ACTION = ("dx", "dy", "dz", "droll", "dpitch", "dyaw", "gripper")
"""An action's components: m, rad about the world's axes, and 0 open … 1 closed."""
OWN = ("timestamp", "frame_index", "episode_index", "index", "task_index")
"""Features that every LeRobotDataset has; the writer fills them."""


class Feature(BaseModel):
    """One value that every frame has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "float32"
    """``image``: (H, W, 3) uint8. ``depth``: (H, W) float32 metres, 0 = no return. Else the values' type."""
    shape: tuple[int, ...] = (1,)
    """Shape within one frame: (H, W) for pictures, (1,) for a single number, flag or word."""
    names: tuple[str, ...] | None = None
    """A name for each component along the last axis."""
    unit: str = ""
    """Unit and frame of the values, in words."""
    step_m: float = Field(default=DEPTH_STEP_M, gt=0)
    """Depth alone: metres of one stored count; what lies farther than 65535 counts is stored as no return."""

    @model_validator(mode="after")
    def _agrees(self) -> Feature:
        if not self.shape or min(self.shape) < 1:
            raise ValueError(f"a shape needs whole numbers from 1 on, not {list(self.shape)}")
        if self.picture and len(self.shape) != 2:
            raise ValueError(f"a picture's shape is its height and width, not {list(self.shape)}")
        if self.kind == "string" and self.shape != (1,):
            raise ValueError(f"a frame has one word of a string feature, not {list(self.shape)}")
        if self.names is not None and (len(self.names) != self.shape[-1] or self.picture):
            raise ValueError(f"{len(self.names)} names for {self.shape[-1]} components")
        return self

    @property
    def picture(self) -> bool:
        return self.kind in ("image", "depth")

    @property
    def array_shape(self) -> tuple[int, ...]:
        """Shape of one frame's array in memory: () for single values, (H, W, 3) and (H, W) for pictures."""
        if self.kind == "image":
            return (*self.shape, 3)
        return () if self.shape == (1,) else self.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its arrays in memory."""
        return np.dtype({"image": "uint8", "depth": "float32", "string": "object"}.get(self.kind, self.kind))

    def declared(self) -> dict[str, Any]:
        """Its entry among info.json's ``features``."""
        info: dict[str, Any] = {"unit": self.unit} if self.unit else {}
        if not self.picture:
            names = list(self.names) if self.names is not None else None
            entry: dict[str, Any] = {"dtype": self.kind, "shape": list(self.shape), "names": names}
        else:
            channels = 3 if self.kind == "image" else 1
            entry = {"dtype": "image", "shape": [*self.shape, channels], "names": ["height", "width", "channels"]}
        if self.kind == "depth":
            # LeRobot's own depth_unit knows "m" and "mm" only: said here, it would scale what it must not.
            info |= {"encoding": "png16", "metres_per_count": self.step_m, "no_return": 0}
        return entry | ({"info": info} if info else {})


class Schema(BaseModel):
    """Features and metadata of a dataset. Two datasets may be merged when their schemas are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features: dict[str, Feature]
    metadata: dict[str, Scalar] = Field(default_factory=dict)
    """Further facts of an episode, beside skill, seed, success, failure and source: name → type."""

    @model_validator(mode="after")
    def _agrees(self) -> Schema:
        for name in self.features:
            if name in OWN or "/" in name or not name:
                why = "LeRobot's own" if name in OWN else "a name may hold no '/' and not be empty"
                raise ValueError(f"feature {name!r}: {why}")
        return self

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(n for n, f in self.features.items() if f.picture)

    def declared(self) -> dict[str, Any]:
        """info.json's ``features``."""
        own = {n: {"dtype": "float32" if n == "timestamp" else "int64", "shape": [1], "names": None} for n in OWN}
        return {name: f.declared() for name, f in self.features.items()} | own

    def differs(self, other: Schema) -> str:
        """The first difference, in words; empty where there is none."""
        for what in ("features", "metadata"):
            mine, theirs = getattr(self, what), getattr(other, what)
            for name in [*mine, *(n for n in theirs if n not in mine)]:
                if name not in theirs or name not in mine:
                    return f"{what[:-1] if what == 'features' else what} {name!r} is in one alone"
                if mine[name] != theirs[name]:
                    return f"{name!r} is {_brief(mine[name])} in one, {_brief(theirs[name])} in the other"
        return ""


def _brief(value: Feature | str) -> str:
    if isinstance(value, str):
        return value
    return " ".join(str(v) for v in (value.kind, list(value.shape), value.names and list(value.names)) if v)


def demonstration_schema(
    cameras: dict[str, tuple[int, int]],
    state: tuple[str, ...],
    extras: dict[str, Feature] | None = None,
    metadata: dict[str, Scalar] | None = None,
    depth: bool = True,
) -> Schema:
    """The usual features of a demonstration, under the keys LeRobot expects, and the caller's own beside them.

    Args:
        cameras: name → (height, width); each gives ``observation.images.NAME`` and ``observation.depth.NAME``.
        state: names of the components of ``observation.state``.
        extras: further features of a frame (``expert.chunk``, ``progress``, …).
        metadata: further facts of an episode.
        depth: whether the cameras' depth is kept.
    """
    # "image" must not be in a depth key: LeRobot 0.4 takes every key with it for three channels.
    features = {f"observation.images.{n}": Feature(kind="image", shape=size) for n, size in cameras.items()}
    if depth:
        features |= {
            f"observation.depth.{n}": Feature(kind="depth", shape=s, unit="m along the optical axis")
            for n, s in cameras.items()
        }
    features["observation.state"] = Feature(shape=(len(state),), names=state)
    features["action"] = Feature(shape=(7,), names=ACTION, unit="m, rad about world axes, 0 open … 1 closed")
    features["phase"] = Feature(kind="string")
    features["recovery"] = Feature(kind="bool")
    return Schema(features=features | (extras or {}), metadata=metadata or {})


def schema_of(features: dict[str, Any], metadata: dict[str, Scalar]) -> Schema:
    """A schema from info.json's ``features``, ours or another writer's.

    Raises:
        SetupError: a feature is of a kind that is not read here (video).
    """
    found = {}
    for name, entry in features.items():
        if name in OWN:
            continue
        kind, shape, info = entry["dtype"], tuple(entry["shape"]), entry.get("info") or {}
        if kind == "video":
            raise SetupError(
                f"feature {name!r} is a video; only pictures inside parquet are read: write it with use_videos=False"
            )
        more: dict[str, Any] = {"unit": info.get("unit", "")}
        if kind == "image":
            step = info.get("metres_per_count") or {"mm": 1e-3}.get(info.get("depth_unit", ""))
            if step is not None:
                kind, more["step_m"] = "depth", step
            elif 3 not in (shape[0], shape[-1]):
                raise SetupError(f"feature {name!r} is a picture of shape {list(shape)}, neither RGB nor depth in mm")
            shape = shape[:2] if shape[-1] in (1, 3) else shape[1:]
        elif isinstance(entry.get("names"), list) and len(entry["names"]) == shape[-1]:
            more["names"] = tuple(entry["names"])
        try:
            found[name] = Feature(kind=kind, shape=shape, **more)
        except ValueError as e:
            raise SetupError(f"feature {name!r} of kind {entry['dtype']!r}, shape {list(shape)} cannot be read") from e
    return Schema(features=found, metadata=metadata)
