"""Rigid poses and the few rotations a table-top needs. SI units, quaternions xyzw, right-handed frames."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]


def _identity() -> Array:
    return np.array([0.0, 0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a frame is in its parent: ``parent_from_child``."""

    position: Array  # (3,) metres
    quaternion: Array = field(default_factory=_identity)  # (4,) xyzw, unit length

    def __post_init__(self) -> None:
        object.__setattr__(self, "position", np.asarray(self.position, dtype=np.float64).reshape(3))
        q = np.asarray(self.quaternion, dtype=np.float64).reshape(4)
        object.__setattr__(self, "quaternion", q / max(float(np.linalg.norm(q)), 1e-12))

    def rotation(self) -> Array:
        """The (3, 3) rotation matrix."""
        return rotation_matrix(self.quaternion)

    def matrix(self) -> Array:
        """The (4, 4) homogeneous transform parent_from_child."""
        m = np.eye(4)
        m[:3, :3], m[:3, 3] = self.rotation(), self.position
        return m

    def apply(self, points: Any) -> Array:
        """Points (..., 3) given in this frame, expressed in the parent."""
        moved: Array = np.asarray(points, dtype=np.float64) @ self.rotation().T + self.position
        return moved

    def inverse(self) -> Pose:
        r = self.rotation().T
        return Pose(-r @ self.position, quaternion_conjugate(self.quaternion))

    def __matmul__(self, other: Pose) -> Pose:
        return Pose(self.apply(other.position), quaternion_multiply(self.quaternion, other.quaternion))

    @property
    def yaw(self) -> float:
        """Rotation about the world's z axis, rad."""
        return yaw_of(self.quaternion)


def quaternion_multiply(a: Any, b: Any) -> Array:
    """Hamilton product a ⊗ b of two xyzw quaternions."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return np.array(
        [
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ]
    )


def quaternion_conjugate(q: Any) -> Array:
    return np.array([-q[0], -q[1], -q[2], q[3]])


def rotation_matrix(q: Any) -> Array:
    """The (3, 3) matrix of an xyzw quaternion."""
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def quaternion_from_rotvec(v: Any) -> Array:
    """xyzw quaternion of a rotation vector (axis times angle, rad)."""
    v = np.asarray(v, dtype=np.float64)
    angle = float(np.linalg.norm(v))
    if angle < 1e-12:
        return _identity()
    return np.concatenate([v / angle * math.sin(angle / 2), [math.cos(angle / 2)]])


def rotvec_from_quaternion(q: Any) -> Array:
    """Rotation vector (axis times angle in [0, π], rad) of an xyzw quaternion."""
    q = np.asarray(q, dtype=np.float64)
    if q[3] < 0:
        q = -q
    s = float(np.linalg.norm(q[:3]))
    if s < 1e-12:
        return np.zeros(3)
    rotvec: Array = q[:3] / s * (2 * math.atan2(s, float(q[3])))
    return rotvec


def quaternion_from_yaw(yaw: float) -> Array:
    return np.array([0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])


def downward(yaw: float) -> Array:
    """Quaternion of a hand whose z axis points straight down and whose fingers open along ``yaw``.

    The hand's own y axis is the one its fingers slide on; at yaw 0 it lies along the world's y axis.
    """
    return quaternion_multiply(quaternion_from_yaw(yaw), np.array([1.0, 0.0, 0.0, 0.0]))


def yaw_of(q: Any) -> float:
    """Rotation about the world's z axis of an xyzw quaternion, rad in (-π, π]."""
    r = rotation_matrix(q)
    return math.atan2(r[1, 0], r[0, 0])


def wrap_angle(a: float, period: float = 2 * math.pi) -> float:
    """The representative of ``a`` in (-period/2, period/2]."""
    return -((-a + period / 2) % period - period / 2)


def vec3(v: Any) -> Vec3:
    """Three plain floats, rounded to a tenth of a millimetre so that logs stay readable."""
    return (round(float(v[0]), 4), round(float(v[1]), 4), round(float(v[2]), 4))


def segment_distance(points: Any, a: Any, b: Any) -> Array:
    """Distance (N,) of points (N, 3) to the segment from a to b, metres."""
    p, a, b = (np.asarray(x, dtype=np.float64) for x in (points, a, b))
    ab = b - a
    t = np.clip((p - a) @ ab / max(float(ab @ ab), 1e-12), 0.0, 1.0)
    distance: Array = np.linalg.norm(p - (a + t[..., None] * ab), axis=-1)
    return distance


def look_at(eye: Any, target: Any, up: Vec3 = (0.0, 0.0, 1.0)) -> Array:
    """world_from_camera (4, 4) of a camera at ``eye`` (3,) that looks at ``target`` (3,); x right, y down, z forward."""
    z = np.asarray(target, dtype=np.float64) - np.asarray(eye, dtype=np.float64)
    z /= np.linalg.norm(z)
    if abs(float(z @ np.asarray(up))) > 0.999:
        up = (1.0, 0.0, 0.0)  # looking straight down or up: away from the arm is up in the image
    x = np.cross(z, up)
    x /= np.linalg.norm(x)
    m = np.eye(4)
    m[:3, 0], m[:3, 1], m[:3, 2], m[:3, 3] = x, np.cross(z, x), z, eye
    return m
