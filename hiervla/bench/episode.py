"""What an episode of the bench of skills is made of: a random scene, a step that is asked for, and a judge by truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hiervla.core.world import World
from hiervla.scenario.trial import Trial
from hiervla.sim.scene import BodySpec, Scene

Asked = tuple[str, dict[str, Any]]
Judge = Callable[[Trial, World], bool]
COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "white", "black")
SMALL = ("cube", "block", "cylinder", "ball")
LIFTED_M = 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of episode. ``ask`` takes the steps before, and returns the measured step and its judge."""

    scene: Callable[[np.random.Generator], Scene]
    ask: Callable[[Trial, np.random.Generator], tuple[Asked, Judge]]
    tries: int = 1
    """How often the step may be taken, each planned from a fresh look: more than once where passes are its nature."""


def bodies(rng: np.random.Generator, *shapes: str, more: int = 0, kinds: tuple[str, ...] = SMALL) -> list[BodySpec]:
    """Bodies b0, b1, … of these shapes, then ``more`` of random small kinds; no two of one colour."""
    colours = rng.permutation(COLOURS)
    every = [*shapes, *[str(rng.choice(kinds)) for _ in range(more)]]
    return [BodySpec(name=f"b{i}", shape=s, colour=str(colours[i])) for i, s in enumerate(every)]


def scene(*parts: BodySpec, **more: Any) -> Scene:
    return Scene(name="bench", body=tuple(parts), **more)


def toppled(t: Trial, name: str) -> bool:
    """Does it no longer stand on the face it stood on? (truth)"""
    up = t.sim.pose(name).rotation()[2, 2] - t.sim.bodies[name].start.rotation()[2, 2]
    return t.sim.bodies[name].shape.shape != "ball" and abs(float(up)) > 0.3
