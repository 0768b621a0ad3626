"""Named places in a row or a tower: which thing stands at an end, which in the middle; which of some is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from hiervla.brain.grammar.acts import Arrange
from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.goal import Goal
from hiervla.core.relations import BRIDGE_STEP_M
from hiervla.core.world import Detection

_CLOSE = re.compile(r"side by side|next to|together|beside|close|\btouching|并|挨|靠|一起|一块|紧", re.I)
"""With which two things are to be nearer than neighbours in a row."""


def one_of(thing: Thing, found: Sequence[Detection], scene: Scene) -> Detection:
    """The one among these that is meant."""
    named = replace(thing, ids=tuple(d.id for d in found))
    return scene.one(named)


def has(thing: Thing, found: Sequence[Detection], scene: Scene) -> bool:
    """There is such a thing among these."""
    return bool(scene.branch().find(replace(thing, ids=tuple(d.id for d in found))))


def some_of(thing: Thing, found: Sequence[Detection], scene: Scene) -> list[Detection]:
    """Those among these that are meant."""
    return scene.resolve(replace(thing, ids=tuple(d.id for d in found)))


def one_more_of(thing: Thing, found: Sequence[Detection], scene: Scene) -> list[Detection]:
    """Those among these that are meant; of what is named besides them, that: ``of the two blue cubes, with the red one on top``."""
    among = replace(thing, ids=tuple(d.id for d in found))
    return scene.resolve(among if scene.branch().find(among) else thing)


def level_first(found: list[Detection], n: int, ends: int) -> list[Detection]:
    """As they are, but for the first ``n``: of one height, so that what stands on two of them stands level. ``ends``: last ones that stay so."""
    free = found[: len(found) - ends]
    level = next((c for c in combinations(free, n) if _step(c) < BRIDGE_STEP_M), None)
    if level is None:
        raise refuse("pyramid_uneven", found=free)
    return [*level, *(d for d in found if d not in level)]


def _step(row: Sequence[Detection]) -> float:
    high = [d.size[2] for d in row]
    return max(high) - min(high)


def in_places(act: Arrange, found: list[Detection], scene: Scene) -> list[Detection]:
    """``the red one on the left, the blue one in the middle``: the rest as it is listed."""
    low, middle, high = (
        scene.one(replace(t[0], ids=tuple(d.id for d in found))) if t else None for t in (act.low, act.middle, act.high)
    )
    named = [d.id for d in (low, middle, high) if d is not None]
    if len(set(named)) < len(named) or (middle is not None and len(found) % 2 == 0):
        raise clarify("row_few", part=act.text, found=found)
    rest = [d for d in found if d.id not in named]
    out = [*([low] if low else []), *rest, *([high] if high else [])]
    if middle is not None:
        out.insert(len(found) // 2 - (low is None and high is not None and len(rest) < len(found) // 2), middle)
    return out


def next_to_each_other(act: Arrange, found: list[Detection]) -> list[Goal] | None:
    """``side by side``, of two: nearer than any row of two, which they always are."""
    plainly = act.formation == "row" and act.order is None and act.direction is None and act.within is None
    if not plainly or len(found) != 2 or act.low or act.high or not _CLOSE.search(act.text):
        return None
    return [Goal(relation="beside", subject=found[1].id, reference=found[0].id)]
