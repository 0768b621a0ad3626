"""Named places in a row or a tower: which thing stands at an end, which in the middle; which of some is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hiervla.brain.grammar.acts import Arrange
from hiervla.brain.grammar.form import Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify
from hiervla.core.world import Detection


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
