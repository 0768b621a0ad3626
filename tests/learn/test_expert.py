"""The teacher's labels: they lead through the keyframes, say how much is left, and never ask for more than the limits."""

import numpy as np
import pytest

from hiervla.core.steering import moved
from hiervla.core.task import Keyframe, Task
from hiervla.learn.expert import HORIZON, SETTLE_TICKS, label
from hiervla.robot.fake import FakeRobot


def frame(name, x, y, z, **more):
    return Keyframe(name, np.array([x, y, z]), **more)


PICK = Task(
    skill="pick",
    instruction="pick it",
    keyframes=(
        frame("approach", 0.55, 0.15, 0.15, tolerance_m=0.008),
        frame("descend", 0.55, 0.15, 0.02, speed=0.6, tolerance_m=0.004),
        frame("close", 0.55, 0.15, 0.02, gripper=1.0, settle=True),
        frame("lift", 0.55, 0.15, 0.16, gripper=1.0, tolerance_m=0.015),
    ),
)


def test_a_label_runs_on_past_the_keyframe_ahead_and_through_the_closing_of_the_fingers():
    seen = FakeRobot().observe()
    got = label(seen, PICK, 0)
    assert got.actions.shape == (HORIZON, 7) and got.phase == "approach" and got.remaining > HORIZON
    at, turn = PICK.keyframes[1].position + (0, 0, 0.02), seen.hand.quaternion
    near = label(_seen_at(seen, at, turn), PICK, 1)
    grippers = near.actions[:, 6]
    first = int(np.argmax(grippers > 0.5))
    assert 0 < first < 6 and (grippers[first:] == 1.0).all(), "it closes within the chunk and stays closed"
    assert (near.actions[first : first + SETTLE_TICKS, 2] < 0.003).all(), "and waits there for the fingers"
    assert near.actions[first + SETTLE_TICKS, 2] > 0.01, "then lifts"


def test_following_the_labels_one_action_at_a_time_takes_as_long_as_they_say():
    seen = FakeRobot().observe()
    got, index, waited = label(seen, PICK, 0), 0, 0
    at, turn = seen.hand.position, seen.hand.quaternion
    for left in range(got.remaining, 0, -1):
        here = label(_seen_at(seen, at, turn), PICK, index, waited)
        assert here.remaining == left
        f = PICK.keyframes[index]
        at, turn = moved(at, turn, here.actions[0])
        waited = waited + 1 if f.settle else 0
        if (f.settle and waited >= SETTLE_TICKS) or (
            not f.settle and np.linalg.norm(f.position - at) <= f.tolerance_m / 2
        ):
            index, waited = index + 1, 0
    end = label(_seen_at(seen, at, turn), PICK, index)
    assert index == len(PICK.keyframes) and end.remaining == 0 and end.phase == "end"
    assert (end.actions[:, :6] == 0).all() and (end.actions[:, 6] == 1.0).all(), "done: stand still, keep holding"


@pytest.mark.parametrize("seed", range(5))
def test_from_wherever_noise_has_led_the_limits_are_kept_and_the_end_is_reached(seed):
    rng = np.random.default_rng(seed)
    seen = FakeRobot().observe()
    away = _seen_at(seen, rng.uniform((0.3, -0.3, 0.05), (0.7, 0.3, 0.4)), seen.hand.quaternion)
    got = label(away, PICK, 0)
    assert (np.linalg.norm(got.actions[:, :3], axis=1) <= PICK.limits.step_m + 1e-9).all()
    assert 0 < got.remaining < 120


def test_keyframes_that_cannot_be_reached_are_a_mistake_and_told():
    stuck = Task(skill="x", instruction="", keyframes=(frame("far", 0.5, 0.0, 0.2, speed=1e-6),))
    with pytest.raises(ValueError, match="'far' of x is never reached"):
        label(FakeRobot().observe(), stuck, 0)


def _seen_at(seen, at, turn):
    from dataclasses import replace

    return replace(seen, hand=replace(seen.hand, position=np.asarray(at, dtype=float), quaternion=turn))
