"""When one stated goal says all that another one asks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import BESIDE_MAX_GAP_M, Goal
from hiervla.core.plan import Subgoal

SLACK_M, SLACK_RAD = 0.01, 0.1
"""How much two ways to state one measure may differ."""
TOGETHER = ("row", "circle")
"""Relations in which it does not matter who is called the subject."""


def entails(stated: Goal, wanted: Goal, steps: Sequence[Subgoal]) -> bool:
    """True when ``wanted`` holds wherever ``stated`` does. ``steps``: those of the plan, for a goal that asks for a skill by its verb."""
    if stated.tolerance_m > wanted.tolerance_m + 1e-9:
        return False
    if wanted.by and stated.by != wanted.by and not _by(wanted, steps):
        return False
    if stated.relation in TOGETHER and stated.relation == wanted.relation:
        return {stated.subject, *stated.others} == {wanted.subject, *wanted.others} and _directed(stated, wanted)
    if wanted.relation == "beside" and stated.relation in ("beside", "at_distance"):
        near = stated.relation == "beside" or (stated.distance_m or 0.0) <= BESIDE_MAX_GAP_M
        pair = (stated.subject, stated.reference) == (wanted.subject, wanted.reference)
        turned = not wanted.direction and (stated.reference, stated.subject) == (wanted.subject, wanted.reference)
        return near and (pair or turned) and _directed(stated, wanted)
    same = (
        stated.relation == wanted.relation and stated.subject == wanted.subject and stated.reference == wanted.reference
    )
    return same and set(stated.others) == set(wanted.others) and _directed(stated, wanted) and _measured(stated, wanted)


def _by(wanted: Goal, steps: Sequence[Subgoal]) -> bool:
    """The skill that was asked for stands among the steps; without steps the plan was judged before."""
    return not steps or any(
        s.skill == wanted.by and wanted.subject in (s.arguments.get("target"), *(s.arguments.get("targets") or ()))
        for s in steps
    )


def _directed(stated: Goal, wanted: Goal) -> bool:
    return not wanted.direction or stated.direction == wanted.direction


def _measured(stated: Goal, wanted: Goal) -> bool:
    if wanted.distance_m is not None and abs((stated.distance_m or 0.0) - wanted.distance_m) > SLACK_M / 4:
        return False
    if wanted.position is not None and (
        stated.position is None or math.dist(stated.position, wanted.position) > SLACK_M
    ):
        return False
    if wanted.angle_rad is None:
        return True
    return stated.angle_rad is not None and abs(wrap_angle(stated.angle_rad - wanted.angle_rad, math.pi)) <= SLACK_RAD
