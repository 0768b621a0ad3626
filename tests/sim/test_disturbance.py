"""Things that happen while a real arm is at work: each trigger once, at its time, to its body."""

import math

import numpy as np
import pytest

from hiervla.sim.disturbance import Disturber
from hiervla.sim.scene import DisturbanceSpec
from hiervla.sim.truth import settle, true_world

CUBE = {"name": "cube", "shape": "cube", "at": (0.5, 0.1), "size": 0.04, "yaw_deg": 0.0}
BOWL = {"name": "bowl", "shape": "bowl", "at": (0.5, -0.2)}


@pytest.fixture
def cell(build, scene_of, drive):
    """A cube and a bowl, an arm, and what to do with them."""

    class Cell:
        def __init__(self, *specs, bodies=(CUBE, BOWL), seed=0):
            self.sim, self.arm = build(scene_of(*bodies), seed)
            self.disturber = Disturber(self.sim, tuple(DisturbanceSpec(**s) for s in specs))

        def go(self, x, y, z, gripper, **more):
            return drive(self.arm, (x, y, z), gripper, **more)

        def wait(self, gripper, ticks=8):
            for _ in range(ticks):
                self.arm.apply(np.array([0, 0, 0, 0, 0, 0, gripper]))

        def grasp(self):
            self.go(0.5, 0.1, 0.12, 0.2)
            self.go(0.5, 0.1, 0.02, 0.2, step=0.015)
            self.wait(1.0)

        def at(self, name="cube"):
            return self.sim.pose(name).position

    return Cell


def test_approach_moves_it_before_the_hand_is_there_once_and_not_under_the_hand(cell):
    c = cell({"do": "move", "body": "cube", "when": "approach", "within_m": 0.2})
    start = c.at()
    assert c.go(0.5, 0.1, 0.35, 0.0)
    assert c.disturber.happened == [], "still too far"
    c.go(0.5, 0.1, 0.08, 0.0)
    (happened,) = c.disturber.happened
    assert (happened.do, happened.body) == ("move", "cube")
    assert math.dist(c.at()[:2], start[:2]) >= 0.09
    assert math.dist(c.at()[:2], (0.5, 0.1)) > 0.09, "not where the hand is"
    settle(c.sim)
    assert c.sim.support("cube") == "table"
    c.go(*c.at()[:2], 0.10, 0.0)
    assert len(c.disturber.happened) == 1, "once is once"


def test_carry_knocks_it_out_of_the_gripper(cell):
    c = cell({"do": "knock", "body": "cube", "when": "carry", "within_m": 0.1})
    c.grasp()
    assert c.go(0.5, 0.1, 0.06, 1.0)
    assert c.sim.held() == "cube"
    assert c.disturber.happened == [], "not high enough yet"
    c.go(0.5, 0.1, 0.16, 1.0)
    assert [h.do for h in c.disturber.happened] == ["knock"]
    c.wait(1.0)
    assert c.sim.held() is None
    assert c.sim.support("cube") == "table"
    assert c.arm.observe().gripper_width_m < 0.01, "the fingers are left empty"


def test_grasped_fires_as_it_leaves_the_table(cell):
    c = cell(
        {"do": "push", "body": "bowl", "when": "grasped", "by": (0.0, -0.05)},
        {"do": "remove", "body": "cube", "when": "grasped"},
    )
    bowl = c.at("bowl")
    assert c.disturber.happened == []
    c.grasp()
    c.go(0.5, 0.1, 0.10, 1.0)
    assert [h.body for h in c.disturber.happened] == ["cube"], "the bowl was not grasped"
    assert c.at()[2] < -0.3, "taken away"
    np.testing.assert_allclose(c.at("bowl"), bowl, atol=0.002)


def test_placed_fires_when_it_was_let_go_and_the_hand_has_left(cell):
    c = cell({"do": "move", "body": "cube", "when": "placed"})
    c.wait(0.0, 3)
    assert c.disturber.happened == [], "it was never held"
    c.grasp()
    assert c.go(0.5, 0.1, 0.12, 1.0)
    assert c.go(0.5, 0.25, 0.12, 1.0)
    assert c.go(0.5, 0.25, 0.025, 1.0)
    c.wait(0.0, 4)
    assert c.disturber.happened == [], "the hand is still at it"
    c.go(0.5, 0.25, 0.25, 0.0)
    assert len(c.disturber.happened) == 1
    assert math.dist(c.at()[:2], (0.5, 0.25)) > 0.08


def test_time_fires_at_its_time_by_what_was_asked(cell):
    c = cell({"do": "push", "body": "bowl", "when": "time", "at_s": 0.5, "by": (0.04, -0.03)})
    start = c.at("bowl")
    c.wait(0.0, 5)
    assert c.disturber.happened == []
    c.wait(0.0, 5)
    assert c.disturber.happened[0].time_s == pytest.approx(0.5, abs=0.11)
    np.testing.assert_allclose(c.at("bowl")[:2], start[:2] + (0.04, -0.03), atol=0.005)


def test_times_counts_how_often_and_a_trigger_must_pass_in_between(cell):
    c = cell({"do": "push", "body": "cube", "when": "approach", "within_m": 0.2, "by": (0.0, 0.02), "times": 2})
    c.go(0.5, 0.1, 0.15, 0.0)
    c.wait(0.0, 5)
    assert len(c.disturber.happened) == 1, "staying near is one approach"
    c.go(0.5, 0.1, 0.40, 0.0)
    for _ in range(2):
        c.go(0.5, 0.1, 0.15, 0.0)
        c.go(0.5, 0.1, 0.40, 0.0)
    assert len(c.disturber.happened) == 2


def test_what_lies_in_a_bowl_moves_with_it(cell):
    inner = {"name": "inner", "shape": "cube", "on": "bowl", "size": 0.036}
    c = cell({"do": "move", "body": "bowl", "when": "time", "by": (0.05, 0.1)}, bodies=(BOWL, inner))
    off = c.at("inner")[:2] - c.at("bowl")[:2]
    c.wait(0.0, 3)
    settle(c.sim)
    np.testing.assert_allclose(c.at("inner")[:2] - c.at("bowl")[:2], off, atol=0.01)
    np.testing.assert_allclose(c.at("bowl")[:2], (0.55, -0.1), atol=0.01)
    assert c.sim.support("inner") == "bowl"


def test_the_same_seed_is_disturbed_the_same(cell):
    def run():
        c = cell({"do": "move", "body": "cube", "when": "time", "at_s": 0.3}, seed=3)
        c.wait(0.0, 6)
        return c.at()

    np.testing.assert_array_equal(run(), run())


def test_with_no_room_left_to_move_to_a_mission_does_not_crash(cell):
    tight = {"name": "cube", "shape": "cube", "at": (0.5, 0.1), "size": 0.04, "region": (0.5, 0.1, 0.501, 0.101)}
    wall = {"name": "wall", "shape": "box", "at": (0.5, 0.0)}
    c = cell({"do": "move", "body": "cube", "when": "time"}, bodies=(wall, {**tight, "at": (0.5, 0.2)}))
    c.wait(0.0, 2)
    assert len(c.disturber.happened) <= 1


DRAWER = {"name": "drawer", "shape": "drawer", "at": (0.5, 0.32), "yaw_deg": -90.0, "joint": 0.1}
SPARE = {"name": "spare", "shape": "cube", "colour": "blue", "size": 0.04, "yaw_deg": 0.0, "spare": True}


def test_a_spare_waits_off_the_table_until_it_is_added_where_it_was_asked(cell):
    c = cell({"do": "add", "body": "spare", "when": "time", "at_s": 0.3, "to": (0.6, 0.2)}, bodies=(CUBE, SPARE))
    assert c.sim.away("spare")
    assert "spare" not in true_world(c.sim).objects
    c.wait(0.0, 6)
    settle(c.sim)
    assert c.sim.support("spare") == "table"
    np.testing.assert_allclose(c.at("spare")[:2], (0.6, 0.2), atol=0.003)


def test_an_added_body_without_a_place_stands_clear_of_everything(cell):
    c = cell({"do": "add", "body": "spare", "when": "time"}, bodies=(CUBE, BOWL, SPARE), seed=4)
    c.wait(0.0, 2)
    settle(c.sim)
    assert c.sim.support("spare") == "table"
    assert min(math.dist(c.at("spare")[:2], c.at(n)[:2]) for n in ("cube", "bowl")) > 0.08


def test_a_swapped_body_is_gone_and_another_stands_in_its_place(cell):
    c = cell({"do": "swap", "body": "cube", "spare": "spare", "within_m": 0.2}, bodies=(CUBE, SPARE))
    c.go(0.5, 0.1, 0.10, 0.0)
    settle(c.sim)
    assert c.sim.away("cube")
    assert c.sim.support("spare") == "table"
    np.testing.assert_allclose(c.at("spare")[:2], (0.5, 0.1), atol=0.003)


def test_a_spare_blocks_a_bowl_when_another_body_is_lifted(cell):
    spec = {"do": "block", "body": "bowl", "spare": "spare", "when": "grasped", "of": "cube"}
    c = cell(spec, bodies=(CUBE, BOWL, SPARE))
    c.wait(0.0, 3)
    assert c.disturber.happened == [], "nothing has been lifted"
    c.grasp()
    c.go(0.5, 0.1, 0.10, 1.0)
    settle(c.sim)
    assert c.sim.support("spare") == "bowl"


def test_somebody_closes_a_drawer_and_opens_it_again_and_what_is_in_it_stays_in(cell):
    inner = {"name": "inner", "shape": "cube", "on": "drawer", "size": 0.044}
    close = {"do": "close", "body": "drawer", "when": "opened"}
    c = cell(close, {"do": "open", "body": "drawer", "when": "time", "at_s": 3.0}, bodies=(DRAWER, inner))
    c.wait(0.0, 24)
    assert [h.do for h in c.disturber.happened] == ["close"]
    assert c.sim.joint("drawer") < 0.003
    assert c.sim.support("inner") == "drawer"
    c.wait(0.0, 24)
    assert c.sim.joint("drawer") > 0.11
    assert c.sim.support("inner") == "drawer"
    assert [h.do for h in c.disturber.happened] == ["close", "open"], "once is once"


def test_somebody_who_closed_a_drawer_lets_go_of_it(cell):
    c = cell({"do": "close", "body": "drawer", "when": "time"}, bodies=(DRAWER,))
    c.wait(0.0, 24)
    c.sim.push_joint("drawer", 0.1)
    c.wait(0.0, 8)
    out = c.sim.joint("drawer")
    c.sim.push_joint("drawer", None)
    assert out > 0.06
    c.wait(0.0, 5)
    assert c.sim.joint("drawer") == pytest.approx(out, abs=0.005), "it stays where it was left"


def test_noise_and_light_change_what_is_seen_from_then_on(cell):
    c = cell(
        {"do": "noise", "when": "time", "at_s": 0.5, "sensor": {"depth_noise_m": 0.004, "dropout": 0.1}},
        {"do": "light", "when": "time", "at_s": 0.5, "light": {"ambient": 0.3}},
    )
    before = c.arm.observe("look").images["front"]
    again = c.arm.observe("look").images["front"]
    np.testing.assert_array_equal(before.depth, again.depth)
    c.wait(0.0, 7)
    c.go(*c.arm.observe().hand.position, 0.0)
    after = c.arm.observe("look").images["front"]
    both = (before.depth > 0) & (after.depth > 0)
    assert np.mean(after.depth[before.depth > 0] == 0) == pytest.approx(0.1, abs=0.01)
    assert np.median(np.abs(after.depth - before.depth)[both]) == pytest.approx(0.0027, abs=0.0004)
    assert after.rgb.mean() < 0.85 * before.rgb.mean()
