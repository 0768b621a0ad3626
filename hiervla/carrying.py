"""One mission carried through the graph, from a state to its end: filmed, kept, stopped when told to, and reported."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from hiervla.core.briefing import Change
from hiervla.core.deeds import changes, taken
from hiervla.core.errors import SafetyStop
from hiervla.core.events import Event, Report
from hiervla.core.interrupts import interrupting

Approver = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Carried:
    """How a mission ended."""

    state: dict[str, Any]
    report: Report
    changed: tuple[Change, ...]
    """What was moved."""


def carry_out(
    cell: Any, mission: Any, ask: Any, opening: Any, approver: Approver | None, scene: str, seed: int
) -> Generator[Event, None, Carried]:
    """Events of a mission as they happen, ``opening`` first. ``cell``: hiervla.assemble.Cell; ``ask``: the state to begin from."""
    from langgraph.types import Command

    from hiervla.graph.ahead import discard
    from hiervla.graph.build import build_graph
    from hiervla.graph.saver import CONFIG, saver_in
    from hiervla.graph.speech import say
    from hiervla.report.film import Film, Filmed, caption
    from hiervla.report.summary import compose

    began, text, folder, settings = time.time(), ask["instruction"], mission.folder, mission.settings
    film = Film(folder.path / "video.mp4") if settings.video and folder.path else None
    cell.cerebellum.robot = Filmed(cell.robot, film, cell.camera) if film else cell.robot
    cell.cerebellum.stop = mission.stop
    pending: list[Any] = []
    mission.write = pending.append
    mission.tell(opening)
    yield from _drain(pending)
    saver, connection = saver_in(folder.path)
    graph = build_graph(saver)
    state: dict[str, Any] = dict(ask)
    stopped: str | None = None
    try:
        with interrupting(mission.stop):
            while True:
                waiting = None
                for mode, part in graph.stream(
                    ask, CONFIG, context=mission, stream_mode=["custom", "values"], durability="sync"
                ):
                    if mode == "custom":
                        if film:
                            film.caption = caption(part) or film.caption
                        yield part
                    elif "__interrupt__" in part:
                        waiting = part["__interrupt__"][0].value
                    else:
                        state = part
                if waiting is None:
                    break
                mission.interventions += 1
                ask = Command(resume=bool(approver and approver(waiting)))
    except SafetyStop as e:
        stopped = str(e)
        state |= {"usage": state["usage"] + e.usage}
    except KeyboardInterrupt:
        stopped = "stopped by a person"
    except BaseException:  # a bug, or nobody listens any more: the arm must not go on by itself
        cell.robot.stop()
        raise
    finally:
        if mission.ahead is not None:
            mission.ahead.drop()
        if connection is not None:
            connection.close()
        if film:
            film.close()
    if stopped is not None:
        cell.robot.stop()
        state |= {"status": "stopped", "answer": say("stopped", text, why=stopped)}
        mission.write = pending.append
        state |= discard(state, mission, stopped)  # type: ignore[arg-type]
        mission.emit("finished", status="stopped", answer=state["answer"])
        yield from _drain(pending)
    report = compose(
        state, folder, scene=scene, seed=seed, brain=mission.brain.name, settings=settings,
        interventions=mission.interventions, robot_s=mission.robot_s, wall_s=time.time() - began,
    )  # fmt: skip
    folder.report(report)
    changed = changes(state["first"], state["world"], state["outcomes"])
    if stopped is not None and state["subgoals"]:  # it may be in the hand: then it was moved
        known = {c.was.id for c in changed}
        width_m = cell.robot.observe("none").gripper_width_m
        cut = taken(state["subgoals"][0], state["first"], width_m)
        changed += tuple(c for c in cut if c.was.id not in known)
    return Carried(state, report, changed)


def _drain(pending: list[Any]) -> Iterator[Any]:
    while pending:
        yield pending.pop(0)
