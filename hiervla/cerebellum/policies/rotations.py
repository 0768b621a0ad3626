"""The ways other people write rotations: axis-angle, Euler angles, quaternions, and six numbers of a matrix.

The six are its first two columns one after the other, its first two rows (PyTorch3D), or its first two columns row by row
(``matrix[:, :2]`` flattened): read in another's order they are a valid and wrong rotation.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from hiervla.core.errors import PolicyFault
from hiervla.core.geometry import Array


def read_rotation(numbers: Array, form: str, unit_rad: float | None) -> Rotation:
    """Rotations from numbers (n, w).

    Raises:
        PolicyFault: the numbers are no rotation.
    """
    angles = numbers * (unit_rad or 1.0)
    if form == "axis_angle":
        return Rotation.from_rotvec(angles)
    if form.startswith("euler_"):
        return Rotation.from_euler(form.removeprefix("euler_"), angles)
    if form.startswith("quaternion_"):
        length = np.linalg.norm(numbers, axis=1)
        if length.min() < 0.1:
            raise PolicyFault(
                f"action {int(length.argmin())} of its chunk has a quaternion of length {length.min():.2g}"
            )
        return Rotation.from_quat(numbers if form.endswith("xyzw") else numbers[:, [1, 2, 3, 0]])
    two = numbers.reshape(-1, 2, 3) if form != "rot6d_interleaved" else numbers.reshape(-1, 3, 2).transpose(0, 2, 1)
    first = np.linalg.norm(two[:, 0], axis=1)
    x = two[:, 0] / np.maximum(first, 1e-12)[:, None]
    y = two[:, 1] - (two[:, 1] * x).sum(axis=1, keepdims=True) * x
    second = np.linalg.norm(y, axis=1)
    if min(first.min(), second.min()) < 0.1:
        raise PolicyFault(
            f"action {int(np.minimum(first, second).argmin())} of its chunk has a rotation matrix that is none"
        )
    y = y / second[:, None]
    matrix = np.stack([x, y, np.cross(x, y)], axis=2)  # columns
    return Rotation.from_matrix(matrix.transpose(0, 2, 1) if form == "rot6d_rows" else matrix)


def write_rotation(turns: Rotation, form: str, unit_rad: float | None) -> Array:
    """Numbers (n, w) of rotations; the inverse of ``read_rotation``."""
    if form == "axis_angle":
        return np.asarray(turns.as_rotvec()) / (unit_rad or 1.0)
    if form.startswith("euler_"):
        return np.asarray(turns.as_euler(form.removeprefix("euler_"))) / (unit_rad or 1.0)
    if form.startswith("quaternion_"):
        q = np.asarray(turns.as_quat())
        return q if form.endswith("xyzw") else q[:, [3, 0, 1, 2]]
    matrix = np.asarray(turns.as_matrix())
    if form == "rot6d_rows":
        matrix = matrix.transpose(0, 2, 1)
    two = matrix[:, :, :2]
    return (two if form == "rot6d_interleaved" else two.transpose(0, 2, 1)).reshape(-1, 6)


def nearest(numbers: Array, form: str, near: Array) -> Array:
    """Of the numbers (w,) that mean the same turn, angles in rad, those nearest to ``near`` (w,)."""
    if form.startswith("quaternion_"):
        return -numbers if numbers @ near < 0 else numbers
    if form.startswith("euler_"):
        return numbers + 2 * np.pi * np.round((near - numbers) / (2 * np.pi))
    angle = float(np.linalg.norm(numbers))
    axis = numbers / angle if angle > 1e-9 else near / max(float(np.linalg.norm(near)), 1e-9)
    turns = np.round((near @ axis - angle) / (2 * np.pi))
    return (angle + 2 * np.pi * turns) * axis
