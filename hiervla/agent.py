"""The agent: say something, watch it happen, get a report.

::

    from hiervla import Agent
    with Agent(scene="tabletop", seed=3) as agent:
        print(agent.run("put the red cube in the blue bowl").answer)
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from hiervla.core.briefing import Turn
from hiervla.core.config import Settings
from hiervla.core.deeds import changes, taken
from hiervla.core.errors import SafetyStop
from hiervla.core.events import Event, Report
from hiervla.core.interrupts import interrupting
from hiervla.core.marking import Drawing, Mark
from hiervla.core.plan import Thought
from hiervla.core.ports import Brain, Detector, Robot
from hiervla.core.world import World
from hiervla.record import RunFolder, new_run
from hiervla.workspace import Workspace, load_workspace, own_root

MAX_INSTRUCTION = 4000
"""Characters of an instruction; more is no instruction."""
Approver = Callable[[dict[str, Any]], bool]


class Agent:
    """A robot that is told things. One agent is one cell and one conversation; close it when done.

    Args:
        scene: name of a scene, or a path to a scene file.
        seed: everything random in the scene follows from it.
        brain: a name (``grammar``), a dotted path, or a Brain of one's own.
        robot: a simulated arm by name (``panda``, ``iiwa``), or a Robot of one's own; left out, the scene's own arm.
        detector: finds things by names that nobody told: a name (``owlv2:FOLDER``, …), or a Detector of one's own.
        settings: all other settings; see ``hiervla.core.config``.
        workspace: folder with skills, tools, prompts and scenes of one's own, or a loaded Workspace.
        keep: write a run folder for every mission.
        approver: asked before steps that need a person's yes; without one they are not granted.

    Raises:
        SetupError: something named does not exist or does not fit.
    """

    def __init__(
        self, scene: str | None = None, seed: int = 0, *, brain: str | Brain | None = None, robot: str | Robot | None = None,
        detector: str | Detector | None = None, settings: Settings | None = None, workspace: str | Path | Workspace | None = None, gui: bool = False,
        keep: bool = True, approver: Approver | None = None,
    ) -> None:  # fmt: skip
        from hiervla.assemble import assemble

        self.settings = settings or Settings()
        self.scene, self.seed = scene or self.settings.scene, seed
        if isinstance(brain, str):
            self.settings = self.settings.model_copy(update={"brain": brain})
        if isinstance(robot, str):
            self.settings = self.settings.model_copy(update={"robot": robot})
        if isinstance(detector, str):
            self.settings = self.settings.model_copy(update={"detector": detector})
        if not isinstance(workspace, Workspace):
            workspace = load_workspace(own_root(str(workspace)) if workspace else own_root())
        self.keep, self.approver = keep, approver
        self.cell = assemble(
            self.settings,
            workspace,
            self.scene,
            seed,
            gui,
            brain=None if isinstance(brain, str) else brain,
            robot=None if isinstance(robot, str) else robot,
            detector=None if isinstance(detector, str) else detector,
        )
        self.dialogue: list[Turn] = []
        self.world: World | None = None
        self.report: Report | None = None
        self.reports: list[Report] = []
        """Of every mission so far, oldest first."""
        self._stop = threading.Event()
        self._missions = 0

    def run(
        self, instruction: str, on_event: Callable[[Any], None] | None = None, marks: Sequence[Mark | Drawing] = ()
    ) -> Report:
        """Carry out one instruction, or answer one question, to its end. Never raises for a mission that fails.

        ``marks``: what the person marked in the picture of the cell's fixed camera, and may speak of from now on.
        """
        for event in self.stream(instruction, marks):
            if on_event is not None:
                on_event(event)
        assert self.report is not None
        return self.report

    def stream(self, instruction: str, marks: Sequence[Mark | Drawing] = ()) -> Iterator[Event]:
        """Events of one mission as they happen; ``agent.report`` holds the report when they end."""
        from hiervla.graph.ahead import discard
        from hiervla.graph.build import build_graph
        from hiervla.graph.speech import say
        from hiervla.graph.state import first_state
        from hiervla.report.film import Film, Filmed, caption
        from hiervla.report.summary import compose

        began = time.time()
        self._stop.clear()
        self.report = None
        text = instruction.encode(
            "utf-8", "replace"
        ).decode()  # half a character from a broken terminal is no reason to crash
        folder = new_run(self.settings.runs, text) if self.keep else RunFolder(None)
        film = Film(folder.path / "video.mp4") if self.settings.video and folder.path else None
        self.cell.cerebellum.robot = Filmed(self.cell.robot, film, self.cell.camera) if film else self.cell.robot
        self.cell.cerebellum.stop = self._stop
        mission = self._mission(folder)
        name = self.cell.brain.name
        pending: list[Any] = []
        mission.write = pending.append
        mission.emit("started", instruction=text, run=folder.name, scene=self.scene, seed=self.seed, brain=name)
        yield from _drain(pending)
        saver, connection = _checkpointer(folder)
        graph = build_graph(saver)
        config = {"configurable": {"thread_id": "mission"}, "recursion_limit": 100_000}
        ask: Any = first_state(text, list(self.dialogue), self.world, marks)
        if len(text) > MAX_INSTRUCTION:
            answer = say("too_long", text, length=str(len(text)), most=str(MAX_INSTRUCTION))
            ask |= {"next": "report", "status": "refused", "answer": answer}
        state: dict[str, Any] = dict(ask)
        stopped: str | None = None
        try:
            with interrupting(self._stop):
                while True:
                    waiting = None
                    for mode, part in graph.stream(ask, config, context=mission, stream_mode=["custom", "values"]):
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
                    from langgraph.types import Command

                    mission.interventions += 1
                    ask = Command(resume=bool(self.approver and self.approver(waiting)))
        except SafetyStop as e:
            stopped = str(e)
            state |= {"usage": state["usage"] + e.usage}
        except KeyboardInterrupt:
            stopped = "stopped by a person"
        except BaseException:  # a bug, or nobody listens any more: the arm must not go on by itself
            self.cell.robot.stop()
            raise
        finally:
            if mission.ahead is not None:
                mission.ahead.drop()
            if connection is not None:
                connection.close()
            if film:
                film.close()
        if stopped is not None:
            self.cell.robot.stop()
            state |= {"status": "stopped", "answer": say("stopped", text, why=stopped)}
            mission.write = pending.append
            state |= discard(state, mission, stopped)  # type: ignore[arg-type]
            mission.emit("finished", status="stopped", answer=state["answer"])
            yield from _drain(pending)
        self.world = state["world"]
        self.report = compose(
            state, folder, scene=self.scene, seed=self.seed, brain=name, settings=self.settings,
            interventions=mission.interventions, robot_s=mission.robot_s, wall_s=time.time() - began,
        )  # fmt: skip
        self.reports.append(self.report)
        folder.report(self.report)
        changed = changes(state["first"], state["world"], state["outcomes"])
        if stopped is not None and state["subgoals"]:  # it may be in the hand: then it was moved
            known = {c.was.id for c in changed}
            width_m = self.cell.robot.observe("none").gripper_width_m
            cut = taken(state["subgoals"][0], state["first"], width_m)
            changed += tuple(c for c in cut if c.was.id not in known)
        self.dialogue += [
            Turn(who="person", says=text),
            Turn(who="robot", says=self.report.answer, changed=changed),
        ]

    def plan(self, instruction: str) -> Thought:
        """What it would do or answer, found by looking and thinking; the arm moves only out of its own view."""
        from langgraph.checkpoint.memory import InMemorySaver

        from hiervla.graph.build import build_graph, serializer
        from hiervla.graph.state import first_state

        graph = build_graph(InMemorySaver(serde=serializer()))
        config = {"configurable": {"thread_id": "plan"}, "recursion_limit": 100_000}
        first = first_state(instruction, list(self.dialogue), self.world)
        *_, state = graph.stream(
            first, config, context=self._mission(RunFolder(None)), stream_mode="values", interrupt_before=["guard"]
        )
        self.world = state["world"]
        thought: Thought = state["thought"]
        return thought

    def overhear(self, said: str) -> str | None:
        """Something said while a mission runs, from any thread: ``stop`` halts it; ``correct``, a correction to be run next, too.

        None: neither; it waits its turn.
        """
        from hiervla.assemble import meant_meanwhile

        meant = "stop" if said == "/stop" else meant_meanwhile(self.cell.workspace)(said)
        if meant is not None:
            self.stop()
        return meant

    def use_brain(self, name: str) -> None:
        """Let another brain think from the next instruction on; the dialogue and the world stay.

        Raises:
            SetupError: there is no such brain, or what it needs is not there; the old one stays.
        """
        from hiervla.assemble import minds

        settings = self.settings.model_copy(update={"brain": name})
        cell = self.cell
        cell.brain, cell.fallback, cell.second, cell.opinion = minds(settings, cell.workspace)
        self.settings = settings

    def stop(self) -> None:
        """Stop the arm and end the running mission; may be called from any thread."""
        self._stop.set()

    def close(self) -> None:
        """Let go of the robot or the simulation."""
        self.cell.close()

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _mission(self, folder: RunFolder) -> Any:
        from hiervla.graph.mission import Mission

        self._missions += 1
        cell = self.cell
        return Mission(
            settings=self.settings, robot=cell.robot, description=cell.robot.describe(), brain=cell.brain, eyes=cell.eyes,
            guard=cell.guard, execute=cell.cerebellum.execute, policy_name=lambda t: cell.cerebellum.policy_for(t).name,
            skills=cell.workspace.skills, tools=cell.workspace.tools, vocabulary=cell.vocabulary, folder=folder,
            stop=self._stop, draw=cell.draw, point=cell.point, camera=cell.camera, start_s=cell.robot.observe("none").time_s,
            fallback=cell.fallback, second=cell.second, opinion=cell.opinion, foresee=cell.foresee, look_prefix="L" if self._missions == 1 else f"M{self._missions}L",
        )  # fmt: skip


def _drain(pending: list[Any]) -> Iterator[Any]:
    while pending:
        yield pending.pop(0)


def _checkpointer(folder: RunFolder) -> tuple[Any, sqlite3.Connection | None]:
    from hiervla.graph.build import serializer

    if folder.path is None:
        from langgraph.checkpoint.memory import InMemorySaver

        return InMemorySaver(serde=serializer()), None
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(folder.path / "checkpoints.sqlite", check_same_thread=False)
    return SqliteSaver(connection, serde=serializer()), connection


def thoughts_of(run: Path, *how: Any) -> list[Any]:
    """What a run's brain was given and thought (``hiervla.graph.retold.retold``)."""
    from hiervla.graph.retold import retold

    return list(retold(run, *how))
