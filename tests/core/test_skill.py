"""What a skill inherits: its name, its common preconditions, and a default criterion on evidence."""

import numpy as np
import pytest
from pydantic import ValidationError

from hiervla.core.geometry import Pose, downward
from hiervla.core.goal import Goal
from hiervla.core.outcome import FailureKind
from hiervla.core.skill import Ground, Skill
from hiervla.core.task import Handling, Keyframe, Limits, Trace
from hiervla.core.world import Zone


class TapTwice(Skill):
    """Tap it."""

    target: str

    def keyframes(self, at):
        return [Keyframe("down", np.zeros(3)), Keyframe("up", np.ones(3))]


class Take(Skill):
    """Take it."""

    target: str
    name = "grab_it"
    grip = "gain"
    max_seconds = 7.0

    def effects(self):
        return (Goal(relation="holding", subject=self.target),)


class Drop(Skill):
    """Drop it somewhere."""

    target: str
    reference: str
    grip = "release"


def ground(world, **more):
    return Ground(world=world, hand=Pose(np.array([0.4, 0.0, 0.3]), downward(0.0)), **more)


def test_the_name_is_the_class_in_snake_case_unless_given():
    assert (TapTwice.name, Take.name, Skill.name) == ("tap_twice", "grab_it", "")


def test_a_form_takes_its_fields_and_nothing_else():
    with pytest.raises(ValidationError):
        TapTwice(target="a", speed=3)
    with pytest.raises(ValidationError):
        TapTwice()
    with pytest.raises(ValidationError):
        TapTwice(target="a").target = "b"


def test_it_starts_only_with_what_it_names_in_view_and_a_hand_that_suits(thing, world_of):
    a, b = thing("cube", id="a"), thing("bowl", 0.5, 0.2, id="b")
    assert TapTwice(target="a").ready(world_of(a)).evidence
    gone = TapTwice(target="z").ready(world_of(a))
    assert (gone.answer, gone.kind) == ("no", FailureKind.NOT_FOUND)
    full = Take(target="a").ready(world_of(a, b, held=b))
    assert (full.answer, full.kind) == ("no", FailureKind.PRECONDITION)
    assert "b" in full.why
    empty = Drop(target="a", reference="b").ready(world_of(a, b))
    assert (empty.answer, empty.kind) == ("no", FailureKind.PRECONDITION)
    assert Drop(target="a", reference="b").ready(world_of(a, b, held=a))
    assert not Drop(target="a", reference="z").ready(world_of(a, held=a))


@pytest.mark.parametrize("place", ["table", "edge", "left edge", "corner"])
def test_places_need_not_be_objects(place, thing, world_of):
    a = thing("cube", id="a")
    zone = Zone(name="corner", outline=((0.3, 0.3), (0.4, 0.3), (0.4, 0.4)))
    assert Drop(target="a", reference=place).ready(world_of(a, held=a, zones={"corner": zone}))


@pytest.mark.parametrize("name", ["wedge_1_edge", "wedge", "top edge"])
def test_what_only_sounds_like_an_edge_is_no_place(name, thing, world_of):
    a = thing("cube", id="a")
    assert Drop(target="a", reference=name).ready(world_of(a, held=a)).kind is FailureKind.NOT_FOUND


def test_done_is_every_effect_seen(thing, world_of):
    a = thing("cube", id="a")
    trace = Trace(task=Take(target="a").ground(ground(world_of(a))))
    assert Take(target="a").done(world_of(a), world_of(a, held=a), trace).evidence
    missed = Take(target="a").done(world_of(a), world_of(a), trace)
    assert (missed.answer, missed.kind) == ("no", FailureKind.SLIPPED)


def test_done_without_effects_is_every_keyframe_seen_and_no_motion_is_not_done(thing, world_of):
    a = thing("cube", id="a")
    skill, world = TapTwice(target="a"), world_of(a)
    trace = Trace(task=skill.ground(ground(world)), times=[0.0, 0.4], reached=["down"])
    assert skill.done(world, world, trace).kind is FailureKind.STALLED
    trace.reached.append("up")
    check = skill.done(world, world, trace)
    assert [e.source for e in check.evidence] == ["sensor:hand_pose"] * 2
    nothing = Drop(target="a", reference="a")
    assert not nothing.done(world, world, Trace(task=nothing.ground(ground(world))))


def test_the_task_carries_what_was_perceived_and_how_to_handle_it(thing, world_of):
    a, b = thing("cube", id="a", name="the lucky one"), thing("bowl", 0.5, 0.2, id="b", colour="blue")
    handling, limits = Handling(speed=0.5), Limits(reach_m=0.7)
    task = Drop(target="a", reference="b").ground(ground(world_of(a, b, held=a), handling=handling, limits=limits))
    assert (task.target, task.goal, task.grip, task.max_seconds) == (a, b, "release", 20.0)
    assert (task.handling, task.limits) == (handling, limits)
    assert task.instruction == "drop the lucky one blue bowl"
    assert task.expected_width_m == pytest.approx(0.04)
    assert Take(target="a").ground(ground(world_of(a))).max_seconds == 7.0


def test_a_trace_remembers_how_near_the_hand_came(thing, world_of):
    trace = Trace(task=TapTwice(target="a").ground(ground(world_of(thing("cube", id="a")))))
    assert trace.nearest((0, 0, 0)) == float("inf")
    assert trace.seconds == 0
    trace.hands += [(0, 0, 0.5), (0, 0, 0.2)]
    trace.times += [1.0, 1.1]
    assert trace.nearest((0, 0, 0)) == pytest.approx(0.2)
    assert trace.passed("down") is None
    assert trace.evidence("clock", "late").time_s == 1.1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"says": "wave at"}, "says must be lists of words by language"),
        ({"says": {"en": "wave at"}}, "says must be lists of words by language"),
        ({"grip": "gian"}, "grip is 'gian'; there are: none, gain"),
        ({"keyframe": lambda self, at: ()}, "keyframe is called by nobody; did you mean keyframes?"),
    ],
)
def test_a_mistake_in_a_class_is_told_when_it_is_made(body, says):
    with pytest.raises(TypeError, match=says):
        type("Wave", (Skill,), {"__module__": __name__, "__doc__": "Wave.", **body})
