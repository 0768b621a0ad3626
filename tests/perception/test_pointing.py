"""A box or a click in a picture means the thing it is drawn around, or a place on the table."""

import numpy as np
import pytest

from hiervla.core.marking import Mark
from hiervla.core.observation import CameraImage
from hiervla.perception.pointing import pointed


@pytest.fixture
def image():
    """A camera 1 m above the table, looking straight down: 100 px a metre, x to the right, y down."""
    pose = np.array([[1.0, 0, 0, 0.5], [0, -1.0, 0, 0.0], [0, 0, -1.0, 1.0], [0, 0, 0, 1.0]])
    k = np.array([[100.0, 0, 50], [0, 100.0, 50], [0, 0, 1.0]])
    return CameraImage(np.zeros((100, 100, 3), np.uint8), np.ones((100, 100), np.float32), k, pose)


@pytest.fixture
def world(thing, world_of):
    return world_of(
        thing("cube", id="cube_1", box_px=(40, 40, 50, 50)), thing("bowl", id="bowl_1", box_px=(60, 60, 90, 90)),
        thing("ball", id="ball_1", box_px=(70, 70, 78, 78)), thing("cube", id="wrist_1", camera="wrist", box_px=(0, 0, 100, 100)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("box", "what"),
    [
        ((39, 38, 52, 51), "cube_1"),
        ((30, 30, 56, 55), "cube_1"),  # generous, around nothing else
        ((58, 59, 92, 91), "bowl_1"),  # the ball in it is not meant
        ((69, 69, 80, 79), "ball_1"),
        ((45, 45, 45, 45), "cube_1"),
        ((74, 74, 74, 74), "ball_1"),
        ((62, 64, 62, 64), "bowl_1"),
    ],
)
def test_a_thing(image, world, box, what):
    (p,) = pointed([Mark(name="m", box=box)], image, world, "front")
    assert p.id == what and not p.outline


def test_a_place(image, world):
    box, click = pointed([Mark(name="m", box=(30, 20, 40, 40)), Mark(name="n", box=(50, 50, 50, 50))], image, world_without(world, "cube_1"), "front")  # fmt: skip
    xs, ys = zip(*box.outline, strict=True)
    assert (min(xs), max(xs)) == pytest.approx((0.3, 0.4)) and (min(ys), max(ys)) == pytest.approx((0.1, 0.3))
    assert np.mean(click.outline, axis=0) == pytest.approx((0.5, 0.0)) and click.id is None


def test_what_meets_neither_is_left_out(image, world):
    level = CameraImage(image.rgb, image.depth, image.intrinsics, np.array([[0, 0, 1.0, 0], [-1.0, 0, 0, 0], [0, -1.0, 0, 1], [0, 0, 0, 1]]))  # fmt: skip
    assert pointed([Mark(name="sky", box=(5, 5, 5, 5))], level, world, "front") == ()


def world_without(world, *ids):
    return world.model_copy(update={"objects": {i: d for i, d in world.objects.items() if i not in ids}})
