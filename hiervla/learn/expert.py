"""The teacher: what a task's keyframes ask for from any state, rolled out by kinematics alone.

A noisy demonstration executed as it came would teach the reactions to noise that was yet to come. So every state that was
visited is labelled with the motion of a hand that from there on errs no more: after DART (Laskey et al. 2017), with the
labels of one chunk made consistent with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.steering import half_there, moved, tick_towards
from hiervla.core.task import Task

HORIZON = 16
"""Actions in one label, at 10 Hz."""
SETTLE_TICKS = 5
"""How long the fingers take to come to rest, as it is taught."""
_LONGEST = 400
"""Ticks after which a rollout is given up: keyframes that are never reached are a mistake in the task."""


@dataclass(frozen=True, slots=True)
class Label:
    """What the teacher would do from one state on."""

    actions: Array  # (16, 7) Δx Δy Δz m, Δrotation rad (world axes), gripper; standing still once the task is over
    remaining: int  # ticks to the task's end
    phase: str  # name of the keyframe ahead, "end" past the last


def label(seen: Observation, task: Task, index: int, waited: int = 0) -> Label:
    """The teacher's motion from what is sensed now, heading for keyframe ``index``.

    ``waited`` is for how many ticks the fingers have been settling there already.

    Raises:
        ValueError: the keyframes cannot be followed: one is never reached.
    """
    frames = task.keyframes
    at, turn = seen.hand.position.copy(), seen.hand.quaternion.copy()
    rest = np.zeros(7)
    rest[6] = frames[-1].gripper if frames else 0.0
    actions: list[Array] = []
    i, ticks = index, waited
    phase = frames[i].name if i < len(frames) else "end"
    while i < len(frames):
        if len(actions) >= _LONGEST:
            raise ValueError(f"the keyframe {frames[i].name!r} of {task.skill} is never reached")
        frame = frames[i]
        actions.append(tick_towards(frame, at, turn, task))
        at, turn = moved(at, turn, actions[-1])
        ticks += 1
        if (ticks >= SETTLE_TICKS) if frame.settle else half_there(frame, at, turn):
            i, ticks = i + 1, 0
    remaining = len(actions)
    padded = [*actions[:HORIZON], *[rest] * (HORIZON - len(actions))]
    return Label(np.array(padded), remaining, phase)
