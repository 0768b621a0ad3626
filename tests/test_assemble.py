"""Which arm a cell gets, and that a mission does not care."""

import pytest

from hiervla.agent import Agent
from hiervla.assemble import simulated
from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.robot.fake import FakeRobot
from hiervla.sim.truth import true_goals


def test_the_scene_names_the_arm_and_a_run_may_name_another(scene_of):
    for robot, arm, name in (("panda", None, "panda"), ("iiwa", None, "iiwa"), ("iiwa", "panda", "panda")):
        sim, made = simulated(scene_of(robot=robot), 0, arm=arm)
        assert made.describe().name == name
        sim.close()


def test_a_robot_that_is_given_and_one_that_is_named_are_one_too_many():
    with pytest.raises(SetupError, match="a robot was given, and the settings name another: iiwa"):
        Agent(robot=FakeRobot(), settings=Settings(robot="iiwa"), keep=False)


def test_the_other_arm_does_the_same_mission_in_the_same_scene():
    with Agent("tabletop", 3, robot="iiwa", keep=False) as agent:
        about = agent.cell.robot.describe()
        assert about.name == "iiwa"
        assert agent.cell.guard.robot.limits == agent.cell.eyes.limits == about.limits
        assert agent.cell.eyes.gripper == about.gripper
        report = agent.run("put the red cube in the blue bowl")
        assert report.status == "done", report.answer
        assert true_goals(agent.cell.sim, ("in red_cube blue_bowl",)) == {"in red_cube blue_bowl": True}
