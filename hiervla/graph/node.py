"""What nodes share: how each begins, how a mission ends, how a reply is sent back."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from hiervla.core.errors import SafetyStop
from hiervla.graph.mission import Mission
from hiervla.graph.state import MissionState


def begin(runtime: Runtime[Mission]) -> Mission:
    """The mission's parts, with the stream's writer; every node starts here, and stops here when told to."""
    m = runtime.context
    m.write = runtime.stream_writer
    if m.stop.is_set():
        m.robot.stop()
        raise SafetyStop("stopped by a person")
    return m


def end(status: str, answer: str) -> dict[str, Any]:
    """Go to the report with a status."""
    return {"status": status, "answer": answer, "next": "report"}


def complain(state: MissionState, m: Mission, wrong: str) -> dict[str, Any]:
    """Send the brain's last reply back with what was wrong with it; counted, so that it ends."""
    m.emit("note", says=f"reply rejected: {wrong}")
    return {"complaint": wrong, "malformed": state["malformed"] + 1, "next": "think"}
