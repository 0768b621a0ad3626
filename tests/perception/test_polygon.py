"""Triangles: which way a known one lies, however its corners are blurred."""

import math

import numpy as np
import pytest

from hiervla.core.geometry import wrap_angle
from hiervla.perception.polygon import triangle_frame, turn_of_known


def corners_of(base, depth, yaw, at=(0.5, 0.1)):
    flat = np.array([(-base / 2, -depth / 3), (base / 2, -depth / 3), (0.0, 2 * depth / 3)])
    c, s = math.cos(yaw), math.sin(yaw)
    return flat @ np.array([[c, s], [-s, c]]) + at


@pytest.mark.parametrize("start", range(3))
@pytest.mark.parametrize("size", [(0.060, 0.040), (0.046, 0.060), (0.055, 0.054)])
def test_a_known_triangle_is_turned_as_its_blurred_corners_lie(size, start):
    rng = np.random.default_rng(3)
    base, depth = size
    known = (max(size), min(size))
    for yaw in np.linspace(-1.4, 1.4, 8):
        seen = np.roll(corners_of(base, depth, yaw), start, axis=0) + rng.uniform(-0.0015, 0.0015, (3, 2))
        turned = turn_of_known(seen, known, yaw + (0.0 if base >= depth else math.pi / 2))
        assert turned is not None
        along = turned - (0.0 if base >= depth else math.pi / 2)
        assert abs(wrap_angle(along - yaw, math.pi)) < math.radians(5)


def test_half_a_pixel_makes_another_side_the_base_and_what_is_known_tells_better():
    seen = corners_of(0.056, 0.051, 0.3)
    seen[2] += (0.003, 0.0)
    read = triangle_frame(seen)[3]
    assert abs(wrap_angle(read - 0.3, math.pi)) > math.radians(20)
    assert abs(wrap_angle(turn_of_known(seen, (0.056, 0.051), 0.0) - 0.3, math.pi)) < math.radians(5)


def test_a_triangle_of_another_size_is_not_the_known_one():
    assert turn_of_known(corners_of(0.060, 0.040, 0.0), (0.040, 0.030), 0.0) is None
