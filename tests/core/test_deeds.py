"""What a step that was cut short had taken from its place."""

import pytest

from hiervla.core.deeds import taken
from hiervla.core.plan import Subgoal
from hiervla.core.world import Detection, World


def world(**more):
    d = Detection(id="c", label="cube", centre=(0.5, 0.0, 0.02), size=(0.042, 0.04, 0.04), **more)
    return World(look_id="L1", time_s=0.0, objects={"c": d})


STEP = Subgoal(skill="pick", arguments={"target": "c"}, why="")


@pytest.mark.parametrize(
    ("width_m", "is_taken"), [(0.041, True), (0.037, True), (0.06, False), (0.08, False), (0.0, False)]
)
def test_fingers_as_far_apart_as_the_thing_is_wide_hold_it(width_m, is_taken):
    changed = taken(STEP, world(), width_m)
    assert [c.was.id for c in changed] == ["c"] * is_taken
    assert all(c.now is None for c in changed), "where it is now, nobody has seen"


def test_a_rim_is_held_with_fingers_that_all_but_meet():
    assert taken(STEP, world(hollow=True), 0.005)
    assert not taken(STEP, world(), 0.005)


def test_furniture_and_steps_without_a_target_take_nothing():
    assert not taken(STEP, world(fixed=True), 0.041)
    assert not taken(Subgoal(skill="home", arguments={}, why=""), world(), 0.041)
