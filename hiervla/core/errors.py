"""Three ears for errors: ToolError goes to the brain, SetupError to the person, anything else is a bug and crashes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum

from hiervla.core.outcome import FailureKind
from hiervla.core.usage import Usage


class ExitCode(IntEnum):
    """What a process ends with, so that scripts can tell how a mission went."""

    DONE = 0
    FAILED = 1  # tried, and could not show that it is done
    USAGE = 2  # the command line, a file or a setting is wrong
    REFUSED = 3
    CLARIFY = 4
    STOPPED = 5  # by a person or by a safety stop
    BELOW_GOAL = 6  # a bench ran, and a figure missed its goal
    BRAIN_LOST = 7  # the mission ended because its model could not be reached, and nobody thought in its place
    BUG = 70  # ours, with its traceback


class HierVLAError(Exception):
    """Base of the errors that are meant to be read."""


class ToolError(HierVLAError):
    """A tool or a skill's planning could not answer; the brain reads why and may ask differently."""

    def __init__(self, why: str, kind: FailureKind | None = None) -> None:
        super().__init__(why)
        self.kind = kind
        """The kind of failure it amounts to when a skill meets it, where that is known."""


class PolicyFault(HierVLAError):
    """A policy has no chunk to give, or one that must not be run; the loop makes it a failure of that kind. Says why."""


class DetectorFault(HierVLAError):
    """A detector cannot look, or gave an answer that cannot be read; whoever asked reads why. Says why, in one line."""


class UnusableReply(HierVLAError):
    """A brain's reply that is no thought; it goes back to the brain with what was wrong. Says what, in one line."""

    def __init__(self, wrong: str, usage: Usage | None = None, notes: tuple[str, ...] = ()) -> None:
        super().__init__(wrong)
        self.usage, self.notes = usage or Usage(), notes


class BrainLost(HierVLAError):
    """A brain that cannot be reached any more: its server is gone, or refuses for longer than patience lasts. Says why."""

    def __init__(self, why: str, usage: Usage | None = None, notes: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.usage, self.notes = usage or Usage(), notes


class SetupError(HierVLAError):
    """Something a person can mend: says what, which, and how. Shown without a traceback."""


def broke(error: BaseException) -> str:
    """One line for an error in a person's own code: ``ZeroDivisionError: division by zero (tap.py:9)``."""
    tb, where = error.__traceback__, ""
    while tb is not None:
        where = f"{tb.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{tb.tb_lineno}"
        tb = tb.tb_next
    return f"{type(error).__name__}: {error} ({where})"


class SafetyStop(HierVLAError):
    """A hard limit was met or a person pressed stop: the arm halts and the run ends. Never replanned."""

    def __init__(self, why: str, usage: Usage | None = None) -> None:
        super().__init__(why)
        self.usage = usage or Usage()
        """What a thought had cost that was stopped with it."""


def unknown(kind: str, name: str, known: Iterable[str], where: str = "") -> SetupError:
    """``no scene 'tabeltop'; did you mean 'tabletop'? known: …`` as an error to raise."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    listed = f" known: {', '.join(names)}" if names else " none is known"
    return SetupError(f"no {kind} {name!r}{hint}{listed}{f' ({where})' if where else ''}")
