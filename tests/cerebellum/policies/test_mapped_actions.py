"""Chunks of other people's conventions turned into ours: numbers worked out by hand, there and back, bounds and speeds."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hiervla.cerebellum.policies.mapped_actions import MappedActions
from hiervla.cerebellum.policies.mapping import Mapping
from hiervla.core.errors import PolicyFault
from hiervla.core.geometry import Pose, downward
from hiervla.core.task import Limits

HAND = Pose(np.array([0.4, 0.1, 0.3]), downward(0.0))
FREE = Limits(step_m=1.0, step_rad=3.0, speed_m_s=10.0)
WIDE = "bound = { position_m = 2.0, rotation_rad = 3.1, gripper = 0.0 }"


@pytest.fixture
def actions(mapped):
    """``actions(("old", "new"), …, **keys of [action])``: a converter of LIBERO's mapping so changed."""

    def make(*changes, base=None, tool=None, **keys):
        mapping = mapped(*changes)
        data = mapping.model_dump(by_alias=True)
        data["action"] |= keys
        data["frame"] |= {k: v for k, v in (("base", base), ("tool", tool)) if v is not None}
        return MappedActions(Mapping.model_validate(data), 0.1)

    return make


def rows(n=10, **columns):
    """(n, 7) zeros with LIBERO's gripper open, some columns (x y z a b c g) set."""
    out = np.zeros((n, 7))
    out[:, 6] = -1.0
    for name, value in columns.items():
        out[:, "xyzabcg".index(name)] = value
    return out


def test_liberos_numbers(actions):
    """20 Hz, 1 is 5 cm and half a rad: two of its actions make one of ours."""
    got = actions().decode(rows(x=0.1, c=-0.2, g=1.0), HAND, FREE)
    np.testing.assert_allclose(got, np.tile([0.01, 0, 0, 0, 0, -0.2, 1.0], (5, 1)), atol=1e-12)


def test_a_gripper_that_opens_at_one_and_one_with_a_border(actions):
    reverse = actions(gripper={"open": 1.0, "closed": 0.0})
    assert reverse.decode(rows(g=1.0), HAND, FREE)[0, 6] == 0.0
    assert reverse.decode(rows(g=0.0), HAND, FREE)[0, 6] == 1.0
    border = actions(gripper={"open": -1.0, "closed": 1.0, "threshold": 0.0})
    assert [border.decode(rows(g=g), HAND, FREE)[0, 6] for g in (-0.3, 0.3)] == [0.0, 1.0]


def test_the_gripper_changes_in_the_tick_in_which_its_action_begins(actions):
    r = rows()
    r[5:, 6] = 1.0  # from 0.25 s on: within our third tick
    np.testing.assert_array_equal(actions().decode(r, HAND, FREE)[:, 6], [0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("rate", "horizon", "ticks"), [(5, 4, 8), (10, 16, 16), (15, 16, 10), (50, 50, 10), (3, 4, 13)]
)
def test_any_rate_is_resampled_to_ten_hertz(actions, rate, horizon, ticks):
    a = actions(rate_hz=rate, horizon=horizon)
    got = a.decode(rows(horizon, y=0.02), HAND, FREE)
    assert got.shape == (ticks, 7) and a.ticks == ticks
    np.testing.assert_allclose(got[:, 1], 0.02 * 0.05 * rate * 0.1, atol=1e-12)


def test_axes_of_the_hand_of_their_base_and_of_the_world(actions):
    """The hand points down: its own z is the world's −z, its own y the world's −y. Their base is turned a quarter left."""
    r = rows(y=0.2, z=0.1)
    np.testing.assert_allclose(actions(frame="hand").decode(r, HAND, FREE)[0, :3], [0, -0.02, -0.01], atol=1e-12)
    turned = {"position_m": (0.1, 0.0, 0.0), "rpy_deg": (0, 0, 90)}
    np.testing.assert_allclose(actions(base=turned).decode(r, HAND, FREE)[0, :3], [-0.02, 0, 0.01], atol=1e-12)
    np.testing.assert_allclose(
        actions(frame="world", base=turned).decode(r, HAND, FREE)[0, :3], [0, 0.02, 0.01], atol=1e-12
    )


def test_a_tool_with_a_lever_turns_about_its_own_point(actions):
    """Their tool lies 10 cm beside our grasp centre: turned a quarter on the spot, our hand goes round it."""
    a = actions(
        tool={"position_m": (0.1, 0.0, 0.0), "rpy_deg": (0, 0, 0)},
        bound={"position_m": 1, "rotation_rad": 1, "gripper": 0},
    )
    got = a.decode(rows(c=np.pi / 2 / 10 / 0.5), HAND, FREE)
    np.testing.assert_allclose(got[:, :3].sum(axis=0), [0.1, -0.1, 0.0], atol=1e-9)


def test_absolute_poses_and_poses_relative_to_the_chunks_beginning(actions):
    more = {
        "unit_m": 1.0,
        "unit_rad": 1.0,
        "rotation": "euler_xyz",
        "bound": {"position_m": 1, "rotation_rad": 3, "gripper": 0},
    }
    r = rows(x=0.5, y=0.1, z=0.2, a=np.pi, c=0.4)  # all ten say the same place
    got = actions(space="absolute", frame="world", **more).decode(r, HAND, FREE)
    np.testing.assert_allclose(got[0, :3], [0.1, 0, -0.1], atol=1e-9)
    np.testing.assert_allclose(got[0, 3:6], [0, 0, 0.4], atol=1e-9)
    np.testing.assert_allclose(got[1:, :6], 0, atol=1e-9)
    ramp = rows()
    ramp[:, 0] = np.arange(1, 11) * 0.01
    got = actions(space="relative", frame="world", **more).decode(ramp, HAND, FREE)
    np.testing.assert_allclose(got[:, 0], 0.02, atol=1e-9)


@pytest.mark.parametrize(
    ("rotation", "numbers"),
    [  # a quarter turn about x, from each form's own definition
        ("axis_angle", [np.pi / 2, 0, 0]),
        ("euler_xyz", [np.pi / 2, 0, 0]),
        ("euler_ZYX", [0, 0, np.pi / 2]),
        ("quaternion_xyzw", [np.sqrt(0.5), 0, 0, np.sqrt(0.5)]),
        ("quaternion_wxyz", [np.sqrt(0.5), np.sqrt(0.5), 0, 0]),
        ("rot6d_columns", [1, 0, 0, 0, 0, 1]),
        ("rot6d_rows", [1, 0, 0, 0, 0, -1]),
        ("rot6d_interleaved", [1, 0, 0, 0, 0, 1]),
    ],
)
def test_every_way_to_write_a_rotation(actions, rotation, numbers):
    unit = {"unit_rad": 1.0} if rotation.startswith(("axis", "euler")) else {"unit_rad": None}
    a = actions(rotation=rotation, dim=4 + len(numbers), space="relative", horizon=10, rate_hz=10, **unit,
                bound={"position_m": 1, "rotation_rad": 2, "gripper": 0})  # fmt: skip
    r = np.zeros((10, 4 + len(numbers)))
    r[:, 3:-1], r[:, -1] = numbers, -1.0
    got = a.decode(r, HAND, FREE)
    np.testing.assert_allclose(got[0, 3:6], [np.pi / 2, 0, 0], atol=1e-9)
    np.testing.assert_allclose(got[1:, 3:6], 0, atol=1e-9)


def test_there_and_back_in_every_convention(actions):
    """Our random chunk in its words and back: 10 and 50 Hz hold every one of our ticks."""
    rng = np.random.default_rng(0)
    forms = (
        "axis_angle",
        "euler_xyz",
        "euler_XYZ",
        "euler_zyx",
        "quaternion_wxyz",
        "rot6d_columns",
        "rot6d_rows",
        "rot6d_interleaved",
    )
    base, tool = {"position_m": (0.1, -0.2, 0.3), "rpy_deg": (0, 10, 90)}, {"position_m": (0, 0.01, 0.05), "rpy_deg": (0, 0, -90)}  # fmt: skip
    tried = 0
    for space, frame, form in product(("delta", "relative", "absolute"), ("world", "base", "hand"), forms):
        if (space, frame) == ("absolute", "hand"):
            continue
        rate = int(rng.choice([10, 50]))
        a = actions(space=space, frame=frame, rotation=form, rate_hz=rate, horizon=rate, dim=12, base=base, tool=tool,
                    unit_rad=0.5 if form.startswith(("axis", "euler")) else None,
                    bound={"position_m": 1, "rotation_rad": 3, "gripper": 0})  # fmt: skip
        ours = rng.normal(size=(10, 7)) * [0.02, 0.02, 0.02, 0.1, 0.1, 0.1, 0]
        ours[:, 6] = rng.uniform(size=10)
        hand = Pose(rng.uniform(0.2, 0.5, 3), Rotation.random(rng=rng).as_quat())
        np.testing.assert_allclose(a.decode(a.encode(ours, hand), hand, FREE), ours, atol=1e-9)
        tried += 1
    assert tried == 64


def test_too_fast_a_path_is_run_more_slowly_and_keeps_its_shape(actions):
    r = rows(x=1.0, y=0.5, c=0.2)
    r[5:, 6] = 1.0
    a = actions()
    fast = a.decode(r, HAND, FREE)
    slow = a.decode(r, HAND, Limits(), speed=0.5)
    steps = np.linalg.norm(slow[:, :3], axis=1)
    np.testing.assert_allclose(steps, 0.02, atol=1e-9)  # half of 4 cm
    np.testing.assert_allclose(
        slow[:, :6] / steps[:, None], fast[:, :6] / np.linalg.norm(fast[:, :3], axis=1)[:, None], atol=1e-9
    )
    assert len(slow) == 5 and not slow[:, 6].any(), "the gripper waits with the path: it was to close half way"
    assert fast[-1, 6] == 1.0
    turns = a.decode(rows(c=1.0), HAND, Limits(step_rad=0.1))
    np.testing.assert_allclose(np.linalg.norm(turns[:, 3:6], axis=1), 0.1, atol=1e-9)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("x", 2.1, "action 4 of its chunk goes 0.105 m in one step, the mapping's bound is 0.1 m"),
        ("c", 2.1, "goes 1.05 rad in one step, the mapping's bound is 1 rad"),
        ("c", 4 * np.pi, "goes 6.28 rad in one step"),
        ("x", 1e300, r"action 4 of its chunk goes (inf|5e\+298) m"),
        ("g", 1.3, r"has gripper 1.3, the mapping declares -1 open and 1 closed and 0.1 of the way past them"),
        ("z", np.nan, "action 4 of its chunk has a position that is not a number"),
        ("a", np.inf, "action 4 of its chunk has a rotation that is not a number"),
    ],
)
def test_beyond_a_declared_bound_is_a_fault_and_never_clipped(actions, column, value, says):
    r = rows()
    r[4, "xyzabcg".index(column)] = value
    with np.errstate(over="ignore"), pytest.raises(PolicyFault, match=says):
        actions().decode(r, HAND, FREE)


def test_a_little_past_shut_is_shut(actions):
    assert actions().decode(rows(g=1.15), HAND, FREE)[0, 6] == 1.0


@pytest.mark.parametrize("shape", [(9, 7), (10, 8), (10,), (1, 10, 7), (0, 7)])
def test_another_shape_is_a_fault(actions, shape):
    with pytest.raises(PolicyFault, match="the mapping declares"):
        actions().decode(np.zeros(shape), HAND, FREE)


@pytest.mark.parametrize(("form", "width"), [("quaternion_xyzw", 4), ("rot6d_rows", 6), ("rot6d_columns", 6)])
def test_numbers_that_are_no_rotation_are_a_fault(actions, form, width):
    a = actions(rotation=form, unit_rad=None, dim=4 + width)
    with pytest.raises(PolicyFault, match=r"quaternion of length 0|a rotation matrix that is none"):
        a.decode(np.zeros((10, 4 + width)), HAND, FREE)


def test_padding_and_unused_columns_are_left_alone(actions):
    a = actions(columns=("gripper", "unused", "position", "rotation"), dim=32)
    r = np.full((10, 32), np.nan)
    r[:, 0], r[:, 2:8] = 1.0, [0.1, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(a.decode(r, HAND, FREE), np.tile([0.01, 0, 0, 0, 0, 0, 1.0], (5, 1)), atol=1e-12)
