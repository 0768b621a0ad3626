"""Ids from readings alone: which thing a detection is, what is split or askew, and what the hand has just let go of."""

from __future__ import annotations

import pytest

from hiervla.core.geometry import Pose
from hiervla.core.task import Gripper
from hiervla.core.world import Detection, Held, World
from hiervla.perception.hand import Grip
from hiervla.perception.identity import assign_ids, join_own_pieces
from hiervla.perception.released import let_go


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


def test_what_stands_on_its_corner_in_a_heap_reads_longer_and_what_is_half_hidden_there_shorter():
    was = thing_of("cyan_cube_1", "cube", "cyan", 0.5, -0.1, (0.022, 0.022, 0.022))
    before = World(objects={was.id: was})
    wall = thing_of("??", "block", "red", 0.5, 0.14, (0.03, 0.022, 0.02))
    corner = thing_of("?", "cube", "cyan", 0.5, 0.165, (0.037, 0.029, 0.035))
    hidden = thing_of("?", "block", "cyan", 0.5, 0.158, (0.022, 0.010, 0.024))
    sliver = thing_of("?", "block", "cyan", 0.5, 0.156, (0.022, 0.005, 0.024))
    longer = thing_of("?", "block", "cyan", 0.5, 0.165, (0.058, 0.022, 0.022))
    for new, same in ((corner, True), (hidden, True), (sliver, False), (longer, False)):
        found = {d.colour: d.id for d in assign_ids([new, wall], before)}
        assert (found["cyan"] == was.id) is same, new.size
        assert assign_ids([new], before)[0].id != was.id, "nothing there to lean on"


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
