"""The form every demonstration is kept in: from a shown step to columns, and from a row back to what a policy is given.

A row holds all that the small VLA's inputs and targets are made of, as it was sensed: no simulator is needed to train. The
grounding is the true one; that eyes err is for training to add, as much and as often as it likes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from hiervla.cerebellum.policies.mini.inputs import Grounding
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, Pose
from hiervla.core.observation import CameraImage, Observation
from hiervla.learn.dataset.schema import ACTION, Feature, Scalar, Schema, Values, demonstration_schema
from hiervla.learn.expert import HORIZON, Label

FPS = 10
SIZES = {"front": (96, 128), "wrist": (72, 96)}
"""Camera → height and width of the pictures kept, px: what a control tick sees. ``front`` is the scene's first camera."""
STATE = ("x", "y", "z", "qx", "qy", "qz", "qw", "width", "force_x", "force_y", "force_z")
"""The grasp centre (m) and its quaternion, the gap between the fingers (m), the force at the wrist (N); world frame."""
CAMERA = ("fx", "fy", "cx", "cy", *(f"world_from_camera_{r}{c}" for r in range(3) for c in range(4)))
"""Pixels, and the upper three rows of the camera's pose."""
GROUNDING = (
    "target_there", "target_x", "target_y", "target_z", "target_yaw", "length", "width", "height",
    "goal_there", "goal_x", "goal_y", "goal_z", "goal_yaw", "held", "off_x", "off_y", "off_z",
)  # fmt: skip
"""Of the target and where it shall go: known (0 or 1), middle, yaw of the long side; m and rad, world frame."""
LEARNT: dict[str, Feature] = {
    "joints": Feature(shape=(7,), unit="rad"),
    **{f"camera.{name}": Feature(shape=(len(CAMERA),), names=CAMERA, unit="px, m") for name in SIZES},
    "grounding": Feature(shape=(len(GROUNDING),), names=GROUNDING, unit="m, rad, true"),
    "target_now": Feature(
        shape=(3,), names=("x", "y", "z"), unit="m, true: grounding tells where it was as the step began"
    ),
    "expert.chunk": Feature(shape=(HORIZON, 7), names=ACTION, unit="as action: the next 16 from here, erring no more"),
    "executed": Feature(shape=(7,), names=ACTION, unit="as action: what the arm was told, jolts and all"),
    "remaining": Feature(kind="int64", unit="ticks the teacher still needs"),
    "progress": Feature(unit="0 … 1, by the ticks that remain"),
    "end": Feature(kind="bool"),
    "jolted": Feature(kind="bool"),
}
"""Features beside the usual ones."""
SEEN = (
    *(f"observation.{kind}.{name}" for kind in ("images", "depth") for name in SIZES),
    *(f"camera.{name}" for name in SIZES), "observation.state", "joints", "grounding", "target_now", "timestamp",
)  # fmt: skip
"""Columns that tell what a policy is given at a moment."""
METADATA: dict[str, Scalar] = {
    "deed": "string",  # the skill, or of placing its relation
    "target": "string",  # colour and shape as it is called
    "reference": "string",  # of what it is put in, on or beside; or empty
    "shift": "string",
    "calm": "bool",
    "why": "string",  # what the failure said
}
RECOVERY_TICKS = 5
"""For how long after a jolt the hand counts as mending its way."""


def demonstration_form() -> Schema:
    """What every dataset of demonstrations declares, so that any two of them can be merged."""
    return demonstration_schema(SIZES, STATE, LEARNT, METADATA)


def sensed(seen: Observation, scene: str = "front") -> dict[str, Any]:
    """The columns of what was sensed at one moment; ``scene`` is the name of the camera that is kept as ``front``.

    Raises:
        SetupError: a picture is of another size, or the arm has other joints than are kept.
    """
    row: dict[str, Any] = {}
    for name, size in SIZES.items():
        image = seen.images[scene if name == "front" else name]
        if image.depth.shape != size:
            raise SetupError(
                f"camera {name!r} gives pictures of {list(image.depth.shape)}, demonstrations keep {list(size)}: "
                f"set the camera's small = [{size[1]}, {size[0]}]"
            )
        k = image.intrinsics
        row[f"observation.images.{name}"] = image.rgb
        row[f"observation.depth.{name}"] = image.depth
        row[f"camera.{name}"] = _floats([k[0, 0], k[1, 1], k[0, 2], k[1, 2], *image.world_from_camera[:3].ravel()])
    if len(seen.joints) != 7:
        raise SetupError(f"an arm of {len(seen.joints)} joints: demonstrations keep seven")
    hand = seen.hand
    state = [*hand.position, *hand.quaternion, seen.gripper_width_m, *seen.wrench[:3]]
    return row | {"observation.state": _floats(state), "joints": _floats(seen.joints)}


def told(label: Label, executed: Array, longest: int, jolted: bool = False, recovery: bool = False) -> dict[str, Any]:
    """The columns of what should be done at one moment, and what was; ``longest``: the most ticks that ever remained."""
    return {
        "action": _floats(label.actions[0]), "executed": _floats(executed), "expert.chunk": _floats(label.actions),
        "remaining": label.remaining, "progress": np.float32(1 - label.remaining / max(1, longest)),
        "end": label.remaining == 0, "phase": label.phase, "jolted": jolted, "recovery": recovery,
    }  # fmt: skip


def now(target: Array) -> dict[str, Values]:
    """The column of where the target is at one moment; zeros where there is none."""
    return {"target_now": _floats(target if np.isfinite(target).all() else np.zeros(3))}


def grounding_row(g: Grounding) -> Values:
    """A grounding as its column (17,)."""
    there, goes = bool(np.isfinite(g.target).all()), bool(np.isfinite(g.goal).all())
    return _floats([
        there, *(g.target if there else np.zeros(3)), g.yaw, *g.size,
        goes, *(g.goal if goes else np.zeros(3)), g.goal_yaw, g.held, *g.offset,
    ])  # fmt: skip


def recovering(jolted: Values) -> Values:
    """Which of an episode's moments (T,) come soon after a jolt, and are none themselves."""
    ahead = np.cumsum(np.concatenate([[0], jolted]))
    first = np.maximum(np.arange(len(jolted)) - RECOVERY_TICKS, 0)
    return (ahead[:-1] > ahead[first]) & ~jolted


def observation_of(row: Mapping[str, Any]) -> Observation:
    """What was sensed at a stored moment; the clock begins with its episode."""
    s = np.asarray(row["observation.state"], dtype=np.float64)
    return Observation(
        time_s=float(row.get("timestamp", 0.0)),
        images={name: _image(row, name) for name in SIZES},
        joints=np.asarray(row["joints"], dtype=np.float64),
        joint_torques=np.zeros(7),
        hand=Pose(s[:3], s[3:7]),
        gripper_width_m=float(s[7]),
        wrench=np.concatenate([s[8:11], np.zeros(3)]),
    )


def grounding_from(row: Mapping[str, Any]) -> Grounding:
    """What was told of target and goal at a stored moment."""
    g = np.asarray(row["grounding"], dtype=np.float64)
    none = np.full(3, np.nan)
    return Grounding(
        target=g[1:4] if g[0] else none, yaw=float(g[4]), size=g[5:8],
        goal=g[9:12] if g[8] else none, goal_yaw=float(g[12]), held=bool(g[13]), offset=g[14:17],
    )  # fmt: skip


def moved_grounding(row: Mapping[str, Any]) -> Grounding:
    """What is true of target and goal at a stored moment: a target that was pushed is no longer where it was said to be."""
    g = grounding_from(row)
    there = np.isfinite(g.target).all()
    return replace(g, target=np.asarray(row["target_now"], dtype=np.float64)) if there else g


def _image(row: Mapping[str, Any], name: str) -> CameraImage:
    c = np.asarray(row[f"camera.{name}"], dtype=np.float64)
    pose = np.eye(4)
    pose[:3] = c[4:].reshape(3, 4)
    lens = np.array([[c[0], 0.0, c[2]], [0.0, c[1], c[3]], [0.0, 0.0, 1.0]])
    return CameraImage(row[f"observation.images.{name}"], row[f"observation.depth.{name}"], lens, pose)


def _floats(values: Any) -> Values:
    return np.asarray(values, dtype=np.float32)
