"""What a policy that finds its own way is told: the place that the keyframes bring the target to."""

import math

import numpy as np
import pytest

from hiervla.core.geometry import Pose, downward, wrap_angle
from hiervla.core.skill import Ground

ABOVE = Pose(np.array([0.45, 0.0, 0.16]), downward(0.3))


@pytest.fixture
def held(thing):
    lies = thing("block", 0.45, 0.0, id="a", yaw=0.3, size=(0.07, 0.036, 0.04))
    return lies.model_copy(update={"support": "hand", "centre": (0.45, 0.0, 0.16)})


@pytest.mark.parametrize(
    "fields",
    [{"relation": "on", "reference": "b"}, {"relation": "in", "reference": "c"}, {"relation": "beside", "reference": "b"}, {"relation": "on", "reference": "table"}],
)  # fmt: skip
def test_a_placed_things_destination_is_where_the_hand_lowers_it(fields, space, held, thing, world_of):
    world = world_of(
        held,
        thing("block", 0.55, -0.2, id="b", yaw=0.7, size=(0.08, 0.05, 0.03)),
        thing("bowl", 0.5, 0.25, id="c", size=(0.13, 0.13, 0.05), inner_radius_m=0.06),
        held=held,
    )
    at = Ground(world=world, hand=ABOVE)
    skill = space.skills["place"](target="a", **fields)
    lower, to = next(f for f in skill.keyframes(at) if f.name == "lower"), skill.destination(at)
    turned = lower.yaw - world.held.hand_yaw
    c, s = math.cos(turned), math.sin(turned)
    off = np.array(world.held.offset)
    brought = lower.position[:2] + (c * off[0] - s * off[1], s * off[0] + c * off[1])
    assert tuple(brought) == pytest.approx(to.position[:2], abs=1e-3)
    assert to.position[2] == pytest.approx(lower.position[2] + off[2], abs=0.004)
    assert math.sin(wrap_angle(to.yaw - world.held.object_yaw - turned, math.pi)) == pytest.approx(0, abs=1e-6)
    assert skill.ground(at).destination == to


def test_pushed_pulled_and_shut_things_go_where_the_skill_judges_them(space, thing, world_of, drawer):
    hand = Pose(np.array([0.36, 0.0, 0.42]), downward(0.0))
    world = world_of(thing("cube", 0.5, 0.0, id="a"))
    push = space.skills["push"](target="a", direction="left", distance_m=0.1)
    assert push.destination(Ground(world=world, hand=hand)).position[:2] == pytest.approx(push.goal_spot(world))
    for name, opening in (("open", 0.0), ("close", 0.1)):
        at = Ground(world=world_of(*drawer(opening)), hand=hand)
        y = space.skills[name](target="d").destination(at).position[1]
        assert y == pytest.approx(0.2025 - (0.105 if name == "open" else 0.0), abs=1e-6)


def test_what_is_only_taken_has_no_destination(space, thing, world_of):
    at = Ground(world=world_of(thing("cube", 0.5, 0.0, id="a")), hand=ABOVE)
    task = space.skills["pick"](target="a").ground(at)
    assert task.destination is None and task.held is None
