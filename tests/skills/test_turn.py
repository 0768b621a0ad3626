"""Turning as it is planned: within what the wrist can do, as often as it takes, and what counts as having turned."""

import math

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.geometry import Pose, downward, wrap_angle
from hiervla.core.grasp import bearing
from hiervla.core.outcome import FailureKind
from hiervla.core.skill import Ground
from hiervla.core.task import Gripper, Task, Trace

HAND = Pose(np.array([0.36, 0.0, 0.42]), downward(0.0))


@pytest.fixture
def turn(space):
    return space.skills["turn"]


def frames_of(skill, world):
    return list(skill.keyframes(Ground(world=world, hand=HAND)))


def by_hand(frames):
    """How far the hand turns while it holds, rad."""
    total, last = 0.0, None
    for f in frames:
        if f.name == "turn":
            total += f.yaw - last
        last = f.yaw
    return total


@pytest.mark.parametrize("angle", [-180, -45, 30, 90, 180, 270, 360])
@pytest.mark.parametrize("shape", ["block", "cube", "cylinder", "ring"])
def test_it_turns_by_the_angle_and_the_wrist_never_meets_its_stop(turn, thing, world_of, shape, angle):
    for y in (-0.2, 0.1):
        for yaw in (-1.2, 0.0, 0.7):
            d = thing(shape, 0.5, y, id="a", yaw=yaw, size=(0.07, 0.07, 0.018) if shape == "ring" else None)
            frames = frames_of(turn(target="a", angle_deg=angle), world_of(d))
            assert by_hand(frames) == pytest.approx(math.radians(angle), abs=1e-6)
            free = Gripper().wrist_free_rad
            assert all(
                abs(f.yaw - bearing(f.position[:2], (0, 0, 0))) <= free + 0.12 for f in frames if f.name != "rise"
            )
            assert sum(f.name == "close" for f in frames) <= 4


def test_a_rim_goes_round_the_middle_of_the_thing(turn, thing, world_of):
    frames = frames_of(turn(target="a", angle_deg=90), world_of(thing("bowl", id="a")))
    arms = [f.position[:2] - (0.5, 0.0) for f in frames if f.name in ("close", "turn")]
    assert np.ptp([np.linalg.norm(a) for a in arms]) < 1e-9
    swept = math.atan2(arms[-1][1], arms[-1][0]) - math.atan2(arms[0][1], arms[0][0])
    # It lags behind the hand a little, which goes on by as much.
    assert math.pi / 2 < wrap_angle(swept) < math.pi / 2 + 0.1
    assert by_hand(frames) == pytest.approx(wrap_angle(swept))


def test_a_flat_ring_held_by_its_rim_turns_as_the_hand_does(turn, thing, world_of):
    d = thing("ring", 0.5, 0.1, id="a", size=(0.076, 0.076, 0.02))
    assert by_hand(frames_of(turn(target="a", angle_deg=90), world_of(d))) == pytest.approx(math.pi / 2)


def test_a_wedge_with_three_sides_alike_may_be_read_by_another_and_a_longer_one_may_not(turn, thing, world_of):
    skill = turn(target="a", angle_deg=90)
    for size, another, answer in (
        ((0.060, 0.052, 0.03), 60, "yes"),
        ((0.055, 0.054, 0.03), 90, "yes"),
        ((0.055, 0.054, 0.03), 60, "no"),
        ((0.060, 0.040, 0.03), 60, "no"),
        ((0.060, 0.040, 0.03), 90, "no"),
    ):
        d = thing("wedge", id="a", size=size)
        now = world_of(d.model_copy(update={"yaw": wrap_angle(math.radians(90 + another), math.pi)}))
        assert skill.done(world_of(d), now, sensed(math.pi / 2)).answer == answer


def test_a_long_thing_does_not_swing_into_its_neighbour(turn, thing, world_of):
    long = thing("block", id="a", size=(0.12, 0.03, 0.03))
    with pytest.raises(ToolError) as no:
        frames_of(turn(target="a", angle_deg=90), world_of(long, thing("cube", y=0.065, id="b")))
    assert no.value.kind is FailureKind.BLOCKED and "b" in str(no.value)
    assert frames_of(turn(target="a", angle_deg=10), world_of(long, thing("cube", y=0.065, id="b")))


def sensed(angle, width=0.04):
    trace = Trace(Task("turn", ""))
    for k in range(11):
        trace.times.append(0.1 * k), trace.yaws.append(angle * k / 10), trace.widths.append(width)
        trace.phases.append("turn")
    return trace


def test_it_takes_the_hand_and_the_eyes_to_call_it_done(turn, thing, world_of):
    skill, before = turn(target="a", angle_deg=90), world_of(thing("block", id="a"))
    after = world_of(thing("block", id="a", yaw=1.5))
    done = skill.done(before, after, sensed(math.pi / 2))
    assert done and {e.source for e in done.evidence} == {"sensor:hand_yaw", "look:L7"}
    assert skill.done(before, after, sensed(math.pi / 2, width=0.0)).kind is FailureKind.SLIPPED
    assert skill.done(before, before, sensed(math.pi / 2)).kind is FailureKind.MISPLACED
    assert skill.done(before, world_of(), sensed(math.pi / 2)).answer == "cannot_see"


def test_of_a_round_thing_only_the_hand_can_tell_and_that_is_said(turn, thing, world_of):
    world = world_of(thing("cylinder", id="a"))
    done = turn(target="a", angle_deg=90).done(world, world, sensed(math.pi / 2))
    assert done and "round" in done.why and "sensor:hand_yaw" in {e.source for e in done.evidence}


def test_a_round_thing_that_slid_in_the_fingers_is_not_called_turned(turn, thing, world_of):
    before, slid = world_of(thing("cylinder", id="a")), world_of(thing("cylinder", 0.512, id="a"))
    check = turn(target="a", angle_deg=90).done(before, slid, sensed(math.pi / 2))
    assert check.kind is FailureKind.MISPLACED and "12 mm" in check.why


def test_the_grasp_is_chosen_that_need_not_be_taken_anew(turn, thing, world_of):
    for yaw in np.linspace(-1.5, 1.5, 7):
        d = thing("cube", 0.55, -0.2, id="a", yaw=float(yaw))
        frames = frames_of(turn(target="a", angle_deg=115), world_of(d))
        assert sum(f.name == "close" for f in frames) == 1


def test_rims_and_round_things_are_held_gently(turn, thing, world_of):
    def force(shape):
        return turn(target="a").ground(Ground(world=world_of(thing(shape, id="a")), hand=HAND)).handling.grip_force_n

    assert force("bowl") < force("cylinder") < force("block")


@pytest.mark.parametrize(("shifted", "answer"), [(0.004, "yes"), (0.010, "no")])
def test_a_ring_held_across_its_middle_that_slid_aside_did_not_turn_however_often_it_was_taken(
    turn, thing, world_of, shifted, answer
):
    ring = thing("ring", id="a", size=(0.066, 0.066, 0.02))
    skill, before = turn(target="a", angle_deg=360), world_of(ring)
    trace = sensed(2 * math.pi)
    frames = tuple(f for f in frames_of(skill, before) if f.name == "close")
    trace.task = Task("turn", "", keyframes=frames)
    after = world_of(thing("ring", ring.centre[0] + shifted, ring.centre[1], id="a", size=(0.066, 0.066, 0.02)))
    assert len(frames) >= 2 and str(skill.done(before, after, trace).answer) == answer
