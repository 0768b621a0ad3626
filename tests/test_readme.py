"""Docs that fail: what the README shows is what happens."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def hiervla(*args):
    return subprocess.run(
        [sys.executable, "-m", "hiervla.cli.main", *args], capture_output=True, text=True, check=False
    )


def test_the_help_in_the_readme_is_the_help():
    shown = next(b for b in blocks(README, "text") if b.startswith("$ hiervla --help"))
    printed = hiervla("--help").stdout
    words = lambda text: re.sub(r"\s+", " ", text).strip()  # noqa: E731
    assert words(shown.removeprefix("$ hiervla --help")) == words(
        re.sub(r"Usage: .*? \[OPTIONS\]", "Usage: hiervla [OPTIONS]", printed)
    )


@pytest.mark.parametrize("text", [README, CHINESE], ids=["en", "zh"])
def test_every_command_in_the_readmes_exists_with_the_options_it_shows(text):
    found = 0
    for line in "\n".join(blocks(text, "sh")).splitlines():
        command = line.split("#")[0].strip()
        if command.startswith("make "):
            assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
            found += 1
        elif command.startswith(".venv/bin/hiervla"):
            words = re.findall(r'"[^"]*"|\S+', command)[1:]
            names = list(words[: 2 if words[0] in ("scenario", "learn") else 1])
            helped = hiervla(*names, "--help")
            assert helped.returncode == 0, command
            for option in [w for w in words if w.startswith("--")]:
                assert option in helped.stdout, f"{command}: {option}"
            found += 1
    assert found >= 4


@pytest.mark.parametrize("text", [README, pytest.param(CHINESE, marks=pytest.mark.slow)], ids=["en", "zh"])
def test_the_three_lines_of_python_run(text, tmp_path):
    code = next(b for b in blocks(text, "python") if "Agent(" in b)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    assert "bowl" in done.stdout or "碗" in done.stdout


def test_the_skill_in_the_readme_is_the_example():
    shown = next(b for b in blocks(README, "python") if "class Tap" in b)
    example = (ROOT / "examples/workspace/skills/tap.py").read_text(encoding="utf-8")
    assert re.sub(r"\s+", " ", shown).strip() == re.sub(r"\s+", " ", example).strip()


def test_links_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_scene_page_shows_a_scene_that_loads(tmp_path):
    from hiervla.sim.scene import load_scene

    page = (ROOT / "docs/scenes.md").read_text(encoding="utf-8")
    scene, own, scenario = blocks(page, "toml")[:3]
    bowl = '\n[[body]]\nname = "bowl"\nshape = "bowl"\n'
    first = scene.index("[[body]]")
    text = scene[:first] + bowl.lstrip() + "\n" + scene[first:] + "\n" + own + "\n" + scenario
    shutil.copytree(ROOT / "scenes" / "own", tmp_path / "own")
    tomllib.loads(text)
    (tmp_path / "shown.toml").write_text(text, encoding="utf-8")
    loaded = load_scene(tmp_path / "shown.toml")
    assert {b.name for b in loaded.body} == {"bowl", "cup", "cube", "arrow", "hook"}
    assert loaded.scenario[0].disturb and loaded.zone[0].keep_out and loaded.inventory[0].attributes == ("fragile",)
