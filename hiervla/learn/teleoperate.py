"""A person shows a task by keyboard, in the form that the teacher's demonstrations have.

What the person did next is what a policy is to learn. Whether it succeeded is for truth to say, not for who pressed Enter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hiervla.assemble import simulated
from hiervla.cerebellum.policies.mini.inputs import grounding_of
from hiervla.core.errors import SafetyStop, SetupError, ToolError
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.skill import Skill
from hiervla.core.world import Detection, World
from hiervla.learn.dataset.episode import Episode, Instruction
from hiervla.learn.dataset.writer import DatasetWriter
from hiervla.learn.demonstrate import Demonstration, Teacher
from hiervla.learn.expert import HORIZON, Label
from hiervla.learn.form import FPS, demonstration_form, grounding_row, now, sensed, told
from hiervla.learn.keys import DONE, GIVE_UP, Keys, actions
from hiervla.learn.lessons import Step
from hiervla.learn.shown import said
from hiervla.learn.wordings import COLOURS, ENGLISH, SHAPES
from hiervla.robot.envelope import Envelope
from hiervla.sim.scene import Scene

Understand = Callable[[str, World], Sequence[Subgoal]]
"""The steps that an instruction asks for in a world."""
SOURCE = "teleop"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One step that was kept."""

    index: int
    """Of its episode in the dataset."""
    step: str
    frames: int
    success: bool
    why: str = ""
    """What was wrong, where it failed."""


def record(
    folder: str | Path, scene: Scene, text: str, keys: Keys, understand: Understand, skills: dict[str, type[Skill]],
    seed: int | None = None, gui: bool = False, tell: Callable[[str], None] = lambda line: None,
) -> list[Recorded]:  # fmt: skip
    """Let a person carry out ``text`` step by step, and keep every step that was ended; the scene is drawn from the seed.

    Args:
        folder: of the dataset; made where there is none.
        scene: where it is done.
        text: the instruction, as it is written down too.
        keys: where keys come from.
        understand: what it asks for, given how everything truly is.
        skills: the skills that steps may name.
        seed: of the scene; left out, the first that the folder has no recording of.
        gui: open PyBullet's window.
        tell: hears what is to be done, and where the hand is.

    Raises:
        SetupError: the text asks for nothing that can be done here, or the folder is another dataset.
    """
    with DatasetWriter(folder, demonstration_form(), FPS, robot=scene.robot) as writer:
        taken = {s for source, _, s in writer.known if source == SOURCE}
        seed = next(s for s in range(len(taken) + 1) if s not in taken) if seed is None else seed
        if seed in taken:
            raise SetupError(f"{folder} has a recording of seed {seed}; name another seed, or none for the next one")
        sim, arm = simulated(scene, seed, gui)
        try:
            robot = Envelope(arm, scene.limits.over(arm.describe().limits))
            hand = _Hand(Teacher(sim, robot, skills, np.random.default_rng(seed)), keys, scene.camera[0].name, tell)
            return _record(writer, hand, text, list(understand(text, hand.teacher.world())), seed)
        finally:
            sim.close()


def _record(writer: DatasetWriter, hand: _Hand, text: str, steps: list[Subgoal], seed: int) -> list[Recorded]:
    kept: list[Recorded] = []
    names = [s.skill for s in steps]
    if odd := next((n for n in names if names.count(n) > 1), None):
        raise SetupError(f"{text!r} takes several steps of {odd}; record them one by one")
    for n, subgoal in enumerate(steps, 1):
        hand.tell(f"step {n} of {len(steps)}: {subgoal}")
        try:
            episode = hand.show(subgoal, text if len(steps) == 1 else "", seed)
        except ToolError as e:
            raise SetupError(f"{subgoal}: {e}") from e
        if episode is None:
            hand.tell("the keys ended before the step did: it is not kept")
            break
        index = writer.append(episode)
        kept.append(Recorded(index, str(subgoal), len(episode), episode.success, str(episode.metadata["why"])))
        hand.tell(f"kept as episode {index}: {kept[-1].why or 'done'}")
        if not episode.success:
            break
    return kept


class _Hand:
    """The arm under a person's keys."""

    def __init__(self, teacher: Teacher, keys: Keys, camera: str, tell: Callable[[str], None]) -> None:
        self.teacher, self.keys, self.camera, self.tell = teacher, keys, camera, tell
        self.gripper = 0.0

    def show(self, subgoal: Subgoal, text: str, seed: int) -> Episode | None:
        """One step; None where the keys ended before it did."""
        skill, shown = self.teacher.begin(Step(subgoal.skill, dict(subgoal.arguments), _deed(subgoal)))
        seen, done, at = [self._look()], list[Array](), [self.teacher.where(shown.task)]
        why, failure = "", None
        while (key := self.keys.press()) not in (DONE, GIVE_UP, ""):
            try:
                for action in actions(key, self.gripper):
                    done.append(self.teacher.robot.apply(action, force_n=shown.task.handling.grip_force_n))
                    self.gripper = float(action[6])
                    seen.append(self._look())
                    at.append(self.teacher.where(shown.task))
            except SafetyStop as e:
                why, failure = str(e), FailureKind.OVER_FORCE
                break
            self.tell(_where(seen[-1], shown.task.target))
        if key == "":
            return None
        if key == GIVE_UP:
            why = "given up"
        elif failure is None and not self.teacher.achieved(skill, shown.before):
            why = "what the step is for is not so"
        return self._episode(shown, seen, done, at, text, seed, why, failure)

    def _look(self) -> Observation:
        found: Observation = self.teacher.robot.observe("tick", (self.camera, "wrist"))
        return found

    def _episode(
        self, shown: Demonstration, seen: list[Observation], done: list[Array], at: list[Array], text: str, seed: int,
        why: str, failure: FailureKind | None,
    ) -> Episode:  # fmt: skip
        rest = np.array([*np.zeros(6), self.gripper])
        acted = np.array([*done, *[rest] * HORIZON])
        grounding = {"grounding": grounding_row(grounding_of(shown.task))}
        last = len(done)
        rows = [
            sensed(look, self.camera)
            | grounding
            | now(at[t])
            | told(Label(acted[t : t + HORIZON], last - t, SOURCE), acted[t], last)
            for t, look in enumerate(seen)
        ]
        target, reference = shown.task.target, shown.before.objects.get(shown.step.arguments.get("reference", ""))
        return Episode.of(
            rows, instructions=(_words(shown, text, target, reference, seed),), skill=shown.step.skill, seed=seed,
            success=not why, failure=failure, source=SOURCE,
            metadata={
                "deed": shown.step.deed, "target": target.phrase if target else "", "why": why, "shift": "none", "calm": True,
                "reference": reference.phrase if reference else "",
            },
        )  # fmt: skip


def _deed(subgoal: Subgoal) -> str:
    return str(subgoal.arguments.get("relation", subgoal.skill))


def _words(
    shown: Demonstration, text: str, target: Detection | None, reference: Detection | None, seed: int
) -> Instruction:
    """As the person said it where it was one step, then as it is said elsewhere; else as the skill itself says it."""
    english, chinese = (text,) if text.isascii() and text else (), (text,) if not text.isascii() else ()
    named = [(d.colour, d.label) for d in (target, reference) if d is not None]
    if shown.step.deed in ENGLISH and target and all(c in COLOURS and s in SHAPES for c, s in named):
        more = said(shown.step.deed, named[0], named[1] if reference else None, np.random.default_rng(seed))
        english, chinese = (
            tuple(dict.fromkeys((*a, *b))) for a, b in ((english, more.english), (chinese, more.chinese))
        )
    return Instruction(english, chinese) if english or chinese else Instruction((shown.task.instruction,))


def _where(seen: Observation, target: Detection | None) -> str:
    x, y, z = seen.hand.position * 100
    line = f"hand {x:5.1f} {y:5.1f} {z:5.1f} cm, {np.degrees(seen.hand.yaw):4.0f}°, {seen.gripper_width_m * 1e3:3.0f} mm open"
    if target is None:
        return line
    ahead, left, up = (np.asarray(target.grasp_at or target.centre) - seen.hand.position) * 100
    return f"{line}; from it the {target.phrase}: {ahead:+.1f} away, {left:+.1f} left, {up:+.1f} up, {np.degrees(target.yaw):.0f}°"
