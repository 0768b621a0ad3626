"""Furniture in real physics: it moves when it is pulled, stays where it is left, and carries what lies in it."""

import math

import numpy as np
import pybullet
import pytest

from hiervla.bullet.client import BulletClient
from hiervla.bullet.furniture import MOVING, PRESSED_M, SIZES_M, TRAVEL_M, add_furniture, handle_box, tray_box
from hiervla.bullet.shapes import BodyShape, add_body
from hiervla.core.geometry import Pose, quaternion_from_yaw

RED, GREY = (0.8, 0.1, 0.1), (0.5, 0.5, 0.5)


@pytest.fixture
def client():
    client = BulletClient()
    add_body(client, BodyShape("block", (0.6, 1.0, 0.04)), GREY, Pose(np.array([0.5, 0, -0.02])), 0.0)
    yield client
    client.close()


def put(client, kind, start=0.0, yaw=-math.pi / 2):
    pose = Pose(np.array([0.5, 0.2, SIZES_M[kind][2] / 2]), quaternion_from_yaw(yaw))
    return add_furniture(client, kind, SIZES_M[kind], RED, GREY, pose, start)


def out(client, body):
    return pybullet.getJointState(body, MOVING, physicsClientId=client.id)[0]


def force(client, body, newton, seconds):
    for _ in range(round(seconds * client.hz)):
        pybullet.applyExternalForce(body, MOVING, newton, [0, 0, 0], pybullet.LINK_FRAME, physicsClientId=client.id)
        client.step()


@pytest.mark.parametrize("kind", ["drawer", "slider"])
def test_a_hand_s_pull_moves_it_a_breath_does_not_and_it_stays_and_stops_at_its_ends(client, kind):
    body = put(client, kind)
    force(client, body, [1, 0, 0], 0.5)
    assert out(client, body) < 0.001
    force(client, body, [8, 0, 0], 1.5)
    assert out(client, body) == pytest.approx(TRAVEL_M[kind], abs=0.002)
    client.step(120)
    assert out(client, body) == pytest.approx(TRAVEL_M[kind], abs=0.002)
    force(client, body, [-8, 0, 0], 1.5)
    assert out(client, body) == pytest.approx(0, abs=0.002)


def test_a_button_gives_way_to_a_finger_and_comes_back(client):
    body = put(client, "button")
    force(client, body, [0, 0, -2], 0.5)
    assert out(client, body) > -PRESSED_M
    force(client, body, [0, 0, -8], 0.5)
    assert out(client, body) <= -PRESSED_M
    client.step(120)
    assert out(client, body) == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize("edge", [0.036, 0.048])
def test_what_lies_in_a_drawer_rides_along_under_the_lid_and_out_again(client, edge):
    body = put(client, "drawer", start=0.1)
    at = np.array([0.5, 0.2 - SIZES_M["drawer"][0] / 2 - 0.05, 0.05])
    cubes = [
        add_body(client, BodyShape("cube", (edge,) * 3), RED, Pose(at + (dx, 0, 0)), 0.06) for dx in (-0.035, 0.035)
    ]
    client.step(60)
    force(client, body, [-5, 0, 0], 1.5)
    assert out(client, body) < 0.003
    inside = [pybullet.getBasePositionAndOrientation(c, physicsClientId=client.id)[0] for c in cubes]
    assert all(p[1] > 0.2 - SIZES_M["drawer"][0] / 2 for p in inside), "under the lid now"
    force(client, body, [5, 0, 0], 1.5)
    assert out(client, body) > 0.11
    again = [pybullet.getBasePositionAndOrientation(c, physicsClientId=client.id)[0] for c in cubes]
    assert all(p[1] < 0.13 and p[2] < 0.05 for p in again)


def test_the_handle_leaves_room_for_fingers_and_the_tray_for_cubes():
    size = SIZES_M["drawer"]
    tray, handle = tray_box(size), handle_box(size)
    assert handle.at[0] - handle.size[0] / 2 == pytest.approx(size[0] / 2)
    assert handle.at[2] + handle.size[2] / 2 <= tray.at[2] + tray.size[2] / 2
    assert tray.size[2] - 0.005 >= 0.055
