"""What each skill is measured on: a random scene, what is asked of it, and by what truth it is judged."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from hiervla.bench.trial import Trial, Unset
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.relations import holds
from hiervla.core.world import World, Zone
from hiervla.sim.describe import lowest
from hiervla.sim.scene import BodySpec, Scene

Asked = tuple[str, dict[str, Any]]
Judge = Callable[[Trial, World], bool]
COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "white", "black")
SMALL = ("cube", "block", "cylinder", "ball")
LIFTED_M = 0.015


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


def _turn(shapes: tuple[str, ...]) -> Case:
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
            return math.degrees(off) <= max(15.0, 0.12 * abs(angle)) and still and not _toppled(t, "b0")

        return asked, true

    return Case(made, ask)


def _at(relation: str) -> Case:
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


def _tower(under: int) -> Case:
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


def _pyramid() -> Case:
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


def _furniture(kind: str, skill: str, joint: tuple[float, float] | None = None) -> Case:
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


def _sweep(to_zone: bool) -> Case:
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

    return Case(made, ask, tries=3)


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
    "place_at": _at("at"),
    "place_zone": _at("in"),
    "place_tower": _tower(3),
    "place_pyramid": _pyramid(),
    "turn": _turn(SMALL),
    "turn_other": _turn(("bowl", "cup", "ring", "wedge", "shape")),
    "push": _push(SMALL, towards=False),
    "push_hollow": _push(("bowl", "cup", "plate", "box"), towards=False),
    "push_flat": _push(("ring", "wedge", "shape"), towards=False),
    "push_towards": _push(SMALL, towards=True),
    "open": _furniture("drawer", "open"),
    "close": _furniture("drawer", "close", (0.05, 0.12)),
    "press": _furniture("button", "press"),
    "slide": _furniture("slider", "slide", (0.0, 0.12)),
    "sweep": _sweep(to_zone=True),
    "sweep_up_to": _sweep(to_zone=False),
    "home": _home(),
}
"""Episodes by the name their figures bear."""
