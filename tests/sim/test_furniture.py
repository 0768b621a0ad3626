"""Furniture in a scene, in truth's words: drawers with what lies in them, presses counted, sliders read one way round."""

import pybullet
import pytest

from hiervla.bullet.furniture import MOVING
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.sim.describe import describe, describe_all
from hiervla.sim.scene import BodySpec, Scene
from hiervla.sim.simulation import Simulation
from hiervla.sim.truth import true_world

DRAWER = BodySpec(
    name="drawer", shape="drawer", colour="brown", second_colour="wood", at=(0.5, 0.34), yaw_deg=-90, joint=0.1
)
CUBE = BodySpec(name="cube", shape="cube", colour="red", on="drawer")


@pytest.fixture
def built():
    made = []

    def build(*bodies, seed=0):
        sim = Simulation(Scene(name="t", body=bodies), seed)
        made.append(sim)
        return sim

    yield build
    for sim in made:
        sim.close()


def move(sim, name, newton, ticks=60):
    for _ in range(ticks):
        pybullet.applyExternalForce(
            sim.bodies[name].id, MOVING, newton, [0, 0, 0], pybullet.LINK_FRAME, physicsClientId=sim.client.id
        )
        sim.client.step()


def goal(relation, *names, **more):
    return Goal(relation=relation, subject=names[0], reference=names[1] if len(names) > 1 else None, **more)


def test_what_is_put_in_an_open_drawer_is_in_it_open_and_shut(built):
    sim = built(DRAWER, CUBE)
    world = true_world(sim)
    assert holds(goal("in", "cube", "drawer"), world) and holds(goal("open", "drawer"), world)
    move(sim, "drawer", [-10, 0, 0])
    world = true_world(sim)
    assert holds(goal("closed", "drawer"), world) and holds(goal("in", "cube", "drawer"), world)


def test_what_stands_on_the_cabinet_is_not_in_the_drawer(built):
    sim = built(DRAWER, CUBE)
    pybullet.resetBasePositionAndOrientation(
        sim.bodies["cube"].id, [0.5, 0.36, 0.12], [0, 0, 0, 1], physicsClientId=sim.client.id
    )
    sim.client.step(60)
    assert describe(sim, "cube").support == "drawer_cabinet"
    assert not holds(goal("in", "cube", "drawer"), true_world(sim))


def test_a_press_is_counted_once_and_a_touch_not_at_all(built):
    sim = built(BodySpec(name="button", shape="button", colour="red"))
    for newton in (-2, -8, -8, 0, -8):
        move(sim, "button", [0, 0, newton], 30)
        sim.client.begin_tick()
    assert sim.presses == {"button": 2}


@pytest.mark.parametrize(
    ("yaw", "start", "at"), [(-90, 0.03, 0.03), (90, 0.03, 0.09), (0, 0.02, 0.02), (180, 0.02, 0.10)]
)
def test_a_slider_counts_towards_the_right_or_away_whichever_way_its_rail_was_laid(built, yaw, start, at):
    sim = built(BodySpec(name="knob", shape="slider", colour="green", at=(0.5, 0.0), yaw_deg=yaw, joint=start))
    d = describe(sim, "knob")
    assert d.opening_m == pytest.approx(at, abs=0.002)
    assert d.opens == pytest.approx((0, -1) if yaw % 180 else (1, 0), abs=1e-3)
    assert holds(goal("slid", "knob", distance_m=at), true_world(sim))


def test_the_true_world_holds_the_fixed_parts_too(built):
    sim = built(DRAWER)
    assert set(describe_all(sim)) == {"drawer", "drawer_cabinet"}
    assert describe(sim, "drawer").part_of == "drawer_cabinet"


def test_nothing_is_put_where_a_drawer_opens(built):
    others = [BodySpec(name=f"c{i}", shape="cube", colour="red") for i in range(8)]
    for seed in range(5):
        sim = built(DRAWER.model_copy(update={"joint": 0.0}), *others, seed=seed)
        for i in range(8):
            x, y, _ = sim.pose(f"c{i}").position
            assert not (0.42 < x < 0.58 and 0.12 < y < 0.26), "in the drawer's way"
