"""Cameras that err: by how much they were told to, the same for the same seed, and the wrist never by its calibration."""

import math

import numpy as np
import pytest

CUBE = {"name": "cube", "shape": "cube", "at": (0.5, 0.1), "size": 0.04, "yaw_deg": 0.0}


def looks(build, scene_of, seed=0, **sensor):
    _, arm = build(scene_of(CUBE, sensor=sensor), seed)
    return arm.observe("look").images


def test_depth_noise_and_dropout_are_as_large_as_told_and_the_background_stays_empty(build, scene_of):
    clean = looks(build, scene_of)
    noisy = looks(build, scene_of, depth_noise_m=0.003, dropout=0.2)
    for camera in ("front", "wrist"):
        a, b = clean[camera].depth, noisy[camera].depth
        assert not b[a == 0].any(), "no return stays no return"
        assert np.mean(b[a > 0] == 0) == pytest.approx(0.2, abs=0.01)
        both = (a > 0) & (b > 0)
        assert np.std((b - a)[both]) == pytest.approx(0.003, rel=0.05)
        np.testing.assert_array_equal(clean[camera].rgb, noisy[camera].rgb)


def test_the_same_seed_errs_the_same_and_another_otherwise(build, scene_of):
    def one(seed):
        return looks(build, scene_of, seed, depth_noise_m=0.003, camera_off_m=0.01)["front"].depth

    np.testing.assert_array_equal(one(1), one(1))
    assert (one(1) != one(2)).mean() > 0.5


def test_a_camera_that_stands_wrongly_still_claims_its_calibration(build, scene_of):
    sim, arm = build(scene_of(CUBE, sensor={"camera_off_m": 0.02, "camera_off_deg": 2.0}))
    nominal = arm.cameras[0].world_from_camera
    stands = sim.sensor.stands(nominal)
    assert math.dist(stands[:3, 3], nominal[:3, 3]) == pytest.approx(0.02)
    turn = math.acos((np.trace(stands[:3, :3].T @ nominal[:3, :3]) - 1) / 2)
    assert math.degrees(turn) == pytest.approx(2.0)
    clean, off = looks(build, scene_of), arm.observe("look").images
    np.testing.assert_allclose(off["front"].world_from_camera, nominal)
    assert np.abs(off["front"].depth - clean["front"].depth).max() > 0.005
    np.testing.assert_allclose(off["wrist"].depth, clean["wrist"].depth, atol=1e-3)


def test_light_of_a_scene_shows_in_its_pictures(build, scene_of):
    _, plain = build(scene_of(CUBE))
    _, dim = build(scene_of(CUBE, light={"ambient": 0.35, "direction": (-1.0, 0.5, 1.0)}))
    assert dim.observe("look").images["front"].rgb.mean() < 0.8 * plain.observe("look").images["front"].rgb.mean()
