"""Worlds on paper: files read, and an arm that minds what each subgoal needs."""

import numpy as np
import pytest

from hiervla.core.errors import SetupError
from hiervla.core.footprint import footprint
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.paper.arm import CannotDo, PaperArm
from hiervla.paper.described import described, read_world
from hiervla.sim.expectation import parse_goal
from hiervla.workspace import load_workspace

WORDS = load_workspace().lexicon

DESK = {
    "things": {
        "c1": {"kind": "cube", "colour": "red", "at_cm": [45, 10]},
        "c2": {"kind": "cube", "colour": "green", "on": "c1"},
        "b": {"kind": "bowl", "colour": "blue", "at_cm": [55, -20]},
        "d": {"kind": "drawer", "colour": "white", "at_cm": [62, 30]},
    },
    "zones": {"left zone": {"x_cm": [30, 45], "y_cm": [20, 40]}},
}


def step(skill, **arguments):
    return Subgoal(skill=skill, arguments=arguments, why="")


def test_a_described_world_is_as_eyes_would_report_it():
    world = described(DESK, WORDS).world
    assert world.objects["c2"].support == "c1" and world.objects["c2"].bottom_z == pytest.approx(0.04)
    assert world.objects["d"].part_of == "d_cabinet" and world.objects["d"].opens == (-1.0, 0.0)
    assert world.objects["b"].hollow and not world.objects["c1"].fixed
    assert world.zones["left zone"].outline[0] == (0.30, 0.20)


def test_three_sizes_are_along_x_and_y_and_a_drawer_is_broad_across_the_way_it_opens():
    world = described(
        {"things": {"long": {"kind": "block", "at_cm": [45, 10], "size_cm": [4, 12, 4]}, **DESK["things"]}}, WORDS
    ).world
    block, drawer = (np.ptp(footprint(world.objects[i]), axis=0) for i in ("long", "d"))
    assert block == pytest.approx([0.04, 0.12]) and drawer == pytest.approx([0.04, 0.18])


def test_a_dumped_world_is_read_too(tmp_path):
    path = tmp_path / "world.json"
    path.write_text(described(DESK, WORDS).world.model_dump_json())
    assert set(read_world(path, WORDS).world.objects) == {"c1", "c2", "b", "d", "d_cabinet"}


@pytest.mark.parametrize(
    ("kind", "label", "name"),
    [("box", "box", None), ("tray", "box", "tray"), ("杯子", "cup", "杯子"), ("fork", "shape", "fork")],
)
def test_a_kind_may_be_told_in_any_word(kind, label, name):
    found = described({"things": {"x": {"kind": kind, "at_cm": [50, 0]}}}, WORDS)
    assert (found.world.objects["x"].label, found.world.objects["x"].name) == (label, name)
    assert found.world.objects["x"].hollow == (label in ("box", "cup"))
    assert [line.name for line in found.inventory] == [name] * (name is not None)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"things": {"c": {"kind": "cube"}}}, "at_cm"),
        ({"things": {"c": {"kind": "cube", "in": "nowhere"}}}, "nowhere"),
        ({"things": {"c": {"kind": "cube", "at_cm": [1]}}}, "at_cm"),
        ({"things": {}, "held": "c"}, "held"),
        ({}, "things"),
        ({"things": {"c": {"kind": "cueb", "at_cm": [50, 0]}}}, "did you mean 'cube'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(table, says):
    with pytest.raises(SetupError, match=says):
        described(table, WORDS)


def test_the_arm_brings_goals_about():
    arm = PaperArm(described(DESK, WORDS).world)
    for s in (step("pick", target="c2"), step("place", target="c2", relation="in", reference="b")):
        arm.do(s)
    assert holds(parse_goal("in c2 b", ["c2", "b"]), arm.world)


@pytest.mark.parametrize(
    "steps",
    [
        [step("pick", target="c1")],  # something stands on it
        [step("place", target="c1", relation="in", reference="b")],  # nothing in the hand
        [step("pick", target="c2"), step("pick", target="b")],
        [step("pick", target="c2"), step("place", target="c2", relation="in", reference="d")],  # closed
        [step("pick", target="d")],
        [step("press", target="c1")],
        [step("pick", target="c2"), step("place", target="c2", relation="on", reference="nothing")],
    ],
)
def test_what_is_not_possible_is_not_done(steps):
    arm = PaperArm(described(DESK, WORDS).world)
    with pytest.raises(CannotDo):
        for s in steps:
            arm.do(s)
    assert len(arm.steps) < len(steps)


def test_what_went_into_a_closed_drawer_is_remembered_and_comes_back():
    arm = PaperArm(described(DESK, WORDS).world)
    arm.do(step("open", target="d"))
    arm.do(step("pick", target="c2"))
    arm.do(step("place", target="c2", relation="in", reference="d"))
    arm.do(step("close", target="d"))
    assert "c2" in arm.world.lost and holds(parse_goal("in c2 d", ["c2", "d"]), arm.world)
    arm.do(step("open", target="d"))
    assert arm.world.objects["c2"].support == "d"
