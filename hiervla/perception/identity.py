"""Ids that stay with their things across looks: matching by appearance and place, and readable new names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
from scipy.optimize import linear_sum_assignment

from hiervla.core.footprint import footprint, gap
from hiervla.core.geometry import Array, wrap_angle
from hiervla.core.world import Detection, World
from hiervla.perception.polygon import turn_of_known

_FORBIDDEN = 1e6
_SURE = 0.8
"""Score above which a colour word is no matter of light."""
_LIMIT = 3.0
"""Dearest match that still counts as the same thing."""
_POSED_M, _POSED = 0.008, 0.45
"""How much each edge may differ, at least and as a share of the longest, of the only thing that something missing can be:
a cube on its edge stands 1.4 times as high."""
_HIDDEN = 0.35
"""Least share of its shortest edge that what leans in a heap shows of itself."""
_HEAPED_M = 0.005
"""So near to another, a thing may lean on it."""
_ALIKE: dict[str, set[str]] = {
    "cube": {"block", "cylinder"},
    "block": {"cube", "cylinder"},
    "cylinder": {"cube", "block", "ball"},
    "ball": {"cylinder", "cube"},
    "bowl": {"cup", "plate"},
    "cup": {"bowl", "cylinder"},
    "plate": {"bowl"},
    "box": {"bowl", "plate"},
}
"""Labels that a thing may flicker to when it is partly hidden."""
_NEAR: dict[str, set[str]] = {
    "red": {"pink", "orange", "brown"},
    "orange": {"red", "yellow", "brown"},
    "yellow": {"orange", "green"},
    "green": {"cyan", "yellow"},
    "cyan": {"green", "blue"},
    "blue": {"cyan", "purple"},
    "purple": {"blue", "pink"},
    "pink": {"purple", "red"},
    "brown": {"red", "orange", "black", "grey"},
    "white": {"grey"},
    "grey": {"white", "black", "brown"},
    "black": {"grey", "brown"},
}


def match_cost(old: Detection, new: Detection, lost: bool) -> float:
    """How unlike two detections are: about 1 for each doubt; forbidden when they cannot be one thing."""
    if old.id == new.id:
        return -_LIMIT  # its own reading was made from what is known of it
    new = not_to_the_floor(old, new)
    if old.fixed or new.fixed:  # furniture stays where it is, and looks another size open than shut
        same = old.label == new.label and old.colour == new.colour
        return 0.1 + math.dist(old.centre[:2], new.centre[:2]) / 0.15 if same else _FORBIDDEN
    cost = 0.0
    if old.colour != new.colour:
        if not alike(old.colour, new.colour) or (new.visible > 0.7 and min(old.score, new.score) > _SURE):
            # Both colours are plain, and they differ: somebody has swapped it. What the arm hid of the old one in
            # its last look makes no doubt of its colour: that was known before.
            return _FORBIDDEN
        cost += 1.2
    if old.label != new.label:
        poor = min(old.visible, new.visible) < 0.75 or min(old.score, new.score) < 0.6
        if new.label not in _ALIKE.get(old.label, set()):
            if not poor:
                return _FORBIDDEN
            cost += 1.2
        cost += 0.4 if poor else 1.0
    clear = min(old.visible, new.visible) > 0.7
    for a, b in zip(sorted(old.size), sorted(new.size), strict=True):
        cost += (0.5 if clear else 0.15) * abs(a - b) / max(0.006, 0.12 * max(a, b))
    far = math.dist(old.centre[:2], new.centre[:2])
    cost += 1.2 * (1 - math.exp(-far / 0.15)) + (0.0 if far < 0.02 else 0.15)
    return cost + (0.3 if lost else 0.0)


def assign_ids(found: list[Detection], before: World, taken: Iterable[str] = ()) -> list[Detection]:
    """The detections with the ids of what they match in ``before`` (seen or lost), or new ones; Hungarian assignment."""
    known = [(d, False) for d in before.objects.values()] + [(d, True) for d in before.lost.values()]
    ids: dict[int, str] = {}
    if known and found:
        cost = np.array([[match_cost(old, new, lost) for new in found] for old, lost in known])
        for r, c in zip(*linear_sum_assignment(np.minimum(cost, 50.0)), strict=True):
            if cost[r, c] <= _LIMIT:
                ids[int(c)] = known[r][0].id
    ids |= _only_ones([d for d in before.objects.values() if d.id not in ids.values()], found, ids)
    by_id = {d.id: d for d, _ in known}
    used = {*before.objects, *before.lost, *taken}
    out = []
    order = sorted(range(len(found)), key=lambda i: (round(found[i].centre[1], 2), found[i].centre[0]), reverse=True)
    for i in order:  # new ids count from the robot's left, as people do
        if i not in ids:
            ids[i] = new_id(f"{found[i].colour}_{found[i].label}", used)
            used.add(ids[i])
    for i, d in enumerate(found):
        out.append(_remembered(d.model_copy(update={"id": ids[i]}), by_id.get(ids[i])))
    return out


def _only_ones(missing: list[Detection], found: list[Detection], ids: dict[int, str]) -> dict[int, str]:
    """What was just there and is missing, by the one new thing of its colour and about its size: far off and in another pose.

    In a heap things lean on one another, and a small cube askew reads as a cylinder of other edges, or as two things in one place.
    """
    fresh = {i: d for i, d in enumerate(found) if i not in ids and not d.fixed}
    out = {}
    for old in missing:
        mine = sorted((i for i, d in fresh.items() if d.colour == old.colour), key=lambda i: -math.prod(fresh[i].size))
        others = [d for d in missing if d.colour == old.colour]
        if old.fixed or old.hollow or not mine or len(others) != 1:
            continue
        new = fresh[mine[0]]
        if any(math.dist(new.centre, fresh[i].centre) > max(old.size) for i in mine):
            continue
        like = new.label == old.label or new.label in _ALIKE.get(old.label, set())
        if like and (_posed(old, new) or _tumbled(old, new, found)):
            out[mine[0]] = old.id
    return out


def _posed(old: Detection, new: Detection) -> bool:
    """About as large, edge for edge."""
    slack = max(_POSED_M, _POSED * max(old.size))
    return all(abs(a - b) < slack for a, b in zip(sorted(old.size), sorted(new.size), strict=True))


def _tumbled(old: Detection, new: Detection, found: list[Detection]) -> bool:
    """In a heap: no longer any way than from corner to corner, and half hidden at most."""
    heaped = new.relation == "leaning" or _leans(new, {d.id: d for d in found})
    return heaped and max(new.size) < math.hypot(*old.size) and min(new.size) > _HIDDEN * min(old.size)


def as_known(d: Detection, corners: Array | None, before: World) -> Detection:
    """A triangle with the size it was known by, turned as its ``corners`` (3, 2) then lie; anything else as it is."""
    old = before.objects.get(d.id) or before.lost.get(d.id)
    if corners is None or old is None or not d.label == old.label == "wedge" or old.visible < d.visible:
        return d
    yaw = turn_of_known(corners, old.size[:2], old.yaw)
    return d if yaw is None else d.model_copy(update={"size": (*old.size[:2], d.size[2]), "yaw": round(yaw, 4)})


def without(before: World, held: Detection | None) -> World:
    """The same world with one thing left out, so that nothing else is taken for it."""
    if held is None:
        return before
    keep = {k: d for k, d in before.objects.items() if k != held.id}
    lost = {k: d for k, d in before.lost.items() if k != held.id}
    return before.model_copy(update={"objects": keep, "lost": lost})


def alike(a: str, b: str) -> bool:
    """Could two colour words be of one thing in different light?"""
    return a == b or b in _NEAR.get(a, set())


def new_id(stem: str, used: set[str]) -> str:
    """``stem_n`` with the lowest n above every one in use; what was known stays in ``lost``, so none is used twice."""
    taken = [int(m[1]) for u in used if (m := re.fullmatch(re.escape(stem) + r"_(\d+)", u))]
    return f"{stem}_{max(taken, default=0) + 1}"


def not_to_the_floor(old: Detection, new: Detection) -> Detection:
    """What is seen in a container, as tall as it is known to be: from its top down.

    The wall hides how far down it goes, so its reading reaches to the container's floor as far as that was seen; but it
    may have come to lie on the wall or on other things, or the floor lie lower. Of one that is seen tilted its own faces
    say how it lies; one that was turned onto another side shows another outline.
    """
    if new.relation != "in" or new.hollow or new.fixed or new.posture != old.posture or _same_size(old, new):
        return new
    if not alike(old.colour, new.colour) or any(new.size[i] > old.size[i] + _slack(old.size[i]) for i in (0, 1)):
        return new
    same_outline = _same_size(old, new, (0, 1))
    if new.size[2] < old.size[2] and not same_outline:
        return new
    centre = (*new.centre[:2], round(new.top_z - old.size[2] / 2, 4))
    label = old.label if same_outline else new.label
    return new.model_copy(update={"size": (*new.size[:2], old.size[2]), "centre": centre, "label": label})


def join_own_pieces(objects: dict[str, Detection], before: World) -> dict[str, Detection]:
    """The same things, with the pieces that one in a container or a heap was split into taken together again.

    A box askew by less than tells a tilted one from a level one is read as several. Such pieces were not known before,
    have the colour of a known thing that looks another size than it did, and lie where it does: together they are it,
    as large as it was known to be, under the highest of their tops.
    """
    out = dict(objects)
    known = {**before.objects, **before.lost}
    for old in before.objects.values():
        now = objects.get(old.id)
        last = now or old
        host = objects.get(last.support)
        whole = now is not None and now.visible > 0.5 and _same_size(old, now)
        boxed = host is not None and host.hollow
        heaped = now is not None and now.support == "table" and _leans(now, objects)
        if whole or not (boxed or heaped) or old.hollow or old.fixed:
            continue
        near = 0.75 * math.hypot(*old.size[:2])
        pieces = [
            d
            for d in out.values()
            if d.id not in known and d.colour == last.colour and (d.support != "table" or not boxed)
            and math.dist(d.centre[:2], last.centre[:2]) < near
        ]  # fmt: skip
        if not pieces:
            continue
        first = now or pieces[0].model_copy(update={"id": old.id, "support": last.support})
        corners = np.concatenate([footprint(d) for d in (first, *pieces)])
        x, y = (corners.min(axis=0) + corners.max(axis=0)) / 2
        top = max(d.top_z for d in (first, *pieces))
        middle = (round(float(x), 4), round(float(y), 4), round(top - old.size[2] / 2, 4))
        for d in pieces:
            del out[d.id]
        out[old.id] = first.model_copy(
            update={"size": old.size, "centre": middle, "label": old.label, "posture": "tilted"}
        )
    return out


def _leans(d: Detection, objects: dict[str, Detection]) -> bool:
    """Another thing stands so near to it that it may lean on that."""
    beside = (o for o in objects.values() if o.id != d.id and o.colour != d.colour and not o.fixed)
    return any(gap(footprint(d), footprint(o)) < _HEAPED_M for o in beside)


def _remembered(new: Detection, old: Detection | None) -> Detection:
    """A poor view keeps what a better one told: label, colour and size of the same thing."""
    if old is None:
        return new
    new = not_to_the_floor(old, new)
    change: dict[str, object] = {}
    if new.visible < 0.75 and old.visible > new.visible:
        change = {"label": old.label, "colour": old.colour, "hollow": old.hollow, "inner_radius_m": old.inner_radius_m}
        if not _same_size(old, new):
            bottom = new.bottom_z
            change |= {"size": old.size, "size_word": old.size_word}
            change |= {"centre": (new.centre[0], new.centre[1], round(bottom + old.size[2] / 2, 4))}
    elif new.score < 0.6 < old.score and new.colour != old.colour:
        change = {"colour": old.colour}
    if old.label == "cube" and new.label == "cube":  # a cube's yaw is known modulo a quarter turn: stay near the last
        quarter = math.pi / 2
        steps = round((old.yaw - new.yaw) / quarter)
        change["yaw"] = wrap_angle(new.yaw + steps * quarter, math.pi)
    return new.model_copy(update=change) if change else new


def _same_size(a: Detection, b: Detection, axes: tuple[int, ...] = (0, 1, 2)) -> bool:
    return all(abs(a.size[i] - b.size[i]) < _slack(a.size[i]) for i in axes)


def _slack(length: float) -> float:
    return max(0.005, 0.12 * length)


def colours_of(d: Detection) -> tuple[str, ...]:
    """Its colour, and its second one if it has two."""
    return (d.colour,) if d.second_colour is None else (d.colour, d.second_colour)
