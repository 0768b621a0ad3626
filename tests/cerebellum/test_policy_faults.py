"""Policies that give what no arm should be given, or break: a typed fault, and nothing moves."""

import re

import numpy as np
import pytest
from cerebellum.looping import TASK, Straight, cerebellum

from hiervla.core.errors import PolicyFault
from hiervla.core.outcome import FailureKind
from hiervla.core.task import ActionChunk
from hiervla.robot.fake import FakeRobot


@pytest.mark.parametrize(
    "actions",
    [
        np.full((4, 7), np.nan),
        np.full((4, 7), np.inf),
        np.zeros((0, 7)),
        np.zeros((4, 6)),
        np.zeros(7),
        np.full((4, 7), 50.0),
    ],
    ids=["nan", "inf", "empty", "six columns", "one action", "metres"],
)
def test_a_chunk_no_arm_should_be_given_is_the_policys_fault(actions):
    class Mad(Straight):
        def actions(self):
            return actions

    robot = FakeRobot()
    trace = cerebellum(Mad(), robot).execute(TASK)
    assert trace.failure.kind is FailureKind.POLICY_FAULT
    assert trace.failure.evidence
    assert not trace.completed
    assert robot.actions == []
    assert robot.stops == 1


def test_a_nan_late_in_a_chunk_is_not_run_up_to():
    class Mad(Straight):
        def actions(self):
            a = super().actions()
            a[5, 2] = np.nan
            return a

    robot = FakeRobot()
    assert cerebellum(Mad(), robot).execute(TASK).failure.kind is FailureKind.POLICY_FAULT
    assert robot.actions == []


def test_a_policy_without_an_answer_is_its_fault_in_its_own_words():
    class Dumb(Straight):
        def infer(self, observation, task, prefix=None):
            if self.inferred == 2:
                raise PolicyFault("the line is dead")
            return super().infer(observation, task, prefix)

    robot = FakeRobot()
    trace = cerebellum(Dumb(), robot, mode="fixed", length=3).execute(TASK)
    assert (trace.failure.kind, trace.failure.why) == (FailureKind.POLICY_FAULT, "the line is dead")
    assert trace.failure.evidence and len(robot.actions) == 6 and robot.stops == 1


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        (lambda: 1 / 0, "the policy straight broke: ZeroDivisionError"),
        (lambda: None, "no ActionChunk but NoneType"),
        (lambda: ActionChunk(np.zeros((8, 6)), 0.1), r"shape \(8, 6\): actions are \(n, 7\)"),
        (lambda: ActionChunk(np.full((1, 7), np.nan), 0.1), "not finite"),
        (lambda: ActionChunk(np.full((1, 7), 9.0), 0.1), "move the hand by 9"),
    ],
)
def test_a_bug_in_a_policy_is_a_fault_of_its_own_kind_and_moves_nothing(gives, says):
    policy, robot = Straight(), FakeRobot()
    policy.infer = lambda observation, task, prefix=None: gives()
    before = robot.observe("none").hand.position
    trace = cerebellum(policy, robot).execute(TASK)
    assert trace.failure.kind is FailureKind.POLICY_FAULT and re.search(says, trace.failure.why)
    assert np.allclose(robot.observe("none").hand.position, before)


def test_a_policy_that_breaks_as_it_begins_is_a_fault_too():
    policy, robot = Straight(), FakeRobot()
    policy.reset = lambda task: 1 / 0
    trace = cerebellum(policy, robot).execute(TASK)
    assert (
        trace.failure.kind is FailureKind.POLICY_FAULT
        and "the policy straight broke: ZeroDivisionError" in trace.failure.why
    )
    assert not robot.actions
