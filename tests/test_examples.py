"""The examples are what a person copies: each does what it says, the skill from an English and a Chinese sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hiervla import Agent, Settings
from hiervla.workspace import load_workspace

ROOT = Path(__file__).parents[1]
SPACE = ROOT / "examples" / "workspace"


@pytest.mark.parametrize("say", ["tap the red cube", "轻点红色方块", "轻点一下小梅的杯子", "touch Mei's cup"])
def test_a_skill_of_ones_own_is_executed_from_a_sentence(say):
    with Agent("desk", 5, settings=Settings(video=False), workspace=SPACE, keep=False) as agent:
        report = agent.run(say)
        assert report.status == "done", report.answer
        tapped = [o for o in report.outcomes if o.skill == "tap"]
        assert tapped and tapped[-1].done
        target = "cube" if "cube" in say or "方块" in say else "cup"
        assert target in tapped[-1].arguments["target"]


def test_a_tool_of_ones_own_answers_from_what_is_seen():
    with Agent("desk", 5, settings=Settings(video=False), workspace=SPACE, keep=False) as agent:
        agent.run("what do you see?")
        from hiervla.core.tool import Context

        context = Context(world=agent.world, vocabulary=agent.cell.vocabulary)
        count = agent.cell.workspace.tools["count_objects"]
        assert count.ask(context, {"query": "red cube"}) == 1 and count.ask(context, {"query": "红色方块"}) == 1
        assert count.ask(context, {"query": "blue cube"}) == 0


def test_every_example_is_ten_lines_at_most():
    for path in SPACE.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".toml"):
            lines = [x for x in path.read_text().splitlines() if x.strip()]
            assert len(lines) <= 10, path


def test_the_examples_join_the_bundled_content():
    space = load_workspace(SPACE)
    assert (
        {"tap", "pick", "place"} <= set(space.skills)
        and "count_objects" in space.tools
        and "desk" in space.entries["scene"]
    )


@pytest.mark.slow  # the README tells the same three lines, and those are run always
def test_three_lines_run(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "three_lines.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    assert "done" in done.stdout and json.dumps("in")[1:-1] in done.stdout
