"""What the camera can see of a body, by truth: open, behind a wall, under something."""

import pytest

from hiervla.assemble import simulated
from hiervla.sim.scene import BodySpec, Scene
from hiervla.sim.visibility import visible_share


@pytest.fixture
def shares():
    def build(*bodies):
        sim, arm = simulated(Scene(name="t", body=bodies), 0)
        out = visible_share(sim, arm.observe("look", ("front",)).images["front"])
        sim.close()
        return out

    return build


CUBE = BodySpec(name="cube", shape="cube", size=0.04, at=(0.45, 0.0), yaw_deg=0)


def test_in_the_open_all_of_its_top_is_seen(shares):
    assert shares(CUBE)["cube"] > 0.95


def test_behind_a_wall_as_the_camera_looks_little_or_nothing_is(shares):
    wall = BodySpec(name="wall", shape="block", size=(0.02, 0.2, 0.16), at=(0.49, 0.0), yaw_deg=0)
    assert shares(CUBE, wall)["cube"] < 0.2


def test_under_another_its_middle_is_hidden_from_above_and_its_rim_counts(shares):
    base = BodySpec(name="base", shape="cube", size=0.05, at=(0.45, 0.0), yaw_deg=0)
    top = BodySpec(name="top", shape="cube", size=0.04, on="base", yaw_deg=0)
    out = shares(base, top)
    assert out["top"] > 0.95 and 0.2 < out["base"] < 0.95


def test_furniture_has_two_parts(shares):
    drawer = BodySpec(name="d", shape="drawer", at=(0.5, 0.34), yaw_deg=-90, joint=0.1)
    out = shares(drawer)
    assert set(out) == {"d", "d_cabinet"} and out["d_cabinet"] > 0.9


def test_what_a_cup_hides_of_itself_is_no_occlusion(shares):
    assert shares(BodySpec(name="cup", shape="cup", at=(0.45, 0.0)))["cup"] > 0.95
