"""Asking a brain for a thought: what it costs is counted, what it meets is told, and losing it ends in safety."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.errors import BrainLost, HierVLAError, SafetyStop, UnusableReply, broke
from hiervla.core.plan import Thought
from hiervla.core.ports import ThinksAloud
from hiervla.graph.mission import Mission
from hiervla.graph.node import complain, end
from hiervla.graph.speech import say
from hiervla.graph.state import MissionState

BUDGETS = ("thoughts", "robot_s", "malformed", "calls", "tokens", "money", "brain_s")
"""What must be left before a brain is asked."""


def consult(state: MissionState, m: Mission, briefing: Briefing) -> tuple[Thought | None, dict[str, Any]]:
    """One thought and what it changes in the state; without a thought, the update says where to go on."""
    brain = m.fallback if state["lost"] and m.fallback is not None else m.brain
    told: list[str] = []

    def note(met: str) -> None:
        told.append(met)
        tell(m, (met,))

    try:
        thought = (
            brain.think_aloud(briefing, Aloud(m.stop.is_set, m.words, note))
            if isinstance(brain, ThinksAloud)
            else brain.think(briefing)
        )
    except SafetyStop:
        m.robot.stop()
        raise
    except BrainLost as e:
        m.robot.stop()
        update = {"usage": state["usage"] + e.usage}
        tell(m, (*_untold(e.notes, told), f"the brain {brain.name} is lost: {e}"))
        if m.fallback is not None and not state["lost"]:
            tell(m, (f"{m.fallback.name} thinks in its place from here on",))
            return None, update | {"lost": True, "complaint": None, "next": "think"}
        return None, update | {"lost": True} | end("failed", say("lost", state["instruction"], why=str(e)))
    except UnusableReply as e:
        tell(m, _untold(e.notes, told))
        return None, {"usage": state["usage"] + e.usage} | complain(state, m, str(e))
    except HierVLAError:
        raise
    except Exception as e:  # a brain may be a person's own code: its bug is a reply of no use, not the program's end
        return None, complain(state, m, f"the brain {brain.name} broke: {broke(e)}")
    if not isinstance(thought, Thought):
        return None, complain(state, m, f"the brain {brain.name} gave no Thought but {type(thought).__name__}")
    return thought, taken(state, m, thought, told)


def taken(state: MissionState, m: Mission, thought: Thought, told: Sequence[str] = ()) -> dict[str, Any]:
    """What a thought changes in the state before anything follows from it; it is told, but for what was ``told`` before."""
    tell(m, _untold(thought.notes, told))
    usage = state["usage"] + thought.usage
    replan = state["failure"] is not None
    m.emit(
        "thought",
        reasoning=thought.reasoning,
        move=thought.move.kind,
        replan=replan,
        usage=usage if usage.calls else None,
    )
    return {
        "thought": thought,
        "thoughts": [*state["thoughts"], thought],
        "usage": usage,
        "complaint": None,
    }


def _untold(notes: tuple[str, ...], told: Sequence[str]) -> tuple[str, ...]:
    return tuple(n for n in notes if n not in told)


def disputed(thought: Thought, state: MissionState, m: Mission, briefing: Briefing) -> str | None:
    """What a second reader of the instruction misses in a thought, or None; its notes are told."""
    if m.second is None or state["lost"]:
        return None
    agreement = m.second.judge(thought, briefing, state["first"], state["acted"])
    if agreement.note:
        tell(m, (f"second reading: {agreement.note}",))
    return agreement.missing


def tell(m: Mission, notes: tuple[str, ...]) -> None:
    """Say what a brain met on the way."""
    for note in notes:
        m.emit("note", says=note)
