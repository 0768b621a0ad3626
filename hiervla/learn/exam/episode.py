"""One episode: a lesson's scene, real eyes, the guard, the control loop with the policy under test, and truth afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from hiervla.core.config import ChunkSettings, Settings
from hiervla.core.errors import SafetyStop, SetupError
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.outcome import Check, Failure
from hiervla.core.plan import Subgoal
from hiervla.core.ports import Brain, Policy, RobotDescription
from hiervla.core.task import ActionChunk, Task, Trace
from hiervla.core.world import World
from hiervla.learn.exam.ablation import Ablated
from hiervla.learn.exam.addressing import addressed, named, spoken
from hiervla.learn.exam.conditions import CHAINED, KEYS, Item
from hiervla.learn.exam.witness import Truth, Witness, judge
from hiervla.learn.lessons import Lesson, Step, draw_lesson
from hiervla.named import make_brain, make_policy
from hiervla.scenario.trial import Trial, Unset
from hiervla.workspace import Workspace, shared_workspace

EXAMINED = "examined"
"""What the policy under test is called among a cell's policies. All else that moves the arm is servo's."""


class Timed:
    """A policy, and how long each of its inferences took."""

    def __init__(self, inner: Policy) -> None:
        self.inner, self.ms = inner, list[float]()
        self.name, self.horizon, self.cameras = inner.name, inner.horizon, inner.cameras

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["inner"], name)

    def reset(self, task: Task) -> None:
        self.inner.reset(task)

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        began = time.perf_counter()
        try:
            return self.inner.infer(observation, task, prefix)
        finally:
            self.ms.append((time.perf_counter() - began) * 1e3)


@lru_cache(maxsize=1)
def _content() -> tuple[Workspace, Brain]:
    space = shared_workspace()
    return space, make_brain("grammar", space)


@lru_cache(maxsize=4)
def _policy(name: str, mapping: str, about: RobotDescription) -> Policy:
    """Loaded once a process: its ``reset`` makes it forget what was before."""
    return make_policy(name, about, mapping)


@dataclass
class Episode:
    """A lesson in a cell, with the policy under test at hand."""

    item: Item
    lesson: Lesson
    trial: Trial
    timed: Timed
    ablated: Ablated
    rng: np.random.Generator
    row: dict[str, Any]
    ids: dict[str, str] = field(default_factory=dict)
    """Body → id as it was addressed."""

    @classmethod
    def begin(cls, item: Item, row: dict[str, Any]) -> Episode:
        """
        Raises:
            Unset: no such scene can be built.
        """
        deed = {"chain": CHAINED[item.seed % len(CHAINED)], "mixed": None}.get(item.deed, item.deed)
        lesson = draw_lesson(item.seed, deed, item.shift, item.at_least)  # type: ignore[arg-type]
        space, brain = _content()
        chunk = ChunkSettings() if item.chunk == "adaptive" else ChunkSettings(mode="fixed", length=int(item.chunk))
        try:
            trial = Trial.of(lesson.scene, item.seed, settings=Settings(chunk=chunk), space=space, brain=brain)
        except SetupError as e:
            if "no free spot" not in str(e):  # broken content is no episode that was not tried
                raise
            raise Unset(f"no such scene could be built: {e}") from e
        rng = np.random.default_rng([item.seed, 0xE7A3])
        timed = Timed(_policy(item.policy, item.mapping, trial.cell.robot.describe()))
        ablated = Ablated(timed, item.ablation, item.ablation.offset(rng))
        trial.cell.cerebellum.policies[EXAMINED] = ablated
        return cls(item, lesson, trial, timed, ablated, rng, row)

    def run(self) -> None:
        """All of it, into the row."""
        steps, row = self.lesson.steps, self.row
        row |= {"did": steps[-1].deed, "in_view": len(self.trial.world.objects)}
        if "prompt" in self.item.ablation.blank and row["in_view"] < self.item.at_least:
            raise Unset(f"only {row['in_view']} things are in view")
        for step in steps:
            self._address(step)
        examined = steps if self.item.deed == "chain" else steps[-1:]
        if (name := self._uncovered(examined)) is not None:
            row |= {"tried": True, "kind": "not_covered", "why": f"{self.item.policy} does not cover {name}"}
            return
        for step in steps[: len(steps) - len(examined)]:
            self.trial.must(step.skill, self._asked(step))
        witness = Witness(self.trial.sim)
        try:
            self._examine(examined, witness)
        finally:
            witness.leave()
            self._tell(witness, examined)

    def _examine(self, steps: tuple[Step, ...], witness: Witness) -> None:
        """The measured steps: each judged by itself, the next one only after the last was claimed."""
        row, trial = self.row, self.trial
        for n, step in enumerate(steps):
            before = trial.truth()
            words, about = self._say(step)
            row |= {"words": [*row.get("words", []), words]} | ({"named": about} if n == 0 else {})
            trial.cell.cerebellum.by_skill = {step.skill: EXAMINED}
            done = len(trial.traces)
            row["tried"] = row["tried"] or n > 0
            try:
                claim, trace = trial.step(step.skill, self._asked(step))
            except SafetyStop:
                row["tried"] = True
                raise
            finally:
                trial.cell.cerebellum.by_skill = {}
                self._count(trial.traces[done:], step)
            row["claimed"] = isinstance(claim, Check) and bool(claim)
            row |= {"why": claim.why, "kind": None if row["claimed"] else _kind(claim)}
            if trace is None:
                return  # the guard said no: with nothing done before, nothing was tried
            row["tried"] = True
            if n < len(steps) - 1 and row["claimed"]:
                continue
            truth = self._judge(step, trace.task, before)
            row["true"] = truth.done and n == len(steps) - 1
            row["near"] = truth.near and n == len(steps) - 1
            row["off_mm"] = None if truth.off_m is None else round(truth.off_m * 1e3, 1)
            return

    def _judge(self, step: Step, task: Task, before: World) -> Truth:
        filled = self.trial.cell.guard.fill(Subgoal(skill=step.skill, arguments=step.arguments, why="judged"))
        return judge(step, filled, task, before, self.trial.truth())

    def _address(self, step: Step) -> None:
        """Find what a step names among what is seen: by its look, or, where that does not single it out, by its place."""
        for body in named(step).values():
            if body in self.ids:
                continue
            found = addressed(self.trial.world, self.lesson.looks[body])
            if found is None:
                self.row["by_place"] = [*self.row.get("by_place", []), body]
            self.ids[body] = found or self.trial.id(body)

    def _asked(self, step: Step) -> dict[str, Any]:
        return step.arguments | {f: self.ids[body] for f, body in named(step).items()}

    def _say(self, step: Step) -> tuple[str, str]:
        words, about = spoken(step, self.lesson, self.rng, "shuffled-words" in self.item.ablation.blank)
        self.ablated.words = words
        return words, about

    def _uncovered(self, steps: tuple[Step, ...]) -> str | None:
        covers = getattr(self.timed, "skills", None)  # a policy that does not say so is taken to cover every skill
        return None if covers is None else next((s.skill for s in steps if s.skill not in covers), None)

    def _count(self, traces: list[Trace], step: Step) -> None:
        """Add what the policy under test has executed; the executive's own motions are told apart by their skill."""
        mine = [t for t in traces if t.task.skill == step.skill]
        row = self.row
        row["robot_s"] = round(row.get("robot_s", 0.0) + sum(t.seconds for t in mine), 2)
        row["chunks"] = row.get("chunks", 0) + sum(t.inferences for t in mine)
        row["chunk_lengths"] = [*row.get("chunk_lengths", []), *[n for t in mine for n in t.chunk_lengths]]

    def _tell(self, witness: Witness, steps: tuple[Step, ...]) -> None:
        meant = {b for s in steps for b in named(s).values()}
        others = [n for n in witness.moved() if n not in meant]
        first, target = witness.first, steps[0].arguments["target"]
        held = steps[0].skill == "place"  # the hand holds it: what it comes against next says nothing
        self.row |= {
            "target": target, "began_holding": held, "touched_first": None if held else first, "moved_others": others,
            "wrong_object": bool(others) or (not held and first not in (None, target)),
            "executed": [[t.task.skill, t.policy] for t in self.trial.traces],
            "chunk_ms": [round(t, 3) for t in self.timed.ms],
        }  # fmt: skip


def _kind(claim: Check | Failure) -> str:
    return str(claim.kind or "cannot_see")


def work(*values: Any) -> dict[str, Any]:
    """One episode of an ``Item``: what the skill claims, and what is true."""
    item, began = Item(*values), time.perf_counter()
    row = {k: getattr(item, k) for k in KEYS} | {
        "tried": False, "claimed": False, "true": False, "kind": None, "target": "a", "touched_first": None,
        "moved_others": [], "wrong_object": False,
    }  # fmt: skip
    episode = None
    try:
        episode = Episode.begin(item, row)
        episode.run()
    except Unset as e:
        row["why"] = str(e)
    except SafetyStop as e:
        row |= {"kind": "safety_stop", "why": str(e)}
    finally:
        if episode is not None:
            episode.trial.cell.robot.close()
    return row | {"wall_s": round(time.perf_counter() - began, 2)}
