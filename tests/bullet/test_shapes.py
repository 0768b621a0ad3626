"""Bodies are as large as they are said to be, for the eye and for the physics."""

import numpy as np
import pybullet
import pytest

from hiervla.bullet.client import BulletClient
from hiervla.bullet.shapes import HOLLOW, SHAPES, BodyShape, add_body, collision_parts, inner_radius, mesh
from hiervla.core.geometry import Pose

SIZES = {"cube": (0.04,) * 3, "block": (0.07, 0.04, 0.03), "cylinder": (0.04, 0.04, 0.06), "ball": (0.045,) * 3, "bowl": (0.12, 0.12, 0.045),
         "box": (0.18, 0.14, 0.055), "cup": (0.066, 0.066, 0.08), "plate": (0.16, 0.16, 0.02), "ring": (0.07, 0.07, 0.02), "wedge": (0.05, 0.05, 0.03), "shape": (0.07, 0.06, 0.02),
         "wrench": (0.12, 0.038, 0.014), "screwdriver": (0.11, 0.026, 0.024), "screw": (0.055, 0.026, 0.018), "nut": (0.042, 0.036, 0.016)}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mesh_fills_its_box_is_closed_and_faces_outwards(shape):
    vertices, faces = mesh(BodyShape(shape, SIZES[shape]))
    np.testing.assert_allclose(np.ptp(vertices, axis=0), SIZES[shape], rtol=0.03)
    off = 0.35 if shape == "wedge" else 0.03  # a wedge's frame lies in its centroid
    np.testing.assert_allclose(vertices.max(axis=0) + vertices.min(axis=0), 0, atol=off * max(SIZES[shape]))
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
    box = float(np.prod(SIZES[shape]))
    assert 0.05 * box < volume <= 1.001 * box, "a positive volume: faces look outwards"
    if shape not in HOLLOW:
        assert volume > 0.4 * box
    elif shape != "plate":
        assert volume < 0.45 * box, "hollow things are mostly air"


@pytest.mark.parametrize("shape", SHAPES)
def test_the_physics_agrees_with_the_box(shape):
    client = BulletClient()
    try:
        size = SIZES[shape]
        body = add_body(client, BodyShape(shape, size), (1, 1, 1), Pose(np.array([0, 0, 1.0])), 0.0)
        low, high = (np.array(v) for v in pybullet.getAABB(body, physicsClientId=client.id))
        np.testing.assert_allclose(
            high - low, size, atol=0.022, err_msg="PyBullet adds a margin, and slanted walls stick out a little"
        )
        np.testing.assert_allclose((high + low) / 2, (0, 0, 1), atol=0.010 if shape == "wedge" else 0.006)
    finally:
        client.close()


@pytest.mark.parametrize("shape", HOLLOW)
def test_what_is_narrower_than_the_opening_goes_in_and_what_is_wider_stays_on_the_rim(shape):
    body = BodyShape(shape, SIZES[shape])
    client = BulletClient()
    try:
        add_body(client, body, (1, 1, 1), Pose(np.array([0, 0, 0])), 0.0)
        top = body.size[2] / 2
        for radius, sinks in ((0.55 * inner_radius(body), True), (inner_radius(body) + 0.008, False)):
            disc = BodyShape("cylinder", (2 * radius, 2 * radius, 0.02))
            dropped = add_body(client, disc, (1, 0, 0), Pose(np.array([0, 0, top + 0.02])), 0.05)
            client.step(240)
            z = pybullet.getBasePositionAndOrientation(dropped, physicsClientId=client.id)[0][2]
            sunk = top - (z - 0.01)
            if sinks:
                assert sunk == pytest.approx(body.size[2] - body.wall_m, abs=0.004), "it lies on the floor inside"
            else:
                assert abs(sunk) < 0.004, "it lies on the rim"
            pybullet.removeBody(dropped, physicsClientId=client.id)
    finally:
        client.close()


def test_what_falls_hard_into_a_bowl_does_not_stick_in_its_floor_and_both_come_to_rest():
    rng = np.random.default_rng(5)
    for _ in range(12):
        client = BulletClient()
        try:
            table = pybullet.createCollisionShape(
                pybullet.GEOM_BOX, halfExtents=[1, 1, 0.05], physicsClientId=client.id
            )
            pybullet.createMultiBody(0, table, -1, [0, 0, -0.05], physicsClientId=client.id)
            bowl = BodyShape("bowl", (0.1212, 0.1212, 0.0495))
            host = add_body(client, bowl, (0, 1, 0), Pose(np.array([0, 0, bowl.size[2] / 2])), 0.25)
            thing = BodyShape("block", (0.0608, 0.0358, 0.0425))
            lies = np.array([-0.003, -0.005, -0.584, 0.811])
            spot = np.array([*rng.uniform(-0.0003, 0.0003, 2), 0.064 + rng.uniform(-0.006, 0.006)])
            block = add_body(client, thing, (1, 0, 0), Pose(spot, lies / np.linalg.norm(lies)), 0.06)
            pybullet.resetBaseVelocity(block, [0, 0, -0.58], [-0.26, -0.09, 0], physicsClientId=client.id)
            client.step(120)
            was, _ = pybullet.getBasePositionAndOrientation(host, physicsClientId=client.id)
            client.step(120)
            now, _ = pybullet.getBasePositionAndOrientation(host, physicsClientId=client.id)
            (_, _, z), _ = pybullet.getBasePositionAndOrientation(block, physicsClientId=client.id)
            assert z - thing.size[2] / 2 > bowl.wall_m - 0.002, "it lies on the floor of the bowl, not in it"
            assert np.hypot(now[0] - was[0], now[1] - was[1]) < 0.001
        finally:
            client.close()


def test_solids_are_one_convex_part_and_hollow_things_have_a_floor_and_walls():
    assert all(len(collision_parts(BodyShape(s, SIZES[s]))) == 1 for s in ("cube", "block", "cylinder", "ball"))
    assert len(collision_parts(BodyShape("box", SIZES["box"]))) == 5
    assert len(collision_parts(BodyShape("bowl", SIZES["bowl"]))) == 13
