"""Names to parts: the only place that knows every adapter. Heavy libraries are imported here, when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hiervla.cerebellum.policies.mini.shipped import spelt
from hiervla.core.agreement import SecondReader
from hiervla.core.config import Settings
from hiervla.core.errors import SetupError, unknown
from hiervla.core.marking import Drawing, Mark
from hiervla.core.opinion import SecondOpinion
from hiervla.core.ports import Brain, CloseEyes, Detector, Eyes, Robot
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import World
from hiervla.named import arm_model, make_brain, make_detector, make_policies, second_opinion, second_reader
from hiervla.workspace import Workspace

if TYPE_CHECKING:
    from hiervla.cerebellum.loop import Cerebellum
    from hiervla.guard.rules import Guard
    from hiervla.sim.scene import Scene
    from hiervla.sim.simulation import Simulation


@dataclass(slots=True)
class Cell:
    """Everything one agent works with, put together."""

    scene: Scene
    sim: Simulation | None
    robot: Robot
    eyes: Eyes
    brain: Brain
    fallback: Brain | None
    second: SecondReader | None
    opinion: SecondOpinion | None
    cerebellum: Cerebellum
    guard: Guard
    vocabulary: Vocabulary
    workspace: Workspace
    draw: Callable[..., Any]
    point: Callable[..., Any]
    foresee: Callable[..., World | None]
    camera: str
    """The fixed camera that looks are taken with: the scene's first."""

    def keep(self, folder: Path) -> None:
        """Keep a simulated world in a folder, for it dies with the process; a robot of its own lives on by itself."""
        if self.sim is not None:
            from hiervla.sim.snapshot import keep

            keep(self.sim, self.robot.robot.kept(), folder)  # type: ignore[attr-defined]

    def put_back(self, folder: Path) -> None:
        """Make a simulated world what it was when it was kept there; SetupError where it is another."""
        if self.sim is not None:
            from hiervla.sim.snapshot import put_back

            if (arm := put_back(self.sim, folder)) is not None:
                self.robot.robot.go_on(arm)  # type: ignore[attr-defined]

    def close(self) -> None:
        for policy in self.cerebellum.policies.values():
            if (close := getattr(policy, "close", None)) is not None:
                close()
        self.robot.close()


def assemble(
    settings: Settings, workspace: Workspace, scene: str | Scene, seed: int, gui: bool = False,
    brain: Brain | None = None, robot: Robot | None = None, detector: Detector | None = None,
) -> Cell:  # fmt: skip
    """Build a cell: a scene (by name, or made) in PyBullet from a seed, or around a robot that is given; brain and detector likewise.

    Raises:
        SetupError: a name is unknown or a file does not fit; says which and how to mend it.
    """
    from hiervla.sim.scene import load_scene

    described = load_scene(workspace.scene_path(scene)) if isinstance(scene, str) else scene
    from hiervla.cerebellum.loop import Cerebellum
    from hiervla.cerebellum.monitors import default_monitors
    from hiervla.guard.rules import Guard
    from hiervla.paper.foresight import foresight
    from hiervla.perception.change import TargetWatch, image_change
    from hiervla.perception.draw import mark
    from hiervla.perception.drawings import drawn_marks, read_drawing
    from hiervla.perception.eyes import GeometricEyes
    from hiervla.perception.pointing import pointed
    from hiervla.robot.envelope import Envelope

    vocabulary = workspace.vocabulary(described.inventory)
    camera = described.camera[0].name
    sim = None
    if robot is None:
        sim, robot = simulated(described, seed, gui, settings.robot)
    elif settings.robot is not None:
        raise SetupError(f"a robot was given, and the settings name another: {settings.robot}; choose one of them")
    safe = Envelope(robot, described.limits.over(robot.describe().limits))
    about = safe.description
    eyes: CloseEyes = GeometricEyes(
        vocabulary, described.zone, camera=camera, limits=safe.limits, gripper=about.gripper, skin=about.skin
    )
    if detector is not None or settings.detector:
        from hiervla.perception.naming.eyes import NamingEyes

        eyes = NamingEyes(eyes, detector or make_detector(settings.detector, settings, camera, safe.limits), camera)
    for skill in settings.policies:
        if skill not in workspace.skills:
            raise unknown("skill in settings.policies:", skill, workspace.skills)
    policies, order = make_policies(settings, safe.description)
    cerebellum = Cerebellum(
        robot=safe, policies=policies, order=order, by_skill=settings.policies,
        monitors=default_monitors(partial(_start_watch, TargetWatch, camera)), settings=settings.chunk, image_change=partial(image_change, camera=camera), watch_camera=camera,
    )  # fmt: skip
    guard = Guard(workspace.skills, safe.description)

    def draw(seen: Any, world: Any, caption: str) -> np.ndarray:
        return np.asarray(mark(seen.images[camera], world, camera=camera, caption=caption))

    def point(marks: Any, seen: Any, world: Any) -> Any:
        image, words = seen.images[camera], vocabulary.lexicon.colours
        drawn = [
            d
            for m in marks
            if isinstance(m, Drawing)
            for d in drawn_marks(read_drawing(Path(m.path)), image.rgb, words)
        ]
        return pointed([*(m for m in marks if isinstance(m, Mark)), *drawn], image, world, camera)

    mind, fallback, second, opinion = minds(settings, workspace, brain)
    return Cell(
        described, sim, safe, eyes, mind, fallback, second, opinion, cerebellum, guard, vocabulary, workspace, draw, point,
        foresight(safe.limits, workspace.skills), camera,
    )  # fmt: skip


def minds(
    settings: Settings, workspace: Workspace, brain: Brain | None = None
) -> tuple[Brain, Brain | None, SecondReader | None, SecondOpinion | None]:
    """Who thinks (``brain`` where it is given), who thinks on when that is lost, who reads instructions beside it, who judges steps.

    Raises:
        SetupError: a name is unknown, or what it needs is not there.
    """
    chat = settings.chat.model_copy(update={"examples_from": settings.chat.examples_from or settings.runs})
    mind = brain or make_brain(settings.brain, workspace, chat, settings.local)
    fallback = make_brain(settings.fallback, workspace, chat, settings.local) if settings.fallback else None
    opinion = second_opinion(settings, mind.name, workspace)
    return mind, fallback, second_reader(settings, mind, workspace), opinion


def simulated(scene: Scene, seed: int, gui: bool = False, arm: str | None = None) -> tuple[Simulation, Robot]:
    """A scene built in PyBullet with an arm in it: the named one, or the scene's own."""
    from hiervla.bullet.client import Lens, look_at
    from hiervla.robot.bullet_arm import BulletArm, FixedCamera
    from hiervla.sim.simulation import Simulation

    model = arm_model(arm or scene.robot)
    limits = scene.limits.over(model.limits)
    sim = Simulation(scene, seed, gui=gui, reach=limits)
    cameras = tuple(
        FixedCamera(
            c.name,
            look_at(np.array(c.position), np.array(c.look_at)),
            Lens(*c.size, c.fov_deg),
            Lens(*c.small, c.fov_deg),
        )
        for c in scene.camera
    )
    robot = BulletArm(sim.client, cameras, model, limits)
    sim.attach(robot.arm, model.grasp)
    return sim, robot


def _start_watch(watch: Any, camera: str, observation: Any, detection: Any) -> Any:
    return watch(observation, detection, camera).moved


def weights_folder(policy: str) -> Path | None:
    """The folder that a policy's name stands for; None for one that has none."""
    return own[0] if (own := spelt(policy)) is not None else None
