"""The parts a mission runs with: everything that is no value and so stays out of the state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hiervla.core.agreement import SecondReader
from hiervla.core.config import Settings
from hiervla.core.geometry import Array
from hiervla.core.marking import Drawing, Mark
from hiervla.core.observation import Observation
from hiervla.core.opinion import SecondOpinion
from hiervla.core.plan import Subgoal
from hiervla.core.ports import Brain, Eyes, Memory, Robot, RobotDescription
from hiervla.core.skill import Skill
from hiervla.core.task import Task, Trace
from hiervla.core.tool import Tool
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Pointed, World
from hiervla.record import RunFolder, make_event

if TYPE_CHECKING:
    from hiervla.graph.ahead import Ahead

Execute = Callable[..., Trace]
Foresee = Callable[[World, Subgoal], World | None]
Draw = Callable[[Observation, World, str], Any]
Point = Callable[[Sequence[Mark | Drawing], Observation, World], tuple[Pointed, ...]]


@dataclass(slots=True)
class Mission:
    """Parts, by port. The graph's nodes get this as their runtime context."""

    settings: Settings
    robot: Robot
    description: RobotDescription
    brain: Brain
    eyes: Eyes
    guard: Any  # hiervla.guard.rules.Guard, by duck: judge, imagine, ground, fill
    execute: Execute
    policy_name: Callable[[Task], str]
    skills: dict[str, type[Skill]]
    tools: dict[str, Tool]
    vocabulary: Vocabulary
    folder: RunFolder
    stop: threading.Event = field(default_factory=threading.Event)
    memory: Memory | None = None
    fallback: Brain | None = None
    """Thinks in the brain's place once that is lost."""
    second: SecondReader | None = None
    foresee: Foresee | None = None
    """The world after a step that goes well."""
    ahead: Ahead | None = None
    """What is being thought while the arm moves."""
    opinion: SecondOpinion | None = None
    """Asked about steps that the sensors saw done."""
    pictures: dict[str, dict[str, Array]] = field(default_factory=dict)
    """Look → camera → image, of the looks that an opinion may be asked about; empty where nobody is to be asked."""
    draw: Draw | None = None
    point: Point | None = None
    """Understands marks in the picture of a look."""
    write: Callable[[Any], None] = lambda event: None
    seen: Observation | None = None
    trace: Trace | None = None
    task: Task | None = None
    start_s: float = 0.0
    camera: str = "front"
    """The fixed camera that looks are taken with."""
    look_prefix: str = "L"
    keep: Callable[[], None] = lambda: None
    """Keeps the world as it is now, where it would die with the process."""
    interventions: int = 0
    """Times a person was asked to approve a step."""

    def emit(self, kind: str, **data: Any) -> None:
        """Say what happens: into the run's folder and to whoever listens."""
        self.tell(self.event(kind, **data))

    def event(self, kind: str, **data: Any) -> Any:
        """An event of now that is not told yet."""
        return make_event(kind, self.robot_s, data)

    def tell(self, event: Any) -> None:
        """Say an event: into the run's folder and to whoever listens."""
        self.folder.event(event)
        self.write(event)

    def words(self, says: str, begins: bool) -> None:
        """Pass on words of a reply that is being written, to whoever listens; the run's folder keeps the whole thought."""
        self.write(make_event("words", 0.0, {"says": says, "begins": begins}))

    @property
    def robot_s(self) -> float:
        """Robot time of this mission so far, seconds."""
        return self.robot.observe("none").time_s - self.start_s
