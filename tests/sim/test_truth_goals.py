"""The judge: goals in scene names, held against what is really so."""

import pytest

from hiervla.core.errors import SetupError
from hiervla.core.goal import Goal
from hiervla.sim.truth import TOLERANCE_M, left_alone, parse_goal, true_goals, true_world

BODIES = ["cube", "bowl", "cup", "left_edge_thing"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [("in cube bowl", {"subject": "cube", "reference": "bowl"}), ("on cube table", {"subject": "cube", "reference": "table"}),
     ("beside cube cup left", {"subject": "cube", "reference": "cup", "direction": "left"}),
     ("at_distance cup edge 0.05", {"subject": "cup", "reference": "edge", "distance_m": 0.05}),
     ("at_distance cup left_edge 0.08", {"subject": "cup", "reference": "left edge", "distance_m": 0.08}),
     ("at_distance cube bowl 0.1 behind", {"subject": "cube", "reference": "bowl", "distance_m": 0.1, "direction": "behind"}),
     ("holding cube", {"subject": "cube"}), ("hand_empty", {"subject": ""}), ("in left_edge_thing bowl", {"subject": "left_edge_thing", "reference": "bowl"})],
)  # fmt: skip
def test_a_goal_is_read_from_words(text, fields):
    assert parse_goal(text, BODIES) == Goal(relation=text.split()[0], tolerance_m=TOLERANCE_M, **fields)


@pytest.mark.parametrize(
    ("text", "says"),
    [("inside cube bowl", "no relation 'inside'; known: at, at_distance, back, beside"), ("in cube pot", "'pot' is no body"), ("on cube top_edge", "is no body"),
     ("", "expectation"), ("in cube", "expectation"), ("at_distance cup edge", "expectation"), ("holding", "expectation"), ("in cube bowl cup", "expectation")],
)  # fmt: skip
def test_a_goal_that_cannot_be_read_is_told(text, says):
    with pytest.raises(SetupError) as caught:
        parse_goal(text, BODIES)
    assert says in str(caught.value)


@pytest.fixture(scope="module")
def table(build, scene_of):
    sim, arm = build(scene_of(
        {"name": "bowl", "shape": "bowl", "at": (0.5, -0.2)}, {"name": "inner", "shape": "cube", "on": "bowl", "size": 0.036},
        {"name": "base", "shape": "cube", "at": (0.5, 0.1), "size": 0.048, "yaw_deg": 0.0}, {"name": "top", "shape": "cube", "on": "base", "size": 0.036},
        {"name": "near", "shape": "cube", "at": (0.5, 0.19), "size": 0.04, "yaw_deg": 0.0},
        {"name": "rim", "shape": "cube", "at": (0.6, 0.41), "size": 0.04, "yaw_deg": 0.0},
    ))  # fmt: skip
    return sim


@pytest.mark.parametrize(
    "goal",
    ["in inner bowl", "on top base", "on base table", "beside near base", "beside near base left", "at_distance near base 0.046",
     "at_distance near base 0.05 left", "at_distance rim edge 0.05", "at_distance rim left_edge 0.05", "hand_empty"],
)  # fmt: skip
def test_what_is_so_is_so(goal, table):
    assert true_goals(table, (goal,)) == {goal: True}


@pytest.mark.parametrize(
    "goal",
    ["in top bowl", "in inner base", "on inner base", "on base top", "on top table", "beside near bowl", "beside near base right", "beside top base",
     "at_distance near base 0.07", "at_distance near base 0.046 right", "at_distance rim edge 0.08", "at_distance rim right_edge 0.05", "holding top"],
)  # fmt: skip
def test_what_is_not_so_is_not(goal, table):
    assert true_goals(table, (goal,)) == {goal: False}


def test_the_true_world_is_what_was_built(table):
    world = true_world(table)
    assert set(world.objects) == set(table.bodies)
    assert world.held is None
    assert world.objects["top"].support == "base"
    assert world.table.outline[0] == pytest.approx((0.25, -0.48))


def test_something_still_falling_is_waited_for(build, scene_of):
    import pybullet

    sim, _ = build(
        scene_of(
            {"name": "bowl", "shape": "bowl", "at": (0.5, -0.2)},
            {"name": "cube", "shape": "cube", "at": (0.5, 0.2), "size": 0.036},
        )
    )
    assert left_alone(sim, ("cube", "bowl")) == {"cube": True, "bowl": True}
    pybullet.resetBasePositionAndOrientation(
        sim.bodies["cube"].id, (0.5, -0.2, 0.3), (0, 0, 0, 1), physicsClientId=sim.client.id
    )
    assert true_goals(sim, ("in cube bowl", "on cube table")) == {"in cube bowl": True, "on cube table": False}
    assert left_alone(sim, ("cube", "bowl")) == {"cube": False, "bowl": True}
