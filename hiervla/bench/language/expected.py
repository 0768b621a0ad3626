"""What an instruction should lead to, in words, judged by comparing the described world before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hiervla.core.arrangements import ANGLE_TOLERANCE_RAD
from hiervla.core.errors import SetupError
from hiervla.core.footprint import footprint, gap
from hiervla.core.geometry import wrap_angle
from hiervla.core.goal import DIRECTIONS, EDGES, distance_between
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.world import Detection, World
from hiervla.sim.expectation import MOVED_TOLERANCE_M, parse_goal

STILL_M = 0.005
FACTS = ("moved", "turned", "nearer", "farther", "within", "not", "done", "apart")


def true_after(text: str, before: World, after: World, steps: Sequence[Subgoal]) -> bool:
    """Is one expectation so? ``A or B``; ``2 of A, B, C``; a goal as scenarios write it; or a change:
    ``moved c1 0.10 left``, ``turned c1 45``, ``nearer c1 b1``, ``farther c1 b1``, ``apart c1 c2 0.05`` (gap in metres, 1.5 cm
    either way), ``within c1 X0 X1 Y0 Y1`` (centimetres), ``done press button 2``; ``not`` before any of them.

    Raises:
        SetupError: it cannot be read; says why.
    """
    if " or " in text:
        return any(true_after(t, before, after, steps) for t in text.split(" or "))
    head, _, rest = text.partition(" of ")
    if head.isdigit():
        return sum(true_after(t.strip(), before, after, steps) for t in rest.split(",")) == int(head)
    what, *words = text.split()
    if what == "not":
        return not true_after(text.removeprefix("not "), before, after, steps)
    if what == "done":
        return _times(words, steps)
    if what not in FACTS:
        known = [*{**before.objects, **before.lost}]
        return bool(holds(parse_goal(text, known, list(before.zones)), after))
    try:
        return _changed(what, words, before, after)
    except (KeyError, ValueError, IndexError) as e:
        raise SetupError(f"expectation {text!r}: {e}") from e


def _changed(what: str, words: list[str], before: World, after: World) -> bool:
    was, now = _thing(words[0], before), _thing(words[0], after)
    match what:
        case "moved":
            by, way = float(words[1]), DIRECTIONS[words[2]]
            off = [now.centre[k] - was.centre[k] - way[k] * by for k in (0, 1)]
            return math.hypot(*off) <= MOVED_TOLERANCE_M
        case "turned":
            return abs(wrap_angle(now.yaw - was.yaw - math.radians(float(words[1])))) <= ANGLE_TOLERANCE_RAD
        case "within":
            x0, x1, y0, y1 = (float(w) / 100 for w in words[1:5])
            return x0 <= now.centre[0] <= x1 and y0 <= now.centre[1] <= y1 and now.support == "table"
        case "apart":
            return abs(gap(footprint(now), footprint(_thing(words[1], after))) - float(words[2])) <= 0.015
        case _:
            name = words[1].replace("_edge", " edge")
            far = [_far(d, name, w) for d, w in ((was, before), (now, after))]
            return far[1] < far[0] - 0.01 if what == "nearer" else far[1] > far[0] + 0.01


def _far(d: Detection, name: str, world: World) -> float:
    return (
        distance_between(d, name, world)[0]
        if name in EDGES or name == "edge"
        else math.dist(d.centre[:2], _thing(name, world).centre[:2])
    )


def _thing(object_id: str, world: World) -> Detection:
    found = world.objects.get(object_id) or world.lost.get(object_id)
    if found is None:
        raise KeyError(f"{object_id!r} is no thing of this world")
    return found


def _times(words: list[str], steps: Sequence[Subgoal]) -> bool:
    skill, target, *number = words
    n = sum(s.skill == skill and (target == "-" or s.arguments.get("target") == target) for s in steps)
    return n == int(number[0]) if number else n >= 1


def moved_things(before: World, after: World) -> set[str]:
    """Ids of things that are otherwise than they were: moved, turned, opened, or resting on something else."""
    out: set[str] = set()
    for object_id, was in {**before.lost, **before.objects}.items():
        now = after.objects.get(object_id) or after.lost.get(object_id)
        if (
            now is None
            or now.support != was.support
            or math.dist(now.centre, was.centre) > STILL_M
            or abs(wrap_angle(now.yaw - was.yaw)) > 0.02
            or (now.opening_m or 0.0) != (was.opening_m or 0.0)
        ):
            out.add(object_id)
    return out


def named_in(expectations: Sequence[str]) -> set[str]:
    """Every word of the expectations: what they name may be moved."""
    return {w.strip(",") for e in expectations for w in e.split()}
