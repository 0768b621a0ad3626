"""What counts as in a bowl, and how much goes into one."""

import pytest
from pretend import BOWL, CUBE, world

from hiervla.core.errors import ToolError
from hiervla.core.goal import Goal
from hiervla.core.outcome import FailureKind
from hiervla.core.relations import holds
from hiervla.core.resting import inside

IN = Goal(relation="in", subject="red_cube_1", reference="blue_bowl_1")


def seen(*things):
    return world(*things)


def resting(z, relation="in", support="blue_bowl_1"):
    return CUBE.model_copy(update={"support": support, "relation": relation, "centre": (0.53, -0.2, z)})


def test_lying_below_the_rim_is_in():
    assert holds(IN, seen(resting(0.026), BOWL)).answer == "yes"


def test_balanced_on_the_rim_is_not_in_whatever_its_centre():
    assert holds(IN, seen(resting(0.065, relation="on"), BOWL)).answer == "no"
    assert holds(IN, seen(resting(0.0655), BOWL)).answer == "no", (
        "its bottom is at the rim's height, give or take noise"
    )


def test_lying_on_what_lies_in_it_is_in_while_below_the_rim():
    flat = CUBE.model_copy(
        update={
            "id": "tile",
            "size": (0.04, 0.04, 0.01),
            "support": "blue_bowl_1",
            "relation": "in",
            "centre": (0.5, -0.2, 0.01),
        }
    )
    assert holds(IN, seen(resting(0.036, relation="on", support="tile"), flat, BOWL)).answer == "yes"


def test_a_full_bowl_is_said_to_be_full_before_anything_is_dropped_on_its_wall():
    first = CUBE.model_copy(
        update={"id": "green_cube_1", "support": "blue_bowl_1", "relation": "in", "centre": (0.5, -0.2, 0.026)}
    )
    with pytest.raises(ToolError, match="no room left in blue_bowl_1 beside green_cube_1") as e:
        inside(CUBE, BOWL, world(CUBE, first, BOWL))
    assert e.value.kind is FailureKind.BLOCKED
    wide = BOWL.model_copy(update={"size": (0.2, 0.2, 0.05), "inner_radius_m": 0.095})
    x, y = inside(CUBE, wide, world(CUBE, first, wide))
    assert abs(x - 0.5) + abs(y + 0.2) > 0.03, "beside what lies there, not on it"


def test_a_measured_distance_is_judged_as_finely_as_it_is_scored():
    from hiervla.sim.expectation import TOLERANCE_M

    assert Goal(relation="at_distance", subject="a", reference="edge", distance_m=0.05).tolerance_m <= TOLERANCE_M
