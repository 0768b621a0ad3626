"""``play``: a mission through the real graph, guard and loop, around fakes at the ports."""

import threading

import pytest
from pretend import ListedBrain, ListedEyes

from hiervla.cerebellum.loop import Cerebellum
from hiervla.cerebellum.monitors import default_monitors
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.config import Settings
from hiervla.graph.build import build_graph
from hiervla.graph.mission import Mission
from hiervla.graph.state import first_state
from hiervla.guard.rules import Guard
from hiervla.record import RunFolder
from hiervla.robot.fake import FakeRobot
from hiervla.workspace import load_workspace


@pytest.fixture(scope="session")
def space():
    return load_workspace()


@pytest.fixture
def play(space):
    """Run a mission: thoughts and worlds in, final state and parts out."""

    def run(
        thoughts,
        worlds,
        instruction="put the red cube in the blue bowl",
        settings=None,
        robot=None,
        checkpointer=None,
        brain=None,
        stop=None,
        parts=None,
    ):
        robot = robot or FakeRobot(grasp_width_m=0.04)
        cerebellum = Cerebellum(
            robot=robot, policies={"servo": ServoPolicy()}, order=("servo",), monitors=default_monitors(None)
        )
        events = []
        mission = Mission(
            settings=settings or Settings(), robot=robot, description=robot.describe(), brain=brain or ListedBrain(thoughts),
            eyes=ListedEyes(worlds), guard=Guard(space.skills, robot.describe()), execute=cerebellum.execute,
            policy_name=lambda t: "servo", skills=space.skills, tools=space.tools, vocabulary=space.vocabulary(), folder=RunFolder(None),
            stop=stop or threading.Event(), **(parts or {}),
        )  # fmt: skip
        state = {}
        for mode, part in build_graph(checkpointer).stream(
            first_state(instruction, [], None),
            {"recursion_limit": 1000, "configurable": {"thread_id": "t"}},
            context=mission,
            stream_mode=["custom", "values"],
        ):
            if mode == "custom":
                events.append(part)
            else:
                state = part
        return state, mission, events

    return run
