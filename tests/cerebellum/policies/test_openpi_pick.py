"""A mission whose picks are done by a served checkpoint: in PyBullet, from what crosses the wire and nothing else."""

import os
import signal

import pytest

from hiervla.agent import Agent
from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Task
from hiervla.sim.truth import true_goals


def cell(port, mapping, scene="tabletop", **budgets):
    url = f"openpi:ws://127.0.0.1:{port}"
    settings = Settings(policies={"pick": url}, mapping=str(mapping), video=False, **budgets)
    return Agent(scene, 3, settings=settings, keep=False)


@pytest.fixture
def file(tmp_path, mapping_text):
    """LIBERO's mapping with small pictures and little patience: this server looks at none of them."""
    text = mapping_text.replace('images = "look"', 'images = "tick"')
    text = text.replace("metadata = {}", "metadata = {}\nconnect_s = 2.0\nretries = 1\nbackoff_s = 0.02")
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    return tmp_path / "mapping.toml"


@pytest.fixture
def target():
    """Where the red cube of this scene and seed stands, and the yaw to take it with: what the server is told beforehand."""
    with Agent("tabletop", 3, keep=False) as agent:
        pose = agent.cell.sim.pose("red_cube")
        return [*map(float, pose.position), pose.yaw]


def test_a_served_checkpoint_picks_and_servo_places(serve, file, target):
    _, port = serve(target=target)
    with cell(port, file) as agent:
        report = agent.run("put the red cube in the blue bowl")
        assert report.status == "done", (report.answer, report.outcomes)
        assert true_goals(agent.cell.sim, ("in red_cube blue_bowl",)) == {"in red_cube blue_bowl": True}
        assert report.policies == ("openpi:pi05_libero", "servo")
        policy = agent.cell.cerebellum.policy_for(Task(skill="pick", instruction=""))
        assert len(policy.latency_ms) >= 5


def test_a_server_killed_in_mid_pick_ends_the_mission_as_failed_and_says_why(serve, file, target):
    process, port = serve(target=target)
    ticks = []

    def watch(event):
        if event.kind == "progress":
            ticks.append(event)
            if len(ticks) == 4:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()

    with cell(port, file) as agent:
        report = agent.run("pick up the red cube", on_event=watch)
        assert report.status == "failed"
        assert {o.failure.kind for o in report.outcomes} == {FailureKind.POLICY_FAULT}
        assert f"openpi server ws://127.0.0.1:{port}: nobody answers" in report.outcomes[0].failure.why
        assert report.outcomes[0].steps > 0
        assert "nobody answers" in report.answer, "the person is told what failed, not that a step was repeated"


def test_no_server_no_mapping_and_no_name_are_told_before_a_mission_begins(file):
    with pytest.raises(SetupError, match="nobody answers"):
        cell(1, file)
    with pytest.raises(SetupError, match="--mapping FILE"):
        cell(1, "")
    with pytest.raises(SetupError, match="No such file"):
        cell(1, "/nowhere/mapping.toml")
    with pytest.raises(SetupError, match="names no checkpoint"):
        Agent("tabletop", 3, settings=Settings(policy="openpi:"), keep=False)
