"""A PyBullet arm behind the Robot port: it senses what a real arm senses and moves its hand by small steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient, Lens
from hiervla.core.geometry import (
    Array,
    Pose,
    downward,
    quaternion_from_rotvec,
    quaternion_multiply,
    wrap_angle,
    yaw_of,
)
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.ports import Detail, RobotDescription
from hiervla.core.task import Limits
from hiervla.robot.arm_model import ArmModel

STEP_S = 0.1
_GAIN, _FORCE_NM = 0.4, 200.0
_LEASH_M = 0.06
"""How far the set-point may run ahead of the hand: a blocked arm must not wind up."""
REFLEX_N = 30.0
"""Wrist force at which the arm stops pushing within a tick."""
_JOINT_STEP_RAD = 0.45
"""Farthest a joint may turn in one tick: another posture for the same pose is never jumped to."""
_YIELD_M = 0.002
"""How far the set-point gives way along the force each time the reflex is felt."""
_PARTS = 4
"""Set-points sent within one tick."""
_IK_ROUNDS = 1000
"""From a fixed start most poses take a few; at full stretch hundreds, or the hand ends up millimetres off."""
_WRIST = (Lens(320, 240, 62.0), Lens(96, 72, 62.0))


@dataclass(frozen=True, slots=True)
class FixedCamera:
    """A calibrated camera beside the table: where it is, and its lens for looks and for ticks."""

    name: str
    world_from_camera: Array  # (4, 4)
    large: Lens
    small: Lens


class BulletArm:
    """An arm of any model in a PyBullet world. Deterministic; the clock is the simulation's."""

    def __init__(
        self, client: BulletClient, cameras: tuple[FixedCamera, ...], model: ArmModel, limits: Limits | None = None
    ) -> None:
        """``limits`` are the cell's own; left out, the model's."""
        self.client, self.cameras, self.model = client, cameras, model
        self.limits = limits or model.limits
        x, y, z, yaw = model.home
        bx, by, bz = self.limits.base
        self.home = (x + bx, y + by, z + bz, yaw)
        self.arm = model.load(client, self.limits.base)
        self._cid = {"physicsClientId": client.id}
        self._gripper = 0.0
        self._force_n = 40.0
        self._strongest = np.zeros(6)
        self._go_home()
        state = self._hand()
        self._setpoint, self._setturn = state.position, state.quaternion

    def _go_home(self) -> None:
        for _ in range(6):  # IK from the rest posture converges in a few rounds
            joints = self._solve(np.array(self.home[:3]), downward(self.home[3]))
            for j in self.model.joints:
                pybullet.resetJointState(self.arm, j, joints[j], **self._cid)
        self._command(joints)
        self.client.step(30)
        self.client.time_s = 0.0

    def describe(self) -> RobotDescription:
        return RobotDescription(
            name=self.model.name,
            joints=len(self.model.joints),
            step_s=STEP_S,
            limits=self.limits,
            cameras=(*(c.name for c in self.cameras), "wrist"),
            home=self.home,
            gripper=self.model.gripper,
            skin=self.model.skin,
        )

    # --- over a crash -------------------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        """What it knows of itself beside its joints: what it was told to hold, how firmly, and where to be."""
        told = {"joints": self._joints, "position": self._setpoint, "turn": self._setturn}
        return {
            **{k: [float(x) for x in v] for k, v in told.items()},
            "gripper": self._gripper,
            "force_n": self._force_n,
        }

    def go_on(self, kept: dict[str, Any]) -> None:
        """Hold what was held, where it was held, in a world that was put back."""
        self._gripper, self._force_n = kept["gripper"], kept["force_n"]
        self._setpoint, self._setturn = np.array(kept["position"]), np.array(kept["turn"])
        self._command(np.array(kept["joints"]))

    # --- senses ------------------------------------------------------------------------------------------------

    def observe(self, detail: Detail = "none", cameras: tuple[str, ...] | None = None) -> Observation:
        joints = pybullet.getJointStates(self.arm, list(self.model.joints), **self._cid)
        fingers = pybullet.getJointStates(self.arm, list(self.model.fingers), **self._cid)
        images: dict[str, CameraImage] = {}
        if detail != "none":
            large = detail == "look"
            for c in self.cameras:
                if cameras is None or c.name in cameras:
                    images[c.name] = self.client.render(c.large if large else c.small, c.world_from_camera)
            if cameras is None or "wrist" in cameras:
                images["wrist"] = self.client.render(_WRIST[0 if large else 1], self._wrist_camera())
        return Observation(
            time_s=self.client.time_s,
            images=images,
            joints=np.array([s[0] for s in joints]),
            joint_torques=np.array([s[3] for s in joints]),
            hand=self._hand(),
            gripper_width_m=float(max(0.0, fingers[0][0]) + max(0.0, fingers[1][0])),
            wrench=self._strongest,
            links=self.model.capsules(self.client, self.arm, self.limits.base),
        )

    def _hand(self) -> Pose:
        s = pybullet.getLinkState(self.arm, self.model.grasp, computeForwardKinematics=1, **self._cid)
        return Pose(np.array(s[4]), np.array(s[5]))

    def _wrist_camera(self) -> Array:
        s = pybullet.getLinkState(self.arm, self.model.hand, computeForwardKinematics=1, **self._cid)
        hand = Pose(np.array(s[4]), np.array(s[5]))
        m = (hand @ self.model.wrist_camera).matrix()
        turn = np.eye(4)
        turn[:3, :3] = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]], dtype=float)  # image up = away from the wrist
        return m @ turn

    def _wrench(self) -> Array:
        """Force and torque at the wrist in world axes, without the hand's own weight."""
        s = pybullet.getJointState(self.arm, self.model.hand, **self._cid)[2]
        q = pybullet.getLinkState(self.arm, self.model.hand, **self._cid)[5]
        r = Pose(np.zeros(3), q).rotation()
        force = -(r @ np.array(s[:3])) + (0, 0, self.model.hand_kg * 9.81)
        return np.concatenate([force, -(r @ np.array(s[3:]))])

    # --- motion ------------------------------------------------------------------------------------------------

    def apply(self, action: Array, force_n: float = 40.0) -> Array:
        """Move the set-point by one action and run one control tick. Returns the action executed."""
        action = np.asarray(action, dtype=float)
        hand = self._hand()
        goal = self._setpoint + action[:3]
        ahead = goal - hand.position
        far = float(np.linalg.norm(ahead))
        if far > _LEASH_M:
            goal = hand.position + ahead * (_LEASH_M / far)
        before, self._setpoint = self._setpoint, goal
        self._setturn = quaternion_multiply(quaternion_from_rotvec(action[3:6]), self._setturn)
        closed, self._gripper, self._force_n = self._gripper, float(np.clip(action[6], 0.0, 1.0)), force_n
        self.client.begin_tick()
        if self._gripper < closed:
            self._forget_contacts()
        self._run(self._solve(self._setpoint, self._setturn))
        return np.array([*(self._setpoint - before), *action[3:6], action[6]])

    def _run(self, goal: Array) -> None:
        """One tick towards joint angles ``goal`` (N,), in even parts so that the hand is not jerked.

        Gives way at once when the wrist meets resistance, as an arm's own collision reflex does: a tick is too late.
        """
        start = self._joints
        goal = start + np.clip(goal - start, -_JOINT_STEP_RAD, _JOINT_STEP_RAD)
        self._strongest = np.zeros(6)
        steps = round(STEP_S * self.client.hz / _PARTS)
        for part in range(1, _PARTS + 1):
            self._command(start + (goal - start) * part / _PARTS)
            self.client.step(steps)
            wrench = self._wrench()
            force = float(np.linalg.norm(wrench[:3]))
            if force > float(np.linalg.norm(self._strongest[:3])):
                self._strongest = wrench
            if force > REFLEX_N:
                self._setpoint = self._hand().position + wrench[:3] / force * _YIELD_M
                start = goal = self._joints = self._solve(self._setpoint, self._setturn)

    def _solve(self, position: Array, quaternion: Array) -> Array:
        """Joint angles (N,) for a grasp centre, always sought from the same posture turned to the goal's bearing.

        Seven joints for six numbers: sought from where the arm is, the elbow drifts until a joint meets its stop.
        From given start positions PyBullet's IK measures from the base, not from the world's origin.
        """
        base = np.asarray(self.limits.base)
        turn = math.atan2(position[1] - base[1], position[0] - base[0])
        rest = self.model.rest
        wrist = rest[-1] + wrap_angle(turn - yaw_of(quaternion))
        seed = [rest[0] + turn, *rest[1:-1], wrist, *[self.model.finger_travel_m] * 2]
        solution = pybullet.calculateInverseKinematics(
            self.arm, self.model.grasp, (position - base).tolist(), list(quaternion), currentPositions=seed,
            maxNumIterations=_IK_ROUNDS, residualThreshold=1e-5, **self._cid,
        )  # fmt: skip
        return np.clip(np.array(solution[: len(rest)]), self.model.lower, self.model.upper)

    def _command(self, joints: Array) -> None:
        self._joints = joints
        pybullet.setJointMotorControlArray(
            self.arm,
            list(self.model.joints),
            pybullet.POSITION_CONTROL,
            targetPositions=list(joints),
            positionGains=[_GAIN] * len(joints),
            forces=[_FORCE_NM] * len(joints),
            **self._cid,
        )
        for j in self.model.fingers:
            pybullet.setJointMotorControl2(
                self.arm,
                j,
                pybullet.POSITION_CONTROL,
                targetPosition=self.model.finger_travel_m * (1 - self._gripper),
                force=self._force_n,
                maxVelocity=0.25,
                **self._cid,
            )

    def _forget_contacts(self) -> None:
        """Let the physics find anew where the fingers touch.

        What anchored fingers hold keeps the contacts it was taken with, and these keep the way they pushed in the world:
        once the hand has turned they push from aside, and would hold between opening fingers what these have let go.
        """
        for (
            j
        ) in self.model.fingers:  # told its group and mask again, PyBullet drops what it remembers of a link's pairs
            pybullet.setCollisionFilterGroupMask(self.arm, j, 1, -1, **self._cid)

    def stop(self) -> None:
        """Hold where it is, or as far back as frees it from what it presses against."""
        hand = self._hand()
        self._setpoint, self._setturn = hand.position, hand.quaternion
        joints = np.array([s[0] for s in pybullet.getJointStates(self.arm, list(self.model.joints), **self._cid)])
        self._command(joints)
        self.client.step(6)
        for _ in range(10):
            self._strongest = self._wrench()
            force = float(np.linalg.norm(self._strongest[:3]))
            if force <= REFLEX_N:
                break
            self._setpoint = self._hand().position + self._strongest[:3] / force * _YIELD_M
            self._command(self._solve(self._setpoint, self._setturn))
            self.client.step(3)

    def close(self) -> None:
        self.client.close()
