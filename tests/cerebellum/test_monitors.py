"""Each monitor speaks in its case, with evidence, and is silent beside it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hiervla.cerebellum.monitors import (
    BadSensors,
    GraspMissed,
    OverForce,
    Slip,
    Stall,
    TargetMoved,
    TimeOut,
    default_monitors,
)
from hiervla.core.geometry import Pose
from hiervla.core.observation import CameraImage
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Task
from hiervla.robot.fake import FakeRobot

PICTURE = CameraImage(np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), np.float32), np.eye(3), np.eye(4))
SEEN = FakeRobot().observe()
MOVE = np.array([0.02, 0, 0, 0, 0, 0, 0])


def seen(t=0.0, width=0.04, force=0.0, hand=(0.5, 0.0, 0.3), images=None):
    return replace(SEEN, time_s=t, gripper_width_m=width, wrench=np.array([0, 0, force, 0, 0, 0.0]),
                   hand=Pose(np.array(hand), SEEN.hand.quaternion), images=images or {})  # fmt: skip


def task_of(grip="gain", **more):
    return Task(skill="pick", instruction="pick", grip=grip, **more)


def first(monitor, task, readings, phase, start=None, action=MOVE):
    """The first failure a monitor names over readings, and after how many of them."""
    monitor.start(start or readings[0], task)
    for n, (reading, p) in enumerate(
        zip(readings, phase if isinstance(phase, list) else [phase] * len(readings), strict=True)
    ):
        if (failure := monitor.watch(reading, task, action, p)) is not None:
            assert failure.kind == monitor.name
            assert failure.evidence
            assert failure.evidence[0].time_s == reading.time_s
            return failure, n
    return None


class TestGraspMissed:
    task = task_of(expected_width_m=0.04, width_range_m=(0.024, 0.056))

    def test_empty_fingers_while_lifting(self):
        failure, n = first(GraspMissed(), self.task, [seen(width=0.001)], "lift")
        assert (failure.kind, n) == (FailureKind.GRASP_MISSED, 0)
        assert "closed on nothing" in failure.why

    @pytest.mark.parametrize("width", [0.010, 0.070])
    def test_something_of_another_width_once_they_have_come_to_rest(self, width):
        failure, n = first(GraspMissed(), self.task, [seen(t, width) for t in range(9)], "lift")
        assert n == GraspMissed.ticks - 1
        assert "another width" in failure.why

    def test_silent_with_the_target_between_them_and_before_the_lift(self):
        assert first(GraspMissed(), self.task, [seen(width=0.041)] * 9, "lift") is None
        assert first(GraspMissed(), self.task, [seen(width=0.0)] * 9, "close") is None
        assert first(GraspMissed(), task_of("release"), [seen(width=0.0)] * 9, "lift") is None


class TestSlip:
    def test_pads_that_give_under_load_have_not_lost_anything(self):
        assert first(Slip(), task_of("release"), [seen(), seen(1), seen(2, 0.033), seen(3, 0.041)], "carry") is None

    def test_what_is_carried_gets_narrower_or_is_gone(self):
        for width in (0.025, 0.0):
            failure, n = first(Slip(), task_of("release"), [seen(), seen(1), seen(2, width)], "carry")
            assert (failure.kind, n) == (FailureKind.SLIPPED, 2)
            assert failure.evidence[0].value == width

    def test_what_was_just_grasped_is_lost_while_lifting(self):
        assert first(Slip(), task_of(), [seen(width=0.08), seen(1), seen(2, 0.002)], ["close", "lift", "lift"])[1] == 2

    def test_silent_while_it_holds_and_when_it_is_to_be_let_go(self):
        assert first(Slip(), task_of("release"), [seen(), seen(1, 0.037), seen(2, 0.036)], "carry") is None
        assert (
            first(Slip(), task_of("release"), [seen(), seen(1, 0.0), seen(2, 0.0)], ["carry", "open", "retreat"])
            is None
        )
        assert first(Slip(), task_of("release"), [seen(), seen(1, 0.0)], ["carry", "end"]) is None
        assert first(Slip(), task_of(), [seen(width=0.08), seen(1, 0.04)], ["approach", "close"]) is None
        assert first(Slip(), task_of("none"), [seen(), seen(1, 0.0)], "carry") is None


class TestTargetMoved:
    def monitor(self, *fractions):
        looks = iter(fractions)
        self.watched = []

        def factory(observation, target):
            self.watched.append(target.id)
            return lambda seen: next(looks)

        return TargetMoved(factory)

    def run(self, monitor, n, phase="approach", grip="gain", thing=None):
        task = task_of(grip, target=thing("cube", id="t"), goal=thing("bowl", 0.5, 0.2, id="g"))
        return first(monitor, task, [seen(t, images={"front": PICTURE}) for t in range(n)], phase)

    def test_two_changed_images_in_a_row(self, thing):
        failure, n = self.run(self.monitor(0.1, 0.9, 0.8), 3, thing=thing)
        assert (failure.kind, n) == (FailureKind.TARGET_MOVED, 2)
        assert "80%" in failure.evidence[0].says

    @pytest.mark.parametrize(
        "fractions", [(0.1, 0.9, 0.1, 0.9), (0.2, 0.3, 0.5, 0.59), (None, None, None, None), (0.9, None, 0.9, None)]
    )
    def test_silent_on_one_noisy_image_little_change_or_a_hidden_target(self, fractions, thing):
        assert self.run(self.monitor(*fractions), 4, thing=thing) is None

    def test_silent_once_the_arm_itself_is_there(self, thing):
        phases = ["approach", "close", "lift", "lift"]
        monitor = self.monitor(0.1, 0.9, 0.9, 0.9)
        assert self.run(monitor, 4, phases, thing=thing) is None
        assert not monitor.watching, "no images are rendered for it any more"

    def test_a_pick_watches_its_target_and_a_place_its_goal(self, thing):
        for grip, watched in (("gain", ["t"]), ("none", ["t"]), ("release", ["g"]), ("keep", [])):
            monitor = self.monitor(0.0, 0.0)
            assert self.run(monitor, 1, grip=grip, thing=thing) is None
            assert self.watched == watched
            assert monitor.watching is bool(watched)

    def test_without_images_it_has_nothing_to_say(self, thing):
        monitor = self.monitor(0.9, 0.9, 0.9)
        assert first(monitor, task_of(target=thing("cube")), [seen(t) for t in range(3)], "approach") is None
        assert not monitor.watching


class TestStall:
    def test_told_to_go_and_standing_still(self):
        failure, n = first(Stall(), task_of(), [seen(t) for t in range(12)], "approach")
        assert (failure.kind, n) == (FailureKind.STALLED, Stall.window - 1)

    def test_silent_while_it_gets_on_goes_to_and_fro_or_waits(self):
        going = [seen(t, hand=(0.3 + 0.02 * t, 0, 0.3)) for t in range(12)]
        to_and_fro = [seen(t, hand=(0.5, 0, 0.3 + 0.02 * (t % 2))) for t in range(12)]
        assert first(Stall(), task_of(), going, "approach") is None
        assert first(Stall(), task_of(), to_and_fro, "approach") is None
        assert first(Stall(), task_of(), [seen(t) for t in range(12)], "close", action=np.zeros(7)) is None

    def test_a_late_stall_is_found_within_its_window(self):
        readings = [seen(t, hand=(0.3 + 0.02 * min(t, 10), 0, 0.3)) for t in range(30)]
        assert first(Stall(), task_of(), readings, "carry")[1] <= 10 + Stall.window


class TestOverForce:
    def test_two_hard_readings_in_a_row(self):
        failure, n = first(OverForce(), task_of(), [seen(force=5), seen(1, force=40), seen(2, force=-50)], "descend")
        assert (failure.kind, n) == (FailureKind.OVER_FORCE, 2)
        assert failure.evidence[0].value == 50

    def test_a_blow_speaks_at_once(self):
        assert first(OverForce(), task_of(), [seen(force=5), seen(1, force=OverForce.blow_n + 1)], "descend")[1] == 1

    def test_silent_on_one_knock_and_on_what_handling_feels_like(self):
        assert first(OverForce(), task_of(), [seen(t, force=45 * (t % 2)) for t in range(9)], "descend") is None
        assert first(OverForce(), task_of(), [seen(t, force=20) for t in range(9)], "descend") is None


class TestTimeOut:
    def test_too_much_robot_time(self):
        failure, n = first(TimeOut(), task_of(max_seconds=2.0), [seen(5 + 0.5 * k) for k in range(9)], "approach")
        assert (failure.kind, n) == (FailureKind.TIMEOUT, 5)
        assert failure.evidence[0].value == 2.5

    def test_silent_up_to_the_last_second(self):
        assert first(TimeOut(), task_of(max_seconds=2.0), [seen(5 + 0.5 * k) for k in range(5)], "approach") is None


class TestBadSensors:
    @pytest.mark.parametrize(
        "bad",
        [lambda o: replace(o, hand=Pose(np.array([np.nan, 0, 0]))), lambda o: replace(o, joints=np.full(7, np.inf)),
         lambda o: replace(o, wrench=np.full(6, np.nan)), lambda o: replace(o, gripper_width_m=math.nan),
         lambda o: replace(o, gripper_width_m=0.9), lambda o: replace(o, gripper_width_m=-0.1),
         lambda o: replace(o, hand=Pose(np.array([9.0, 0, 0])))],
        ids=["hand", "joints", "wrench", "width nan", "width wide", "width negative", "hand far outside its cell"],
    )  # fmt: skip
    def test_a_reading_no_arm_gives(self, bad):
        failure, _ = first(BadSensors(), task_of(), [bad(seen(3.0))], "approach", start=seen())
        assert failure.kind is FailureKind.SENSOR_FAULT

    def test_silent_on_good_ones(self):
        assert (
            first(BadSensors(), task_of(), [seen(t, width=w) for t, w in enumerate((0.0, 0.04, 0.08))], "approach")
            is None
        )


def test_every_default_monitor_starts_afresh():
    # What one task left behind must not fail the next.
    for monitor in default_monitors(None):
        bad = [seen(t, width=0.0, force=99) for t in range(15)]
        first(monitor, task_of(max_seconds=5), bad, "lift")
        good = [seen(100 + t, hand=(0.3 + 0.02 * t, 0, 0.3)) for t in range(4)]
        assert first(monitor, task_of(max_seconds=5), good, "approach") is None, monitor.name


def test_default_monitors_watch_the_target_only_where_images_can_be_compared():
    kinds = {m.name for m in default_monitors(None)}
    assert kinds == {"sensor_fault", "timeout", "grasp_missed", "slipped", "over_force", "stalled"}
    assert {m.name for m in default_monitors(lambda o, t: None)} == kinds | {"target_moved"}
    assert kinds < {k.value for k in FailureKind}
