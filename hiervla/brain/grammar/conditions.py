"""Is something so, in the world as the acts before will have left it? What ``if`` and ``until`` ask."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace

from hiervla.brain.grammar.acts import Condition
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.brain.grammar.queries import Question
from hiervla.core import spots
from hiervla.core.fixtures import open_enough_m
from hiervla.core.world import Detection

COMPARED: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
    "even": lambda n, _: n % 2 == 0, "odd": lambda n, _: n % 2 == 1,
}  # fmt: skip


REACH = ("reachable", "unreachable")


def is_so(condition: Condition, scene: Scene) -> bool:
    """Judged by what is seen, or foreseen.

    Raises:
        Objection: what it is about is not there, or is not one thing.
    """
    kinds: dict[str, Callable[[Condition, Scene], bool]] = {
        "exists": _exists, "is": _stands, "state": _state, "vacant": _vacant, "than": _stands, "like": _stands, "count": _count,
        "more": _more, "held": _held, "asked": _asked,
    }  # fmt: skip
    return kinds[condition.kind](condition, scene) != condition.negated


def _exists(condition: Condition, scene: Scene) -> bool:
    thing = condition.things[0]
    return len(scene.find(thing)) >= (thing.count or 1)


def _stands(condition: Condition, scene: Scene) -> bool:
    """The thing is where, or as large, or looks as is said."""
    thing, spot = condition.things[0], condition.spot
    if spot is None:
        raise clarify("where_unclear", part=condition.text)
    ids = {d.id for d in scene.resolve(thing)}
    return ids <= {d.id for d in scene.find(described(thing, spot, scene))}


def described(thing: Thing, spot: Spot, scene: Scene) -> Thing:
    """The thing, said to be so as well."""
    if thing.pronoun:
        ids = [d.id for d in scene.resolve(thing)]
        thing = Thing(text=thing.text, ids=tuple(ids), quantity="all")
    if spot.relation == "like":
        return thing.with_where((spot,)) if not isinstance(spot.reference, Fixture) else thing
    if spot.relation == "to":
        spot = replace(spot, relation="in")
    return replace(thing, where=(*thing.where, spot))


def reached(d: Detection, scene: Scene) -> bool:
    """The hand gets to it."""
    return d.support == "hand" or spots.reachable((d.centre[0], d.centre[1]), scene.limits)


def _state(condition: Condition, scene: Scene) -> bool:
    if condition.spot is not None and condition.spot.relation in REACH:
        return all(reached(d, scene) == (condition.spot.relation == "reachable") for d in scene.resolve(condition.things[0]))  # fmt: skip
    d = scene.one(condition.things[0])
    parts = [p for p in scene.parts(d) if p.opening_m is not None]
    d = parts[0] if d.opening_m is None and len(parts) == 1 else d
    if d.opening_m is None or condition.spot is None:
        raise refuse("not_openable", thing=d)
    return (d.opening_m >= open_enough_m(d)) == (condition.spot.relation == "open")


def of_the_place(condition: Condition, scene: Scene) -> Condition:
    """``is there anything in the bowl? — if it is empty, …``: the bowl."""
    place = scene.place or scene.earlier_place()
    if condition.kind != "vacant" or condition.things[0].pronoun != "it" or place is None:
        return condition
    fits = isinstance(place.reference, Thing) and not place.reference.pronoun and place.relation in ("in", "on", "to")
    return replace(condition, things=(place.reference,)) if fits else condition  # type: ignore[arg-type]


def _vacant(condition: Condition, scene: Scene) -> bool:
    thing = condition.things[0]
    if thing.text.lower() in ("hand", "gripper", "手"):
        return scene.world.held is None
    return all(not inside(d, scene) for d in scene.resolve(thing))


def inside(d: Detection, scene: Scene) -> list[str]:
    """Ids of what lies in or on a thing; of a closed drawer, what was seen to go into it."""
    seen = [o.id for o in scene.world.objects.values() if o.support == d.id]
    return seen + [f.subject for f in scene.world.facts if f.reference == d.id and f.subject in scene.world.lost]


def _more(condition: Condition, scene: Scene) -> bool:
    a, b = (len(scene.find(t)) for t in condition.things)
    return {"more": a > b, "fewer": a < b, "equal": a == b}[condition.comparison]


def _held(condition: Condition, scene: Scene) -> bool:
    """The hand holds something, or something of these looks."""
    held = scene.world.held
    return held is not None and (not condition.things or any(d.id == held.id for t in condition.things for d in scene.find(t)))  # fmt: skip


def _asked(condition: Condition, scene: Scene) -> bool:
    raise clarify("condition", part=condition.text)


def as_condition(asked: Question, said: Condition) -> Condition | None:
    """``is the drawer open? — if not, …``: what was asked, as what may be so."""
    if asked.kind not in ("exists", "is", "state", "than", "like", "more", "parity", "held", "vacant"):
        return None
    if asked.kind == "vacant":
        return Condition("exists", asked.things, negated=not said.negated, text=said.text)
    kind = {"parity": "count"}.get(asked.kind, asked.kind)
    comparison = asked.spot.relation if asked.spot and asked.kind in ("more", "parity") else ""
    return Condition(kind, asked.things, asked.spot, said.negated, comparison, text=said.text)


def _count(condition: Condition, scene: Scene) -> bool:
    found = {d.id for t in condition.things for d in scene.find(t)}
    return COMPARED[condition.comparison](len(found), condition.number)
