"""A tower or a row the other way round: what was lowest on top, what was on the left on the right."""

from __future__ import annotations

from itertools import pairwise

from hiervla.brain.grammar.acts import Stack
from hiervla.brain.grammar.aims import Roles
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.goal import Goal
from hiervla.core.world import Detection

SAME_LINE_M = 0.03


def the_other_way_round(act: Stack, scene: Scene, roles: Roles) -> list[Goal]:
    """``把这摞的顺序倒过来``: the pile that is meant, else the row that was spoken of last.

    Raises:
        Objection: there are several piles, or nothing that has an order.
    """
    spoken = [d.id for t in act.things for d in scene.resolve(t)] or _spoken(scene)
    piles = _piles(scene)
    meant = [p for p in piles if any(d.id in spoken for d in p)] or ([] if spoken else piles)
    if len(meant) > 1:
        raise clarify("stack_few", part=act.text, found=[p[0] for p in meant])
    if not meant:
        return _row(act, spoken, scene)
    found = meant[0][::-1]
    loose = next((d for d in found[:-1] if d.label in roles.get("unstable", ())), None)
    if loose is not None:
        raise refuse("unstable", thing=loose)
    scene.notes.append(("stack_order", {"found": found}))
    scene.speak_of([d.id for d in found])
    base = Goal(relation="on", subject=found[0].id, reference=meant[0][0].support)
    return [base, *(Goal(relation="on", subject=top.id, reference=low.id) for low, top in pairwise(found))]


def _spoken(scene: Scene) -> list[str]:
    groups = [*reversed(scene.mentioned), *scene.earlier()]
    return next((g for g in groups if g), [])


def _piles(scene: Scene) -> list[list[Detection]]:
    """What stands on each other, the lowest first; a pile that branches is none."""
    things = [d for d in scene.world.objects.values() if not d.fixed and not d.hollow and d.label != "plate"]
    carried = {d.support for d in things}
    found = []
    for low in things:
        if low.id not in carried or low.support in {d.id for d in things}:
            continue
        pile = [low]
        while above := [d for d in things if d.support == pile[-1].id and d.relation == "on"]:
            if len(above) > 1:
                break
            pile.append(above[0])
        else:
            found.append(pile)
    return found


def _row(act: Stack, spoken: list[str], scene: Scene) -> list[Goal]:
    """Things side by side, or one behind another."""
    found = [scene.world.objects[i] for i in spoken if i in scene.world.objects]
    if len(found) < 2:
        raise clarify("stack_few", part=act.text, found=found)
    spread = [max(d.centre[k] for d in found) - min(d.centre[k] for d in found) for k in (0, 1)]
    along = int(spread[1] >= spread[0])
    if spread[1 - along] > SAME_LINE_M:
        raise clarify("stack_few", part=act.text, found=found)
    found.sort(key=lambda d: d.centre[along] * (1 if along else -1))
    way = "right" if along else "behind"
    scene.speak_of([d.id for d in found])
    whole = Goal(relation="row", subject=found[0].id, others=tuple(d.id for d in found[1:]), direction=way)
    return [whole, *(Goal(relation="beside", subject=b.id, reference=a.id, direction=way) for a, b in pairwise(found))]
