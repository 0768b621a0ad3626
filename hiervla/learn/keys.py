"""A keyboard moves the hand: what a key does, and where keys come from. A key is a control tick; between keys time stands."""

from __future__ import annotations

import os
import select
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array

STEP_M, TURN_RAD = 0.02, 0.1
"""How far one key moves and turns the hand; with capitals a quarter of it."""
SETTLE_TICKS = 6
"""How long the fingers are given to open or close."""
MOVES = {
    "w": (1, 0, 0, 0), "s": (-1, 0, 0, 0), "a": (0, 1, 0, 0), "d": (0, -1, 0, 0), "r": (0, 0, 1, 0), "f": (0, 0, -1, 0),
    "q": (0, 0, 0, 1), "e": (0, 0, 0, -1),
}  # fmt: skip
"""Key → which way: away from the arm, to its left, up, turned left seen from above."""
GRIP, WAIT, DONE, GIVE_UP = " ", ".", "\n", "x"
HELP = (
    "w s away, back   a d left, right   r f up, down   q e turn   capitals: a quarter as far\n"
    "space opens and closes the hand   . waits   Enter: the step is done   x gives it up"
)
_ARROWS = {"\x1b[A": "w", "\x1b[B": "s", "\x1b[C": "d", "\x1b[D": "a"}


class Keys(Protocol):
    """Where keys come from."""

    def press(self) -> str:
        """The next key; empty when there will be none."""
        ...


def actions(key: str, gripper: float) -> list[Array]:
    """What the arm is told for a key (n, 7) when the hand is commanded to ``gripper`` (0 open … 1 closed) so far."""
    way = MOVES.get(key.lower())
    if way is not None:
        share = 0.25 if key.isupper() else 1.0
        move, turn = np.array(way[:3]) * STEP_M * share, way[3] * TURN_RAD * share
        return [np.array([*move, 0.0, 0.0, turn, gripper])]
    still = np.zeros(7)
    if key == GRIP:
        still[6] = 0.0 if gripper > 0.5 else 1.0
        return [still] * SETTLE_TICKS
    still[6] = gripper
    return [still] if key == WAIT else []


class Script:
    """Keys written down beforehand, a line a step."""

    def __init__(self, text: str, name: str = "the keys") -> None:
        """
        Raises:
            SetupError: there is a key that does nothing.
        """
        known = {*MOVES, *(k.upper() for k in MOVES), GRIP, WAIT, DONE, GIVE_UP}
        for n, line in enumerate(text.splitlines(), 1):
            if odd := next((c for c in line if c not in known), None):
                raise SetupError(f"{name}, line {n}: {odd!r} is no key that does something; there are:\n{HELP}")
        self._left = deque(text.replace("\r\n", "\n"))

    def press(self) -> str:
        return self._left.popleft() if self._left else ""


class Terminal:
    """Keys as a person presses them. A key held down repeats, but never runs on after it was let go."""

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno()
        self._left: deque[str] = deque()

    def press(self) -> str:
        while not self._left:
            data = os.read(self._fd, 64)
            if not data:
                return ""
            self._take(data)
        key = self._left.popleft()
        while select.select([self._fd], [], [], 0)[0] and (data := os.read(self._fd, 64)):
            self._take(data)
        while self._left and self._left[0] == key and key != DONE:
            self._left.popleft()
        return key

    def _take(self, data: bytes) -> None:
        text = data.decode("utf-8", "replace").replace("\r", DONE)
        for arrow, key in _ARROWS.items():
            text = text.replace(arrow, key)
        self._left.extend(text)


@contextmanager
def terminal() -> Iterator[Terminal]:
    """The terminal, giving each key at once for as long as this lasts.

    Raises:
        SetupError: there is none here.
    """
    try:
        import termios
        import tty

        was = termios.tcgetattr(sys.stdin)
    except (ImportError, OSError, ValueError, AttributeError) as e:
        raise SetupError(
            "no keyboard here: run it in a terminal, or write the keys to a file and name it by --keys"
        ) from e
    try:
        tty.setcbreak(sys.stdin.fileno())
        yield Terminal()
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, was)
