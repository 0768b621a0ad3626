"""A model's server that is killed in mid-mission, at a random moment, and comes back on the same port."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import numpy as np

from hiervla.bench.brains.minds.start import Served, serving
from hiervla.core.config import ChatSettings

AMONG = 20
"""The kill comes at one of so many first events of a mission."""
AWAY_S = (1.0, 10.0)
"""For how long it stays away, seconds."""


class Outage:
    """A server of its own for one mission: listens to the mission's events, dies at one of them and is started again."""

    def __init__(self, seed: int, mind: str = "competent") -> None:
        self._rng = np.random.default_rng([seed, 0xDEAD])
        self._stack, self._mind = ExitStack(), mind
        self._server: Served = self._stack.enter_context(serving(None, mind))
        self._at, self._heard = int(self._rng.integers(1, AMONG + 1)), 0
        self._back: threading.Timer | None = None
        self.killed = False
        self.waited = False
        """The mission met the dead server and asked again."""

    def settings(self) -> ChatSettings:
        return ChatSettings(base_url=self._server.url, patience_s=60.0, image_px=320, examples=0)

    def __call__(self, event: Any) -> None:
        self._heard += 1
        self.waited |= event.kind == "note" and "asking again" in event.says
        if self._heard == self._at:
            self._server.kill()
            self.killed = True
            self._back = threading.Timer(float(self._rng.uniform(*AWAY_S)), self._again)
            self._back.start()

    def _again(self) -> None:
        self._stack.enter_context(serving(None, self._mind, port=self._server.port))

    def close(self) -> None:
        """End the server, the one that came back too."""
        if self._back is not None:
            self._back.join()
        self._stack.close()
