"""A skill is a form a brain fills: its fields are the schema, its methods say when it may start and when it is done.

A person's own skill needs a docstring, the fields, ``says`` (words per language) and ``keyframes``::

    class Tap(Skill):
        "Touch the top of an object with closed fingers."
        target: str
        says = {"en": ["tap"], "zh": ["轻点"]}
        def keyframes(self, at): return touch(at, self.target)
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict

from hiervla.core.geometry import Pose
from hiervla.core.goal import EDGES, Goal
from hiervla.core.outcome import Check, FailureKind
from hiervla.core.relations import holds
from hiervla.core.task import Destination, Grip, Gripper, Handling, Keyframe, Limits, Task, Trace
from hiervla.core.world import Detection, World


@dataclass(frozen=True, slots=True)
class Ground:
    """What a skill may stand on when it plans its motion: the perceived world, the hand, the limits, how to handle, the gripper."""

    world: World
    hand: Pose
    limits: Limits = field(default_factory=Limits)
    handling: Handling = field(default_factory=Handling)
    home: Pose | None = None
    gripper: Gripper = field(default_factory=Gripper)
    before: World | None = None
    """The world before the first of several passes; None in the first."""

    def object(self, object_id: str) -> Detection:
        return self.world.objects[object_id]


HOOKS = ("keyframes", "done", "ready", "can_start", "ground", "effects", "objects", "destination", "is_place")
"""What a skill may define of its own."""


def _check(kind: type[Skill]) -> None:
    """Mistakes in a class that would otherwise show only in a mission.

    Raises:
        TypeError: says what is wrong and what would be right.
    """
    says: Any = kind.says
    tables = isinstance(says, dict) and all(
        isinstance(v, list | tuple) and all(isinstance(w, str) for w in v) for v in says.values()
    )
    if not tables:
        raise TypeError(
            f"{kind.__name__}.says must be lists of words by language, such as {{'en': ['tap'], 'zh': ['轻点']}}"
        )
    if kind.grip not in get_args(Grip):
        raise TypeError(f"{kind.__name__}.grip is {kind.grip!r}; there are: {', '.join(get_args(Grip))}")
    for name, value in vars(kind).items():
        near = difflib.get_close_matches(name, HOOKS, n=1, cutoff=0.85)
        if callable(value) and not name.startswith("_") and name not in HOOKS and near and near[0] not in vars(kind):
            raise TypeError(f"{kind.__name__}.{name} is called by nobody; did you mean {near[0]}?")


class Skill(BaseModel):
    """Base of every skill. Subclasses are frozen forms; class attributes are facts about the skill."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: ClassVar[str] = ""
    """What a brain calls it; the class name in snake case unless given."""
    max_seconds: ClassVar[float] = 20.0
    """Robot time after which it has failed."""
    passes: ClassVar[int] = 1
    """How often its motion may run for one step, each time planned from a fresh look: what is pushed over a table does
    not always come to lie where it should at once. ``done`` is asked about the world before the first."""
    says: ClassVar[dict[str, list[str]]] = {}
    """Verbs per language that the grammar brain may read as this skill; ``…`` marks where the object stands."""
    grip: ClassVar[Grip] = "none"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" not in cls.__dict__:
            snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(cls.__name__))
            cls.name = snake
        _check(cls)

    def objects(self) -> list[str]:
        """Ids of the objects it names: its ``target`` and ``reference`` fields where it has them."""
        ids = [getattr(self, f, None) for f in ("target", "reference")]
        return [i for i in ids if isinstance(i, str) and i]

    def ready(self, world: World) -> Check:
        """May it start in this world? By default: everything it names is in view and the hand suits its grip."""
        for object_id in self.objects():
            if object_id not in world.objects and not self.is_place(object_id, world):
                return Check.no(f"{object_id} is not in view", kind=FailureKind.NOT_FOUND)
        if self.grip == "gain" and world.held is not None:
            return Check.no(f"the hand already holds {world.held.id}", kind=FailureKind.PRECONDITION)
        if self.grip in ("keep", "release") and world.held is None:
            return Check.no("the hand is empty", kind=FailureKind.PRECONDITION)
        return self.can_start(world)

    def can_start(self, world: World) -> Check:
        """A skill's own precondition, asked after the common ones."""
        from hiervla.core.judging import look_evidence

        return Check.yes("nothing stands against it", look_evidence(world, f"{len(world.objects)} objects in view"))

    def is_place(self, name: str, world: World) -> bool:
        """True for names that are no object but a place: the table, its edges, a zone."""
        return name in world.surfaces or name in world.zones or name == "edge" or name in EDGES

    def effects(self) -> tuple[Goal, ...]:
        """What will hold once it is done; empty for skills that leave nothing behind."""
        return ()

    def keyframes(self, at: Ground) -> Sequence[Keyframe]:
        """Hand poses the servo policy can follow. Raises ToolError when the world gives it nowhere to go."""
        return ()

    def destination(self, at: Ground) -> Destination | None:
        """Where its target shall come to be, for policies that find their own way there. Raises as ``keyframes``."""
        return None

    def done(self, before: World, now: World, trace: Trace) -> Check:
        """Has it been seen to be done? By default: every effect holds in this look, or else every keyframe was reached."""
        checks = [holds(goal, now) for goal in self.effects()]
        for check in checks:
            if not check:
                return check
        if checks:
            return Check.yes("; ".join(c.why for c in checks), *[e for c in checks for e in c.evidence])
        names = [k.name for k in trace.task.keyframes]
        seen = [e for n in names if (e := trace.passed(n)) is not None]
        if names and len(seen) == len(names):
            return Check.yes(f"the hand went through {', '.join(names)}", *seen)
        return Check.no("it did not go through all of its motion", kind=FailureKind.STALLED)

    def ground(self, at: Ground) -> Task:
        """The task for the cerebellum, grounded in what was perceived."""
        ids = [i for i in self.objects() if i in at.world.objects]
        target = at.world.objects.get(getattr(self, "target", "") or "")
        goal = at.world.objects.get(getattr(self, "reference", "") or "")
        return Task(
            skill=self.name,
            instruction=f"{self.name} {' '.join(at.world.objects[i].phrase for i in ids)}".strip(),
            relation=str(getattr(self, "relation", None) or ""),
            target=target,
            goal=goal,
            destination=self.destination(at),
            held=at.world.held,
            keyframes=tuple(self.keyframes(at)),
            handling=at.handling,
            grip=self.grip,
            max_seconds=self.max_seconds,
            limits=at.limits,
            expected_width_m=at.world.held.width_m if at.world.held else None,
        )
