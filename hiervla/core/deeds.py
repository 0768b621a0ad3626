"""What was done: steps that leave nothing to see and how often they were taken, and what a mission left otherwise than it was."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hiervla.core.briefing import Change
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, FailureKind, Outcome
from hiervla.core.plan import Subgoal
from hiervla.core.world import Detection, World

RIM_GAP_M = 0.012
"""Fingers that close on a thing stand nearer to its width than this half; that open for it, farther. Around a rim they all but meet."""
MOVED_M, TURNED_RAD, OPENED_M = 0.01, 0.1, 0.02
"""Less than this is the eyes' own error."""
_TIME = re.compile(r" #(\d+)$")


def deed(step: Subgoal, time: int = 1) -> str:
    """The subject of a ``did`` goal: ``press(target=b)``; asked for a second time, ``press(target=b) #2``."""
    return f"{step} #{time}" if time > 1 else str(step)


def step_and_time(subject: str) -> tuple[str, int]:
    """The step that a ``did`` goal names, and the how many-eth time of it."""
    match = _TIME.search(subject)
    return (subject[: match.start()], int(match[1])) if match else (subject, 1)


def was_done(goal: Goal, outcomes: Sequence[Outcome]) -> Check:
    """Was a step taken as often as a ``did`` goal asks? Yes on the evidence that its own outcome cites."""
    step, time = step_and_time(goal.subject)
    done = [o for o in outcomes if o.done and str(Subgoal(skill=o.skill, arguments=o.arguments, why="")) == step]
    if len(done) >= time:
        return Check.yes(f"{goal.subject} was done", *done[time - 1].evidence)
    return Check.no(f"{goal.subject} was not seen to be done", kind=FailureKind.PRECONDITION)


def changes(before: World, after: World, outcomes: Sequence[Outcome]) -> tuple[Change, ...]:
    """What the steps of a mission changed, in the order they first took it: as it was, and as it is now."""
    out: list[Change] = []
    for object_id in dict.fromkeys(i for o in outcomes for i in _handled(o)):
        was = before.objects.get(object_id) or before.lost.get(object_id)
        now = after.objects.get(object_id) or after.lost.get(object_id)
        if was is not None and (now is None or _differs(was, now)):
            out.append(Change(was=was, now=now))
    return tuple(out)


def taken(step: Subgoal, before: World, width_m: float) -> tuple[Change, ...]:
    """What a step that was cut short took from its place: its target, where the fingers are as far apart as that is wide.

    ``width_m``: the gap between the fingers. Where the thing is now, the next look tells.
    """
    was = before.objects.get(str(step.arguments.get("target")))
    if was is None or was.fixed:
        return ()
    wide = [*was.size[:2], *([RIM_GAP_M / 2] if was.hollow else [])]
    near = any(abs(width_m - w) <= RIM_GAP_M / 2 for w in wide)
    return (Change(was=was, now=None),) if near else ()


def _handled(outcome: Outcome) -> list[str]:
    """Ids that a step acted on."""
    target, targets = outcome.arguments.get("target"), outcome.arguments.get("targets")
    return [str(i) for i in [target] if i] + [str(i) for i in targets or ()]


def _differs(was: Detection, now: Detection) -> bool:
    opened = abs((now.opening_m or 0.0) - (was.opening_m or 0.0)) > OPENED_M
    moved = math.dist(was.centre[:2], now.centre[:2]) > MOVED_M and not was.fixed
    turned = not now.round and abs(wrap_angle(now.yaw - was.yaw, math.pi)) > TURNED_RAD and not was.fixed
    return now.support != was.support or opened or moved or turned
