"""A robot without physics: its hand goes where it is told. A shipped part, for tests of one's own brains and policies."""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array, Pose, downward, quaternion_from_rotvec, quaternion_multiply
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.ports import Detail, RobotDescription
from hiervla.core.task import Gripper, Limits

_HOME = (0.36, 0.0, 0.42, 0.0)


class FakeRobot:
    """Kinematic hand, perfect tracking, no contacts. ``grasp_width_m`` is what the closed fingers will feel.

    Images, where asked for, come from ``images``; there are none by default.
    """

    def __init__(
        self, limits: Limits | None = None, grasp_width_m: float = 0.0, images: dict[str, CameraImage] | None = None,
        gripper: Gripper | None = None,
    ) -> None:  # fmt: skip
        self.limits, self.gripper = limits or Limits(), gripper or Gripper()
        self.grasp_width_m = grasp_width_m
        self.images = images or {}
        self.hand = Pose(np.array(_HOME[:3]), downward(_HOME[3]))
        self.width_m, self.time_s = self.gripper.opening_m, 0.0
        self.wrench = np.zeros(6)
        self.actions: list[Array] = []
        self.stops = 0
        self.closed = False

    def describe(self) -> RobotDescription:
        return RobotDescription(
            name="fake",
            joints=7,
            step_s=0.1,
            limits=self.limits,
            gripper=self.gripper,
            cameras=tuple(self.images),
            home=_HOME,
        )

    def observe(self, detail: Detail = "none", cameras: tuple[str, ...] | None = None) -> Observation:
        wanted = {n: i for n, i in self.images.items() if cameras is None or n in cameras}
        return Observation(
            time_s=self.time_s, images={} if detail == "none" else wanted, joints=np.zeros(7), joint_torques=np.zeros(7),
            hand=self.hand, gripper_width_m=self.width_m, wrench=self.wrench.copy(),
        )  # fmt: skip

    def apply(self, action: Array, force_n: float = 40.0) -> Array:
        action = np.asarray(action, dtype=float)
        self.actions.append(action)
        self.hand = Pose(
            self.hand.position + action[:3],
            quaternion_multiply(quaternion_from_rotvec(action[3:6]), self.hand.quaternion),
        )
        goal = max(self.gripper.opening_m * (1 - float(action[6])), self.grasp_width_m)
        self.width_m += float(np.clip(goal - self.width_m, -0.05, 0.05))
        self.time_s += 0.1
        return action

    def stop(self) -> None:
        self.stops += 1

    def close(self) -> None:
        self.closed = True
