"""What a brain is given for its next thought, put together from the state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hiervla.core.briefing import Briefing, Budgets, ImageRef, skill_card, tool_card
from hiervla.core.ports import NamingEyes
from hiervla.graph.mission import Mission
from hiervla.graph.state import MissionState


def brief(state: MissionState, m: Mission, budget: Budgets) -> Briefing:
    """Everything a brain may use for its next thought, from the last look and what was done so far."""
    failure = state["failure"]
    skill = state["outcomes"][-1].skill if state["outcomes"] else ""
    return Briefing(
        **of_state(state), vocabulary=m.vocabulary.with_names(state["world"]),
        seeks=m.eyes.detector if isinstance(m.eyes, NamingEyes) and m.seen is not None else "",
        skills=tuple(skill_card(n, s) for n, s in m.skills.items()), tools=tuple(map(tool_card, m.tools.values())),
        limits=m.description.limits, gripper=m.description.gripper, speaker=m.settings.speaker, left=budget,
        images=pictures(m.folder.path, state["world"].look_id, m.camera),
        cases=tuple(m.memory.recall(failure, skill)) if m.memory is not None and failure is not None else (),
    )  # fmt: skip


def of_state(state: MissionState) -> dict[str, Any]:
    """The fields of a briefing that the state alone tells."""
    return {
        **{k: state[k] for k in ("instruction", "world", "failure", "complaint")},  # type: ignore[literal-required]
        **{k: tuple(state[k]) for k in ("dialogue", "asked", "goals", "outcomes")},  # type: ignore[literal-required]
        "before": state["before"] if state["acted"] else None,
        "confirmed": tuple(state["confirmed"]) if state["confirmed"] is not None else None,
    }


def pictures(folder: Path | None, look_id: str, camera: str) -> tuple[ImageRef, ...]:
    """The pictures of a look that lie in a run's folder: as it was seen, and with marks."""
    return tuple(
        ImageRef(look_id=look_id, camera=camera, path=str(p), marked=marked)
        for marked in (False, True)
        if folder is not None and (p := folder / f"{look_id}-{'marked' if marked else camera}.png").is_file()
    )
