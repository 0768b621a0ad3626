"""From goals to subgoals over what pick and place need and do: frees the hand, clears what is in the way, keeps order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hiervla.brain.grammar.effects import PLACED, place_arguments
from hiervla.brain.grammar.objection import refuse
from hiervla.brain.grammar.speech import Speech
from hiervla.core.goal import Goal
from hiervla.core.outcome import Outcome
from hiervla.core.plan import Subgoal
from hiervla.core.relations import holds
from hiervla.core.world import World

_STEP = re.compile(r"(\w+)\((.*)\)")


def done_already(goal: Goal, world: World, outcomes: Sequence[Outcome]) -> bool:
    """Does it hold in what is seen, or, for a step that leaves no trace, has it been seen to be done?"""
    if goal.relation == "did":
        return any(
            o.done and str(Subgoal(skill=o.skill, arguments=o.arguments, why="")) == goal.subject for o in outcomes
        )
    return bool(holds(goal, world))


class Steps:
    """Rehearses a plan on what is believed of the world: where everything rests and what the hand holds."""

    def __init__(
        self,
        world: World,
        speech: Speech,
        handling: dict[str, Any] | None = None,
        crowded: Mapping[str, str] | None = None,
    ) -> None:
        """``crowded``: things that cannot be grasped before a neighbour is gone → that neighbour."""
        self._speech, self._handling, self._crowded = speech, handling or {}, dict(crowded or {})
        self._rests = {d.id: (d.support, d.relation) for d in world.objects.values()}
        self._held = world.held.id if world.held else None
        self._open: list[Goal] = []
        self._doing: list[Goal] = []
        self.subgoals: list[Subgoal] = []

    def plan(self, goals: Sequence[Goal], world: World, outcomes: Sequence[Outcome] = ()) -> list[Subgoal]:
        """The steps to every goal that does not hold yet, in an order that works.

        Raises:
            Objection: the goals wait for each other in a circle.
        """
        unmet = {g for g in goals if not done_already(g, world, outcomes)}
        # What was done last is done again when anything before it has to be (go home, after the rest is in place).
        last = max((k for k, g in enumerate(goals) if g in unmet and g.relation != "did"), default=-1)
        first = min((k for k, g in enumerate(goals) if g in unmet), default=len(goals))
        again = {g for k, g in enumerate(goals) if g.relation == "did" and k > last >= 0 and k > first}
        self._open = _grasps_last([g for g in goals if g in unmet or g in again])
        self._start_with_held()
        while self._open:
            self._reach(self._open[0])
        for _ in range(2):  # what had to be moved aside comes back to where it belongs
            undone = [g for g in goals if g not in self._open and g.relation in ("in", "on") and not self._rests_so(g)]
            self._open = undone
            while self._open:
                self._reach(self._open[0])
        return self.subgoals

    def _rests_so(self, goal: Goal) -> bool:
        return (
            self._rests.get(goal.subject) == (goal.reference, goal.relation)
            or self._rests.get(goal.subject, ("", ""))[0] == goal.reference
        )

    def _start_with_held(self) -> None:
        """What is in the hand goes first: to its own goal when it has one, else out of the way."""
        if self._held is None or not self._open:
            return
        own = [g for g in self._open if g.subject == self._held and g.relation in (*PLACED, "holding")]
        if own and own[0].relation in PLACED and not self._waits_for(own[0]):
            self._reach(own[0])

    def _waits_for(self, goal: Goal) -> bool:
        """Its reference is yet to be moved, or is covered."""
        covered = goal.relation == "on" and any(i != goal.subject for i in self._on(goal.reference or ""))
        return covered or any(g.subject == goal.reference for g in self._open if g.relation in PLACED)

    # ---- one goal
    def _reach(self, goal: Goal) -> None:
        if goal in self._doing:
            raise refuse("contradiction", goals=self._doing)
        self._doing.append(goal)
        if goal.relation == "did":
            self._do(goal)
        elif goal.relation == "holding":
            self._take(goal.subject, "why_hold")
        elif goal.relation in PLACED:
            self._put(goal)
        elif self._held is not None:
            self._set_aside(self._held, "why_free_hand", None)
        self._doing.remove(goal)
        self._open = [g for g in self._open if g != goal]

    def _put(self, goal: Goal) -> None:
        for other in list(self._open):  # what it will stand on, in or beside is put in place first
            if other.subject == goal.reference and other.relation in PLACED and other not in self._doing:
                self._reach(other)
        if goal.relation == "on" and goal.reference != "table":
            self._clear(goal.reference or "", "why_clear_place", but=goal.subject)
        self._take(goal.subject, "why_take", goal)
        self._add("place", place_arguments(goal), "why_place", goal=goal)
        on_it = goal.reference if goal.relation in ("in", "on") else "table"
        self._rests[goal.subject] = (on_it or "table", "in" if goal.relation == "in" else "on")
        self._held = None

    def _do(self, goal: Goal) -> None:
        """A step for its own sake. Picks and places keep their preconditions; other skills are called as they are."""
        name, arguments = step_of(goal.subject)
        target = str(arguments.get("target", ""))
        if name == "place" and target in self._rests:
            self._put(Goal(subject=target, **{k: v for k, v in arguments.items() if k != "target"}))
            return
        if name == "pick" and target in self._rests:
            self._take(target, "why_asked")
            return
        self._add(name, arguments, "why_asked")

    def _take(self, object_id: str, why: str, goal: Goal | None = None) -> None:
        if self._held == object_id:
            return
        if self._held is not None:
            self._set_aside(self._held, "why_free_hand", object_id)
        self._clear(object_id, "why_clear_thing")
        if neighbour := self._crowded.pop(object_id, None):
            self._remove(neighbour, "why_neighbour", object_id)
        self._add("pick", {"target": object_id}, why, thing=self._speech.thing(object_id), goal=goal or "")
        self._held = object_id
        self._rests[object_id] = ("hand", "on")

    # ---- what is in the way
    def _on(self, support: str) -> list[str]:
        return [i for i, (s, _) in self._rests.items() if s == support]

    def _clear(self, object_id: str, why: str, but: str | None = None) -> None:
        """Whatever rests on a thing goes where it belongs, or else on the table."""
        for other in self._on(object_id):
            if other == but or other == self._held:
                continue
            own = [g for g in self._open if g.subject == other and g.relation in PLACED and g not in self._doing]
            if own and own[0].reference != object_id and not self._waits_for(own[0]):
                self._reach(own[0])
                continue
            self._remove(other, why, object_id)

    def _remove(self, object_id: str, why: str, on: str) -> None:
        """Take a thing out of another's way and put it on the table."""
        if self._held is not None:
            self._set_aside(self._held, "why_free_hand", object_id)
        self._clear(object_id, why)
        name = self._speech.thing
        self._add("pick", {"target": object_id}, why, thing=name(object_id), on=name(on))
        self._held = object_id
        self._set_aside(object_id, why, on)

    def _set_aside(self, object_id: str, why: str, on: str | None) -> None:
        arguments = {"target": object_id, "relation": "on", "reference": "table"}
        self._add("place", arguments, why, thing=self._speech.thing(object_id), on=self._speech.thing(on) if on else "")
        self._rests[object_id] = ("table", "on")
        self._held = None

    def _add(self, skill: str, arguments: dict[str, Any], why: str, **fields: Any) -> None:
        reason = self._speech.say(why, **fields)
        self.subgoals.append(Subgoal(skill=skill, arguments=arguments, why=reason, handling=dict(self._handling)))
        if len(self.subgoals) > 200:
            raise refuse("contradiction", goals=self._doing)


def _grasps_last(goals: list[Goal]) -> list[Goal]:
    """What should be in the hand at the end is taken after everything else has been put in place."""
    out = list(goals)
    for goal in goals:
        if goal.relation == "holding":
            after = max((k for k, g in enumerate(out) if g.relation in PLACED), default=-1)
            at = out.index(goal)
            if at < after:
                out.insert(after + 1, goal)
                out.pop(at)
    return out


def step_of(text: str) -> tuple[str, dict[str, Any]]:
    """The skill and arguments that a ``did`` goal names: ``push(target=c1)``."""
    match = _STEP.fullmatch(text)
    if match is None:
        return text, {}
    pairs = [p.partition("=") for p in match[2].split(", ") if p]
    return match[1], {k: float(v) if k.endswith("_m") else v for k, _, v in pairs}
