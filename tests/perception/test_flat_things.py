"""Rings, wedges, letters and lying cylinders on real rendered pixels, clean and with depth noise, in two lights."""

from __future__ import annotations

import math

import numpy as np
import pybullet
import pytest
from perception.random_scenes import Cell, cell, noisy, vocabulary

from hiervla.bullet.client import Light
from hiervla.bullet.extruded import LETTERS
from hiervla.core.geometry import wrap_angle
from hiervla.core.world import Detection, World
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.describe import describe
from hiervla.sim.scene import BodySpec

SHADELESS = Light(ambient=1.0, diffuse=0.0, specular=0.0)
HARSH = Light(direction=(-0.6, 0.8, 0.9), ambient=0.45, diffuse=0.6)


def look(made: Cell, noise: int | None) -> World:
    seen = made.look() if noise is None else noisy(made.look(), noise)
    return GeometricEyes(vocabulary()).look(seen, World(), "L1")


def only(world: World) -> Detection:
    assert len(world.objects) == 1, world.objects
    return next(iter(world.objects.values()))


@pytest.mark.parametrize("noise", [None, 1])
@pytest.mark.parametrize(
    ("shape", "letter"), [("ring", None), ("wedge", None), *[("shape", letter) for letter in LETTERS]]
)
def test_a_flat_thing_is_named_placed_and_measured(shape: str, letter: str | None, noise: int | None) -> None:
    made = cell([BodySpec(name="a", shape=shape, letter=letter, colour="orange", yaw_deg=25)], 2)
    d, truth = only(look(made, noise)), describe(made.sim, "a")
    assert d.label == shape and math.dist(d.centre[:2], truth.centre[:2]) < 0.004
    assert np.allclose(d.size, truth.size, atol=0.006)
    assert not d.hollow and d.posture == "upright"
    made.close()


@pytest.mark.parametrize(
    ("shape", "label", "at", "yaw", "seed"),
    [
        ("screw", "shape", (0.336, -0.048), 90, 8),
        ("screw", "shape", (0.349, 0.015), -83, 31),
        ("screw", "shape", (0.3568, -0.0155), 32.2, 2),
        ("screw", "shape", (0.3307, 0.0347), 150.9, 25),
        ("nut", "ring", (0.3416, -0.0960), -150.5, 32),
        ("nut", "ring", (0.3334, -0.0068), -146.8, 16),
    ],
)
def test_where_few_pixels_tell_a_part_is_still_one_thing_of_its_own_outline(shape, label, at, yaw, seed) -> None:
    made = cell([BodySpec(name="a", shape=shape, colour="pink", at=at, yaw_deg=yaw)], seed)
    d, truth = only(look(made, None)), describe(made.sim, "a")
    made.close()
    assert d.label == label and not d.hollow and np.allclose(d.size, truth.size, atol=0.008)


def test_a_letter_is_turned_as_its_bars_are() -> None:
    made = cell([BodySpec(name="a", shape="shape", letter="plus", colour="green", yaw_deg=30)], 2)
    d = only(look(made, None))
    assert abs(wrap_angle(d.yaw - math.radians(30), math.pi / 2)) < math.radians(4)
    made.close()


@pytest.mark.parametrize("noise", [None, 1])
def test_a_cylinder_on_its_side_lies(noise: int | None) -> None:
    made = cell([BodySpec(name="a", shape="cylinder", colour="blue", size=((0.04, 0.04), (0.04, 0.04), (0.06, 0.06)), at=(0.5, 0.1))], 1)  # fmt: skip
    quaternion = pybullet.getQuaternionFromEuler([math.pi / 2, 0, math.radians(20)])
    pybullet.resetBasePositionAndOrientation(
        made.sim.bodies["a"].id, [0.5, 0.1, 0.0202], quaternion, physicsClientId=made.sim.client.id
    )
    d, truth = only(look(made, noise)), describe(made.sim, "a")
    assert (d.label, d.posture) == ("cylinder", "lying") and math.dist(d.centre, truth.centre) < 0.004
    assert np.allclose(d.size, (0.06, 0.04, 0.04), atol=0.004)
    assert abs(wrap_angle(d.yaw - math.radians(-70), math.pi)) < math.radians(5)
    assert not d.round
    made.close()


@pytest.mark.parametrize("light", [SHADELESS, HARSH])
@pytest.mark.parametrize("noise", [None, 3])
def test_light_does_not_make_or_break_things(light: Light, noise: int | None) -> None:
    shapes = {"cube": "red", "ring": "green", "wedge": "yellow", "bowl": "blue", "shape": "purple"}
    made = cell([BodySpec(name=s, shape=s, colour=c) for s, c in shapes.items()], 6)
    made.sim.client.light = light
    world = look(made, noise)
    assert len(world.objects) == len(shapes)
    for name in shapes:
        truth = describe(made.sim, name)
        d = min(world.objects.values(), key=lambda d: math.dist(d.centre, truth.centre))
        assert d.label == name and math.dist(d.centre, truth.centre) < 0.005
    made.close()


@pytest.mark.parametrize("noise", [None, 2])
def test_a_crosswise_block_does_not_hide_what_it_stands_on(noise: int | None) -> None:
    low = BodySpec(name="a", shape="block", colour="pink", at=(0.45, 0.1), yaw_deg=0)
    made = cell([low, BodySpec(name="b", shape="block", colour="orange", on="a", yaw_deg=75)], 3)
    world = look(made, noise)
    truth = describe(made.sim, "a")
    d = min(world.objects.values(), key=lambda d: math.dist(d.centre, truth.centre))
    assert len(world.objects) == 2 and d.label in ("block", "cube") and math.dist(d.centre, truth.centre) < 0.012
    assert d.visible < 0.6
    made.close()
