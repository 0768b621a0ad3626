"""Episodes of moving things over the table: pushed, turned, swept."""

from __future__ import annotations

import math

import numpy as np

from hiervla.bench.episode import Asked, Case, Judge, bodies, scene, toppled
from hiervla.core.arrangements import ANGLE_TOLERANCE_RAD
from hiervla.core.footprint import footprint, gap
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.relations import holds
from hiervla.core.world import World, Zone
from hiervla.scenario.trial import Trial, Unset
from hiervla.sim.scene import BodySpec, Scene


def pushing(shapes: tuple[str, ...], towards: bool) -> Case:
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
            return d.support == "table" and math.dist(d.centre[:2], goal) <= 0.025 and not toppled(t, "b0")

        return asked, true

    return Case(made, ask)


def _near(now: World, most_m: float) -> bool:
    return gap(footprint(now.objects["b0"]), footprint(now.objects["b1"])) <= most_m


def turning(shapes: tuple[str, ...]) -> Case:
    def made(rng: np.random.Generator) -> Scene:
        return scene(*bodies(rng, str(rng.choice(shapes)), more=int(rng.integers(1, 4))), apart_m=0.05)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        angle = float(rng.choice((-180, -90, -45, 30, 60, 90, 135, 180, 360)))
        asked: Asked = ("turn", {"target": t.id("b0"), "angle_deg": angle})
        if not t.possible(*asked):
            raise Unset("there is no room to turn it")
        was = t.sim.pose("b0")

        def true(t: Trial, now: World) -> bool:
            pose = t.sim.pose("b0")
            off = abs(wrap_angle(pose.yaw - was.yaw - math.radians(angle)))
            still = float(np.linalg.norm(pose.position - was.position)) < 0.035
            return off <= ANGLE_TOLERANCE_RAD and still and not toppled(t, "b0")

        return asked, true

    return Case(made, ask)


def sweeping(to_zone: bool) -> Case:
    """A handful of small things close together, a zone or a box some way off."""
    zone = Zone(name="yard", outline=((0.40, 0.12), (0.60, 0.12), (0.60, 0.32), (0.40, 0.32)))

    def made(rng: np.random.Generator) -> Scene:
        n = int(rng.integers(4, 8))
        parts = bodies(rng, *[str(rng.choice(("cube", "block"))) for _ in range(n)])
        sizes = {"cube": (0.020, 0.028), "block": ((0.026, 0.034), (0.018, 0.022), (0.016, 0.024))}
        spread = (0.44, -0.20, 0.56, -0.06)
        pile = [b.model_copy(update={"size": sizes[b.shape], "region": spread, "mass": 0.02}) for b in parts]
        box = BodySpec(name="box", shape="box", colour="brown", at=(0.5, 0.24), yaw_deg=0.0)
        return scene(*pile, *([] if to_zone else [box]), zone=(zone,) if to_zone else (), apart_m=0.008)

    def ask(t: Trial, rng: np.random.Generator) -> tuple[Asked, Judge]:
        names = [b for b in t.sim.bodies if b != "box"]
        where = "yard" if to_zone else t.id("box")
        relation, reference = ("in", "yard") if to_zone else ("beside", "box")
        goals = [Goal(relation=relation, subject=n, reference=reference) for n in names]
        asked = {"targets": tuple(t.id(n) for n in names), "reference": where}
        return ("sweep", asked), lambda t, now: all(bool(holds(g, now)) for g in goals)

    return Case(made, ask)
