"""Pushing as it is planned: from which side, how far, and what stands against it."""

import math
from itertools import pairwise

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.geometry import Pose, downward
from hiervla.core.grasp import bearing
from hiervla.core.outcome import FailureKind
from hiervla.core.skill import Ground
from hiervla.core.task import Gripper, Task, Trace
from hiervla.core.world import Zone

HAND = Pose(np.array([0.36, 0.0, 0.42]), downward(0.0))


@pytest.fixture
def push(space):
    return space.skills["push"]


def strokes(skill, world):
    """(start, end) of the fingers' way along the table for each stroke."""
    frames = list(skill.keyframes(Ground(world=world, hand=HAND)))
    starts = [f.position[:2] for f in frames if f.name == "descend"]
    ends = [f.position[:2] for f, g in pairwise(frames) if (f.name, g.name) == ("push", "withdraw")]
    return list(zip(starts, ends, strict=True))


def test_it_presses_from_the_far_side_and_ends_where_the_thing_touches_its_goal(push, thing, world_of):
    ((start, end),) = strokes(push(target="a", direction="left", distance_m=0.1), world_of(thing(id="a")))
    assert start[1] < -0.04 and abs(start[0] - 0.5) < 1e-6
    assert end[1] == pytest.approx(0.1 - 0.02 - 0.0095, abs=1e-6)


def test_a_round_thing_is_kept_between_the_fingers(push, thing, world_of):
    world = world_of(thing("ball", id="a"))
    frames = push(target="a", direction="left", distance_m=0.1).keyframes(Ground(world=world, hand=HAND))
    assert 0.0 < next(f for f in frames if f.name == "push").gripper < 1.0


def test_a_slanted_way_presses_square_on_a_face_so_that_the_force_goes_through_the_middle(push, thing, world_of):
    world = world_of(thing(id="a", yaw=math.radians(30)))
    (frame,) = [
        f for f in push(target="a", direction="left").keyframes(Ground(world=world, hand=HAND)) if f.name == "approach"
    ]
    assert math.sin(2 * (frame.yaw - math.radians(30))) == pytest.approx(0, abs=1e-6)


def test_a_way_across_a_corner_is_taken_in_two_strokes(push, thing, world_of):
    world = world_of(thing(id="a", yaw=math.radians(45)))
    assert len(strokes(push(target="a", direction="left"), world)) == 2


def test_up_to_another_thing_it_stops_at_its_outline(push, thing, world_of):
    world = world_of(thing(id="a", y=-0.1), thing(id="b", y=0.1))
    assert push(target="a", reference="b").goal_spot(world)[1] == pytest.approx(0.1 - 0.04 - 0.004, abs=1e-4)
    assert push(target="a", reference="b", distance_m=0.05).goal_spot(world) == pytest.approx((0.5, -0.05))


def test_into_a_zone_it_goes_just_so_far_that_all_of_it_is_inside(push, thing, world_of):
    zone = Zone(name="tray", outline=((0.4, 0.1), (0.6, 0.1), (0.6, 0.3), (0.4, 0.3)))
    world = world_of(thing(id="a"), zones={"tray": zone})
    x, y = push(target="a", reference="tray").goal_spot(world)
    assert 0.12 < y < 0.14 and abs(x - 0.5) < 0.01


@pytest.mark.parametrize(
    ("fields", "others", "kind"),
    [
        ({"direction": "left"}, [("cube", 0.5, 0.1, "b")], FailureKind.BLOCKED),  # in the way
        ({"direction": "left"}, [("cube", 0.5, -0.047, "b")], FailureKind.BLOCKED),  # where the fingers must come down
        ({"direction": "left", "distance_m": 0.6}, [], FailureKind.UNREACHABLE),
        ({"direction": "behind", "distance_m": 0.31}, [], FailureKind.UNREACHABLE),
        ({}, [], FailureKind.PRECONDITION),
    ],
)
def test_what_stands_against_it_is_said_by_its_kind(push, thing, world_of, fields, others, kind):
    world = world_of(thing(id="a"), *[thing(s, x, y, i) for s, x, y, i in others])
    with pytest.raises(ToolError) as no:
        push(target="a", **fields).keyframes(Ground(world=world, hand=HAND))
    assert no.value.kind is kind


def test_what_stands_on_something_or_carries_something_is_not_pushed(push, thing, world_of):
    low = thing(id="low")
    world = world_of(low, thing(id="high", on=low))
    assert push(target="low", direction="left").ready(world).kind is FailureKind.BLOCKED
    assert push(target="high", direction="left").ready(world).kind is FailureKind.PRECONDITION


def test_it_is_done_where_the_thing_lies_now_and_says_how_far_it_is_off(push, thing, world_of):
    before, trace = world_of(thing(id="a")), Trace(Task("push", ""))
    skill = push(target="a", direction="left", distance_m=0.1)
    assert skill.done(before, world_of(thing(id="a", y=0.11)), trace)
    short = skill.done(before, world_of(thing(id="a", y=0.06)), trace)
    assert not short and short.kind is FailureKind.MISPLACED and "4.0 cm" in short.why
    fallen = skill.done(before, world_of(thing(id="a", y=0.1, posture="lying")), trace)
    assert fallen.kind is FailureKind.TOPPLED


def test_up_to_another_thing_it_is_done_only_where_it_lies_right_beside_it(push, thing, world_of):
    before, trace = world_of(thing(id="a", y=-0.1), thing(id="b", y=0.1)), Trace(Task("push", ""))
    skill = push(target="a", reference="b")
    assert skill.done(before, world_of(thing(id="a", y=0.05), thing(id="b", y=0.1)), trace)
    short = skill.done(before, world_of(thing(id="a", y=0.04), thing(id="b", y=0.1)), trace)
    assert not short and short.kind is FailureKind.MISPLACED
    away = skill.done(before, world_of(thing(id="a", y=0.056), thing(id="b", y=0.2)), trace)
    assert not away and "short of b" in away.why
    unseen = skill.done(before, world_of(thing(id="a", y=0.05), thing(id="b", y=0.1, seen_s=-5.0)), trace)
    assert unseen.answer == "cannot_see" and "b is not seen" in unseen.why


def test_the_fingers_rise_as_they_push_so_that_they_never_press_what_they_push_down(push, thing, world_of):
    frames = push(target="a", direction="left", distance_m=0.1).keyframes(
        Ground(world=world_of(thing("box", id="a")), hand=HAND)
    )
    down = next(f for f in frames if f.name == "descend")
    heights = [down.position[2], *[f.position[2] for f in frames if f.name == "push"]]
    begins, touches, *way = heights  # the first stretch is free: it only leads up to the thing
    assert begins == touches and down.tolerance_m < way[0] - touches and all(a <= b for a, b in pairwise(way))
    withdraw = next(f for f in frames if f.name == "withdraw")
    assert withdraw.position[2] == way[-1], "going down with it still in touch would press it down"


def test_on_a_long_way_the_wrist_is_free_at_both_ends(push, thing, world_of):
    world = world_of(thing("cube", 0.51, 0.17, id="a", yaw=0.6), thing("block", 0.36, -0.2, id="b"))
    frames = push(target="a", reference="b").keyframes(Ground(world=world, hand=HAND))
    free = Gripper().wrist_free_rad
    assert all(abs(f.yaw - bearing(f.position[:2], (0, 0, 0))) <= free for f in frames if f.name in ("descend", "push"))


def test_what_would_topple_is_drawn_between_the_fingers_and_not_lifted(push, thing, world_of):
    cup = thing("cup", id="a")
    task = push(target="a", direction="left", distance_m=0.1).ground(Ground(world=world_of(cup), hand=HAND))
    names = [f.name for f in task.keyframes]
    assert names.index("close") < names.index("slide") < names.index("open") and "push" not in names
    taken, drawn = (next(f for f in task.keyframes if f.name == n) for n in ("close", "slide"))
    assert drawn.position - taken.position == pytest.approx([0.0, 0.1, 0.0])
    assert task.width_range_m is not None, "that something is held must be felt"
    low = push(target="b", direction="left").keyframes(Ground(world=world_of(thing("block", id="b")), hand=HAND))
    assert "slide" not in [f.name for f in low]


def test_a_further_pass_goes_where_the_first_was_to_end(push, thing, world_of):
    before, now = world_of(thing(id="a")), world_of(thing(id="a", y=0.06))
    skill = push(target="a", direction="left", distance_m=0.1)
    frames = skill.keyframes(Ground(world=now, hand=HAND, before=before))
    end = [f.position[1] for f in frames if f.name == "push"][-1]
    assert end == pytest.approx(0.1 - 0.02 - 0.0095, abs=1e-6) and skill.passes > 1


def test_thicker_finger_tips_stop_sooner_and_keep_as_much_nearer_together(push, thing, world_of):
    world, hand = world_of(thing(id="a")), Gripper(tip_front_m=0.015, tip_thick_m=0.018)
    frames = list(
        push(target="a", direction="left", distance_m=0.1).keyframes(Ground(world=world, hand=HAND, gripper=hand))
    )
    pushed = [f for f in frames if f.name == "push"][-1]
    assert pushed.position[1] == pytest.approx(0.1 - 0.02 - 0.015, abs=1e-6)
    assert pushed.gripper == pytest.approx(hand.command(0.04 - 2 * 0.018 - 0.004), abs=1e-6)
