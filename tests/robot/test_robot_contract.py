"""One contract, every arm: what any Robot must do, real or pretended."""

import numpy as np
import pytest

from hiervla.assemble import simulated
from hiervla.core.geometry import rotvec_from_quaternion
from hiervla.core.observation import CameraImage
from hiervla.core.ports import Robot
from hiervla.robot.envelope import Envelope
from hiervla.robot.fake import FakeRobot

BODIES = ({"name": "cube", "shape": "cube", "at": (0.6, 0.25)}, {"name": "bowl", "shape": "bowl", "at": (0.6, -0.25)})


def _picture():
    return CameraImage(np.zeros((6, 8, 3), np.uint8), np.ones((6, 8), np.float32), np.eye(3), np.eye(4))


def _make(kind, scene_of):
    if kind == "fake":
        return FakeRobot(images={"front": _picture(), "wrist": _picture()})
    model, _, around = kind.partition(" ")
    _, arm = simulated(scene_of(*BODIES, robot=model), 5)
    return Envelope(arm) if around else arm


KINDS = ["fake", "panda", "iiwa", "panda enveloped", "iiwa enveloped"]


@pytest.fixture(params=KINDS)
def robot(request, scene_of):
    arm = _make(request.param, scene_of)
    yield arm
    arm.close()


def test_it_is_a_robot_and_says_what_it_is(robot):
    assert isinstance(robot, Robot)
    about = robot.describe()
    seen = robot.observe()
    assert seen.joints.shape == seen.joint_torques.shape == (about.joints,)
    assert seen.wrench.shape == (6,)
    np.testing.assert_allclose(seen.hand.position, about.home[:3], atol=0.005, err_msg="it starts at home")
    assert seen.hand.yaw == pytest.approx(about.home[3], abs=0.02)
    assert seen.gripper_width_m == pytest.approx(about.gripper.opening_m, abs=0.002)


def test_what_it_says_of_itself_fits_together(robot):
    about = robot.describe()
    x, y, z, _ = about.home
    limits, hand = about.limits, about.gripper
    assert (np.array((x, y, z)) >= limits.low).all() and (np.array((x, y, z)) <= limits.high).all()
    assert limits.min_reach_m < np.hypot(x - limits.base[0], y - limits.base[1]) < limits.reach_m
    assert z <= limits.highest(x, y)
    assert hand.tip_m < hand.finger_length_m and 0.04 < hand.widest_m < hand.opening_m
    assert min(hand.palm_m) > hand.finger_m[0], "the palm carries the fingers"


def test_the_clock_advances_one_tick_an_action_and_not_by_looking(robot):
    step = robot.describe().step_s
    start = robot.observe().time_s
    for k in range(1, 6):
        robot.apply(np.zeros(7))
        robot.observe("tick")
        assert robot.observe().time_s - start == pytest.approx(k * step, abs=1e-9)


def test_images_come_only_when_asked_for_and_only_those_that_are(robot):
    cameras = robot.describe().cameras
    assert set(cameras) == {"front", "wrist"}
    assert robot.observe().images == {}
    assert robot.observe("none", ("front",)).images == {}
    assert set(robot.observe("tick").images) == set(cameras)
    assert set(robot.observe("tick", ("wrist",)).images) == {"wrist"}
    assert robot.observe("tick", ()).images == {}
    large = robot.observe("look").images["front"]
    assert large.rgb.shape == (*large.depth.shape, 3)
    assert (large.rgb.dtype, large.depth.dtype) == (np.uint8, np.float32)


@pytest.mark.parametrize("way", [(0.02, 0, 0), (0, 0.02, 0), (0, 0, -0.02), (0.012, -0.012, -0.012)])
def test_the_hand_goes_where_its_deltas_say(way, robot):
    start = robot.observe().hand
    for _ in range(8):
        robot.apply(np.array([*way, 0, 0, 0, 0.0]))
    for _ in range(4):
        robot.apply(np.zeros(7))
    end = robot.observe().hand
    np.testing.assert_allclose(end.position, start.position + 8 * np.array(way), atol=0.005)
    assert abs(end.yaw - start.yaw) < 0.02


def test_the_hand_turns_as_its_deltas_say(robot):
    start = robot.observe().hand
    for _ in range(6):
        robot.apply(np.array([0, 0, 0, 0, 0, 0.1, 0.0]))
    for _ in range(4):
        robot.apply(np.zeros(7))
    end = robot.observe().hand
    np.testing.assert_allclose(end.position, start.position, atol=0.005)
    turned = rotvec_from_quaternion((end @ start.inverse()).quaternion)
    np.testing.assert_allclose(turned, (0, 0, 0.6), atol=0.03)


def test_the_gripper_closes_and_opens(robot):
    widths, opening = [], robot.describe().gripper.opening_m
    for command in (1.0, 0.0, 0.5):
        for _ in range(8):
            robot.apply(np.array([0, 0, 0, 0, 0, 0, command]))
        widths.append(robot.observe().gripper_width_m)
    np.testing.assert_allclose(widths, (0.0, opening, opening / 2), atol=0.004)


def test_stop_holds_and_may_be_said_twice(robot):
    for _ in range(5):
        robot.apply(np.array([0.03, 0, 0, 0, 0, 0, 0.0]))
    robot.stop()
    once = robot.observe()
    robot.stop()
    twice = robot.observe()
    for _ in range(5):
        robot.apply(np.zeros(7))
    later = robot.observe()
    np.testing.assert_allclose(twice.hand.position, once.hand.position, atol=0.005)
    np.testing.assert_allclose(later.hand.position, once.hand.position, atol=0.006)


def test_it_says_what_it_did(robot):
    action = np.array([0.01, -0.005, 0.002, 0, 0, 0.05, 0.3])
    executed = robot.apply(action)
    assert executed.shape == (7,)
    np.testing.assert_allclose(executed, action, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_actions_in_the_same_world_are_sensed_the_same(kind, scene_of):
    def run():
        robot = _make(kind, scene_of)
        rng = np.random.default_rng(11)
        seen = []
        try:
            for k in range(25):
                robot.apply(np.array([*rng.uniform(-0.02, 0.02, 3), 0, 0, rng.uniform(-0.1, 0.1), float(k > 12)]))
                seen.append(robot.observe("tick" if k % 8 == 0 else "none"))
            seen.append(robot.observe("look"))
        finally:
            robot.close()
        return seen

    for a, b in zip(run(), run(), strict=True):
        assert a.time_s == b.time_s
        assert a.gripper_width_m == b.gripper_width_m
        for field in ("joints", "joint_torques", "wrench", "links"):
            np.testing.assert_array_equal(getattr(a, field), getattr(b, field), err_msg=field)
        np.testing.assert_array_equal(a.hand.matrix(), b.hand.matrix())
        for camera in a.images:
            np.testing.assert_array_equal(a.images[camera].rgb, b.images[camera].rgb)
            np.testing.assert_array_equal(a.images[camera].depth, b.images[camera].depth)
