"""A conversation, run and judged turn by turn: every turn by truth, from how the world was when it began."""

from __future__ import annotations

import math
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hiervla.core.events import Report
from hiervla.core.world import World
from hiervla.sim.answer import Truth, lacks, parse_answer
from hiervla.sim.expectation import parse_alternatives, subjects
from hiervla.sim.moment import has_come
from hiervla.sim.script import MomentSpec, TurnSpec
from hiervla.sim.truth import STILL_M, Before, before, goals_since, left_alone, settle
from hiervla.sim.wording import language, speaks

if TYPE_CHECKING:
    from hiervla.agent import Agent
    from hiervla.sim.simulation import Simulation

Verdict = dict[str, Any]
HALT_S = 0.5
HALT_M = 0.06
"""How soon after a stop word, and in what distance, the arm must stand still: it brakes from up to half a metre a second."""


@dataclass(slots=True)
class Ear:
    """Says a turn at a moment of the one before, in the simulator's own time; at the same seam as a person who types meanwhile."""

    agent: Agent
    sim: Simulation
    turn: TurnSpec | None = None
    meant: str | None = None
    said_s: float | None = None
    """When it was said."""
    hand: Any = None
    """Where the hand was then, (3,)."""
    _began_s: float = 0.0
    _held: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sim.client.before_tick.append(self.tick)

    def wait_for(self, turn: TurnSpec | None) -> None:
        """Say this turn when its moment comes; None: listen no more."""
        self.turn, self.meant, self.said_s = turn, None, None
        self._began_s, self._held = self.sim.client.time_s, set()

    def tick(self) -> None:
        if self.turn is None or self.said_s is not None:
            return
        moment: MomentSpec | None = self.turn.during
        held = self.sim.held()
        if held is not None:
            self._held.add(held)
        if moment is not None and has_come(moment, self.sim, held, self._held, self._began_s):
            self.said_s, self.hand = self.sim.client.time_s, self.sim.hand()
            self.meant = self.agent.overhear(self.turn.say)


def converse(agent: Agent, turns: Sequence[TurnSpec]) -> tuple[list[Verdict], list[Report]]:
    """Say all turns in order. One verdict for each: ``right`` or ``why`` not, what it ``claimed``, whether that was ``false``."""
    sim = agent.cell.sim
    assert sim is not None
    ear, judge = Ear(agent, sim), _Judge(agent, sim)
    verdicts: list[Verdict] = []
    reports: list[Report] = []
    late: str | None = None
    waiting = list(turns)
    while waiting:
        turn = waiting.pop(0)
        following = waiting[0] if waiting and waiting[0].during is not None else None
        start = judge.begin(turn)
        ear.wait_for(following)
        try:
            report = agent.run(turn.say)
        except Exception:  # a bug of ours ends the conversation: nothing of it is left out
            crash = f"crashed: {traceback.format_exc()[-800:]}"
            return [
                *verdicts,
                _never(turn, crash),
                *(_never(t, "never said: a crash came before") for t in waiting),
            ], reports
        halted_s = sim.client.time_s
        reports.append(report)
        verdicts.append(judge.verdict(turn, start, report, [late] if late else []))
        late = None
        if following is not None and ear.said_s is None:
            late = "its moment in the turn before never came"
        elif (
            following is not None and ear.meant == "stop"
        ):  # nothing is answered to it: the halted turn's report is its own
            waiting.pop(0)
            judge.begin(following)
            verdicts.append(judge.verdict(following, start, report, _not_halted(sim, halted_s - ear.said_s, ear.hand)))
    ear.wait_for(None)
    return verdicts, reports


def _never(turn: TurnSpec, why: str) -> Verdict:
    return {
        "say": turn.say, "right": False, "why": [why], "ends": "crashed", "claimed": False, "false": False, "wrong_answer": False, "answer": "",
        "failures": [], "robot_s": 0.0,
    }  # fmt: skip


def _not_halted(sim: Simulation, took_s: float, hand: Any) -> list[str]:
    why = [f"the arm stood still only {took_s:.1f} s after it"] if took_s > HALT_S else []
    drift = math.dist(hand, sim.hand())
    return [*why, f"the hand went on by {drift * 100:.0f} cm"] if drift > HALT_M else why


@dataclass(frozen=True, slots=True)
class _Start:
    """How it was when a turn began."""

    before: Before
    so_already: bool
    """All that the turn is to bring about held then."""
    given: bool
    """What the turn makes its condition held then."""


class _Judge:
    """Holds every turn against the truth."""

    def __init__(self, agent: Agent, sim: Simulation) -> None:
        self._agent, self._sim = agent, sim
        self._named: dict[str, Before] = {}
        self._moved: tuple[str, ...] = ()

    def begin(self, turn: TurnSpec) -> _Start:
        settle(self._sim)
        start = before(self._sim)
        if turn.name:
            self._named[turn.name] = start
        goals = goals_since(self._sim, turn.goals, start, self._named)
        given = all(goals_since(self._sim, (turn.given,), start, self._named).values()) if turn.given else True
        return _Start(start, bool(goals) and all(goals.values()), given)

    def verdict(self, turn: TurnSpec, start: _Start, report: Report, why: list[str]) -> Verdict:
        settle(self._sim)
        if not start.given:
            turn = TurnSpec(say=turn.say, name=turn.name, ends=("answered", "refused", "asked"))
        now, ends = before(self._sim), _end(report)
        moved = tuple(n for n in self._sim.bodies if _elsewhere(n, start.before, now))
        if moved and report.status != "refused":
            self._moved = moved
        goals = goals_since(self._sim, turn.goals, start.before, self._named)
        missed = [f"not so: {g}" for g, so in goals.items() if not so]
        missed += [f"moved: {n}" for n, so in self._alone(turn, start.before).items() if not so]
        unsaid = self._unsaid(turn, report.answer, now.world)
        own = report.instruction == turn.say  # a word that only halts gets no answer of its own
        spoken = speaks(report.answer, language(turn.say)) or not own
        claimed = report.status == "done"
        reasons = [
            *why,
            *([] if ends in turn.ends else [f"ended {ends}, not {' or '.join(turn.ends)}"]),
            *missed,
            *(["all of it was so before"] if turn.goals and start.so_already else []),
            *unsaid,
            *([] if spoken else ["the answer is not in the language that was spoken"]),
        ]
        return {
            "say": turn.say, "right": not reasons, "why": reasons, "ends": ends, "claimed": claimed,
            "false": claimed and not why and (bool(missed) or (ends == "done" and "done" not in turn.ends)),
            "wrong_answer": ends == "answered" and bool(unsaid), "answer": report.answer,
            "failures": [f.kind.value for f in report.failures], "robot_s": round(report.robot_seconds, 2),
        }  # fmt: skip

    def _alone(self, turn: TurnSpec, start: Before) -> dict[str, bool]:
        """Bodies that this turn has no business with, and whether each is where it was."""
        zones = [z.name for z in self._sim.scene.zone]
        every = [parse_alternatives(g, list(self._sim.bodies), zones, tuple(self._named)) for g in turn.goals]
        may = {*turn.may_move, *(n for alternatives in every for e in alternatives for n in subjects(e))}
        if {"done", "stopped"} & {*turn.ends} and start.world.held is not None:
            may.add(start.world.held.id)  # what an earlier turn left in the hand is put down before anything else
        return left_alone(self._sim, tuple(n for n in self._sim.bodies if n not in may), start)

    def _unsaid(self, turn: TurnSpec, said: str, world: World) -> list[str]:
        truth = Truth(world, self._agent.cell.vocabulary, self._moved)
        zones = [z.name for z in self._sim.scene.zone]
        found = [(a, lacks(parse_answer(a, list(self._sim.bodies), zones), said, truth)) for a in turn.answer]
        return [f"answer, {a}: {wrong}" for a, wrong in found if wrong]


def _end(report: Report) -> str:
    ends = {"clarify": "asked", "done": "done" if report.outcomes else "answered"}
    return ends.get(report.status, report.status)


def _elsewhere(name: str, then: Before, now: Before) -> bool:
    a, b = then.world.objects.get(name), now.world.objects.get(name)
    if a is None or b is None:
        return a is not b
    return a.support != b.support or math.dist(a.centre, b.centre) >= STILL_M
