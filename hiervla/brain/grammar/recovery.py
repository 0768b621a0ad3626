"""After a plan was made: what a failure or a confirmation calls for.

The goals of the first plan are kept, as they hold what the words meant when they were said: "the nearest cube" stays
that cube even when another is nearer by now. Only the steps are made anew, from the world as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hiervla.brain.grammar.feasibility import check_goals, crowding
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.questions import Answers
from hiervla.brain.grammar.speech import Speech
from hiervla.brain.grammar.steps import Steps
from hiervla.brain.grammar.telling import Telling
from hiervla.core.briefing import Briefing
from hiervla.core.goal import EDGES, Goal
from hiervla.core.outcome import Failure, FailureKind, Outcome
from hiervla.core.plan import Ask, Finish, Plan, Subgoal, Thought, ToolCall
from hiervla.core.relations import holds

FINAL = {FailureKind.UNREACHABLE, FailureKind.UNSAFE, FailureKind.ROBOT_FAULT}
"""No other steps help against these."""
LOST_TRACK = {
    FailureKind.TARGET_MOVED,
    FailureKind.GRASP_MISSED,
    FailureKind.SLIPPED,
    FailureKind.MISPLACED,
    FailureKind.TOPPLED,
    FailureKind.NOT_FOUND,
    FailureKind.WRONG_OBJECT,
    FailureKind.COLLISION,
}
"""After these, where things are has to be looked up again."""
REPEATS: Mapping[FailureKind, int] = {
    FailureKind.BLOCKED: 1,
    FailureKind.AMBIGUOUS: 1,
    FailureKind.PRECONDITION: 2,  # once may have been a crash that took what was sensed
    FailureKind.NOT_FOUND: 2,
}
"""How often a step may be refused before it moved anything: more would end the same way."""
FIRMLY = {"speed": 0.7, "grip_force_n": 55.0}
GENTLY = {"speed": 0.5}
CHANGES: Mapping[FailureKind, tuple[str, dict[str, Any]]] = {
    FailureKind.SLIPPED: ("change_firmly", FIRMLY),
    FailureKind.GRASP_MISSED: ("change_gently", GENTLY),
    FailureKind.COLLISION: ("change_gently", GENTLY),
    FailureKind.OVER_FORCE: ("change_gently", GENTLY),
    FailureKind.TOPPLED: ("change_gently", GENTLY),
}
SLOWER, SLOWEST = 0.8, 0.3
"""By how much slower a step is done with every time that it has failed before, and the least fraction of full speed."""
MOST_SAME = 5
"""Failures of one step before it is given up, retries counted."""


class Recovery:
    """One thought in the middle of a mission."""

    def __init__(
        self,
        briefing: Briefing,
        speech: Speech,
        telling: Telling,
        handling: dict[str, Any],
        roles: Mapping[str, list[str]],
        may_ask: bool,
    ) -> None:
        self._briefing, self._speech, self._telling = briefing, speech, telling
        self._handling, self._roles, self._may_ask = handling, roles, may_ask
        self._goals = list(dict.fromkeys(briefing.goals))

    def think(self) -> Thought:
        confirmed = self._briefing.confirmed
        if confirmed is not None and all(check.answer == "yes" for _, check in confirmed):
            return self._finish()
        try:
            return self._replan()
        except Objection as e:
            return self._telling.objection(e)

    def _finish(self) -> Thought:
        confirmed = self._briefing.confirmed or ()
        self._telling.add("r_confirmed")
        evidence = [self._speech.evidence(g, c) for g, c in confirmed]
        for said in evidence:
            self._telling.add("r_evidence", evidence=said)
        goals = [g for g, _ in confirmed]
        return self._telling.thought(Finish(answer=self._speech.say("done", goals=goals, evidence="; ".join(evidence))))

    # ---- again
    def _replan(self) -> Thought:
        b = self._briefing
        failed = self._tell_what_happened()
        self._telling.seen(b.world)
        failure = b.failure
        if failure is not None:
            self._give_up_if_final(failure, failed)
            calls = self._lookups(failure)
            if calls:
                self._telling.add("r_relook", queries=[f"“{c.arguments['query']}”" for c in calls])
                return self._telling.thought(Ask(calls=tuple(calls)))
            self._tell_where()
        if step := self._clears_view():
            self._telling.add("r_clear_view")
            return self._telling.thought(Plan(goals=tuple(self._goals), subgoals=(step,)))
        self._telling.add("r_goal", goals=self._goals)
        check_goals(self._goals, b.world, b.limits, b.gripper, self._roles.get("unstable", ()))
        key, change = self._change(failure, failed)
        crowded = self._crowded(failure)
        steps = Steps(b.world, self._speech, {**change, **self._handling}, crowded, b.limits)
        subgoals = steps.plan(self._goals, b.world, b.outcomes)
        if not subgoals:
            return self._all_hold()
        if failure is not None and failed == str(subgoals[0]) and self._useless(failure, failed):
            raise self._stop(failure, failed)
        self._telling.add("r_change", change=self._speech.say(key))
        self._telling.add("r_plan", n=len(subgoals), steps=subgoals)
        return self._telling.thought(Plan(goals=tuple(self._goals), subgoals=tuple(subgoals)))

    def _change(self, failure: Failure | None, step: str) -> tuple[str, dict[str, Any]]:
        """How the next attempt is handled otherwise, and how that is said: each time more slowly than before.

        The same call in the same world is refused, and what slipped once may slip again where nothing has changed.
        """
        key, change = CHANGES.get(failure.kind, ("change_same", {})) if failure else ("change_same", {})
        moved = [o for o in self._briefing.outcomes if o.failure and o.steps and step and str(_step(o)) == step]
        if len(moved) < 2:
            return key, change
        speed = float(change.get("speed", 1.0)) * SLOWER ** (len(moved) - 1)
        return "change_gently" if key == "change_same" else key, {**change, "speed": round(max(speed, SLOWEST), 2)}

    def _tell_what_happened(self) -> str:
        """Say what failed and on what evidence; returns the failed step as text, empty when none is known."""
        b = self._briefing
        last = b.outcomes[-1] if b.outcomes and not b.outcomes[-1].done else None
        step = str(_step(last)) if last else ""
        if b.failure is not None:
            key = "r_failure" if step else "r_failure_plain"
            self._telling.add(key, step=step, kind=b.failure.kind.value, why=b.failure.why.rstrip("."))
            for cited in b.failure.evidence[:2]:
                self._telling.add("r_evidence", evidence=f"{cited.says} ({cited.source})")
            for case in b.cases[:2]:
                self._telling.add("r_case", case=case)
        for goal, check in b.confirmed or ():
            if check.answer != "yes":
                self._telling.add("r_unconfirmed", why=f"{self._speech.goal(goal)}: {check.why}")
        return step

    def _give_up_if_final(self, failure: Failure, step: str) -> None:
        same = [
            o for o in self._briefing.outcomes if o.failure and o.failure.kind == failure.kind and str(_step(o)) == step
        ]
        if failure.kind in FINAL or (step and len(same) >= MOST_SAME):
            raise self._stop(failure, step)

    def _useless(self, failure: Failure, step: str) -> bool:
        """The step was refused before anything moved, as often as makes sense: nothing has changed for it since."""
        refused = [
            o
            for o in self._briefing.outcomes
            if o.failure and o.failure.kind == failure.kind and not o.steps and step == str(_step(o))
        ]
        return len(refused) >= REPEATS.get(failure.kind, MOST_SAME)

    def _crowded(self, failure: Failure | None) -> dict[str, str]:
        """The thing that could not be grasped, and the neighbour without which it can."""
        b = self._briefing
        last = b.outcomes[-1] if b.outcomes else None
        if failure is None or failure.kind != FailureKind.BLOCKED or last is None or last.skill != "pick":
            return {}
        d = b.world.objects.get(str(last.arguments.get("target")))
        neighbour = crowding(d, b.world, b.gripper) if d is not None else None
        return {d.id: neighbour.id} if d is not None and neighbour is not None else {}

    def _stop(self, failure: Failure, step: str) -> Objection:
        key = "gave_up" if step else "gave_up_plain"
        return Objection("refuse", key, step=self._speech.step(step), why=failure)

    def _lookups(self, failure: Failure) -> list[ToolCall]:
        """Look for what the failed step was about, once for every failure."""
        b = self._briefing
        if not self._may_ask or failure.kind not in LOST_TRACK or b.left.tool_calls < 1:
            return []
        if "detect_objects" not in {t.name for t in b.tools}:
            return []
        target = str(b.outcomes[-1].arguments.get("target", "")) if b.outcomes else ""
        d = b.world.objects.get(target) or b.world.lost.get(target)
        if d is None:
            return []
        call = ToolCall(tool="detect_objects", arguments={"query": self._speech.looks(d)})
        answers = [r for r in b.asked if r.call == call]
        failures = sum(o.failure is not None for o in b.outcomes)
        if any(r.look_id == b.world.look_id for r in answers) or len(answers) >= max(failures, 1):
            return []
        return [call]

    def _tell_where(self) -> None:
        """Where the thing is now that the failed step was about."""
        b = self._briefing
        target = str(b.outcomes[-1].arguments.get("target", "")) if b.outcomes else ""
        if d := b.world.objects.get(target):
            scene = Scene(b.world, b.vocabulary, b.limits)
            self._telling.add("r_now", thing=d, where=Answers(b, scene, self._speech).place_of(d))
        elif d := b.world.lost.get(target):
            self._telling.add("r_missing", thing=d)

    # ---- when nothing is left to do, or to be seen
    def _unseen(self) -> list[Goal]:
        world = self._briefing.world
        held = world.held.id if world.held else None
        names = [(g, n) for g in self._goals if g.relation != "did" for n in (g.subject, g.reference, *g.others) if n]
        places = {*world.surfaces, *world.zones, "table", "edge", *EDGES}
        lost = [g for g, n in names if n not in world.objects and n not in places and n != held]
        return [g for g in lost if not holds(g, world)]  # what is known to lie in a closed drawer is not lost

    def _clears_view(self) -> Subgoal | None:
        """The arm itself may hide things: step out of the view once before giving anything up for lost."""
        last = self._briefing.outcomes[-1] if self._briefing.outcomes else None
        if not self._unseen() or (last is not None and last.skill == "home"):
            return None
        return self._home()

    def _home(self) -> Subgoal | None:
        if not any(s.name == "home" for s in self._briefing.skills):
            return None
        return Subgoal(skill="home", arguments={}, why=self._speech.say("why_view"))

    def _all_hold(self) -> Thought:
        """Every goal holds in this look, yet none was confirmed so far: step back, so that confirm can judge it."""
        last = self._briefing.outcomes[-1] if self._briefing.outcomes else None
        confirmed = self._briefing.confirmed or ()
        unclear = [self._speech.reason(FailureKind.NOT_FOUND, c.why) for _, c in confirmed if c.answer == "cannot_see"]
        step = self._home()
        if step is None or (unclear and last is not None and last.skill == "home"):
            raise Objection("refuse", "cannot_confirm", why="; ".join(unclear) or "-")
        self._telling.add("r_all_hold")
        return self._telling.thought(Plan(goals=tuple(self._goals), subgoals=(step,)))


def _step(outcome: Outcome) -> Subgoal:
    return Subgoal(skill=outcome.skill, arguments=outcome.arguments, why="")
