"""Furniture as the eyes read it, in real renderings, against truth."""

import math

import numpy as np
import pytest
from perception.random_scenes import cell, vocabulary

from hiervla.core.world import World
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.describe import describe
from hiervla.sim.scene import BodySpec


def look(*bodies, seed=0):
    made = cell(list(bodies), seed)
    world = GeometricEyes(vocabulary()).look(made.look(), World(), "L1")
    truth = {b.name: describe(made.sim, b.name) for b in bodies}
    made.close()
    return world, truth


def drawer(joint, yaw=-90.0, at=(0.5, 0.34), colour="brown", second="white"):
    return BodySpec(name="drawer", shape="drawer", colour=colour, second_colour=second, at=at, yaw_deg=yaw, joint=joint)


@pytest.mark.parametrize("joint", [0.0, 0.03, 0.1])
@pytest.mark.parametrize(("yaw", "at"), [(-90, (0.5, 0.34)), (75, (0.48, -0.32))])
def test_a_drawer_is_told_by_its_handle_with_how_far_it_is_out(joint, yaw, at):
    world, truth = look(drawer(joint, yaw, at))
    assert sorted(d.label for d in world.objects.values()) == ["cabinet", "drawer"]
    seen = next(d for d in world.objects.values() if d.label == "drawer")
    assert seen.opening_m == pytest.approx(joint, abs=0.004)
    assert math.dist(seen.grasp_at, truth["drawer"].grasp_at) < 0.008
    assert np.dot(seen.opens, truth["drawer"].opens) > math.cos(math.radians(2))
    assert seen.fixed and seen.hollow and world.objects[seen.part_of].label == "cabinet"


def test_a_drawer_of_its_cabinet_s_colour_is_told_too():
    world, _ = look(drawer(0.06, colour="blue", second="blue"))
    assert sorted(d.label for d in world.objects.values()) == ["cabinet", "drawer"]


def test_what_lies_in_an_open_drawer_is_in_it():
    world, truth = look(drawer(0.1), BodySpec(name="cube", shape="cube", colour="red", on="drawer"))
    cube = next(d for d in world.objects.values() if d.label == "cube")
    assert world.objects[cube.support].label == "drawer" and cube.relation == "in"
    assert math.dist(cube.centre, truth["cube"].centre) < 0.005


def test_a_broad_block_without_a_handle_is_a_block():
    world, _ = look(
        BodySpec(name="b", shape="block", colour="brown", size=(0.2, 0.16, 0.085), at=(0.5, 0.3), yaw_deg=0)
    )
    assert [d.label for d in world.objects.values()] == ["block"]


def test_a_button_on_its_panel():
    world, truth = look(BodySpec(name="b", shape="button", colour="red", at=(0.45, -0.1)))
    assert sorted(d.label for d in world.objects.values()) == ["button", "panel"]
    seen = next(d for d in world.objects.values() if d.label == "button")
    assert math.dist(seen.centre, truth["b"].centre) < 0.005 and seen.colour == "red" and seen.fixed


@pytest.mark.parametrize(("yaw", "joint"), [(-80, 0.02), (95, 0.10), (10, 0.06)])
def test_a_slider_with_where_its_knob_stands(yaw, joint):
    world, truth = look(BodySpec(name="s", shape="slider", colour="green", at=(0.5, -0.05), yaw_deg=yaw, joint=joint))
    seen = next(d for d in world.objects.values() if d.label == "slider")
    assert seen.opening_m == pytest.approx(truth["s"].opening_m, abs=0.006)
    assert np.dot(seen.opens, truth["s"].opens) > 0.99


def test_the_drawer_keeps_its_id_when_it_has_been_opened():
    made = cell([drawer(0.0)], 0)
    eyes = GeometricEyes(vocabulary())
    shut = eyes.look(made.look(), World(), "L1")
    made.close()
    made = cell([drawer(0.11)], 0)
    opened = eyes.look(made.look(), shut, "L2")
    made.close()
    assert set(opened.objects) == set(shut.objects)
