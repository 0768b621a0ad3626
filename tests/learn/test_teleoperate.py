"""A person's keys move the hand; what was done is kept in the teacher's form, and truth says whether it was done."""

import json
import os
import pty
import subprocess
import sys
import time

import numpy as np
import pytest

from hiervla.assemble import simulated
from hiervla.core.errors import SetupError
from hiervla.deskwork import imagine
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.frames import Frames
from hiervla.learn.keys import STEP_M, TURN_RAD, Script, actions
from hiervla.learn.teleoperate import record
from hiervla.paper.described import Described
from hiervla.sim.scene import load_scene
from hiervla.sim.truth import true_world

SEED = 3
RECORD = [sys.executable, "-m", "hiervla.cli.main", "learn", "record"]


@pytest.fixture(scope="module")
def written(space):
    """Keys that pick the red cube of the tabletop scene and put it into the blue bowl, a line a step."""
    scene = load_scene(space.scene_path("tabletop"))
    sim, arm = simulated(scene, SEED)
    objects, hand = true_world(sim).objects, arm.observe("none").hand
    sim.close()
    cube, bowl = objects["red_cube"], objects["blue_bowl"]
    turn = (cube.yaw - hand.yaw + np.pi / 4) % (np.pi / 2) - np.pi / 4
    over = np.array([*cube.centre[:2], 0.12])
    pick = way(over - hand.position, turn) + way([0, 0, 0.02 - 0.12]) + " " + way([0, 0, 0.14])
    place = way([*np.subtract(bowl.centre[:2], over[:2]), 0.0]) + way([0, 0, -0.08]) + " " + way([0, 0, 0.08]) + "...."
    return pick + "\n" + place + "\n"


def way(off, turn=0.0):
    """Keys that move the hand by so much, to within half a small step, and turn it."""
    keys = ""
    for far, step, forth, back in (
        (off[2], STEP_M, "r", "f"),
        (off[0], STEP_M, "w", "s"),
        (off[1], STEP_M, "a", "d"),
        (turn, TURN_RAD, "q", "e"),
    ):
        quarters = round(abs(far) / step * 4)
        key = forth if far > 0 else back
        keys += key * (quarters // 4) + key.upper() * (quarters % 4)
    return keys


def test_a_recorded_task_is_kept_step_by_step_in_the_teachers_form(written, tmp_path):
    keys, folder = tmp_path / "keys.txt", tmp_path / "demos"
    keys.write_text(written)
    said = "put the red cube in the blue bowl"
    done = subprocess.run(
        [*RECORD, "--out", folder, "--task", said, "--seed", str(SEED), "--keys", keys, "--json"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1500:]
    told = json.loads(done.stdout)
    assert [(t["index"], t["success"]) for t in told] == [(0, True), (1, True)]
    reader = DatasetReader(folder)
    assert [(e.source, e.skill, e.seed, e.success) for e in reader.episodes] == [
        ("teleop", "pick", SEED, True), ("teleop", "place", SEED, True),
    ]  # fmt: skip
    assert [e.metadata["deed"] for e in reader.episodes] == ["pick", "in"]
    for row in reader.episodes:
        v = reader.episode(row.index).values
        assert any("red cube" in w for w in row.instructions[0].english) and row.instructions[0].chinese
        assert np.array_equal(v["action"], v["executed"])
        assert np.array_equal(v["expert.chunk"][:-5, 5], v["action"][5:]), "what was done next is what is taught"
        assert (v["expert.chunk"][-1, :, :6] == 0).all() and v["end"].tolist() == [False] * (row.length - 1) + [True]
    pick, place = (reader.episode(i).values for i in (0, 1))
    assert pick["action"][-1, 6] == 1 and place["action"][0, 6] == 1 and place["action"][-1, 6] == 0
    moved = np.diff(pick["observation.state"][:, 2])
    asked = pick["executed"][:-1, 2]
    assert np.corrcoef(moved, asked)[0, 1] > 0.8, "the hand went as the keys said"
    frames = Frames(folder)
    (seen, grounding), (_, held) = frames.shown([frames.row(0, 0), frames.row(1, 0)])
    assert not grounding.held and held.held and np.linalg.norm(held.offset) < 0.02
    assert np.linalg.norm(grounding.target[:2] - seen.hand.position[:2]) > 0.01


def test_a_step_that_was_not_done_is_kept_as_a_failure_whatever_its_recorder_says(tmp_path):
    folder = tmp_path / "demos"
    # the task is the first line of what is piped in, the keys are the rest
    done = subprocess.run(
        [*RECORD, "--out", folder], input="pick up the red cube\nwwff\n", capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip
    assert done.returncode == 1 and "is not so" in done.stderr, done.stderr[-1500:]
    (row,) = DatasetReader(folder).episodes
    assert (row.success, row.length, row.seed) == (False, 5, 0) and row.metadata["why"]
    assert row.instructions[0].task == "pick up the red cube"


def test_keys_that_end_before_the_step_keep_nothing_and_seeds_go_on(tmp_path, space):
    scene, text = load_scene(space.scene_path("tabletop")), "pick up the red cube"

    def understand(text, world):
        return imagine(text, Described(world=world), space).plans[0].subgoals

    heard = []
    for keys, kept in (("wx", [0]), ("ww", [0]), ("x", [0, 1])):
        steps = record(tmp_path, scene, text, Script(keys), understand, space.skills, tell=heard.append)
        assert [s.why for s in steps] == ([] if keys == "ww" else ["given up"])
        assert [e.seed for e in DatasetReader(tmp_path).episodes] == kept
    assert sum("the keys ended" in line for line in heard) == 1
    with pytest.raises(SetupError, match="has a recording of seed 1"):
        record(tmp_path, scene, text, Script("x"), understand, space.skills, seed=1)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--task", "pick up the red banana"], "banana"),
        (["--task", "pick up the red cube", "--keys", "nowhere.txt"], "cannot read keys from nowhere.txt"),
        (["--task", "pick up the red cube", "--scene", "tabeltop"], "did you mean 'tabletop'"),
        ([], "no task was named"),
    ],
)
def test_what_cannot_be_recorded_is_one_clear_line(tmp_path, more, says):
    done = subprocess.run(
        [*RECORD, "--out", tmp_path / "d", *more], input="", capture_output=True, text=True, check=False, cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr[-1500:]
    assert says in done.stderr.splitlines()[-1]


@pytest.mark.slow
def test_a_terminal_is_read_key_by_key_and_a_held_key_does_not_run_on(tmp_path):
    folder = tmp_path / "demos"
    person, terminal = pty.openpty()
    process = subprocess.Popen(
        [*RECORD, "--out", folder, "--task", "pick up the red cube"], stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )  # fmt: skip
    lines = iter(process.stderr.readline, b"")
    assert any(b"step 1" in line for line in lines)
    os.write(person, b"\x1b[A")
    assert any(b"hand" in line for line in lines)
    os.write(person, b"r" * 30)
    time.sleep(0.5)
    os.write(person, b"x")
    assert process.wait(timeout=60) == 1
    process.stdout.close(), process.stderr.close(), os.close(person), os.close(terminal)
    (row,) = DatasetReader(folder).episodes
    told = DatasetReader(folder).episode(0).values["executed"]
    assert told[0, 0] == pytest.approx(STEP_M) and 3 <= row.length <= 10


def test_a_key_does_one_thing():
    (forth,) = actions("w", 1.0)
    assert forth.tolist() == [STEP_M, 0, 0, 0, 0, 0, 1.0]
    (fine,) = actions("E", 0.0)
    assert fine.tolist() == [0, 0, 0, 0, 0, -TURN_RAD / 4, 0.0]
    assert [a[6] for a in actions(" ", 0.0)] == [1.0] * 6 and [a[6] for a in actions(" ", 1.0)] == [0.0] * 6
    assert actions("?", 0.0) == []
    with pytest.raises(SetupError, match="line 2: 'k' is no key that does something"):
        Script("ww\nwk\n")
