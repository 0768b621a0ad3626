"""From an instruction form and a scene to goals: what should be true in the end, in the order it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from hiervla.brain.grammar.aims import aim, mark_for
from hiervla.brain.grammar.effects import Effect, did, settle
from hiervla.brain.grammar.form import (
    Act,
    Bare,
    Do,
    Fixture,
    Incomplete,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Spot,
    Stack,
    Thing,
    Transfer,
)
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.brain.grammar.standing import volume
from hiervla.brain.grammar.words import Words
from hiervla.core.briefing import SkillCard
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import Detection


class Meaning:
    """Reads acts one after the other; each sees the scene as the acts before will leave it."""

    def __init__(self, words: Words, skills: Sequence[SkillCard]) -> None:
        self._roles, self._skills = words.roles, {s.name: s for s in skills}

    def goals(self, instruction: Instruction, scene: Scene) -> list[Goal]:
        """Goals of the whole instruction.

        Raises:
            Objection: a part names nothing, several things, or something that cannot be.
        """
        first = scene.world
        effects: list[Effect] = []
        for k, act in enumerate(instruction.acts):
            link = instruction.links[k - 1] if k else "then"
            effects += [Effect(g, k, link) for g in self._act(act, scene)]
        return settle(effects, first)

    def _act(self, act: Act, scene: Scene) -> list[Goal]:
        match act:
            case Pick():
                return self._pick(act, scene)
            case Put():
                return self._put(act, scene)
            case PutDown():
                return self._put_down(act, scene)
            case Stack():
                return self._stack(act, scene)
            case Do():
                return self._do(act, scene)
            case Incomplete(missing, verb, things):
                raise clarify(f"{verb}_{missing}", part=things[0].text if things else act.text)
            case Bare() | Question():
                raise clarify("do_what", part=act.text)

    # ---- pick and put down
    def _pick(self, act: Pick, scene: Scene) -> list[Goal]:
        found = [d for thing in act.things for d in scene.resolve(thing)]
        scene.speak_of([d.id for d in found])
        for d in found:
            scene.moved(d.id, "hand", "on")
        return [Goal(relation="holding", subject=d.id) for d in found]

    def _put_down(self, act: PutDown, scene: Scene) -> list[Goal]:
        held = scene.world.held
        if held is None:
            raise clarify("nothing_held", part=act.text)
        for thing in act.things:
            if (d := scene.one(thing)).id != held.id:
                raise clarify("not_held", part=thing.text, thing=d)
        return [self._placed(scene, Goal(relation="on", subject=held.id, reference="table"))]

    # ---- put
    def _put(self, act: Put, scene: Scene) -> list[Goal]:
        """The one reading that fits the world; where several do, the person is asked."""
        tried: list[tuple[list[Goal], Scene]] = []
        objections: list[Objection] = []
        for reading in act.readings:
            branch = scene.branch()
            try:
                goals = [g for transfer in reading for g in self._transfer(transfer, branch)]
            except Objection as e:
                objections.append(e)
                continue
            tried.append((goals, branch))
            if len(reading) > len(act.readings[-1]):
                break  # a chain ("a on b on c") says all of it at once
        if not tried:
            raise objections[0]
        fresh = [t for t in tried if not all(holds(g, scene.world) for g in t[0])] or tried
        if any(t[0] != fresh[0][0] for t in fresh[1:]):
            raise clarify("attachment", part=act.text, readings=[" & ".join(map(str, t[0])) for t in fresh])
        goals, branch = fresh[0]
        scene.__dict__.update(branch.__dict__)
        return goals

    def _transfer(self, transfer: Transfer, scene: Scene) -> list[Goal]:
        """Goals for moving things to one spot, or to each of several that must all hold."""
        spots = transfer.spots
        marks = {d.id for s in spots for d in self._marks(s, scene)}
        goals: list[Goal] = []
        subjects: list[Detection] = []
        for thing in transfer.things:
            without = marks if thing.many and not thing.pronoun else set()
            there = self._already(thing, spots, scene)
            subjects += [
                d for d in scene.resolve(thing, avoid=there, without=without) if d.id not in {s.id for s in subjects}
            ]
        scene.speak_of([d.id for d in subjects])
        aims = [(d, [aim(d, s, scene, self._roles) for s in spots]) for d in subjects]
        for _, wanted in aims:
            if len(wanted) > 1:
                raise refuse("contradiction", goals=wanted)
            goals += [self._placed(scene, g) for g in wanted]
        return goals

    def _marks(self, spot: Spot, scene: Scene) -> list[Detection]:
        """Everything a destination may name: ``all objects`` put in a box are all but the box."""
        if not isinstance(spot.reference, Thing) or spot.reference.pronoun:
            return []
        return scene.find(spot.reference)

    def _already(self, thing: Thing, spots: tuple[Spot, ...], scene: Scene) -> set[str]:
        """Things that are there by now: ``a cube`` to put in the bowl is one that is not in it yet."""
        if thing.quantity not in ("a", "count"):
            return set()
        marks = {d.id for s in spots for d in self._marks(s, scene)}
        return {d.id for d in scene.world.objects.values() if d.support in marks}

    def _placed(self, scene: Scene, goal: Goal) -> Goal:
        scene.moved(
            goal.subject, goal.reference or "table" if goal.relation in ("in", "on") else "table", goal.relation
        )
        return goal

    # ---- stacks
    def _stack(self, act: Stack, scene: Scene) -> list[Goal]:
        """Every thing on the one before it, the largest lowest unless said otherwise."""
        things = act.things or (Thing(text=act.text, quantity="all", shape="block"),)
        if len(things) == 1 and not things[0].many and things[0].quantity == "bare":
            things = (replace(things[0], quantity="all"),)
        found = list({d.id: d for t in things for d in scene.resolve(t)}.values())
        found = [d for d in found if not d.hollow or any(t.shape == d.label for t in things)]
        if len(found) < 2:
            raise clarify("stack_few", part=act.text, found=found)
        unstable = self._roles.get("unstable", [])
        sign = 1 if act.order == "smallest_first" else -1
        as_named = len(things) > 1 and act.order is None and _alike(found)
        found.sort(key=lambda d: (d.label in unstable, 0 if as_named else sign * round(volume(d), 6)))
        if any(d.label in unstable for d in found[:-1]):
            raise refuse("unstable", thing=next(d for d in found if d.label in unstable))
        scene.notes.append(("stack_order", {"found": found}))
        scene.speak_of([d.id for d in found])
        pairs = pairwise(found)
        return [self._placed(scene, Goal(relation="on", subject=top.id, reference=low.id)) for low, top in pairs]

    # ---- other skills
    def _do(self, act: Do, scene: Scene) -> list[Goal]:
        """A skill known by its words: having done it, on each thing that was named, is the goal."""
        card = self._skills[act.skill]
        fields = card.schema_.get("properties", {})
        spots = [*[s for i in act.items for g in i.groups for s in g], *act.spots]
        if not act.items:
            self._needs(card, set(), act.text)
            return [did(card.name, {})]
        if "target" not in fields:
            raise clarify("takes_nothing", part=act.items[0].thing.text, skill=card.name)
        goals = []
        for item in act.items:
            thing, reference = item.thing, None
            if spots and "reference" in fields:
                reference = spots[-1].reference
                thing = thing.with_where(tuple(spots[:-1]))
            else:
                thing = thing.with_where(tuple(spots))
            found = scene.resolve(thing)
            scene.speak_of([d.id for d in found])
            for d in found:
                arguments: dict[str, object] = {"target": d.id}
                if reference is not None:
                    arguments["reference"] = (
                        reference.name if isinstance(reference, Fixture) else mark_for(d, reference, scene).id
                    )
                self._needs(card, set(arguments), act.text)
                goals.append(did(card.name, arguments))
        return goals

    def _needs(self, card: SkillCard, given: set[str], part: str) -> None:
        missing = [f for f in card.schema_.get("required", []) if f not in given]
        if missing:
            raise clarify("skill_needs", part=part, skill=card.name, missing=missing)


def _alike(found: list[Detection]) -> bool:
    sizes = [volume(d) for d in found]
    return max(sizes) - min(sizes) <= 0.25 * max(sizes)
