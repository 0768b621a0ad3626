"""What the small VLA is told of a task does not hang on who saw it."""

import math

import numpy as np
import pytest

from hiervla.cerebellum.policies.mini.inputs import grounding_of
from hiervla.core.task import Destination, Task
from hiervla.core.world import Detection

OUT = (math.cos(0.6), math.sin(0.6))


def drawer(**more):
    return Detection(
        id="drawer",
        label="drawer",
        centre=(0.5, 0.1, 0.04),
        grasp_at=(0.4, 0.05, 0.05),
        opens=OUT,
        opening_m=0.0,
        **more,
    )


def test_of_a_drawer_it_is_told_the_handle_and_the_way_however_much_of_the_rest_was_seen():
    there = Destination((0.48, 0.1, 0.05), 0.3)
    whole = drawer(size=(0.184, 0.152, 0.067), yaw=0.6 - math.pi / 2)
    front = drawer(size=(0.036, 0.014, 0.076), yaw=0.6)
    a, b = (grounding_of(Task(skill="open", instruction="", target=d, destination=there)) for d in (whole, front))
    for name in ("target", "size", "goal"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert a.yaw == b.yaw == pytest.approx(0.6) and a.goal_yaw == b.goal_yaw == a.yaw
    assert np.allclose(a.target, (0.4, 0.05, 0.05))


def test_of_another_thing_it_is_told_how_it_lies_and_how_large_it_is():
    block = Detection(id="b", label="block", centre=(0.5, 0.1, 0.02), size=(0.06, 0.04, 0.04), yaw=0.3)
    g = grounding_of(Task(skill="push", instruction="", target=block, destination=Destination((0.6, 0.1, 0.02), 0.2)))
    assert (
        g.yaw == 0.3
        and g.goal_yaw == 0.2
        and np.allclose(g.size, (0.06, 0.04, 0.04))
        and np.allclose(g.target, block.centre)
    )
    nothing = grounding_of(Task(skill="home", instruction=""))
    assert np.isnan(nothing.target).all() and np.isnan(nothing.goal).all() and not nothing.size.any()
