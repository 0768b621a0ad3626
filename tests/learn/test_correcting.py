"""DAgger: the teacher's word at states that a policy came to by itself, with its own errors and wrong hints."""

from dataclasses import replace

import numpy as np
import pytest

from hiervla.assemble import simulated
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.geometry import Pose, downward
from hiervla.core.task import ActionChunk, Keyframe, Task
from hiervla.learn import correcting
from hiervla.learn.correcting import correct
from hiervla.learn.demonstrate import Teacher
from hiervla.learn.follower import Follower
from hiervla.learn.lessons import draw_lesson
from hiervla.learn.pupil import Pupil
from hiervla.robot.envelope import Envelope
from hiervla.robot.fake import FakeRobot


class Clumsy(ServoPolicy):
    """Does what servo does, with a trembling hand, or ends at once."""

    name = "clumsy"

    def __init__(self, tremble_m=0.0, ends=False):
        super().__init__()
        self.tremble_m, self.ends, self.rng = tremble_m, ends, np.random.default_rng(0)

    def infer(self, observation, task, prefix=None):
        chunk = super().infer(observation, task, prefix)
        actions = chunk.actions.copy()
        actions[:, :3] += self.rng.normal(0, self.tremble_m, (len(actions), 3))
        return replace(chunk, actions=actions, terminate=1.0 if self.ends else chunk.terminate)


@pytest.fixture
def corrected(space):
    def run(seed, deed, policy, rng=1):
        lesson = draw_lesson(seed, deed)
        sim, arm = simulated(lesson.scene, seed)
        robot = Envelope(arm, lesson.scene.limits.over(arm.describe().limits))
        try:
            teacher = Teacher(sim, robot, space.skills, np.random.default_rng(seed))
            return correct(lesson, teacher, Pupil(policy, np.random.default_rng(rng)))
        finally:
            robot.close()

    return run


def test_a_policy_that_does_as_the_teacher_would_is_hardly_corrected(corrected):
    pick, place = corrected(0, "on", Clumsy(), rng=3)
    assert pick.success and place.success
    assert pick.moments[-1].label.remaining <= 1
    off = [np.linalg.norm(m.done[:3] - m.label.actions[0, :3]) for m in pick.moments]
    assert np.median(off) < 0.004


def test_every_state_of_a_trembling_hand_is_led_back_to_the_way(corrected):
    (pick,) = corrected(6, "pick", Clumsy(0.006), rng=3)
    assert len(pick.moments) > 10
    target = np.array(pick.task.keyframes[1].position)
    for m in (m for m in pick.moments if m.label.phase == "descend"):
        ahead = m.seen.hand.position + m.label.actions[:, :3].sum(0)
        assert np.linalg.norm(ahead[:2] - target[:2]) < 0.01, "sixteen ticks on it is over the target"


def test_who_ends_too_early_is_told_that_there_was_more_to_do(corrected):
    (pick,) = corrected(6, "pick", Clumsy(ends=True))
    assert not pick.success and len(pick.moments) == 1 and pick.moments[0].label.remaining > 10


def test_a_policy_is_told_a_wrong_target_half_of_the_time_and_the_truth_is_kept(corrected):
    task = Task(skill="pick", instruction="x", target=None, keyframes=(Keyframe("approach", np.array([0.5, 0, 0.1])),))
    told = []

    class Listens(ServoPolicy):
        def reset(self, task):
            told.append(task.keyframes[0].position[:2])

    pupil = Pupil(Listens(), np.random.default_rng(0))
    for _ in range(200):
        pupil.begin(task)
    off = np.linalg.norm(np.array(told) - (0.5, 0), axis=1)
    assert 0.35 < (off > 1e-6).mean() < 0.65 and off.max() <= 0.03


FRAMES = (
    Keyframe("approach", np.array([0.5, 0.0, 0.2]), tolerance_m=0.008),
    Keyframe("descend", np.array([0.5, 0.0, 0.02]), tolerance_m=0.004),
    Keyframe("close", np.array([0.5, 0.0, 0.02]), gripper=1.0, settle=True, tolerance_m=0.02),
    Keyframe("lift", np.array([0.5, 0.0, 0.2]), gripper=1.0, tolerance_m=0.015),
)


def at(x, z, width=0.08):
    return replace(FakeRobot().observe(), hand=Pose(np.array([x, 0.0, z]), downward(0.0)), gripper_width_m=width)


def test_a_hand_on_the_way_down_needs_not_go_up_again_and_one_beside_it_does():
    follower = Follower(Task(skill="pick", instruction="", keyframes=FRAMES))
    follower.see(at(0.5, 0.12))
    assert follower.frames[follower.index].name == "descend"
    follower = Follower(Task(skill="pick", instruction="", keyframes=FRAMES))
    follower.see(at(0.53, 0.12))
    assert follower.frames[follower.index].name == "approach"


def test_fingers_that_did_not_close_are_sent_back_and_those_that_did_go_on():
    follower = Follower(Task(skill="pick", instruction="", keyframes=FRAMES))
    for _ in range(3):
        follower.see(at(0.5, 0.022))
    assert follower.frames[follower.index].name == "close"
    for _ in range(8):
        follower.see(at(0.5, 0.022))
    assert follower.frames[follower.index].name == "close", "they are still open"
    follower.see(at(0.5, 0.06))
    assert follower.frames[follower.index].name == "descend"
    follower.see(at(0.5, 0.021, 0.04))
    for _ in range(8):
        follower.see(at(0.5, 0.021, 0.04))
    assert follower.frames[follower.index].name == "lift"
    follower.see(at(0.5, 0.2, 0.04))
    assert follower.index == len(FRAMES)


def test_a_policys_own_fault_is_kept_as_one(corrected):
    from hiervla.core.errors import PolicyFault
    from hiervla.core.outcome import FailureKind

    class Broken(ServoPolicy):
        def infer(self, observation, task, prefix=None) -> ActionChunk:
            if self.index or len(self.calls) > 3:
                raise PolicyFault("no numbers")
            self.calls.append(1)
            return super().infer(observation, task, prefix)

    broken = Broken()
    broken.calls = []
    (pick,) = corrected(6, "pick", broken)
    assert pick.failure.kind is FailureKind.POLICY_FAULT and pick.moments


def test_a_target_that_was_knocked_away_is_to_be_taken_where_it_came_to_lie(corrected, monkeypatch):
    """Three centimetres wrong, servo's fingers come down on the edge of things and shove them."""
    told = []
    label = correcting.label
    monkeypatch.setattr(correcting, "label", lambda seen, task, *a: told.append(task) or label(seen, task, *a))
    (push,) = corrected(3, "push", Clumsy(), rng=3)
    tasks = list(dict.fromkeys(id(t) for t in told))
    assert len(tasks) > 1, "the teacher thought again"
    assert np.linalg.norm(np.subtract(told[-1].target.centre, push.task.target.centre)) > 0.004
    assert told[-1].destination.position == pytest.approx(push.task.destination.position, abs=2e-3), "to the same spot"
