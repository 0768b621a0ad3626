"""Thinking while the arm moves: what comes after a plan's last step is thought of from the world as it will be if that step succeeds.

Between the steps of a plan no brain is asked, so the last step is where there is something to gain: after it comes a thought
on every good way (the last word, or the next part of a longer plan). It is used only if the step was done at once, a look confirmed every goal
and the world came to be as foreseen; nothing follows from any other.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.deeds import was_done
from hiervla.core.errors import HierVLAError, SafetyStop, broke
from hiervla.core.outcome import Evidence, Outcome
from hiervla.core.plan import Finish, Plan, Thought
from hiervla.core.ports import ThinksAloud
from hiervla.core.relations import holds
from hiervla.core.usage import ThoughtAhead, Usage
from hiervla.core.world import World
from hiervla.graph.briefing import brief
from hiervla.graph.consulting import BUDGETS, taken
from hiervla.graph.mission import Mission
from hiervla.graph.state import MissionState, left

NEAR_M = 0.02
"""How far from where it was foreseen a thing may be that the step was not to move."""
CHECK_S = 0.05
LEAVES_S = 2.0
"""Longest wait for a thought that nobody wants any more to leave its thread."""


class Ahead:
    """One thought on a thread of its own."""

    def __init__(
        self, brain: ThinksAloud, briefing: Briefing, moved_from: World, failures: int, stop: threading.Event
    ) -> None:
        self.foreseen, self.moved_from, self.failures = briefing.world, moved_from, failures
        self.thought: Thought | None = None
        self.trouble = ""
        self.usage = Usage()
        self.seconds = 0.0
        self._brain, self._briefing, self._stop = brain, briefing, stop
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._think, daemon=True, name="thinking ahead")
        self._thread.start()

    def _think(self) -> None:
        began = time.monotonic()
        aloud = Aloud(lambda: self._stop.is_set() or self._unwanted.is_set())
        try:
            thought = self._brain.think_aloud(self._briefing, aloud)
            self.thought, self.usage = thought, thought.usage
        except HierVLAError as e:  # without this thought all goes on as if it had never begun
            self.trouble, self.usage = str(e), getattr(e, "usage", Usage())
        except Exception as e:  # a brain may be a person's own code
            self.trouble = broke(e)
        self.seconds = time.monotonic() - began

    def wait(self) -> float:
        """Seconds until the thought was there, or until the mission was stopped."""
        began = time.monotonic()
        while self._thread.is_alive() and not self._stop.is_set():
            self._thread.join(CHECK_S)
        return time.monotonic() - began

    def drop(self) -> None:
        """Nobody wants it any more."""
        self._unwanted.set()
        self._thread.join(LEAVES_S)


def begin_ahead(state: MissionState, m: Mission, before: World) -> None:
    """Start to think about what comes after the running step, where that is of use. ``before``: the world it began in."""
    step, *rest = state["subgoals"]
    again = rest or state["attempt"] > 1 or state["passes"] or m.ahead is not None
    if (
        not m.settings.think_ahead
        or again
        or state["lost"]
        or m.foresee is None
        or not isinstance(m.brain, ThinksAloud)
    ):
        return
    budget = left(state, m.settings.budgets, m.robot_s)
    if any(getattr(budget, name) <= 0 for name in BUDGETS):
        return
    world = m.foresee(state["world"], step)
    if world is None:
        return
    outcome = Outcome(skill=step.skill, arguments=step.arguments, why=step.why, evidence=(_foreseen(world),))
    outcomes = [*state["outcomes"], outcome]
    checks = tuple((g, was_done(g, outcomes) if g.relation == "did" else holds(g, world)) for g in state["goals"])
    if not all(c for _, c in checks):
        return  # what cannot be foreseen to confirm the plan will not be what is seen either
    briefing = brief(state, m, budget).model_copy(update={
        "world": world, "before": before, "outcomes": tuple(outcomes), "confirmed": checks, "failure": None, "images": (), "foreseen": True,
    })  # fmt: skip
    m.ahead = Ahead(m.brain, briefing, before, len(state["failures"]), m.stop)


def thought_ahead(state: MissionState, m: Mission) -> tuple[Thought | None, dict[str, Any]]:
    """The thought that was begun while the arm moved, where it holds; and what the state learns of it either way.

    Raises:
        SafetyStop: a person stopped the mission while it was waited for.
    """
    ahead = m.ahead
    if ahead is None:
        return None, {}
    why = _parted(ahead, state)
    if why:
        return None, discard(state, m, why)
    waited = ahead.wait()
    if m.stop.is_set():
        m.robot.stop()
        raise SafetyStop("stopped by a person")
    if ahead.thought is None or not isinstance(ahead.thought.move, Finish | Plan):
        move = ahead.thought.move.kind if ahead.thought is not None else ahead.trouble
        return None, discard(state, m, f"it came to no plan and no end: {move}")
    m.ahead = None
    gained = round(max(0.0, ahead.seconds - waited), 3)
    so_far = state["ahead"] or ThoughtAhead()
    m.emit("note", says=f"thought ahead while the arm moved: {gained:.1f} s gained")
    tally = so_far.model_copy(update={
        "used": so_far.used + 1, "seconds_gained": round(so_far.seconds_gained + gained, 3), "usage": so_far.usage + ahead.usage,
    })  # fmt: skip
    return ahead.thought, taken(state, m, ahead.thought) | {"ahead": tally}


def discard(state: MissionState, m: Mission, why: str) -> dict[str, Any]:
    """End a thought that nothing is to follow from; it has cost what it has cost."""
    ahead, m.ahead = m.ahead, None
    if ahead is None:
        return {}
    ahead.drop()
    m.emit("note", says=f"what was thought ahead is set aside: {why}")
    so_far = state["ahead"] or ThoughtAhead()
    tally = so_far.model_copy(update={
        "discarded": so_far.discarded + 1, "usage": so_far.usage + ahead.usage, "why_discarded": (*so_far.why_discarded, why),
    })  # fmt: skip
    return {"ahead": tally, "usage": state["usage"] + ahead.usage}


def _parted(ahead: Ahead, state: MissionState) -> str:
    """Why what is so now is not what was foreseen; empty where it is."""
    if state["failure"] is not None or len(state["failures"]) != ahead.failures:
        return "a step failed"
    if state["complaint"] or not state["confirmed"] or not all(c for _, c in state["confirmed"]):
        return "no look has confirmed every goal"
    return otherwise(ahead.moved_from, ahead.foreseen, state["world"])


def otherwise(before: World, foreseen: World, seen: World) -> str:
    """How a seen world is not the foreseen one; empty where they agree. What a step was to move may lie where its goal allows."""
    holds_, held = (w.held.id if w.held else "nothing" for w in (foreseen, seen))
    if holds_ != held:
        return f"the hand holds {held}, not {holds_}"
    if strange := sorted(foreseen.objects.keys() ^ seen.objects.keys()):
        return f"{strange[0]} {'has come into view' if strange[0] in seen.objects else 'is not seen'}"
    for i, d in foreseen.objects.items():
        now, was = seen.objects[i], before.objects.get(i)
        if (d.support, d.relation) != (now.support, now.relation):
            return f"{i} is {now.relation} {now.support}, not {d.relation} {d.support}"
        moved = was is None or was.centre != d.centre or was.opening_m != d.opening_m
        if not moved and (
            math.dist(d.centre, now.centre) > NEAR_M or abs((d.opening_m or 0) - (now.opening_m or 0)) > NEAR_M
        ):
            return f"{i} has moved"
    return ""


def _foreseen(world: World) -> Evidence:
    return Evidence(source=f"foreseen:{world.look_id}", says="if the running step succeeds", time_s=world.time_s)
