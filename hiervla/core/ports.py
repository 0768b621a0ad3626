"""The seams: small Protocols that a real VLM, VLA, detector or arm plugs in at."""

from __future__ import annotations

from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from hiervla.core.aloud import Aloud
from hiervla.core.briefing import Briefing
from hiervla.core.geometry import Array, Pose, Vec3
from hiervla.core.observation import Observation
from hiervla.core.outcome import Failure
from hiervla.core.plan import Thought
from hiervla.core.seeking import Sought
from hiervla.core.task import ActionChunk, Gripper, Limits, Task
from hiervla.core.world import Detection, World

Detail = Literal["none", "tick", "look"]
"""Which images an observation carries: none, small ones for a control tick, large ones for a look."""


class RobotDescription(BaseModel):
    """What an arm says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    joints: int
    """Number of arm joints, fingers not counted."""
    step_s: float
    """Seconds of one control tick."""
    limits: Limits
    gripper: Gripper = Gripper()
    cameras: tuple[str, ...]
    skin: Vec3 | None = None
    """Colour (0..1) of most of the arm's surface, by which eyes judge the light; None where it has no one colour."""
    home: tuple[float, ...]
    """Hand pose to rest at: x y z (m) and yaw (rad)."""


@runtime_checkable
class Brain(Protocol):
    """The high-level mind."""

    name: str

    def think(self, briefing: Briefing) -> Thought:
        """One thought from everything known so far."""
        ...


@runtime_checkable
class ThinksAloud(Brain, Protocol):
    """A brain that can be followed while it thinks, and stopped. It may think while the arm moves, on a thread of its own."""

    def think_aloud(self, briefing: Briefing, aloud: Aloud) -> Thought:
        """As ``think``.

        Raises:
            SafetyStop: ``aloud.stopped`` became true.
        """
        ...


@runtime_checkable
class Eyes(Protocol):
    """From an observation to a world, with ids carried over from the last one."""

    def look(self, observation: Observation, before: World, look_id: str, expect: str | None = None) -> World:
        """Build the world from a large observation; ``expect`` is the object thought to be in the hand."""
        ...


@runtime_checkable
class CloseEyes(Eyes, Protocol):
    """Eyes that can also use the camera at the wrist."""

    def closer(self, observation: Observation, world: World, about: str) -> World:
        """The world with what the wrist camera shows in and on one of its things, as part of the same look."""
        ...


@runtime_checkable
class NamingEyes(CloseEyes, Protocol):
    """Eyes that can also look for a thing by a name which nobody told them."""

    detector: str  # what finds it, for the record

    def seek(self, observation: Observation, world: World, query: str, name: str) -> Sought:
        """What the observation of a world's look shows of a name.

        Args:
            observation: the large one that the world was read from.
            world: what the eyes made of it.
            query: the description as it was said: ``grey stapler``.
            name: the noun in it: ``stapler``; what is found gets it.

        Raises:
            DetectorFault: there is no answer, or none that can be read.
        """
        ...


@runtime_checkable
class Detector(Protocol):
    """From images and a query to detections; geometric or open-vocabulary.

    Each says where it is (``centre`` and ``size``, metres, world frame; ``box_px`` in ``camera``'s look image where there
    is one) and how sure the detector is (``score``). What not every detector has, and is asked for where it is there:
    ``name``, ``sure`` (score from which on it is to be believed; 0.5 where it does not say) and ``notes`` (a list of what
    was met on the way, emptied by whoever reads it). It raises ``DetectorFault`` when it has no answer to give.
    """

    def detect(self, observation: Observation, query: str) -> list[Detection]: ...


@runtime_checkable
class Policy(Protocol):
    """The low-level mind: observation and task to a chunk of actions.

    What not every policy has, and is asked for where it is there: ``detail`` (which size of images it wants, ``tick`` or
    ``look``), ``covers(task)`` or ``skills`` (what it was made for, as ``"pick"`` or ``"place in"``; all, where it does not say), ``reached(task)`` (names of keyframes it was seen to
    pass), ``close()``. It raises ``PolicyFault`` when it has no chunk to give.
    """

    name: str
    horizon: int  # trained chunk length H
    cameras: tuple[str, ...]  # which tick images it needs

    def reset(self, task: Task) -> None:
        """A new task begins; queued or remembered actions are forgotten."""
        ...

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        """The next chunk. ``prefix`` (n, 7) are actions already committed while this inference runs."""
        ...


@runtime_checkable
class Robot(Protocol):
    """An arm with a gripper and cameras, simulated or real."""

    def describe(self) -> RobotDescription: ...

    def observe(self, detail: Detail = "none", cameras: tuple[str, ...] | None = None) -> Observation:
        """Read every sensor. ``cameras`` names the images wanted (None: all of them); rendering is what costs."""
        ...

    def apply(self, action: Array, force_n: float = 40.0) -> Array:
        """Run one action (7,) for one control tick; returns the action as it was executed (limits may shorten it)."""
        ...

    def stop(self) -> None:
        """Halt now and hold position; safe to call at any time and twice."""
        ...

    def close(self) -> None: ...


class Monitor(Protocol):
    """Reads cheap observations and may name one failure."""

    name: str

    def start(self, observation: Observation, task: Task) -> None: ...

    def watch(self, observation: Observation, task: Task, action: Array, phase: str) -> Failure | None:
        """Called after each tick with the action just executed and the phase it served."""
        ...


class Memory(Protocol):
    """Failures and what corrected them, over missions."""

    def recall(self, failure: Failure, skill: str, most: int = 3) -> list[str]: ...

    def remember(self, failure: Failure, skill: str, corrected_by: str) -> None: ...


class Emit(Protocol):
    """Takes events as they happen."""

    def __call__(self, kind: str, **data: Any) -> None: ...


__all__ = [
    "Brain",
    "CloseEyes",
    "Detail",
    "Detector",
    "Emit",
    "Eyes",
    "Memory",
    "Monitor",
    "NamingEyes",
    "Policy",
    "Pose",
    "Robot",
    "RobotDescription",
    "ThinksAloud",
]
