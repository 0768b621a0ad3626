"""``Agent.plan``: what it would do, with nothing done."""

import numpy as np
import pytest

from hiervla import Agent, Settings
from hiervla.core.plan import Finish, Plan, Refuse


@pytest.fixture(scope="module")
def agent():
    with Agent("tabletop", 2, settings=Settings(video=False), keep=False) as made:
        yield made


@pytest.mark.parametrize(
    ("say", "kind"),
    [("put the red cube in the blue bowl", Plan), ("what do you see?", Finish), ("throw the red cube", Refuse)],
)
def test_a_dry_run_moves_nothing(agent, say, kind):
    before = agent.cell.robot.observe()
    thought = agent.plan(say)
    after = agent.cell.robot.observe()
    assert isinstance(thought.move, kind)
    np.testing.assert_allclose(after.joints, before.joints, atol=1e-3)
    assert abs(after.gripper_width_m - before.gripper_width_m) < 1e-3 and not agent.world.held
    if kind is Plan:
        assert [s.skill for s in thought.move.subgoals] == ["pick", "place"]


def test_the_plan_is_no_part_of_what_was_said(agent):
    said = len(agent.dialogue)
    agent.plan("pick up the red cube")
    assert len(agent.dialogue) == said
