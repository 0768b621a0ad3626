"""Ids over several looks, with the arm in the way and with something in its hand; and the watch over a target."""

from __future__ import annotations

import math

import numpy as np
import pybullet
import pytest
from perception.random_scenes import Cell, cell, random_cell, vocabulary

from hiervla.core.world import Detection, World
from hiervla.perception.change import TargetWatch, image_change
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.scene import BodySpec

HOME = (0.36, 0.0, 0.42)


def look(made: Cell, before: World = World(), look_id: str = "L", expect: str | None = None) -> World:
    return GeometricEyes(vocabulary()).look(made.look(), before, look_id, expect)


def put(made: Cell, name: str, x: float, y: float, z: float | None = None) -> None:
    cid = made.sim.client.id
    body = made.sim.bodies[name]
    p, q = pybullet.getBasePositionAndOrientation(body.id, physicsClientId=cid)
    pybullet.resetBasePositionAndOrientation(body.id, (x, y, p[2] if z is None else z), q, physicsClientId=cid)


def three(seed: int = 0) -> Cell:
    return cell(
        [
            BodySpec(name="r", shape="cube", colour="red", at=(0.47, 0.06), yaw_deg=8),
            BodySpec(name="g", shape="cube", colour="green", at=(0.55, -0.10)),
            BodySpec(name="b", shape="bowl", colour="blue", at=(0.60, 0.18)),
        ],
        seed,
    )


def test_a_moved_thing_keeps_its_id_and_a_lost_one_gets_it_back() -> None:
    made = three()
    first = look(made)
    put(made, "r", 0.40, -0.22)
    second = look(made, first)
    assert set(second.objects) == set(first.objects) and not second.lost
    assert math.dist(second.objects["red_cube_1"].centre[:2], (0.40, -0.22)) < 0.005
    put(made, "r", 3.0, 3.0, -0.5)
    third = look(made, second)
    assert "red_cube_1" in third.lost and "red_cube_1" not in third.objects
    put(made, "r", 0.62, -0.2, 0.02)
    fourth = look(made, third)
    assert "red_cube_1" in fourth.objects and not fourth.lost
    made.close()


def test_new_ids_are_never_used_twice_and_the_nearest_of_two_alike_keeps_its_own() -> None:
    made = cell(
        [BodySpec(name=n, shape="cube", colour="red", size=0.04, at=(0.5, y)) for n, y in (("a", 0.1), ("b", -0.1))]
    )
    first = look(made)
    assert set(first.objects) == {"red_cube_1", "red_cube_2"}
    put(made, "a", 3.0, 3.0, -0.5)
    second = look(made, first)
    assert set(second.objects) == {"red_cube_2"} and set(second.lost) == {"red_cube_1"}
    put(made, "b", 0.5, -0.06)
    assert set(look(made, second).objects) == {"red_cube_2"}
    made.close()


def test_what_the_arm_hides_is_lost_with_a_warning_and_comes_back() -> None:
    made = three()
    first = look(made)
    made.go(0.52, 0.06, 0.30, 0)
    made.go(0.56, 0.055, 0.06, 0)  # the hand between the camera and the red cube
    hidden = look(made, first)
    assert set(hidden.objects) | set(hidden.lost) == set(first.objects)  # nothing invented
    assert list(hidden.lost) == ["red_cube_1"] and "the arm hides red_cube_1" in hidden.warnings
    made.go(0.52, 0.06, 0.30, 0)
    made.go(*HOME, 0)
    after = look(made, hidden)
    assert set(after.objects) == set(first.objects) and not after.lost
    made.close()


@pytest.mark.parametrize("seed", [0, 5, 6, 12])
def test_nothing_is_invented_with_the_hand_low_among_objects(seed: int) -> None:
    made = random_cell(seed)
    first = look(made)
    rng = np.random.default_rng(seed)
    places = {n: (made.sim.pose(n).position, b.radius) for n, b in made.sim.bodies.items()}
    free = (
        (x, y) for x, y in rng.uniform((0.33, -0.28), (0.66, 0.28), (500, 2))
        if all(math.hypot(x - p[0], y - p[1]) > r + 0.05 for p, r in places.values())
    )  # fmt: skip
    x, y = next(free)
    made.go(x, y, 0.3, 0)
    made.go(x, y, 0.05, 0)
    low = look(made, first)
    assert set(low.objects) <= set(first.objects) and low.held is None
    assert all(any(k in w for w in low.warnings) for k in low.lost)
    made.close()


def test_held_carried_put_into_a_bowl_and_let_go() -> None:
    made = three()
    world = look(made)
    made.go(0.47, 0.06, 0.15, 0)
    made.go(0.47, 0.06, 0.02, 0)
    around = look(made, world)
    assert around.held is None  # the open hand is only around it
    made.go(0.47, 0.06, 0.02, 1)
    made.go(0.47, 0.06, 0.20, 1)
    lifted = look(made, around, expect="red_cube_1")
    assert lifted.held is not None and lifted.held.id == "red_cube_1"
    made.go(0.60, 0.18, 0.20, 1)
    carried = look(made, lifted)
    d = carried.objects["red_cube_1"]
    assert carried.held is not None and d.support == "hand" and carried.seen_now("red_cube_1")
    assert math.dist(d.centre, made.sim.pose("r").position) < 0.006 and carried.held.offset == lifted.held.offset
    assert set(carried.objects) | set(carried.lost) == set(world.objects)
    made.go(0.60, 0.18, 0.09, 1)
    made.go(0.60, 0.18, 0.09, 0)
    made.go(0.60, 0.18, 0.25, 0)
    made.go(*HOME, 0)
    placed = look(made, carried, expect="red_cube_1")
    cube = placed.objects["red_cube_1"]
    assert placed.held is None and (cube.support, cube.relation) == ("blue_bowl_1", "in")
    made.close()


def test_what_is_not_seen_after_it_was_let_go_is_missed_where_it_was_let_go() -> None:
    """Not where it hung in the look before: how far it lies from there would make another thing of it."""
    made = three()
    world = look(made)
    made.go(0.47, 0.06, 0.15, 0)
    made.go(0.47, 0.06, 0.02, 0)
    made.go(0.47, 0.06, 0.02, 1)
    made.go(0.47, 0.06, 0.20, 1)
    lifted = look(made, world, expect="red_cube_1")
    assert lifted.held is not None and lifted.held.id == "red_cube_1"
    made.go(0.40, -0.24, 0.20, 1)
    made.go(0.40, -0.24, 0.025, 1)
    made.go(0.40, -0.24, 0.025, 0)
    put(made, "r", 0.9, 0.9)  # hidden, as far as the eyes can tell
    gone = look(made, lifted, expect="red_cube_1")
    assert gone.held is None and "red_cube_1" not in gone.objects
    assert math.dist(gone.lost["red_cube_1"].centre[:2], (0.40, -0.24)) < 0.02
    made.close()


def test_what_lies_high_in_a_bowl_is_no_taller_than_it_was() -> None:
    """On the wall and on another cube: the near wall hides what is below it, which is not more of the cube."""
    made = cell(
        [
            BodySpec(name="bowl", shape="bowl", colour="green", at=(0.52, 0.0), size=(0.155, 0.155, 0.05)),
            BodySpec(name="b", shape="cube", colour="blue", at=(0.40, 0.2), size=(0.044, 0.044, 0.044)),
        ]
    )
    before = look(made)
    put(made, "b", 0.54, -0.03, z=0.062)
    world = look(made, before, "L2")
    b = world.objects["blue_cube_1"]
    assert b.relation == "in" and b.support == "green_bowl_1" and b.label == "cube"
    assert b.size[2] == pytest.approx(0.044, abs=0.003) and b.bottom_z == pytest.approx(0.040, abs=0.004)
    again = look(made, world, "L3").objects["blue_cube_1"]
    assert again.size[2] == b.size[2] and again.bottom_z == b.bottom_z


def test_wrong_thing_in_the_hand_and_nothing_in_it() -> None:
    made = three()
    world = look(made)
    made.go(0.55, -0.10, 0.15, 0)
    made.go(0.55, -0.10, 0.02, 0)
    made.go(0.55, -0.10, 0.02, 1)
    made.go(0.55, -0.10, 0.20, 1)
    lifted = look(made, world, expect="red_cube_1")
    assert (
        lifted.held is not None and lifted.held.id == "green_cube_1" and lifted.objects["red_cube_1"].support == "table"
    )
    put(made, "g", 0.40, -0.25, 0.025)
    made.go(0.55, -0.10, 0.20, 1)  # closes on nothing
    dropped = look(made, lifted)
    assert dropped.held is None and dropped.objects["green_cube_1"].support == "table"
    made.close()


def _approach(
    made: Cell, target: Detection, ticks: int, moved_at: int | None, body: str
) -> tuple[float, float | None, float]:
    """Largest fraction before anything moved, the first after, and the largest image change while all was still."""
    reference = last = made.arm.observe("tick")
    watch = TargetWatch(reference, target)
    quiet, after, change = 0.0, None, 0.0
    x, y, z = target.centre
    for tick in range(ticks):
        away = np.array([x, y, z + (0.12 if tick < 16 else 0.05)]) - made.arm.observe().hand.position
        step = away * min(1.0, 0.03 / max(float(np.linalg.norm(away)), 1e-9))
        made.arm.apply(np.array([*step, 0, 0, 0, 0]))
        if tick == moved_at:
            p = made.sim.pose(body).position
            put(made, body, float(p[0]), float(p[1]) + 0.05)
        now = made.arm.observe("tick")
        moved, changed = watch.moved(now), image_change(last, now)
        last = now
        if moved_at is None or tick < moved_at:
            quiet, change = max(quiet, moved or 0.0), max(change, changed)
        elif after is None and moved is not None:
            after = moved
    return quiet, after, change


@pytest.mark.parametrize("seeds", [range(10), pytest.param(range(10, 20), marks=pytest.mark.slow)])
def test_the_watch_is_quiet_when_nothing_moves(seeds: range) -> None:
    for seed in seeds:
        made = cell(
            [
                BodySpec(name="c", shape=("cube", "cylinder", "block")[seed % 3], colour="red"),
                BodySpec(name="o", shape="bowl", colour="green"),
            ],
            seed,
        )
        target = next(d for d in look(made).objects.values() if d.colour == "red")
        quiet, _, change = _approach(made, target, 22, None, "c")
        assert quiet < 0.2 and change < 0.1, seed
        made.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_watch_notices_a_moved_body(seed: int) -> None:
    made = cell([BodySpec(name="c", shape=("cube", "cylinder", "block")[seed % 3], colour="red")], seed)
    target = next(iter(look(made).objects.values()))
    quiet, after, _ = _approach(made, target, 16, 12, "c")
    assert quiet < 0.2 and after is not None and after > 0.6
    made.close()
