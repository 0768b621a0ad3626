"""A real policy server in a process of its own, the mapping it is spoken to by, and a cell to see with."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hiervla.cerebellum.policies.mapping import load_mapping
from hiervla.core.observation import CameraImage
from hiervla.robot.fake import FakeRobot

ROOT = Path(__file__).parents[3]
LIBERO = ROOT / "examples" / "openpi" / "libero.toml"


def picture(h=90, w=120):
    """A picture whose four quarters are red, green, blue and white, clockwise from the upper left."""
    rgb = np.zeros((h, w, 3), np.uint8)
    rgb[: h // 2, : w // 2] = (255, 0, 0)
    rgb[: h // 2, w // 2 :] = (0, 255, 0)
    rgb[h // 2 :, w // 2 :] = (0, 0, 255)
    rgb[h // 2 :, : w // 2] = (255, 255, 255)
    return CameraImage(rgb, np.ones((h, w), np.float32), np.eye(3), np.eye(4))


@pytest.fixture
def robot():
    return FakeRobot(images={"front": picture(), "wrist": picture(72, 96)})


@pytest.fixture
def mapping_text():
    return LIBERO.read_text(encoding="utf-8")


@pytest.fixture
def mapped(tmp_path, mapping_text, robot):
    """``mapped(("old", "new"), …)``: LIBERO's mapping with these replacements, each of which must be there to be replaced."""

    def make(*changes):
        text = mapping_text
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        file = tmp_path / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        return load_mapping(file, robot.describe())

    return make


@pytest.fixture
def serve():
    """``serve(port=0, **plan)``: (process, port) of a server that answers; all are killed when the test is over."""
    processes = []

    def make(port=0, **plan):
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("openpi_server.py")), str(port), json.dumps(plan)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        line = process.stdout.readline()
        assert line.strip(), "the server did not start"
        return process, int(line)

    yield make
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()
