"""A thing in a bowl of its own colour is one thing, in the bowl, wherever the bowl's rim cuts its image."""

import math

import numpy as np
import pytest
from perception.random_scenes import cell, vocabulary

from hiervla.core.geometry import Pose, quaternion_from_yaw
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import World
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.scene import BodySpec

BOWL, CUBE = (0.0973, 0.2081, 0.7933), (0.0840, 0.1996, 0.7999)


@pytest.mark.parametrize(("turn", "x", "y"), [(1.541, 0.5865, 0.0845), (1.541, 0.5872, 0.0838), (0.8, 0.5865, 0.0845)])
def test_a_cube_in_a_bowl_of_its_own_colour_is_seen_once_and_in_it(turn, x, y):
    size = (0.12023721707076429, 0.12023721707076429, 0.04251083002514954)
    bowl = BodySpec(name="bowl", shape="bowl", colour=BOWL, size=size, at=(0.58609209, 0.08483227), yaw_deg=0.0)
    cube = BodySpec(
        name="cube", shape="cube", colour=CUBE, size=0.04197238, at=(0.478, -0.265), yaw_deg=math.degrees(turn)
    )
    made = cell([bowl, cube])
    eyes = GeometricEyes(vocabulary())
    before = eyes.look(made.look(), World(), "L1")
    made.sim.put("cube", Pose(np.array([x, y, 0.0265]), quaternion_from_yaw(turn)))
    made.sim.client.step(60)
    world = eyes.look(made.look(), before, "L2")
    made.close()
    assert {d.label for d in world.objects.values()} == {"bowl", "cube"} and len(world.objects) == 2
    names = {d.label: d.id for d in world.objects.values()}
    assert names["cube"] in before.objects
    assert holds(Goal(relation="in", subject=names["cube"], reference=names["bowl"]), world)
