"""One seed's lesson, shown in a simulation of its own, as episodes to keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

import numpy as np

from hiervla.assemble import simulated
from hiervla.cerebellum.policies.mini.inputs import grounding_of
from hiervla.core.errors import SetupError, unknown
from hiervla.core.ports import Policy, RobotDescription
from hiervla.core.skill import Skill
from hiervla.learn.correcting import correct
from hiervla.learn.dataset.episode import Episode, Instruction
from hiervla.learn.demonstrate import Demonstration, Teacher, show_lesson
from hiervla.learn.form import grounding_row, now, recovering, sensed, told
from hiervla.learn.lessons import DEEDS, Lesson, Shift, draw_lesson
from hiervla.learn.pupil import Pupil
from hiervla.learn.wordings import wordings
from hiervla.named import make_policy
from hiervla.robot.envelope import Envelope

SHIFTS: tuple[Shift, ...] = get_args(Shift)
_DRAWS = 8
"""How often a wording is drawn; those that differ are kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is shown of every seed."""

    deeds: tuple[str, ...] = ()
    """Which deeds, in turn by seed; none: a mix of all, each seed drawing its own."""
    shift: Shift = "none"
    """How scenes are unlike those of training."""
    calm: bool = False
    """Without jolts."""
    pupil: str = ""
    """A policy that acts itself and is corrected (its name or folder); none: the teacher shows."""

    def checked(self) -> Plan:
        """Itself.

        Raises:
            SetupError: there is no such deed or shift; names near ones.
        """
        for kind, names, known in (("deed", self.deeds, DEEDS), ("shift", (self.shift,), SHIFTS)):
            for name in names:
                if name not in known:
                    raise unknown(kind, name, known)
        if len(set(self.deeds)) < len(self.deeds):
            raise SetupError(f"a deed is named twice in {','.join(self.deeds)}")
        return self

    def lesson(self, seed: int) -> Lesson:
        """The lesson of a seed."""
        return draw_lesson(seed, self.deeds[seed % len(self.deeds)] if self.deeds else None, self.shift)


def show_seed(seed: int, plan: Plan, skills: dict[str, type[Skill]]) -> tuple[str, list[Episode]]:
    """The deed of a seed's lesson and an episode for each step that was shown, the same every time.

    None was shown where the first step cannot be taken in the scene that came about.
    """
    lesson = plan.lesson(seed)
    sim, arm = simulated(lesson.scene, seed)
    try:
        robot = Envelope(arm, lesson.scene.limits.over(arm.describe().limits))
        teacher = Teacher(sim, robot, skills, np.random.default_rng([seed, 0x7EAC]))
        if plan.pupil:
            pupil = Pupil(_policy(plan.pupil, robot.describe()), np.random.default_rng([seed, 0x9071]))
            shown = correct(lesson, teacher, pupil)
        else:
            shown = show_lesson(lesson, teacher, plan.calm)
    finally:
        sim.close()
    rng = np.random.default_rng([seed, 0x5A1D])
    return lesson.steps[-1].deed, [_episode(d, lesson, seed, plan, rng) for d in shown]


@lru_cache(maxsize=1)
def _policy(name: str, about: RobotDescription) -> Policy:
    """Loaded once a process: its ``reset`` makes it forget."""
    return make_policy(name, about)


def _episode(shown: Demonstration, lesson: Lesson, seed: int, plan: Plan, rng: np.random.Generator) -> Episode:
    target = lesson.looks[shown.step.arguments["target"]]
    reference = lesson.looks.get(shown.step.arguments.get("reference", ""))
    metadata = {
        "deed": shown.step.deed, "target": " ".join(target), "reference": " ".join(reference or ()), "shift": plan.shift,
        "calm": plan.calm, "why": shown.failure.why if shown.failure else "",
    }  # fmt: skip
    return Episode.of(
        _rows(shown), instructions=(said(shown.step.deed, target, reference, rng),), skill=shown.step.skill, seed=seed,
        success=shown.success, failure=shown.failure.kind if shown.failure else None, source="dagger" if plan.pupil else "expert", metadata=metadata,
    )  # fmt: skip


def _rows(shown: Demonstration) -> list[dict[str, object]]:
    grounding = {"grounding": grounding_row(grounding_of(shown.task))}
    mending = recovering(np.array([m.jolted for m in shown.moments]))
    longest = max(m.label.remaining for m in shown.moments)
    return [
        sensed(m.seen) | grounding | now(m.target) | told(m.label, m.done, longest, m.jolted, bool(back))
        for m, back in zip(shown.moments, mending, strict=True)
    ]


def said(
    deed: str, target: tuple[str, str], reference: tuple[str, str] | None, rng: np.random.Generator
) -> Instruction:
    """What a step may be called, several ways in both languages."""
    drawn = [wordings(deed, target, reference, rng) for _ in range(_DRAWS)]
    english, chinese = (tuple(dict.fromkeys(words)) for words in zip(*drawn, strict=True))
    return Instruction(english, chinese)
