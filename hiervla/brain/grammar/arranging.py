"""Goals for several things at once: towers, rows, circles, pyramids, sorting, tidying, swapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from hiervla.brain.grammar.acts import Arrange, Sort, Stack, Swap, Tidy
from hiervla.brain.grammar.aims import Roles, mark_for
from hiervla.brain.grammar.form import Fixture, Thing
from hiervla.brain.grammar.formed_in import with_what_lies_in
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.brain.grammar.ranks import has, in_places, level_first, next_to_each_other, one_more_of, one_of
from hiervla.brain.grammar.reversing import the_other_way_round
from hiervla.brain.grammar.sharing import with_match
from hiervla.brain.grammar.standing import by_order, volume
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import Goal
from hiervla.core.vocabulary import of_its_colour
from hiervla.core.world import Detection

BASE_GAP_M = 0.010
"""Between the two that carry a third in a pyramid."""
PYRAMIDS: Mapping[int, tuple[int, ...]] = {3: (2, 1), 6: (3, 2, 1)}
"""How many things → how many stand in each layer."""


def group(things: Sequence[Thing], scene: Scene, text: str, shape: str = "object") -> list[Detection]:
    """All the things meant; ``the cube`` alone means every cube here, and nothing said means all that stands about."""
    said = things or (Thing(text=text, quantity="all", shape=shape),)
    if len(said) == 1 and not said[0].many and said[0].quantity == "bare" and not said[0].pronoun:
        said = (replace(said[0], quantity="all"),)
    found: dict[str, Detection] = {}
    for t in said:
        taken = found if t.quantity in ("a", "count") and len(said) > 1 else ()  # "two red cubes and a red cube": three
        found |= {d.id: d for d in scene.resolve(t, without=taken)}
    named = {t.shape for t in said}
    return [d for d in found.values() if not d.fixed and (not _holds_things(d) or d.label in named or d.name in {t.name for t in said if t.name})]  # fmt: skip


def _holds_things(d: Detection) -> bool:
    return d.hollow or d.label == "plate"


# ---- stacks
def stack(act: Stack, scene: Scene, roles: Roles) -> list[Goal]:
    """Every thing on the one before it, the largest lowest unless said otherwise."""
    if act.order == "listed" and len(act.things) > 1:
        act = replace(act, order="named")
    if act.order == "reversed":
        return the_other_way_round(act, scene, roles)
    if act.order == "named":
        return _in_named_order(act, scene, roles)
    found = group(act.things, scene, act.text, "block")
    alike = act.things[0] if len(act.things) == 1 and not (act.low or act.high) and act.towers == 1 else None
    if alike is not None and alike.same_colour and alike.count is None:
        return _tower_each(found, act, scene, roles)
    if len(found) < (1 if act.low or act.high else 2):
        raise clarify("stack_few", part=act.text, found=found)
    unstable = roles.get("unstable", [])
    as_named = len(act.things) > 1 and act.order is None and _alike(found)
    found.sort(key=lambda d: (d.label in unstable, 0 if as_named else by_order(act.order or "largest_first")(d)))
    for end, at in ((act.low, 0), (act.high, len(found))):
        if end is not None:
            d = (
                one_of(end, found, scene) if has(end, found, scene) else scene.one(end)
            )  # "of the red ones, the yellow one on top"
            found = [f for f in found if f.id != d.id]
            found.insert(at if at == 0 else len(found), d)
    if act.towers > 1:
        return _towers(found, act, scene, unstable)
    return _on_each_other(found, scene, unstable)


def _tower_each(found: list[Detection], act: Stack, scene: Scene, roles: Roles) -> list[Goal]:
    """``stack those of the same colour``: a tower of each colour that there are several of."""
    kinds: dict[str, list[Detection]] = {}
    for d in found:
        kinds.setdefault(d.colour, []).append(d)
    several = [k for k in kinds.values() if len(k) > 1]
    if not several or "unknown" in kinds:
        raise clarify("stack_few", part=act.text, found=found)
    unstable = roles.get("unstable", [])
    goals = []
    for k in several:
        k.sort(key=lambda d: (d.label in unstable, by_order(act.order or "largest_first")(d)))
        goals += _on_each_other(k, scene, unstable)
    scene.speak_of([d.id for k in several for d in k])
    return goals


def _towers(found: list[Detection], act: Stack, scene: Scene, unstable: Sequence[str]) -> list[Goal]:
    """Several towers of as many things each: the largest are the lowest of each."""
    high, left = divmod(len(found), act.towers)
    if left or high < 2:
        raise clarify("towers_count", part=act.text, n=len(found), found=found)
    goals = [g for k in range(act.towers) for g in _on_each_other(found[k :: act.towers], scene, unstable)]
    scene.speak_of([d.id for d in found])
    return goals


def _in_named_order(act: Stack, scene: Scene, roles: Roles) -> list[Goal]:
    """``in the order red, green, blue``: the lowest first."""
    among = group(act.among, scene, act.text, "block") if act.among else list(scene.world.objects.values())
    return _on_each_other([one_of(t, among, scene) for t in act.things], scene, roles.get("unstable", []))


def _on_each_other(found: list[Detection], scene: Scene, unstable: Sequence[str]) -> list[Goal]:
    if len({d.id for d in found}) < 2:
        raise clarify("stack_few", part="", found=found)
    _check_stable(found[:-1], unstable)
    scene.notes.append(("stack_order", {"found": found}))
    scene.speak_of([d.id for d in found])
    return [Goal(relation="on", subject=top.id, reference=low.id) for low, top in pairwise(found)]


def _check_stable(carrying: Sequence[Detection], unstable: Sequence[str]) -> None:
    loose = next((d for d in carrying if d.label in unstable), None)
    if loose is not None:
        raise refuse("unstable", thing=loose)


def _alike(found: list[Detection]) -> bool:
    sizes = [volume(d) for d in found]
    return max(sizes) - min(sizes) <= 0.25 * max(sizes)


# ---- formations
def arrange(act: Arrange, scene: Scene, roles: Roles) -> list[Goal]:
    """A row, a circle or a pyramid of things."""
    around = scene.one(act.around) if isinstance(act.around, Thing) else None
    if isinstance(act.around, Fixture):
        raise clarify("where_unclear", part=act.around.text)
    said = act.things or (*act.low, *act.high) if act.low and act.high else act.things
    if act.formation == "circle" and len(said) == 2 and all(t.quantity in ("bare", "all") and not t.pronoun for t in said):  # fmt: skip
        said = tuple(replace(t, quantity="all") for t in said)  # "红的和蓝的方块围成一圈": two make no circle
    found = [d for d in group(said, scene, act.text, "block") if around is None or d.id != around.id]
    scene.speak_of([d.id for d in found])
    if act.formation == "pyramid":
        return _pyramid(found, act, scene, roles)
    if (joined := with_what_lies_in(found, act.text, scene)) is not None:
        return joined
    if len(found) < (3 if act.formation == "circle" else 2):
        raise clarify(f"{act.formation}_few", part=act.text, found=found)
    if pair := next_to_each_other(act, found):
        return pair
    listed = act.direction == "right" and not any(t.many for t in act.things)
    listed = (listed or act.order == "listed") and len(act.things) > 1
    way = act.direction or ("right" if act.order is not None else None)
    if act.order is not None and not listed:
        found.sort(key=by_order(act.order))
        scene.notes.append(("row_order" if way == "right" else "column_order", {"found": found}))
    if act.formation == "row" and (act.low or act.middle or act.high):
        found, listed = in_places(act, found, scene), True
    first, *others = found
    whole = Goal(relation=act.formation, subject=first.id, others=tuple(d.id for d in others), reference=around.id if around else None, direction=way)  # fmt: skip
    order = pairwise(found) if act.order is not None or listed else ()
    return [whole, *(Goal(relation="beside", subject=b.id, reference=a.id, direction=way) for a, b in order)]


def _pyramid(found: list[Detection], act: Arrange, scene: Scene, roles: Roles) -> list[Goal]:
    unstable = roles.get("unstable", [])
    found.sort(key=lambda d: (d.label in unstable, -round(volume(d), 6)))
    for named, at in ((act.low, 0), (act.high, len(found))):
        ends = [d for t in named for d in one_more_of(t, found, scene)]
        found = [d for d in found if d not in ends]
        found = [*found[:at], *ends, *found[at:]]
    layers = PYRAMIDS.get(len(found))
    if layers is None:
        raise clarify("pyramid_count", part=act.text, n=len(found), found=found)
    if not act.low:
        found = level_first(found, layers[0], len(act.high))
    _check_stable(found[:-1], unstable)
    scene.notes.append(("stack_order", {"found": found}))
    rows: list[list[Detection]] = []
    for n in layers:
        rows.append(found[:n])
        found = found[n:]
    goals = [
        Goal(
            relation="at_distance",
            subject=b.id,
            reference=a.id,
            distance_m=BASE_GAP_M,
            direction=_abreast(a, b, rows[0]),
        )
        for a, b in pairwise(rows[0])
    ]
    for below, layer in pairwise(rows):
        goals += [
            Goal(relation="on", subject=d.id, reference=a.id, others=(b.id,))
            for d, (a, b) in zip(layer, pairwise(below), strict=True)
        ]
    return goals


def _abreast(a: Detection, b: Detection, row: Sequence[Detection]) -> str | None:
    """On which side of ``a`` its neighbour goes: abreast, so that from the front none hides another.

    None for two that already stand close: which way they face is as good as another.
    """
    if len(row) > 2:
        return "left"
    if abs(gap(footprint(a), footprint(b)) - BASE_GAP_M) < 0.01:
        return None
    return "left" if b.centre[1] > a.centre[1] else "right"


# ---- sorting
def sort(act: Sort, scene: Scene) -> list[Goal]:
    """Each thing into what matches it where there is such a thing; the others in a row with their like."""
    by = act.by or ("size" if act.order else "colour")
    if by == "size":
        return arrange(Arrange("row", act.things, order=act.order or "largest_first", text=act.text), scene, {})
    found = group([replace(t, quantity="all") if t.quantity == "bare" and not t.pronoun else t for t in act.things], scene, act.text)  # fmt: skip
    marks = [s.reference for s in act.spots]
    if any(not isinstance(m, Thing) for m in marks) or (marks and by != "colour"):
        raise clarify("sort_into", part=act.text)
    scene.speak_of([d.id for d in found])
    if marks:
        matching = [replace(m, same_colour=True) for m in marks if isinstance(m, Thing)]
        found = [d for d, _ in with_match([(d, (replace(act.spots[0], reference=matching[0]),)) for d in found], scene)]
        homes = {d.id: mark_for(d, matching[0], scene).id for d in found}
    else:
        homes = _homes(found, scene) if by == "colour" else {}
    goals = [Goal(relation="in", subject=i, reference=home) for i, home in homes.items()]
    kinds: dict[str, list[Detection]] = {}
    for d in found:
        if d.id not in homes:
            kinds.setdefault(d.colour if by == "colour" else d.label, []).append(d)
    if by == "colour" and "unknown" in kinds:
        raise refuse("no_colour", thing=kinds["unknown"][0])
    groups = [k for k in kinds.values() if len(k) > 1]
    scene.notes.append(("sorted_so", {"by": by, "n": len(homes), "groups": len(groups)}))
    goals += [Goal(relation="row", subject=k[0].id, others=tuple(d.id for d in k[1:])) for k in groups]
    if not goals:
        raise clarify("sort_nothing", part=act.text, found=found)
    return goals


def _homes(found: Sequence[Detection], scene: Scene) -> dict[str, str]:
    """The container or zone of each thing's own colour, where there is exactly one."""
    homes: dict[str, str] = {}
    for d in found:
        homely = [o for o in scene.world.objects.values() if _holds_things(o) and o.label != "cup"]
        fit = [o.id for o in of_its_colour(d, homely)]
        fit += [n for n, z in scene.world.zones.items() if not z.keep_out and d.colour in n.lower().split()]
        if len(fit) == 1 and d.colour != "unknown":
            homes[d.id] = fit[0]
    return homes


# ---- tidying
def tidy(act: Tidy, scene: Scene, spared: set[str]) -> list[Goal]:
    """What stands about goes into the one box or zone there is, or else into a row. ``spared``: has a place of its own."""
    if act.things:
        found = group(act.things, scene, act.text)
    else:
        found = [
            d for d in scene.world.objects.values() if not d.fixed and not _holds_things(d) and d.support == "table"
        ]
    found = [d for d in found if d.id not in spared]
    scene.speak_of([d.id for d in found])
    homes = [n for n, z in scene.world.zones.items() if not z.keep_out]
    homes = homes or [d.id for d in scene.world.objects.values() if d.label == "box" and d.hollow]
    if len(homes) > 1:
        raise clarify("tidy_where", part=act.text, homes=[scene.world.objects.get(h, h) for h in homes])
    if homes and found:
        scene.notes.append(("tidy_into", {"found": found, "home": scene.world.objects.get(homes[0], homes[0])}))
        return [Goal(relation="in", subject=d.id, reference=homes[0]) for d in found]
    if len(found) > 1:
        scene.notes.append(("tidy_row", {"found": found}))
        return [Goal(relation="row", subject=found[0].id, others=tuple(d.id for d in found[1:]))]
    scene.notes.append(("tidy_nothing", {}))
    return []


# ---- swapping
def swap(act: Swap, scene: Scene) -> list[Goal]:
    """Each to where the other is."""
    said = [replace(t, pronoun="them", quantity="all") if t.says_nothing else t for t in act.things]  # "两个换一下"
    found = list({d.id: d for t in said for d in scene.resolve(t)}.values())
    if len(found) != 2:
        raise clarify("swap_two", part=act.text, n=len(found), found=found)
    a, b = found
    if a.support == b.id or b.support == a.id:
        raise clarify("swap_stacked", part=act.text, found=found)
    scene.speak_of([a.id, b.id])
    return [_to_place_of(a, b), _to_place_of(b, a)]


def _to_place_of(d: Detection, other: Detection) -> Goal:
    if other.support == "table":
        at = (round(other.centre[0], 4), round(other.centre[1], 4))
        return Goal(relation="at", subject=d.id, position=at, tolerance_m=0.015)
    if other.support in ("hand", "unknown"):
        raise refuse("out_of_sight", part=other, thing=other)
    return Goal(relation="in" if other.relation == "in" else "on", subject=d.id, reference=other.support)
