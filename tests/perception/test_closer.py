"""A look into a cup with the camera at the wrist, in a real scene: what the front camera cannot see is found, and nothing else."""

import pytest

from hiervla.agent import Agent
from hiervla.core.plan import Subgoal
from hiervla.core.world import World

SCENE = """
[[body]]
name = "cup"
shape = "cup"
colour = "purple"
at = [0.5, 0.1]
[[body]]
name = "other"
shape = "cube"
colour = "green"
at = [0.42, -0.1]
{content}
[[scenario]]
name = "put-in"
say = ["put the green cube in the cup"]
expect = {{ goals = ["in other cup"] }}
"""
BALL = """
[[body]]
name = "ball"
shape = "ball"
colour = "orange"
size = 0.030
on = "cup"
"""


@pytest.fixture
def peek(tmp_path):
    """Look from the front, then hold the wrist camera over the cup and look again."""
    agents = []

    def build(content):
        file = tmp_path / "cup.toml"
        file.write_text(SCENE.format(content=content))
        agent = Agent(str(file), 3, keep=False)
        agents.append(agent)
        cell = agent.cell
        world = cell.eyes.look(cell.robot.observe("look"), World(), "L1")
        cup = next(d.id for d in world.objects.values() if d.label == "cup")
        verdict = cell.guard.judge(
            Subgoal(skill="inspect", arguments={"target": cup}, why="test"), world, cell.robot.observe("none").hand
        )
        assert verdict.check, verdict.check.why
        trace = cell.cerebellum.execute(
            verdict.skill.ground(cell.guard.ground(world, cell.robot.observe("none").hand, verdict.handling))
        )
        assert trace.completed and trace.failure is None
        return cup, world, cell.eyes.closer(cell.robot.observe("look"), world, cup)

    yield build
    for agent in agents:
        agent.close()


def test_what_lies_deep_in_a_cup_is_seen_from_above(peek):
    cup, before, after = peek(BALL)
    assert not any(d.label == "ball" for d in before.objects.values()), "the front shows a sliver of it at best"
    (ball,) = [d for d in after.objects.values() if d.colour == "orange"]
    assert (ball.label, ball.support, ball.relation, ball.camera) == ("ball", cup, "in", "wrist")
    assert abs(ball.centre[0] - 0.5) < 0.015 and abs(ball.centre[1] - 0.1) < 0.015
    assert after.seen_now(ball.id)


def test_an_empty_cup_stays_empty_and_what_was_known_stays_as_it_was(peek):
    _, before, after = peek("")
    assert after.objects == before.objects
