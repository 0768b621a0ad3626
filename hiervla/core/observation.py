"""What a robot can sense, and nothing more: images, joints, torques, gripper, wrist force, time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array, Pose


@dataclass(frozen=True, slots=True)
class CameraImage:
    """One RGB-D image with the calibration needed to lift its pixels into the world."""

    rgb: NDArray[np.uint8]  # (H, W, 3)
    depth: NDArray[np.float32]  # (H, W) metres along the optical axis; 0 = no return
    intrinsics: Array  # (3, 3) pixels
    world_from_camera: Array  # (4, 4); camera frame: x right, y down, z forward

    def points(self) -> Array:
        """World coordinates (H, W, 3) of every pixel; NaN where there was no return."""
        h, w = self.depth.shape
        k = self.intrinsics
        u, v = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
        z = self.depth.astype(np.float64)
        camera = np.stack([(u - k[0, 2]) / k[0, 0] * z, (v - k[1, 2]) / k[1, 1] * z, z], axis=-1)
        world: Array = camera @ self.world_from_camera[:3, :3].T + self.world_from_camera[:3, 3]
        world[self.depth <= 0] = np.nan
        return world

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixel coordinates (N, 2) and depths (N,) of world points (N, 3); depth ≤ 0 lies behind the camera."""
        r, t = self.world_from_camera[:3, :3], self.world_from_camera[:3, 3]
        camera = (np.asarray(points, dtype=np.float64) - t) @ r
        z = camera[:, 2]
        safe = np.where(np.abs(z) < 1e-9, 1e-9, z)
        k = self.intrinsics
        uv = np.stack([camera[:, 0] / safe * k[0, 0] + k[0, 2], camera[:, 1] / safe * k[1, 1] + k[1, 2]], axis=-1)
        return uv, z


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of every sensor at one moment of the robot's clock."""

    time_s: float  # the robot's own clock, seconds
    images: dict[
        str, CameraImage
    ]  # "front", "wrist", …; large for a look, small for a control tick, empty when not asked for
    joints: Array  # (N,) rad
    joint_torques: Array  # (N,) N·m, as the motors report them
    hand: Pose  # the grasp centre between the finger tips; z points out of the hand
    gripper_width_m: float  # gap between the fingers
    wrench: Array  # (6,) force N and torque N·m at the wrist, world frame, hand's weight removed; strongest since the last tick
    links: Array = field(default_factory=lambda: np.zeros((0, 7)))
    # (L, 7) the arm's own bulk from its own kinematics: capsules (x0 y0 z0 x1 y1 z1 radius), world frame. Eyes use it
    # to ignore the arm itself.
