"""One physics world: its clock, its images, its end."""

import numpy as np
import pytest

from hiervla.bullet.client import BulletClient, Lens, look_at
from hiervla.bullet.shapes import BodyShape, add_body
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Pose


@pytest.fixture
def client():
    world = BulletClient()
    yield world
    world.close()


def test_time_passes_by_steps_and_things_fall_as_they_do(client):
    ball = add_body(client, BodyShape("ball", (0.04,) * 3), (1, 0, 0), Pose(np.array([0, 0, 5.0])), 0.1)
    client.step(60)
    assert client.time_s == pytest.approx(0.5)
    import pybullet

    z = pybullet.getBasePositionAndOrientation(ball, physicsClientId=client.id)[0][2]
    assert z == pytest.approx(5 - 0.5 * 9.81 * 0.25, abs=0.05)


def test_two_worlds_side_by_side_do_not_mix(client):
    other = BulletClient()
    try:
        add_body(other, BodyShape("cube", (0.2,) * 3), (1, 0, 0), Pose(np.array([0.5, 0, 0.1])), 0.0)
        lens, eye = Lens(48, 36, 50.0), look_at(np.array([1.2, 0.0, 0.6]), np.array([0.5, 0.0, 0.0]))
        assert (other.render(lens, eye).depth > 0).any()
        assert not (client.render(lens, eye).depth > 0).any(), "an empty world returns nothing"
        other.step(12)
        assert (client.time_s, round(other.time_s, 6)) == (0.0, 0.1)
    finally:
        other.close()


def test_a_picture_shows_a_body_where_it_is_in_its_colour_and_true_depth(client):
    at = np.array([0.5, 0.1, 0.05])
    add_body(client, BodyShape("cube", (0.1,) * 3), (0.1, 0.2, 0.8), Pose(at), 0.0)
    seen = client.render(Lens(160, 120, 46.0), look_at(np.array([1.2, 0.0, 0.9]), np.array([0.5, 0.0, 0.0])))
    (u, v), z = (a[0] for a in seen.project(at[None]))
    r, g, b = seen.rgb[int(v), int(u)].astype(int)
    assert b > 2 * r
    assert b > g
    points = seen.points()[seen.depth > 0]
    inside = np.abs(points - at) <= 0.05 + 0.003
    assert inside.all(axis=1).mean() > 0.98, "every point lies on the cube's faces"
    assert seen.depth[int(v), int(u)] == pytest.approx(z, abs=0.09)


@pytest.mark.parametrize("at", [(0.5, 0.0), (0.35, 0.3), (0.7, -0.25)])
def test_what_is_projected_lies_where_it_is_drawn_to_a_third_of_a_pixel(at, client):
    middle = np.array([*at, 0.03])
    add_body(client, BodyShape("ball", (0.06,) * 3), (0.8, 0.1, 0.1), Pose(middle), 0.0)
    seen = client.render(Lens(416, 320, 46.0), look_at(np.array([1.24, 0.0, 0.92]), np.array([0.47, 0.0, 0.0])))
    rows, cols = np.nonzero(seen.depth > 0)
    drawn = np.array([cols.mean(), rows.mean()]) + 0.5
    np.testing.assert_allclose(drawn, seen.project(middle[None])[0][0], atol=0.35)


def test_closing_twice_is_no_error_and_leaves_other_worlds_alone(client):
    other = BulletClient()
    other.close()
    other.close()
    client.step()
    assert client.time_s > 0


def test_a_window_without_a_display_is_told_with_the_remedy(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(SetupError, match="no display for --gui: set DISPLAY"):
        BulletClient(gui=True)


def test_a_camera_matrix_is_right_handed_with_z_forward():
    m = look_at(np.array([1.0, 0.2, 0.9]), np.array([0.4, 0.0, 0.0]))
    r = m[:3, :3]
    np.testing.assert_allclose(r.T @ r, np.eye(3), atol=1e-12)
    assert np.linalg.det(r) == pytest.approx(1)
    forward = np.array([0.4, 0.0, 0.0]) - (1.0, 0.2, 0.9)
    np.testing.assert_allclose(r[:, 2], forward / np.linalg.norm(forward))
    assert r[2, 1] < 0, "y points down"


def test_a_camera_that_looks_straight_down_sees():
    m = look_at(np.array([0.5, 0.0, 1.3]), np.array([0.5, 0.0, 0.0]))
    assert np.all(np.isfinite(m))
    np.testing.assert_allclose(m[:3, :3] @ m[:3, :3].T, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(m[:3, 2], (0, 0, -1), atol=1e-9)
