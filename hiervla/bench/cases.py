"""What each skill is measured on: a random scene, what is asked of it, and by what truth it is judged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hiervla.bench.trial import Trial, Unset
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.relations import holds
from hiervla.core.world import World
from hiervla.sim.describe import lowest
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


def bodies(rng: np.random.Generator, *shapes: str, more: int = 0, kinds: tuple[str, ...] = SMALL) -> list[BodySpec]:
    """Bodies b0, b1, … of these shapes, then ``more`` of random small kinds; no two of one colour."""
    colours = rng.permutation(COLOURS)
    every = [*shapes, *[str(rng.choice(kinds)) for _ in range(more)]]
    return [BodySpec(name=f"b{i}", shape=s, colour=str(colours[i])) for i, s in enumerate(every)]


def scene(*parts: BodySpec, **more: Any) -> Scene:
    return Scene(name="bench", body=tuple(parts), **more)


def _pick(shapes: tuple[str, ...]) -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, str(rng.choice(shapes)), more=int(rng.integers(1, 5))))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        def true(t: Trial, now: World) -> bool:
            return t.sim.held() == "b0" and lowest(t.sim, "b0") > LIFTED_M

        return ("pick", {"target": t.id("b0")}), true

    return Case(made, ask)


def _place(relation: str, bases: tuple[str, ...], more: Callable[[np.random.Generator], dict[str, Any]] = lambda _: {}) -> Case:  # fmt: skip
    def made(rng: np.random.Generator) -> Scene:
        target = str(rng.choice(("cube", "block") if relation == "on" else SMALL))
        return scene(*bodies(rng, target, str(rng.choice(bases)), more=int(rng.integers(0, 3))))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a, b = t.id("b0"), t.id("b1")
        t.must("pick", {"target": a})
        also = more(rng)
        goal = Goal(relation=relation, subject="b0", reference="b1", tolerance_m=0.015, **also)
        return ("place", {"target": a, "relation": relation, "reference": b, **also}), lambda t, now: bool(
            holds(goal, now)
        )

    return Case(made, ask)


def _push(shapes: tuple[str, ...], towards: bool) -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, str(rng.choice(shapes)), "block", more=int(rng.integers(0, 3))), apart_m=0.06)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a, b = t.id("b0"), t.id("b1")
        if towards:
            if not t.possible("push", {"target": a, "reference": b}):
                raise Unset("there is no way to push it there")
            return (
                ("push", {"target": a, "reference": b}),
                lambda t, now: (
                    bool(holds(Goal(relation="beside", subject="b0", reference="b1"), now)) and _near(now, 0.02)
                ),
            )
        options = [(d, float(rng.uniform(0.05, 0.15))) for d in rng.permutation(list(DIRECTIONS))]
        for direction, far in options:
            asked: Asked = ("push", {"target": a, "direction": str(direction), "distance_m": round(far, 3)})
            if t.possible(*asked):
                break
        else:
            raise Unset("there is no way to push it")
        goal = np.asarray(t.truth().objects["b0"].centre[:2]) + np.multiply(DIRECTIONS[str(direction)], far)

        def true(t: Trial, now: World) -> bool:
            d = now.objects["b0"]
            return d.support == "table" and math.dist(d.centre[:2], goal) <= 0.025 and not _toppled(t, "b0")

        return asked, true

    return Case(made, ask)


def _near(now: World, most_m: float) -> bool:
    from hiervla.core.footprint import footprint, gap

    return gap(footprint(now.objects["b0"]), footprint(now.objects["b1"])) <= most_m


def _toppled(t: Trial, name: str) -> bool:
    """Does it no longer stand on the face it stood on? (truth)"""
    up = t.sim.pose(name).rotation()[2, 2] - t.sim.bodies[name].start.rotation()[2, 2]
    return t.sim.bodies[name].shape.shape != "ball" and abs(float(up)) > 0.3


def _home() -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, "cube", more=int(rng.integers(1, 5))))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        t.must("pick", {"target": t.id("b0")})
        home = np.asarray(t.cell.robot.describe().home[:3])
        return ("home", {}), lambda t, now: float(np.linalg.norm(t.sim.hand() - home)) < 0.03

    return Case(made, ask)


def _directed(rng: np.random.Generator) -> dict[str, Any]:
    return {"distance_m": round(float(rng.uniform(0.03, 0.10)), 3)}


CASES: dict[str, Case] = {
    "pick": _pick(SMALL),
    "pick_hollow": _pick(("bowl", "box", "cup", "plate")),
    "pick_flat": _pick(("ring", "wedge", "shape")),
    "place_in": _place("in", ("bowl", "box")),
    "place_on": _place("on", ("cube", "block", "box")[:2]),
    "place_beside": _place("beside", ("cube", "bowl", "cylinder", "block")),
    "place_at_distance": _place("at_distance", ("cube", "bowl", "block"), _directed),
    "push": _push(SMALL, towards=False),
    "push_hollow": _push(("bowl", "cup", "plate", "box"), towards=False),
    "push_flat": _push(("ring", "wedge", "shape"), towards=False),
    "push_towards": _push(SMALL, towards=True),
    "home": _home(),
}
"""Episodes by the name their figures bear."""
