"""Which way to turn the hand, how deep, how wide."""

import math

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, rectangle
from hiervla.core.grasp import (
    bearing,
    carrying_yaw,
    choose_grasp,
    comfortable_yaw,
    expected_width,
    hand_room,
    hanging,
    width_across,
)
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Gripper
from hiervla.core.walls import finger_outlines

BASE = (0.0, 0.0, 0.0)
HAND = Gripper()


def test_the_hand_stays_within_a_quarter_turn_of_the_arms_bearing():
    rng = np.random.default_rng(0)
    for _ in range(200):
        spot, yaw = tuple(rng.uniform((0.3, -0.5), (0.8, 0.5))), rng.uniform(-7, 7)
        turn = comfortable_yaw(yaw, spot, BASE)
        assert abs(turn - bearing(spot, BASE)) <= math.pi / 2 + 1e-9
        assert math.sin(2 * (turn - yaw)) == pytest.approx(0, abs=1e-9), (
            "half turns aside it is the yaw that was asked for"
        )
        assert math.cos(2 * (turn - yaw)) > 0


@pytest.mark.parametrize("shape", ["cube", "block", "cylinder", "ball"])
def test_any_lone_thing_is_grasped_on_its_middle_and_across_a_side(shape, thing, world_of):
    rng = np.random.default_rng(1)
    for _ in range(30):
        d = thing(shape, *rng.uniform((0.35, -0.3), (0.7, 0.3)), yaw=rng.uniform(-1.57, 1.57))
        g = choose_grasp(d, world_of(d), HAND, BASE)
        assert g.position[:2] == d.centre[:2]
        assert d.bottom_z < g.position[2] <= d.top_z
        assert abs(g.yaw - bearing(d.centre[:2], BASE)) <= math.pi / 2 + 1e-9
        assert g.width_m < g.opening_m <= HAND.opening_m
        if not d.round:
            assert math.sin(2 * (g.yaw - d.yaw)) == pytest.approx(0, abs=1e-9)


def test_the_narrow_side_is_taken_when_both_turns_are_alike(thing, world_of):
    for y in (-0.2, 0.0, 0.2):
        spot = (0.5, y)
        for sign in (1, -1):
            d = thing("block", *spot, yaw=bearing(spot, BASE) + sign * math.pi / 4)
            assert choose_grasp(d, world_of(d), HAND, BASE).width_m == pytest.approx(0.04)


def test_what_is_too_long_one_way_is_taken_the_other_way(thing, world_of):
    for yaw in np.linspace(-1.5, 1.5, 13):
        d = thing("block", 0.5, 0.0, yaw=float(yaw), size=(0.12, 0.03, 0.03))
        assert choose_grasp(d, world_of(d), HAND, BASE).width_m == pytest.approx(0.03)


def test_fingers_go_where_there_is_room(thing, world_of):
    # A neighbour 1 cm away on each side of one axis leaves only the other axis.
    for turn in np.linspace(0, 1.5, 7):
        d = thing("cube", 0.5, 0.0, id="d", yaw=float(turn))
        c, s = math.cos(turn), math.sin(turn)
        beside = [thing("cube", 0.5 + k * 0.05 * c, k * 0.05 * s, id=f"n{k}", yaw=float(turn)) for k in (1, -1)]
        g = choose_grasp(d, world_of(d, *beside), HAND, BASE)
        closing = np.array([-math.sin(g.yaw), math.cos(g.yaw)])
        assert abs(closing @ (c, s)) < 0.1, "the fingers must not close along the row"
        for side in (1, -1):
            x, y = np.array([0.5, 0.0]) + closing * side * (g.opening_m + HAND.finger_m[1]) / 2
            finger = rectangle(x, y, *HAND.finger_m, g.yaw)
            assert all(gap(finger, footprint(n)) > 0 for n in beside)


def test_between_neighbours_the_fingers_open_less_far(thing, world_of):
    d = thing("cube", 0.5, 0.0, id="d")
    beside = [
        thing("block", 0.5 + dx, dy, id=f"n{dx}{dy}", size=(0.03, 0.03, 0.04))
        for dx, dy in ((0, 0.063), (0, -0.063), (0.063, 0), (-0.063, 0))
    ]
    world = world_of(d, *beside)
    alone, g = choose_grasp(d, world_of(d), HAND, BASE), choose_grasp(d, world, HAND, BASE)
    assert g.opening_m < alone.opening_m, "alone there is room for an error"
    assert g.opening_m >= g.width_m + 0.015
    assert hand_room(g.position, g.yaw, g.opening_m, world, ("d",), HAND) > 0


def test_a_thing_hemmed_in_on_all_sides_is_blocked(thing, world_of):
    d = thing("cube", 0.5, 0.0, id="d")
    around = [
        thing("cube", 0.5 + dx, dy, id=f"n{dx}{dy}")
        for dx in (-0.045, 0, 0.045)
        for dy in (-0.045, 0, 0.045)
        if dx or dy
    ]
    with pytest.raises(ToolError, match="no room for the fingers") as caught:
        choose_grasp(d, world_of(d, *around), HAND, BASE)
    assert caught.value.kind is FailureKind.BLOCKED


def test_what_the_gripper_cannot_span_is_refused_with_both_figures(thing, world_of):
    d = thing("block", 0.5, 0.0, size=(0.18, 0.14, 0.05))
    with pytest.raises(ToolError, match=r"14\.0 cm wide.*opens 8 cm") as caught:
        choose_grasp(d, world_of(d), HAND, BASE)
    assert caught.value.kind is FailureKind.PRECONDITION


def test_low_neighbours_and_what_it_stands_on_take_no_room(thing, world_of):
    plate = thing("plate", 0.5, 0.0, id="plate")
    d = thing("cube", 0.5, 0.0, id="d", on=plate)
    flat = thing("block", 0.5, 0.05, id="flat", size=(0.05, 0.05, 0.004))
    near = thing("cube", 0.5, 0.06, id="near")
    assert hand_room(d.centre, 0.0, 0.07, world_of(d, plate, flat), ("d", "plate"), HAND) == pytest.approx(1.0)
    assert hand_room(d.centre, 0.0, 0.07, world_of(d, near), ("d",), HAND) < 0
    assert hand_room(
        d.centre, 0.0, 0.07, world_of(d, near.model_copy(update={"support": "hand"})), ("d",), HAND
    ) == pytest.approx(1.0)


def test_a_tall_neighbour_takes_the_palms_room_and_turns_the_hand(thing, world_of):
    d = thing("cube", 0.5, 0.0, id="d")
    low, tall = thing("cube", 0.5, 0.10, id="n"), thing("cylinder", 0.5, 0.10, id="n", size=(0.04, 0.04, 0.2))
    assert hand_room(d.centre, 0.0, 0.07, world_of(d, low), ("d",), HAND) > 0, "the palm passes over it"
    assert hand_room(d.centre, 0.0, 0.07, world_of(d, tall), ("d",), HAND) < 0
    g = choose_grasp(d, world_of(d, tall), HAND, BASE)
    assert hand_room(g.position, g.yaw, g.opening_m, world_of(d, tall), ("d",), HAND) > 0


def test_a_tall_thing_is_taken_near_its_top_and_one_in_a_bowl_from_high_up(thing, world_of):
    tall = thing("cylinder", 0.5, 0.0, size=(0.04, 0.04, 0.16))
    assert choose_grasp(tall, world_of(tall), HAND, BASE).position[2] > tall.top_z - HAND.finger_length_m
    bowl = thing("bowl", 0.5, 0.0, id="bowl")
    inner = thing("cube", 0.5, 0.0, id="inner", on=bowl)
    assert choose_grasp(inner, world_of(inner, bowl), HAND, BASE).position[2] == pytest.approx(inner.top_z - 0.016)


def test_a_retrys_yaw_offset_turns_the_grasp(thing, world_of):
    d = thing("cylinder", 0.5, 0.0)
    plain, turned = choose_grasp(d, world_of(d), HAND, BASE), choose_grasp(d, world_of(d), HAND, BASE, yaw_offset=0.2)
    assert turned.yaw - plain.yaw == pytest.approx(0.2)


def test_width_across_is_the_extent_in_the_closing_direction(thing):
    block = thing("block", 0.5, 0.0, yaw=0.3)
    assert width_across(block, 0.3) == pytest.approx(0.04)
    assert width_across(block, 0.3 + math.pi / 2) == pytest.approx(0.066)
    assert width_across(thing("cylinder", 0.5, 0.0), 1.1) == pytest.approx(0.042)


@pytest.mark.parametrize(("opening", "command"), [(0.08, 0.0), (0.0, 1.0), (0.04, 0.5), (0.2, 0.0), (-0.1, 1.0)])
def test_gripper_commands_span_open_to_closed(opening, command):
    assert HAND.command(opening) == pytest.approx(command)


def test_another_hand_takes_other_things_and_needs_other_room(thing, world_of):
    wide = Gripper(opening_m=0.12, palm_m=(0.05, 0.3), tip_m=0.02)
    d = thing("block", 0.5, 0.0, id="d", size=(0.10, 0.10, 0.04))
    with pytest.raises(ToolError, match="opens 8 cm"):
        choose_grasp(d, world_of(d), HAND, BASE)
    g = choose_grasp(d, world_of(d), wide, BASE)
    assert g.opening_m == wide.opening_m
    assert g.position[2] == pytest.approx(0.02), "its longer tips must not meet the table"
    tall = thing("cylinder", 0.5, 0.14, id="n", size=(0.04, 0.04, 0.2))
    small = thing("cube", 0.5, 0.0, id="d")
    assert hand_room(small.centre, 0.0, 0.07, world_of(small, tall), ("d",), HAND) > 0
    assert hand_room(small.centre, 0.0, 0.07, world_of(small, tall), ("d",), wide) < 0
    assert wide.command(0.06) == pytest.approx(0.5)


def test_how_far_a_wrist_turns_decides_whether_a_thing_is_set_down_as_it_was_grasped():
    spot = (0.5, 0.0)
    assert carrying_yaw(1.8, spot, BASE, HAND) == 1.8
    stiff = Gripper(wrist_free_rad=1.6)
    assert carrying_yaw(1.8, spot, BASE, stiff) == pytest.approx(1.8 - math.pi)


def test_a_bowl_is_taken_by_its_rim_one_finger_in_and_one_out_where_there_is_room(thing, world_of):
    bowl = thing("bowl", 0.5, 0.0, id="bowl")
    wall = thing("block", 0.5, 0.085, id="wall", size=(0.2, 0.03, 0.10))
    for world in (world_of(bowl), world_of(bowl, wall)):
        g = choose_grasp(bowl, world, HAND, BASE)
        out = np.subtract(g.position[:2], bowl.centre[:2])
        radius = float(np.linalg.norm(out))
        closing = np.array([-math.sin(g.yaw), math.cos(g.yaw)])
        assert g.rim and 0.055 <= radius <= 0.060
        assert abs(float(closing @ out)) == pytest.approx(radius), "the fingers close square to the wall"
        assert hand_room(g.position, g.yaw, g.opening_m, world, ("bowl",), HAND) > 0
    low, high = expected_width(g)["width_range_m"]
    assert low < 0.005 < high < 0.03


def test_a_ring_is_taken_by_its_band_and_a_cup_across(thing, world_of):
    ring = thing("cylinder", 0.5, 0.0, size=(0.07, 0.07, 0.018)).model_copy(update={"label": "ring"})
    assert choose_grasp(ring, world_of(ring), HAND, BASE).rim
    cup = thing("cup", 0.5, 0.0)
    assert not choose_grasp(cup, world_of(cup), HAND, BASE).rim


def test_a_cup_that_just_fits_is_taken_around_for_it_would_swing_by_its_rim(thing, world_of):
    tall, wide = ((0.069, 0.069, h) for h in (0.082, 0.050))
    cup = thing("cup", 0.5, 0.0, size=tall, inner_radius_m=0.031)
    assert not choose_grasp(cup, world_of(cup), HAND, BASE).rim
    low = thing("cup", 0.5, 0.0, size=wide, inner_radius_m=0.031)
    assert choose_grasp(low, world_of(low), HAND, BASE).rim, "what is wider than tall hangs well enough"


@pytest.mark.parametrize("height", [0.016, 0.018, 0.022])
def test_the_finger_in_a_plate_stays_off_its_floor(height, thing, world_of):
    plate = thing("plate", 0.5, 0.0, size=(0.16, 0.16, height), inner_radius_m=0.067)
    g = choose_grasp(plate, world_of(plate), HAND, BASE)
    assert g.rim and g.position[2] - HAND.tip_m >= 0.004 - 1e-9


def test_a_long_thing_is_taken_beside_its_middle_when_the_middle_has_no_room(thing, world_of):
    long = thing("block", 0.5, 0.0, id="long", size=(0.14, 0.03, 0.03))
    assert choose_grasp(long, world_of(long), HAND, BASE).aside_m == 0.0
    beside = [thing("cube", 0.5, s * 0.037, id=f"n{s}") for s in (1, -1)]
    g = choose_grasp(long, world_of(long, *beside), HAND, BASE)
    assert 0.02 < abs(g.aside_m) < 0.06
    assert hand_room(g.position, g.yaw, g.opening_m, world_of(long, *beside), ("long",), HAND) > 0


def test_what_leans_outwards_hangs_low_and_lands_nearer_to_the_hand_than_it_stood(thing):
    bowl, box = thing("bowl", 0.5, 0.0), thing("box", 0.5, 0.0)
    hangs = hanging(bowl, HAND)
    assert hanging(box, HAND) is None
    assert 0 < hangs.lands_m < hangs.inward_m < bowl.size[0] / 2
    assert hangs.touches_m > hangs.down_m + bowl.size[2] / 4


@pytest.mark.parametrize("radius", [0.031, 0.034, 0.038])
def test_a_finger_in_a_ring_meets_it_nowhere_when_open(radius, thing, world_of):
    ring = thing("ring", id="r", size=(2 * radius, 2 * radius, 0.018), inner_radius_m=0.52 * radius)
    g = choose_grasp(ring, world_of(ring), HAND)
    out = math.dist(g.position[:2], ring.centre[:2])
    across, along = HAND.finger_m
    near, far = out - g.opening_m / 2, out - g.opening_m / 2 - along  # the inner finger's faces, from the ring's middle
    assert max(math.hypot(near, across / 2), math.hypot(far, across / 2)) < 0.52 * radius
    assert out + g.opening_m / 2 > radius


def test_a_ring_is_taken_around_where_that_is_asked_for(thing, world_of):
    ring = thing("ring", id="r", size=(0.066, 0.066, 0.018))
    assert choose_grasp(ring, world_of(ring), HAND).rim
    assert not choose_grasp(ring, world_of(ring), HAND, around=True).rim


def test_a_low_thing_is_taken_higher_where_the_palm_would_meet_what_stands_beside_it(thing, world_of):
    low = thing("shape", 0.513, 0.194, id="hook", size=(0.082, 0.056, 0.020), yaw=-1.4)
    alone = choose_grasp(low, world_of(low), HAND)
    assert not alone.high and alone.position[2] == pytest.approx(0.010)
    beside = thing("cube", 0.394, 0.178, id="cube", size=(0.048, 0.048, 0.048), yaw=-0.87)
    high = choose_grasp(low, world_of(low, beside), HAND)
    assert high.high and high.position[2] + HAND.palm_above_m >= beside.top_z - 0.002
    assert low.top_z - (high.position[2] - HAND.tip_m) >= 0.012, "and still deep enough to hold it"


@pytest.mark.parametrize("turn", [0.0, 0.5, 2.1])
def test_in_a_box_a_cube_is_taken_across_the_side_that_is_farther_from_a_wall(turn, thing, world_of):
    """Both sides are free of neighbours; beside one of them a wall stands where a finger would come down."""
    box = thing("box", 0.6, 0.0, id="box", size=(0.19, 0.15, 0.045), yaw=turn)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    x, y = np.array([0.6, 0.0]) + 0.02 * along + 0.035 * across
    cube = thing("cube", float(x), float(y), id="c", size=(0.036, 0.036, 0.036), yaw=turn, on=box)
    grasp = choose_grasp(cube, world_of(box, cube), Gripper())
    closing = np.array([-np.sin(grasp.yaw), np.cos(grasp.yaw)])
    assert abs(closing @ along) > 0.99, "the fingers stand apart along the box"


def test_what_is_too_far_off_to_matter_is_not_measured_and_the_room_is_the_same(thing, world_of):
    rng = np.random.default_rng(3)
    for _ in range(60):
        spots, sizes = rng.uniform((0.3, -0.3), (0.7, 0.3), (6, 2)), rng.uniform(0.02, 0.12, (6, 3))
        beside = [thing("block", *p, id=f"o{p}", size=tuple(s)) for p, s in zip(spots, sizes, strict=True)]
        x, y, yaw, opening = *rng.uniform((0.3, -0.3), (0.7, 0.3)), rng.uniform(-3, 3), rng.uniform(0.02, 0.08)
        fingers, palm = finger_outlines(x, y, yaw, opening, HAND), rectangle(x, y, *HAND.palm_m, yaw)
        low, high = 0.022 - HAND.tip_m, 0.02 + HAND.palm_above_m
        gaps = [gap(f, footprint(o)) for o in beside for f in fingers if o.top_z > low]
        gaps += [gap(palm, footprint(o)) for o in beside if o.top_z > high]
        assert hand_room((x, y, 0.02), yaw, opening, world_of(*beside), (), HAND) == min([1.0, *gaps])
