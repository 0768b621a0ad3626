"""A thing that stands across two others of its own colour: three things, the upper one on both."""

import math

import pybullet
import pytest
from perception.random_scenes import cell, vocabulary

from hiervla.core.geometry import quaternion_from_yaw
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import World
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.scene import BodySpec

EDGE, GAP = 0.042, 0.011


@pytest.mark.parametrize("turn", [1.4, 0.95, -1.1])
def test_a_pyramid_of_one_colour_seen_across_is_three_cubes(turn):
    a = (0.5, 0.1)
    b = (a[0] + (EDGE + GAP) * math.cos(turn), a[1] + (EDGE + GAP) * math.sin(turn))
    spots = {"a": a, "b": b, "c": (0.5, -0.3)}
    made = cell([BodySpec(name=n, shape="cube", colour="red", size=EDGE, at=p, yaw_deg=math.degrees(turn)) for n, p in spots.items()])  # fmt: skip
    middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, 1.5 * EDGE + 0.001]
    cid = made.sim.client.id
    pybullet.resetBasePositionAndOrientation(made.sim.bodies["c"].id, middle, list(quaternion_from_yaw(turn)), physicsClientId=cid)  # fmt: skip
    made.sim.client.step(60)
    world = GeometricEyes(vocabulary()).look(made.look(), World(), "L1")
    made.close()
    assert len(world.objects) == 3
    top, *bases = sorted(world.objects.values(), key=lambda d: -d.top_z)
    assert math.dist(top.centre[:2], middle[:2]) < 0.004
    assert holds(Goal(relation="on", subject=top.id, reference=bases[0].id, others=(bases[1].id,)), world)
