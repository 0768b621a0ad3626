"""HierVLA: an agentic hierarchical planner that wraps VLA skills.

``from hiervla import Agent`` is the three-line door; heavy libraries are loaded only when a mission starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Agent", "Drawing", "Mark", "Report", "Settings", "__version__"]

if TYPE_CHECKING:
    from hiervla.agent import Agent
    from hiervla.core.config import Settings
    from hiervla.core.events import Report
    from hiervla.core.marking import Drawing, Mark


def __getattr__(name: str) -> Any:
    if name == "Agent":
        from hiervla.agent import Agent

        return Agent
    if name == "Settings":
        from hiervla.core.config import Settings

        return Settings
    if name == "Report":
        from hiervla.core.events import Report

        return Report
    if name in ("Mark", "Drawing"):
        from hiervla.core import marking

        return getattr(marking, name)
    raise AttributeError(name)
