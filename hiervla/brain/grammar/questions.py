"""Questions about what is seen: which look-ups they need, and how they are answered from what was looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hiervla.brain.grammar.acts import Question
from hiervla.brain.grammar.conditions import REACH, described, reached
from hiervla.brain.grammar.form import Fixture, Spot, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.likenesses import BESIDE_EACH_OTHER, same
from hiervla.brain.grammar.lookups import ends_of
from hiervla.brain.grammar.objection import refuse
from hiervla.brain.grammar.recalled import Recalled
from hiervla.brain.grammar.speech import Speech
from hiervla.brain.grammar.standing import compared, order
from hiervla.core.briefing import Briefing
from hiervla.core.goal import Goal, distance_between
from hiervla.core.plan import ToolCall
from hiervla.core.relations import holds
from hiervla.core.world import Detection


def calls_for(question: Question, scene: Scene) -> list[ToolCall]:
    """The look-ups that ground the answer.

    Raises:
        Objection: the question is about something that is not there, or that several things are.
    """
    match question.kind:
        case "far":
            a, b = ends_of(question, scene)
            return [ToolCall(tool="measure_distance", arguments={"a": a, "b": b})]
        case "many" | "where" | "exists" | "vacant" | "colour" | "size" | "is" | "state" | "which" | "choose" | "than" | "parity" | "like" | "more":  # fmt: skip
            return [ToolCall(tool="detect_objects", arguments={"query": question.things[0].text})]
        case _:
            return [ToolCall(tool="describe_scene")]


class Answers(Recalled):
    """Answers questions from one briefing. Every answer is read off this look or a tool's result, never guessed."""

    def __init__(self, briefing: Briefing, scene: Scene, speech: Speech) -> None:
        self._briefing, self._scene, self._speech = briefing, scene, speech

    def answer(self, question: Question) -> str:
        kinds: dict[str, Callable[[Question], str]] = {
            "see": self._see,
            "many": self._many,
            "where": self._where,
            "exists": self._exists,
            "vacant": self._vacant,
            "is": self._is,
            "far": self._far,
            "can": self._can,
            "held": self._held,
            "colour": self._colour,
            "state": self._state,
            "did": self._did,
            "which": self._which,
            "than": self._than,
            "choose": self._choose,
            "parity": self._parity,
            "like": self._like,
            "more": self._more,
            "why": self._why,
            "asked": self._asked,
            "under": self._under,
            **{k: partial(a, scene=self._scene, speech=self._speech) for k, a in BESIDE_EACH_OTHER.items()},
        }
        return kinds[question.kind](question)

    def _see(self, question: Question) -> str:
        if question.spot is None:
            return self._speech.say("see", scene=self._speech.scene())
        if question.spot.relation == "under" and isinstance(question.spot.reference, Thing):
            return self._under(replace(question, things=(question.spot.reference,)))
        place = self._place_meant(question.spot)
        found = self._scene.find(Thing("", quantity="all", shape="object", where=(place,)))
        if not found:
            return self._speech.say("see_none_there", where=self._there(place))
        return self._speech.say("see_there", where=self._there(place), scene=self._speech.scene(found))

    def _place_meant(self, spot: Spot) -> Spot:
        """``what is in there?``, ``what is in it?``: where something was said to go, not what went there."""
        mark = spot.reference
        if spot.relation == "there":
            place = self._scene.there(spot)
            return replace(place, relation="in" if place.relation == "to" else place.relation)
        if spot.relation not in ("in", "on") or not isinstance(mark, Thing) or mark.pronoun != "it":
            return spot
        held = self._scene.branch().find(mark)
        before = self._scene.earlier_place()
        if len(held) == 1 and (held[0].hollow or held[0].label == "plate"):
            return spot
        return replace(spot, reference=before.reference) if before is not None and before.reference is not None else spot  # fmt: skip

    def _there(self, spot: Spot) -> str:
        if spot.relation == "between":
            return _capital(spot.text)
        b = spot.reference
        name = self._speech.thing(b.name) if isinstance(b, Fixture) else (b.text if b else "")
        key = (
            "there_side"
            if spot.direction
            else f"there_{spot.relation if spot.relation in ('in', 'on', 'beside') else 'on'}"
        )
        said = self._speech.say(key, b=name, side=self._speech.say(f"side_{spot.direction}") if spot.direction else "")
        return said[0].upper() + said[1:]

    def _many(self, question: Question) -> str:
        thing, say = question.things[0], self._speech.say
        found = self._scene.seen_on(replace(thing, where=tuple(map(self._place_meant, thing.where))))
        scene = self._speech.scene(found or None)
        return say("many", n=len(found), scene=scene) if found else say("many_none", scene=scene)

    def _where(self, question: Question) -> str:
        found = self._scene.find(question.things[0])
        if not found:
            self._scene.resolve(question.things[0])  # says why: never seen, or out of sight
        separator = " " if self._speech.language == "en" else ""
        return separator.join(_capital(self._speech.say("where", thing=d, where=self.place_of(d))) for d in found)

    def place_of(self, d: Detection) -> str:
        """Where a thing is, in words and in centimetres from the arm's base."""
        if d.support == "hand":
            return self._speech.say("place_hand")
        if d.support == "unknown":
            place = self._speech.say("place_unknown")
        else:
            zones = [z for z in self._briefing.world.zones if d.support == "table" and self._lies_in(d, z)]
            there = self._speech.thing(d.support)
            place = (
                self._speech.say("place_in", b=zones[0]) if zones else self._speech.say(f"place_{d.relation}", b=there)
            )
        base = self._briefing.limits.base
        x, y = (d.centre[0] - base[0]) * 100, (d.centre[1] - base[1]) * 100
        side = self._speech.say("left" if y >= 0 else "right")
        return self._speech.say("at", place=place, x=f"{x:.0f}", y=f"{abs(y):.0f}", side=side)

    def _lies_in(self, d: Detection, zone: str) -> bool:
        return bool(holds(Goal(relation="in", subject=d.id, reference=zone), self._briefing.world))

    def _exists(self, question: Question) -> str:
        found = self._scene.find(question.things[0])
        if not found:
            return self._speech.say("exists_not", part=question.things[0].text, scene=self._speech.scene())
        return self._speech.say("exists", scene=self._speech.scene(found))

    def _vacant(self, question: Question) -> str:
        found = self._scene.find(question.things[0])
        return self._speech.say("vacant_no" if found else "vacant_yes", scene=self._speech.scene(found))

    def _is(self, question: Question) -> str:
        if question.things[0].many and question.spot is not None:  # "are all the vials in the rack?"
            found = self._scene.resolve(question.things[0])
            there = {d.id for d in self._scene.find(described(question.things[0], question.spot, self._scene))}
            left = [d for d in found if d.id not in there]
            return self._speech.say("all_no" if left else "all_yes", scene=self._speech.scene(left or found))
        d, spot = self._scene.one(question.things[0]), question.spot
        if spot is None or spot.reference is None:
            raise refuse("where_unclear", part=question.text)
        name = spot.reference.name if isinstance(spot.reference, Fixture) else self._scene.one(spot.reference).id
        relation = "on" if spot.relation == "to" else spot.relation
        goal = Goal(
            relation=relation, subject=d.id, reference=name, distance_m=spot.distance_m, direction=spot.direction
        )
        check = holds(goal, self._briefing.world)
        if check:
            return self._speech.say("is_yes", goal=goal, evidence=self._speech.evidence(goal, check))
        where = self._speech.say("where", thing=d, where=self.place_of(d)).rstrip(".。")
        return self._speech.say("is_no", why=where)

    def _state(self, question: Question) -> str:
        """Is a drawer open, or closed? Told from how far it is out, in this look."""
        if question.spot is not None and question.spot.relation in REACH:
            return self._in_reach(question, question.spot.relation == "reachable")
        d, asked = self._scene.one(question.things[0]), question.spot
        parts = [p for p in self._scene.parts(d) if p.opening_m is not None]
        d = parts[0] if d.opening_m is None and len(parts) == 1 else d
        if asked is None or d.opening_m is None:
            raise refuse("not_openable", thing=d)
        goal = Goal(relation=asked.relation, subject=d.id)
        check = holds(goal, self._briefing.world)
        if check:
            return self._speech.say("is_yes", goal=goal, evidence=self._speech.evidence(goal, check))
        other = Goal(relation="closed" if asked.relation == "open" else "open", subject=d.id)
        slid = Goal(relation="slid", subject=d.id, distance_m=round(d.opening_m, 3))
        is_so = other if holds(other, self._briefing.world) else slid
        return self._speech.say("is_no", why=self._speech.goal(is_so))

    def _in_reach(self, question: Question, asked: bool) -> str:
        """Which of the things the hand gets to."""
        found = self._scene.resolve(question.things[0])
        far = [d for d in found if not reached(d, self._scene)]
        key = ("reach_none" if far else "reach_all") if asked else ("far_yes" if far else "far_no")
        limit = round(self._briefing.limits.reach_m * 100)
        return _capital(self._speech.say(key, found=far or found, reach=limit))

    def _under(self, question: Question) -> str:
        """What a thing stands on."""
        d = self._scene.one(question.things[0])
        on = self._briefing.world.objects.get(d.support)
        return _capital(self._speech.say("which_is", found=[on] if on is not None else [self._speech.thing("table")]))

    def _which(self, question: Question) -> str:
        found = self._scene.find(question.things[0])
        if not found and any(s.relation == "vacant" for s in question.things[0].where):
            return self._speech.say("many_none", scene=self._speech.scene())
        if not found:
            self._scene.resolve(question.things[0])
        return _capital(self._speech.say("which_is", found=found))

    def _choose(self, question: Question) -> str:
        """Which of two is nearer, bigger, taller."""
        key = order(question.spot.relation if question.spot else "", self._scene.reach)
        groups = [self._scene.branch().find(t) for t in question.things]
        for won, other in (groups, groups[::-1]):  # "苹果和鸡蛋，哪个大": each egg is smaller
            if len(won) == 1 and len(other) > 1 and key(won[0]) < min(key(d) for d in other):
                return _capital(self._speech.say("which_is", found=won))
        two = [self._scene.one(t) for t in question.things]
        best = sorted(two, key=key)
        if same(*(float(key(d)) for d in best)):
            return _capital(self._speech.say("as_much", found=best))
        return _capital(self._speech.say("which_is", found=best[:1]))

    def _than(self, question: Question) -> str:
        a, spot = self._scene.one(question.things[0]), question.spot
        if spot is None or not isinstance(spot.reference, Thing):
            raise refuse("where_unclear", part=question.text)
        b = self._scene.one(spot.reference)
        so = bool(compared(spot.superlative or "", b, [a]))
        cm = {f"{n}_cm": f"{d.size[0] * 100:.1f}" for n, d in (("a", a), ("b", b))}
        high = {f"{n}_high": f"{d.size[2] * 100:.1f}" for n, d in (("a", a), ("b", b))}
        return _capital(self._speech.say("compare_yes" if so else "compare_no", a=a, b=b, **cm, **high))

    def _more(self, question: Question) -> str:
        a, b = (self._scene.find(t) for t in question.things)
        so = len(a) > len(b) if question.spot and question.spot.relation == "more" else len(a) < len(b)
        return self._speech.say("more_yes" if so else "more_no", a=len(a), b=len(b))

    def _parity(self, question: Question) -> str:
        n = len({d.id for t in question.things for d in self._scene.find(t)})
        parity = "odd" if n % 2 else "even"
        so = question.spot is not None and question.spot.relation == parity
        return self._speech.say("yes_counted" if so else "no_counted", n=n, parity=self._speech.say(parity))

    def _like(self, question: Question) -> str:
        d, said = self._scene.one(question.things[0]), question.spot
        if said is None or not isinstance(said.reference, Thing):
            raise refuse("where_unclear", part=question.text)
        so = (
            d.id in {o.id for o in self._scene.find(replace(said.reference, shape="object"))}
            or d.colour in said.reference.colours
        )
        return _capital(self._speech.say("like_yes" if so else "like_no", thing=d, colour=self._speech.looks(d)))

    def _far(self, question: Question) -> str:
        a, b = ends_of(question, self._scene)
        call = ToolCall(tool="measure_distance", arguments={"a": a, "b": b})
        result = next((r for r in reversed(self._briefing.asked) if r.call == call), None)
        if result is not None and not result.ok:
            raise refuse("tool_said", says=result.says)
        if result is not None:
            measured = float(result.data["distance_m"])
        else:
            d = self._briefing.world.objects.get(a) or self._briefing.world.objects[b]
            measured = distance_between(d, b if d.id == a else a, self._briefing.world)[0]
        name = self._speech.thing
        return _capital(self._speech.say("far", a=name(a), b=name(b), cm=f"{measured * 100:.1f}"))

    def _can(self, question: Question) -> str:
        own = [next(iter(s.says.get(self._speech.language, ())), s.name) for s in self._briefing.skills]
        skills = own if self._speech.language != "en" else [s.name for s in self._briefing.skills]
        tools = [t.name for t in self._briefing.tools]
        return self._speech.say("can", skills=skills, tools=tools, scene=self._speech.scene())

    def _held(self, question: Question) -> str:
        held = self._briefing.world.held
        if held is None:
            return self._speech.say("held_nothing")
        return self._speech.say("held", thing=self._speech.thing(held.id))

    def _colour(self, question: Question) -> str:
        found = self._scene.find(question.things[0]) or self._scene.resolve(question.things[0])
        separator = " " if self._speech.language == "en" else ""
        return separator.join(
            _capital(self._speech.say("colour", thing=d, colour=self._speech.colour(d))) for d in found
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
