"""What a policy remembers of the last ticks: how the hand and the fingers have just moved, and since when the fingers were told so.

Without it a moment does not say what comes next: fingers that have just closed and those that have rested look alike, and so do
a hand on its way down and one on its way up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation

LONG_SINCE = 8
"""Ticks after which a command to the fingers is old; longer ago makes no difference."""


@dataclass(frozen=True, slots=True)
class Past:
    """The last ticks before a moment. As it begins: nothing moved, and the fingers are at rest."""

    moved: Array = field(default_factory=lambda: np.zeros(3))
    """(3,) of the grasp centre, metres a tick, world frame."""
    widened: float = 0.0
    """Of the gap between the fingers, metres a tick."""
    since: int = LONG_SINCE
    """Ticks since the fingers were told to open or to close, at most ``LONG_SINCE``."""


class Recent:
    """Keeps a ``Past`` while a policy acts: from what is observed, and from the commands that were run in between."""

    def __init__(self, step_s: float) -> None:
        """``step_s``: seconds of a control tick."""
        self.step_s = step_s
        self._last: tuple[float, Array, float] | None = None
        self._given: list[bool] = []
        self._closed: bool | None = None
        self._since = LONG_SINCE

    def past(self, seen: Observation) -> Past:
        """What lies behind an observation. Call it once for each, in order."""
        now = (seen.time_s, seen.hand.position.copy(), seen.gripper_width_m)
        if self._last is None:
            self._last = now
            return Past()
        ticks = max(1, round((now[0] - self._last[0]) / self.step_s))
        for closed in self._given[:ticks]:
            self._since = _after(self._since, self._closed is not None and closed != self._closed)
            self._closed = closed
        found = Past((now[1] - self._last[1]) / ticks, (now[2] - self._last[2]) / ticks, self._since)
        self._last, self._given = now, []
        return found

    def told(self, grippers: Array) -> None:
        """The gripper commands (n,) 0 open … 1 closed of the chunk that runs from the last observation on."""
        self._given = [bool(g > 0.5) for g in grippers]


def since_switched(closed: Array, first: Array) -> Array:
    """Of every tick (n,), for how many the command before it has stood, at most ``LONG_SINCE``.

    Args:
        closed: (n,) whether the command run *from* that tick closes the fingers.
        first: (n,) whether an episode begins there.
    """
    since = np.full(len(closed), LONG_SINCE)
    for t in range(1, len(closed)):
        if first[t]:
            continue
        switched = not first[t - 1] and closed[t - 1] != closed[t - 2]
        since[t] = _after(int(since[t - 1]), bool(switched))
    return since


def _after(since: int, switched: bool) -> int:
    """The count one tick later: it begins anew with the tick that switches."""
    return 1 if switched else min(LONG_SINCE, since + 1)
