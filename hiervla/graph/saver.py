"""Where a mission's states are kept: in its folder, or in memory for one that keeps nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from hiervla.graph.build import build_graph, serializer

FILE = "checkpoints.sqlite"
CONFIG = {"configurable": {"thread_id": "mission"}, "recursion_limit": 100_000}


def saver_in(folder: Path | None) -> tuple[Any, sqlite3.Connection | None]:
    """A saver, and the connection that is to be closed after it."""
    if folder is None:
        from langgraph.checkpoint.memory import InMemorySaver

        return InMemorySaver(serde=serializer()), None
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(folder / FILE, check_same_thread=False)
    return SqliteSaver(connection, serde=serializer()), connection


def last_state(folder: Path) -> dict[str, Any]:
    """The last state that was kept of a mission; empty where it had not come to any."""
    if not (folder / FILE).is_file():
        return {}
    saver, connection = saver_in(folder)
    try:
        return dict(build_graph(saver).get_state(CONFIG).values)
    finally:
        if connection is not None:
            connection.close()
