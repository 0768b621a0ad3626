"""One request to a model, held to time: busy and broken servers are asked again with growing pauses, then given up."""

from __future__ import annotations

import email.utils
import os
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hiervla.core.errors import BrainLost, HierVLAError, SafetyStop, SetupError, UnusableReply
from hiervla.core.usage import Usage

T = TypeVar("T")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same request may yet be answered."""
NO_ENTRY = frozenset({401, 403})
UNFIT = frozenset({400, 404, 405, 413, 415, 422, 501})
"""Statuses that say this request, as it is, will never be answered."""
PATIENCE = "try later, or wait longer: --set chat.patience_s=…"
MOST_SAID = 300
CHECK_S = 0.05
"""How often it is asked whether anybody still waits, seconds."""


class Unfit(Exception):
    """The server will not take this request as it is; says what it answered, keys left out."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status


@dataclass(frozen=True, slots=True)
class Line:
    """Between a request's own thread and the one that waits for it."""

    put: Callable[[str], None]
    """Pass words on while the reply is being written."""
    cut: threading.Event
    """Set once nobody waits any more: what is still being read may be left."""


@dataclass(slots=True)
class Calling:
    """Sends requests. ``timeout_s`` holds for each from its start to its last byte, ``patience_s`` for all tries of one."""

    timeout_s: float
    patience_s: float
    sleep: Callable[[float], None] | None = None
    """In place of waiting for real."""
    stopped: Callable[[], bool] = lambda: False
    """Asked now and then while waiting: once it is true, nobody waits any longer."""
    tells: Callable[[str], None] = lambda note: None
    """Takes each note at once: a wait of minutes is not to pass in silence."""
    place: str = ""
    """Where the model is served; unset, the provider's own address."""
    key: str = ""
    """Environment variable that holds its key, where that is known."""
    clock: Callable[[], float] = time.monotonic
    notes: list[str] = field(default_factory=list)
    """What was met on the way, for whoever follows."""
    calls: int = 0
    seconds: float = 0.0

    def ask(self, send: Callable[[], T]) -> T:
        """What ``send`` brings back, sent again while the server is busy or away; raises as ``follow``."""
        return self.follow(lambda line: send())

    def follow(self, send: Callable[[Line], T], says: Callable[[str, bool], None] = lambda text, begins: None) -> T:
        """As ``ask``; what ``send`` puts on the line meanwhile is said here, on the thread that waits.

        Raises:
            BrainLost: patience is at its end.
            Unfit: the server will not take such a request.
            UnusableReply: the server answered with what is no reply.
            SetupError: the server lets nobody in with this key.
            SafetyStop: ``stopped`` became true.
        """
        began, pause = self.clock(), FIRST_PAUSE_S
        try:
            while True:
                self.calls += 1
                try:
                    return _within(self.timeout_s, send, self.stopped, says)
                except Exception as e:  # every provider's package has errors of its own: they are told apart in _busy
                    why, mend, asked_for = self._busy(e)
                left = self.patience_s - (self.clock() - began)
                wait = max(pause, asked_for or 0.0)
                if wait > left:
                    raise BrainLost(f"{why} ({self.calls} tries in {self.clock() - began:.0f} s); {mend}")
                self.note(f"{why}; asking again in {wait:.1f} s")
                self._pause(wait)
                pause = min(2 * pause, LONGEST_PAUSE_S)
        finally:
            self.seconds += self.clock() - began

    def once(self, work: Callable[[], T]) -> T:
        """What ``work`` gives, counted and timed: for a model in this process, which asking again would not mend."""
        began = self.clock()
        self.calls += 1
        try:
            return work()
        finally:
            self.seconds += self.clock() - began

    def _pause(self, seconds: float) -> None:
        if self.sleep is not None:
            return self.sleep(seconds)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            _unless(self.stopped)
            time.sleep(min(left, CHECK_S))

    def note(self, met: str) -> None:
        """Keep what was met on the way, and tell it at once."""
        self.notes.append(met)
        self.tells(met)

    def _busy(self, error: Exception) -> tuple[str, str, float | None]:
        """Why to ask again, what a person may mend, and the pause the server asked for, seconds; raises where asking again is of no use."""
        if isinstance(error, HierVLAError):
            raise error
        status, at = _status(error), f" at {self.place}" if self.place else ""
        said = quiet(str(error))
        if status in NO_ENTRY:
            key = self.key or "the environment"
            raise SetupError(
                f"the model's server{at} lets nobody in (HTTP {status}): check the key in {key}, and what it may use"
            ) from None
        if status == 429 and "insufficient_quota" in said:
            raise BrainLost("the account at the model's server is used up (HTTP 429)") from None
        if status in BUSY or ((status or 0) >= 500 and status not in UNFIT):
            why = f"the model's server answered HTTP {status}{', too many requests' if status == 429 else ''}"
            return why, PATIENCE if status == 429 else f"its own log tells more; {PATIENCE}", _retry_after(error)
        if status is not None:
            raise Unfit(status, said) from None
        for e in _chain(error):
            kinds = [f"{k.__module__}.{k.__name__}" for k in type(e).__mro__]
            if isinstance(e, TimeoutError) or any("Timeout" in k for k in kinds):
                mend = f"a slow model needs more than {self.timeout_s:g} s: --set chat.timeout_s=…"
                return f"the model's server{at} did not answer in time", mend, None
            if isinstance(e, ConnectionError) or any(
                "APIConnection" in k or k == "httpx.TransportError" for k in kinds
            ):
                mend = "does it run there? --base-url names another place" if at else "check the network"
                return f"the model's server cannot be reached{at}, or broke off", mend, None
        raise UnusableReply(f"what the server sent is no reply ({type(error).__name__}: {said})") from error

    def usage(self) -> Usage:
        """What was sent so far, tokens aside."""
        return Usage(calls=self.calls, seconds=round(self.seconds, 3))


def quiet(text: str) -> str:
    """One line of what a server or a package said, with every key in the environment blotted out."""
    for name, value in os.environ.items():
        if len(value) >= 6 and re.search(r"KEY|TOKEN|SECRET|PASSWORD", name):
            text = text.replace(value, "…")
    text = re.sub(r"\b(sk|pk|key)-[\w*.-]{6,}", "…", text)
    return " ".join(text.split())[:MOST_SAID]


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what caused it, a package's own wrappings undone."""
    found: list[BaseException] = []
    e: BaseException | None = error
    while e is not None and e not in found:
        found.append(e)
        e = e.__cause__ or e.__context__
    return found


def _status(error: Exception) -> int | None:
    """The HTTP status in an error of any provider's package."""
    for e in _chain(error):
        for holder in (e, getattr(e, "response", None)):
            for name in ("status_code", "code"):
                value = getattr(holder, name, None)
                if isinstance(value, int) and 400 <= value < 600:
                    return value
    return None


def _retry_after(error: Exception) -> float | None:
    """Seconds that a server asked to wait, from its Retry-After header: seconds or a date."""
    for e in _chain(error):
        headers: Any = getattr(getattr(e, "response", None), "headers", None)
        said = headers.get("retry-after") if headers is not None else None
        if not said:
            continue
        try:
            return max(0.0, float(said))
        except ValueError:
            try:
                return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
            except ValueError:
                return None
    return None


def _unless(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise SafetyStop("stopped by a person")


def _within(
    seconds: float, work: Callable[[Line], T], stopped: Callable[[], bool], says: Callable[[str, bool], None]
) -> T:
    """What ``work`` gives, or TimeoutError: a server that trickles keeps every time-out of a socket from ending it."""
    done: queue.Queue[tuple[str, Any]] = queue.Queue()
    line = Line(lambda text: done.put(("words", text)), threading.Event())

    def run() -> None:
        try:
            done.put(("reply", work(line)))
        except BaseException as e:  # handed over to the thread that waits
            done.put(("error", e))

    threading.Thread(target=run, daemon=True, name="chat request").start()
    until, begins = time.monotonic() + seconds, True
    try:
        while True:
            _unless(stopped)
            try:
                what, value = done.get(timeout=max(0.0, min(CHECK_S, until - time.monotonic())))
            except queue.Empty:
                what, value = "", None
            if what == "reply":
                return value  # type: ignore[no-any-return]
            if what == "error":
                raise value
            if time.monotonic() >= until:
                raise TimeoutError(f"no whole reply in {seconds:g} s")
            if what == "words":
                says(value, begins)
                begins = False
    finally:
        line.cut.set()
