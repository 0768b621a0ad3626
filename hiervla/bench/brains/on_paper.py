"""One instruction of the bench of language told to a chat brain: judged as the grammar's are, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hiervla.bench.brains.served import chat_settings
from hiervla.bench.language.cases import all_cases, space
from hiervla.bench.language.scoring import Clocked, grammar, judge, told_in_turn
from hiervla.core.briefing import Briefing
from hiervla.core.errors import UnusableReply
from hiervla.core.plan import Refuse, Thought
from hiervla.core.ports import Brain
from hiervla.core.usage import Usage

AGAIN = 3
"""Replies of no use in a row, after which a mission would end as failed."""
EVERY = 20
"""One case of so many is told: which ones, the seed says."""


@dataclass(slots=True)
class Corrected:
    """A brain that is told what was wrong with its reply, as the graph tells it, and what all its replies cost."""

    brain: Brain
    usage: Usage = field(default_factory=Usage)
    name: str = "corrected"

    def think(self, briefing: Briefing) -> Thought:
        for _ in range(AGAIN):
            try:
                thought = self.brain.think(briefing)
            except UnusableReply as e:
                self.usage += e.usage
                briefing = briefing.model_copy(update={"complaint": str(e)})
                continue
            self.usage += thought.usage
            return thought
        return Thought(reasoning="", move=Refuse(why=briefing.complaint or ""))


def cases_of(seed: int) -> list[str]:
    """The development cases that a seed stands for: twenty seeds in a row are all of them."""
    return [c.name for c in all_cases().values() if c.part == "dev"][seed % EVERY :: EVERY]


def told(brain: str, name: str) -> dict[str, Any]:
    """What came of one case, milliseconds of each thought, tokens, money and questions to tools."""
    case = all_cases()[name]
    mind = Corrected(grammar() if brain == "grammar" else _chat(brain))
    clocked = Clocked(mind)
    try:
        came, before = told_in_turn(case, clocked)
        verdict, why = judge(case, came, before)
        asks = sum(len(getattr(t.move, "calls", ())) for t in came.thoughts)
    except Exception as e:  # a bug of a brain's is counted, not the end of the bench
        verdict, why, asks = "crashed", f"{type(e).__name__}: {e}", 0
    return {
        "verdict": verdict, "why": why, "language": case.language, "think_ms": [round(t * 1000, 2) for t in clocked.took],
        "tokens": mind.usage.tokens, "calls": mind.usage.calls, "money": mind.usage.money, "tool_calls": asks,
    }  # fmt: skip


@cache
def _chat(mind: str) -> Brain:
    from hiervla.named import make_brain

    return make_brain(f"chat:openai:{mind}", space(), chat_settings(mind))
