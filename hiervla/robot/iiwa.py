"""KUKA's LBR iiwa with a parallel-jaw hand of our own: a box palm and two sliding fingers with flat pads."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pybullet_data

from hiervla.bullet.hull import hull_obj, obj_points
from hiervla.core.geometry import Pose, Vec3, quaternion_from_rotvec
from hiervla.core.task import Gripper, Limits
from hiervla.robot.arm_model import BASE, ArmModel, Capsule

_FLANGE_M = 0.045
"""From the last joint to the face that the hand is bolted to."""
_PALM: Vec3 = (0.050, 0.146, 0.075)
_FINGER: Vec3 = (0.022, 0.014, 0.075)
_TRAVEL_M = 0.05
_TIP_M = 0.012
_GRASP_M = _PALM[2] + _FINGER[2] - _TIP_M
_PALM_KG, _FINGER_KG = 0.9, 0.1
_HAND, _FINGERS, _GRASP = 7, (8, 9), 10


def _urdf(folder: Path) -> str:
    """PyBullet's file with hulls of its meshes (rendering costs vertices), and the hand on its flange."""
    data = Path(pybullet_data.getDataPath()) / "kuka_iiwa"
    urdf = (data / "model.urdf").read_text(encoding="utf-8")
    for mesh in sorted(set(re.findall(r"meshes/(\w+)\.obj", urdf))):
        (folder / f"{mesh}.obj").write_text(hull_obj(obj_points(data / "meshes" / f"{mesh}.obj")), encoding="utf-8")
    urdf = re.sub(r"meshes/(\w+)\.(obj|stl)", rf"{folder.as_posix()}/\1.obj", urdf)
    urdf = urdf.replace('<origin rpy="0 0 0" xyz="-0.1 0 0.07"/>', '<origin rpy="0 0 0" xyz="0 0 0"/>', 1)
    return urdf.replace("</robot>", _hand_urdf() + "</robot>")


def _hand_urdf() -> str:
    palm = _box("palm", _PALM, (0.0, 0.0, _PALM[2] / 2), _PALM_KG)
    hand = palm + _joint("hand", "fixed", "lbr_iiwa_link_7", "palm", (0.0, 0.0, _FLANGE_M), turn_rad=math.pi)
    for name, side in (("left", 1), ("right", -1)):
        middle = (0.0, side * _FINGER[1] / 2, _FINGER[2] / 2)
        hand += _box(f"{name}_finger", _FINGER, middle, _FINGER_KG, pad=True)
        slide = f'<axis xyz="0 {side} 0"/><limit effort="80" lower="0.0" upper="{_TRAVEL_M}" velocity="0.4"/>'
        hand += _joint(f"{name}_slide", "prismatic", "palm", f"{name}_finger", (0.0, 0.0, _PALM[2]), slide)
    nothing = '<inertial><mass value="0.0"/><inertia ixx="0.1" ixy="0" ixz="0" iyy="0.1" iyz="0" izz="0.1"/></inertial>'
    return (
        hand + f'<link name="grasp">{nothing}</link>' + _joint("grasp", "fixed", "palm", "grasp", (0.0, 0.0, _GRASP_M))
    )


def _box(name: str, size: Vec3, middle: Vec3, mass_kg: float, pad: bool = False) -> str:
    where, extent = f'<origin rpy="0 0 0" xyz="{_numbers(middle)}"/>', _numbers(size)
    shape = f'{where}<geometry><box size="{extent}"/></geometry>'
    inertia = '<inertia ixx="0.1" ixy="0" ixz="0" iyy="0.1" iyz="0" izz="0.1"/>'  # PyBullet takes the shape's own
    soft = '<contact><stiffness value="30000.0"/><damping value="1000.0"/><spinning_friction value="0.1"/></contact>'
    return (
        f'<link name="{name}">{soft if pad else ""}<inertial>{where}<mass value="{mass_kg}"/>{inertia}</inertial>'
        f"<visual>{shape}</visual><collision>{shape}</collision></link>"
    )


def _joint(name: str, kind: str, parent: str, child: str, at: Vec3, more: str = "", turn_rad: float = 0.0) -> str:
    return (
        f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>'
        f'<origin rpy="0 0 {turn_rad}" xyz="{_numbers(at)}"/>{more}</joint>'
    )


def _numbers(v: Vec3) -> str:
    return " ".join(f"{x:.5f}" for x in v)


IIWA = ArmModel(
    name="iiwa",
    urdf=_urdf,
    joints=tuple(range(7)),
    hand=_HAND,
    fingers=_FINGERS,
    grasp=_GRASP,
    finger_travel_m=_TRAVEL_M,
    rest=(0.0, 0.55, 0.0, -1.75, 0.0, 0.84, 0.0),
    lower=(-2.96, -2.09, -2.96, -2.09, -2.96, -2.09, -3.05),
    upper=(2.96, 2.09, 2.96, 2.09, 2.96, 2.09, 3.05),
    home=(0.455, 0.0, 0.42, 0.0),
    # Its elbow folds to 120 degrees only, so it stands back from the table to work at its near edge; its wrist bends as
    # far, so the hand points straight down up to 0.6 m.
    limits=Limits(
        high=(0.85, 0.55, 0.60),
        base=(-0.095, 0.0, 0.0),
        reach_m=0.815,
        min_reach_m=0.412,
        shoulder_m=0.36,
        span_m=0.815,
        wrist_m=0.081 + _FLANGE_M + _GRASP_M,
    ),
    gripper=Gripper(
        opening_m=2 * _TRAVEL_M,
        finger_m=(_FINGER[0], _FINGER[1]),
        tip_front_m=_FINGER[0] / 2,
        tip_thick_m=_FINGER[1],
        finger_length_m=_FINGER[2] - _TIP_M - 0.003,
        palm_m=(_PALM[0], _PALM[1] + 0.03),
        palm_above_m=_FINGER[2] - _TIP_M - 0.008,
        tip_m=_TIP_M,
        wrist_free_rad=2.8,
    ),
    hand_kg=_PALM_KG + 2 * _FINGER_KG,
    wrist_camera=Pose(np.array([0.06, 0.0, _GRASP_M - 0.085]), quaternion_from_rotvec([0.0, -0.35, 0.0])),
    bulk=(
        Capsule(BASE, BASE, 0.12, (-0.03, 0.0, 0.04), (0.02, 0.0, 0.04)),
        Capsule(BASE, 0, 0.13),
        *(Capsule(i, i + 1, r) for i, r in enumerate((0.13, 0.12, 0.12, 0.11, 0.11, 0.10, 0.07))),
        Capsule(_HAND, _HAND, 0.05, (0.0, -0.06, 0.035), (0.0, 0.06, 0.035)),
        *(
            Capsule(f, f, 0.016, (0.0, side * 0.007, 0.0), (0.0, side * 0.007, 0.068))
            for f, side in zip(_FINGERS, (1, -1), strict=True)
        ),
    ),
    skin=(0.84, 0.85, 0.87),
)
