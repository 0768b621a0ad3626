"""From the last state of a mission to its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hiervla.core.config import Settings
from hiervla.core.events import GoalRecord, Report, ThoughtRecord
from hiervla.record import RunFolder, versions

_FILES = {"events": "events.jsonl", "video": "video.mp4", "checkpoints": "checkpoints.sqlite"}


def compose(
    state: dict[str, Any], folder: RunFolder, *, scene: str, seed: int, brain: str, settings: Settings, interventions: int,
    robot_s: float, wall_s: float,
) -> Report:  # fmt: skip
    """The report of a mission from the graph's last state; a goal that no look confirmed stays ``unchecked``."""
    seen = dict(state["confirmed"] or [])
    goals = tuple(
        GoalRecord(
            goal=g, holds=seen[g].answer if g in seen else "unchecked", evidence=seen[g].evidence if g in seen else ()
        )
        for g in state["goals"]
    )
    outcomes = tuple(state["outcomes"])
    return Report(
        status=state["status"], answer=state["answer"], instruction=state["instruction"], scene=scene, brain=brain, run=folder.name,
        thoughts=tuple(ThoughtRecord(reasoning=t.reasoning, move=t.move.model_dump(mode="json")) for t in state["thoughts"]),
        tool_calls=tuple(state["asked"]), goals=goals, outcomes=outcomes, failures=tuple(state["failures"]),
        replans=state["replans"], interventions=interventions, chunk_lengths=tuple(n for o in outcomes for n in o.chunk_lengths),
        inferences=sum(o.inferences for o in outcomes), interrupts=sum(o.interrupts for o in outcomes),
        brain_lost=state["status"] == "failed" and state["lost"] and not settings.fallback,
        usage=state["usage"], second_opinion=state["opinions"], thought_ahead=state["ahead"], robot_seconds=round(robot_s, 3), wall_seconds=round(wall_s, 3), policies=tuple(o.policy for o in outcomes), seed=seed,
        config=settings.model_dump(mode="json"), versions=versions(), artifacts=artifacts(folder.path),
    )  # fmt: skip


def artifacts(folder: Path | None) -> dict[str, str]:
    """What a run left behind: name → file in its folder. The picture is the last marked look."""
    if folder is None:
        return {}
    found = {name: file for name, file in _FILES.items() if (folder / file).is_file()}
    marked = sorted(folder.glob("*-marked.png"), key=lambda p: p.stat().st_mtime)
    return found | ({"picture": marked[-1].name} if marked else {})
