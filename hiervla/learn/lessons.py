"""Random scenes to learn in, and what is shown in them: every lesson from its seed alone.

What is held out of training so that generalising can be measured: two bands of hues, some shapes, and sizes beyond a range.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hiervla.core.geometry import Vec3
from hiervla.perception.colour import colour_word
from hiervla.sim.scene import BodySpec, CameraSpec, LightSpec, Scene, TableSpec

Shift = Literal["none", "hues", "shapes", "surroundings", "raised"]
HELD_OUT_HUES = ((160.0, 200.0), (270.0, 310.0))
"""Degrees on the colour circle: no body of a training scene has them."""
SMALL = ("cube", "block", "cylinder", "ball")
HELD_OUT_SHAPES = ("ring", "wedge", "cup", "shape")
SIZES: dict[str, Any] = {
    "cube": (0.034, 0.048), "cylinder": ((0.036, 0.048), (0.036, 0.048), (0.045, 0.065)), "ball": (0.036, 0.048),
    "block": ((0.055, 0.075), (0.034, 0.044), (0.030, 0.044)),
}  # fmt: skip
OTHER_SIZES: dict[str, Any] = {
    "cube": (0.026, 0.033), "cylinder": ((0.028, 0.035), (0.028, 0.035), (0.066, 0.080)), "ball": (0.049, 0.056),
    "block": ((0.076, 0.095), (0.026, 0.033), (0.024, 0.030)),
}  # fmt: skip
STAND: Any = ((0.075, 0.095), (0.075, 0.095), (0.05, 0.08))
"""What a raised target stands on, a block: in no lesson of training was anything taken from above the table."""
DEEDS = ("pick", "in", "on", "beside", "push", "open", "close")
TAKING = ("pick", "in", "on", "beside")
"""Deeds in which the target is taken from where it stands; only there can it be raised."""


@dataclass(frozen=True, slots=True)
class Step:
    """One skill as it is shown: its arguments name bodies, for a teacher knows them."""

    skill: str
    arguments: dict[str, Any]
    deed: str
    """The skill, or of placing its relation."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A scene and the steps that are shown in it, one after the other."""

    scene: Scene
    steps: tuple[Step, ...]
    looks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Body → (colour word, shape) as it is spoken of."""


def draw_lesson(seed: int, deed: str | None = None, shift: Shift = "none", at_least: int = 0) -> Lesson:
    """The lesson of a seed; ``deed`` is drawn too unless it is given, ``shift`` says what is unlike training.

    ``at_least``: so many things stand about, at most 5.
    """
    rng = np.random.default_rng([seed, 0x1E550])
    deed = deed or str(rng.choice(DEEDS, p=(0.10, 0.14, 0.12, 0.12, 0.24, 0.14, 0.14)))
    painter = _Painter(rng, shift)
    bodies, steps = _DRAWN[deed](rng, painter, shift)
    if shift == "raised" and deed in TAKING:
        stand = painter.body("stand", "block", STAND, mass=1.0)
        bodies = [stand, bodies[0].model_copy(update={"on": "stand"}), *bodies[1:]]
    fewest = min(max(0, at_least - len(bodies)), 4)
    bodies += [painter.body(f"d{i}", str(rng.choice(SMALL))) for i in range(int(rng.integers(fewest, 5)))]
    apart = float(rng.choice((0.022, 0.035, 0.05)))
    scene = Scene(name="lesson", body=tuple(bodies), apart_m=apart, **_surroundings(rng, shift))
    return Lesson(scene, steps, painter.looks)


class _Painter:
    """Bodies in colours of their own, no two that one would call alike."""

    def __init__(self, rng: np.random.Generator, shift: Shift) -> None:
        self.rng, self.shift, self.looks = rng, shift, dict[str, tuple[str, str]]()

    def body(self, name: str, shape: str, size: Any = None, **more: Any) -> BodySpec:
        sizes = OTHER_SIZES if self.shift == "shapes" and name == "a" else SIZES
        while True:
            rgb = draw_hue(self.rng, held_out=self.shift == "hues" and name in ("a", "b"))
            look = (colour_word(np.array(rgb) * 255)[0], shape)
            if look not in self.looks.values():
                break
        self.looks[name] = look
        return BodySpec(name=name, shape=shape, colour=rgb, size=size or sizes.get(shape), **more)


def draw_hue(rng: np.random.Generator, held_out: bool = False) -> Vec3:
    """An RGB colour (0..1): of the held-out hues, or of all others with some greys among them."""
    if not held_out and rng.random() < 0.15:
        grey = float(rng.uniform(0.05, 0.95))
        return (grey, grey, grey)
    while True:
        hue = float(rng.uniform(0, 360))
        if any(low <= hue <= high for low, high in HELD_OUT_HUES) == held_out:
            break
    r, g, b = colorsys.hsv_to_rgb(hue / 360, float(rng.uniform(0.55, 1.0)), float(rng.uniform(0.35, 0.95)))
    return (r, g, b)


def _surroundings(rng: np.random.Generator, shift: Shift) -> dict[str, Any]:
    """Table, camera and light: a little other every time, and more so where that is what is tried."""
    far = 2.0 if shift == "surroundings" else 1.0
    where = np.array(CameraSpec().position) + rng.uniform(-0.04, 0.04, 3) * far
    to = np.array(CameraSpec().look_at) + rng.uniform(-0.03, 0.03, 3) * far
    tone, tint = rng.uniform(0.25, 0.75), rng.uniform(-0.12, 0.12, 3) * far
    return {
        "camera": (CameraSpec(position=tuple(where.tolist()), look_at=tuple(to.tolist()), fov_deg=float(46 + rng.uniform(-3, 3) * far)),),
        "table": TableSpec(colour=tuple(np.clip(tone + tint, 0.03, 0.97).tolist())),
        "light": LightSpec(
            direction=(float(rng.uniform(-1, 1)) * far, float(rng.uniform(-1, 1)) * far, float(rng.uniform(1.0, 2.0))),
            ambient=float(rng.uniform(0.45, 0.75) if shift != "surroundings" else rng.uniform(0.3, 0.9)),
        ),
    }  # fmt: skip


Drawn = tuple[list[BodySpec], tuple[Step, ...]]


def _target(rng: np.random.Generator, painter: _Painter, shift: Shift, shapes: tuple[str, ...] = SMALL) -> BodySpec:
    if shift == "shapes" and rng.random() < 0.5:
        shapes = tuple(s for s in HELD_OUT_SHAPES if s != "ring") if shapes == SMALL else ("wedge",)
    return painter.body("a", str(rng.choice(shapes)))


_PICK = Step("pick", {"target": "a"}, "pick")


def _picking(rng: np.random.Generator, painter: _Painter, shift: Shift) -> Drawn:
    return [_target(rng, painter, shift)], (_PICK,)


def _placing(relation: str) -> Callable[[np.random.Generator, _Painter, Shift], Drawn]:
    bases = {"in": ("bowl", "box"), "on": ("cube", "block", "box")[:2], "beside": ("bowl", "cube", "block", "cylinder")}
    targets = {"in": SMALL, "on": ("cube", "block", "cylinder"), "beside": SMALL}

    def draw(rng: np.random.Generator, painter: _Painter, shift: Shift) -> Drawn:
        first = _target(rng, painter, shift, targets[relation])
        base = painter.body("b", str(rng.choice(bases[relation])))
        put = {"target": "a", "relation": relation, "reference": "b"}
        return [first, base], (_PICK, Step("place", put, relation))

    return draw


def _pushing(rng: np.random.Generator, painter: _Painter, shift: Shift) -> Drawn:
    way = str(rng.choice(("left", "right", "front", "behind")))
    far = round(float(rng.uniform(0.06, 0.14)), 3)
    push = {"target": "a", "direction": way, "distance_m": far}
    return [_target(rng, painter, shift)], (Step("push", push, "push"),)


def _drawer(deed: str) -> Callable[[np.random.Generator, _Painter, Shift], Drawn]:
    def draw(rng: np.random.Generator, painter: _Painter, shift: Shift) -> Drawn:
        out = (0.0, 0.0) if deed == "open" else (0.05, 0.115)
        front = draw_hue(rng)
        body = painter.body("a", "drawer", joint=out, second_colour=front)
        painter.looks["a"] = (colour_word(np.array(front) * 255)[0], "drawer")  # one speaks of it by its front
        return [body], (Step(deed, {"target": "a"}, deed),)

    return draw


_DRAWN: dict[str, Callable[[np.random.Generator, _Painter, Shift], Drawn]] = {
    "pick": _picking, "push": _pushing, "open": _drawer("open"), "close": _drawer("close"),
    **{r: _placing(r) for r in ("in", "on", "beside")},
}  # fmt: skip
