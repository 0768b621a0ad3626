"""From goals to subgoals over what skills need and do: frees the hand, opens, clears what is in the way, keeps order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hiervla.brain.grammar.clearing import Clearing
from hiervla.brain.grammar.effects import FORMED, PLACED, across, moves, push_arguments, step_of, turn_arguments
from hiervla.brain.grammar.objection import refuse
from hiervla.brain.grammar.slots import STAYS_M, Slots, circle_slots, row_slots
from hiervla.brain.grammar.speech import Speech
from hiervla.core import spots
from hiervla.core.deeds import was_done
from hiervla.core.errors import ToolError
from hiervla.core.goal import Goal
from hiervla.core.outcome import FailureKind, Outcome
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.task import Limits
from hiervla.core.world import World

SWEEPS = 2
"""After so many sweeps, what is left is carried."""


def done_already(goal: Goal, world: World, outcomes: Sequence[Outcome]) -> bool:
    """Does it hold in what is seen, or, for a step that leaves no trace, has it been seen to be done?"""
    return bool(was_done(goal, outcomes) if goal.relation == "did" else holds(goal, world))


class Steps(Clearing):
    """Rehearses a plan on what is believed of the world: where everything rests, what is open, what the hand holds."""

    def __init__(
        self,
        world: World,
        speech: Speech,
        handling: dict[str, Any] | None = None,
        crowded: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """``crowded``: things that cannot be grasped before a neighbour is gone → that neighbour."""
        super().__init__(world, speech, handling, crowded, limits)
        self._tried: dict[str, int] = {}

    def plan(self, goals: Sequence[Goal], world: World, outcomes: Sequence[Outcome] = ()) -> list[Subgoal]:
        """The steps to every goal that does not hold yet, in an order that works.

        Raises:
            Objection: the goals wait for each other in a circle, or there is no room.
        """
        for o in outcomes:
            self._tried[o.skill] = self._tried.get(o.skill, 0) + 1
        unmet = {g for g in goals if not done_already(g, world, outcomes)}
        astray = {g.subject for g in unmet if g.relation == "in" and g.reference in world.zones}
        unmet |= {g for g in goals if g.relation in FORMED and astray & set(moves(g))}  # a row, but not yet in its zone
        # What was done last is done again when anything before it has to be (go home, after the rest is in place).
        last = max((k for k, g in enumerate(goals) if g in unmet and g.relation != "did"), default=-1)
        first = min((k for k, g in enumerate(goals) if g in unmet), default=len(goals))
        again = {g for k, g in enumerate(goals) if g.relation == "did" and k > last >= 0 and k > first}
        self._all = list(goals)
        self._open = _grasps_last([g for g in goals if g in unmet or g in again])
        self._start_with_held()
        self._work_off()
        for _ in range(2):  # what had to be moved or opened on the way comes back to how it should be
            self._open = [g for g in goals if self._broken(g)]
            self._work_off()
        if (undone := next((g for g in goals if self._broken(g)), None)) is not None:
            raise refuse("no_room", goal=undone)  # each makes room by taking another away
        return self.subgoals

    def _work_off(self) -> None:
        while self._open:
            goal = self._open[0]
            moved = goal.subject in self.now.moved and (
                goal.relation in ("beside", "at_distance", "at") or goal.reference in self.now.world.zones
            )
            if moved and holds(goal, self.now.world):  # another step has brought it about
                self._reached[goal] = self.now.count
                self._open.remove(goal)
                continue
            self._reach(goal)

    def _broken(self, goal: Goal) -> bool:
        """It was so, and a later step made it otherwise."""
        since = self._reached.get(goal, 0)
        if goal.relation in ("in", "on") and goal.reference not in self.now.world.zones:
            support, relation = self.now.rests(goal.subject)
            return (
                support != "" and support != goal.reference and (support, relation) != (goal.reference, goal.relation)
            )
        if goal.relation in ("open", "closed"):
            return self.now.closed(goal.subject) == (goal.relation == "open")
        return any(self.now.moved.get(i, 0) > since for i in moves(goal)) and goal.relation not in ("holding", "did")

    def _start_with_held(self) -> None:
        """What is in the hand goes first: to its own goal when it has one, else out of the way."""
        held = self.now.held
        if held is None or not self._open:
            return
        own = [g for g in self._open if g.subject == held and g.relation in (*PLACED, "holding")]
        if own and own[0].relation in PLACED and not self._waits_for(own[0]):
            self._reach(own[0])

    # ---- one goal
    def _reach(self, goal: Goal) -> None:
        if goal in self._doing:
            raise refuse("contradiction", goals=self._doing)
        self._doing.append(goal)
        match goal.relation:
            case "did":
                self._do(goal)
            case "holding":
                self._take(goal.subject, "why_hold")
            case _ if goal.by == "push" and goal.subject in self.now.world.objects:
                self._push(goal)
            case "in" if goal.by == "sweep" and self._tried.get("sweep", 0) < SWEEPS:
                self._sweep(goal)
            case "row" | "circle":
                self._form(goal)
            case "turned":
                self._turn(goal)
            case "open":
                self._pull_open(goal.subject, "why_asked")
            case "closed":
                self._with_free_hand("close", {"target": goal.subject}, goal)
                self.now.set_opening(goal.subject, 0.0)
            case "slid":
                self._with_free_hand("slide", {"target": goal.subject, "distance_m": goal.distance_m}, goal)
                self.now.set_opening(goal.subject, goal.distance_m or 0.0)
            case relation if relation in PLACED:
                self._put(goal)
            case _ if self.now.held is not None:
                self._set_aside(self.now.held, "why_free_hand", None)
        self._doing.remove(goal)
        self._reached[goal] = self.now.count
        self._open = [g for g in self._open if g != goal]

    def _do(self, goal: Goal) -> None:
        """A step for its own sake. Known skills keep their preconditions; other skills are called as they are."""
        name, arguments = step_of(goal.subject)
        target = str(arguments.get("target", ""))
        known = target in self.now.world.objects
        if name == "place" and known:
            fields = {k: v for k, v in arguments.items() if k not in ("target", "between")}
            others = (arguments["between"],) if "between" in arguments else ()
            self._put(Goal(subject=target, others=others, **fields))
        elif name == "pick" and known:
            self._take(target, "why_asked")
        elif name == "open" and known:
            self._pull_open(target, "why_asked")
        elif name in ("close", "slide", "press", "push", "turn") and known:
            if name in ("push", "turn"):
                self._clear(target, "why_clear_thing")
            self._with_free_hand(name, arguments, None)
            if name == "close":
                self.now.set_opening(target, 0.0)
            if name == "turn" and not (d := self.now.world.objects[target]).round:
                self.now.turn(target, d.yaw + math.radians(float(arguments.get("angle_deg", 0.0))))
        else:
            self._add(name, arguments, "why_asked")

    # ---- over the table
    def _push(self, goal: Goal) -> None:
        self._references_first(goal)
        self._clear(goal.subject, "why_clear_thing")
        if goal.position is not None:
            self._clear_spot(goal.subject, goal.position)
        try:
            arguments = push_arguments(goal, self.now.world, self.now.limits)
        except ToolError as e:
            raise refuse("no_place", goal=goal, why=e) from e
        self._with_free_hand("push", arguments, goal)
        self.now.put(goal)

    def _turn(self, goal: Goal) -> None:
        self._clear(goal.subject, "why_clear_thing")
        others = [g for g in self._all if g != goal and (g.relation == "turned" or g.subject.startswith("turn("))]
        arguments = turn_arguments(goal, self.now.world, self._tried.get("turn", 0) <= len(others))
        self._with_free_hand("turn", arguments, goal)
        self.now.turn(goal.subject, goal.angle_rad or 0.0)

    def _sweep(self, goal: Goal) -> None:
        """All that is to go to the same place goes with one sweep."""
        group = [g for g in self._open if g.by == "sweep" and g.reference == goal.reference]
        self._with_free_hand("sweep", {"targets": [g.subject for g in group], "reference": goal.reference}, goal)
        for g in group:
            self.now.put(g)
        for g in group:
            self._reached[g] = self.now.count
        self._open = [g for g in self._open if g not in group]

    def _form(self, goal: Goal) -> None:
        """Each thing to its slot; things that stand in it by now stay."""
        slots = self._slots(goal)
        objects = self.now.world.objects
        self._kept = [(objects[i], spot) for i, spot in slots.items()]
        left = [i for i in slots if self.now.off(i, slots[i]) > STAYS_M]
        while left:  # slots that are free come first: filling them may free others
            left.sort(key=lambda i: len(self.now.standing_at(self.now.world.objects[i], slots[i])))
            object_id = left.pop(0)
            self._put(Goal(relation="at", subject=object_id, position=slots[object_id]), goal)
        self._kept = []

    def _slots(self, goal: Goal) -> Slots:
        things = [self.now.world.objects[i] for i in moves(goal) if i in self.now.world.objects]
        world, limits = self.now.world, self.now.limits
        zones = {g.reference for g in self._all if g.relation == "in" and g.subject in moves(goal)} & set(world.zones)
        room = world.zones[str(next(iter(zones)))].outline if len(zones) == 1 else None
        ordered = any(g.relation == "beside" and g.direction and g.subject in goal.others for g in self._all)
        try:
            if goal.relation == "row":
                return row_slots(things, world, limits, goal.direction, ordered, room)
            return circle_slots(things, world, limits, world.objects.get(goal.reference or ""), room)
        except ToolError as e:
            raise refuse("no_room", goal=goal, n=len(things), why=e) from e

    # ---- what is asked of one place twice
    def _corner(self, goal: Goal) -> Goal:
        """Distances to two edges that meet are one position."""
        other = next((g for g in self._all if across(g, goal)), None)
        d, table = self.now.world.objects.get(goal.subject), self.now.world.table
        if other is None or d is None or table is None:
            return goal
        near = (d.centre[0], d.centre[1])
        at: list[spots.Spot] = []
        for g in (goal, other):
            empty = self.now.world.model_copy(update={"objects": {d.id: d}, "lost": {}})
            try:
                at.append(
                    spots.from_edge(d, d.yaw, g.reference or "", g.distance_m or 0.0, empty, self.now.limits, near)
                )
            except ToolError as e:
                raise refuse("no_place", goal=g, why=e) from e
        sideways = 0 if (goal.reference or "") in ("left edge", "right edge") else 1
        x, y = at[1 - sideways][0], at[sideways][1]
        if not spots.reachable((x, y), self.now.limits):
            raise refuse("no_place", goal=[goal, other], why=ToolError("out of reach", FailureKind.UNREACHABLE))
        return Goal(relation="at", subject=goal.subject, position=(round(x, 4), round(y, 4)))


def _grasps_last(goals: list[Goal]) -> list[Goal]:
    """What should be in the hand at the end is taken after everything else has been put in place."""
    out = list(goals)
    for goal in goals:
        if goal.relation == "holding":
            after = max((k for k, g in enumerate(out) if g.relation in (*PLACED, *FORMED)), default=-1)
            at = out.index(goal)
            if at < after:
                out.insert(after + 1, goal)
                out.pop(at)
    return out
