"""The servo policy: through its keyframes, within its limits, never past what it has not seen itself reach."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.geometry import Pose, downward, quaternion_from_rotvec, quaternion_multiply
from hiervla.core.ports import Policy
from hiervla.core.task import Keyframe, Limits, Task
from hiervla.robot.fake import FakeRobot


def task_of(*frames, **more):
    return Task(skill="go", instruction="go", keyframes=frames, **more)


def frame(name, x, y, z, yaw=0.0, **more):
    return Keyframe(name, np.array([x, y, z]), yaw, **more)


def run(task, robot=None, most=120, take=None):
    robot, policy = robot or FakeRobot(), ServoPolicy()
    policy.reset(task)
    chunks = []
    for _ in range(most):
        chunk = policy.infer(robot.observe(), task)
        chunks.append(chunk)
        if chunk.terminate > 0.5:
            return robot, policy, chunks
        for action in chunk.actions[:take]:
            robot.apply(action)
    raise AssertionError("it never came to its end")


def test_it_is_a_policy():
    assert isinstance(ServoPolicy(), Policy)


@pytest.mark.parametrize("take", [None, 1, 3])
def test_every_keyframe_is_reached_in_order_however_much_of_a_chunk_is_run(take):
    frames = (
        frame("rise", 0.36, 0.0, 0.5),
        frame("approach", 0.6, 0.25, 0.2, yaw=1.2),
        frame("descend", 0.6, 0.25, 0.03, yaw=1.2, tolerance_m=0.004),
    )
    robot, policy, chunks = run(task_of(*frames), take=take)
    assert policy.reached(task_of(*frames)) == ["rise", "approach", "descend"]
    hands = [np.array([0.36, 0.0, 0.42])]
    for a in robot.actions:
        hands.append(hands[-1] + a[:3])
    at = [min(range(len(hands)), key=lambda i, f=f: np.linalg.norm(hands[i] - f.position)) for f in frames]
    assert at == sorted(at)
    for f, i in zip(frames, at, strict=True):
        assert np.linalg.norm(hands[i] - f.position) <= f.tolerance_m
    assert robot.hand.yaw == pytest.approx(1.2, abs=0.05)
    assert [c.phase for c in chunks][-1] == "end"


def test_no_action_ever_goes_above_the_limits_or_the_frames_speed():
    rng = np.random.default_rng(0)
    for _ in range(25):
        limits = Limits(step_m=float(rng.uniform(0.005, 0.05)), step_rad=float(rng.uniform(0.05, 0.5)))
        frames = tuple(
            frame(
                f"f{i}",
                *rng.uniform((0.3, -0.4, 0.0), (0.7, 0.4, 0.6)),
                yaw=rng.uniform(-3, 3),
                speed=float(rng.uniform(0.1, 1)),
            )
            for i in range(3)
        )
        _, _, chunks = run(task_of(*frames, limits=limits), most=900)
        by_name = {f.name: f for f in frames}
        for chunk in chunks[:-1]:
            f = by_name[chunk.phase]
            assert np.linalg.norm(chunk.actions[:, :3], axis=1).max() <= limits.step_m * f.speed + 1e-12
            assert np.linalg.norm(chunk.actions[:, 3:6], axis=1).max() <= limits.step_rad + 1e-12


def test_a_chunk_is_never_longer_than_its_horizon_and_never_passes_its_frame():
    frames = (frame("approach", 0.6, 0.2, 0.3), frame("descend", 0.6, 0.2, 0.03))
    policy, robot, task = ServoPolicy(), FakeRobot(), task_of(*frames)
    policy.reset(task)
    chunk = policy.infer(robot.observe(), task)
    assert len(chunk) <= policy.horizon
    ends = robot.hand.position + np.cumsum(chunk.actions[:, :3], axis=0)
    away = np.linalg.norm(ends - frames[0].position, axis=1)
    assert (np.diff(away) < 0).all(), "always nearer, never beyond"
    assert away[-1] <= frames[0].tolerance_m
    assert ends[:, 2].min() > 0.29, "nothing of the next frame's descent is in it"


def test_arriving_is_read_from_the_hand_and_not_from_what_was_commanded():
    class Stuck(FakeRobot):
        def apply(self, action, force_n=40.0):
            self.time_s += 0.1
            return action

    robot, policy, task = Stuck(), ServoPolicy(), task_of(frame("approach", 0.6, 0.2, 0.3))
    policy.reset(task)
    for _ in range(30):
        chunk = policy.infer(robot.observe(), task)
        robot.apply(chunk.actions[0])
    assert chunk.terminate == 0.0
    assert policy.reached(task) == []


def test_fingers_are_waited_for_until_they_rest():
    class Slow(FakeRobot):
        def apply(self, action, force_n=40.0):
            done = super().apply(action, force_n)
            self.width_m = max(0.04, 0.08 - 0.004 * len(self.actions))
            return done

    robot, policy, _ = run(task_of(frame("close", 0.36, 0.0, 0.42, gripper=1.0, settle=True)), Slow())
    assert robot.width_m == pytest.approx(0.04)
    assert 10 <= len(robot.actions) <= 16


def test_a_guarded_frame_ends_on_touch_but_only_near_it_and_a_plain_one_does_not():
    def ends(guarded, z, force):
        robot = FakeRobot()
        robot.hand = Pose(np.array([0.5, 0.0, z]), downward(0.0))
        robot.wrench = np.array([0, 0, force, 0, 0, 0.0])
        policy, task = ServoPolicy(), task_of(frame("lower", 0.5, 0.0, 0.05, guarded=guarded))
        policy.reset(task)
        return policy.infer(robot.observe(), task).terminate == 1.0

    assert ends(True, 0.058, 15.0)
    assert not ends(True, 0.058, 1.0), "no touch"
    assert not ends(True, 0.12, 15.0), "touched something far above"
    assert not ends(False, 0.058, 15.0)


def test_a_tilted_hand_is_set_upright_and_turns_the_way_that_spares_the_wrist():
    robot = FakeRobot()
    tilt = quaternion_multiply(quaternion_from_rotvec([0.3, -0.2, 0.0]), downward(2.8))
    robot.hand = Pose(robot.hand.position, tilt)
    task = task_of(frame("home", 0.36, 0.0, 0.42, yaw=-2.8))
    robot, *_ = run(task, robot)
    np.testing.assert_allclose(robot.hand.rotation()[:, 2], (0, 0, -1), atol=0.05)
    turned = sum(a[5] for a in robot.actions)
    assert turned == pytest.approx(-5.6, abs=0.5), "all the way back, not through ±π"
    assert robot.hand.yaw == pytest.approx(-2.8, abs=0.05)


def test_reset_forgets_and_no_keyframes_are_an_end_at_once():
    policy, robot, task = ServoPolicy(), FakeRobot(), task_of(frame("here", 0.36, 0.0, 0.42))
    policy.reset(task)
    assert policy.infer(robot.observe(), task).terminate == 1.0
    far = task_of(frame("there", 0.6, 0.0, 0.2))
    policy.reset(far)
    chunk = policy.infer(robot.observe(), far)
    assert (chunk.terminate, chunk.phase, chunk.progress) == (0.0, "there", 0.0)
    policy.reset(task_of())
    assert policy.infer(robot.observe(), task_of()).terminate == 1.0


def test_the_gripper_of_the_frame_is_in_every_action():
    policy, task = ServoPolicy(), task_of(frame("carry", 0.6, 0.2, 0.4, gripper=0.7))
    policy.reset(task)
    assert set(policy.infer(FakeRobot().observe(), task).actions[:, 6]) == {0.7}


def test_it_goes_straight():
    start, goal = np.array([0.36, 0.0, 0.42]), np.array([0.62, -0.3, 0.15])
    robot, *_ = run(task_of(frame("approach", *goal)))
    way = (goal - start) / math.dist(goal, start)
    hand = start
    for a in robot.actions:
        hand = hand + a[:3]
        off = hand - start - way * ((hand - start) @ way)
        assert np.linalg.norm(off) < 1e-9


def test_it_turns_more_gently_with_something_in_the_hand():
    def fastest(grip):
        policy, task = ServoPolicy(), task_of(frame("carry", 0.36, 0.0, 0.42, yaw=2.0), grip=grip)
        policy.reset(task)
        return np.abs(policy.infer(FakeRobot().observe(), task).actions[:, 5]).max()

    assert fastest("release") < 0.6 * fastest("gain")


def test_what_it_saw_is_not_changed():
    seen, policy, task = FakeRobot().observe(), ServoPolicy(), task_of(frame("a", 0.6, 0, 0.2))
    before = replace(seen, hand=Pose(seen.hand.position.copy(), seen.hand.quaternion.copy()))
    policy.reset(task)
    policy.infer(seen, task)
    np.testing.assert_array_equal(seen.hand.position, before.hand.position)
