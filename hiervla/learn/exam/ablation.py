"""What is taken from a policy, or told it wrongly, before it sees it: to find out what it really goes by.

A wrapper that is itself a Policy. Monitors, skills and the scorer go on with what is so: only the policy is kept in the dark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError, unknown
from hiervla.core.geometry import Array, Vec3
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.ports import Policy
from hiervla.core.task import ActionChunk, Destination, Keyframe, Task
from hiervla.core.world import Detection

BLANKS = ("scene", "wrist", "words", "prompt", "shuffled-words")
"""What can be blanked: every fixed camera's image, the wrist's, the words, the grounding; or the words name other things."""
GREY = 127
"""Of a blanked image: the middle of all values, so that nothing but the picture itself is gone."""


@dataclass(frozen=True, slots=True)
class Ablation:
    """What a policy is deprived of. None of it: nothing is changed."""

    blank: frozenset[str] = frozenset()
    target_error_m: float = 0.0
    """How far, in a random horizontal direction, everything it is told of places is off."""

    def __str__(self) -> str:
        return ",".join(b for b in BLANKS if b in self.blank) or "none"

    @classmethod
    def parse(cls, blank: str, target_error_m: float = 0.0) -> Ablation:
        """``wrist`` or ``prompt,shuffled-words``; ``none`` for nothing.

        Raises:
            SetupError: something else is named, or two that contradict each other.
        """
        named = [b.strip() for b in blank.split(",") if b.strip() not in ("", "none")]
        for b in named:
            if b not in BLANKS:
                raise unknown("--blank", b, BLANKS)
        if {"words", "shuffled-words"} <= set(named):
            raise SetupError("--blank words,shuffled-words: words are either gone or wrong; choose one of them")
        if not 0 <= target_error_m <= 0.2:
            raise SetupError(f"--target-error {target_error_m:g}: write metres between 0 and 0.2, such as 0.02")
        return cls(frozenset(named), target_error_m)

    def offset(self, rng: np.random.Generator) -> Array:
        """By how much (3,) what is told is off, metres."""
        angle = float(rng.uniform(0, 2 * np.pi))
        return self.target_error_m * np.array([np.cos(angle), np.sin(angle), 0.0])


class Ablated:
    """A policy that is shown, and told, less or other than there is."""

    def __init__(self, inner: Policy, ablation: Ablation, offset: Array | None = None) -> None:
        """``offset`` (3,) m is added to every place it is told of."""
        self.inner, self.ablation = inner, ablation
        self.offset = np.zeros(3) if offset is None else offset
        self.words: str | None = None
        """What it is told to do; None: the task's own line."""
        self.name, self.horizon, self.cameras = inner.name, inner.horizon, inner.cameras
        self._task: tuple[Task, str | None, Task] | None = None

    def __getattr__(self, name: str) -> Any:  # what not every policy has: reached, detail, close
        return getattr(self.__dict__["inner"], name)

    def reset(self, task: Task) -> None:
        self.inner.reset(self.told(task))

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        return self.inner.infer(self.shown(observation), self.told(task), prefix)

    def shown(self, seen: Observation) -> Observation:
        """The observation as the policy gets it."""
        blank = self.ablation.blank
        gone = {c for c in seen.images if ("wrist" if c == "wrist" else "scene") in blank}
        if not gone:
            return seen
        return replace(seen, images={c: _blanked(i) if c in gone else i for c, i in seen.images.items()})

    def told(self, task: Task) -> Task:
        """The task as the policy gets it; one task is changed once, so that it stays the same object."""
        if self._task is None or self._task[0] is not task or self._task[1] != self.words:
            self._task = (task, self.words, self._told(task))
        return self._task[2]

    def _told(self, task: Task) -> Task:
        blank = self.ablation.blank
        said = task.instruction if self.words is None else self.words
        task = replace(task, instruction="" if "words" in blank else said)
        if "prompt" in blank:
            return replace(task, target=None, goal=None, destination=None, keyframes=(), touches=(),
                           expected_width_m=None, width_range_m=None)  # fmt: skip
        if not self.offset.any():
            return task
        return replace(
            task,
            target=None if task.target is None else self._seen_off(task.target),
            goal=None if task.goal is None else self._seen_off(task.goal),
            destination=None
            if task.destination is None
            else Destination(self._off(task.destination.position), task.destination.yaw),
            keyframes=tuple(self._frame_off(k) for k in task.keyframes),
        )

    def _off(self, at: Vec3) -> Vec3:
        dx, dy, dz = self.offset
        return (at[0] + float(dx), at[1] + float(dy), at[2] + float(dz))

    def _seen_off(self, d: Detection) -> Detection:
        grasp = None if d.grasp_at is None else self._off(d.grasp_at)
        return d.model_copy(update={"centre": self._off(d.centre), "grasp_at": grasp})

    def _frame_off(self, frame: Keyframe) -> Keyframe:
        return replace(frame, position=frame.position + self.offset)


def _blanked(image: CameraImage) -> CameraImage:
    return replace(image, rgb=np.full_like(image.rgb, GREY), depth=np.zeros_like(image.depth))
