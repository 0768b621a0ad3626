"""Whoever goes their own way is still told what comes next: by what the fingers did and where the hand is."""

from dataclasses import replace

import numpy as np
import pytest

from hiervla.core.geometry import Pose, downward
from hiervla.core.task import Keyframe, Task
from hiervla.learn.follower import Follower
from hiervla.robot.fake import FakeRobot

HIGH, LOW = np.array([0.5, 0.0, 0.2]), np.array([0.5, 0.0, 0.02])
PICK = Task(
    skill="pick", instruction="", grip="gain", width_range_m=(0.02, 0.05),
    keyframes=(
        Keyframe("approach", HIGH, tolerance_m=0.008),
        Keyframe("descend", LOW, tolerance_m=0.004),
        Keyframe("close", LOW, gripper=1.0, settle=True, tolerance_m=0.02),
        Keyframe("lift", HIGH, gripper=1.0, tolerance_m=0.015),
    ),
)  # fmt: skip
PLACE = Task(
    skill="place", instruction="", grip="release",
    keyframes=(
        Keyframe("carry", HIGH, gripper=1.0, tolerance_m=0.004),
        Keyframe("lower", LOW, gripper=1.0, tolerance_m=0.003, guarded=True),
        Keyframe("open", LOW, gripper=0.2, settle=True, tolerance_m=0.03),
        Keyframe("retreat", HIGH, gripper=0.2, tolerance_m=0.02),
    ),
)  # fmt: skip
BEGIN, END = np.array([0.5, 0.0, 0.016]), np.array([0.6, 0.0, 0.016])
PUSH = Task(
    skill="push", instruction="",
    keyframes=(
        Keyframe("approach", np.array([0.5, 0.0, 0.2]), gripper=1.0, tolerance_m=0.008),
        Keyframe("descend", BEGIN, gripper=1.0, tolerance_m=0.0015),
        Keyframe("push", END, gripper=1.0, tolerance_m=0.0015),
        Keyframe("withdraw", END - (0.012, 0, 0), gripper=1.0, tolerance_m=0.004),
        Keyframe("retreat", np.array([0.588, 0.0, 0.2]), gripper=1.0, tolerance_m=0.02),
    ),
)  # fmt: skip
OPEN, HELD, SHUT = 0.08, 0.04, 0.001


def at(x, z, width=OPEN, y=0.0, force=(0.0, 0.0, 0.0)):
    seen = FakeRobot().observe()
    wrench = np.array([*force, 0.0, 0.0, 0.0])
    return replace(seen, hand=Pose(np.array([x, y, z]), downward(0.0)), gripper_width_m=width, wrench=wrench)


@pytest.fixture
def led():
    """The name of the keyframe ahead, or "end", after each of what was seen and told in turn."""

    def run(task, *ticks):
        follower = Follower(task)
        names = []
        for seen, told in ticks:
            follower.see(seen, told)
            names.append(follower.frames[follower.index].name if follower.index < len(follower.frames) else "end")
        return names

    return run


def test_a_pick_that_cuts_the_corner_comes_to_its_end(led):
    slant = [(at(0.5 + d, 0.02 + 5.5 * d), 0.0) for d in (0.03, 0.02, 0.01)]
    closing = [(at(0.503, 0.024, w), 1.0) for w in (OPEN, 0.05, HELD, HELD, HELD, HELD, HELD)]
    lifting = [(at(0.5, z, HELD), 1.0) for z in (0.06, 0.12, 0.19)]
    names = led(PICK, *slant, *closing, *lifting)
    assert names[2] == "descend" and names[3] == "close" and names[-2:] == ["lift", "end"]


def test_a_hand_that_lifts_what_it_has_before_the_fingers_rested_is_not_sent_back(led):
    quick = [(at(0.5, 0.022, w), 1.0) for w in (OPEN, 0.05, HELD)] + [
        (at(0.5, z, HELD), 1.0) for z in (0.03, 0.05, 0.12, 0.19)
    ]
    assert led(PICK, *quick)[-1] == "end"


def test_fingers_that_close_beside_the_target_or_on_nothing_begin_again(led):
    beside = [(at(0.525, 0.022, w), 1.0) for w in (OPEN, HELD, HELD, HELD)]
    assert set(led(PICK, *beside)) == {"approach"}
    nothing = [(at(0.5, 0.022, w), 1.0) for w in (OPEN, 0.02, *[SHUT] * 6)] + [(at(0.5, 0.06, SHUT), 1.0)]
    assert led(PICK, *nothing)[-1] in ("approach", "descend")


def test_what_was_let_go_is_never_taken_again(led):
    early = [
        (at(0.5, 0.19, HELD), 1.0),
        (at(0.5, 0.05, HELD), 1.0),
        (at(0.5, 0.05, 0.06), 0.2),
        *[(at(0.5, 0.05, 0.065), 0.2)] * 6,
    ]
    names = led(PLACE, *early, (at(0.5, 0.12, 0.065), 0.2), (at(0.5, 0.19, 0.065), 0.2))
    assert names[1] == "lower" and names[2] == "open" and names[-3] == "retreat" and names[-1] == "end"


def test_a_place_that_touches_down_early_has_arrived(led):
    assert led(PLACE, (at(0.5, 0.1, HELD), 1.0), (at(0.5, 0.028, HELD, force=(0, 0, 12.0)), 1.0)) == ["lower", "open"]


def test_a_push_goes_on_from_wherever_on_its_way_it_began(led):
    assert led(PUSH, (at(0.5, 0.1, SHUT), 1.0), (at(0.515, 0.017, SHUT), 1.0), (at(0.598, 0.016, SHUT), 1.0)) == [
        "descend", "push", "push",
    ]  # fmt: skip
    assert led(PUSH, (at(0.51, 0.016, SHUT), 1.0), (at(0.5995, 0.016, SHUT), 1.0), (at(0.587, 0.017, SHUT), 1.0)) == [
        "push", "withdraw", "retreat",
    ]  # fmt: skip


def test_a_push_from_aside_is_begun_anew(led):
    names = led(PUSH, (at(0.5, 0.1, SHUT), 1.0), (at(0.5, 0.02, SHUT, y=0.02), 1.0))
    assert names == ["descend", "approach"]
    follower = Follower(PUSH)
    follower.see(at(0.5, 0.02, SHUT, y=0.02), 1.0)
    assert follower.before_contact


def test_before_contact_ends_where_the_hand_begins_to_work():
    follower = Follower(PICK)
    follower.see(at(0.5, 0.1), 0.0)
    assert follower.before_contact
    follower.see(at(0.5, 0.021, 0.05), 1.0)
    assert not follower.before_contact
