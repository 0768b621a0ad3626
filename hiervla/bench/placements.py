"""Episodes of taking and setting down."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hiervla.bench.episode import LIFTED_M, SMALL, Asked, Case, Judge, bodies, scene
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import World, Zone
from hiervla.scenario.trial import Trial
from hiervla.sim.describe import describe
from hiervla.sim.scene import BodySpec, Scene


def picking(shapes: tuple[str, ...]) -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, str(rng.choice(shapes)), more=int(rng.integers(1, 5))))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        def true(t: Trial, now: World) -> bool:
            return t.sim.held() == "b0" and describe(t.sim, "b0").bottom_z > LIFTED_M

        return ("pick", {"target": t.id("b0")}), true

    return Case(made, ask)


def placing(relation: str, bases: tuple[str, ...], more: Callable[[np.random.Generator], dict[str, Any]] = lambda _: {}) -> Case:  # fmt: skip
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


def placing_at(relation: str) -> Case:
    """Set down at a point, or in a zone that others already lie in."""
    zone = Zone(name="yard", outline=((0.40, 0.10), (0.60, 0.10), (0.60, 0.30), (0.40, 0.30)))

    def made(rng: np.random.Generator) -> Scene:
        target, *others = bodies(rng, str(rng.choice(SMALL)), more=3)
        target = target.model_copy(update={"region": (0.35, -0.30, 0.65, 0.0)})
        others = [o.model_copy(update={"region": (0.42, 0.12, 0.58, 0.28)}) for o in others]
        return scene(target, *others, zone=(zone,), apart_m=0.02)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a = t.id("b0")
        t.must("pick", {"target": a})
        if relation == "in":
            goal = Goal(relation="in", subject="b0", reference="yard", tolerance_m=0.012)
            return ("place", {"target": a, "relation": "in", "reference": "yard"}), lambda t, now: bool(
                holds(goal, now)
            )
        position = (round(float(rng.uniform(0.38, 0.62)), 3), round(float(rng.uniform(-0.30, 0.05)), 3))
        goal = Goal(relation="at", subject="b0", position=position, tolerance_m=0.015)
        return ("place", {"target": a, "relation": "at", "position": position}), lambda t, now: bool(holds(goal, now))

    return Case(made, ask)


def placing_hollow(shapes: tuple[str, ...]) -> Case:
    """What is held by its rim, set down at a point."""

    def made(rng: np.random.Generator) -> Scene:
        target, *others = bodies(rng, str(rng.choice(shapes)), more=2)
        target = target.model_copy(update={"region": (0.38, -0.25, 0.62, -0.12)})
        return scene(target, *[o.model_copy(update={"region": (0.34, 0.24, 0.66, 0.32)}) for o in others], apart_m=0.02)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a = t.id("b0")
        t.must("pick", {"target": a})
        position = (round(float(rng.uniform(0.42, 0.58)), 3), round(float(rng.uniform(0.02, 0.12)), 3))
        goal = Goal(relation="at", subject="b0", position=position, tolerance_m=0.02)
        return ("place", {"target": a, "relation": "at", "position": position}), lambda t, now: bool(holds(goal, now))

    return Case(made, ask)


def into_drawer() -> Case:
    """Into a drawer that stands open."""

    def made(rng: np.random.Generator) -> Scene:
        colour, front = (str(c) for c in rng.permutation(("brown", "white", "blue", "green"))[:2])
        left = bool(rng.random() < 0.5)
        at = (float(rng.uniform(0.42, 0.54)), 0.30 if left else -0.30)
        yaw = (-90.0 if left else 90.0) + float(rng.uniform(-15, 15))
        piece = BodySpec(
            name="d", shape="drawer", colour=colour, second_colour=front, at=at, yaw_deg=yaw, joint=(0.10, 0.12)
        )
        free = (0.36, -0.28, 0.64, -0.08) if left else (0.36, 0.08, 0.64, 0.28)
        others = bodies(rng, str(rng.choice(("cube", "block", "cylinder"))), more=1)
        return scene(piece, *[o.model_copy(update={"region": free}) for o in others])

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a, b = t.id("b0"), t.id("d")
        t.must("pick", {"target": a})
        goal = Goal(relation="in", subject="b0", reference="d")
        return ("place", {"target": a, "relation": "in", "reference": b}), lambda t, now: bool(holds(goal, now))

    return Case(made, ask)


def tower(under: int) -> Case:
    def made(rng: np.random.Generator) -> Scene:
        parts = bodies(rng, *["cube"] * (under + 1))
        parts = [b.model_copy(update={"size": (0.040, 0.044)}) for b in parts]
        tower = [b.model_copy(update={"on": parts[i].name if i else None}) for i, b in enumerate(parts[1:], 0)]
        return scene(parts[0], *tower)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a, top = t.id("b0"), t.id(f"b{under}")
        t.must("pick", {"target": a})

        def true(t: Trial, now: World) -> bool:
            pairs = [("b0", f"b{under}"), *[(f"b{i}", f"b{i - 1}") for i in range(under, 1, -1)]]
            return all(now.objects[x].support == y for x, y in pairs) and now.objects["b1"].support == "table"

        return ("place", {"target": a, "relation": "on", "reference": top}), true

    return Case(made, ask)


def pyramid() -> Case:
    def made(rng: np.random.Generator) -> Scene:
        top, left, right = (b.model_copy(update={"size": 0.042}) for b in bodies(rng, "cube", "cube", "cube"))
        x, y = float(rng.uniform(0.42, 0.58)), float(rng.uniform(0.05, 0.2))
        angle, apart = float(rng.uniform(-math.pi / 2, math.pi / 2)), float(rng.uniform(0.046, 0.056)) / 2
        dx, dy = apart * math.cos(angle), apart * math.sin(angle)
        at = {"yaw_deg": math.degrees(angle)}
        pair = [b.model_copy(update={"at": (x + s * dx, y + s * dy), **at}) for b, s in ((left, 1), (right, -1))]
        return scene(*pair, top.model_copy(update={"region": (0.35, -0.3, 0.65, -0.1)}))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        a, b, c = (t.id(f"b{i}") for i in range(3))
        t.must("pick", {"target": a})
        goal = Goal(relation="on", subject="b0", reference="b1", others=("b2",))
        asked = {"target": a, "relation": "on", "reference": b, "between": c}
        return ("place", asked), lambda t, now: bool(holds(goal, now))

    return Case(made, ask)


def at_some_distance(rng: np.random.Generator) -> dict[str, Any]:
    return {"distance_m": round(float(rng.uniform(0.03, 0.10)), 3)}


def homing() -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, "cube", more=int(rng.integers(1, 5))))

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        t.must("pick", {"target": t.id("b0")})
        home = np.asarray(t.cell.robot.describe().home[:3])
        return ("home", {}), lambda t, now: float(np.linalg.norm(t.sim.hand() - home)) < 0.03

    return Case(made, ask)
