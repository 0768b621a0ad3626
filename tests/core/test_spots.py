"""Where things can be put: over many random tables a spot is free, at the distance asked for, and in reach."""

import math

import numpy as np
import pytest

from hiervla.core import resting, spots
from hiervla.core.errors import ToolError
from hiervla.core.footprint import edge_gap, footprint, gap, inside_distance
from hiervla.core.goal import EDGES, Goal, on_side, table_edge
from hiervla.core.outcome import FailureKind
from hiervla.core.relations import holds
from hiervla.core.task import Limits
from hiervla.core.world import Zone

LIMITS = Limits()
SEEDS = range(40)


@pytest.fixture
def crowd(thing, world_of):
    """A random table: what is to be placed, something to refer to, and what is in the way."""

    def make(seed):
        rng = np.random.default_rng(seed)
        placed = []
        shapes = ["cube", "block", "cylinder", "bowl", "cup"]
        for i in range(7):
            shape = shapes[rng.integers(len(shapes))]
            for _ in range(60):
                d = thing(
                    shape,
                    rng.uniform(0.33, 0.68),
                    rng.uniform(-0.34, 0.34),
                    id=f"{shape}{i}",
                    yaw=rng.uniform(-1.5, 1.5),
                )
                if all(gap(footprint(d), footprint(o)) > 0.03 for o in placed):
                    placed.append(d)
                    break
        return placed[0], placed[1], world_of(*placed), rng

    return make


def moved(d, spot, yaw=0.0):
    return d.model_copy(update={"centre": (*spot, d.centre[2]), "yaw": yaw, "support": "table"})


def clear(d, world, but=()):
    """Smallest gap to anything else on the table, and to the table's rim."""
    others = [o for o in world.objects.values() if o.id not in (d.id, *but)]
    rim = min(inside_distance(np.asarray(world.table.outline), p) for p in footprint(d))
    return min([gap(footprint(d), footprint(o)) for o in others], default=1.0), rim


@pytest.mark.parametrize("seed", SEEDS)
def test_beside_is_at_its_distance_free_and_in_reach(seed, crowd):
    d, reference, world, rng = crowd(seed)
    wanted = [None, 0.0, 0.02, 0.05, 0.10][seed % 5]
    yaw = rng.uniform(-1.5, 1.5)
    try:
        spot = spots.beside(d, yaw, reference, world, LIMITS, d.centre[:2], wanted)
    except ToolError as e:
        assert e.kind in (FailureKind.BLOCKED, FailureKind.UNREACHABLE)
        return
    there = moved(d, spot, yaw)
    apart, rim = clear(there, world, but=(reference.id,))
    assert gap(footprint(there), footprint(reference)) == pytest.approx(0.03 if wanted is None else wanted, abs=1e-4)
    assert apart >= min(spots.CLEARANCE_M, 0.03 if wanted is None else wanted) - 1e-9
    assert rim > 0
    assert spots.reachable(spot, LIMITS)


def test_most_random_tables_have_room_beside_something(crowd):
    found = 0
    for seed in SEEDS:
        d, reference, world, _ = crowd(seed)
        try:
            spots.beside(d, d.yaw, reference, world, LIMITS, d.centre[:2])
            found += 1
        except ToolError:
            pass
    assert found >= 35


@pytest.mark.parametrize("direction", ["left", "right", "front", "behind"])
def test_a_named_side_is_kept_and_its_goal_holds(direction, thing, world_of):
    for yaw in np.linspace(-1.5, 1.5, 7):
        d, reference = thing("block", 0.5, -0.3, id="d"), thing("block", 0.52, 0.05, id="r", yaw=float(yaw))
        spot = spots.beside(d, 0.3, reference, world_of(d, reference), LIMITS, d.centre[:2], 0.08, direction)
        there = moved(d, spot, 0.3)
        assert on_side(direction, there, reference)
        goal = Goal(
            relation="at_distance", subject="d", reference="r", distance_m=0.08, tolerance_m=0.001, direction=direction
        )
        assert holds(goal, world_of(there, reference))


def test_beside_what_stands_on_a_plate_is_a_little_farther_off(thing, world_of):
    plate = thing("plate", 0.5, 0.05, id="plate", size=(0.13, 0.13, 0.02))
    d, reference = thing("ball", 0.5, -0.3, id="d"), thing("ball", 0.5, 0.05, id="r", size=(0.05, 0.05, 0.05))
    on_it = reference.model_copy(update={"support": "plate"})
    spot = spots.beside(d, 0.0, on_it, world_of(d, on_it, plate), LIMITS, d.centre[:2])
    assert 0.03 < gap(footprint(moved(d, spot, 0.0)), footprint(on_it)) <= 0.10
    assert spots.is_free(d, spot, 0.0, world_of(d, on_it, plate))


def test_a_side_that_is_taken_is_not_swapped_for_another(thing, world_of):
    d, reference = thing("cube", 0.5, -0.3, id="d"), thing("cube", 0.5, 0.05, id="r")
    wall = thing("box", 0.5, 0.20, id="wall", size=(0.3, 0.2, 0.05))
    with pytest.raises(ToolError, match=r"3\.0 cm from r on its left side") as caught:
        spots.beside(d, 0.0, reference, world_of(d, reference, wall), LIMITS, d.centre[:2], None, "left")
    assert caught.value.kind is FailureKind.BLOCKED
    far = thing("cube", 0.73, 0.1, id="r")
    with pytest.raises(ToolError) as caught:
        spots.beside(d, 0.0, far, world_of(d, far), LIMITS, d.centre[:2], 0.10, "behind")
    assert caught.value.kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("edge", ["edge", *EDGES])
def test_from_an_edge_is_at_its_distance_free_and_in_reach(seed, edge, crowd):
    d, _, world, rng = crowd(seed)
    wanted, yaw = float(rng.uniform(0.02, 0.12)), float(rng.uniform(-1.5, 1.5))
    try:
        spot = spots.from_edge(d, yaw, edge, wanted, world, LIMITS, d.centre[:2])
    except ToolError as e:
        assert e.kind is FailureKind.UNREACHABLE
        return
    there = moved(d, spot, yaw)
    apart, rim = clear(there, world)
    _, a, b = table_edge(world.table, edge, spot)
    assert edge_gap(footprint(there), a, b) == pytest.approx(wanted, abs=1e-6)
    assert rim > 0
    assert apart >= spots.CLEARANCE_M - 1e-9
    assert spots.reachable(spot, LIMITS)
    goal = Goal(relation="at_distance", subject=d.id, reference=edge, distance_m=wanted, tolerance_m=0.001)
    assert holds(goal, world.model_copy(update={"objects": {d.id: there}})), "the eyes would not agree with the planner"


def test_some_edge_is_always_found_on_a_random_table(crowd):
    for seed in SEEDS:
        d, _, world, _ = crowd(seed)
        spot = spots.from_edge(d, 0.0, "edge", 0.05, world, LIMITS, d.centre[:2])
        assert spots.reachable(spot, LIMITS) and spots.is_free(d, spot, 0.0, world)


def test_an_edge_out_of_reach_or_out_of_view_is_told(thing, world_of):
    d = thing("cube", 0.5, 0.0)
    with pytest.raises(ToolError, match="far edge") as caught:
        spots.from_edge(d, 0.0, "far edge", 0.0, world_of(d), Limits(high=(0.6, 0.55, 0.75)), (0.5, 0.0))
    assert caught.value.kind is FailureKind.UNREACHABLE
    with pytest.raises(ToolError, match="not in view"):
        spots.from_edge(d, 0.0, "edge", 0.05, world_of(d, table=False), LIMITS, (0.5, 0.0))


@pytest.mark.parametrize("seed", SEEDS)
def test_on_the_table_is_free_and_the_spot_it_stands_on_is_as_good_as_any(seed, crowd):
    d, _, world, _ = crowd(seed)
    spot = spots.on_table(d, d.yaw, world, LIMITS, d.centre[:2])
    apart, rim = clear(moved(d, spot, d.yaw), world)
    assert apart >= 0.03 - 1e-9
    assert rim > 0
    assert spots.reachable(spot, LIMITS, 0.02)
    if clear(d, world)[0] >= 0.03 and spots.reachable(d.centre[:2], LIMITS, 0.02):
        assert spot == d.centre[:2]


def test_keep_out_zones_and_things_out_of_sight_are_not_free(thing, world_of):
    d = thing("cube", 0.5, 0.3, id="d")
    world = world_of(d)
    square = ((0.46, -0.04), (0.54, -0.04), (0.54, 0.04), (0.46, 0.04))
    assert spots.is_free(d, (0.5, 0.0), 0.0, world)
    assert not spots.is_free(
        d, (0.5, 0.0), 0.0, world.model_copy(update={"zones": {"z": Zone(name="z", outline=square, keep_out=True)}})
    )
    assert spots.is_free(d, (0.5, 0.0), 0.0, world.model_copy(update={"zones": {"z": Zone(name="z", outline=square)}}))
    hidden = thing("cube", 0.5, 0.02, id="hidden")
    assert not spots.is_free(d, (0.5, 0.0), 0.0, world.model_copy(update={"lost": {"hidden": hidden}}))
    assert not spots.is_free(d, (0.26, 0.0), 0.0, world), "over the rim"


def test_a_full_table_is_told_as_blocked(thing, world_of):
    d = thing("cube", 0.5, 0.3, id="d")
    plates = [
        thing("plate", x, y, id=f"p{x}{y}") for x in np.arange(0.25, 0.9, 0.12) for y in np.arange(-0.5, 0.55, 0.12)
    ]
    with pytest.raises(ToolError, match="no free place") as caught:
        spots.on_table(d, 0.0, world_of(d, *plates), LIMITS, (0.5, 0.0))
    assert caught.value.kind is FailureKind.BLOCKED


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


def test_reach_is_a_ring_in_the_box():
    assert spots.reachable((0.5, 0.0), LIMITS)
    assert not spots.reachable((0.25, 0.0), LIMITS), "too near"
    assert not spots.reachable((0.7, 0.5), LIMITS), "too far"
    assert not spots.reachable((0.21, 0.4), LIMITS), "outside the box"
    assert not spots.reachable((0.77, 0.0), LIMITS, margin=0.02)
    assert math.hypot(0.77, 0.0) < LIMITS.reach_m


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


@pytest.mark.parametrize("seed", range(5))
def test_a_place_is_free_where_every_gap_measured_in_full_is_wide_enough(crowd, seed):
    d, _, world, rng = crowd(seed)
    others = [o for o in world.objects.values() if o.id != d.id]
    told = []
    for _ in range(200):
        spot, yaw = (rng.uniform(0.38, 0.62), rng.uniform(-0.28, 0.28)), rng.uniform(-1.5, 1.5)
        outline = spots.outline_at(d, spot, yaw)
        told.append(spots.is_free(d, spot, yaw, world, 0.02))
        assert told[-1] == all(gap(outline, footprint(o)) >= 0.02 for o in others)
    assert 20 < sum(told) < 180
