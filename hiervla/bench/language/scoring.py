"""Each instruction told to the grammar brain in its described world, its plan carried out by an arm that never errs, and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hiervla.bench.language.cases import PARTS, Case, all_cases, space, world
from hiervla.bench.language.expected import moved_things, named_in, true_after
from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.grammar.words import merge
from hiervla.brain.paraphrase.paraphraser import bundled
from hiervla.core.briefing import Briefing
from hiervla.core.plan import Clarify, Finish, Refuse, Thought
from hiervla.core.ports import Brain
from hiervla.paper.mission import Told, first_briefing, said, tell
from hiervla.scenario.figures import Figure, proportion, quantile

GOALS = {"dev": (">= 0.97", "<= 0.01"), "held_out": (">= 0.9", "<= 0.01")}
"""Part → goals of ``right`` and ``wrong_action``."""


@dataclass(slots=True)
class Clocked:
    """A brain, and how long each of its thoughts took, seconds."""

    brain: Brain
    took: list[float] = field(default_factory=list)
    clock: Callable[[], float] = time.perf_counter
    """What a person waits; `time.thread_time` where a test must not fail because of what else the machine does."""
    name: str = "grammar"

    def think(self, briefing: Briefing) -> Thought:
        began = self.clock()
        try:
            return self.brain.think(briefing)
        finally:
            self.took.append(self.clock() - began)


def items(seeds: list[int]) -> list[tuple[str]]:
    """Every case; nothing here is random, so seeds choose nothing."""
    return [(name,) for name in all_cases()]


def work(name: str) -> dict[str, Any]:
    """Tell one instruction and judge what came of it."""
    case = all_cases()[name]
    brain = Clocked(grammar())
    answer, steps = "", []
    try:
        told, before = told_in_turn(case, brain)
        verdict, why = judge(case, told, before)
        answer, steps = told.answer, [str(s) for s in told.steps]
    except Exception as e:  # a bug of the brain's is counted, not the end of the bench
        verdict, why = "crashed", f"{type(e).__name__}: {e}"
    return {
        "name": name, "part": case.part, "category": case.category, "language": case.language, "expect": case.expect, "say": case.turns[-1],
        "verdict": verdict, "why": why, "answer": answer, "steps": steps, "think_ms": [round(t * 1000, 2) for t in brain.took],
    }  # fmt: skip


def told_in_turn(case: Case, brain: Any) -> tuple[Told, Any]:
    """All turns of a case, one after the other; what came of the last, and the world before it."""
    there = world(case.world)
    content = space()
    briefing = first_briefing(there, content.vocabulary(there.inventory), content.skills, content.tools)
    for turn in case.turns:
        before = briefing.world
        told = tell(
            brain, briefing.model_copy(update={"instruction": turn}), content.tools.values(), skills=content.skills
        )
        briefing = briefing.model_copy(update={"world": told.world, "dialogue": said(told)})
    return told, before


def judge(case: Case, told: Told, before: Any) -> tuple[str, str]:
    """``right``; ``wrong_action``: moved what it should not, or not to where it should; else ``asked``, ``refused``, ``answered``."""
    moved = moved_things(before, told.world)
    if told.broke:
        return "wrong_action", f"the plan could not be carried out: {told.broke}"
    acted = bool(told.steps)
    ended = {Clarify: "asked", Refuse: "refused", Finish: "answered"}[type(told.move)]
    if case.expect == "do":
        missing = [g for g in case.goals if not true_after(g, before, told.world, told.steps)]
        extra = moved - named_in(case.goals) - set(case.also_moved)
        if not missing and not extra and ended == "answered":
            return "right", ""
        if acted:
            return "wrong_action", "; ".join(
                [*(f"not so: {g}" for g in missing), *(f"moved {i}" for i in sorted(extra)), ended]
            )
        return ended, told.answer
    if acted:
        return "wrong_action", "it acted"
    if case.expect == "answer":
        lacks = [a for a in case.answer if not any(x.strip().lower() in told.answer.lower() for x in a.split("|"))]
        return (
            ("right", "")
            if ended == "answered" and not lacks
            else (f"{ended} otherwise", f"lacks {lacks}: {told.answer}")
        )
    if ended != {"ask": "asked", "refuse": "refused"}[case.expect]:
        return ended, told.answer
    if isinstance(told.move, Clarify) and not set(case.about) <= set(told.move.candidates):
        return "asked otherwise", f"offers {told.move.candidates}: {told.answer}"
    return "right", ""


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    """By part, and for each part by category and language."""
    figures: dict[str, Figure] = {}
    for part in PARTS:
        own = [r for r in rows if r["part"] == part]
        right, wrong = GOALS[part]
        figures[f"right.{part}"] = _rate(own, "right", right)
        figures[f"wrong_action.{part}"] = _rate(own, "wrong_action", wrong)
    figures["crashed"] = _rate(rows, "crashed", "<= 0")
    figures["refused.infeasible"] = _rate([r for r in rows if r["expect"] == "refuse"], "right", ">= 0.95")
    figures["asked.ambiguous"] = _rate([r for r in rows if r["expect"] == "ask"], "right", ">= 0.9")
    figures["think_ms.p95"] = quantile([t for r in rows for t in r["think_ms"]], 0.95, "< 50")
    for part in PARTS:
        own = [r for r in rows if r["part"] == part]
        for key in ("language", "category"):
            for value in sorted({r[key] for r in own}):
                figures[f"right.{part}.{value}"] = _rate([r for r in own if r[key] == value], "right")
    return figures


def _rate(rows: Sequence[dict[str, Any]], verdict: str, goal: str | None = None) -> Figure:
    return proportion(sum(r["verdict"] == verdict for r in rows), len(rows), goal)


def line(row: dict[str, Any]) -> str:
    """One row for a person: what was not right, and why."""
    return f"{row['name']} {row['verdict']}: “{row['say']}” {row['why']}".rstrip()


@cache
def grammar() -> GrammarBrain:
    return GrammarBrain(merge(space().tables("grammar.*.toml")), bundled())
