"""Outlines from above and the gaps between them."""

import math

import numpy as np
import pytest

from hiervla.core.footprint import (
    contains,
    counter_clockwise,
    disc,
    edge_gap,
    footprint,
    gap,
    inside_distance,
    rectangle,
)


def test_the_gap_of_two_rectangles_side_by_side_and_corner_to_corner():
    a = rectangle(0, 0, 0.04, 0.02)
    assert gap(a, rectangle(0.10, 0, 0.04, 0.02)) == pytest.approx(0.06)
    assert gap(a, rectangle(0.07, 0.06, 0.04, 0.02)) == pytest.approx(math.hypot(0.03, 0.04))
    turned = rectangle(0.10, 0, 0.04, 0.02, math.pi / 2)
    assert gap(a, turned) == pytest.approx(0.07)


def test_overlap_is_a_negative_gap_by_its_depth():
    a = rectangle(0, 0, 0.04, 0.04)
    assert gap(a, rectangle(0.03, 0, 0.04, 0.04)) == pytest.approx(-0.01)
    assert gap(a, a) == pytest.approx(-0.04)
    assert gap(a, disc(0, 0, 0.01)) < -0.015, "one wholly inside the other is a deep overlap"


def test_the_gap_of_discs_is_that_of_circles_within_the_polygon_error():
    rng = np.random.default_rng(2)
    for _ in range(40):
        p, q = rng.uniform(-0.3, 0.3, 2), rng.uniform(-0.3, 0.3, 2)
        r, s = rng.uniform(0.02, 0.08, 2)
        exact = math.dist(p, q) - r - s
        assert gap(disc(*p, r), disc(*q, s)) == pytest.approx(exact, abs=(r + s) * (1 - math.cos(math.pi / 24)) + 1e-9)


def test_the_gap_is_symmetric_and_moves_with_the_things():
    rng = np.random.default_rng(3)
    for _ in range(60):
        a = rectangle(*rng.uniform(-0.1, 0.1, 2), *rng.uniform(0.02, 0.1, 2), rng.uniform(-3, 3))
        b = rectangle(*rng.uniform(-0.1, 0.1, 2), *rng.uniform(0.02, 0.1, 2), rng.uniform(-3, 3))
        shift = rng.uniform(-1, 1, 2)
        assert gap(a, b) == pytest.approx(gap(b, a), abs=1e-12)
        assert gap(a + shift, b + shift) == pytest.approx(gap(a, b), abs=1e-12)


def test_separated_outlines_can_be_parted_by_their_gap_and_no_more():
    # Pushing b by the gap towards a's nearest point makes them touch: an independent reading of what a gap is.
    rng = np.random.default_rng(4)
    for _ in range(30):
        a = rectangle(0, 0, 0.06, 0.03, rng.uniform(-3, 3))
        angle = rng.uniform(-math.pi, math.pi)
        b = rectangle(0.2 * math.cos(angle), 0.2 * math.sin(angle), 0.05, 0.05, rng.uniform(-3, 3))
        apart = gap(a, b)
        dense = [a[i] + t * (a[(i + 1) % 4] - a[i]) for i in range(4) for t in np.linspace(0, 1, 60)]
        other = [b[i] + t * (b[(i + 1) % 4] - b[i]) for i in range(4) for t in np.linspace(0, 1, 60)]
        sampled = min(math.dist(p, q) for p in dense for q in other)
        assert apart <= sampled + 1e-12
        assert apart == pytest.approx(sampled, abs=0.0015)


def test_inside_distance_and_contains():
    a = rectangle(0, 0, 0.10, 0.04)
    assert inside_distance(a, (0, 0)) == pytest.approx(0.02)
    assert inside_distance(a, (0, 0.03)) == pytest.approx(-0.01)
    assert contains(a, (0.04, 0), 0.01)
    assert not contains(a, (0.045, 0), 0.01)
    assert contains(a, np.array([(0.04, 0), (0, 0)]), 0.01)
    assert not contains(a, np.array([(0, 0), (0.045, 0)]), 0.01)
    assert inside_distance(a[::-1], (0, 0)) == pytest.approx(0.02), "the order of the corners does not matter"
    np.testing.assert_array_equal(counter_clockwise(counter_clockwise(a[::-1])), a)


def test_edge_gap_is_the_nearest_corners_distance_to_the_line():
    a = rectangle(0, 0, 0.04, 0.04, math.pi / 4)
    assert edge_gap(a, (-1, 0.10), (1, 0.10)) == pytest.approx(0.10 - 0.02 * math.sqrt(2))
    assert edge_gap(a, (5, 0.10), (9, 0.10)) == pytest.approx(0.10 - 0.02 * math.sqrt(2)), "an edge is its whole line"


def test_round_things_have_round_footprints_and_others_turn_with_their_yaw(thing):
    bowl = footprint(thing("bowl", 0.5, 0.1))
    np.testing.assert_allclose(np.linalg.norm(bowl - (0.5, 0.1), axis=1), 0.06)
    block = footprint(thing("block", 0.5, 0.1, yaw=math.pi / 2))
    np.testing.assert_allclose(np.ptp(block, axis=0), (0.04, 0.066), atol=1e-12)
    d = thing("block", 0.4, -0.1, yaw=0.7)
    np.testing.assert_allclose(footprint(d), rectangle(0.4, -0.1, *d.size[:2], 0.7))
