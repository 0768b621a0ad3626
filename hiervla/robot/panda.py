"""Franka's Panda and its hand, from PyBullet's own data, with light visuals."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pybullet_data

from hiervla.core.geometry import Pose, quaternion_from_rotvec
from hiervla.core.task import Gripper, Limits
from hiervla.robot.arm_model import BASE, ArmModel, Capsule

_HAND, _FINGERS = 8, (9, 10)


def _urdf(folder: Path) -> str:
    """PyBullet's file with the collision meshes as visuals: rendering costs vertices."""
    data = Path(pybullet_data.getDataPath()) / "franka_panda"
    urdf = (data / "panda.urdf").read_text(encoding="utf-8")
    urdf = urdf.replace("meshes/visual/", "meshes/collision/")
    urdf = re.sub(r"package://meshes/", f"{data.as_posix()}/meshes/", urdf)
    urdf = re.sub(r"\.dae|\.stl", ".obj", urdf)
    return urdf.replace('<origin rpy="0 0 0" xyz="0 0 0.05"/>', '<origin rpy="0 0 0" xyz="0 0 0"/>', 1)


PANDA = ArmModel(
    name="panda",
    urdf=_urdf,
    joints=tuple(range(7)),
    hand=_HAND,
    fingers=_FINGERS,
    grasp=11,
    finger_travel_m=0.04,
    rest=(0.0, -0.6, 0.0, -2.35, 0.0, 1.76, 0.785),  # a bent elbow over the near edge of the table
    lower=(-2.90, -1.76, -2.90, -3.07, -2.90, -0.02, -2.90),
    upper=(2.90, 1.76, 2.90, -0.07, 2.90, 3.75, 2.90),
    home=(0.36, 0.0, 0.42, 0.0),
    limits=Limits(),
    gripper=Gripper(),
    hand_kg=0.81 + 0.2,
    wrist_camera=Pose(np.array([0.06, 0.0, 0.02]), quaternion_from_rotvec([0.0, -0.35, 0.0])),
    bulk=(
        Capsule(BASE, BASE, 0.13, (-0.08, 0.0, 0.05), (0.0, 0.0, 0.30)),
        Capsule(BASE, BASE, 0.10, (-0.08, 0.0, 0.05), (0.0, 0.0, 0.05)),
        *(Capsule(i, i + 1, r) for i, r in enumerate((0.11, 0.11, 0.13, 0.13, 0.12, 0.10))),
        Capsule(6, _HAND, 0.09),
        Capsule(_HAND, _HAND, 0.045, (0.0, -0.085, 0.02), (0.0, 0.085, 0.02)),
        Capsule(_HAND, _HAND, 0.034, (0.0, -0.08, 0.045), (0.0, 0.08, 0.045)),
        *(
            Capsule(f, f, 0.014, (0.0, side * 0.012, 0.0), (0.0, side * 0.010, 0.047))
            for f, side in zip(_FINGERS, (1, -1), strict=True)
        ),
    ),
)
