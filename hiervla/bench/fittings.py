"""Episodes with furniture: drawers, buttons, sliders."""

from __future__ import annotations

import numpy as np

from hiervla.bench.episode import COLOURS, Asked, Case, Judge, bodies, scene
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.scenario.trial import Trial, Unset
from hiervla.sim.scene import BodySpec, Scene


def furniture(kind: str, skill: str, joint: tuple[float, float] | None = None) -> Case:
    """A drawer, button or slider at a random place, with some things about."""

    def made(rng: np.random.Generator) -> Scene:
        colour, second, *_ = (str(c) for c in rng.permutation(COLOURS))
        left = bool(rng.random() < 0.5)
        if kind == "drawer":  # beside the robot's middle, opening towards the free half of the table
            y, yaw = (0.30, -90.0) if left else (-0.30, 90.0)
            at, yaw = (float(rng.uniform(0.42, 0.56)), y), yaw + float(rng.uniform(-20, 20))
        else:
            at, yaw = (float(rng.uniform(0.42, 0.58)), 0.2 if left else -0.2), float(rng.uniform(-90, 90))
        piece = BodySpec(name="b0", shape=kind, colour=colour, second_colour=second, at=at, yaw_deg=yaw, joint=joint)
        others = bodies(rng, more=int(rng.integers(0, 3)))
        half = (0.34, -0.28, 0.66, -0.10) if left else (0.34, 0.10, 0.66, 0.28)
        others = [b.model_copy(update={"name": f"c{i}", "region": half}) for i, b in enumerate(others)]
        return scene(piece, *others)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a = t.id("b0")
        if skill == "slide":
            wanted = round(float(rng.uniform(0.0, 0.12)), 3)
            asked: Asked = ("slide", {"target": a, "distance_m": wanted})
            if not t.possible(*asked):
                raise Unset("it stands there already")
            goal = Goal(relation="slid", subject="b0", distance_m=wanted)
            return asked, lambda t, now: bool(holds(goal, now))
        if skill == "press":
            return ("press", {"target": a}), lambda t, now: bool(t.sim.presses["b0"] == 1)
        goal = Goal(relation="open" if skill == "open" else "closed", subject="b0")
        return (skill, {"target": a}), lambda t, now: bool(holds(goal, now))

    return Case(made, ask)
