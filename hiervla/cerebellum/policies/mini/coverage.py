"""Which tasks the small VLA was made for: what its lessons showed, and of that what its folder declares it can do.

Outside of that it may well act, but nobody has measured it; the order of policies in the settings says who runs such a task.
"""

from __future__ import annotations

from collections.abc import Iterable

from hiervla.core.errors import SetupError
from hiervla.core.task import Task
from hiervla.core.world import Detection

KINDS = ("pick", "place in", "place on", "place beside", "push", "open", "close")
"""Everything that lessons show; a folder's ``covers`` is some of it."""
TAUGHT = ("cube", "block", "cylinder", "ball")
"""Shapes that were handled in lessons."""
SIZE_M = (0.024, 0.080)
"""Shortest and longest side of them, metres, with the few millimetres that eyes may err."""
BASES = {
    "in": ("bowl", "box"),
    "on": ("cube", "block"),
    "beside": ("bowl", "cube", "block", "cylinder"),
}
"""What they were put in, on or beside."""


def kinds(named: Iterable[str]) -> tuple[str, ...]:
    """The kinds of task that a folder names.

    Raises:
        SetupError: one of them was in no lesson.
    """
    named = tuple(named)
    if unknown := [k for k in named if k not in KINDS]:
        raise SetupError(
            f"no policy here was ever taught {', '.join(map(repr, unknown))}; there are {', '.join(KINDS)}"
        )
    return named


def taught(task: Task, declared: tuple[str, ...] = KINDS) -> bool:
    """Whether a task is of a declared kind, with things such as lessons had."""
    if f"{task.skill} {task.relation}".strip() not in declared or task.target is None:
        return False
    if task.skill in ("open", "close"):
        return task.target.opens is not None
    if not _handled(task.target):
        return False
    if task.skill == "place":
        return task.goal is not None and task.goal.label in BASES[task.relation] and task.goal.support == "table"
    return task.target.support == "table"


def _handled(d: Detection) -> bool:
    return d.label in TAUGHT and d.posture == "upright" and SIZE_M[0] <= min(d.size) and max(d.size) <= SIZE_M[1]
