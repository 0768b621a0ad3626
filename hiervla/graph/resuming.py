"""Where a mission goes on whose process has died: it looks first, for what happened since is known to nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from hiervla.core.deeds import taken
from hiervla.core.outcome import Failure, FailureKind, Outcome
from hiervla.core.plan import Subgoal
from hiervla.graph.state import MissionState


def goes_on(state: MissionState, events: Sequence[Any], width_m: float) -> MissionState:
    """The state to go on from, by the last one that was kept and the events that were told; ``width_m``: between the fingers.

    A step that was under way is not known to be done: it counts as failed, and the brain plans anew from what is seen.
    """
    if state["status"]:  # it had ended, and only the report was not written
        return {**state, "next": "report"}
    step, moved = _under_way(state, events)
    update: dict[str, Any] = {
        "next": "look", "after_look": "think", "look_why": "to go on", "park": False, "closer": None, "inspected": [], "complaint": None,
        "confirmed": None, "subgoals": [], "attempt": 1, "changes": {}, "passes": 0, "looked_again": 0, "thought": None, "marks": [],
        "acted": state["acted"] or moved, "expect": _in_hand(state, step if moved else None, width_m),
    }  # fmt: skip
    if step is not None:
        how = "was under way, and what came of it was not seen" if moved else "was still to come"
        failure = Failure(kind=FailureKind.PRECONDITION, why=f"the program ended while {step} {how}")
        update |= {"failure": failure, "failures": [*state["failures"], failure]}
        if moved:
            cut = Outcome(skill=step.skill, arguments=step.arguments, why=step.why, attempt=state["attempt"], failure=failure)  # fmt: skip
            update["outcomes"] = [*state["outcomes"], cut]
    elif state["goals"] and state["acted"] and state["failure"] is None:
        update |= {"after_look": "confirm", "park": True, "look_why": "to confirm all goals together"}
    return {**state, **update}  # type: ignore[typeddict-item]


def look_prefix(state: MissionState) -> str:
    """What the names of the mission's looks begin with, so that they go on being counted."""
    return re.sub(r"\d+$", "", state["world"].look_id) or "L"


def _under_way(state: MissionState, events: Sequence[Any]) -> tuple[Subgoal | None, bool]:
    """The step whose turn it was, and whether the arm had begun to move for it."""
    if not state["subgoals"]:
        return None, False
    kinds = [e.kind for e in events if e.kind in ("guarded", "subgoal", "looked")]
    begun = state["next"] == "act" and kinds[-1:] == ["subgoal"]
    unseen = state["after_look"] == "verify" and state["next"] in ("look", "verify")
    return state["subgoals"][0], begun or unseen


def _in_hand(state: MissionState, step: Subgoal | None, width_m: float) -> str | None:
    """What the fingers are as far apart as: what was held before, else what was being taken."""
    target = step.arguments.get("target") if step is not None else None
    for name in (state["expect"], target):
        if name and taken(Subgoal(skill="pick", arguments={"target": name}, why=""), state["world"], width_m):
            return str(name)
    return None
