"""How two things stand to each other, and how large one is: what descriptions compare."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.core.footprint import footprint, gap, inside_distance
from hiervla.core.goal import BESIDE_MAX_GAP_M, DIRECTIONS, distance_between, on_side
from hiervla.core.world import Detection, World

SAME_PLACE_M = 0.005
"""Things nearer to each other than this, along a direction, stand equally far to that side."""
OBLONG = 1.25
"""So many times longer than wide, and nobody calls it square."""
CLEARLY = 0.08
"""By how much of its measure one thing must differ from another to be called larger or smaller."""
MEASURED_M = 0.002
"""How exactly a size is seen."""
Key = Callable[[Detection], float]


def length(d: Detection) -> float:
    """How long it is: a rod that stands upright is as long as it is high."""
    return max(d.size[0], d.size[2]) if d.size[2] > d.size[0] and d.size[0] < OBLONG * d.size[1] else d.size[0]


def order(name: str, reach: Key) -> Key:
    """What a superlative puts first."""
    orders: dict[str, Key] = {
        "smallest": volume,
        "smaller": volume,
        "largest": lambda d: -volume(d),
        "larger": lambda d: -volume(d),
        "tallest": lambda d: -d.size[2],
        "shortest": lambda d: d.size[2],
        "longest": lambda d: -length(d),
        "leftmost": lambda d: -d.centre[1],
        "rightmost": lambda d: d.centre[1],
        "nearest": reach,
        "farthest": lambda d: -reach(d),
        "topmost": lambda d: -d.top_z,
        "bottommost": lambda d: d.bottom_z,
    }
    return orders[name]


def by_order(name: str) -> Key:
    """What ``from small to large``, ``从矮到高`` puts first; the lowest of a tower is its first."""
    measure: dict[str, tuple[int, Key]] = {
        "tallest_first": (-1, lambda d: d.size[2]),
        "lowest_first": (1, lambda d: d.size[2]),
        "longest_first": (-1, length),
        "shortest_first": (1, length),
    }
    if name in measure:
        sign, of = measure[name]
        return lambda d: sign * round(of(d), 4)
    sign = 1 if name == "smallest_first" else -1
    return lambda d: sign * round(volume(d), 6)


def straight(spot: Spot, mark: Detection, found: list[Detection]) -> list[Detection]:
    """``正前方的``: not off to a side."""
    across = 1 if spot.direction in ("front", "behind") else 0
    return [d for d in found if abs(d.centre[across] - mark.centre[across]) <= mark.size[across] / 2]


def same_shape(a: Detection, b: Detection) -> bool:
    """Both balls; of things that have only a name, two of that name."""
    return a.label == b.label and (a.label != "shape" or a.name == b.name)


def like_it(spot: Spot, mark: Detection, found: list[Detection]) -> list[Detection]:
    """``和红球形状一样的``, ``跟绿方块一样大的``: and not that one itself."""
    rest = [d for d in found if d.id != mark.id]
    if spot.relation == "alike_shape":
        return [d for d in rest if same_shape(d, mark)]
    high = spot.relation == "alike_high"
    measure: Key = (lambda d: d.size[2]) if high else volume
    return [d for d in rest if abs(measure(d) - measure(mark)) <= CLEARLY * max(measure(d), measure(mark))]


def at_side(thing: Thing, found: list[Detection], world: World) -> list[Detection]:
    """``the left cube``: the one farthest to that side; of a group, those on that half of the table."""
    x, y = DIRECTIONS[thing.side or "left"]

    def along(d: Detection) -> float:
        return d.centre[0] * x + d.centre[1] * y

    if thing.many and not thing.count:
        outline = world.table.outline if world.table else ((0.5, 0.0),)
        middle = sum(px * x + py * y for px, py in outline) / len(outline)
        return [d for d in found if along(d) > middle]
    ordered = sorted(found, key=along, reverse=True)
    if thing.count:
        return ordered[: thing.count]
    return [d for d in ordered if along(ordered[0]) - along(d) <= SAME_PLACE_M]


def at_fixture(d: Detection, spot: Spot, fixture: Fixture, world: World) -> bool:
    """Does a thing stand on the table, in a zone, or near one of the edges?"""
    if fixture.name in world.zones:
        return inside_distance(np.asarray(world.zones[fixture.name].outline), d.centre[:2]) > 0
    if fixture.name == "table":
        return d.support == "table" and spot.relation in ("on", "from")
    if world.table is None:
        return False
    return distance_between(d, fixture.name, world)[0] <= BESIDE_MAX_GAP_M


def relates(d: Detection, spot: Spot, mark: Detection) -> bool:
    """Does a thing stand to another as a phrase says?"""
    if d.id == mark.id:
        return False
    if spot.relation in ("in", "on", "from"):
        either = spot.relation == "from" or mark.label == "plate"
        return d.support == mark.id and (either or d.relation == spot.relation)
    if spot.direction:
        return on_side(spot.direction, d, mark)
    return mark.id != d.support and mark.support != d.id and gap(footprint(d), footprint(mark)) <= BESIDE_MAX_GAP_M


def between(found: list[Detection], a: Detection, b: Detection) -> list[Detection]:
    """Those that stand between two others: hardly to the side of the line from one to the other."""
    p, q = np.asarray(a.centre[:2]), np.asarray(b.centre[:2])
    length = float(np.linalg.norm(q - p))
    if length < SAME_PLACE_M:
        return []
    way = (q - p) / length
    out = []
    for d in found:
        v = np.asarray(d.centre[:2]) - p
        along = float(v @ way)
        aside = abs(float(v[0] * way[1] - v[1] * way[0]))
        if d.id not in (a.id, b.id) and 0.1 * length < along < 0.9 * length and aside <= max(0.04, 0.25 * length):
            out.append(d)
    return out


def has_attribute(d: Detection, name: str) -> bool:
    """What its figure shows, or the inventory says of it."""
    match name:
        case "oblong":
            return not d.round and d.size[0] > OBLONG * d.size[1]
        case "square":
            return not d.round and d.size[0] <= OBLONG * d.size[1] and d.label in ("cube", "block", "box")
        case "round":
            return d.round or d.label in ("ball", "ring", "bowl", "plate", "cup", "cylinder")
        case "hollow":
            return d.hollow
    return name in d.attributes


def volume(d: Detection) -> float:
    """Of its box, m³."""
    return d.size[0] * d.size[1] * d.size[2]


def measuring(spot: Spot, found: list[Detection]) -> list[Detection]:
    """Those whose width (of the sides on the table the shorter), length or height is as large as is said, to 2 mm."""
    size = {"wide": lambda d: min(d.size[:2]), "long": lambda d: max(d.size[:2]), "tall": lambda d: d.size[2]}
    measure: Key = size[spot.direction or "wide"]
    said = spot.distance_m or 0.0
    fits: dict[str, Callable[[float], bool]] = {
        ">": lambda x: x > said + MEASURED_M, "<": lambda x: x < said - MEASURED_M, ">=": lambda x: x >= said - MEASURED_M,
        "<=": lambda x: x <= said + MEASURED_M, "=": lambda x: abs(x - said) <= 2 * MEASURED_M,
    }  # fmt: skip
    return [d for d in found if fits[spot.superlative or "="](measure(d))]


def _width(d: Detection) -> float:
    return min(d.size[:2])


def _length(d: Detection) -> float:
    return max(d.size[:2])


def _height(d: Detection) -> float:
    return d.size[2]


def compared(name: str, mark: Detection, found: list[Detection]) -> list[Detection]:
    """Those that are clearly ``larger``, ``smaller``, ``taller`` or ``lower`` than another."""
    sizes: dict[str, Key] = {
        "larger": volume,
        "smaller": volume,
        "wider": _width,
        "narrower": _width,
        "longer": _length,
        "briefer": _length,
    }
    measure = sizes.get(name, _height)
    sign = 1 if name in ("larger", "taller", "wider", "longer") else -1
    limit = measure(mark)
    return [d for d in found if d.id != mark.id and sign * (measure(d) - limit) > CLEARLY * limit]


def all_words(thing: Thing) -> str:
    """A description with the phrases that belong to it, wherever in the sentence they stood."""
    apart = [s.text for s in thing.where if s.text and s.text not in thing.text]
    chinese = any("一" <= c <= "鿿" for c in thing.text)
    return "".join([*apart, thing.text]) if chinese else " ".join([thing.text, *apart])
