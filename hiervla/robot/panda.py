"""The Panda in PyBullet: its URDF with light visuals, its joints, its bulk."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pybullet
import pybullet_data

from hiervla.bullet.client import BulletClient
from hiervla.core.geometry import Array, rotation_matrix
from hiervla.core.task import Gripper

ARM = tuple(range(7))
HAND, FINGERS, GRASP = 8, (9, 10), 11
REST = (0.0, -0.6, 0.0, -2.35, 0.0, 1.76, 0.785)
"""A bent-elbow posture over the near edge of the table, hand down."""
LOWER = (-2.90, -1.76, -2.90, -3.07, -2.90, -0.02, -2.90)
UPPER = (2.90, 1.76, 2.90, -0.07, 2.90, 3.75, 2.90)
FINGER_FRICTION = 1.5
GRIPPER = Gripper()


def load(client: BulletClient, base: tuple[float, float, float]) -> int:
    """Load the arm with its collision meshes as visuals (rendering cost is vertices) and set it up to grasp."""
    folder = Path(pybullet_data.getDataPath()) / "franka_panda"
    urdf = (folder / "panda.urdf").read_text()
    urdf = urdf.replace("meshes/visual/", "meshes/collision/")
    urdf = re.sub(r"package://meshes/", f"{folder.as_posix()}/meshes/", urdf)
    urdf = re.sub(r"\.dae|\.stl", ".obj", urdf)
    # PyBullet's IK from given start positions measures from the base's centre of mass: put that into its origin.
    urdf = urdf.replace('<origin rpy="0 0 0" xyz="0 0 0.05"/>', '<origin rpy="0 0 0" xyz="0 0 0"/>', 1)
    with tempfile.NamedTemporaryFile("w", suffix=".urdf") as f:
        f.write(urdf)
        f.flush()
        arm = pybullet.loadURDF(f.name, list(base), useFixedBase=True, physicsClientId=client.id)
    cid = {"physicsClientId": client.id}
    for j in ARM:
        pybullet.resetJointState(arm, j, REST[j], **cid)
    for j in FINGERS:
        pybullet.resetJointState(arm, j, 0.04, **cid)
        pybullet.changeDynamics(arm, j, lateralFriction=FINGER_FRICTION, frictionAnchor=1, **cid)
    for j in range(-1, pybullet.getNumJoints(arm, **cid)):
        pybullet.changeVisualShape(
            arm, j, rgbaColor=[0.90, 0.90, 0.91, 1] if j < HAND else [0.25, 0.25, 0.27, 1], **cid
        )
    # Stiff, or the fingers close off-centre now and then and one of them pushes the hand sideways with its full force.
    gear = pybullet.createConstraint(
        arm, FINGERS[0], arm, FINGERS[1], pybullet.JOINT_GEAR, [1, 0, 0], [0, 0, 0], [0, 0, 0], **cid
    )
    pybullet.changeConstraint(gear, gearRatio=-1, erp=0.5, maxForce=500, **cid)
    pybullet.enableJointForceTorqueSensor(arm, HAND, 1, **cid)
    return int(arm)


def capsules(client: BulletClient, arm: int) -> Array:
    """The arm's bulk (L, 7) as capsules, from its joints' forward kinematics; generous at the links, snug at the fingers."""
    states = pybullet.getLinkStates(arm, list(range(12)), computeForwardKinematics=1, physicsClientId=client.id)
    at = [np.array(s[4]) for s in states]
    turn = [rotation_matrix(s[5]) for s in states]
    base = at[0] - (0.0, 0.0, 0.333)
    out = [(*(base + (-0.08, 0.0, 0.05)), *(base + (0.0, 0.0, 0.30)), 0.13)]
    for i, j, r in ((0, 1, 0.11), (1, 2, 0.11), (2, 3, 0.13), (3, 4, 0.13), (4, 5, 0.12), (5, 6, 0.10), (6, 8, 0.09)):
        out.append((*at[i], *at[j], r))
    hand, r = at[HAND], turn[HAND]
    out.append((*(hand + r @ (0, -0.085, 0.02)), *(hand + r @ (0, 0.085, 0.02)), 0.045))
    out.append((*(hand + r @ (0, -0.08, 0.045)), *(hand + r @ (0, 0.08, 0.045)), 0.034))
    for f, side in zip(FINGERS, (1, -1), strict=True):
        p, q = at[f], turn[f]
        out.append((*(p + q @ (0, side * 0.012, 0.0)), *(p + q @ (0, side * 0.010, 0.047)), 0.014))
    return np.array(out)
