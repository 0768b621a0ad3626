"""Where things can be put: over many random tables a spot is free, at the distance asked for, and in reach."""

import math

import numpy as np
import pytest

from hiervla.core import spots
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


def test_reach_is_a_ring_in_the_box():
    assert spots.reachable((0.5, 0.0), LIMITS)
    assert not spots.reachable((0.25, 0.0), LIMITS), "too near"
    assert not spots.reachable((0.7, 0.5), LIMITS), "too far"
    assert not spots.reachable((0.21, 0.4), LIMITS), "outside the box"
    assert not spots.reachable((0.77, 0.0), LIMITS, margin=0.02)
    assert math.hypot(0.77, 0.0) < LIMITS.reach_m


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
