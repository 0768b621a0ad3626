"""Putting things at a point, into a zone, across two others, into a drawer: where, and when it is refused."""

import math

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.footprint import inside_distance
from hiervla.core.geometry import Pose, downward
from hiervla.core.outcome import FailureKind
from hiervla.core.skill import Ground
from hiervla.core.spots import outline_at
from hiervla.core.world import Zone

HAND = Pose(np.array([0.45, 0.0, 0.16]), downward(0.0))
YARD = Zone(name="yard", outline=((0.4, 0.1), (0.6, 0.1), (0.6, 0.3), (0.4, 0.3)))


@pytest.fixture
def place(space):
    return space.skills["place"]


@pytest.fixture
def held(thing):
    return thing("cube", 0.45, 0.0, id="a").model_copy(update={"support": "hand", "centre": (0.45, 0.0, 0.16)})


def put(skill, world):
    return next(f for f in skill.keyframes(Ground(world=world, hand=HAND)) if f.name == "lower")


def test_at_a_position_it_lies_just_there(place, held, world_of):
    frame = put(place(target="a", relation="at", position=(0.55, -0.2)), world_of(held, held=held))
    assert tuple(frame.position[:2]) == pytest.approx((0.55, -0.2))
    goal = place(target="a", relation="at", position=(0.55, -0.2)).effects()[0]
    assert (goal.relation, goal.position) == ("at", (0.55, -0.2))


@pytest.mark.parametrize(
    ("spot", "kind"), [((0.5, 0.21), FailureKind.BLOCKED), ((0.5, 0.9), FailureKind.UNREACHABLE), ((0.1, 0.0), FailureKind.UNREACHABLE)]
)  # fmt: skip
def test_a_taken_or_unreachable_position_is_refused_by_its_kind(place, held, thing, world_of, spot, kind):
    with pytest.raises(ToolError) as no:
        put(place(target="a", relation="at", position=spot), world_of(held, thing("cube", 0.5, 0.2, id="b"), held=held))
    assert no.value.kind is kind


def test_things_put_into_a_zone_one_after_the_other_all_lie_inside_and_apart(place, held, thing, world_of):
    lying = []
    for k in range(6):
        world = world_of(held, *lying, held=held, zones={"yard": YARD})
        x, y = put(place(target="a", relation="in", reference="yard"), world).position[:2]
        outline = outline_at(held, (x, y), held.yaw)
        assert min(inside_distance(YARD.outline, p) for p in outline) > 0
        assert all(math.dist((x, y), o.centre[:2]) > 0.04 for o in lying)
        lying.append(thing("cube", float(x), float(y), id=f"c{k}"))


def test_across_two_things_it_lies_in_the_middle_square_to_their_line(place, held, thing, world_of):
    a, b = thing("cube", 0.5, 0.15, id="b"), thing("cube", 0.5, 0.2, id="c")
    frame = put(place(target="a", relation="on", reference="b", between="c"), world_of(held, a, b, held=held))
    assert tuple(frame.position) == pytest.approx((0.5, 0.175, 0.062), abs=1e-3)
    assert math.sin(2 * frame.yaw) == pytest.approx(0, abs=1e-6)


def test_what_cannot_carry_it_together_is_said(place, held, thing, world_of):
    skill = place(target="a", relation="on", reference="b", between="c")
    far = world_of(held, thing("cube", 0.5, 0.15, id="b"), thing("cube", 0.5, 0.27, id="c"), held=held)
    uneven = world_of(held, thing("cube", 0.5, 0.15, id="b"), thing("cylinder", 0.5, 0.2, id="c"), held=held)
    for world, says in ((far, "too far apart"), (uneven, "not level")):
        with pytest.raises(ToolError, match=says):
            put(skill, world)


def drawer(thing, opening):
    shut = {"part_of": "k", "opens": (-1.0, 0.0), "opening_m": opening, "travel_m": 0.12, "hollow": True}
    return (
        thing("cabinet", 0.65, 0.0, id="k", size=(0.2, 0.16, 0.085), yaw=math.pi / 2, fixed=True),
        thing("drawer", 0.51, 0.0, id="d", size=(0.18, opening or 0.03, 0.075), yaw=math.pi / 2, fixed=True, **shut),
    )


def test_into_an_open_drawer_it_goes_down_as_far_as_the_palm_lets_it(place, held, thing, world_of):
    skill = place(target="a", relation="in", reference="d")
    world = world_of(held, *drawer(thing, 0.12), held=held)
    assert skill.ready(world)
    frame = put(skill, world)
    bottom, palm = frame.position[2] - 0.02, frame.position[2] + 0.036
    assert 0.014 < bottom < 0.05 and palm > 0.085


def test_a_shut_drawer_and_a_thing_too_tall_for_it_are_refused_before_anything_moves(place, held, thing, world_of):
    skill = place(target="a", relation="in", reference="d")
    shut = skill.ready(world_of(held, *drawer(thing, 0.0), held=held))
    assert shut.kind is FailureKind.PRECONDITION and "not open" in shut.why
    tall = held.model_copy(update={"size": (0.04, 0.04, 0.08)})
    refused = skill.ready(world_of(tall, *drawer(thing, 0.12), held=tall))
    assert refused.kind is FailureKind.PRECONDITION and "too tall" in refused.why


@pytest.mark.parametrize("offset", [(0.025, 0.0), (0.0, -0.025), (-0.018, 0.018)])
def test_a_ring_goes_into_a_drawer_with_the_hand_beside_it_lengthwise(place, thing, world_of, offset):
    """Taken by its rim a finger stands outside it: across the drawer it would come down on the front or the lid."""
    ring = thing("ring", 0.45, 0.0, id="a", size=(0.064, 0.064, 0.016))
    ring = ring.model_copy(update={"support": "hand", "centre": (0.45, 0.0, 0.16)})
    world = world_of(ring, *drawer(thing, 0.11), held=ring)
    grasp = world.held.model_copy(update={"offset": (*offset, 0.0), "width_m": 0.016})
    frame = put(place(target="a", relation="in", reference="d"), world.model_copy(update={"held": grasp}))
    assert frame.position[0] == pytest.approx(0.51, abs=0.002)
    assert abs(frame.position[1]) + 0.02 < 0.09


@pytest.mark.parametrize(("opening", "across"), [(0.1, True), (0.14, False)])
def test_in_a_drawer_that_is_too_little_open_for_the_fingers_the_hand_turns(place, thing, world_of, opening, across):
    """Held from left and right of the drawer's way out its fingers would come down on its front and on the cabinet."""
    cup = thing("cup", 0.45, 0.0, id="a", size=(0.056, 0.056, 0.04))
    cup = cup.model_copy(update={"support": "hand", "centre": (0.45, 0.0, 0.16)})
    world = world_of(cup, *drawer(thing, opening), held=cup)
    grasp = world.held.model_copy(update={"hand_yaw": math.pi / 2, "object_yaw": 0.0, "width_m": 0.056})
    frame = put(place(target="a", relation="in", reference="d"), world.model_copy(update={"held": grasp}))
    assert (abs(math.cos(frame.yaw)) > 0.99) is across, (
        "with a yaw of 0 the fingers close along y, the long way of this one"
    )
