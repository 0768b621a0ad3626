"""Cameras that are not perfect: noisy depth, missing returns, and a calibration that is a little wrong."""

from __future__ import annotations

import math
import zlib

import numpy as np
from numpy.typing import NDArray

from hiervla.core.geometry import Array, Pose, quaternion_from_rotvec
from hiervla.sim.forms import SensorSpec


class Sensor:
    """Stands between the renderer and the robot (``BulletClient.sensor``). The same seed errs the same."""

    def __init__(self, spec: SensorSpec, fixed: dict[str, Array], seed: int) -> None:
        """``fixed``: world_from_camera (4, 4) by name, of the cameras that can stand wrongly; a wrist's is never off."""
        self.spec, self._fixed, self._seed = spec, fixed, seed
        self._rng = np.random.default_rng([seed, 0x5E])

    def stands(self, world_from_camera: Array) -> Array:
        """Where a camera really is (4, 4) whose calibration says ``world_from_camera``."""
        if not (self.spec.camera_off_m or self.spec.camera_off_deg):
            return world_from_camera
        for name, pose in self._fixed.items():
            if np.allclose(pose, world_from_camera):
                return np.asarray(world_from_camera @ self._error(name))
        return world_from_camera

    def _error(self, name: str) -> Array:
        rng = np.random.default_rng([self._seed, zlib.crc32(name.encode())])
        way, axis = (v / np.linalg.norm(v) for v in rng.normal(size=(2, 3)))
        turn = quaternion_from_rotvec(axis * math.radians(self.spec.camera_off_deg))
        return Pose(way * self.spec.camera_off_m, turn).matrix()

    def read(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Depth (H, W) in metres with this camera's noise; 0 = no return."""
        if self.spec.depth_noise_m:
            seen = depth > 0
            noise = self._rng.normal(0.0, self.spec.depth_noise_m, depth.shape).astype(np.float32)
            depth = np.where(seen, np.maximum(depth + noise, 0.01), 0.0).astype(np.float32)
        if self.spec.dropout:
            depth = np.where(self._rng.random(depth.shape) < self.spec.dropout, np.float32(0), depth)
        return depth
