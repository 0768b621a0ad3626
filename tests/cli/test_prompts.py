"""``hiervla prompts show``: what a model would get, in a described world and as a scene's cameras see it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WORLD = Path(__file__).parents[2] / "hiervla/bench/language/worlds/desk.toml"


def shown(*args, cwd):
    command = [sys.executable, "-m", "hiervla.cli.main", "prompts", "show", *args]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


def test_a_described_world_is_shown_with_token_counts(tmp_path):
    done = shown("put the ball in the cup", "--world", str(WORLD), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "# Instruction\nput the ball in the cup" in done.stdout and "- ball: medium yellow ball" in done.stdout
    assert "===== tools: about " in done.stdout and "tokens in all" in done.stdout


def test_as_json_it_is_one_object(tmp_path):
    done = shown("把球放进杯子", "--world", str(WORLD), "--json", "--replies", "text", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert (
        said["tokens"]["functions"] < 3
        and "Write one JSON object" in said["system"]
        and "把球放进杯子" in said["human"]
    )


@pytest.mark.slow
def test_a_scene_is_shown_as_its_cameras_see_it_and_nothing_is_left_behind(tmp_path):
    done = shown("put the red cube in the blue bowl", "--scene", "tabletop", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert said["images"] == 1 and "red_cube_1" in said["human"]
    assert list(tmp_path.iterdir()) == []


def test_one_place_has_to_be_named(tmp_path):
    done = shown("hello", cwd=tmp_path)
    assert done.returncode == 2 and "--world FILE" in done.stderr


def test_weights_that_bring_prompts_are_shown_with_those(tmp_path):
    folder = tmp_path / "mini"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "brain.system.md.j2").write_text("Be brief.", encoding="utf-8")
    (folder / "prompts" / "brain.think.md.j2").write_text("{{ b.world.objects | list | join(' ') }}", encoding="utf-8")
    (folder / "manner.json").write_text('{"numbered": true}', encoding="utf-8")
    done = shown("x", "--world", str(WORLD), "--brain", f"local:{folder}", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert said["system"] == "Be brief." and said["human"].startswith("o1 o2 ")
    done = shown("x", "--world", str(WORLD), "--brain", "grammar", cwd=tmp_path)
    assert done.returncode == 2 and "reads no prompts" in done.stderr
