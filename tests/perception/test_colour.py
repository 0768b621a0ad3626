"""Colour words and shades, under other light, and on things of two colours."""

import math
from dataclasses import replace

import numpy as np
import pytest
from perception.random_scenes import cell, noisy, vocabulary

from hiervla.bullet.client import Light
from hiervla.core.world import World
from hiervla.perception.colour import colour_word, other_word, shade
from hiervla.perception.eyes import GeometricEyes
from hiervla.robot.panda import PANDA
from hiervla.sim.scene import BodySpec

# What people called a colour on their screen in the XKCD colour survey (2010, CC0): base word, name and value.
SURVEY = """
red 840000 dark red|red e50000 red|red ff000d bright red|red be0119 scarlet|red 9a0200 deep red|red a03623 brick
orange f97306 orange|orange c65102 dark orange|orange fdaa48 light orange|orange ff5b00 bright orange|orange c04e01 burnt orange
yellow ffff14 yellow|yellow fffe7a light yellow|yellow d5b60a dark yellow|yellow fac205 goldenrod|yellow ceb301 mustard
green 15b01a green|green 033500 dark green|green 96f97b light green|green 0a481e pine green|green 89fe05 lime green|green 677a04 olive green
cyan 00ffff cyan|cyan 06c2ac turquoise|cyan 029386 teal|cyan 014d4e dark teal|cyan 7bf2da light turquoise|cyan 4c9085 dusty teal
blue 0343df blue|blue 00035b dark blue|blue 95d0fc light blue|blue 01153e navy|blue a2cffe baby blue|blue 5a7d9a steel blue|blue 75bbfd sky blue
purple 7e1e9c purple|purple 35063e dark purple|purple bf77f6 light purple|purple 9a0eea violet|purple cea2fd lilac|purple 825f87 dusty purple
pink ff81c0 pink|pink cb416b dark pink|pink ffd1df light pink|pink ff028d hot pink|pink d58a94 dusty pink|pink ff7cfe neon pink
brown 653700 brown|brown 341c02 dark brown|brown ad8150 light brown|brown 411900 chocolate brown|brown 964b00 warm brown
grey 929591 grey|grey 363737 dark grey|grey 7d7f7c medium grey|grey 59656d slate grey|white ffffff white|white ffffe4 off white|black 000000 black|black 070d0d almost black
"""
NAMED = [tuple(line.split(" ", 2)) for line in SURVEY.replace("\n", "|").split("|") if line]


@pytest.mark.parametrize(("word", "value", "name"), NAMED)
def test_people_and_eyes_agree_on_colours(word: str, value: str, name: str) -> None:
    rgb = np.array(list(bytes.fromhex(value)), dtype=float)
    assert colour_word(rgb)[0] == word
    told = shade(rgb, word)
    if word not in ("white", "black") and name == f"light {word}":
        assert told == "light"
    if name == f"dark {word}":
        assert told == "dark"
    if name == word:
        assert told == "" or word in ("brown", "cyan")


def test_a_word_is_doubted_near_its_border_and_every_colour_has_one() -> None:
    assert colour_word(np.array([255, 0, 0]))[1] > 0.8 > colour_word(np.array([250, 90, 10]))[1]
    grid = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3), axis=-1).reshape(-1, 3)
    assert all(0.5 <= colour_word(c)[1] <= 1 for c in grid)


def test_only_on_a_border_another_word_may_do() -> None:
    nearly = np.array([250.0, 236.0, 247.0])  # a white bowl with a breath of pink
    assert {colour_word(nearly)[0], other_word(nearly, colour_word(nearly)[0])} == {"white", "pink"}
    for plain in ((200, 20, 20), (20, 60, 207), (250, 250, 248), (30, 140, 40)):
        assert other_word(np.array(plain), colour_word(np.array(plain))[0]) is None


@pytest.mark.parametrize("strength", [0.75, 1.0, 1.25])
def test_colours_stay_under_weaker_and_stronger_light(strength: float) -> None:
    words = ("white", "grey", "black", "yellow", "orange", "brown", "pink", "red")
    spots = [(0.42 + 0.14 * (i % 2), -0.3 + 0.2 * (i // 2)) for i in range(len(words))]
    made = cell(
        [BodySpec(name=w, shape=("cube", "ball")[i % 2], colour=w, at=spots[i]) for i, w in enumerate(words)], 3
    )
    light = Light()
    made.sim.client.light = replace(light, ambient=light.ambient * strength, diffuse=light.diffuse * strength)
    world = GeometricEyes(vocabulary(), skin=PANDA.skin).look(made.look(), World(), "L1")
    for w, at in zip(words, spots, strict=True):
        assert [d.colour for d in world.objects.values() if math.dist(d.centre[:2], at) < 0.02] == [w]
    made.close()


@pytest.mark.parametrize("depth_noise", [False, True])
def test_two_coloured_things_are_one_thing_each_and_both_colours_are_told(depth_noise: bool) -> None:
    parts = (
        ("cube", "white", "blue"),
        ("block", "yellow", "red"),
        ("cylinder", "green", "black"),
        ("cube", "red", None),
    )
    spots = [(0.45, -0.2), (0.45, 0.0), (0.55, 0.2), (0.6, -0.1)]
    bodies = [
        BodySpec(name=f"b{i}", shape=s, colour=c, second_colour=second, at=at)
        for i, ((s, c, second), at) in enumerate(zip(parts, spots, strict=True))
    ]
    made = cell(bodies, 4)
    seen = noisy(made.look(), 1) if depth_noise else made.look()
    eyes = GeometricEyes(vocabulary(), skin=PANDA.skin)
    world = eyes.look(seen, World(), "L1")
    for part, at in zip(parts, spots, strict=True):
        near = [d for d in world.objects.values() if math.dist(d.centre[:2], at) < 0.03]
        assert [(d.label, d.colour, d.second_colour, d.support) for d in near] == [(*part, "table")]
    again = eyes.look(seen, world, "L2")
    assert set(again.objects) == set(world.objects)
    made.close()


def test_a_stack_of_cubes_stays_a_stack_and_so_does_a_slab_that_was_known() -> None:
    low = BodySpec(name="low", shape="block", colour="green", size=(0.06, 0.04, 0.03), at=(0.5, 0.1), yaw_deg=20)
    high = BodySpec(name="high", shape="block", colour="red", size=(0.06, 0.04, 0.02), on="low", yaw_deg=20)
    apart = cell([low, high.model_copy(update={"on": None, "at": (0.5, -0.2)})], 1)
    eyes = GeometricEyes(vocabulary(), skin=PANDA.skin)
    before = eyes.look(apart.look(), World(), "L1")
    stacked = cell([low, high], 1)
    after = eyes.look(stacked.look(), before, "L2")
    assert sorted(after.objects) == ["green_block_1", "red_block_1"]
    apart.close()
    stacked.close()
    cubes = [BodySpec(name="a", shape="cube", colour="red", size=0.04, at=(0.5, 0.1), yaw_deg=20),
             BodySpec(name="b", shape="cube", colour="blue", size=0.04, on="a", yaw_deg=20)]  # fmt: skip
    tower = cell(cubes, 1)
    world = eyes.look(tower.look(), World(), "L1")
    assert sorted((d.colour, d.second_colour) for d in world.objects.values()) == [("blue", None), ("red", None)]
    tower.close()


@pytest.mark.parametrize(
    ("rgb", "word"),
    [((18, 28, 13), "black"), ((236, 253, 234), "white"), ((10, 40, 14), "green"), ((214, 252, 210), "green")],
)
def test_a_touch_of_green_makes_black_and_white_no_green(rgb, word):
    assert colour_word(np.array(rgb, dtype=float))[0] == word
