"""The agent: say something, watch it happen, get a report.

::

    from hiervla import Agent
    with Agent(scene="tabletop", seed=3) as agent:
        print(agent.run("put the red cube in the blue bowl").answer)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hiervla.carrying import Approver
from hiervla.core.briefing import Turn
from hiervla.core.config import Settings
from hiervla.core.events import Event, Report
from hiervla.core.marking import Drawing, Mark
from hiervla.core.plan import Thought
from hiervla.core.ports import Brain, Detector, Robot
from hiervla.core.world import World
from hiervla.record import RunFolder, new_run
from hiervla.resuming import begun, left_off, made_under, under_way
from hiervla.workspace import Workspace, load_workspace, own_root

MAX_INSTRUCTION = 4000
"""Characters of an instruction; more is no instruction."""


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
        from hiervla.graph.speech import say
        from hiervla.graph.state import first_state

        text = instruction.encode(
            "utf-8", "replace"
        ).decode()  # half a character from a broken terminal is no reason to crash
        folder = new_run(self.settings.runs, text) if self.keep else RunFolder(None)
        mission = self._mission(folder)
        ask = first_state(text, list(self.dialogue), self.world, marks)
        if len(text) > MAX_INSTRUCTION:
            answer = say("too_long", text, length=str(len(text)), most=str(MAX_INSTRUCTION))
            ask |= {"next": "report", "status": "refused", "answer": answer}
        if folder.path is not None:
            begun(folder.path, self)
        name = self.cell.brain.name
        opening = mission.event(
            "started", instruction=text, run=folder.name, scene=self.scene, seed=self.seed, brain=name
        )
        with under_way(folder.path):
            yield from self._carry_out(mission, ask, opening)

    @classmethod
    def of_run(cls, run: str | Path, **parts: Any) -> Agent:
        """An agent in the scene of a run that did not come to its end, with its seed and settings; ``parts`` as for ``Agent``.

        Raises:
            SetupError: it is no run's folder, or was made before runs could go on.
        """
        scene, seed, settings = made_under(Path(run))
        return cls(scene, seed, **{"settings": settings, **parts})

    def resume(self, run: str | Path, on_event: Callable[[Any], None] | None = None) -> Report:
        """Go on with a mission whose process died, and finish it; it looks first. See ``stream_resumed``."""
        for event in self.stream_resumed(run):
            if on_event is not None:
                on_event(event)
        assert self.report is not None
        return self.report

    def stream_resumed(self, run: str | Path) -> Iterator[Event]:
        """Events of a mission that goes on where its process died, in the folder it began in.

        A simulated world is put back as it was at the last look; a robot that lives on is looked at as it is. A step that
        was under way counts as failed, and the brain plans anew. Budgets go on from what was spent.

        Raises:
            SetupError: it is no run's folder, it is under way, it came to its end, or it was in another scene than this agent is.
        """
        folder = RunFolder(Path(run))
        made_under(Path(run))
        with under_way(folder.path):
            state, events = left_off(Path(run), self)
            mission = self._mission(folder)
            if state:
                from hiervla.graph.resuming import goes_on, look_prefix

                mission.look_prefix = look_prefix(state)
                self.dialogue, self.world = list(state["dialogue"]), state["world"]
                ask = goes_on(state, events, self.cell.robot.observe("none").gripper_width_m)
            else:
                from hiervla.graph.state import first_state

                ask = first_state(events[0].instruction, list(self.dialogue), self.world)
            mission.start_s -= events[-1].time_s
            yield from self._carry_out(mission, ask, mission.event("note", says="going on after the program had ended"))

    def _carry_out(self, mission: Any, ask: Any, opening: Any) -> Iterator[Event]:
        from hiervla.carrying import carry_out

        self._stop.clear()
        self.report = None
        if mission.folder.path is not None:
            mission.keep = partial(self.cell.keep, mission.folder.path)
        done = yield from carry_out(self.cell, mission, ask, opening, self.approver, self.scene, self.seed)
        self.world, self.report = done.state["world"], done.report
        self.reports.append(done.report)
        self.dialogue += [
            Turn(who="person", says=done.state["instruction"]),
            Turn(who="robot", says=done.report.answer, changed=done.changed),
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
        from hiervla.deskwork import meant_meanwhile

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
