"""Bodies from a person's own files and tools: as large as the file says, standing where they are put, and an arm lifts them."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.sim.describe import describe
from hiervla.sim.scene import load_scene
from hiervla.sim.simulation import Simulation
from hiervla.sim.truth import settle

FILES = Path(__file__).parents[2] / "scenes" / "own"
HOUSE = {"name": "house", "mesh": "house.obj", "scale": 0.01, "at": (0.5, 0.1), "yaw_deg": 0.0, "colour": "red"}
HOOK = {"name": "hook", "urdf": "hook.urdf", "at": (0.5, -0.1), "yaw_deg": 90.0}


def toml(**body):
    return "[[body]]\n" + "".join(f"{k} = {_value(v)}\n" for k, v in body.items())


def _value(v):
    return str(v).lower() if isinstance(v, bool) else f'"{v}"' if isinstance(v, str) else str(list(v) if isinstance(v, tuple) else v)  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """A scene file of these bodies, with the own_bodies scene's files beside it."""

    def load(*bodies):
        for f in FILES.iterdir():
            (tmp_path / f.name).write_bytes(f.read_bytes())
        path = tmp_path / "own.toml"
        path.write_text('doc = "Own bodies."\n' + "".join(toml(**b) for b in bodies), encoding="utf-8")
        return load_scene(path)

    return load


@pytest.fixture
def built(read):
    made = []

    def make(*bodies, seed=0):
        made.append(Simulation(read(*bodies), seed))
        return made[-1]

    yield make
    for sim in made:
        sim.close()


def test_a_mesh_and_a_urdf_stand_where_they_are_put_with_their_own_size(built):
    sim = built(HOUSE, HOOK)
    settle(sim)
    house, hook = describe(sim, "house"), describe(sim, "hook")
    assert (house.label, house.support, house.colour) == ("shape", "table", "red")
    np.testing.assert_allclose(house.size, (0.05, 0.04, 0.035), atol=0.001)
    np.testing.assert_allclose(house.centre, (0.5, 0.1, 0.0175), atol=0.004)
    assert (hook.label, hook.support) == ("shape", "table")
    np.testing.assert_allclose(sorted(hook.size), (0.02, 0.054, 0.08), atol=0.002)
    np.testing.assert_allclose(hook.centre, (0.5, -0.1, 0.010), atol=0.002)
    assert abs(math.cos(hook.yaw)) < 0.05, "its length was turned by 90°"


def test_what_is_moved_by_somebody_lands_with_its_middle_there(built):
    sim = built(HOOK)
    pose = sim.pose("hook")
    sim.put("hook", type(pose)(np.array([0.6, 0.1, 0.011]), pose.quaternion))
    settle(sim)
    np.testing.assert_allclose(sim.pose("hook").position, (0.6, 0.1, 0.010), atol=0.002)


def test_mass_nought_fixes_a_urdf_and_a_colour_paints_it(built):
    sim = built(HOOK | {"mass": 0, "colour": "pink"})
    before = sim.pose("hook").position
    sim.client.step(60)
    np.testing.assert_allclose(sim.pose("hook").position, before, atol=1e-6)
    assert describe(sim, "hook").fixed


@pytest.mark.parametrize("parts", [True, False])
def test_a_mesh_of_convex_objects_takes_things_in_and_one_object_is_its_hull(built, tmp_path, parts):
    dish = {"name": "dish", "mesh": "dish.obj", "scale": 0.01, "at": (0.5, 0.0), "yaw_deg": 0.0, "shape": "box"}
    if not parts:
        whole = [x for x in (FILES / "dish.obj").read_text().splitlines() if not x.startswith("o ")]
        (tmp_path / "whole.obj").write_text("\n".join(whole))
        dish["mesh"] = "whole.obj"
    sim = built(dish, {"name": "ball", "shape": "ball", "size": 0.03, "at": (0.5, 0.3)})
    pose = sim.pose("ball")
    sim.put("ball", type(pose)(np.array([0.5, 0.0, 0.08]), pose.quaternion))
    settle(sim)
    assert (sim.pose("ball").position[2] < 0.03) == parts
    assert (describe(sim, "ball").relation == "in") == parts


def test_a_file_of_pybullet_data_is_found_by_its_name(built):
    sim = built({"name": "lego", "urdf": "lego/lego.urdf", "at": (0.5, 0.0)})
    assert describe(sim, "lego").size[2] == pytest.approx(0.025, abs=0.003)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"mesh": "no.obj"}, r"own\.toml:4: body\.0\.mesh: no file no\.obj; looked in .*pybullet_data"),
        ({"mesh": "house.obj", "urdf": "hook.urdf"}, "not from both"),
        ({"mesh": "house.obj", "size": 0.1}, "give it a scale"),
        ({"shape": "cube", "scale": 2.0}, "scale is for a body from a file"),
        ({"mesh": "house.obj", "shape": "hous"}, "no shape 'hous'"),
        ({"colour": "red"}, r"body\.0\.shape: is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line(read, body, says):
    with pytest.raises(SetupError) as caught:
        read({"name": "x"} | body)
    assert re.search(says, str(caught.value)), str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("v 0 0 0\nv 1 0 0\n", "it has no faces"),
        ("v 0 0 0\nf 1 2 3\n", ":2: a face names a vertex"),
        ("v 0 0 zero\n", "no OBJ mesh"),
        ("v 0 0 0\nv 9 0 0\nv 0 9 1\nf 1 2 3\n", "9 x 9 x 1 m is no thing for a table.*scale"),
    ],
)
def test_a_file_that_is_no_mesh_for_a_table_is_told(read, tmp_path, text, says):
    (tmp_path / "bad.obj").write_text(text)
    scene = read({"name": "x", "mesh": "bad.obj"})
    with pytest.raises(SetupError, match=says):
        Simulation(scene, 0)


def test_a_urdf_that_cannot_be_read_is_told(read, tmp_path):
    (tmp_path / "bad.urdf").write_text("<robot>")
    with pytest.raises(SetupError, match="cannot read this URDF"):
        Simulation(read({"name": "x", "urdf": "bad.urdf"}), 0)


LIFTED = {t: {"shape": t} for t in ("wrench", "screwdriver", "screw")} | {
    "house": HOUSE | {"mesh": str(FILES / "house.obj")}, "hook": HOOK | {"urdf": str(FILES / "hook.urdf")},
}  # fmt: skip


@pytest.mark.parametrize("name", LIFTED)
def test_tools_and_ones_own_bodies_can_be_grasped_and_lifted(build, scene_of, drive, name):
    across = 0.5 if name != "hook" else 0.49
    sim, arm = build(scene_of(LIFTED[name] | {"name": name, "at": (across, 0.1), "yaw_deg": 0.0}))
    drive(arm, (0.5, 0.1, 0.12), 0.0)
    drive(arm, (0.5, 0.1, max(0.008, sim.pose(name).position[2] - 0.002)), 0.0, step=0.015)
    for _ in range(8):
        arm.apply(np.array([0, 0, 0, 0, 0, 0, 1.0]))
    drive(arm, (0.5, 0.1, 0.14), 1.0)
    assert sim.held() == name
    assert sim.pose(name).position[2] > 0.10
