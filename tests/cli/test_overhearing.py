"""What is typed while the arm moves."""

import os
import time
from collections import deque

import pytest

from hiervla.cli.overhearing import Overhearing
from hiervla.deskwork import meant_meanwhile
from hiervla.workspace import load_workspace

MEANS = [
    ("stop", "stop"), ("Stop!", "stop"), ("wait", "stop"), ("停下", "stop"), ("no, the green one", "correct"),
    ("不对,放到盘子上", "correct"), ("what do you see?", None), ("put the ball in the bowl", None), ("note the time", None),
]  # fmt: skip


@pytest.mark.parametrize(("said", "means"), MEANS)
def test_what_is_meant(said, means):
    assert meant_meanwhile(load_workspace())(said) == means


@pytest.mark.parametrize(
    ("typed", "stopped", "next_turns"),
    [
        ("stop\n", 1, []),
        ("no, the green one\n", 1, ["no, the green one"]),
        ("what do you see?\n\n", 0, ["what do you see?"]),
        ("/stop\n", 1, []),
    ],
)
def test_stop_words_halt_and_corrections_come_next(typed, stopped, next_turns):
    read, write = os.pipe()
    stops, turns = [], deque()
    means = meant_meanwhile(load_workspace())

    def overhear(said):
        meant = "stop" if said == "/stop" else means(said)
        stops.extend([1] if meant else [])
        return meant

    with (
        os.fdopen(read) as stream,
        Overhearing(overhear, turns, stream),
    ):
        os.write(write, typed.encode())
        until = time.monotonic() + 5
        while time.monotonic() < until and (len(stops) < stopped or len(turns) < len(next_turns)):
            time.sleep(0.01)
        os.close(write)
    assert (len(stops), list(turns)) == (stopped, next_turns)
