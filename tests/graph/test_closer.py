"""A thing that cannot be seen from the front is looked for from close by, once a look, before it counts as not done."""

import pytest

from hiervla.agent import Agent

SCENE = """
[[body]]
name = "cup"
shape = "cup"
colour = "purple"
[[body]]
name = "ball"
shape = "ball"
colour = "orange"
size = 0.036
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    file = tmp_path_factory.mktemp("cup") / "cup.toml"
    file.write_text(SCENE)
    agent = Agent(str(file), 1, keep=False)
    events = []
    report = agent.run("put the orange ball in the cup", events.append)
    truth = agent.cell.sim.support("ball")
    agent.close()
    return report, events, truth


def test_a_ball_in_a_cup_is_done_on_what_the_wrist_camera_saw(told):
    report, events, truth = told
    assert report.status == "done" and truth == "cup"
    verified = [e for e in events if e.kind == "verified" and e.skill == "place"]
    assert [e.check.answer for e in verified] == ["cannot_see", "cannot_see", "yes"]
    assert verified[-1].check.evidence[0].source.startswith("look:")


def test_the_closer_look_is_told_and_belongs_to_the_same_look(told):
    _, events, _ = told
    close = [e for e in events if e.kind == "looked" and "close by" in e.why]
    assert close and all("orange_ball_1" in e.objects for e in close)
    assert all(any(f.look_id == e.look_id for f in events if f.kind == "looked" and f is not e) for e in close)
