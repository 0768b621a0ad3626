"""Free places are free, in reach and near what was asked; what blocks is what must go."""

import math

import pytest

from hiervla.core.errors import ToolError
from hiervla.core.footprint import footprint, gap
from hiervla.core.recollection import remember
from hiervla.core.spots import outline_at
from hiervla.core.task import Limits
from hiervla.core.tool import Context


@pytest.fixture
def ask(space):
    return lambda name, world, **arguments: space.tools[name].ask(Context(world=world), arguments)


def test_places_are_clear_of_everything_and_come_nearest_first(ask, thing, world_of):
    cube, bowl, other = (
        thing("cube", 0.45, -0.2, id="cube"),
        thing("bowl", 0.5, 0.2, id="bowl"),
        thing("cube", 0.5, 0.09, id="other"),
    )
    world = world_of(cube, bowl, other)
    answer = ask("find_free_place", world, target="cube", near="bowl")
    assert len(answer["places"]) == 3
    for x, y in answer["places"]:
        outline = outline_at(cube, (x, y), cube.yaw)
        assert min(gap(outline, footprint(o)) for o in (bowl, other)) > 0.02
        assert Limits().min_reach_m <= math.hypot(x, y) <= Limits().reach_m
        assert math.dist((x, y), bowl.centre[:2]) < 0.25


def test_a_full_table_has_no_place(ask, thing, world_of):
    wall = [
        thing("box", 0.25 + 0.1 * i, -0.5 + 0.1 * j, id=f"w{i}{j}", size=(0.1, 0.1, 0.05))
        for i in range(7)
        for j in range(11)
    ]
    with pytest.raises(ToolError, match="no free place"):
        ask("find_free_place", world_of(thing("cube", 0.5, 0.0, id="cube"), *wall), target="cube")


def test_nothing_blocks_what_stands_alone(ask, thing, world_of):
    assert ask("what_blocks", world_of(thing("cube", id="cube")), target="cube")["blocked"] is False


def test_what_rests_on_it_blocks_it(ask, thing, world_of):
    base = thing("cube", 0.5, 0.0, id="base", size=(0.05,) * 3)
    answer = ask("what_blocks", world_of(base, thing("cube", 0.5, 0.0, id="top", on=base)), target="base")
    assert answer["blocked"] and answer["by"] == ["top"]


def test_neighbours_that_leave_no_room_for_fingers_are_named(ask, thing, world_of):
    cube = thing("cube", 0.5, 0.0, id="cube")
    walls = [thing("block", 0.5, s * 0.043, id=f"y{s}", size=(0.04, 0.044, 0.05)) for s in (1, -1)]
    walls += [thing("block", 0.5 + s * 0.043, 0.0, id=f"x{s}", size=(0.044, 0.04, 0.05)) for s in (1, -1)]
    answer = ask("what_blocks", world_of(cube, *walls), target="cube")
    assert answer["blocked"] and "fingers" in answer["why"]


def test_a_shut_drawer_blocks_what_was_put_in_it(ask, thing, world_of):
    drawer = thing("box", 0.5, 0.3, id="drawer").model_copy(update={"label": "drawer", "opening_m": 0.1, "fixed": True})
    seen = remember(world_of(drawer, thing("cube", 0.5, 0.3, id="cube", on=drawer)))
    shut = world_of(drawer.model_copy(update={"opening_m": 0.0}), facts=seen.facts)
    assert ask("what_blocks", shut, target="cube")["by"] == ["drawer"]
    assert ask("what_blocks", shut, target="drawer")["why"] == "it is part of the furniture"


def test_a_description_says_posture_opening_and_what_was_put_away(ask, thing, world_of):
    drawer = thing("box", 0.5, 0.3, id="drawer").model_copy(update={"label": "drawer", "opening_m": 0.1, "fixed": True})
    can = thing("cylinder", 0.4, 0.0, id="can").model_copy(update={"posture": "lying", "second_colour": "white"})
    says = ask("describe_scene", world_of(drawer, can))["says"]
    assert "lying" in says and "10 cm out" in says and "and white" in says
