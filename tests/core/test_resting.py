"""Where a thing comes to rest in a container: level, clear of the walls and of what lies there, with room for the fingers."""

import math

import pytest
from core.test_spots import moved

from hiervla.core import resting, spots
from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.outcome import FailureKind


def test_an_empty_container_with_room_for_one_is_used_in_its_middle(thing, world_of):
    d, bowl = thing("cube", 0.5, 0.3), thing("bowl", 0.5, -0.1, size=(0.11, 0.11, 0.05), inner_radius_m=0.05)
    assert resting.inside(d, bowl, world_of(d, bowl)) == (0.5, -0.1)


@pytest.mark.parametrize("shape", ["cube", "cylinder"])
def test_the_first_thing_in_a_wide_bowl_leaves_room_and_stands_on_its_flat_floor(shape, thing, world_of):
    d, bowl = thing(shape, 0.5, 0.3), thing("bowl", 0.5, -0.1, size=(0.155, 0.155, 0.05), inner_radius_m=0.0725)
    spot = resting.inside(d, bowl, world_of(d, bowl))
    aside, reach = math.dist(spot, (0.5, -0.1)), d.size[0] / 2 * (1.0 if d.round else math.sqrt(2))
    assert 0.005 < aside <= resting.BOWL_FOOT * 0.0775 - 0.005 - reach, "no corner is on the wall"


@pytest.mark.parametrize("yaw", [0.0, 0.6, -1.2])
def test_beside_what_lies_in_a_container_already(yaw, thing, world_of):
    box = thing("box", 0.5, -0.1, id="box", yaw=yaw)
    there = thing("cube", 0.5, -0.1, id="there", on=box)
    d = thing("cube", 0.5, 0.3, id="d")
    spot = resting.inside(d, box, world_of(box, there, d))
    at = moved(d, spot, yaw)
    assert gap(footprint(at), footprint(there)) > 0
    assert inside_distance(footprint(box), spot) > 0.02


@pytest.mark.parametrize("yaw", [0.0, 0.4, 0.8])
def test_the_second_in_a_wide_bowl_is_laid_as_level_as_there_is_room(yaw, thing, world_of):
    """Of all free places the one where its corners, as it is turned, come least onto the wall and the first one."""
    bowl = thing("bowl", 0.5, -0.1, id="bowl", size=(0.155, 0.155, 0.05), inner_radius_m=0.0725)
    d = thing("cube", 0.5, 0.3, id="d")
    first = thing("cube", *resting.inside(d, bowl, world_of(d, bowl)), id="first", on=bowl)
    spot = resting.inside(d, bowl, world_of(bowl, first, d), yaw)
    at = moved(d, spot, yaw)
    assert gap(footprint(at), footprint(first)) > -0.002
    floor_m = resting.BOWL_FOOT * 0.0775
    assert max(math.dist(c, bowl.centre[:2]) for c in footprint(at)) < floor_m + 0.02, "corners only low on the wall"


@pytest.mark.parametrize("yaw", [0.0, math.pi / 4, math.pi / 2, -2.8])
def test_the_first_long_thing_in_a_drawer_goes_to_one_end_with_room_for_the_fingers_and_for_another(
    yaw, thing, world_of
):
    drawer = thing("drawer", 0.5, 0.23, id="drawer", size=(0.18, 0.115, 0.076), opening_m=0.12, hollow=True)
    screw = thing("shape", 0.5, 0.0, id="screw", size=(0.062, 0.032, 0.016))
    x, y = resting.inside(screw, drawer, world_of(screw, drawer), yaw)
    outline = spots.outline_at(screw, (x, y), yaw)
    assert min(inside_distance(footprint(drawer), c) for c in outline) >= resting.WALL_M - 1e-9
    assert outline[:, 0].max() < 0.5 and y == 0.23, "more than half of it stays free"
    if abs(math.sin(yaw)) > 0.99:
        assert outline[:, 0].min() - (0.5 - 0.09) >= resting.FINGERS_M - 1e-9, "a finger goes between it and the wall"


def test_where_the_hand_has_room_comes_before_where_the_thing_lies_freest(thing, world_of):
    drawer = thing("drawer", 0.5, 0.23, id="drawer", size=(0.18, 0.115, 0.076), opening_m=0.12, hollow=True)
    screw = thing("shape", 0.44, 0.23, id="screw", yaw=math.pi / 2, size=(0.06, 0.03, 0.016), on=drawer)
    nut = thing("ring", 0.5, 0.0, id="nut", size=(0.06, 0.06, 0.016))
    world = world_of(drawer, screw, nut)
    freest = resting.inside(nut, drawer, world, 0.0)
    chosen = resting.inside(nut, drawer, world, 0.0, lambda s: s[0] < freest[0] - 0.005)
    assert chosen[0] < freest[0] - 0.005
    assert gap(footprint(moved(nut, chosen)), footprint(screw)) > -resting.OVERLAP_M
    assert resting.inside(nut, drawer, world, 0.0, lambda _: False) == freest, (
        "a preference: without any such place, the freest"
    )


def test_what_is_not_hollow_or_too_small_takes_nothing(thing, world_of):
    d, plank, cup = thing("bowl", 0.5, 0.3), thing("block", 0.5, 0.0), thing("cup", 0.5, -0.2)
    for container, says in ((plank, "not hollow"), (cup, "too big")):
        with pytest.raises(ToolError, match=says) as caught:
            resting.inside(d, container, world_of(d, container))
        assert caught.value.kind is FailureKind.PRECONDITION


def test_a_second_long_thing_goes_beside_the_first_by_its_outline_and_not_across_it(thing, world_of):
    box = thing("box", 0.5, -0.3, id="box", size=(0.32, 0.17, 0.05))
    first = thing("shape", 0.5, -0.3, id="wrench", yaw=0.0, size=(0.105, 0.036, 0.015), on=box)
    second = thing("shape", 0.5, 0.0, id="driver", size=(0.095, 0.03, 0.018))
    world = world_of(box, first, second)
    along = resting.inside(second, box, world, 0.0)
    outline = spots.outline_at(second, along, 0.0)
    assert gap(outline, footprint(first)) > 0.006
    assert min(inside_distance(footprint(box), c) for c in outline) > 0.006
    narrow = thing("box", 0.5, -0.3, id="box", size=(0.13, 0.10, 0.05))
    there = thing("shape", 0.5, -0.3, id="wrench", yaw=0.0, size=(0.105, 0.036, 0.015), on=narrow)
    with pytest.raises(ToolError, match="no room left"):
        resting.inside(second, narrow, world_of(narrow, there, second), math.pi / 2)


@pytest.mark.parametrize("yaw", [0.0, 0.5])
def test_several_things_find_room_beside_each_other_on_a_book(yaw, thing, world_of):
    book = thing("block", 0.5, 0.0, id="book", yaw=yaw, size=(0.20, 0.16, 0.02))
    there = []
    for k in range(3):
        d = thing("cube", 0.5, 0.3, id=f"c{k}", size=(0.04, 0.04, 0.04))
        spot = resting.upon(d, yaw, book, world_of(book, d, *there))
        at = thing("cube", *spot, id=f"c{k}", yaw=yaw, size=d.size, on=book)
        assert min(inside_distance(footprint(book), c) for c in footprint(at)) >= -1e-6
        assert all(gap(footprint(at), footprint(o)) >= resting.PLATE_GAP_M for o in there)
        there.append(at)


def test_a_thing_that_is_small_or_high_carries_one_only(thing, world_of):
    assert resting.is_broad(thing("plate", 0.5, 0.0, size=(0.16, 0.16, 0.02)))
    assert not resting.is_broad(thing("block", 0.5, 0.0, size=(0.20, 0.16, 0.06)))
    assert not resting.is_broad(thing("block", 0.5, 0.0, size=(0.20, 0.05, 0.02)))
