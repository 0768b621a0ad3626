"""Every simulated arm in real physics: it touches, it feels, it holds."""

from functools import partial

import numpy as np
import pytest

from hiervla.bench.skills import work
from hiervla.cerebellum.loop import Cerebellum
from hiervla.cerebellum.monitors import OverForce, default_monitors
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import SafetyStop
from hiervla.core.task import Task
from hiervla.guard.rules import Guard
from hiervla.robot.envelope import Envelope
from hiervla.robot.fake import FakeRobot
from hiervla.sim.truth import true_goals, true_world


@pytest.fixture(params=["panda", "iiwa"])
def scene_of(request, scene_of):
    return partial(scene_of, robot=request.param)


def test_pressing_down_on_a_block_is_felt_bounded_and_noticed(scene_of, build, drive):
    _, arm = build(scene_of({"name": "block", "shape": "cube", "at": (0.5, 0.0), "size": 0.048}))
    robot, watch = Envelope(arm), OverForce()
    assert drive(robot, (0.5, 0.0, 0.12), 1.0)
    task = Task(skill="press", instruction="press")
    watch.start(robot.observe(), task)
    forces, noticed = [], None
    for _ in range(30):
        arm.apply(
            np.array([0, 0, -0.012, 0, 0, 0, 1.0])
        )  # the speed of a guarded descent, and no envelope that halts it
        seen = arm.observe()
        forces.append(float(np.linalg.norm(seen.wrench[:3])))
        noticed = noticed or watch.watch(seen, task, np.zeros(7), "press")
    assert 10 < max(forces) < 60
    assert noticed is not None, f"strongest {max(forces):.0f} N"
    assert noticed.kind == "over_force"
    assert noticed.evidence[0].value > OverForce.limit_n
    assert arm.observe().hand.position[2] > 0.035, "it does not go through"


def test_pressing_on_the_table_is_no_reason_to_halt_for_ever(scene_of, build, drive):
    _, arm = build(scene_of())
    robot = Envelope(arm)
    assert drive(robot, (0.5, 0.0, 0.08), 1.0)
    with pytest.raises(SafetyStop, match="N at the wrist"):
        for _ in range(40):
            robot.apply(np.array([0, 0, -0.04, 0, 0, 0, 1.0]))
            arm.apply(np.array([0, 0, -0.04, 0, 0, 0, 1.0]))  # something pushes on behind the envelope's back
    robot.apply(np.array([0, 0, 0.03, 0, 0, 0, 1.0]))  # a person says go on: the old force is over
    for _ in range(6):
        robot.apply(np.array([0, 0, 0.03, 0, 0, 0, 1.0]))
    assert robot.observe().hand.position[2] > 0.1


def test_free_motion_feels_next_to_nothing(scene_of, build, drive):
    _, arm = build(scene_of())
    robot = Envelope(arm)
    strongest = 0.0
    for to in ((0.6, 0.25, 0.3), (0.4, -0.25, 0.15), (0.7, 0.0, 0.2)):
        for _ in range(25):
            away = np.asarray(to) - robot.observe().hand.position
            robot.apply(np.array([*(away * min(1.0, 0.04 / max(np.linalg.norm(away), 1e-9))), 0, 0, 0, 0]))
            strongest = max(strongest, float(np.linalg.norm(robot.observe().wrench[:3])))
    assert strongest < OverForce.limit_n / 1.5


@pytest.mark.parametrize("force_n", [40.0, 55.0])
def test_fingers_lie_on_what_they_hold_however_firmly_and_do_not_sink_in(scene_of, build, drive, force_n):
    _, arm = build(scene_of({"name": "block", "shape": "cube", "at": (0.5, 0.0), "size": 0.036, "yaw_deg": 0.0}))
    for to, close in (((0.5, 0.0, 0.12), 0.0), ((0.5, 0.0, 0.018), 0.0)):
        assert drive(arm, to, close)
    widths = []
    for k in range(24):
        arm.apply(np.array([0, 0, 0.01 if k > 8 else 0.0, 0, 0, 0, 1.0]), force_n=force_n)
        widths.append(arm.observe().gripper_width_m)
    assert min(widths[8:]) > 0.0325
    assert np.ptp(widths[8:]) < 0.002, "and they stay where they are"


def test_a_blocked_arm_does_not_wind_up(scene_of, build, drive):
    _, arm = build(scene_of({"name": "wall", "shape": "cube", "at": (0.5, 0.0), "size": 0.2, "mass": 0}))
    assert drive(arm, (0.5, 0.0, 0.30), 1.0)
    for _ in range(25):
        arm.apply(np.array([0, 0, -0.04, 0, 0, 0, 1.0]))
    low = arm.observe().hand.position[2]
    for _ in range(6):
        arm.apply(np.array([0, 0, 0.02, 0, 0, 0, 1.0]))
    assert arm.observe().hand.position[2] > low + 0.06, "told up, it goes up at once: nothing to unwind"


@pytest.mark.parametrize("seed", range(3))
def test_servo_and_pick_take_a_cube_that_is_described_truly_and_truth_says_it_is_held(seed, space, scene_of, build):
    bodies = [{"name": n, "shape": s} for n, s in (("cube", "cube"), ("other", "cylinder"), ("bowl", "bowl"))]
    sim, arm = build(scene_of(*bodies), seed)
    robot = Envelope(arm)
    guard = Guard(space.skills, robot.describe())
    world = true_world(sim)
    skill = space.skills["pick"](target="cube")
    hand = robot.observe().hand
    task = skill.ground(guard.ground(world, hand, guard.judge(_step("pick", target="cube"), world, hand).handling))
    trace = _cerebellum(robot).execute(task)
    assert trace.failure is None, trace.failure
    assert trace.completed
    assert trace.reached[-3:] == ["descend", "close", "lift"]
    assert sim.held() == "cube"
    assert true_goals(sim, ("holding cube",)) == {"holding cube": True}
    assert sim.pose("cube").position[2] > 0.1
    assert trace.widths[-1] == pytest.approx(task.expected_width_m, abs=0.005), "the fingers feel what is held"


def test_closing_on_nothing_is_a_missed_grasp(space, scene_of, build, thing, world_of):
    sim, arm = build(scene_of({"name": "cube", "shape": "cube", "at": (0.6, 0.25)}))
    robot = Envelope(arm)
    guard = Guard(space.skills, robot.describe())
    world = world_of(thing("cube", 0.5, 0.0, id="ghost"))
    task = space.skills["pick"](target="ghost").ground(guard.ground(world, robot.observe().hand, guard.judge(_step("pick", target="ghost"), world, robot.observe().hand).handling))  # fmt: skip
    trace = _cerebellum(robot).execute(task)
    assert trace.failure is not None
    assert trace.failure.kind == "grasp_missed"
    assert sim.held() is None


def test_the_arm_tells_its_own_bulk_around_its_hand(scene_of, build):
    _, arm = build(scene_of())
    seen = arm.observe()
    assert seen.links.shape[1] == 7
    hand = seen.hand.position
    ends = np.concatenate([seen.links[:, :3], seen.links[:, 3:6]])
    assert np.linalg.norm(ends - hand, axis=1).min() < 0.06
    assert (seen.links[:, 6] > 0.01).all()
    assert ends[:, 2].min() > -0.01
    assert FakeRobot().observe().links.shape == (0, 7)


@pytest.mark.parametrize("size", [0.036, 0.048, 0.066])
def test_closing_on_a_thing_gives_its_width_and_lifts_it(size, scene_of, build, drive):
    sim, arm = build(
        scene_of({"name": "it", "shape": "cube", "at": (0.5, 0.1), "size": size, "yaw_deg": 0.0, "mass": 0.06})
    )
    assert drive(arm, (0.5, 0.1, 0.15)) and drive(arm, (0.5, 0.1, size / 2 + 0.002))
    for _ in range(8):
        arm.apply(np.array([0, 0, 0, 0, 0, 0, 1.0]))
    assert arm.observe().gripper_width_m == pytest.approx(size, abs=0.002)
    assert drive(arm, (0.5, 0.1, 0.2), 1.0)
    assert sim.held() == "it"
    assert arm.observe().gripper_width_m == pytest.approx(size, abs=0.002)


def _step(skill, **arguments):
    from hiervla.core.plan import Subgoal

    return Subgoal(skill=skill, arguments=arguments, why="test")


def _cerebellum(robot):
    return Cerebellum(robot=robot, policies={"servo": ServoPolicy()}, order=("servo",), monitors=default_monitors(None))


@pytest.mark.parametrize("seed", [65, 78])
def test_what_was_turned_between_the_fingers_is_let_go(seed):
    """A ring and a letter that fingers carried up with them: old contacts held what the turned hand had let go of."""
    row = work("turn_other", seed)
    assert row["claimed"] and row["true"], row
