"""The small VLA at the policy port: looks through both cameras, reads the task, answers with a chunk."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from hiervla.cerebellum.policies.mini.coverage import kinds, taught
from hiervla.cerebellum.policies.mini.folder import load_parts
from hiervla.cerebellum.policies.mini.inputs import DEEDS, PHASES, Draw, grounding_of, inputs_of
from hiervla.cerebellum.policies.mini.memory import Recent
from hiervla.cerebellum.policies.mini.runtime import Runtime, open_runtime
from hiervla.core.errors import PolicyFault
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.steering import clipped, turn_to
from hiervla.core.task import ActionChunk, Task

WILDEST = 4.0
"""Normalised actions beyond this are none that any demonstration came near: a fault, not a motion."""


class MiniPolicy:
    """A trained folder, run closed loop. It follows no keyframes: a task's grounding is a hint it may correct by looking.

    Noise follows from ``seed`` and from the task's beginning, so that a run repeats.
    """

    horizon = 16
    cameras: tuple[str, ...] = ("front", "wrist")
    skills = DEEDS
    """The skills it was trained for; for others it has no chunk to give."""

    def __init__(self, folder: Path, draw: Draw, step_s: float = 0.1, runtime: str = "auto", seed: int = 0) -> None:
        """
        Args:
            folder: what ``hiervla learn train`` wrote.
            draw: heat-maps of points in an image.
            step_s: seconds of a control tick.
            runtime: auto, torch, onnx or onnx-int8.

        Raises:
            SetupError: the folder is not whole, or what it needs is not installed.
        """
        self.parts = load_parts(folder)
        self.runtime: Runtime = open_runtime(folder, self.parts, runtime)
        self.folder, self.draw, self.step_s, self.seed = folder, draw, step_s, seed
        self.covered = kinds(self.parts.covers)
        self.latency_ms: list[float] = []
        """Wall-clock of the chunks of the task in hand."""
        self._noise = np.random.default_rng(seed)
        self._recent = Recent(step_s)

    @property
    def name(self) -> str:
        run = self.folder.resolve()
        return f"mini:{run.parent.name if run.name == 'policy' else run.name}"

    def covers(self, task: Task) -> bool:
        """Whether it was made, and declared fit, for such a task; where it is not asked, it will try any of its skills."""
        return taught(task, self.covered)

    def reset(self, task: Task) -> None:
        """A new task: the same noise, no memory."""
        self._noise, self.latency_ms = np.random.default_rng(self.seed), []
        self._recent = Recent(self.step_s)

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        """The next chunk (16, 7).

        Raises:
            PolicyFault: it was not trained for the skill, or what it said is no number or far from all it was shown.
        """
        if task.skill not in DEEDS:
            raise PolicyFault(f"{self.name} was trained for {', '.join(DEEDS)}, not for {task.skill}")
        began = time.perf_counter()
        inputs = inputs_of(observation, grounding_of(task), self.draw, past=self._recent.past(observation)).batch()
        inputs["words"] = self.parts.words.encode(task.instruction)[None]
        inputs["deed"] = np.array([DEEDS.index(task.skill) + 1])
        noise = self._noise.standard_normal((1, self.horizon, 7)).astype(np.float32)
        normalised, telling = self.runtime.run(inputs, noise)
        self.latency_ms.append((time.perf_counter() - began) * 1000)
        if not np.isfinite(normalised).all() or not np.isfinite(telling).all():
            raise PolicyFault(f"{self.name} gave numbers that are not finite")
        if (wild := float(np.abs(normalised).max())) > WILDEST:
            raise PolicyFault(f"{self.name} gave an action {wild:.1f} times as large as any it was shown")
        actions = self._held_to(self.parts.actions.denormalise(normalised), observation, task)
        self._recent.told(actions[:, 6])
        progress, end = float(telling[0]), float(telling[1])
        phase = PHASES[int(np.argmax(telling[2:]))]
        return ActionChunk(actions, self.step_s, progress=progress, terminate=end, phase=phase)

    def _held_to(self, actions: Array, seen: Observation, task: Task) -> Array:
        """Within the arm's step, at the speed asked for, the gripper in 0..1, and the hand brought upright."""
        longest = task.limits.step_m * task.handling.speed
        for a in actions:
            a[:3], a[3:6] = clipped(a[:3], longest), clipped(a[3:6], task.limits.step_rad)
            a[6] = np.clip(a[6], 0.0, 1.0)
        upright = turn_to(seen.hand.quaternion, seen.hand.yaw)  # it never learnt to tilt, so it cannot untilt
        actions[0, 3:5] += clipped(upright, task.limits.step_rad)[:2]
        return actions
