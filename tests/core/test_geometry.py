"""Poses and rotations against numpy's and scipy's own."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hiervla.core import geometry as g


def random_pose(rng):
    return g.Pose(rng.normal(size=3), Rotation.random(random_state=rng).as_quat())


def test_matrix_apply_compose_and_inverse_agree():
    rng = np.random.default_rng(0)
    for _ in range(30):
        a, b = random_pose(rng), random_pose(rng)
        p = rng.normal(size=(5, 3))
        np.testing.assert_allclose((a @ b).matrix(), a.matrix() @ b.matrix(), atol=1e-12)
        np.testing.assert_allclose((a @ b).apply(p), a.apply(b.apply(p)), atol=1e-12)
        np.testing.assert_allclose(a.inverse().apply(a.apply(p)), p, atol=1e-12)
        np.testing.assert_allclose(a.rotation(), Rotation.from_quat(a.quaternion).as_matrix(), atol=1e-12)


def test_a_pose_normalises_its_quaternion_and_takes_lists():
    pose = g.Pose([1, 2, 3], [0, 0, 3, 4])
    assert np.linalg.norm(pose.quaternion) == pytest.approx(1)
    assert pose.position.dtype == np.float64
    assert pose.yaw == pytest.approx(2 * math.atan2(3, 4))


def test_rotation_vectors_are_scipys_in_both_directions():
    rng = np.random.default_rng(1)
    for _ in range(50):
        v = rng.normal(size=3)
        v *= rng.uniform(0, math.pi - 1e-3) / np.linalg.norm(v)
        q = g.quaternion_from_rotvec(v)
        np.testing.assert_allclose(g.rotation_matrix(q), Rotation.from_rotvec(v).as_matrix(), atol=1e-12)
        np.testing.assert_allclose(g.rotvec_from_quaternion(q), v, atol=1e-9)
        np.testing.assert_allclose(g.rotvec_from_quaternion(-q), v, atol=1e-9)  # q and −q are one rotation
    np.testing.assert_array_equal(g.rotvec_from_quaternion(g.quaternion_from_rotvec(np.zeros(3))), 0)


@pytest.mark.parametrize("yaw", [-3.0, -1.2, 0.0, 0.4, 2.9])
def test_a_downward_hand_points_down_and_closes_across_its_yaw(yaw):
    r = g.rotation_matrix(g.downward(yaw))
    np.testing.assert_allclose(r[:, 2], (0, 0, -1), atol=1e-12)
    along_y = r[:, 1] @ (-math.sin(yaw), math.cos(yaw), 0)
    assert abs(along_y) == pytest.approx(1), "fingers slide across the yaw"
    assert g.yaw_of(g.downward(yaw)) == pytest.approx(yaw)


@pytest.mark.parametrize(
    ("a", "period", "wrapped"),
    [(3.5 * math.pi, 2 * math.pi, -0.5 * math.pi), (-math.pi, 2 * math.pi, math.pi), (0.75 * math.pi, math.pi, -0.25 * math.pi),
     (math.pi / 2, math.pi, math.pi / 2), (-math.pi / 2, math.pi, math.pi / 2)],
)  # fmt: skip
def test_angles_wrap_into_a_half_open_period(a, period, wrapped):
    assert g.wrap_angle(a, period) == pytest.approx(wrapped)


def test_segment_distance_before_beside_and_behind():
    d = g.segment_distance([(-1, 0, 0), (0.5, 2, 0), (4, 4, 0)], (0, 0, 0), (1, 0, 0))
    np.testing.assert_allclose(d, (1, 2, 5))
    assert g.segment_distance(np.array([[0, 3, 4.0]]), (0, 0, 0), (0, 0, 0))[0] == pytest.approx(5), (
        "a point is a segment"
    )


def test_vec3_keeps_a_tenth_of_a_millimetre():
    assert g.vec3(np.array([0.123456, -0.00004, 1])) == (0.1235, -0.0, 1.0)
