"""What a person types while the arm moves: stop words halt it, corrections halt it and come next, the rest waits its turn."""

from __future__ import annotations

import select
import sys
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

CHECK_S = 0.1


class Overhearing:
    """Listens on a terminal while a mission runs; ``turns`` is what is to be done next, oldest first.

    ``overhear``: see ``Agent.overhear``; what it takes for a stop word is over with that.
    """

    def __init__(
        self,
        overhear: Callable[[str], str | None],
        turns: deque[str],
        stream: TextIO | None = None,
    ) -> None:
        self._overhear, self._turns = overhear, turns
        self._stream = stream if stream is not None else sys.stdin
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=1.0)

    def _listen(self) -> None:
        while not self._over.is_set():
            ready, _, _ = select.select([self._stream], [], [], CHECK_S)
            if not ready:
                continue
            line = self._stream.readline()
            if not line:
                return  # the end of input is noticed by who asks for the next turn
            self._hear(line.strip())

    def _hear(self, said: str) -> None:
        if said and self._overhear(said) != "stop":
            self._turns.append(said)
