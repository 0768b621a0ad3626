"""What a mission's brain was given and what it thought, read again from the checkpoints that the mission left."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from hiervla.core.briefing import Briefing, Budgets, skill_card, tool_card
from hiervla.core.errors import SetupError
from hiervla.core.plan import Thought
from hiervla.core.task import Gripper, Limits
from hiervla.core.vocabulary import Vocabulary
from hiervla.graph.briefing import of_state, pictures
from hiervla.graph.build import serializer
from hiervla.graph.saver import FILE
from hiervla.graph.state import MissionState, left
from hiervla.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Retold:
    """One thought of a mission, the briefing it answered, and whether the mission went on with it."""

    briefing: Briefing
    thought: Thought
    taken: bool


def retold(run: Path, workspace: Workspace, vocabulary: Vocabulary, limits: Limits, gripper: Gripper, camera: str, config: dict[str, Any]) -> Iterator[Retold]:  # fmt: skip
    """The thoughts of a run in order. ``config``: the settings it ran with, as its report keeps them.

    Raises:
        SetupError: the run has no checkpoints, or none that can be read here.
    """
    speaker, budgets = config.get("speaker", ""), Budgets.model_validate(config.get("budgets", {}))
    skills = tuple(skill_card(n, s) for n, s in workspace.skills.items())
    tools = tuple(map(tool_card, workspace.tools.values()))
    for before, after in pairwise(_states(run)):
        new = after["thoughts"][len(before["thoughts"]) :]
        if not new or before["next"] != "think":
            continue
        world = before["world"]
        briefing = Briefing(
            **of_state(before), vocabulary=vocabulary.with_names(world), skills=skills, tools=tools, limits=limits, gripper=gripper,
            speaker=speaker, images=pictures(run, world.look_id, camera),
            left=left(before, budgets, sum(o.seconds for o in before["outcomes"])),
        )  # fmt: skip
        yield Retold(briefing, new[-1], after["complaint"] is None)


def _states(run: Path) -> list[MissionState]:
    """The mission's states, oldest first."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    file = run / FILE
    if not file.is_file():
        raise SetupError(f"{run.name}: it has no {FILE}")
    with tempfile.TemporaryDirectory() as folder:  # a copy: SQLite leaves files beside one that it merely reads
        for part in run.glob(f"{file.name}*"):
            shutil.copyfile(part, Path(folder) / part.name)
        connection = sqlite3.connect(Path(folder) / file.name, check_same_thread=False)
        try:
            saver = SqliteSaver(connection, serde=serializer())
            found = [c.checkpoint["channel_values"] for c in saver.list(None)]
        except (sqlite3.Error, ValueError, TypeError, KeyError) as e:
            raise SetupError(f"{run.name}: its checkpoints cannot be read here: {e}") from e
        finally:
            connection.close()
    return [state for state in reversed(found) if "thoughts" in state]
