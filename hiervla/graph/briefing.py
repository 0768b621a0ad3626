"""What a brain is given for its next thought, put together from the state."""

from __future__ import annotations

from hiervla.core.briefing import Briefing, Budgets, ImageRef, skill_card, tool_card
from hiervla.core.ports import NamingEyes
from hiervla.graph.mission import Mission
from hiervla.graph.state import MissionState


def brief(state: MissionState, m: Mission, budget: Budgets) -> Briefing:
    """Everything a brain may use for its next thought, from the last look and what was done so far."""
    look_id = state["world"].look_id
    images = tuple(
        ImageRef(look_id=look_id, camera=m.camera, path=str(p), marked=marked)
        for marked in (False, True)
        if m.folder.path is not None
        and (p := m.folder.path / f"{look_id}-{'marked' if marked else m.camera}.png").is_file()
    )
    failure = state["failure"]
    skill = state["outcomes"][-1].skill if state["outcomes"] else ""
    return Briefing(
        instruction=state["instruction"], dialogue=tuple(state["dialogue"]), world=state["world"], vocabulary=m.vocabulary.with_names(state["world"]),
        seeks=m.eyes.detector if isinstance(m.eyes, NamingEyes) and m.seen is not None else "",
        before=state["before"] if state["acted"] else None,
        skills=tuple(skill_card(n, s) for n, s in m.skills.items()), tools=tuple(map(tool_card, m.tools.values())),
        limits=m.description.limits, gripper=m.description.gripper, asked=tuple(state["asked"]), goals=tuple(state["goals"]), outcomes=tuple(state["outcomes"]),
        failure=failure, confirmed=tuple(state["confirmed"]) if state["confirmed"] is not None else None,
        complaint=state["complaint"], speaker=m.settings.speaker, images=images, left=budget,
        cases=tuple(m.memory.recall(failure, skill)) if m.memory is not None and failure is not None else (),
    )  # fmt: skip
