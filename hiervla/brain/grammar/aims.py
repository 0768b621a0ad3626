"""Where a thing should come to be: a phrase and a thing, to the goal of the thing being there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hiervla.brain.grammar.effects import PLACED
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.brain.grammar.shifting import (
    back,
    from_own_side,
    half,
    in_stead,
    of_this_half,
    outside,
    shifted,
    usual_shift,
    zone_of,
)
from hiervla.brain.grammar.sliding import slide_to
from hiervla.brain.grammar.somewhere import somewhere
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import DIRECTIONS, Goal
from hiervla.core.spots import outline_at
from hiervla.core.vocabulary import of_its_colour
from hiervla.core.world import Detection

EDGE_GAP_M = 0.03
"""What ``near the edge`` means when no distance is said."""
Roles = Mapping[str, list[str]]
"""Shapes with a role: ``flat`` ones that things lie on."""


def aim(d: Detection, spot: Spot, scene: Scene, roles: Roles) -> Goal:
    """The goal of a thing coming to a spot."""
    if d.label == "slider" and spot.relation in ("side", "end", "by", "mark"):
        return slide_to(d, spot, scene)
    if d.fixed:
        raise refuse("fixed", thing=d)
    if spot.relation == "there":
        spot, said = scene.there(spot), spot.text
        if spot.relation in ("on", "to") and str(spot.reference) == d.support == "table":
            raise clarify(
                "onto_what", part=said, thing=d
            )  # "put it down on the table and the apple on there": it stands on the table
    if spot.relation == "myside":
        spot = from_own_side(spot, scene)
    if spot.relation == "side" and spot.direction and not spot.distance_m and of_this_half(spot):
        spot = replace(spot, relation="half")
    if spot.relation == "side" and spot.direction:
        plain_way(spot, roles)
        return _shifted(d, spot.direction, spot.distance_m or usual_shift(spot, scene), scene)
    if spot.relation == "half":
        return half(d, spot, scene)
    out = spot.relation == "elsewhere" or (spot.relation == "off" and " out" in spot.text.lower())
    if out and (zone := zone_of(d, scene)) is not None:
        return outside(d, replace(spot, relation="outside", reference=Fixture(zone, spot.text)), scene)
    if spot.relation == "elsewhere":
        if d.support == "table":
            raise clarify("put_where", part=spot.text)
        return Goal(relation="on", subject=d.id, reference="table")
    if spot.relation == "outside":
        return outside(d, spot, scene)
    if spot.relation == "top":
        return Goal(relation="on", subject=d.id, reference=_topmost(d, spot, scene).id)
    if spot.relation == "far":
        reach = round(scene.limits.reach_m * 100)
        raise refuse("spot_out_of_reach", thing=d, cm=round((spot.distance_m or 0) * 100), reach=reach)
    if spot.relation == "by" and spot.distance_m:  # "another 5 cm": the way it went last
        spot = replace(scene.earlier_place() or spot, distance_m=spot.distance_m)
        if spot.relation != "side" or spot.direction is None:
            raise clarify("shift", part=spot.text)
        return _shifted(d, spot.direction, spot.distance_m or 0.0, scene)
    if spot.relation == "back":
        return back(d, spot, scene)
    if spot.relation == "stead":
        return in_stead(d, spot, scene)
    if spot.relation in ("nearer", "farther"):
        return shifted(d, spot, scene)
    if spot.relation == "off":
        if d.support == "table" and spot.superlative != "any":
            raise clarify("put_where", part=spot.text)
        return Goal(relation="on", subject=d.id, reference="table")
    if spot.relation in ("between", "middle", "corner"):
        return somewhere(d, spot, scene)
    if spot.reference is None:
        raise clarify("shift" if spot.distance_m else "where_of", part=spot.text)
    if isinstance(spot.reference, Fixture):
        return _aim_fixture(d, spot, spot.reference, scene)
    if isinstance(spot.reference, Thing) and spot.reference.text.lower() in roles.get("reflexive", ()):
        raise refuse("itself", thing=d)
    reference = _that_carries(d, spot.reference, scene) if spot.relation == "on" else spot.reference
    mark = mark_for(d, reference, scene, spot.relation in ("beside", "at_distance"), spot.relation == "in")
    if mark.label == "cabinet" and spot.relation in ("in", "to"):
        drawers = scene.parts(mark)
        if len(drawers) != 1:
            raise clarify("ambiguous", tuple(p.id for p in drawers), part=spot.text, n=len(drawers), found=drawers)
        mark = drawers[0]
    scene.place = spot
    if mark.id == d.id:
        raise refuse("itself", thing=d)
    relation = _relation(spot, mark, roles)
    return Goal(
        relation=relation, subject=d.id, reference=mark.id, distance_m=spot.distance_m, direction=spot.direction
    )


def plain_way(spot: Spot, roles: Roles) -> None:
    """``forward`` is one way for the robot and another for who faces it.

    Raises:
        Objection: it was not said from whose side.
    """
    if spot.direction in ("front", "behind") and not any(w in spot.text.lower() for w in roles.get("own_side", ())):
        raise clarify("which_forward", part=spot.text)


def _topmost(d: Detection, spot: Spot, scene: Scene) -> Detection:
    """What is highest of the pile that was spoken of last."""
    spoken = [i for group in (*reversed(scene.mentioned), *scene.earlier()) for i in group if i != d.id]
    at = next((scene.world.objects[i] for i in spoken if i in scene.world.objects), None)
    piles = scene.piles(d)
    if len(piles) == 1 and (at is None or _says_tower(spot)):
        at = piles[0]
    elif len(piles) > 1 and at is None:
        raise clarify("ambiguous", tuple(p.id for p in piles), part=spot.text, n=len(piles), found=piles)
    if at is None:
        raise clarify("what_there", part=spot.text)
    while above := [
        o for o in scene.world.objects.values() if o.support == at.id and o.relation == "on" and o.id != d.id
    ]:
        at = above[0]
    return at


def _says_tower(spot: Spot) -> bool:
    return any(w in spot.text.lower().split() for w in ("tower", "stack", "pile"))


def _shifted(d: Detection, direction: str, distance_m: float, scene: Scene) -> Goal:
    """Moved by so much from where it is now."""
    x, y = (d.centre[k] + DIRECTIONS[direction][k] * distance_m for k in (0, 1))
    carrier = scene.world.objects.get(d.support)
    if carrier is not None and gap(outline_at(d, (x, y), d.yaw), footprint(carrier)) <= 0:
        raise refuse("still_within", thing=d, on=carrier)
    fine = min(Goal.model_fields["tolerance_m"].default, distance_m / 2)  # it has not gone 1 cm where it stands still
    return Goal(relation="at", subject=d.id, position=(round(x, 4), round(y, 4)), tolerance_m=fine)


def mark_for(d: Detection, thing: Thing, scene: Scene, beside: bool = False, inside: bool = False) -> Detection:
    """What a destination is relative to; with ``same colour``, the one that suits this thing."""
    if thing.other_colour:
        unlike = [m for m in scene.find(thing) if m.colour != d.colour and m.id != d.id]
        if not unlike or d.colour == "unknown":
            raise refuse("no_other_colour", thing=d, part=thing.text)
        return min(unlike, key=scene.reach)
    if thing.same_colour:
        if d.colour == "unknown":
            raise refuse("no_colour", thing=d)
        every = scene.find(thing)
        if thing.count is not None and thing.count > len(every):  # "the five bowls of their own colours"
            raise refuse("too_few", wanted=thing.count, n=len(every), part=thing.text, found=every)
        fit = of_its_colour(d, every)
        if not fit:
            raise refuse("no_match", thing=d, part=thing.text)
        return min(fit, key=scene.reach)
    if thing.other and not thing.pronoun:
        thing = _not_where_it_is(d, thing, scene)
    noun, asked = scene.noun, scene
    if thing.pronoun in ("it", "them") and scene.mentioned and d.id in scene.mentioned[-1]:
        asked = scene.branch()  # "put it in it": the thing itself cannot be meant
        asked.mentioned = scene.mentioned[:-1]
        freed = asked.freed(asked.mentioned[-1]) if asked.mentioned and not beside else None
        if freed is not None and freed.id != d.id and (thing.pronoun == "it" or asked.of_two_halves(freed.id)):
            return freed
    if inside:
        asked, thing = that_holds(thing, asked)
    found = _meant(asked, thing, d, scene)
    scene.noun = noun if noun is not None else scene.noun
    around = scene.world.objects.get(found.support)
    if thing.pronoun == "it" and beside and around is not None and (found.relation == "in" or around.label == "plate"):
        return around  # "one in the bowl and the others next to it"
    return found


def _that_carries(d: Detection, thing: Thing, scene: Scene) -> Thing:
    """``put it on the blue one``: of a blue plate and a blue cup, on the plate."""
    if not thing.nounless or thing.pronoun or thing.other or scene.noun is not None or thing.says_nothing:
        return thing
    every = [m for m in scene.branch().find(thing) if m.id != d.id]
    flat = [m for m in every if not m.hollow]
    return replace(thing, ids=(flat[0].id,)) if len(flat) == 1 < len(every) else thing


def _not_where_it_is(d: Detection, thing: Thing, scene: Scene) -> Thing:
    """``move the bread to the other plate``: than the one that it lies on."""
    if d.support not in scene.world.objects:
        return thing
    here = scene.world.objects[d.support]
    every = scene.branch().find(replace(thing, other=False))
    rest = [m for m in every if m.id not in (d.id, here.id)]
    return replace(thing, other=False, ids=(rest[0].id,)) if here in every and len(rest) == 1 else thing


def that_holds(thing: Thing, scene: Scene) -> tuple[Scene, Thing]:
    """``the cubes go in the red bowl, the rest in the white one``: in the white thing that can hold them."""
    if not thing.nounless:
        return scene, thing
    if scene.noun is None:  # "放蓝的里面": the one of them that can hold it
        every = scene.branch().find(thing) if not thing.other and not thing.pronoun else []
        holders = [d for d in every if d.hollow or d.label == "plate"]
        return scene, replace(thing, ids=(holders[0].id,)) if len(holders) == 1 < len(every) else thing
    anew = scene.branch()
    anew.noun = None
    found, rest = scene.branch().find(thing), anew.find(thing)
    bowls = [d.id for d in rest if d.hollow or d.label == "plate"]
    holders = [d.id for d in found if d.hollow or d.label == "plate"]
    if holders:
        return scene, replace(thing, ids=(holders[0],)) if len(holders) == 1 < len(found) else thing
    if len(bowls) != 1:
        return scene, thing
    return anew, replace(thing, ids=tuple(bowls))


def _meant(asked: Scene, thing: Thing, d: Detection, scene: Scene) -> Detection:
    """The one thing that a mark names; ``it`` may be the place that a question or a condition spoke of."""
    try:
        found = asked.one(thing, told=scene.told_of(as_mark=True))
        if thing.pronoun != "it" or found.id != d.id:
            return found
        raise refuse("itself", thing=d)  # "put that one in it": the place that was spoken of
    except Objection:
        place = scene.place or scene.named_place or scene.earlier_place()
        if thing.pronoun != "it" or place is None or not isinstance(place.reference, Thing) or place.reference.pronoun:
            raise
        found = scene.branch().one(place.reference)
        if found.id == d.id or not (found.hollow or found.label == "plate"):
            raise
        return found


def _relation(spot: Spot, mark: Detection, roles: Roles) -> str:
    flat = mark.label in roles.get("flat", [])
    said = spot.reference.text.lower() if isinstance(spot.reference, Thing) else ""
    if spot.relation == "on" and mark.hollow and any(said.endswith(w) for w in roles.get("shallow", ())):
        return "in"  # people put things on a tray
    if spot.relation in ("in", "on", "to") and flat:
        return "in" if mark.hollow else "on"
    if spot.relation == "to":
        if mark.hollow:
            return "in"
        raise clarify("to_what", part=spot.text, thing=mark)
    if spot.relation == "on" and mark.hollow:
        raise clarify("on_hollow", part=spot.text, thing=mark)
    if spot.relation not in PLACED:
        raise clarify("where_unclear", part=spot.text)
    return spot.relation


def _aim_fixture(d: Detection, spot: Spot, fixture: Fixture, scene: Scene) -> Goal:
    scene.place = spot
    zone = scene.world.zones.get(fixture.name)
    if zone is not None and zone.keep_out:
        raise refuse("keep_out", zone=zone.name)
    if zone is not None:
        if spot.relation in ("in", "on", "to") and spot.distance_m is None:
            return Goal(relation="in", subject=d.id, reference=zone.name)
        raise clarify("where_unclear", part=spot.text)
    if fixture.name == "table":
        if spot.relation == "beside" and spot.direction and spot.distance_m is None:
            return half(d, spot, scene)
        if spot.relation in ("on", "to"):
            return Goal(relation="on", subject=d.id, reference="table")
        raise clarify("table_where", part=spot.text)
    if spot.relation == "at_distance" and spot.direction is None:
        return Goal(relation="at_distance", subject=d.id, reference=fixture.name, distance_m=spot.distance_m)
    if spot.relation in ("beside", "to", "on") and spot.direction is None and spot.distance_m is None:
        scene.notes.append(("edge_gap", {"part": spot.text, "cm": EDGE_GAP_M * 100}))
        return Goal(relation="at_distance", subject=d.id, reference=fixture.name, distance_m=EDGE_GAP_M)
    raise clarify("table_where", part=spot.text)
