"""Fingers beside what they hold come away from a container's walls, and no farther than they must."""

import numpy as np
import pytest

from hiervla.core.task import Gripper
from hiervla.core.walls import SPARE_M, WALL_M, between_walls, room_to_walls


@pytest.fixture
def box(thing):
    return thing("box", 0.5, 0.2, size=(0.18, 0.12, 0.05))


@pytest.mark.parametrize("turn", [0.0, 0.7, np.pi / 2])
def test_fingers_within_the_walls_stay_and_others_come_just_inside(thing, turn):
    box = thing("box", 0.5, 0.2, size=(0.18, 0.12, 0.05), yaw=turn)
    middle, along = np.array([0.5, 0.2]), np.array([np.cos(turn), np.sin(turn)])
    closing_along = turn - np.pi / 2  # the fingers close along the box
    assert between_walls(box, middle, closing_along, 0.03, Gripper()).free
    out, lacks = between_walls(box, middle + 0.075 * along, closing_along, 0.03, Gripper())
    assert lacks == 0.0, "there is room, elsewhere"
    reach = (0.03 + 0.016) / 2 + 0.016 / 2  # of the outer finger's far side from the grasp centre
    assert out == pytest.approx(-(0.075 + reach - (0.09 - WALL_M)) * along, abs=1e-6)
    inside = middle + 0.075 * along + out
    assert np.abs(between_walls(box, inside, closing_along, 0.03, Gripper()).shift).max() < 1e-9


def test_fingers_that_do_not_fit_at_all_go_to_the_middle(box):
    walls = between_walls(box, np.array([0.5, 0.21]), 0.0, 0.2, Gripper())
    assert walls.shift == pytest.approx((0.0, -0.01), abs=1e-9)
    assert walls.lacks_m == pytest.approx(0.2 + 2 * 0.016 - (0.12 - 2 * WALL_M), abs=1e-6), (
        "the fingers and what is between"
    )
    centred = between_walls(box, np.array([0.5, 0.2]), 0.0, 0.2, Gripper())
    assert np.abs(centred.shift).max() < 1e-9 and not centred.free, "in the middle already, and still too broad"


def test_the_room_to_a_wall_is_what_is_left_beyond_the_outer_finger(box):
    middle, reach = np.array([0.5, 0.2]), (0.03 + 0.016) / 2 + 0.016 / 2
    for y in (0.2, 0.215, 0.225):
        left = 0.06 - (WALL_M - SPARE_M) - abs(y - 0.2) - reach
        assert room_to_walls(box, (0.5, y, 0.03), 0.0, 0.03, Gripper()) == pytest.approx(left, abs=1e-6), (
            "negative in the wall"
        )
    assert room_to_walls(box, (0.5, 0.225, 0.07), 0.0, 0.03, Gripper()) == 1.0, "over the rim there is no wall"
    bowl = box.model_copy(update={"label": "bowl"})
    assert room_to_walls(bowl, (*middle, 0.03), 0.0, 0.2, Gripper()) == 1.0
