"""What has to be out of the way before a thing can be taken or put: the hand's content, what lies on top, closed drawers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from hiervla.brain.grammar.effects import FORMED, PLACED, moves, place_arguments
from hiervla.brain.grammar.objection import refuse
from hiervla.brain.grammar.rehearsal import Rehearsal
from hiervla.brain.grammar.speech import Speech
from hiervla.core import spots
from hiervla.core.goal import Goal
from hiervla.core.plan import Subgoal
from hiervla.core.task import Limits
from hiervla.core.world import Detection, World

MOST_STEPS = 200
STANDS_M = 0.005
"""A thing nearer than this to where it should come to be stands there."""


class Clearing(ABC):
    """Takes and puts single things with all that it needs; which goals there are is the planner's business."""

    def __init__(
        self,
        world: World,
        speech: Speech,
        handling: dict[str, Any] | None,
        crowded: Mapping[str, str] | None,
        limits: Limits | None,
    ) -> None:
        self._speech, self._handling, self._crowded = speech, handling or {}, dict(crowded or {})
        self.now = Rehearsal(world, limits)
        self._open: list[Goal] = []
        self._doing: list[Goal] = []
        self._all: list[Goal] = []
        self._reached: dict[Goal, int] = {}
        self._kept: list[tuple[Detection, spots.Spot]] = []  # slots that must stay free
        self.subgoals: list[Subgoal] = []

    @abstractmethod
    def _reach(self, goal: Goal) -> None:
        """Add the steps that make a goal hold: taking and putting may first have to reach others."""

    def _corner(self, goal: Goal) -> Goal:
        return goal

    # ---- put and take
    def _put(self, goal: Goal, for_goal: Goal | None = None) -> None:
        self._references_first(goal)
        step = self._corner(goal)
        for base in (goal.reference, *goal.others):
            if goal.relation == "on" and base in self.now.world.objects and not self.now.has_room(base, goal.subject):
                self._clear(base or "", "why_clear_place", but=goal.subject, bridged=goal.others)
        if goal.relation == "in" and self.now.closed(goal.reference or ""):
            self._pull_open(goal.reference or "", "why_open_into", goal.subject)
        if step.position is not None:
            self._clear_spot(goal.subject, step.position)
        self._take(goal.subject, "why_take", for_goal or goal)
        self._add("place", place_arguments(step), "why_place", goal=for_goal or goal)
        self.now.put(step)

    def _references_first(self, goal: Goal) -> None:
        """What it will stand on, in or beside is put in place first; not so for a step on the way, done as things stand."""
        if any(g.relation == "did" for g in self._doing):
            return
        for other in list(self._open):
            if (
                other.subject in (goal.reference, *goal.others)
                and other.relation in PLACED
                and other not in self._doing
            ):
                self._reach(other)

    def _waits_for(self, goal: Goal) -> bool:
        """Its reference is yet to be moved, or is covered or closed."""
        roomy = self.now.has_room(goal.reference or "", goal.subject)
        covered = (
            goal.relation == "on" and not roomy and any(i != goal.subject for i in self.now.on(goal.reference or ""))
        )
        shut = goal.relation == "in" and self.now.closed(goal.reference or "")
        return covered or shut or any(g.subject == goal.reference for g in self._open if g.relation in PLACED)

    def _take(self, object_id: str, why: str, goal: Goal | None = None) -> None:
        if self.now.held == object_id:
            return
        self._free_hand(object_id)
        support, relation = self.now.rests(object_id)
        if relation == "in" and self.now.closed(support):
            self._pull_open(support, "why_open_from", object_id)
        self._clear(object_id, "why_clear_thing")
        if neighbour := self._crowded.pop(object_id, None):
            self._remove(neighbour, "why_neighbour", object_id)
        self._add("pick", {"target": object_id}, why, thing=self._speech.thing(object_id), goal=goal or "")
        self.now.take(object_id)

    def _pull_open(self, object_id: str, why: str, thing: str = "") -> None:
        name = self._speech.thing
        self._free_hand(object_id)
        ways = [(way, (way.centre[0], way.centre[1])) for way in self.now.ways_of(object_id)]
        for other in self.now.in_the_way_of(object_id):
            own = [g for g in self._open if g.subject == other and g.reference != object_id and g not in self._doing]
            if own and own[0].relation in PLACED and not self._waits_for(own[0]):
                self._reach(own[0])
            elif ways:
                kept = [*self._kept, *ways, *self._wanted()]
                self._remove(other, "why_before_drawer", object_id, self.now.spare_spot(other, kept))
        self._free_hand(object_id)
        self._add("open", {"target": object_id}, why, thing=name(thing) if thing else "", on=name(object_id))
        self.now.set_opening(object_id, self.now.travel(object_id))

    def _with_free_hand(self, skill: str, arguments: dict[str, Any], goal: Goal | None) -> None:
        self._free_hand(str(arguments.get("target", "")))
        self._add(skill, arguments, "why_place" if goal else "why_asked", goal=goal or "")

    def _free_hand(self, object_id: str) -> None:
        """What is held goes where it belongs if that can be done at once, else on the table."""
        held = self.now.held
        if held is None:
            return
        own = [g for g in self._open if g.subject == held and g.relation in PLACED and g not in self._doing]
        if own and held != object_id and not self._waits_for(own[0]):
            self._reach(own[0])
        if self.now.held is not None:
            self._set_aside(held, "why_free_hand", object_id)

    # ---- what is in the way
    def _clear(self, object_id: str, why: str, but: str | None = None, bridged: tuple[str, ...] = ()) -> None:
        """Whatever rests on a thing goes where it belongs, or else on the table. What lies in a container stays."""
        d = self.now.world.objects.get(object_id)
        if why == "why_clear_thing" and d is not None and d.hollow and d.fixed:
            return
        for other in self.now.on(object_id):
            if other in (but, self.now.held):
                continue
            if bridged and self._bridges(other):
                continue
            own = [g for g in self._open if g.subject == other and g.relation in PLACED and g not in self._doing]
            if own and own[0].reference != object_id and not self._waits_for(own[0]):
                self._reach(own[0])
                continue
            wanted = [(d, at) for d, at in self._wanted() if d.id != other]
            kept = [*self._kept, *wanted]
            spot = self.now.spare_spot(other, kept) if kept else None
            self._remove(other, why, object_id, spot)  # not to where something has to come

    def _bridges(self, object_id: str) -> bool:
        """It stands on two at once, and should: another may stand on the second of them."""
        return any(g.subject == object_id and g.relation == "on" and g.others for g in self._all)

    def _clear_spot(self, object_id: str, spot: spots.Spot) -> None:
        """What stands where something has to come is moved: to its own place when that is free, else aside."""
        d = self.now.world.objects.get(object_id)
        if d is None:
            return
        for other in self.now.standing_at(d, spot):
            if self._in_place(other) and not self.now.overlaps(d, spot, other):
                continue  # two that change places stand as near to each other as they did before
            own = [g for g in self._open if other in moves(g) and g not in self._doing and g.relation not in FORMED]
            if own and own[0].position is not None:
                o = self.now.world.objects[other]
                if not self.now.standing_at(o, own[0].position):
                    self._reach(own[0])
                    continue
            kept = [*self._kept, (d, spot), *self._wanted()]
            self._remove(other, "why_in_the_way", object_id, self.now.spare_spot(other, kept))

    def _in_place(self, object_id: str) -> bool:
        """It stands where it should come to be."""
        at = [g.position for g in self._all if g.subject == object_id and g.position is not None]
        return bool(at) and all(self.now.off(object_id, p) < STANDS_M for p in at)

    def _wanted(self) -> list[tuple[Detection, spots.Spot]]:
        """Positions that other goals still want free."""
        objects = self.now.world.objects
        return [(objects[g.subject], g.position) for g in self._all if g.position is not None and g.subject in objects]

    def _remove(self, object_id: str, why: str, on: str, spot: spots.Spot | None = None) -> None:
        """Take a thing out of another's way and put it on the table."""
        self._free_hand(object_id)
        self._clear(object_id, why)
        name = self._speech.thing
        self._add("pick", {"target": object_id}, why, thing=name(object_id), on=name(on))
        self.now.take(object_id)
        self._set_aside(object_id, why, on, spot)

    def _set_aside(self, object_id: str, why: str, on: str | None, spot: spots.Spot | None = None) -> None:
        goal = Goal(
            relation="at" if spot else "on", subject=object_id, reference=None if spot else "table", position=spot
        )
        named = {"thing": self._speech.thing(object_id), "on": self._speech.thing(on) if on else ""}
        self._add("place", place_arguments(goal), why, **named)
        self.now.put(goal)

    def _add(self, skill: str, arguments: dict[str, Any], why: str, **fields: Any) -> None:
        reason = self._speech.say(why, **fields)
        self.subgoals.append(Subgoal(skill=skill, arguments=arguments, why=reason, handling=dict(self._handling)))
        if len(self.subgoals) > MOST_STEPS:
            raise refuse("contradiction", goals=self._doing)
