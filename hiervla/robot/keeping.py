"""What a simulated arm knows of itself beside its joints, told when its world is kept and when that is put back."""

from __future__ import annotations

from typing import Any

import numpy as np

from hiervla.robot.bullet_arm import BulletArm


def kept(arm: BulletArm) -> dict[str, Any]:
    """What it holds, how firmly, and where it was told to be."""
    told = {"joints": arm._joints, "position": arm._setpoint, "turn": arm._setturn}
    return {**{k: [float(x) for x in v] for k, v in told.items()}, "gripper": arm._gripper, "force_n": arm._force_n}


def go_on(arm: BulletArm, kept: dict[str, Any]) -> None:
    """Hold what was held, where it was held."""
    arm._gripper, arm._force_n = kept["gripper"], kept["force_n"]
    arm._setpoint, arm._setturn = np.array(kept["position"]), np.array(kept["turn"])
    arm._command(np.array(kept["joints"]))
