"""Hard limits: whatever is sent, the arm that is measured stays within them."""

import numpy as np
import pytest

from hiervla.core.errors import SafetyStop
from hiervla.core.task import Limits
from hiervla.robot.envelope import Envelope
from hiervla.robot.fake import FakeRobot

SLACK_M = 0.006
"""How far an arm may be from where it was told to be; the limits hold for what it is told, and this much more for what it does."""


def wild_actions(rng, n):
    """Bursts in one direction, as a policy gone mad would send, and plain noise between them."""
    while n > 0:
        burst = int(rng.integers(1, 25))
        way = rng.normal(size=7) * rng.choice([0.02, 0.2, 3.0])
        for _ in range(min(burst, n)):
            yield way + rng.normal(scale=0.05, size=7)
        n -= burst


@pytest.mark.parametrize(
    "limits",
    [
        Limits(),
        Limits(
            low=(0.35, -0.2, 0.05), high=(0.6, 0.2, 0.5), table_height_m=0.1, reach_m=0.6, step_m=0.03, speed_m_s=0.2
        ),
    ],
    ids=["default", "narrow"],
)
def test_five_hundred_wild_actions_never_leave_the_limits_of_a_perfect_arm(limits):
    fake = FakeRobot(limits)
    robot = Envelope(fake)
    hands = [fake.hand.position]
    for action in wild_actions(np.random.default_rng(0), 500):
        robot.apply(action)
        hands.append(fake.hand.position)
    _assert_within(np.array(hands), limits, 1e-3)
    assert robot.shortened > 250, "most of them were wild"
    assert all(np.linalg.norm(a[3:6]) <= limits.step_rad + 1e-9 for a in fake.actions)
    assert all(0 <= a[6] <= 1 for a in fake.actions)


@pytest.mark.parametrize("model", ["panda", "iiwa"])
@pytest.mark.parametrize("floor", [0.08, 0.0], ids=["in the air", "down to the table"])
def test_five_hundred_wild_actions_never_take_the_arm_itself_out_of_its_limits(floor, model, scene_of, build):
    cube = {"name": "cube", "shape": "cube", "at": (0.5, 0.1)}
    _, arm = build(scene_of(cube, robot=model, limits={"low": (0.22, -0.55, floor)}), 3)
    robot = Envelope(arm)
    limits = robot.limits
    hands, halts = [arm.observe().hand.position], 0
    for action in wild_actions(np.random.default_rng(1), 500):
        action[3:6] = (0, 0, action[5])  # the hand keeps pointing down
        try:
            robot.apply(action)
        except SafetyStop:
            halts += 1
        hands.append(arm.observe().hand.position)
    _assert_within(np.array(hands), limits, 0.012)
    assert halts < 50, "where the limits hold there is little to press against"


def _assert_within(hands, limits, slack):
    low, high = np.maximum(limits.low, (-np.inf, -np.inf, limits.table_height_m)), np.asarray(limits.high)
    reach = np.linalg.norm(hands[:, :2] - limits.base[:2], axis=1)
    steps = np.linalg.norm(np.diff(hands, axis=0), axis=1)
    half_second = np.convolve(steps, np.ones(5), mode="valid")
    assert (hands >= low - slack).all(), f"{(low - hands).max():.4f} m out at the low corner"
    assert (hands <= high + slack).all(), f"{(hands - high).max():.4f} m out at the high corner"
    assert limits.min_reach_m - slack <= reach.min()
    assert reach.max() <= limits.reach_m + slack
    assert steps.max() <= limits.step_m + slack
    assert half_second.max() <= 0.5 * limits.speed_m_s + 2 * slack


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("column", [0, 4, 6])
def test_what_is_no_number_halts_the_arm(bad, column):
    fake = FakeRobot()
    action = np.zeros(7)
    action[column] = bad
    with pytest.raises(SafetyStop, match="not seven finite numbers"):
        Envelope(fake).apply(action)
    assert fake.stops == 1
    assert not fake.actions, "it was not run first"


@pytest.mark.parametrize("shape", [(6,), (8,), (1, 7), ()])
def test_an_action_of_another_shape_halts_the_arm(shape):
    fake = FakeRobot()
    with pytest.raises(SafetyStop):
        Envelope(fake).apply(np.zeros(shape))
    assert (fake.stops, fake.actions) == (1, [])


def test_too_much_force_halts_before_anything_more_is_run():
    fake = FakeRobot(Limits(force_n=60.0))
    fake.wrench = np.array([0, 30.0, 55.0, 0, 0, 0])
    with pytest.raises(SafetyStop, match="63 N at the wrist, the limit is 60 N"):
        Envelope(fake).apply(np.zeros(7))
    assert (fake.stops, fake.actions) == (1, [])
    fake.wrench = np.array([0, 0, 55.0, 0, 0, 0])
    Envelope(fake).apply(np.zeros(7))


def test_a_modest_action_passes_as_it_is():
    fake = FakeRobot()
    robot = Envelope(fake)
    action = np.array([0.02, -0.01, 0.01, 0, 0, 0.2, 0.4])
    np.testing.assert_allclose(robot.apply(action), action, atol=1e-12)
    assert robot.shortened == 0


def test_an_arm_that_is_outside_already_may_only_come_back():
    fake = FakeRobot()
    robot = Envelope(fake, Limits(low=(0.45, -0.3, 0.1), min_reach_m=0.45))
    x = fake.hand.position[0]
    robot.apply(np.array([-0.03, 0, 0, 0, 0, 0, 0]))
    assert fake.hand.position[0] == pytest.approx(x)
    for _ in range(10):
        robot.apply(np.array([0.03, 0, 0, 0, 0, 0, 0]))
    assert fake.hand.position[0] > 0.5


def test_the_envelopes_own_limits_win_over_the_arms():
    fake = FakeRobot()
    robot = Envelope(fake, Limits(step_m=0.01))
    robot.apply(np.array([0.04, 0, 0, 0, 0, 0, 0]))
    assert fake.actions[0][0] == pytest.approx(0.01)


def test_grip_force_is_kept_within_what_a_gripper_has():
    class Felt(FakeRobot):
        forces = ()

        def apply(self, action, force_n=40.0):
            self.forces = (*self.forces, force_n)
            return super().apply(action, force_n)

    fake = Felt()
    for force in (-5.0, 15.0, 500.0):
        Envelope(fake).apply(np.zeros(7), force)
    assert fake.forces == (1.0, 15.0, 70.0)
