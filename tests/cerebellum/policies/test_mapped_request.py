"""What a checkpoint is sent: pictures turned, cropped and scaled, readings in its own units, words in its own sentence."""

import math

import numpy as np
import pytest

from hiervla.cerebellum.policies.mapped_request import MappedRequest
from hiervla.core.errors import PolicyFault
from hiervla.core.geometry import Pose, downward, quaternion_from_rotvec, quaternion_multiply
from hiervla.core.task import Gripper, Task
from hiervla.core.world import Detection

TASK = Task(skill="go", instruction="go on")
CUBE = Detection(id="c", label="cube", colour="red", centre=(0.5, 0, 0.02), size=(0.04, 0.04, 0.04))
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def sent(mapped, robot):
    """``sent(("old", "new"), …)``: the request that the changed mapping makes of what the robot sees."""

    def make(*changes, task=TASK, seen=None):
        return MappedRequest(mapped(*changes), Gripper()).build(seen or robot.observe("look"), task)

    return make


def corners(picture):
    return [tuple(int(v) for v in picture[i, j]) for i, j in ((60, 20), (60, -20), (-60, -20), (-60, 20))]


@pytest.mark.parametrize(
    ("turn", "seen"),
    [
        ("none", [RED, GREEN, BLUE, WHITE]),
        ("rotate_180", [BLUE, WHITE, RED, GREEN]),
        ("flip_horizontal", [GREEN, RED, WHITE, BLUE]),
        ("flip_vertical", [WHITE, BLUE, GREEN, RED]),
    ],
)
def test_a_picture_is_turned_as_declared(sent, turn, seen):
    picture = sent(('turn = "none"', f'turn = "{turn}"'))["observation/image"]
    assert picture.shape == (224, 224, 3) and picture.dtype == np.uint8
    assert corners(picture) == seen


def test_padding_cropping_and_stretching_differ_where_they_should(sent):
    """120 × 90 into 224 × 224: bars of 28 rows; or 15 columns lost at either side; or all of it, squeezed."""
    padded, cropped, stretched = (
        sent(('fit = "pad"', f'fit = "{f}"'))["observation/image"] for f in ("pad", "crop", "stretch")
    )
    assert not padded[:28].any() and not padded[-28:].any() and padded[30].any() and padded[-30].any()
    assert tuple(padded[29, 5]) == RED
    for picture in (cropped, stretched):
        assert corners(picture) == [RED, GREEN, BLUE, WHITE] and tuple(picture[0, 0]) == RED


def test_only_the_middle_is_kept_where_declared(mapped, robot):
    """Three quarters of the area: the rim, and nothing else, is gone."""
    rgb = robot.images["front"].rgb
    rgb[:4], rgb[-4:], rgb[:, :5], rgb[:, -5:] = 0, 0, 0, 0
    pick = ('fit = "pad"', 'fit = "stretch"\nkeep = 0.75')
    picture = MappedRequest(mapped(pick), Gripper()).build(robot.observe("look"), TASK)["observation/image"]
    assert picture.reshape(-1, 3).any(axis=1).all()
    whole = MappedRequest(mapped((pick[0], 'fit = "stretch"')), Gripper()).build(robot.observe("look"), TASK)
    assert not whole["observation/image"][0].any()


def test_layout_and_values(sent):
    signed = sent(('layout = "hwc"\nvalues = "uint8"', 'layout = "chw"\nvalues = "signed"'))["observation/image"]
    assert signed.shape == (3, 224, 224) and signed.dtype == np.float32
    assert (signed.min(), signed.max()) == (-1.0, 1.0)
    np.testing.assert_allclose(signed[:, 60, 20], [1, -1, -1])
    unit = sent(('values = "uint8"', 'values = "unit"'))["observation/image"]
    assert (unit.dtype, unit.min(), unit.max()) == (np.float32, 0.0, 1.0)


def test_keys_that_are_paths_become_maps_within_maps(sent):
    request = sent(('key = "observation/image"', 'key = ["images", "cam_high"]'), ('key = "observation/wrist_image"', 'key = ["images", "cam_wrist"]'))  # fmt: skip
    assert set(request) == {"prompt", "images", "observation/state"} and set(request["images"]) == {
        "cam_high",
        "cam_wrist",
    }


def state(sent, parts, robot):
    old = '{ reading = "gripper", open = 0.04, closed = 0.0 }'
    return sent((old, parts + ", " + old), seen=robot.observe("look"))["observation/state"][6:-2]


@pytest.mark.parametrize("yaw", [0.0, 0.3, -0.3, 1.5, -1.5, 3.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_hand_that_points_down_does_not_jump_between_ways_to_say_so(sent, robot, yaw, sign):
    """Down is half a turn: there −q is q, and a turn by π about an axis is one by −π. Declared nearness decides."""
    q = quaternion_multiply(quaternion_from_rotvec([0.001 * sign, 0, 0]), downward(yaw))
    robot.hand = Pose(robot.hand.position, sign * q)
    got = state(sent, '{ reading = "hand_rotation", frame = "world", rotation = "axis_angle", unit_rad = 1.0, near = [3.14, 0, 0] }', robot)  # fmt: skip
    np.testing.assert_allclose(got, [math.pi * math.cos(yaw / 2), math.pi * math.sin(yaw / 2), 0], atol=4e-3)
    got = state(sent, '{ reading = "hand_rotation", frame = "world", rotation = "quaternion_wxyz", near = [0, 1, 0, 0] }', robot)  # fmt: skip
    np.testing.assert_allclose(got, [0, math.cos(yaw / 2), math.sin(yaw / 2), 0], atol=1e-3)
    got = state(sent, '{ reading = "hand_rotation", frame = "world", rotation = "euler_xyz", unit_rad = 1.0, near = [3.14, 0, 0] }', robot)  # fmt: skip
    np.testing.assert_allclose(got, [math.pi, 0, yaw], atol=2e-3)


def test_frames_units_joints_and_constants(sent, robot):
    got = state(sent, '{ reading = "hand_position", frame = "world", unit_m = 0.001 }', robot)
    np.testing.assert_allclose(got, [360, 0, 420], rtol=1e-6)
    assert state(sent, '{ reading = "joints", count = 6, unit_rad = 0.01745329 }, { reading = "constant", value = 2.5, count = 2 }', robot).tolist() == [0] * 6 + [2.5] * 2  # fmt: skip
    request = sent(("base = { position_m = [0.0, 0.0, 0.0], rpy_deg = [0.0, 0.0, 0.0]", "base = { position_m = [0.1, 0.0, 0.02], rpy_deg = [0, 0, 90]"))  # fmt: skip
    np.testing.assert_allclose(request["observation/state"][:3], [0, -0.26, 0.4], atol=1e-6)
    request = sent(("tool = { position_m = [0.0, 0.0, 0.0]", "tool = { position_m = [0.0, 0.0, 0.1]"))
    np.testing.assert_allclose(request["observation/state"][:3], [0.36, 0, 0.32], atol=1e-6)


@pytest.mark.parametrize(
    ("width", "says"), [(0.08, [0.04, -0.04]), (0.0, [0, 0]), (0.02, [0.01, -0.01]), (0.09, [0.04, -0.04])]
)
def test_the_fingers_in_its_own_numbers_and_sign(sent, robot, width, says):
    robot.width_m = width
    np.testing.assert_allclose(sent(seen=robot.observe("look"))["observation/state"][-2:], says, atol=1e-7)


def test_the_words_are_its_own_sentence(sent):
    pick = Task(skill="pick", instruction="pick red cube", target=CUBE)
    assert sent(task=pick)["prompt"] == "pick up the red cube"
    push = Task(skill="push", instruction="push Red cube", target=CUBE)
    assert sent(task=push)["prompt"] == "push Red cube"
    what = "In: What action should the robot take to {instruction}?\\nOut:"
    got = sent(('template = "{instruction}"\ncase = "as_is"', f'template = "{what}"\ncase = "lower"'), task=push)[
        "prompt"
    ]
    assert got == "in: what action should the robot take to push red cube?\nout:"
    with pytest.raises(PolicyFault, match=r"sentence for place names 'goal', this step has none"):
        sent(task=Task(skill="place", instruction="place", target=CUBE))


def test_an_image_that_is_not_there_is_a_fault(sent, robot):
    with pytest.raises(PolicyFault, match="no image of front"):
        sent(seen=robot.observe("none"), task=Task(skill="push", instruction="push"))
