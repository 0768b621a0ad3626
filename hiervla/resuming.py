"""What a mission needs to go on after its process has died: how it was made, where it was, and the world that died with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.record import hold, read_events, read_report

if TYPE_CHECKING:
    from hiervla.graph.state import MissionState

FILE, RUNNING = "mission.json", ".running"


class Made(Protocol):
    """What is written down of an agent."""

    scene: str
    seed: int
    settings: Settings
    cell: Any  # hiervla.assemble.Cell


def begun(folder: Path, agent: Made) -> None:
    """Write down under what a mission begins."""
    made = {"scene": agent.scene, "seed": agent.seed, "settings": agent.settings.model_dump(mode="json")}
    (folder / FILE).write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


@contextmanager
def under_way(folder: Path | None) -> Iterator[None]:
    """A mission in a run's folder: two at once would both move the arm. A process that is killed is under way no more.

    Raises:
        SetupError: another is under way in it.
    """
    if folder is None:
        yield
        return
    with hold(
        folder / RUNNING, f"{folder}: this mission is under way in another process; stop it there, or wait for its end"
    ):
        yield


def made_under(run: Path) -> tuple[str, int, Settings]:
    """Scene, seed and settings of a run.

    Raises:
        SetupError: it is no run's folder, or was made before these were written down.
    """
    file = run / FILE
    if not file.is_file():
        raise SetupError(f"{run}: no {FILE} in it, so it cannot go on; `hiervla runs` lists the runs there are")
    made = json.loads(file.read_text(encoding="utf-8"))
    return made["scene"], made["seed"], Settings.model_validate(made["settings"])


def left_off(run: Path, agent: Made) -> tuple[MissionState | None, list[Any]]:
    """The last state of a run (None: it had come to none) and its events; a simulated world is put back first.

    Raises:
        SetupError: it came to its end, or the agent stands elsewhere.
    """
    from hiervla.graph.saver import last_state

    scene, seed, _ = made_under(run)
    if (report := read_report(run)) is not None:
        raise SetupError(f"{run} came to its end: {report.status}; there is nothing to go on with")
    if (scene, seed) != (agent.scene, agent.seed):
        raise SetupError(f"{run} is in scene {scene}, seed {seed}, the agent in {agent.scene}, seed {agent.seed}: make it with Agent.of_run")  # fmt: skip
    if not (events := read_events(run)):
        raise SetupError(f"{run}: nothing had been said when it ended; say the instruction anew")
    agent.cell.put_back(run)
    state: Any = last_state(run)
    return state or None, events
