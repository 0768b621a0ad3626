"""Few-shot examples: missions of the past whose goals were seen to hold, those most like what is asked now."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from hiervla.core.events import Report
from hiervla.core.plan import Subgoal
from hiervla.record import read_report

NEWEST = 200
"""Runs that are looked through, the newest first."""
LIKE = 0.4
"""Least likeness of two instructions (`difflib`'s ratio of matching characters)."""


@dataclass(frozen=True, slots=True)
class Example:
    """What was said, what was to be true in the end, and the steps that led there."""

    instruction: str
    goals: tuple[str, ...]
    steps: tuple[str, ...]


class PastRuns:
    """The runs in a folder, each read once. Nothing there, or nothing alike, is no example."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, Example | None] = {}

    def like(self, instruction: str, most: int) -> list[Example]:
        """The examples most like an instruction, in its language, the likest first; of the same words only the newest."""
        if most <= 0 or not self.folder.is_dir():
            return []
        runs = sorted((p for p in self.folder.iterdir() if p.is_dir()), key=lambda p: p.name, reverse=True)[:NEWEST]
        found: dict[str, Example] = {}
        for run in runs:
            if run not in self._read:
                self._read[run] = _example(run)
            if (e := self._read[run]) is not None and _chinese(e.instruction) == _chinese(instruction):
                found.setdefault(_plain(e.instruction), e)
        ranked = sorted(((_likeness(instruction, e.instruction), e) for e in found.values()), key=lambda r: -r[0])
        return [e for likeness, e in ranked[:most] if likeness >= LIKE]


def _example(run: Path) -> Example | None:
    """A run as an example; None where it did not end well, was about nothing to be moved, or cannot be read."""
    try:
        report = read_report(run)
    except (OSError, ValueError):  # half written, or of another version
        return None
    if report is None or report.status != "done" or not report.goals or any(g.holds != "yes" for g in report.goals):
        return None
    return Example(report.instruction, tuple(str(g.goal) for g in report.goals), _steps(report))


def _steps(report: Report) -> tuple[str, ...]:
    done = [o for o in report.outcomes if o.failure is None]
    return tuple(str(Subgoal(skill=o.skill, arguments=o.arguments, why="")) for o in done)


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, _plain(a), _plain(b), autojunk=False).ratio()


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .!?。！？")


def _chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)
