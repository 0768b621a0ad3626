"""Expectations that compare with the start, and those over furniture, arrangements and zones: they hold when so, else not."""

import math

import numpy as np
import pybullet
import pytest

from hiervla.bullet.furniture import MOVING
from hiervla.core.errors import SetupError
from hiervla.core.geometry import quaternion_from_yaw
from hiervla.core.goal import Goal
from hiervla.core.world import Zone
from hiervla.sim.expectation import Change, parse_expectation
from hiervla.sim.scene import BodySpec, Scene
from hiervla.sim.simulation import Simulation
from hiervla.sim.truth import TOLERANCE_M, true_goals

NAMES = ["a", "b", "c", "d", "drawer", "button"]
ZONES = ["left half"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("moved a 0.10 left", Change("moved", "a", 0.10, "left")),
        ("turned a -45", Change("turned", "a", -45.0)),
        ("pressed button", Change("pressed", "button")),
        ("pressed button 2", Change("pressed", "button", 2.0)),
        ("upright a", Change("upright", "a")),
        ("on c a b", Goal(relation="on", subject="c", reference="a", others=("b",), tolerance_m=TOLERANCE_M)),
        ("row a b c left", Goal(relation="row", subject="a", others=("b", "c"), direction="left", tolerance_m=TOLERANCE_M)),
        ("circle a b c around d", Goal(relation="circle", subject="a", others=("b", "c"), reference="d", tolerance_m=TOLERANCE_M)),
        ("in a left_half", Goal(relation="in", subject="a", reference="left half", tolerance_m=TOLERANCE_M)),
        ("at a 0.5 0.1", Goal(relation="at", subject="a", position=(0.5, 0.1), tolerance_m=TOLERANCE_M)),
        ("slid drawer 0.08", Goal(relation="slid", subject="drawer", distance_m=0.08, tolerance_m=TOLERANCE_M)),
        ("open drawer", Goal(relation="open", subject="drawer", tolerance_m=TOLERANCE_M)),
    ],
)  # fmt: skip
def test_it_is_read(text, read):
    assert parse_expectation(text, NAMES, ZONES) == read


@pytest.mark.parametrize(
    "text",
    ["moved a", "moved a left", "moved x 0.1", "turned a", "turned a 45 30", "pressed", "moved a 0.1 upwards", "row a b", "at a 0.5",
     "slid drawer", "in a right_half", "circle a b around d", "open"],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_text(text):
    with pytest.raises(SetupError, match="expectation"):
        parse_expectation(text, NAMES, ZONES)


@pytest.fixture
def sim():
    bodies = [
        BodySpec(name=n, shape="cube", size=0.04, at=at, yaw_deg=0)
        for n, at in zip("abcd", [(0.4, 0.0), (0.4, 0.08), (0.4, -0.1), (0.62, 0.1)], strict=True)
    ]
    bodies += [
        BodySpec(name="drawer", shape="drawer", at=(0.55, -0.36), yaw_deg=90),
        BodySpec(name="button", shape="button", at=(0.62, -0.1)),
    ]
    zone = Zone(name="left half", outline=((0.3, 0.0), (0.7, 0.0), (0.7, 0.4), (0.3, 0.4)))
    sim = Simulation(Scene(name="t", body=tuple(bodies), zone=(zone,)), 0)
    yield sim
    sim.close()


def put(sim, name, x, y, z=0.02, yaw_deg=0.0):
    turn = list(quaternion_from_yaw(math.radians(yaw_deg)))
    pybullet.resetBasePositionAndOrientation(sim.bodies[name].id, [x, y, z], turn, physicsClientId=sim.client.id)
    sim.client.step(20)


def check(sim, *texts):
    return tuple(true_goals(sim, texts).values())


def test_moved_and_turned_compare_with_the_start(sim):
    assert check(sim, "moved a 0.1 left", "turned a 45", "turned a 90") == (False, False, False)
    put(sim, "a", 0.4, 0.1 + 0.05, yaw_deg=45)
    assert check(sim, "moved a 0.15 left", "moved a 0.15 right", "moved a 0.1 left", "turned a 45", "turned a -45") == (True, False, False, True, False)  # fmt: skip


def test_a_quarter_turn_of_a_cube_must_have_been_made(sim):
    assert check(sim, "turned a 90") == (False,)
    put(sim, "a", 0.4, 0.0, yaw_deg=90)
    assert check(sim, "turned a 90") == (True,)


def test_rows_circles_zones_and_pyramids(sim):
    assert check(sim, "row a b c", "in a left_half", "on d a b") == (True, False, False)
    put(sim, "b", 0.48, 0.08)
    put(sim, "d", 0.42, 0.04, z=0.062)
    assert check(sim, "row a b c", "in b left_half") == (False, True)
    put(sim, "b", 0.4, 0.05)
    put(sim, "d", 0.4, 0.025, z=0.0605)
    assert check(sim, "on d a b", "on d a c") == (True, False)
    for k, name in enumerate("abcd"):
        put(sim, name, 0.5 + 0.09 * math.cos(k * math.pi / 2), 0.1 + 0.09 * math.sin(k * math.pi / 2))
    assert check(sim, "circle a b c d") == (True,)


def test_furniture(sim):
    assert check(sim, "open drawer", "closed drawer", "pressed button") == (False, True, False)
    for name, newton in (("drawer", [6, 0, 0]), ("button", [0, 0, -9])):
        for _ in range(100):
            pybullet.applyExternalForce(sim.bodies[name].id, MOVING, newton, [0, 0, 0], pybullet.LINK_FRAME, physicsClientId=sim.client.id)  # fmt: skip
            sim.client.step()
        sim.client.begin_tick()
    assert check(sim, "open drawer", "closed drawer", "pressed button", "pressed button 2") == (
        True,
        False,
        True,
        False,
    )


def test_upright_or_not(sim):
    assert check(sim, "upright a") == (True,)
    pybullet.resetBasePositionAndOrientation(sim.bodies["a"].id, [0.4, 0.0, 0.03], list(np.array([math.sin(0.4), 0, 0, math.cos(0.4)])), physicsClientId=sim.client.id)  # fmt: skip
    pybullet.changeDynamics(sim.bodies["a"].id, -1, mass=0.0, physicsClientId=sim.client.id)
    assert check(sim, "upright a") == (False,)


def test_of_alternatives_one_is_enough_and_each_must_be_readable(sim):
    assert check(sim, "on a b or on b a") == (False,)
    put(sim, "b", 0.4, 0.0, z=0.062)
    assert check(sim, "on a b or on b a", "on a c or on c a") == (True, False)
    with pytest.raises(SetupError, match="over"):
        true_goals(sim, ("on a b or over b a",))
