"""From boxes and points to things in the room: about where geometry says they are, whatever else shows in the box."""

import dataclasses
import math

import numpy as np
import pytest

from hiervla.perception.naming.found import Found
from hiervla.perception.naming.lifting import lift
from hiervla.perception.scene import prepare

SOLID = ["red_cube_1", "green_cube_1", "yellow_cube_1"]


@pytest.fixture(scope="module")
def view(look):
    seen, _, limits = look
    return prepare(seen.images["front"], seen.links, limits)[:2]


@pytest.mark.parametrize("name", SOLID)
@pytest.mark.parametrize("how", ["box", "generous", "point"])
def test_place_and_size_are_about_right(name, how, look, view):
    _, world, _ = look
    d = world.objects[name]
    x0, y0, x1, y1 = d.box_px
    by = {"box": 0, "generous": 6}.get(how)
    box = (x0 - by, y0 - by, x1 + by, y1 + by) if by is not None else ((x0 + x1) / 2, (y0 + y1) / 2) * 2
    seen = lift(Found(0.7, box), *view, "thing", "front", 1.5)
    assert math.dist(seen.centre, d.centre) < 0.012
    assert all(abs(a - b) < 0.016 for a, b in zip(seen.size, d.size, strict=True))
    assert seen.size[0] >= seen.size[1] and -math.pi / 2 < seen.yaw <= math.pi / 2
    assert (seen.name_score, seen.seen_s, seen.camera, seen.by_name) == (0.7, 1.5, "front", True)
    assert seen.score < 0.5


def test_stray_depth_does_not_move_it(look, view):
    _, world, _ = look
    d = world.objects[SOLID[0]]
    v, table = view
    points, height = v.points.copy(), v.height.copy()
    rows, cols = np.nonzero(np.ones((d.box_px[3] - d.box_px[1], d.box_px[2] - d.box_px[0])))
    some = np.random.default_rng(0).permutation(len(rows))[: len(rows) // 10]
    r, c = rows[some] + d.box_px[1], cols[some] + d.box_px[0]
    points[r, c], height[r, c] = np.nan, np.nan
    few = some[: len(some) // 4]
    r, c = rows[few] + d.box_px[1], cols[few] + d.box_px[0]
    points[r, c] = (0.9, 0.5, 0.3)
    height[r, c] = 0.3
    noisy = dataclasses.replace(v, points=points, height=height)
    assert math.dist(lift(Found(0.7, d.box_px), noisy, table, "thing", "front", 0.0).centre, d.centre) < 0.015


def test_where_there_is_no_depth_there_is_nothing(view):
    v, table = view
    blind = dataclasses.replace(v, height=np.full_like(v.height, np.nan))
    assert lift(Found(0.7, (200, 150, 260, 200)), blind, table, "thing", "front", 0.0) is None
    for box in ((-50, -50, -10, -10), (1e5, 1e5, 2e5, 2e5), (-5, -5, -5, -5)):
        assert lift(Found(0.7, box), v, table, "thing", "front", 0.0) is None
