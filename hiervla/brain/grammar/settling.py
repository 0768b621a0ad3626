"""Conditions settled: what an instruction comes to, now that it is known whether something is so."""

from __future__ import annotations

from dataclasses import replace

from hiervla.brain.grammar import sharing
from hiervla.brain.grammar.acts import Act, Condition, Do, Instruction, Pick, Put, When
from hiervla.brain.grammar.antecedents import each_thing, things_in
from hiervla.brain.grammar.conditions import is_so, of_the_place
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.togetherness import own_places


def _each_in_its_own(act: When) -> Put | None:
    """``if a cube has a bowl of the same colour, put it in that bowl``: all such cubes, each into its own."""
    match = act.condition.things[0] if act.condition.kind == "exists" and act.condition.things else None
    put = act.acts[0] if len(act.acts) == 1 and not act.otherwise and not act.condition.negated else None
    owner = match.where[0].reference if match is not None and match.same_colour and len(match.where) == 1 else None
    if match is None or not isinstance(owner, Thing) or owner.quantity != "a" or not isinstance(put, Put):
        return None
    own = Spot("matched", replace(match, where=()), describes=True, text=act.condition.text)
    every = replace(owner, quantity="all", where=(*owner.where, own))
    ways = tuple(tuple(replace(t, things=(every,)) for t in r if all(x.pronoun == "it" for x in t.things)) for r in put.readings)  # fmt: skip
    return own_places(Put(ways, put.text)) if all(len(r) == 1 for r in ways) else None


def _acted_on(act: Put | Pick | Do) -> tuple[Thing, ...]:
    if isinstance(act, Do):
        return tuple(i.thing for i in act.items)
    return act.things if isinstance(act, Pick) else act.readings[0][0].things


def _about_it(act: When) -> Condition:
    """``put the duck in the chest if it is yellow``: what is put there."""
    condition = act.condition
    put = act.acts[0] if act.acts and isinstance(act.acts[0], Put | Pick | Do) and not act.otherwise else None
    at = act.text.find(condition.text)
    if put is None or not condition.things or condition.things[0].pronoun is None or act.text.find(put.text) > at:
        return condition
    things = _acted_on(put)
    if len(things) != 1 or things[0].pronoun or (condition.things[0].pronoun == "them") != things[0].many:
        return condition
    told = things[0] if condition.kind != "vacant" else condition.things[0]
    return replace(condition, things=(told, *condition.things[1:]))


def _says_one(acts: tuple[Act, ...]) -> bool:
    return any(t.ids and t.text.lower() == "one" for t in things_in(acts))


def one_of_these(acts: tuple[Act, ...], ids: tuple[str, ...]) -> tuple[Act, ...]:
    """``if there are two cookies on the plate, move one to the tray and one to the jar``: one of them, then another."""
    said = 0
    out: list[Act] = []

    def named(thing: Thing) -> Thing:
        nonlocal said
        if not (thing.other and thing.quantity == "a" and thing.text.lower() == "one"):
            return thing
        said += 1
        return replace(thing, ids=ids, other=said > 1)

    for act in acts:
        if isinstance(act, Put):  # each way to read it says it anew
            before, ways = said, []
            for way in act.readings:
                said = before
                ways.append(tuple(replace(t, things=tuple(map(named, t.things))) for t in way))
            out.append(replace(act, readings=tuple(ways)))
        else:
            out.append(each_thing(act, named))
    return tuple(out)


def settled(instruction: Instruction, k: int, act: When, scene: Scene) -> Instruction:
    """The instruction with a condition replaced by what is to be done, now that it is known whether it is so."""
    if (each := _each_in_its_own(act)) is not None:
        return replace(instruction, acts=(*instruction.acts[:k], each, *instruction.acts[k + 1 :]))
    act = replace(act, condition=of_the_place(_about_it(act), scene))
    so = is_so(act.condition, scene)
    sharing.check_whole((*act.acts, *act.otherwise))
    scene.notes.append(("p_true" if so else "p_false", {"part": act.condition.text}))
    acts, links = (act.acts, act.links) if so else (act.otherwise, act.other_links)
    spot = next((a.readings[0][-1].spots[-1] for a in act.acts if isinstance(a, Put)), None)
    scene.place = scene.place or (
        None if so or (spot is not None and spot.reference is None) else spot
    )  # "…, otherwise put the red one there"
    about = [d for t in act.condition.things for d in scene.find(t)]
    if len(about) == 1:
        scene.speak_of([about[0].id])
    elif about and len(act.condition.things) == 1 and scene.noun is None:
        if act.condition.kind in ("count", "exists"):  # "if there are three balls, put them in the box"
            acts = one_of_these(acts, tuple(d.id for d in about))
            scene.speak_of([d.id for d in about] if not _says_one(acts) else [])
        scene.noun = act.condition.things[0]  # "if there are nuts, put one in the box"
    spot = act.condition.spot
    if spot is not None and act.condition.kind == "is" and isinstance(spot.reference, Thing) and scene.place is None:
        flat = spot.relation == "on"  # "if it isn't on the board, put it there"
        scene.place = Spot(
            "on" if flat else "to", spot.reference, text=spot.text
        )  # "unless it is in the bowl, put it in there"
    if spot is not None and act.condition.kind == "is" and isinstance(spot.reference, Fixture) and scene.place is None:
        scene.place = spot if spot.reference.name in scene.world.zones else None
    within = [
        s for t in act.condition.things for s in t.where if s.relation in ("in", "on") and s.reference is not None
    ]
    if within and scene.place is None:  # "unless there is something in the bowl, put it in there"
        scene.place = within[0]
    if len(about) == 1 and (about[0].hollow or about[0].label == "plate"):  # "if the bowl is empty, put it in there"
        scene.place = scene.place or Spot("to", act.condition.things[0], text=act.condition.things[0].text)
    rest = instruction.acts[k + 1 :]  # conditions of their own
    before, after = instruction.links[: max(0, k - 1 + bool(acts))], instruction.links[k if acts or k else k + 1 :]
    joined = (*before, *links) if acts else before
    return replace(instruction, acts=(*instruction.acts[:k], *acts, *rest), links=(*joined, *(after if rest else ())))
