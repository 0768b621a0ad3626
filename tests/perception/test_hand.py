"""What the hand holds: the hand's own measures count, whatever arm carries it."""

import numpy as np
import pytest

from hiervla.core.geometry import Pose, downward
from hiervla.core.grasp import hanging
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, World
from hiervla.perception.hand import Grip, hold, on_own_pieces
from hiervla.perception.view import View
from hiervla.robot.iiwa import IIWA

BOWL = Detection(
    id="bowl", label="bowl", colour="blue", centre=(0.5, 0.06, 0.024), size=(0.12, 0.12, 0.048), hollow=True
)
NO_VIEW = View.__new__(View)  # what is held by its rim is told from where it stood, not from pixels


@pytest.mark.parametrize("gripper", [Gripper(), IIWA.gripper], ids=["panda", "iiwa"])
def test_a_bowl_held_by_its_rim_hangs_as_these_fingers_hold_it(gripper):
    grip = Grip(Pose(np.array([0.5, 0.0, 0.30]), downward(0.0)), 0.007, gripper)
    held = hold(NO_VIEW, grip, BOWL, None, None)
    hangs = hanging(BOWL, gripper)
    assert held.offset[2] == pytest.approx(-hangs.down_m, abs=1e-3)
    assert float(np.hypot(*held.offset[:2])) == pytest.approx(hangs.inward_m, abs=1e-3)


def test_fingers_feel_a_thing_short_of_their_own_full_opening():
    at = Pose(np.array([0.5, 0.0, 0.3]), downward(0.0))
    assert Grip(at, 0.08, IIWA.gripper).felt and not Grip(at, 0.08, Gripper()).felt


def test_a_thing_that_seems_to_stand_on_pieces_of_its_own_colour_hangs():
    piece = BOWL.model_copy(update={"id": "blue_cylinder_1", "label": "cylinder", "hollow": False})
    hanging_bowl = BOWL.model_copy(update={"support": piece.id})
    before = World(objects={BOWL.id: BOWL})
    assert on_own_pieces(hanging_bowl, {BOWL.id: hanging_bowl, piece.id: piece}, before)
    red = piece.model_copy(update={"colour": "red"})
    assert not on_own_pieces(hanging_bowl, {BOWL.id: hanging_bowl, piece.id: red}, before)
    known = World(objects={BOWL.id: BOWL, piece.id: piece})
    assert not on_own_pieces(hanging_bowl, {BOWL.id: hanging_bowl, piece.id: piece}, known), "it stood on that before"
    assert not on_own_pieces(BOWL, {BOWL.id: BOWL}, before), "on the table"
