"""What the eyes make of one look, against the truth that only tests may ask."""

from __future__ import annotations

import math

import numpy as np
import pytest
from perception.random_scenes import Cell, _pairs, cell, evaluate, noisy, vocabulary

from hiervla.core.footprint import edge_gap
from hiervla.core.geometry import wrap_angle
from hiervla.core.vocabulary import Inventory
from hiervla.core.world import Detection, World
from hiervla.perception.colour import colour_word
from hiervla.perception.draw import mark
from hiervla.perception.eyes import GeometricDetector, GeometricEyes
from hiervla.sim.describe import describe
from hiervla.sim.scene import BodySpec, CameraSpec


def see(made: Cell, before: World = World(), look_id: str = "L1", expect: str | None = None) -> World:
    return GeometricEyes(vocabulary()).look(made.look(), before, look_id, expect)


def at(world: World, made: Cell, name: str) -> Detection:
    """The detection nearest to where a body truly is."""
    t = describe(made.sim, name)
    return min(world.objects.values(), key=lambda d: math.dist(d.centre, t.centre))


def near(d: Detection, made: Cell, name: str, m: float = 0.005) -> bool:
    return math.dist(d.centre, describe(made.sim, name).centre) < m


def test_random_scenes_are_read_right() -> None:
    score = evaluate(range(200, 212))
    v = {k: np.asarray(x, dtype=float) for k, x in score.values.items()}
    assert score.missed <= 1 and score.invented <= 1, score.notes
    assert np.median(v["xy"]) < 2.5 and np.quantile(v["xy"], 0.95) < 5, score.notes
    assert np.quantile(v["height"], 0.95) < 3 and np.quantile(v["yaw_cube"], 0.95) < 4
    assert v["colour"].mean() >= 0.97 and v["shape"].mean() >= 0.95 and v["support"].mean() >= 0.95, score.notes


def test_cube_in_a_bowl_of_the_same_colour() -> None:
    made = cell(
        [BodySpec(name="b", shape="bowl", colour="blue"), BodySpec(name="c", shape="cube", colour="blue", on="b")], 4
    )
    world = see(made)
    cube, bowl = at(world, made, "c"), next(d for d in world.objects.values() if d.label == "bowl")
    assert len(world.objects) == 2 and cube.label == "cube" and near(cube, made, "c")
    assert (cube.support, cube.relation) == (bowl.id, "in")
    assert bowl.hollow and bowl.inner_radius_m == pytest.approx(describe(made.sim, "b").inner_radius_m, abs=0.004)
    made.close()


@pytest.mark.parametrize("colours", [("red", "red"), ("red", "green")])
def test_a_stack_of_two_is_two(colours: tuple[str, str]) -> None:
    low, high = (
        BodySpec(name=n, shape="cube", colour=c, yaw_deg=y) for n, c, y in zip("ab", colours, (10, 35), strict=True)
    )
    made = cell([low, high.model_copy(update={"on": "a"})], 1)
    world = see(made)
    a, b = at(world, made, "a"), at(world, made, "b")
    assert len(world.objects) == 2 and near(a, made, "a", 0.012) and near(b, made, "b", 0.005)
    assert (b.support, b.relation) == (a.id, "on") and a.support == "table"
    made.close()


def test_two_cubes_side_by_side_and_inventory_names() -> None:
    size = 0.04
    bodies = [
        BodySpec(name=n, shape="cube", colour="red", size=size, at=(0.5, y), yaw_deg=0)
        for n, y in (("a", 0.0), ("b", size + 0.02))
    ]
    made = cell([*bodies, BodySpec(name="cup", shape="cup", colour="white", at=(0.42, -0.2))])
    words = vocabulary(
        (
            Inventory(name="Ann's cup", looks="white cup", attributes=("fragile",)),
            Inventory(name="brick", looks="red cube"),
        )
    )
    eyes = GeometricEyes(words)
    world = eyes.look(made.look(), World(), "L1")
    assert len(world.objects) == 3 and sum(d.name == "brick" for d in world.objects.values()) == 2
    cup = next(d for d in world.objects.values() if d.label == "cup")
    assert (
        cup.name == "Ann's cup"
        and cup.attributes == ("fragile",)
        and set(world.objects) == {"red_cube_1", "red_cube_2", "white_cup_1"}
    )
    assert [d.id for d in GeometricDetector(eyes).detect(made.look(), "白色的杯子")] == ["white_cup_1"]
    picture = mark(made.look().images["front"], world, caption="把杯子 L1")
    assert picture.size == (832, 640)
    made.close()


@pytest.mark.parametrize(
    "camera", [None, CameraSpec(position=(1.05, -0.62, 0.80), look_at=(0.5, 0.0, 0.0), fov_deg=52, size=(400, 300))]
)
def test_table_edges_and_another_camera_pose(camera: CameraSpec | None) -> None:
    made = cell(
        [BodySpec(name=s, shape=s, colour=c) for s, c in (("cube", "red"), ("bowl", "green"), ("cylinder", "white"))],
        5,
        camera=camera,
    )
    world = see(made)
    table = made.sim.scene.table
    assert world.table is not None and world.table.edges_seen
    x, y = (np.array(table.centre) + k * np.array(table.size) / 2 for k in (-1, 1))
    corners = [(x[0], x[1]), (y[0], x[1]), (y[0], y[1]), (x[0], y[1])]
    for a, b in zip(world.table.outline, (*world.table.outline[1:], world.table.outline[0]), strict=True):
        middle = np.array([[(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]])
        assert min(edge_gap(middle, p, q) for p, q in zip(corners, (*corners[1:], corners[0]), strict=True)) < 0.003
    for name in made.sim.bodies:
        d = at(world, made, name)
        assert near(d, made, name, 0.006) and d.label == name
    made.close()


def test_depth_noise_does_not_break_a_look() -> None:
    made = cell([BodySpec(name="c", shape="cube", colour="red"), BodySpec(name="b", shape="bowl", colour="blue")], 3)
    world = GeometricEyes(vocabulary()).look(noisy(made.look(), 0), World(), "L1")
    for name, colour in (("c", "red"), ("b", "blue")):
        d = at(world, made, name)
        assert near(d, made, name, 0.015) and d.colour == colour
    made.close()


@pytest.mark.parametrize(
    ("rgb", "word"),
    [
        ((128, 0, 0), "red"), ((255, 128, 0), "orange"), ((255, 220, 0), "yellow"), ((0, 128, 0), "green"),
        ((0, 180, 180), "cyan"), ((20, 40, 140), "blue"), ((100, 30, 140), "purple"), ((255, 180, 200), "pink"),
        ((110, 65, 30), "brown"), ((240, 240, 235), "white"), ((130, 130, 130), "grey"), ((15, 15, 18), "black"),
    ],
)  # fmt: skip
def test_colour_words(rgb: tuple[int, int, int], word: str) -> None:
    assert colour_word(np.array(rgb))[0] == word


def test_yaw_of_a_block() -> None:
    made = cell([BodySpec(name="b", shape="block", colour="green", at=(0.5, 0.1), yaw_deg=50)])
    d = at(see(made), made, "b")
    assert d.label == "block" and abs(wrap_angle(d.yaw - math.radians(50), math.pi)) < math.radians(3)
    assert -math.pi / 2 < d.yaw <= math.pi / 2 and _pairs([describe(made.sim, "b")], [d]) == {0: 0}
    made.close()
