"""The control loop around small policies of the test's own: sizes, stops, faults, interrupts."""

import threading

import numpy as np
import pytest
from cerebellum.looping import TASK, Straight, cerebellum

from hiervla.cerebellum.loop import Cerebellum
from hiervla.cerebellum.monitors import TimeOut
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import SafetyStop
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Handling, Keyframe, Task
from hiervla.robot.envelope import Envelope
from hiervla.robot.fake import FakeRobot


def test_running_out_of_time_is_a_failure_and_stops_the_arm():
    robot = FakeRobot()
    trace = cerebellum(Straight(), robot).execute(TASK)
    assert trace.failure.kind is FailureKind.TIMEOUT
    assert not trace.completed
    assert trace.seconds == pytest.approx(3.0)
    assert robot.stops == 1


def test_the_policys_own_end_is_completion_and_says_nothing_of_success():
    robot = FakeRobot()
    trace = cerebellum(Straight(ends=2), robot).execute(TASK)
    assert (trace.completed, trace.failure) == (True, None)
    assert trace.inferences == 3
    assert sum(trace.chunk_lengths) == len(robot.actions) == len(trace.times) - 1


def test_monitors_judge_the_end_too():
    # It ends at once with empty fingers after a pick: completed, and a failure all the same.
    task = Task(skill="pick", instruction="pick", grip="gain")
    robot = FakeRobot()
    robot.width_m = 0.0
    trace = cerebellum(Straight(ends=0), robot).execute(task)
    assert trace.completed
    assert trace.failure.kind is FailureKind.GRASP_MISSED


def test_stop_halts_the_arm_at_once_and_ends_the_run():
    robot, stop = FakeRobot(), threading.Event()

    class Pressed(Straight):
        def infer(self, observation, task, prefix=None):
            if self.inferred == 2:
                stop.set()
            return super().infer(observation, task, prefix)

    body = cerebellum(Pressed(), robot)
    body.stop = stop
    with pytest.raises(SafetyStop, match="stopped by a person"):
        body.execute(TASK)
    ran = len(robot.actions)
    assert robot.stops == 1
    assert 0 < ran <= 20
    with pytest.raises(SafetyStop):
        body.execute(TASK)
    assert len(robot.actions) == ran, "not one action while it is pressed"


def test_stop_is_heard_within_a_chunk():
    stop = threading.Event()

    class Bell(FakeRobot):
        def apply(self, action, force_n=40.0):
            if len(self.actions) == 2:
                stop.set()
            return super().apply(action, force_n)

    robot = Bell()
    body = cerebellum(Straight(), robot, mode="fixed", length=8)
    body.stop = stop
    with pytest.raises(SafetyStop):
        body.execute(TASK)
    assert len(robot.actions) == 3


class Stuck(FakeRobot):
    """Follows for three ticks and then does not."""

    def apply(self, action, force_n=40.0):
        super().apply(action if len(self.actions) < 3 else action * (0, 0, 0, 0, 0, 0, 1), force_n)
        return action


def test_a_robot_that_does_not_follow_ends_the_chunk_and_then_is_a_stall():
    trace = cerebellum(Straight(step=0.03), Stuck(), mode="fixed", length=8).execute(TASK)
    assert trace.chunk_lengths[0] == 4, "the fourth action was not followed"
    assert trace.interrupts >= 4
    assert set(trace.chunk_lengths[1:]) == {1}
    assert trace.failure.kind is FailureKind.STALLED


def test_without_interrupts_chunks_run_to_their_length():
    trace = cerebellum(Straight(step=0.03), Stuck(), [TimeOut()], mode="fixed", length=8, interrupt=False).execute(TASK)
    assert trace.interrupts == 0
    assert set(trace.chunk_lengths[:-1]) == {8}


def test_a_safety_stop_of_the_envelope_passes_through():
    fake = FakeRobot()
    fake.wrench = np.array([0, 0, 99.0, 0, 0, 0])
    with pytest.raises(SafetyStop, match="99 N"):
        cerebellum(Straight(), Envelope(fake)).execute(TASK)
    assert fake.stops >= 1


def test_each_skill_runs_on_the_policy_it_is_configured_for():
    a, b = Straight(ends=1), Straight(ends=1)
    b.name = "other"
    body = Cerebellum(
        robot=FakeRobot(), policies={"straight": a, "other": b}, order=("straight",), by_skill={"push": "other"}
    )
    assert body.execute(TASK).policy == "straight"
    assert body.execute(Task(skill="push", instruction="push")).policy == "other"
    assert ([t.skill for t in a.tasks], [t.skill for t in b.tasks]) == (["go"], ["push"])


def test_of_several_policies_the_first_that_covers_a_task_runs_it_and_the_last_where_none_does():
    a, b, c = Straight(ends=1), Straight(ends=1), Straight(ends=1)
    a.name, a.skills = "learned", ("pick", "place in")
    b.name, b.covers = "asks", lambda task: task.skill == "push"
    c.name, c.skills = "rest", ("home",)
    body = Cerebellum(robot=FakeRobot(), policies={"a": a, "b": b, "c": c}, order=("a", "b", "c"))

    def runs(skill, relation=""):
        return body.execute(Task(skill=skill, instruction="", relation=relation)).policy

    assert [runs("pick"), runs("place", "in"), runs("push"), runs("home")] == ["learned", "learned", "asks", "rest"]
    assert runs("place", "on") == runs("turn") == "rest", "what none covers goes to the last, which says so"


def test_the_grip_force_of_the_handling_reaches_the_robot():
    class Felt(FakeRobot):
        forces = set()

        def apply(self, action, force_n=40.0):
            self.forces.add(force_n)
            return super().apply(action, force_n)

    robot = Felt()
    cerebellum(Straight(ends=1), robot).execute(
        Task(skill="go", instruction="go", handling=Handling(grip_force_n=15.0))
    )
    assert robot.forces == {15.0}


def test_contact_is_taken_in_small_bites_and_progress_is_told():
    frames = (Keyframe("carry", np.array([0.6, 0.3, 0.42])), Keyframe("descend", np.array([0.6, 0.3, 0.1]), speed=0.3))
    told = []
    trace = cerebellum(ServoPolicy()).execute(
        Task(skill="go", instruction="go", keyframes=frames), lambda kind, **data: told.append((kind, data))
    )
    assert trace.completed
    bites = {p: max(d["chunk"] for _, d in told if d["phase"] == p) for p in ("carry", "descend")}
    assert bites["descend"] <= 2 < bites["carry"]
    assert {k for k, _ in told} == {"progress"}
    assert [d["progress"] for _, d in told] == sorted(d["progress"] for _, d in told)
    assert trace.reached == ["carry", "descend"]


def test_a_changing_image_makes_chunks_shorter():
    from hiervla.core.observation import CameraImage

    picture = CameraImage(np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), np.float32), np.eye(3), np.eye(4))

    def mean_length(change):
        policy = Straight(ends=6)
        policy.cameras = ("front",)
        body = cerebellum(policy, FakeRobot(images={"front": picture}), [])
        body.image_change = lambda a, b: change
        return np.mean(body.execute(TASK).chunk_lengths)

    assert mean_length(0.8) < mean_length(0.0)


def test_a_policy_is_shown_the_size_of_picture_it_asks_for():
    class Asked(FakeRobot):
        def observe(self, detail="none", cameras=None):
            asked.append(detail)
            return super().observe(detail, cameras)

    for detail in ("tick", "look"):
        asked, policy = [], Straight(ends=2)
        policy.cameras, policy.detail = ("front",), detail
        cerebellum(policy, Asked()).execute(TASK)
        assert len(asked) > 2 and set(asked) == {detail}
