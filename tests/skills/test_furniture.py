"""Drawers, buttons and sliders as they are handled: planned from what eyes tell, done by what look and wrist show."""

import math

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.task import Keyframe, Task, Trace
from hiervla.guard.rules import Guard
from hiervla.robot.fake import FakeRobot
from tests.skills.conftest import HAND


def named(frames, name):
    return [f for f in frames if f.name == name]


def test_a_drawer_is_pulled_straight_the_way_it_opens_with_the_fingers_along_its_front(
    space, drawer, world_of, planned
):
    frames = planned(space.skills["open"](target="d"), world_of(*drawer()))
    (close,), (pull,) = named(frames, "close"), named(frames, "pull")
    way = pull.position - close.position
    assert tuple(way) == pytest.approx((0.0, -0.105, 0.0), abs=1e-6)
    closing = (-math.sin(pull.yaw), math.cos(pull.yaw))
    assert abs(closing[1]) < 1e-6, "the fingers close along x, the front's own direction"
    known = planned(space.skills["open"](target="d"), world_of(*drawer(0.02, travel=0.12)))
    assert named(known, "pull")[0].position[1] - named(known, "close")[0].position[1] == pytest.approx(-0.088)


def test_a_drawer_is_pushed_in_from_before_its_handle_and_the_last_bit_slowly(space, drawer, world_of, planned):
    frames = planned(space.skills["close"](target="d"), world_of(*drawer(0.1)))
    fast, slower, slow = named(frames, "push")
    assert named(frames, "descend")[0].position[1] < 0.1025 - 0.0175
    assert slow.speed < slower.speed < fast.speed and slow.until_n
    assert slow.speed * 0.04 < 0.001, "a millimetre a tick into a stop is felt as 50 N"
    assert slow.position[1] > 0.2025 - 0.0175 - 0.0095, "it aims past the closed position: the stop ends it"


def test_neither_comes_against_the_cabinet_in_the_guards_eyes(space, drawer, world_of):
    guard = Guard(space.skills, FakeRobot().describe())
    for name, opening in (("open", 0.0), ("close", 0.1)):
        step = Subgoal(skill=name, arguments={"target": "d"}, why="test")
        assert guard.judge(step, world_of(*drawer(opening)), HAND).check, name


@pytest.mark.parametrize(("name", "opening"), [("open", 0.11), ("close", 0.0)])
def test_what_is_so_already_is_a_precondition(space, drawer, world_of, planned, name, opening):
    with pytest.raises(ToolError) as no:
        planned(space.skills[name](target="d"), world_of(*drawer(opening)))
    assert no.value.kind is FailureKind.PRECONDITION


@pytest.mark.parametrize("name", ["open", "close", "press", "slide"])
def test_what_is_no_such_furniture_is_refused(space, thing, world_of, name):
    check = space.skills[name](target="a").ready(world_of(thing(id="a")))
    assert check.kind is FailureKind.PRECONDITION and "a is no" in check.why


def test_open_and_closed_are_for_a_look_to_say(space, drawer, world_of):
    trace = Trace(Task("open", ""))
    opened, shut = space.skills["open"](target="d"), space.skills["close"](target="d")
    assert opened.done(world_of(*drawer()), world_of(*drawer(0.1)), trace)
    slipped = opened.done(world_of(*drawer()), world_of(*drawer(0.03)), trace)
    assert slipped.kind is FailureKind.MISPLACED and "3.0 cm" in slipped.why
    assert shut.done(world_of(*drawer(0.1)), world_of(*drawer(0.002)), trace)
    assert not shut.done(world_of(*drawer(0.1)), world_of(*drawer(0.05)), trace)


@pytest.mark.parametrize(("fields", "wanted"), [({"distance_m": 0.05}, 0.05), ({"to": "end"}, 0.12), ({"to": "start"}, 0.0), ({}, 0.12)])  # fmt: skip
def test_a_slider_is_moved_to_where_it_is_wanted_between_two_fingers(space, slider, world_of, planned, fields, wanted):
    frames = planned(space.skills["slide"](target="s", **fields), world_of(*slider(0.03)))
    (close,), (move,) = named(frames, "close"), named(frames, "slide")
    assert close.position[1] - move.position[1] == pytest.approx(wanted - 0.03)
    closing = (-math.sin(move.yaw), math.cos(move.yaw))
    assert abs(closing[0]) < 1e-6, "one finger before the knob, one behind it"


def test_a_slider_goes_no_farther_than_its_rail(space, slider, world_of):
    check = space.skills["slide"](target="s", distance_m=0.2).ready(world_of(*slider()))
    assert check.kind is FailureKind.PRECONDITION and "12 cm" in check.why


def test_a_slanting_rail_read_from_its_other_end_has_not_moved(space, slider, world_of):
    skill, trace = space.skills["slide"](target="s", distance_m=0.1), Trace(Task("slide", ""))
    panel, knob = slider(0.1)
    other_way = knob.model_copy(update={"opens": (0.0, 1.0), "opening_m": 0.02})
    assert skill.done(world_of(*slider()), world_of(panel, knob), trace)
    assert skill.done(world_of(*slider()), world_of(panel, other_way), trace)
    assert not skill.done(world_of(*slider()), world_of(*slider(0.02)), trace)
    hidden = knob.model_copy(update={"travel_m": 0.2})
    assert skill.done(world_of(*slider()), world_of(panel, hidden), trace).answer == "cannot_see"


def test_a_slider_on_the_border_of_its_tolerance_is_not_claimed(space, slider, world_of):
    skill, trace = space.skills["slide"](target="s", distance_m=0.1), Trace(Task("slide", ""))
    assert skill.done(world_of(*slider()), world_of(*slider(0.108)), trace)
    short = skill.done(world_of(*slider()), world_of(*slider(0.09)), trace)
    assert not short and short.kind is FailureKind.MISPLACED and short.evidence and "9.0 cm" in short.why


def pressed(space, world, planned, force, deep):
    """A trace in which the fingers felt ``force`` with their tips ``deep`` under the button's top."""
    skill = space.skills["press"](target="b")
    trace = Trace(Task("press", "", keyframes=tuple(planned(skill, world))))
    z = 0.039 + 0.010 - deep
    for height, newton in ((0.07, 1.0), (z, force)):
        (
            trace.times.append(0.0),
            trace.forces.append(newton),
            trace.hands.append((0.5, 0.1, height)),
            trace.phases.append("press"),
        )
    return skill.done(world, world, trace)


def test_a_press_is_proven_by_force_at_the_right_depth(space, button, world_of, planned):
    world = world_of(*button)
    done = pressed(space, world, planned, 14.0, 0.008)
    assert done and done.evidence[0].source == "sensor:wrist_force"
    assert pressed(space, world, planned, 3.0, 0.011).kind is FailureKind.MISPLACED  # nothing was there
    assert pressed(space, world, planned, 14.0, -0.010).kind is FailureKind.MISPLACED  # something lay on it


def test_a_press_cannot_reach_the_panel_beside_its_button(space, button, world_of, planned):
    frame: Keyframe = named(planned(space.skills["press"](target="b"), world_of(*button)), "press")[0]
    assert frame.position[2] - 0.010 > 0.025 and frame.until_n and np.allclose(frame.position[:2], (0.5, 0.1))
