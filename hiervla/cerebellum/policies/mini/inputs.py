"""What the small VLA is shown: images lifted into the world, prompts, proprioception and the grounding, as plain arrays.

The same few lines serve training and acting; no torch here. Metres, rad, world frame unless named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiervla.cerebellum.policies.mini.memory import LONG_SINCE, Past
from hiervla.core.geometry import Array
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.task import Task

Draw = Callable[[CameraImage, Array], NDArray[np.float32]]
"""Heat-maps (K, H, W) of world points (K, 3) in an image: ``perception.prompts.heatmaps``."""
STATE = (
    "hand_x", "hand_y", "hand_z", "yaw_sin", "yaw_cos", "tilt_x", "tilt_y", "width", "force_x", "force_y", "force_z",
    "moved_x", "moved_y", "moved_z", "widened", "since",
)  # fmt: skip
GROUNDING = (
    "there", "dx", "dy", "dz", "sin_2yaw", "cos_2yaw", "length", "width", "height", "held", "off_x", "off_y", "off_z",
)  # fmt: skip
"""Of the target: is it known, its middle from the hand, how it lies, its size, is it in the hand and how it sits there."""
GOAL = ("there", "dx", "dy", "dz", "sin_2yaw", "cos_2yaw")
WORKSPACE = np.array([[0.2, -0.5, -0.02], [0.85, 0.5, 0.45]])
"""What world coordinates are scaled by: lowest and highest x, y, z."""
CHANNELS = 8
"""Of an image: red green blue, the world (scene) or hand (wrist) coordinates of what it shows, target and goal spots."""
NEAR_M = 0.25
"""What the wrist's coordinates and differences from the hand are scaled by."""
_FORCE_N = 20.0
_WIDTH_M = 0.08
_STEP_M, _WIDENED_M = 0.04, 0.02
DEEDS = ("pick", "place", "push", "open", "close")
PHASES = (
    "rise", "approach", "descend", "close", "lift", "carry", "lower", "open", "push", "pull", "withdraw", "retreat", "end",
)  # fmt: skip
"""What the hand may be about, by the names that monitors and chunk sizing know."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """Where a task's target is believed to be and where it shall go."""

    target: Array  # (3,) its middle, or NaN
    yaw: float
    size: Array  # (3,) length, width, height
    goal: Array  # (3,) or NaN
    goal_yaw: float
    held: bool
    offset: Array  # (3,) the held thing's middle from the grasp centre, at the grasp


def grounding_of(task: Task) -> Grounding:
    """What the brain and the eyes tell of a task's target and goal."""
    d, to, held = task.target, task.destination, task.held
    none, yaw, size = np.full(3, np.nan), 0.0, np.zeros(3)
    if d is not None and d.opens is not None:
        yaw = float(
            np.arctan2(d.opens[1], d.opens[0])
        )  # what is taken is a handle: alike on all, however large the rest looks
    elif d is not None:
        yaw, size = d.yaw, np.asarray(d.size, dtype=float)
    return Grounding(
        target=none if d is None else np.asarray(d.grasp_at or d.centre, dtype=float),
        yaw=yaw,
        size=size,
        goal=none if to is None else np.asarray(to.position, dtype=float),
        goal_yaw=yaw if d is not None and d.opens is not None else 0.0 if to is None else to.yaw,
        held=held is not None,
        offset=np.zeros(3) if held is None else np.asarray(held.offset, dtype=float),
    )


@dataclass(frozen=True, slots=True)
class Inputs:
    """One moment as the model takes it."""

    scene: NDArray[np.float32]  # (8, H, W)
    wrist: NDArray[np.float32]  # (8, h, w)
    state: NDArray[np.float32]  # (16,) as STATE names it
    target: NDArray[np.float32]  # (13,) as GROUNDING names it
    goal: NDArray[np.float32]  # (6,) as GOAL names it

    def batch(self) -> dict[str, Any]:
        """With a batch dimension of one, by name."""
        return {k: getattr(self, k)[None] for k in ("scene", "wrist", "state", "target", "goal")}


def inputs_of(seen: Observation, grounding: Grounding, draw: Draw, scene: str = "front", past: Past = Past()) -> Inputs:
    """What an observation, a grounding and the ticks before look like to the model.

    Raises:
        KeyError: the observation lacks one of the two images.
    """
    points = np.stack([in_hand(grounding, seen), grounding.goal])
    front, wrist = seen.images[scene], seen.images["wrist"]
    low, high = WORKSPACE
    return Inputs(
        scene=_image(front, draw(front, points), (low + high) / 2, (high - low) / 2),
        wrist=_image(wrist, draw(wrist, points), seen.hand.position, np.full(3, NEAR_M)),
        state=state_of(seen, past),
        target=_target(grounding, seen),
        goal=_goal(grounding, seen),
    )


def in_hand(g: Grounding, seen: Observation) -> Array:
    """Where the target is now (3,): what is held moves with the hand."""
    return seen.hand.position + g.offset if g.held else g.target


def state_of(seen: Observation, past: Past = Past()) -> NDArray[np.float32]:
    """Proprioception (16,), each about -1..1."""
    low, high = WORKSPACE
    at = 2 * (seen.hand.position - low) / (high - low) - 1
    down = seen.hand.rotation()[:, 2]  # the hand's own z, which points down when it stands upright
    yaw = seen.hand.yaw
    return np.array(
        [*at, np.sin(yaw), np.cos(yaw), down[0], down[1], 2 * seen.gripper_width_m / _WIDTH_M - 1, *np.clip(seen.wrench[:3] / _FORCE_N, -2, 2),
         *np.clip(past.moved / _STEP_M, -2, 2), np.clip(past.widened / _WIDENED_M, -2, 2), 1 - 2 * past.since / LONG_SINCE],
        dtype=np.float32,
    )  # fmt: skip


def _image(image: CameraImage, maps: NDArray[np.float32], middle: Array, scale: Array) -> NDArray[np.float32]:
    at = (image.points() - middle) / scale
    at = np.clip(np.nan_to_num(at, nan=0.0), -2, 2)
    rgb = image.rgb.astype(np.float32) / 127.5 - 1
    return np.concatenate([np.moveaxis(rgb, -1, 0), np.moveaxis(at, -1, 0).astype(np.float32), maps])


def _target(g: Grounding, seen: Observation) -> NDArray[np.float32]:
    at = in_hand(g, seen)
    if not np.isfinite(at).all():
        return np.zeros(len(GROUNDING), dtype=np.float32)
    off = np.clip((at - seen.hand.position) / NEAR_M, -3, 3)
    turn = 2 * (g.yaw - seen.hand.yaw)  # a thing and a hand look the same after half a turn
    return np.array(
        [1, *off, np.sin(turn), np.cos(turn), *(g.size / 0.1), float(g.held), *(g.offset / 0.1)], dtype=np.float32
    )


def _goal(g: Grounding, seen: Observation) -> NDArray[np.float32]:
    if not np.isfinite(g.goal).all():
        return np.zeros(len(GOAL), dtype=np.float32)
    off = np.clip((g.goal - seen.hand.position) / NEAR_M, -3, 3)
    turn = 2 * (g.goal_yaw - seen.hand.yaw)
    return np.array([1, *off, np.sin(turn), np.cos(turn)], dtype=np.float32)
