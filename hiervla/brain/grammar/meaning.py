"""From an instruction form and a scene to goals: what should be true in the end, in the order it was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from hiervla.brain.grammar import arranging, sharing
from hiervla.brain.grammar.acts import (
    Act,
    Arrange,
    Bare,
    Do,
    Go,
    Incomplete,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Repeat,
    Sort,
    Spare,
    Stack,
    Swap,
    Tidy,
    Transfer,
    Undo,
    Until,
    When,
)
from hiervla.brain.grammar.aims import aim, that_holds
from hiervla.brain.grammar.antecedents import place_named
from hiervla.brain.grammar.conditions import is_so
from hiervla.brain.grammar.doing import Doing
from hiervla.brain.grammar.effects import FORMED, Effect, across, moves, settle
from hiervla.brain.grammar.form import Spot, Thing
from hiervla.brain.grammar.formed_in import with_zone, within
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection, clarify, refuse
from hiervla.brain.grammar.settling import settled
from hiervla.brain.grammar.shifting import as_it_was
from hiervla.brain.grammar.spreading import spread
from hiervla.brain.grammar.words import Words
from hiervla.core.briefing import SkillCard
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import Detection


class Meaning:
    """Reads acts one after the other; each sees the scene as the acts before will leave it."""

    def __init__(self, words: Words, skills: Sequence[SkillCard]) -> None:
        self._roles = words.roles
        self._doing = Doing({s.name: s for s in skills}, words.roles)

    def goals(self, instruction: Instruction, scene: Scene) -> list[Goal]:
        """Goals of the whole instruction.

        Raises:
            Objection: a part names nothing, several things, or something that cannot be.
        """
        first = scene.world
        instruction = replace(
            instruction, acts=sharing.in_parallel(sharing.bridged(sharing.but_spared(instruction.acts)))
        )
        scene.named_place = place_named(instruction.acts)
        scene.matched_only = any(isinstance(a, Spare) and a.unmatched for a in instruction.acts)
        effects: list[Effect] = []
        tidying: list[int] = []
        k = -1
        while (k := k + 1) < len(instruction.acts):
            act = instruction.acts[k]
            if isinstance(act, When):  # which of its acts are done shows only now
                instruction = settled(instruction, k, act, scene)
                k -= 1
                continue
            link = instruction.links[k - 1] if k else "then"
            if isinstance(act, Tidy) and k + 1 < len(instruction.acts):
                tidying.append(k)  # what later acts move is theirs
                instruction = sharing.headed(instruction, k, scene)
                continue
            if isinstance(act, Sort) and instruction.links[k : k + 1] == (",",) and not all(isinstance(a, Spare) for a in instruction.acts[k + 1 :]):  # fmt: skip
                scene.notes.append(("headline", {"part": act.text}))
                scene.noun = scene.noun or next((t for t in act.things if not t.nounless), None)
                instruction = sharing.headed(instruction, k, scene)
                continue
            off = (
                isinstance(act, Put)
                and act.readings[0][-1].spots[:1] != ()
                and act.readings[0][-1].spots[0].relation == "off"
            )
            off = off or (isinstance(act, Pick) and any(s.relation == "from" for t in act.things for s in t.where))
            wanted = self._act(act, scene)
            scene.handled |= {i for g in wanted for i in moves(g)}
            scene.gone_to |= {g.reference for g in wanted if g.reference in scene.world.objects}
            if link == "," and isinstance(act, Do) and sharing.in_other_words(wanted, act, instruction.acts[k - 1], [e.goal for e in effects if e.act == k - 1]):  # fmt: skip
                continue  # "turn the lamp on, just press the switch"
            effects += [Effect(sharing.numbered(g, effects), k, link, off) for g in wanted]
        scene.spared |= scene.careful - {i for e in effects for i in moves(e.goal)}
        for k in tidying:
            effects = [*self._headline(instruction, k, scene, effects), *effects]
        return settle(effects, first)

    def _until(self, act: Until, scene: Scene) -> list[Goal]:
        """One thing after the other, the nearest first, until it is so."""
        if not isinstance(act.act, Put) or len(act.act.readings[0]) != 1 or len(act.act.readings[0][0].things) != 1:
            raise clarify("repeat_what", part=act.text)
        transfer = act.act.readings[0][0]
        thing = replace(transfer.things[0], quantity="all", count=None)
        goals: list[Goal] = []
        there = {d.id for s in transfer.spots for d in self._marks(s, scene)}
        for d in [d for d in scene.resolve(thing, without=there) if d.support not in there]:
            if is_so(act.condition, scene):
                return goals
            one = replace(transfer, things=(Thing(text=thing.text, ids=(d.id,)),))
            goals += self._put(replace(act.act, readings=((one,),)), scene)
        if not is_so(act.condition, scene):
            raise refuse("never_so", part=act.condition.text)
        return goals

    def _undo(self, scene: Scene) -> list[Goal]:
        """What the last turn that changed anything changed, the other way round and the last first."""
        if not scene.undoable:
            raise refuse("nothing_to_undo")
        return [as_it_was(c.was, scene) for c in reversed(scene.undoable[0])]

    def _spare(self, act: Spare, scene: Scene) -> list[Goal]:
        named = [d.id for t in act.things for d in (scene.find(t) or scene.resolve(t))]
        scene.noun = scene.noun or next((t for t in act.things if not t.nounless), None)  # what “the red one” is one of
        if act.careful:  # "be careful with the egg": not to be touched, unless it is told what to do with it
            scene.careful |= set(named)
            scene.speak_of(named)
        else:
            scene.spared |= set(named)
        return []

    def _headline(self, instruction: Instruction, k: int, scene: Scene, effects: list[Effect]) -> list[Effect]:
        """``tidy the bench: tools in the box, …`` only says what follows; before a ``then`` it is work of its own."""
        act = instruction.acts[k]
        if not isinstance(act, Tidy) or instruction.links[k] != "then":
            scene.notes.append(("headline", {"part": act.text}))
            return []
        taken = set(chain.from_iterable(moves(e.goal) for e in effects))
        branch = scene.branch()
        goals = arranging.tidy(act, branch, taken)
        scene.notes = branch.notes
        return [Effect(g, k, "then") for g in goals]

    def _act(self, act: Act, scene: Scene) -> list[Goal]:
        match act:
            case Pick():
                return self._pick(act, scene)
            case Put():
                return self._put(act, scene)
            case PutDown():
                return self._put_down(act, scene)
            case Stack() | Arrange():
                formed = with_zone(act, scene)
                if isinstance(formed, Stack):
                    goals = arranging.stack(formed, scene, self._roles)
                else:
                    goals = arranging.arrange(formed, scene, self._roles)
                return self._all_placed(scene, within(goals, formed.within, scene))
            case Sort():
                return self._all_placed(scene, arranging.sort(act, scene))
            case Tidy():
                return self._all_placed(scene, arranging.tidy(act, scene, set()))
            case Swap():
                return self._all_placed(scene, arranging.swap(act, scene))
            case Go():
                return []
            case Until():
                return self._until(act, scene)
            case Undo():
                return self._undo(scene)
            case Repeat():
                raise clarify("repeat_nothing", part=act.text)
            case Spare():
                return self._spare(act, scene)
            case Do():
                return self._all_placed(scene, self._doing.goals(act, scene))
            case Incomplete(missing, verb, things):
                if (put := sharing.into_it(act, scene)) is not None:
                    return self._put(put, scene)
                raise clarify(f"{verb}_{missing}", part=things[0].text if things else act.text)
            case Bare() | Question() | When():
                raise clarify("do_what", part=act.text)

    # ---- pick and put down
    def _pick(self, act: Pick, scene: Scene) -> list[Goal]:
        found = [d for thing in act.things for d in scene.resolve(thing)]
        scene.speak_of([d.id for d in found])
        boxed = all(d.relation == "in" for d in found) and all(t.pronoun for t in act.things)
        inside = boxed or all(any(s.relation in ("in", "from") for s in t.where) for t in act.things)
        if len(found) > 1 and inside and any(w in act.text.lower() for w in self._roles.get("out", ())):
            return self._all_placed(scene, [aim(d, Spot("off", superlative="any", text=" out"), scene, self._roles) for d in found])  # fmt: skip
        for d in found:
            scene.moved(d.id, "hand", "on")
        return [Goal(relation="holding", subject=d.id) for d in found]

    def _put_down(self, act: PutDown, scene: Scene) -> list[Goal]:
        held = scene.world.held
        if held is None:
            raise clarify("nothing_held", part=act.text)
        for thing in act.things:
            if held.id in {d.id for d in scene.branch().find(thing)}:
                continue  # "let go of the cube", one of several
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
        poured = [scene.world.objects[i] for g in goals for i in moves(g) if i in scene.world.objects] if re.search(r"倒[进入到在]|pour", act.text) else []  # fmt: skip
        if any("liquid" in d.attributes for d in poured):
            raise refuse("unknown_deed", part=act.text)
        scene.__dict__.update(branch.__dict__)
        return goals

    def _transfer(self, transfer: Transfer, scene: Scene) -> list[Goal]:
        """Goals for moving things to one spot, or to each of several that must all hold."""
        transfer = sharing.beside_it(transfer, scene)
        spots = transfer.spots
        marks = {d.id for s in spots for d in self._marks(s, scene)}
        scene.marks = marks
        goals: list[Goal] = []
        if spots[0].relation == "apart":
            both = sharing.the_two(transfer, scene)
            scene.speak_of([d.id for d in both])
            return [self._placed(scene, g) for g in sharing.apart(both, spots[0], scene)]
        subjects: list[Detection] = []
        for thing in transfer.things:
            without = sharing.not_meant(thing, spots, marks, scene)
            thing = sharing.each_to_its_own(sharing.held_one(thing, scene), spots)
            there = self._already(thing, spots, scene) | (marks if thing.pronoun == "it" else set())
            found = scene.resolve(thing, avoid=there, without=without, told=scene.told_of(as_mark=False))
            known = {d.id for d in subjects}
            subjects += [d for d in found if d.id not in known]
        scene.speak_of([d.id for d in subjects])
        shares = sharing.with_match(sharing.shared_out(transfer, subjects, scene), scene)
        aims = spread([(d, [aim(d, s, scene, self._roles) for s in ss]) for d, ss in shares], scene)
        for _, wanted in aims:
            if len(wanted) > 1 and not (len(wanted) == 2 and across(*wanted)):
                raise refuse("two_places", goals=wanted)
            goals += [self._placed(scene, g) for g in wanted]
        return goals

    def _marks(self, spot: Spot, scene: Scene) -> list[Detection]:
        """Everything a destination may name: ``all objects`` put in a box are all but the box."""
        if spot.relation == "there":
            spot = scene.there(spot)
        if not isinstance(spot.reference, Thing) or spot.reference.pronoun:
            return []
        asked, mark = that_holds(spot.reference, scene) if spot.relation == "in" else (scene, spot.reference)
        return asked.find(mark)

    def _already(self, thing: Thing, spots: tuple[Spot, ...], scene: Scene) -> set[str]:
        """Things that are there by now: ``a cube`` to put in the bowl is one that is not in it yet."""
        if thing.quantity not in ("a", "count"):
            return set()
        marks = {d.id for s in spots for d in self._marks(s, scene)}
        return {d.id for d in scene.world.objects.values() if d.support in marks}

    def _placed(self, scene: Scene, goal: Goal) -> Goal:
        """Later phrases speak of the world as this goal will have made it."""
        for object_id in moves(goal) if goal.relation != "holding" else ():
            into = goal.relation in ("in", "on") and goal.reference in scene.world.objects
            scene.moved(object_id, goal.reference or "table" if into else "table", goal.relation)
        if goal.relation == "at" and goal.position is not None:  # "5 cm right, then 3 cm back": from where it will be
            scene.lies(goal.subject, goal.position)
        return goal

    def _all_placed(self, scene: Scene, goals: list[Goal]) -> list[Goal]:
        for goal in goals:
            if goal.relation not in FORMED or len(goals) == 1:
                self._placed(scene, goal)
        return goals
