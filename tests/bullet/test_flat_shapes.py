"""Rings, wedges and letters: they stand where they are put, have the size they say, and a ring has a hole."""

import numpy as np
import pybullet
import pytest

from hiervla.bullet.client import BulletClient, Lens, look_at
from hiervla.bullet.extruded import LETTERS
from hiervla.bullet.shapes import BodyShape, add_body, mesh
from hiervla.core.geometry import Pose

FLAT = [("ring", "L"), ("wedge", "L"), *[("shape", letter) for letter in LETTERS]]


@pytest.fixture
def table():
    client = BulletClient()
    add_body(client, BodyShape("block", (0.6, 0.6, 0.04)), (0.7, 0.6, 0.5), Pose(np.array([0.5, 0, -0.02])), 0.0)
    yield client
    client.close()


@pytest.mark.parametrize(("shape", "letter"), FLAT)
def test_it_stands_still_where_it_is_put(table, shape, letter):
    body = add_body(table, BodyShape(shape, (0.07, 0.06 if shape != "ring" else 0.07, 0.02), letter=letter), (1, 0, 0), Pose(np.array([0.5, 0, 0.012])), 0.06)  # fmt: skip
    table.step(240)
    at, turn = pybullet.getBasePositionAndOrientation(body, physicsClientId=table.id)
    assert np.allclose(at, (0.5, 0, 0.010), atol=0.0015)
    assert abs(turn[3]) > 0.999


@pytest.mark.parametrize(("shape", "letter"), FLAT)
def test_what_is_drawn_has_the_size_that_was_asked(shape, letter):
    vertices, faces = mesh(BodyShape(shape, (0.07, 0.07, 0.02), letter=letter))
    assert np.allclose(np.ptp(vertices, axis=0), (0.07, 0.07, 0.02), atol=1e-6)
    assert faces.max() < len(vertices)


def test_a_ball_falls_through_a_ring_and_the_camera_sees_the_table_through_it(table):
    add_body(table, BodyShape("ring", (0.09, 0.09, 0.02)), (1, 0, 0), Pose(np.array([0.5, 0, 0.012])), 0.06)
    seen = table.render(Lens(160, 120, 20), look_at(np.array([0.5, 0, 0.8]), np.array([0.5, 0, 0])))
    middle, beside = seen.rgb[60, 80].astype(int), seen.rgb[60, 80 + 15].astype(int)
    assert middle[1] > 80 and beside[1] < 60  # wood in the middle, red on the ring
    ball = add_body(table, BodyShape("ball", (0.036,) * 3), (0, 0, 1), Pose(np.array([0.5, 0, 0.10])), 0.05)
    table.step(240)
    assert pybullet.getBasePositionAndOrientation(ball, physicsClientId=table.id)[0][2] == pytest.approx(
        0.018, abs=0.002
    )
