"""What differs from arm to arm in PyBullet: its URDF, which link is which, how it rests, its bulk. ``BulletArm`` runs any of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient
from hiervla.core.geometry import Array, Pose, Vec3, rotation_matrix
from hiervla.core.task import Gripper, Limits

BASE = -1
"""PyBullet's number for the link that stands on the floor."""


@dataclass(frozen=True, slots=True)
class Capsule:
    """A thick line from a point on one link to a point on another (metres, in each link's own frame)."""

    a: int
    b: int
    radius_m: float
    at_a: Vec3 = (0.0, 0.0, 0.0)
    at_b: Vec3 = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ArmModel:
    """An arm whose first joint turns it about the upright and whose last turns the hand, with two sliding fingers.

    The hand link's z axis points out of the hand and its y axis is the direction the fingers close in; the grasp link is
    turned likewise, and lies between the finger pads. Links are PyBullet's numbers: a link has that of its joint.
    """

    name: str
    urdf: Callable[[Path], str]
    """Writes what meshes it needs into a folder and returns the URDF's text, every file in it by its full path.

    The base link's centre of mass must lie in its origin: PyBullet's IK from given start positions measures from there.
    """
    joints: tuple[int, ...]
    hand: int
    """Link behind the wrist's force sensor: hand and fingers hang on it."""
    fingers: tuple[int, int]
    grasp: int
    finger_travel_m: float
    """Joint value of each finger when the hand is fully open; 0 is closed."""
    rest: tuple[float, ...]
    """Joint angles (rad) that IK is always sought from, hand down in front of the arm."""
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    home: tuple[float, float, float, float]
    """Grasp centre x y z (m, from the base) and yaw (rad) to rest at: the cameras see past it."""
    limits: Limits
    """Its own reach and speed; a scene changes what it names and nothing else."""
    gripper: Gripper
    hand_kg: float
    """Mass of what hangs on the force sensor."""
    wrist_camera: Pose
    """In the hand link's frame: looks along its z, with the hand's x axis upwards in the image."""
    bulk: tuple[Capsule, ...]
    """Covers every visible part of the arm: generous at the links, snug at the fingers."""
    skin: tuple[float, float, float] = (0.90, 0.90, 0.91)
    hand_skin: tuple[float, float, float] = (0.25, 0.25, 0.27)
    finger_friction: float = 1.5

    def load(self, client: BulletClient, base: Vec3) -> int:
        """Put the arm into a world, at rest and ready to grasp; returns PyBullet's id of it."""
        cid = {"physicsClientId": client.id}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "arm.urdf"
            path.write_text(self.urdf(Path(folder)), encoding="utf-8")
            arm = int(pybullet.loadURDF(str(path), list(base), useFixedBase=True, **cid))
        for j, angle in zip(self.joints, self.rest, strict=True):
            pybullet.resetJointState(arm, j, angle, **cid)
        for j in self.fingers:
            pybullet.resetJointState(arm, j, self.finger_travel_m, **cid)
            pybullet.changeDynamics(arm, j, lateralFriction=self.finger_friction, frictionAnchor=1, **cid)
        for j in range(BASE, pybullet.getNumJoints(arm, **cid)):
            pybullet.changeVisualShape(arm, j, rgbaColor=[*(self.skin if j < self.hand else self.hand_skin), 1], **cid)
        # Stiff, or the fingers close off-centre now and then and one of them pushes the hand sideways with its full force.
        gear = pybullet.createConstraint(
            arm, self.fingers[0], arm, self.fingers[1], pybullet.JOINT_GEAR, [1, 0, 0], [0, 0, 0], [0, 0, 0], **cid
        )
        pybullet.changeConstraint(gear, gearRatio=-1, erp=0.5, maxForce=500, **cid)
        pybullet.enableJointForceTorqueSensor(arm, self.hand, 1, **cid)
        return arm

    def capsules(self, client: BulletClient, arm: int, base: Vec3) -> Array:
        """The bulk (L, 7) of an arm that stands at ``base``, where it is now: two ends (m, world) and a radius (m) a row."""
        links = sorted({c for part in self.bulk for c in (part.a, part.b)} - {BASE})
        states = pybullet.getLinkStates(arm, links, computeForwardKinematics=1, physicsClientId=client.id)
        frames = {link: (np.array(s[4]), rotation_matrix(s[5])) for link, s in zip(links, states, strict=True)}
        frames[BASE] = (np.array(base), np.eye(3))

        def world(link: int, point: Vec3) -> Array:
            at, turned = frames[link]
            where: Array = at + turned @ np.asarray(point)
            return where

        return np.array([(*world(c.a, c.at_a), *world(c.b, c.at_b), c.radius_m) for c in self.bulk])
