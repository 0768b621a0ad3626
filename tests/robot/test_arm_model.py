"""What an arm's description says must be so: its reach, its base, its bulk, and a home that hides nothing."""

from functools import partial

import numpy as np
import pybullet
import pytest

from hiervla.bullet.client import Lens
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Pose, downward, rotvec_from_quaternion
from hiervla.named import arm_model
from hiervla.perception.view import arm_pixels
from hiervla.sim.simulation import Simulation


@pytest.fixture(params=["panda", "iiwa"])
def scene_of(request, scene_of):
    return partial(scene_of, robot=request.param)


def test_another_base_moves_the_whole_arm(scene_of, build):
    _, usual = build(scene_of())
    shift = np.array((0.1, -0.2, 0.05))
    base = np.array(usual.describe().limits.base) + shift
    _, arm = build(scene_of(limits={"base": base.tolist()}))
    moved = arm.observe().links[:, :3] - usual.observe().links[:, :3]
    np.testing.assert_allclose(moved, np.tile(shift, (len(moved), 1)), atol=0.01)
    start = arm.observe().hand.position
    np.testing.assert_allclose(start, usual.observe().hand.position + shift, atol=0.003)
    for _ in range(8):
        arm.apply(np.array([0.02, 0.01, -0.02, 0, 0, 0, 0.0]))
    for _ in range(3):
        arm.apply(np.zeros(7))
    np.testing.assert_allclose(arm.observe().hand.position, start + (0.16, 0.08, -0.16), atol=0.005)


def test_a_scene_changes_what_it_names_of_an_arms_limits_and_nothing_else(scene_of, build):
    _, usual = build(scene_of())
    _, arm = build(scene_of(limits={"force_n": 50.0}))
    own, said = usual.describe().limits, arm.describe().limits
    assert said == own.model_copy(update={"force_n": 50.0})


def test_all_of_its_workspace_can_be_reached_with_the_hand_straight_down(scene_of, build):
    _, arm = build(scene_of())
    limits, rng = arm.describe().limits, np.random.default_rng(4)
    near, far = limits.min_reach_m, limits.reach_m
    for r in (near, near + 0.01, far - 0.005, *rng.uniform(near, far, 12)):
        for height in np.linspace(0.015, 0.6, 24):
            bearing = rng.uniform(-0.6, 0.6)
            x, y = limits.base[0] + r * np.cos(bearing), limits.base[1] + r * np.sin(bearing)
            if height > limits.highest(x, y):
                continue
            to = Pose(np.array([x, y, height]), downward(float(bearing + rng.uniform(-1.57, 1.57))))
            there = _kinematic(arm, to)
            np.testing.assert_allclose(
                there.position, to.position, atol=0.002, err_msg=f"{r:.3f} m out, {height:.3f} m up"
            )
            assert np.linalg.norm(rotvec_from_quaternion((there @ to.inverse()).quaternion)) < 0.01


@pytest.mark.parametrize("camera", ["front", "wrist"])
def test_its_capsules_cover_every_pixel_of_it(camera, scene_of, build):
    sim, arm = build(scene_of())
    empty = Simulation(sim.scene, 0)
    rng, shown = np.random.default_rng(7), 0
    for _ in range(8):
        x, y = rng.uniform((0.38, -0.25), (0.64, 0.25))
        _kinematic(arm, Pose(np.array([x, y, rng.uniform(0.03, 0.35)]), downward(float(rng.uniform(-1.5, 1.5)))))
        seen = arm.observe("look", (camera,))
        image = seen.images[camera]
        h, w = image.depth.shape
        fov = np.degrees(2 * np.arctan(h / 2 / image.intrinsics[1, 1]))
        without = empty.client.render(Lens(w, h, fov), image.world_from_camera).depth
        own = (image.depth > 0) & (np.abs(image.depth - without) > 0.004)
        points = image.points()
        missed = own & ~arm_pixels(points, own, seen.links)
        shown += int(own.sum())
        assert not missed.any(), f"{missed.sum()} of {own.sum()} pixels, e.g. {points[missed][0]}"
    empty.close()
    assert shown > 20_000, "it was in view at all"


def test_at_home_it_hides_nothing_of_the_table(scene_of, build):
    _, arm = build(scene_of())
    seen = arm.observe("look", ("front",))
    image = seen.images["front"]
    grid = np.stack(np.meshgrid(np.arange(0.27, 0.80, 0.02), np.arange(-0.46, 0.47, 0.02), [0.0, 0.1]), axis=-1)
    uv, far = image.project(grid.reshape(-1, 3))
    h, w = image.depth.shape
    rows, cols = np.floor(uv[:, 1]).astype(int), np.floor(uv[:, 0]).astype(int)
    inside = (rows >= 0) & (rows < h) & (cols >= 0) & (cols < w)
    nearer = image.depth[rows[inside], cols[inside]] < far[inside] - 0.03
    assert inside.sum() > 1000 and not nearer.any()


def _kinematic(arm, to):
    """Put the arm at the joint angles it would move to for a hand pose; where its hand then is."""
    for j, angle in zip(arm.model.joints, arm._solve(to.position, to.quaternion), strict=True):
        pybullet.resetJointState(arm.arm, j, angle, physicsClientId=arm.client.id)
    return arm.observe().hand


def test_an_unknown_arm_is_answered_with_the_choices():
    with pytest.raises(SetupError, match=r"no robot 'iwa'; did you mean 'iiwa'\? known: iiwa, panda"):
        arm_model("iwa")


def test_an_arm_of_ones_own_is_named_by_its_path():
    assert arm_model("hiervla.robot.iiwa:IIWA") is arm_model("iiwa")
    with pytest.raises(SetupError, match="is no ArmModel"):
        arm_model("hiervla.robot.iiwa:ArmModel")
    with pytest.raises(SetupError, match=r"package\.module:Class of something"):
        arm_model("hiervla.robot.iiwa:NONE")
