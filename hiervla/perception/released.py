"""Where a thing is looked for that was held and no longer is."""

from __future__ import annotations

from hiervla.core.world import World
from hiervla.perception.hand import Grip, held_detection

_OPENED_M = 0.006
"""Fingers this much farther apart than around a thing have let it go."""


def let_go(before: World, grip: Grip, time_s: float) -> World:
    """The same world with what was held, once the fingers have opened or closed on nothing, below the hand: of several
    equal things it is the one that lies there. Fingers that have not moved may hold it still, unseen: nothing changes.
    """
    held = before.held
    if held is None or held.id not in before.objects or (grip.felt and grip.width_m < held.width_m + _OPENED_M):
        return before
    known = before.objects[held.id]
    there = held_detection(grip, held, known, time_s, None)
    moved = known.model_copy(update={"centre": there.centre, "yaw": there.yaw})
    return before.model_copy(update={"objects": before.objects | {held.id: moved}})
