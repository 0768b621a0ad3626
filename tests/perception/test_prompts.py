"""Heat-maps: a spot where the point lies in the image, larger when it is near, none where there is nothing to see."""

import numpy as np
import pytest

from hiervla.bullet.client import look_at
from hiervla.core.observation import CameraImage
from hiervla.perception.prompts import heatmaps


@pytest.fixture
def image():
    f = 100.0
    return CameraImage(
        rgb=np.zeros((72, 96, 3), np.uint8), depth=np.ones((72, 96), np.float32),
        intrinsics=np.array([[f, 0, 48.0], [0, f, 36.0], [0, 0, 1]]),
        world_from_camera=look_at(np.array([1.2, 0.0, 0.9]), np.array([0.5, 0.0, 0.0])),
    )  # fmt: skip


def test_the_brightest_pixel_is_where_the_point_projects_to(image):
    points = np.array([[0.5, 0.0, 0.0], [0.45, 0.2, 0.03]])
    maps = heatmaps(image, points)
    assert maps.shape == (2, 72, 96) and maps.dtype == np.float32
    for m, (u, v) in zip(maps, image.project(points)[0], strict=True):
        row, col = np.unravel_index(int(m.argmax()), m.shape)
        assert abs(row + 0.5 - v) <= 0.5 and abs(col + 0.5 - u) <= 0.5
        assert 0.9 < m.max() <= 1.0


def test_a_nearer_point_makes_a_larger_spot(image):
    far, near = heatmaps(image, np.array([[0.4, 0.0, 0.0], [0.9, 0.0, 0.5]]))
    assert near.sum() > 1.5 * far.sum() > 0


def test_no_point_and_one_behind_the_camera_or_out_of_view_leave_the_map_empty(image):
    none, behind, aside = heatmaps(image, np.array([[np.nan] * 3, [2.0, 0.0, 1.6], [0.5, 3.0, 0.0]]))
    assert none.max() == behind.max() == 0 and aside.max() < 1e-6
