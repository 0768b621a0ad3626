"""What a policy remembers: the same while it acts as what it was taught with."""

import numpy as np
import pytest

from hiervla.cerebellum.policies.mini.memory import LONG_SINCE, Recent, since_switched
from hiervla.core.geometry import Pose, downward
from hiervla.core.observation import Observation


def seen(t, x=0.0, width=0.08):
    return Observation(
        time_s=t, images={}, joints=np.zeros(7), joint_torques=np.zeros(7), hand=Pose(np.array([x, 0.0, 0.2]), downward(0.0)),
        gripper_width_m=width, wrench=np.zeros(6),
    )  # fmt: skip


def test_nothing_lies_behind_the_first_look():
    past = Recent(0.1).past(seen(5.0))
    assert not past.moved.any() and past.widened == 0 and past.since == LONG_SINCE


def test_motion_is_told_by_the_tick_however_many_passed():
    recent = Recent(0.1)
    recent.past(seen(0.0))
    past = recent.past(seen(0.3, x=0.06, width=0.05))
    assert past.moved == pytest.approx([0.02, 0, 0]) and past.widened == pytest.approx(-0.01)


@pytest.mark.parametrize("lengths", [[1] * 12, [3, 1, 4, 2, 2], [4, 4, 4]])
def test_acting_and_training_count_the_same_ticks_since_the_fingers_were_told(lengths):
    commands = np.array([0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0], dtype=float)
    taught = since_switched(commands > 0.5, np.arange(len(commands)) == 0)
    recent, at = Recent(0.1), 0
    for n in lengths:
        assert recent.past(seen(at * 0.1)).since == taught[at]
        recent.told(np.concatenate([commands[at:], np.zeros(16)])[:16])
        at += n
    assert list(taught[:7]) == [8, 8, 8, 8, 1, 2, 3]


def test_every_episode_begins_anew():
    since = since_switched(np.array([0, 1, 1, 0, 0], bool), np.array([1, 0, 0, 1, 0], bool))
    assert list(since) == [8, 8, 1, 8, 8]
