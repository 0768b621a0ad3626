"""Ids over several looks, with the arm in the way and with something in its hand; and the watch over a target."""

from __future__ import annotations

import math

import numpy as np
import pybullet
import pytest
from perception.random_scenes import Cell, cell, random_cell, vocabulary

from hiervla.core.geometry import Pose
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, Held, World
from hiervla.perception.change import TargetWatch, image_change
from hiervla.perception.eyes import GeometricEyes
from hiervla.perception.hand import Grip
from hiervla.perception.identity import assign_ids, join_own_pieces
from hiervla.perception.released import let_go
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


@pytest.mark.parametrize("seeds", [range(10), range(10, 20)])
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


def cube(name: str, x: float, y: float) -> Detection:
    return Detection(id=name, label="cube", colour="red", size_word="medium", score=0.9, centre=(x, y, 0.02), size=(0.04, 0.04, 0.04), support="table")  # fmt: skip


@pytest.mark.parametrize(("width_m", "name"), [(0.062, "top"), (0.0, "top"), (0.0405, "base")])
def test_of_two_equal_things_the_one_below_the_opened_hand_was_in_it(width_m, name):
    base, top = cube("base", 0.5, 0.1), cube("top", 0.4, -0.2)
    held = Held(id="top", offset=(0.0, 0.0, 0.0), hand_yaw=0.0, object_yaw=0.0, width_m=0.040)
    before = World(objects={"base": base, "top": top.model_copy(update={"support": "hand"})}, held=held)
    hand = Pose((0.525, 0.1, 0.2), (1.0, 0.0, 0.0, 0.0))
    past = let_go(before, Grip(hand, width_m, Gripper()), 1.0)
    (seen,) = assign_ids([cube("new", 0.523, 0.101)], past)  # the base is hidden, or the held thing is
    assert seen.id == name


def test_the_pieces_that_a_known_thing_in_a_container_is_split_into_are_that_thing():
    known = cube("blue_cube_1", 0.5, 0.0).model_copy(update={"colour": "blue"})
    bowl = cube("bowl_1", 0.5, 0.0).model_copy(update={"hollow": True, "label": "bowl"})
    now = known.model_copy(update={"size": (0.05, 0.015, 0.04), "support": "bowl_1", "relation": "in"})
    piece = known.model_copy(
        update={"id": "blue_wedge_1", "label": "wedge", "support": known.id, "centre": (0.5, 0.02, 0.08)}
    )
    before = World(objects={known.id: known, bowl.id: bowl})
    things = {d.id: d for d in (bowl, now, piece)}
    out = join_own_pieces(things, before)
    joined = out[known.id]
    assert list(out) == [bowl.id, known.id] and joined.size == known.size and joined.posture == "tilted"
    assert joined.top_z == pytest.approx(piece.top_z)
    kept = [
        (things | {piece.id: piece.model_copy(update={"colour": "red"})}, before),
        (things | {piece.id: piece.model_copy(update={"centre": (0.5, 0.08, 0.02)})}, before),
        (things | {now.id: now.model_copy(update={"size": known.size})}, before),
        (things | {bowl.id: bowl.model_copy(update={"hollow": False})}, before),
        (things, World(objects=things)),
    ]
    for objects, was in kept:
        assert join_own_pieces(objects, was) == objects


def test_what_was_read_from_memory_keeps_its_id_beside_an_equal_thing():
    a, b = cube("a", 0.5, 0.1), cube("b", 0.5, 0.1)
    world = World(objects={"a": a, "b": b})
    assert [d.id for d in assign_ids([b, cube("new", 0.5, 0.1)], world)] == ["b", "a"]
    assert [d.id for d in assign_ids([cube("new", 0.5, 0.1), a], world)] == ["b", "a"]


def test_what_the_arm_half_hid_is_not_taken_for_what_was_put_in_its_place() -> None:
    """A green block half behind the arm, then a yellow cube where it stood: alike words, but both plain."""
    block = Detection(
        id="green_block_1", label="block", colour="green", centre=(0.48, 0.09, 0.02), size=(0.061, 0.037, 0.040),
        score=1.0, visible=0.44,
    )  # fmt: skip
    cube = Detection(
        id="new", label="cube", colour="yellow", centre=(0.48, 0.09, 0.02), size=(0.043, 0.043, 0.043),
        score=1.0, visible=1.0,
    )  # fmt: skip
    before = World(look_id="L2", objects={block.id: block})
    assert assign_ids([cube], before)[0].id == "yellow_cube_1"
    dim = cube.model_copy(update={"colour": "yellow", "label": "block", "size": block.size, "score": 0.7})
    assert assign_ids([dim], before)[0].id == "green_block_1"  # its colour is in doubt: it may be the same


def thing_of(name, label, colour, x, y, size):
    return cube(name, x, y).model_copy(
        update={"label": label, "colour": colour, "size": size, "centre": (x, y, size[2] / 2)}
    )


def test_the_only_new_thing_of_a_colour_is_what_went_missing_though_it_lies_far_off_and_askew():
    was = thing_of("cyan_cube_1", "cube", "cyan", 0.5, -0.1, (0.02, 0.02, 0.02))
    before = World(objects={was.id: was})
    askew = thing_of("?", "cylinder", "cyan", 0.5, 0.16, (0.017, 0.017, 0.026))
    assert [d.id for d in assign_ids([askew], before)] == [was.id]
    larger = thing_of("?", "cylinder", "cyan", 0.5, 0.16, (0.03, 0.03, 0.06))
    other = thing_of("?", "ring", "cyan", 0.5, 0.16, (0.02, 0.02, 0.02))
    for new in (larger, other):
        assert assign_ids([new], before)[0].id != was.id
    second = thing_of("cyan_cube_2", "cube", "cyan", 0.4, -0.1, (0.02, 0.02, 0.02))
    two = assign_ids([askew], World(objects={was.id: was, second.id: second}))
    assert two[0].id not in (was.id, second.id), "which of the two it is, nobody can tell"
    apart = thing_of("?", "block", "cyan", 0.6, 0.16, (0.018, 0.01, 0.02))
    assert was.id not in [d.id for d in assign_ids([askew, apart], before)], "two new ones, far from each other"


def test_in_a_heap_two_pieces_in_one_place_are_the_thing_that_leans_there():
    was = thing_of("pink_cube_1", "cube", "pink", 0.45, -0.19, (0.028, 0.028, 0.028))
    before = World(objects={was.id: was})
    pieces = [
        thing_of("?", "cylinder", "pink", 0.472, 0.138, (0.022, 0.022, 0.032)),
        thing_of("?", "block", "pink", 0.486, 0.138, (0.027, 0.008, 0.028)),
    ]
    wall = thing_of("red_block_1", "block", "red", 0.472, 0.112, (0.03, 0.022, 0.02))
    seen = assign_ids([*pieces, wall], before)
    out = join_own_pieces({d.id: d for d in seen}, before)
    assert sorted(d.colour for d in out.values()) == ["pink", "red"] and out[was.id].posture == "tilted"
    alone = assign_ids(pieces, before)
    assert len(join_own_pieces({d.id: d for d in alone}, before)) == 2, "nothing there to lean on: they are two"
