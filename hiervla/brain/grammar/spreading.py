"""Several things that are told to one spot: the first takes it, the others stand close around it."""

from __future__ import annotations

import math

from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import refuse
from hiervla.core import spots
from hiervla.core.goal import Goal
from hiervla.core.world import Detection

AROUND_M = 0.20
"""Farther off than this, it is no longer there."""
Aims = list[tuple[Detection, list[Goal]]]


def spread(aims: Aims, scene: Scene) -> Aims:
    """No two of them at the same point: ``三个方块放到桌子中间``.

    Raises:
        Objection: there is no room for all of them there.
    """
    moved = {d.id for d, _ in aims}
    rest = {i: o for i, o in scene.world.objects.items() if i not in moved}
    placed: dict[str, Detection] = {}
    out: Aims = []
    for d, wanted in aims:
        goal = wanted[0]
        if len(wanted) > 1 or goal.relation != "at" or goal.position is None or goal.tolerance_m is None:
            out.append((d, wanted))
            continue
        at = (goal.position[0], goal.position[1])
        only = scene.world.model_copy(update={"objects": placed, "lost": {}})
        if placed and not spots.is_free(d, at, d.yaw, only):
            free = spots.free_spots(
                d, d.yaw, scene.world.model_copy(update={"objects": {**rest, **placed}}), scene.limits, at
            )
            near = next((s for s in free if math.dist(s, at) <= AROUND_M), None)
            if near is None:
                raise refuse("no_room", goal=goal)
            at = (round(float(near[0]), 4), round(float(near[1]), 4))
        placed[d.id] = d.model_copy(update={"centre": (*at, d.centre[2]), "support": "table", "relation": "on"})
        out.append((d, [goal.model_copy(update={"position": at})]))
    return out
