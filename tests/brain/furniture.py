"""Drawers, buttons, sliders and zones for described worlds, and cards of the skills that work them."""

from __future__ import annotations

import importlib.util
import math
from functools import cache
from typing import Any, Literal

from brain.tabletop import ROOT, bundled_skills, card_of

from hiervla.core.briefing import SkillCard
from hiervla.core.skill import Skill
from hiervla.core.world import Detection, World, Zone

Direction = Literal["left", "right", "front", "behind"]


class Push(Skill):
    """Push an object."""

    target: str
    direction: Direction | None = None
    distance_m: float | None = None
    reference: str | None = None
    position: tuple[float, float] | None = None
    says = {"en": ["push"], "zh": ["推", "推到", "推向"]}


class Turn(Skill):
    """Turn an object about the vertical."""

    target: str
    angle_deg: float
    says = {"en": ["turn", "rotate"], "zh": ["转", "旋转"]}


class Sweep(Skill):
    """Sweep several things."""

    targets: list[str]
    reference: str
    says = {"en": ["sweep"], "zh": ["扫", "扫到"]}


class Open(Skill):
    """Open a drawer."""

    target: str
    says = {"en": ["open"], "zh": ["打开"]}


class Close(Skill):
    """Close a drawer."""

    target: str
    says = {"en": ["close"], "zh": ["关上"]}


class Press(Skill):
    """Press a button."""

    target: str
    says = {"en": ["press"], "zh": ["按"]}


class Slide(Skill):
    """Slide along a rail."""

    target: str
    distance_m: float
    says = {"en": ["slide"], "zh": ["滑动"]}


OWN = {c.name: c for c in (Push, Turn, Sweep, Open, Close, Press, Slide)}


@cache
def all_skills() -> tuple[SkillCard, ...]:
    """The cards of a full workshop: those of the bundled folder where they are there, else the forms above."""
    cards = []
    for name, form in OWN.items():
        path = ROOT / "skills" / f"{name}.py"
        cards.append(card_of(_bundled(name) if path.exists() else form))
    return (*bundled_skills(), *cards)


def _bundled(name: str) -> type[Skill]:
    spec = importlib.util.spec_from_file_location(f"skill_{name}", ROOT / "skills" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(v for v in vars(module).values() if isinstance(v, type) and issubclass(v, Skill) and v.name == name)


def drawer(x: float = 0.6, y: float = -0.3, opening: float = 0.0, colour: str = "white") -> tuple[Detection, Detection]:
    """A cabinet and its drawer, which opens towards the robot."""
    cabinet = Detection(
        id="cabinet",
        label="cabinet",
        colour="brown",
        centre=(x, y, 0.043),
        size=(0.20, 0.16, 0.085),
        fixed=True,
        yaw=math.pi / 2,
    )
    front = x - 0.08 - opening / 2
    tray = Detection(
        id="drawer", label="drawer", colour=colour, centre=(front, y, 0.035), size=(0.18, max(0.04, opening), 0.06),
        yaw=math.pi / 2, hollow=True, fixed=True, part_of="cabinet", opens=(-1.0, 0.0), opening_m=opening, travel_m=0.12,
        grasp_at=(front - 0.03, y, 0.06),
    )  # fmt: skip
    return cabinet, tray


def button(x: float = 0.45, y: float = 0.3, colour: str = "red", id: str = "button") -> tuple[Detection, Detection]:
    panel = Detection(id=f"{id}_panel", label="panel", colour="grey", centre=(x, y, 0.012), size=(0.09, 0.09, 0.025), fixed=True)  # fmt: skip
    knob = Detection(
        id=id,
        label="button",
        colour=colour,
        centre=(x, y, 0.032),
        size=(0.036, 0.036, 0.014),
        fixed=True,
        part_of=panel.id,
    )
    return panel, knob


def slider(x: float = 0.5, y: float = 0.0, opening: float = 0.0) -> tuple[Detection, Detection]:
    """A rail along y; the knob's first position is on the left, it slides to the right."""
    rail = Detection(id="rail", label="panel", colour="grey", centre=(x, y, 0.01), size=(0.22, 0.07, 0.02), yaw=1.57, fixed=True)  # fmt: skip
    knob = Detection(
        id="slider", label="slider", colour="yellow", centre=(x, y + 0.06 - opening, 0.04), size=(0.02, 0.02, 0.04), fixed=True,
        part_of="rail", opens=(0.0, -1.0), opening_m=opening, travel_m=0.12, grasp_at=(x, y + 0.06 - opening, 0.04),
    )  # fmt: skip
    return rail, knob


def zoned(world: World, **zones: Any) -> World:
    """``left_zone=(0.3, 0.2, 0.6, 0.4)``: a world with zones from x0 y0 to x1 y1."""
    made = {
        name.replace("_", " "): Zone(
            name=name.replace("_", " "),
            outline=((x0, y0), (x1, y0), (x1, y1), (x0, y1)),
            keep_out=name.startswith("keep_out"),
        )
        for name, (x0, y0, x1, y1) in zones.items()
    }
    return world.model_copy(update={"zones": made})
