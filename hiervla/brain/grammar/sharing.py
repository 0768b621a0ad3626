"""Which of several things goes to which of several places; small readings of what is to be put where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hiervla.brain.grammar.acts import Act, Arrange, Do, Incomplete, Instruction, Put, Sort, Spare, Tidy, Transfer
from hiervla.brain.grammar.effects import Effect
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.core.deeds import step_and_time
from hiervla.core.goal import Goal
from hiervla.core.world import Detection


def shared_out(transfer: Transfer, subjects: list[Detection], scene: Scene) -> list[tuple[Detection, tuple[Spot, ...]]]:
    """``each yellow cube on a red one``, ``a cube in each bowl``: one by one; else all go to the same spots."""
    spots = transfer.spots
    mark = spots[0].reference
    each = [(d, spots) for d in subjects]
    if len(spots) != 1 or not isinstance(mark, Thing) or mark.same_colour or mark.other_colour:
        return each
    spot = spots[0]
    if spot.relation == "on" and mark.quantity == "a" and len(subjects) > 1:
        free = [m for m in scene.find(mark) if m.id not in {d.id for d in subjects}]
        if len(free) < len(subjects):
            raise refuse("too_few", wanted=len(subjects), n=len(free), part=mark.text, found=free)
        pairs = zip(subjects, sorted(free, key=scene.reach), strict=False)
        return [(d, (_to(spot, m),)) for d, m in pairs]
    thing = transfer.things[0]
    if mark.quantity in ("all", "both") and len(transfer.things) == 1 and thing.quantity in ("a", "count", "all"):
        marks = scene.resolve(mark)
        per = (thing.count or 1) if thing.quantity in ("a", "count") else 0
        if len(marks) < 2:
            return each
        if not per and len(subjects) != len(marks):
            raise clarify("which_where", part=mark.text, found=marks)
        if per:
            ids = {m.id for m in marks}
            found = [d for d in scene.find(thing) if d.id not in ids]
            subjects = sorted(found, key=lambda d: (d.support in ids, scene.reach(d)))[: per * len(marks)]
            if len(subjects) < per * len(marks):
                raise refuse("too_few", wanted=per * len(marks), n=len(found), part=thing.text, found=found)
        if thing.same_colour and per:  # "for each bowl, a cube of the same colour"
            subjects = _alike(marks, per, [d for d in found if d.support not in ids], thing)
        scene.speak_of([d.id for d in subjects])
        return [(d, (_to(spot, marks[k // (per or 1)]),)) for k, d in enumerate(subjects)]
    return each


def _alike(marks: list[Detection], per: int, found: list[Detection], thing: Thing) -> list[Detection]:
    """So many things of its colour for each of the places, in their order."""
    alike = [[d for d in found if d.colour == m.colour] for m in marks]
    for own in alike:
        if len(own) < per:
            raise refuse("too_few", wanted=per, n=len(own), part=thing.text, found=own)
    return [d for own in alike for d in own[:per]]


Share = tuple[Detection, tuple[Spot, ...]]


def with_match(shares: list[Share], scene: Scene) -> list[Share]:
    """Where the rest is to stay: only those for which there is a place of their own colour."""
    return [(d, spots) for d, spots in shares if not scene.matched_only or all(_matches(d, s, scene) for s in spots)]


def each_to_its_own(thing: Thing, spots: tuple[Spot, ...]) -> Thing:
    """``圆柱放到跟它颜色一样的盒子里``: every one of them."""
    own = any(isinstance(s.reference, Thing) and s.reference.same_colour for s in spots)
    said = thing.quantity == "bare" and not (thing.pronoun or thing.id or thing.superlatives or thing.ordinal)
    return replace(thing, quantity="all") if own and said and any("一" <= c <= "鿿" for c in thing.text) else thing


def _matches(d: Detection, spot: Spot, scene: Scene) -> bool:
    mark = spot.reference
    if not isinstance(mark, Thing) or not mark.same_colour:
        return True
    return any(m.colour == d.colour and m.id != d.id for m in scene.find(mark))


def but_spared(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """``方块都放进去，黄的别动``: all of them but those."""
    out = list(acts)
    for k, (act, after) in enumerate(pairwise(acts)):
        if not isinstance(act, Put) or not isinstance(after, Spare) or not after.things:
            continue
        out[k] = replace(act, readings=tuple(tuple(replace(t, things=tuple(_but(d, after.things) for d in t.things)) for t in r) for r in act.readings))  # fmt: skip
    return tuple(out)


def _to_its_colour(act: Put) -> bool:
    """``红方块放红盒子``."""
    marks = [s.reference for s in act.readings[0][0].spots]
    return all(isinstance(m, Thing) and m.colours == act.readings[0][0].things[0].colours for m in marks)


def in_parallel(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """``红的放红碗，绿的放绿碗``: said of one kind after the other, all of each are meant."""
    kinds = [a.readings[0][0].things for a in acts if isinstance(a, Put) and len(a.readings) == 1]
    alike = all(len(k) == 1 and k[0].quantity == "bare" and k[0].colours for k in kinds)
    alike = alike and all(a.readings[0][0].things[0].nounless or _to_its_colour(a) for a in acts if isinstance(a, Put))
    chinese = bool(acts) and any("一" <= c <= "鿿" for c in str(acts[0].text))
    return tuple(_all_of(a, ()) for a in acts) if chinese and alike and len(kinds) == len(acts) > 1 else acts


def bridged(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """``两个红方块挨着放，白方块架在它们俩上面``: two abreast and a third on both."""
    for k, (act, after) in enumerate(pairwise(acts)):
        if not isinstance(act, Arrange) or act.formation != "row" or not isinstance(after, Put) or act.order:
            continue
        transfer = after.readings[0][-1]
        mark = transfer.spots[-1].reference if len(transfer.spots) == 1 else None
        two = len(act.things) == 2 or (len(act.things) == 1 and act.things[0].count == 2)
        both = isinstance(mark, Thing) and mark.pronoun == "them" and transfer.spots[-1].relation == "on"
        both = both or (len(transfer.spots) == 1 and transfer.spots[0].relation == "top" and transfer.spots[0].text.lower().endswith(("them", "both", "the two", "those", "these")))  # fmt: skip
        if two and both and len(after.readings) == 1 and len(transfer.things) == 1 and not transfer.things[0].many:
            things = (*act.things, *transfer.things)
            whole = Arrange("pyramid", things, text=after.text, low=act.things, high=transfer.things)
            return (*acts[:k], whole, whole, *acts[k + 2 :])
    return acts


def _but(thing: Thing, spared: tuple[Thing, ...]) -> Thing:
    alike = [s for s in spared if not s.pronoun and not s.other and (s.nounless or s.name or s.shape == thing.shape)]
    chinese = any("一" <= c <= "鿿" for c in thing.text)  # where a noun without a number may be all of them
    several = (thing.plural and thing.quantity in ("the", "bare")) or (chinese and thing.quantity == "bare")
    whole = (thing.quantity == "all" or several) and not thing.pronoun and len(alike) == len(spared)
    return replace(thing, quantity="all", but=(*thing.but, *alike)) if whole else thing


def check_whole(acts: Sequence[Act]) -> None:
    """Nothing of a condition is done while any branch of it stops short: ``…, otherwise put``."""
    short = next((a for a in acts if isinstance(a, Incomplete) and a.missing == "what" and not a.things), None)
    if short is not None:
        raise clarify(f"{short.verb}_what", part=short.text)


def into_it(act: Incomplete, scene: Scene) -> Put | None:
    """``拿起红球，放篮子``: after a thing was spoken of, a container that is said to be put is where it goes."""
    if (act.missing, act.verb) != ("where", "put") or len(act.things) != 1 or act.text.isascii():
        return None
    mark = act.things[0]
    spoken = scene.mentioned[-1] if scene.mentioned else []
    if mark.pronoun or mark.many or mark.quantity not in ("bare", "the") or len(spoken) != 1:
        return None
    found = scene.branch().find(mark)
    if len(found) != 1 or found[0].id in spoken or not (found[0].hollow or found[0].label == "plate"):
        return None
    it = Thing(text=act.text, pronoun="it")
    return Put(((Transfer((it,), (Spot("to", mark, text=mark.text),)),),), act.text)


def the_two(transfer: Transfer, scene: Scene) -> list[Detection]:
    """What is to have room between: those that are named, or what was moved last and what it was moved to."""
    try:
        named = [d for t in transfer.things for d in scene.resolve(t)]
    except Objection:
        if not all(t.pronoun == "them" for t in transfer.things):
            raise
        named = scene.resolve(Thing("it", pronoun="it"))
    place = scene.place or scene.earlier_place()
    if len(named) == 1 and place is not None and isinstance(place.reference, Thing):
        named = [scene.one(place.reference), *named]
    return named


def apart(subjects: list[Detection], spot: Spot, scene: Scene) -> list[Goal]:
    """Two things with so much room between them."""
    if len(subjects) != 2 or spot.distance_m is None or subjects[0].id == subjects[1].id:
        raise clarify("between_two", part=spot.text, n=len(subjects), found=subjects)
    still, mover = subjects
    if isinstance(spot.reference, Thing):  # "…, the red one on the right"
        named = scene.one(replace(spot.reference, ids=(still.id, mover.id)))
        still, mover = (still, mover) if named.id == mover.id else (mover, still)
    return [Goal(relation="at_distance", subject=mover.id, reference=still.id, distance_m=spot.distance_m, direction=spot.direction)]  # fmt: skip


def beside_it(transfer: Transfer, scene: Scene) -> Transfer:
    """``the cube goes in the bowl behind it``: behind the cube."""
    leans = [isinstance(s.reference, Thing) and any(isinstance(w.reference, Thing) and w.reference.pronoun == "it" for w in s.reference.where) for s in transfer.spots]  # fmt: skip
    if not any(leans) or len(transfer.things) != 1 or transfer.things[0].pronoun or transfer.things[0].many:
        return transfer
    it = scene.branch().one(transfer.things[0])
    known = Thing(text=transfer.things[0].text, id=it.id.lower())

    def told(spot: Spot) -> Spot:
        mark = spot.reference
        if not isinstance(mark, Thing):
            return spot
        where = tuple(replace(w, reference=known) if isinstance(w.reference, Thing) and w.reference.pronoun == "it" else w for w in mark.where)  # fmt: skip
        return replace(spot, reference=replace(mark, where=where))

    return replace(transfer, spots=tuple(map(told, transfer.spots)))


def headed(instruction: Instruction, k: int, scene: Scene) -> Instruction:
    """``sort the red ones: cubes …, balls …``: what the acts after the k-th speak of is among what that one names."""
    head, links = instruction.acts[k], instruction.links[k : k + 1]
    if not isinstance(head, Sort | Tidy) or links != (",",) or (isinstance(head, Tidy) and not head.things):
        return instruction
    ids = _so_described(head.things, scene)
    noun = head.things[0] if ids and len(head.things) == 1 and not head.things[0].nounless else None
    acts = (*instruction.acts[: k + 1], *(_all_of(a, ids, noun) for a in instruction.acts[k + 1 :]))
    return replace(instruction, acts=acts)


def _so_described(things: tuple[Thing, ...], scene: Scene) -> tuple[str, ...]:
    """Ids of all that these descriptions fit, whatever its kind: under ``the red blocks``, a red ball may be named too. None: anything.

    Raises:
        Objection: one of them names nothing.
    """
    ids: list[str] = []
    for t in things:
        counted = t.superlatives or t.ordinal or (t.many and t.count)
        told = t.colours or t.sizes or t.attributes or t.where or t.but or t.unlike or t.side or counted
        if not told or t.pronoun:  # "sort these": whatever is there
            return ()
        whole = t if counted else replace(t, shape="object", name=None)
        here = scene.branch()
        ids += [d.id for d in (not counted and here.find(whole)) or here.resolve(t)]
    return tuple(ids)


def _all_of(act: Act, ids: tuple[str, ...], noun: Thing | None = None) -> Act:
    """A noun without a number means all of its kind, in Chinese too, out of these things; of any where none are given."""
    if not isinstance(act, Put):
        return act

    def every(t: Thing) -> Thing:
        if t.pronoun or t.ids or t.id:
            return t
        t = replace(t, shape=noun.shape, name=noun.name) if noun is not None and t.nounless else t
        return replace(t, quantity="all" if t.quantity == "bare" else t.quantity, ids=ids)

    return replace(act, readings=tuple(tuple(replace(t, things=tuple(map(every, t.things))) for t in r) for r in act.readings))  # fmt: skip


def numbered(goal: Goal, before: list[Effect]) -> Goal:
    """A deed that was named before in the same breath is to be done once more."""
    if goal.relation != "did":
        return goal
    step, _ = step_and_time(goal.subject)
    times = sum(e.goal.relation == "did" and step_and_time(e.goal.subject)[0] == step for e in before)
    return goal.model_copy(update={"subject": f"{step} #{times + 1}"}) if times and goal.subject == step else goal


def in_other_words(wanted: list[Goal], act: Do, before: Act, goals: list[Goal]) -> bool:
    """The deed of just before, told once more with another verb."""
    verbs = [str(a.text).split()[:1] for a in (act, before)]
    return wanted == goals and isinstance(before, Do) and verbs[0] != verbs[1]


def held_one(thing: Thing, scene: Scene) -> Thing:
    """``put the cube in the bowl``, with a cube in the hand: that one."""
    held = scene.world.held
    if held is None or thing.many or thing.pronoun or thing.other or thing.quantity not in ("the", "bare"):
        return thing
    fit = {d.id for d in scene.find(thing)}
    return replace(thing, ids=(held.id,)) if held.id in fit and len(fit) > 1 else thing


def _to(spot: Spot, mark: Detection) -> Spot:
    """The phrase, said of one thing."""
    return replace(spot, reference=Thing(text=mark.id, id=mark.id.lower()))


def not_meant(thing: Thing, spots: tuple[Spot, ...], marks: set[str], scene: Scene) -> set[str]:
    """Ids of what fits a description of what is moved, and cannot be it: where it goes, or, of what goes back, what never was moved."""
    if thing.pronoun:
        return set()
    if spots[0].relation == "back" and not thing.many:
        moved = {*scene.handled, *(c.was.id for changed in scene.changed for c in changed)}
        fit = {d.id for d in scene.branch().find(thing)}
        return fit - moved if fit & moved else set()
    return marks if thing.many or (thing.nounless and thing.colours) else set()
