"""``hiervla perceive`` on pictures of one's own: the example as a person runs it, and every mistake in one line."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLE = Path(__file__).parents[2] / "examples" / "perceive"
FILES = {"--rgb": "colour.png", "--depth": "depth.png", "--camera": "camera.json"}


def words(files):
    chosen = FILES | {f"--{k}": v for k, v in files.items()}
    return ["perceive", *(x for pair in chosen.items() for x in pair)]


def perceive(folder, *more, **files):
    return subprocess.run(
        [sys.executable, "-m", "hiervla.cli.main", *words(files), *more],
        cwd=folder, capture_output=True, text=True, timeout=120, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(EXAMPLE, tmp_path / "mine"))


def test_the_example_is_read_end_to_end(folder):
    done = perceive(folder, "--json", "--marked", "marked.png")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    things = {(d["colour"], d["label"]): d for d in said["objects"]}
    assert set(things) == {
        ("red", "cube"), ("blue", "bowl"), ("orange", "ball"), ("green", "cylinder"), ("white", "cup"),
        ("yellow", "block"), ("purple", "shape"), ("brown", "ring"),
    }  # fmt: skip
    assert math.dist(things["red", "cube"]["centre"], (0.42, -0.28, 0.0225)) < 0.004
    assert things["orange", "ball"]["support"] == things["blue", "bowl"]["id"]
    assert things["blue", "bowl"]["shade"] == "light" and things["green", "cylinder"]["posture"] == "lying"
    assert things["yellow", "block"]["second_colour"] == "black"
    assert abs(said["table"]["height_m"]) < 0.002 and said["warnings"] == []
    assert Image.open(folder / "marked.png").size == (1280, 960)
    plain = perceive(folder)
    assert plain.returncode == 0 and "yellow, black" in plain.stdout and "in blue_bowl_1" in plain.stdout


def test_no_simulator_is_loaded(folder):
    code = (
        "import sys; from hiervla.cli.main import app\n"
        f"try: app({['perceive', *(x for pair in FILES.items() for x in pair)]!r})\n"
        "except SystemExit as e: assert not e.code, e.code\n"
        "assert 'pybullet' not in sys.modules and 'langgraph' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_arrays_jpeg_toml_and_another_world_frame_say_the_same(folder):
    """The world lies 0.8 m lower and turned by 90 degrees, the picture is twice as wide: the same things are there."""
    first = json.loads(perceive(folder, "--json").stdout)["objects"]
    Image.open(folder / "colour.png").resize((1280, 960), Image.Resampling.NEAREST).save(folder / "c.jpg", quality=95)
    depth = np.asarray(Image.open(folder / "depth.png")).astype(np.float32) / 1000
    np.savez(folder / "d.npz", depth=depth.repeat(2, axis=0).repeat(2, axis=1))
    k = json.loads((folder / "camera.json").read_text())["intrinsics"]
    wide = [[2 * k["fx"], 0, 2 * k["cx"] + 0.5], [0, 2 * k["fy"], 2 * k["cy"] + 0.5], [0, 0, 1]]
    (folder / "k.toml").write_text(f"intrinsics = {wide}\nposition = [0.0, 1.24, 1.72]\nlook_at = [0.0, 0.47, 0.8]\n")
    done = perceive(folder, "--json", rgb="c.jpg", depth="d.npz", camera="k.toml")
    said = json.loads(done.stdout)
    assert abs(said["table"]["height_m"] - 0.8) < 0.002
    assert sorted((d["colour"], d["label"]) for d in said["objects"]) == sorted(
        (d["colour"], d["label"]) for d in first
    )
    cube = next(d for d in said["objects"] if d["label"] == "cube")
    assert math.dist(cube["centre"], (0.28, 0.42, 0.8225)) < 0.004
    lower = perceive(folder, "--table-height", "0.3", rgb="c.jpg", depth="d.npz", camera="k.toml")
    assert lower.returncode == 2 and "nothing is seen at the table height 0.3 m" in lower.stderr


def camera(**changes):
    said = json.loads((EXAMPLE / "camera.json").read_text()) | changes
    return json.dumps({k: v for k, v in said.items() if v is not None})


K = {"fx": 565.0, "fy": 565.0, "cx": 320.0}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (camera(intrinsics=K), "intrinsics.cy is missing"),
        (camera(intrinsics=K | {"cy": 239.0, "f": 1}), "there is no key intrinsics.f"),
        (camera(intrinsics=K | {"cy": 2390.0}), "cx, cy lie outside a picture of 640 x 480 pixels"),
        (camera(intrinsics=K | {"cy": "x"}), "intrinsics.cy"),
        (camera(intrinsics=[[1, 2], [3, 4]]), "intrinsics"),
        (camera(intrinsics=None), "intrinsics is missing"),
        (camera(look_at=None), "give world_from_camera (4 x 4), or both position and look_at"),
        (camera(position=None, look_at=None, world_from_camera=[[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]]), "does not begin with a rotation"),
        (camera(pose=[1]), "there is no key pose"),
        ("{", "neither JSON nor"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_camera_file_is_said_in_one_line(folder, text, why, in_process):
    (folder / "mine.json").write_text(text)
    done = in_process(*words({"camera": "mine.json"}), "--json", cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("hiervla: ") and why in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"rgb": "grey.png"}, "grey.png is no RGB image but of mode L"),
        ({"rgb": "small.png"}, "small.png is 320 x 240 pixels and depth.png is 640 x 480 pixels"),
        ({"rgb": "nothing.png"}, "cannot read nothing.png: No such file"),
        ({"rgb": "camera.json"}, "camera.json is no image"),
        ({"depth": "colour.png"}, "colour.png is of mode RGB; depth is a 16-bit PNG"),
        ({"depth": "mm.npy"}, "beyond"),
        ({"depth": "flat.npy"}, "depth is an array (H, W)"),
        ({"depth": "empty.npy"}, "fewer than 100 pixels have a depth"),
        ({"camera": "nothing.json"}, "cannot read nothing.json"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_in_one_line(folder, files, why, in_process):
    colour, depth = Image.open(folder / "colour.png"), np.asarray(Image.open(folder / "depth.png"))
    colour.convert("L").save(folder / "grey.png")
    colour.resize((320, 240)).save(folder / "small.png")
    np.save(folder / "mm.npy", depth.astype(float) * 10)
    np.save(folder / "flat.npy", depth.ravel())
    np.save(folder / "empty.npy", np.zeros_like(depth))
    done = in_process(*words(files), "--json", cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("hiervla: ") and why in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_marked_picture_that_cannot_be_written_is_said(folder, in_process):
    done = in_process(*words({}), "--marked", "nowhere/m.png", cwd=folder)
    assert done.returncode == 2 and "cannot write nowhere/m.png" in done.stderr
