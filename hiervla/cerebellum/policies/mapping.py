"""How a foreign checkpoint sees and acts, declared in one TOML file. What the file does not say is asked for, never guessed."""

from __future__ import annotations

import math
import tomllib
import typing
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator

from hiervla.cerebellum.policies.mapping_senses import (
    Camera,
    Frames,
    Instruction,
    Key,
    Rotation,
    StateVector,
    Table,
    check_angles,
    path,
    width_of,
)  # fmt: skip
from hiervla.core.errors import SetupError, unknown
from hiervla.core.ports import RobotDescription


class GripperAction(Table):
    open: float
    """its number for an open hand: 0, 1 or -1, e.g. open = -1.0"""
    closed: float
    """its number for a closed hand, e.g. closed = 1.0"""
    threshold: float | None = None
    """where its number is read as open or closed and nothing between: the border"""

    @model_validator(mode="after")
    def _differ(self) -> GripperAction:
        if abs(self.open - self.closed) < 1e-6:
            raise ValueError(
                f"open and closed are both {self.open}: write its number for an open and for a closed hand"
            )
        if self.threshold is not None and not 0 < (self.threshold - self.open) / (self.closed - self.open) < 1:
            raise ValueError(f"threshold {self.threshold} does not lie between open and closed")
        return self


class Bound(Table):
    position_m: float = Field(gt=0)
    """farthest that one of its actions may move the hand, metres; more is a fault, never clipped, e.g. position_m = 0.1"""
    rotation_rad: float = Field(gt=0, le=math.pi)
    """farthest that one of its actions may turn the hand, rad, e.g. rotation_rad = 0.6"""
    gripper: float = Field(ge=0, le=1)
    """how far the gripper's number may go past open or closed, as a share of the way between, e.g. gripper = 0.1"""


class ActionSpace(Table):
    key: Key
    """where its actions lie in the reply, e.g. key = "actions" """
    horizon: int = Field(gt=0, le=1000)
    """how many actions a chunk has, e.g. horizon = 50"""
    rate_hz: float = Field(gt=0, le=1000)
    """how many of its actions make a second, e.g. rate_hz = 20"""
    dim: int = Field(gt=0, le=1000)
    """how many numbers an action has, padding included, e.g. dim = 7"""
    columns: tuple[Literal["position", "rotation", "gripper", "unused"], ...]
    """what they are, in their order; "unused" skips one: columns = ["position", "rotation", "gripper"]"""
    space: Literal["delta", "relative", "absolute"]
    """space = "delta" (from the action before), "relative" (from where the chunk began) or "absolute"; joint-space actions
    cannot be run: the arm is moved by its hand"""
    frame: Literal["world", "base", "hand"]
    """along whose axes: "world" (this cell's), "base" (their base) or "hand" (their tool)"""
    unit_m: float = Field(gt=0)
    """metres in one of its units, e.g. unit_m = 0.05 for a controller that scales ±1 to ±5 cm"""
    rotation: Rotation | Literal["none"]
    """how it writes rotations, e.g. rotation = "axis_angle"; "none" where it never turns the hand"""
    unit_rad: float | None = Field(default=None, gt=0)
    """radians in one of its units for angles, e.g. unit_rad = 1.0; not for quaternions and matrices"""
    gripper: GripperAction
    """its numbers for the hand: gripper = { open = -1.0, closed = 1.0 }"""
    bound: Bound
    """what one action may do at most: bound = { position_m = 0.1, rotation_rad = 0.6, gripper = 0.1 }"""

    @model_validator(mode="after")
    def _fits(self) -> ActionSpace:
        wanted = ["gripper", "position", *(["rotation"] if self.rotation != "none" else [])]
        if sorted(c for c in self.columns if c != "unused") != sorted(wanted):
            raise ValueError(f"columns must name {', '.join(wanted)} once each, here: {', '.join(self.columns)}")
        if self.width > self.dim:
            raise ValueError(f"columns take {self.width} numbers, dim is {self.dim}")
        if self.space == "absolute" and self.frame == "hand":
            raise ValueError('an absolute pose has no meaning in frame = "hand": name "world" or "base"')
        if self.rotation == "none" and self.unit_rad is not None:
            raise ValueError('unit_rad is for angles, rotation is "none"')
        if self.rotation != "none":
            check_angles(self.rotation, self.unit_rad)
        return self

    @property
    def width(self) -> int:
        """How many of an action's numbers the columns take."""
        return sum({"position": 3, "rotation": width_of(self.rotation)}.get(c, 1) for c in self.columns)


class Still(Table):
    by: Literal["still"]
    seconds: float = Field(gt=0)
    """how long the hand must have rested, seconds of the robot's clock, e.g. seconds = 1.0"""
    within_m: float = Field(gt=0)
    """how far the hand may stray meanwhile, metres, e.g. within_m = 0.004"""


class Reply(Table):
    by: Literal["reply"]
    key: Key
    """where the reply says that it has ended, e.g. key = "terminate" """
    above: float
    """above which value it has, e.g. above = 0.5"""


class After(Table):
    by: Literal["time"]
    seconds: float = Field(gt=0)
    """how long a skill runs before it is looked at, seconds of the robot's clock, e.g. seconds = 8.0"""


class Statistics(Table):
    file: Path
    """file of statistics, beside this one or absolute, e.g. file = "norm_stats.json" """
    mode: Literal["quantiles", "mean_std", "min_max"]
    """mode = "quantiles" (q01, q99 to -1..1), "mean_std" or "min_max" (to -1..1)"""
    state: tuple[str, ...]
    """keys that lead to the state's statistics in the file, e.g. state = ["norm_stats", "state"]"""
    action: tuple[str, ...]
    """keys that lead to the action's statistics in the file, e.g. action = ["norm_stats", "actions"]"""
    state_constant: tuple[int, ...] = ()
    """columns of the state that never varied in its data"""
    action_constant: tuple[int, ...] = ()
    """columns of the action that never varied in its data, e.g. action_constant = [3, 4]"""


class Server(Table):
    metadata: dict[str, Any]
    """what the server must say of itself on connecting, e.g. metadata = { checkpoint = "pi05_libero" }; {} asks for nothing"""
    connect_s: float = Field(default=5.0, gt=0)
    """wall-clock seconds a connection may take"""
    first_s: float = Field(default=180.0, gt=0)
    """wall-clock seconds the first reply may take: servers compile then"""
    reply_s: float = Field(default=10.0, gt=0)
    """wall-clock seconds every further reply may take"""
    retries: int = Field(default=3, ge=0, le=20)
    """how often a lost connection is sought again for one chunk"""
    backoff_s: float = Field(default=0.2, ge=0, le=10)
    """wait before the second attempt; doubled at each further one, at most 5 s"""


class Mapping(Table):
    """The whole file."""

    checkpoint: str = Field(min_length=1)
    """which checkpoint this file is about, as reports should name it, e.g. checkpoint = "pi05_libero" """
    images: Literal["tick", "look"]
    """which pictures of this cell it is shown: "look" (large) or "tick" (small, quicker)"""
    instruction: Instruction
    """how it is told what to do: [instruction] with key, template, case"""
    camera: tuple[Camera, ...] = Field(min_length=1)
    """its pictures: one [[camera]] each, in their order"""
    state: tuple[StateVector, ...]
    """its state vectors: one [[state]] each; state = [] where it takes none"""
    frame: Frames
    """where its frames lie: [frame] with base and tool"""
    action: ActionSpace
    """what its actions mean: [action]"""
    end: Annotated[Still | Reply | After, Field(discriminator="by")]
    """how a skill ends: [end] with by = "still", "reply" or "time"; what then counts as done is for the skill to see"""
    normalisation: Literal["server"] | Statistics
    """normalisation = "server" where the server does it, else [normalisation] with file, mode, state, action"""
    server: Server | None = None
    """what a served checkpoint must be: [server] with metadata"""

    def ticks(self, step_s: float) -> int:
        """How many control ticks of ``step_s`` seconds a chunk lasts."""
        return math.floor(self.action.horizon / self.action.rate_hz / step_s + 1e-9)

    @model_validator(mode="after")
    def _once(self) -> Mapping:
        keys = [path(k) for k in (self.instruction.key, *(c.key for c in self.camera), *(s.key for s in self.state))]
        if twice := {k for k in keys if keys.count(k) > 1}:
            raise ValueError(
                f"key {'.'.join(min(twice))} is used twice: each picture, state and instruction has its own"
            )
        return self


def load_mapping(file: Path, about: RobotDescription) -> Mapping:
    """The mapping in a TOML file, held against the arm it is to move.

    Raises:
        SetupError: it cannot be read, does not say something, contradicts itself or asks for what this arm lacks: a line
            for each, with which key and how to mend it.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise SetupError(f"mapping {file}: {e}; docs/policies.md shows whole ones") from e
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as e:
        raise SetupError("\n".join(f"mapping {file}: {_line(d)}" for d in e.errors())) from e
    for camera in mapping.camera:
        if camera.source not in about.cameras:
            raise unknown("camera", camera.source, about.cameras, f"mapping {file}: camera.from")
    for part in (p for s in mapping.state for p in s.parts):
        if part.reading == "joints" and part.count > about.joints:
            raise SetupError(f"mapping {file}: state.parts.count: {part.count} joints, {about.name} has {about.joints}")
    if mapping.ticks(about.step_s) < 1:
        a = mapping.action
        raise SetupError(
            f"mapping {file}: action.horizon: {a.horizon} actions at {a.rate_hz:g} Hz last {a.horizon / a.rate_hz:g} s, less than "
            f"this arm's tick of {about.step_s:g} s: run it for more actions"
        )
    if isinstance(mapping.normalisation, Statistics):
        found = file.parent / mapping.normalisation.file
        statistics = mapping.normalisation.model_copy(update={"file": found})
        return mapping.model_copy(update={"normalisation": statistics})
    return mapping


def _line(error: Any) -> str:
    """One problem of the file: which key, what is wrong with it, what it means."""
    loc = [str(p) for p in error["loc"] if isinstance(p, str)]
    name = ".".join(str(p) for p in error["loc"])
    kind, says = error["type"], str(error["msg"]).removeprefix("Value error, ")
    about = _about(loc)
    if kind == "missing":
        return f"{name} is missing: {about}"
    if kind == "extra_forbidden":
        return f"{name} is no key of a mapping: take it out, or see docs/policies.md for how it is spelt"
    if kind == "union_tag_not_found":
        return f"{name} does not say which kind it is: {about or says}"
    return f"{name}: {says}" + (f", here {error['input']!r}" if isinstance(error["input"], str | int | float) else "") + (f"; {about}" if about else "")  # fmt: skip


def _about(loc: list[str]) -> str:
    """What a key means, from where it is defined; empty where nothing is said there."""
    tables: list[type[BaseModel]] = [Mapping]
    text = ""
    for name in loc:
        fields = [f for t in tables for n, f in t.model_fields.items() if name in (n, f.alias)]
        if fields:
            text, tables = fields[0].description or "", [t for f in fields for t in _tables(f.annotation)]
    return " ".join(text.split())


def _tables(annotation: Any) -> list[type[BaseModel]]:
    """The tables named anywhere in a field's annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [t for part in typing.get_args(annotation) for t in _tables(part)]
