"""``hiervla parse`` as a person and a script meet it: what it shows, its exit codes, and one clear line for what is no text or no world."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESK = str(ROOT / "hiervla" / "bench" / "language" / "worlds" / "desk.toml")


def _parse(*args):
    done = subprocess.run(
        [sys.executable, "-m", "hiervla.cli.main", "parse", *args], capture_output=True, timeout=60, cwd=ROOT, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")[-1500:]
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "code", "move"),
    [
        ("put the red cube in the blue bowl", 0, "plan"),
        ("put the \x01red\x07 cube in the blue\x1bbowl", 0, "plan"),
        ("put the cube in the bowl", 4, "clarify"),
        ("a" * 100_000, 3, "refuse"),
        ("put the red cube in the blue bowl " * 3500, 3, "refuse"),
        ("", 3, "refuse"),
        ("what do you see?", 0, "finish"),
    ],
)
def test_one_json_object_and_an_exit_code_for_any_text(text, code, move, in_process):
    done = in_process("parse", text, "--world", DESK, "--json")
    assert (done.returncode, done.stderr) == (code, "") and json.loads(done.stdout)["move"] == move


@pytest.mark.parametrize(
    ("text", "code", "move"),
    [("把绿方块放进白碗里", 0, "plan"), (b"put the \xff\xfe cube in the blue bowl", 4, "clarify")],
)
def test_a_process_is_handed_any_bytes(text, code, move):
    got, out, err = _parse(text, "--world", DESK, "--json")
    assert (got, err) == (code, "") and json.loads(out)["move"] == move


def test_a_person_is_shown_the_form_the_thought_the_goals_and_the_steps():
    _, out, _ = _parse("put the red cube in the blue bowl", "--world", DESK)
    heads = [line.split()[0] for line in out.splitlines() if line[:1].isalpha()]
    assert {"form", "thought", "goal", "step"} <= set(heads) and "in(red_cube, blue_bowl)" in out


def test_what_was_said_before_counts():
    got, out, _ = _parse("the red one", "--said", "pick up the small block", "--said", "put it on the plate", "--world", DESK, "--json")  # fmt: skip
    assert got == 4 and json.loads(out)["subgoals"] == []
    before = ("--said", "put the green cube in the blue bowl")
    got, out, _ = _parse("put it on the plate", *before, "--world", DESK, "--json")
    assert got == 0 and json.loads(out)["goals"][0]["subject"] == "green_cube"


def test_without_a_world_only_the_form_is_told():
    got, out, _ = _parse("put the red cube in the blue bowl")
    assert got == 0 and out.strip() == "put([the red cube] → in [the blue bowl])"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.toml", b"\xff\xfe\x00things", "cannot read"),
        ("b.json", b'{"look_id": "L1"', "is no world"),
        ("c.toml", b"[things]\na = { kind = 'cube', at_cm = [nan, inf] }", "things.a.at_cm"),
        ("d.toml", b"[things]\na = { kind = 'cube', at_cm = [40, 1], size_cm = -4 }", "things.a.size_cm"),
        ("e.toml", b"[things]\na = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        ("f.toml", b"[things]\na = { kind = 'cube' }", "where is it?"),
        ("g.toml", b"things = ", "is no TOML"),
    ],
)
def test_a_file_that_is_no_world_is_one_line_with_its_name(tmp_path, name, content, says, in_process):
    path = tmp_path / name
    path.write_bytes(content)
    done = in_process("parse", "pick up the cube", "--world", str(path))
    err = done.stderr
    assert done.returncode == 2 and done.stdout == "" and len(err.splitlines()) == 1 and name in err and says in err
