"""Pixels to the world and back."""

import numpy as np

from hiervla.bullet.client import Lens, look_at
from hiervla.core.observation import CameraImage


def image(depth):
    pose = look_at(np.array([1.2, 0.1, 0.9]), np.array([0.5, 0.0, 0.0]))
    h, w = depth.shape
    return CameraImage(np.zeros((h, w, 3), np.uint8), depth.astype(np.float32), Lens(w, h, 46.0).intrinsics(), pose)


def test_every_pixel_lifted_projects_onto_itself():
    depth = np.random.default_rng(0).uniform(0.3, 2.0, (24, 32))
    seen = image(depth)
    points = seen.points()
    uv, z = seen.project(points.reshape(-1, 3))
    u, v = np.meshgrid(np.arange(32) + 0.5, np.arange(24) + 0.5)
    np.testing.assert_allclose(uv, np.stack([u.ravel(), v.ravel()], axis=1), atol=1e-6)
    np.testing.assert_allclose(z, depth.ravel(), rtol=1e-6)


def test_a_pixel_without_return_is_nowhere():
    depth = np.ones((8, 8))
    depth[2, 3] = 0
    points = image(depth).points()
    assert np.isnan(points[2, 3]).all()
    assert np.isfinite(np.delete(points.reshape(-1, 3), 2 * 8 + 3, axis=0)).all()


def test_the_middle_of_the_image_is_what_the_camera_looks_at():
    seen = image(np.ones((20, 20)))
    uv, z = seen.project(np.array([[0.5, 0.0, 0.0]]))
    np.testing.assert_allclose(uv[0], seen.intrinsics[:2, 2], atol=1e-9)
    np.testing.assert_allclose(uv[0], (10, 10), atol=0.51)
    assert z[0] > 0


def test_what_lies_behind_the_camera_has_no_positive_depth():
    seen = image(np.ones((4, 4)))
    behind = seen.world_from_camera[:3, 3] - seen.world_from_camera[:3, 2]
    _, z = seen.project(np.array([behind, seen.world_from_camera[:3, 3]]))
    assert z[0] < 0
    assert np.isfinite(seen.project(np.array([seen.world_from_camera[:3, 3]]))[0]).all(), (
        "its own eye divides by nothing"
    )
