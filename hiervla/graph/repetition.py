"""An identical call is never repeated in an unchanged world: what failed once there will fail again."""

from __future__ import annotations

import math
from typing import Any

from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.world import World

UNCHANGED_M = 0.01
"""A thing that is seen less than this from where it was has not moved."""
SAYS_NOTHING = (
    FailureKind.TARGET_MOVED, FailureKind.SENSOR_FAULT, FailureKind.POLICY_FAULT, FailureKind.DISPUTED,
)  # fmt: skip
"""Failures that tell of a changed world, of blind senses, of a policy without an answer or of a doubt, not of the step: after
them it may be tried again as it was."""


def attempt(step: Subgoal, changes: dict[str, Any], world: World) -> dict[str, Any]:
    """What was tried and in which world, in plain values for the state."""
    return {
        "step": str(step),
        "handling": repr(sorted({**step.handling, **changes}.items())),
        "held": world.held.id if world.held else None,
        "places": {i: list(d.centre) for i, d in world.objects.items()},
    }


def repeats(tried: list[dict[str, Any]], step: Subgoal, changes: dict[str, Any], world: World) -> bool:
    """True when this step, handled just so, has failed before in a world that looked the same."""
    now = attempt(step, changes, world)
    return any(_same(before, now) for before in tried)


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if any(a[k] != b[k] for k in ("step", "handling", "held")) or a["places"].keys() != b["places"].keys():
        return False
    return all(math.dist(p, b["places"][i]) < UNCHANGED_M for i, p in a["places"].items())
