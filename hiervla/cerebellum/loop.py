"""The low-level loop: observe → infer → size → apply n ≤ T → monitor, until the policy ends or a monitor speaks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hiervla.cerebellum.sizing import ChunkSizer, phase_of
from hiervla.core.config import ChunkSettings
from hiervla.core.errors import PolicyFault, SafetyStop, SetupError, broke
from hiervla.core.geometry import vec3
from hiervla.core.observation import Observation
from hiervla.core.outcome import Evidence, Failure, FailureKind
from hiervla.core.ports import Emit, Monitor, Policy, Robot
from hiervla.core.task import ActionChunk, Task, Trace

ImageChange = Callable[[Observation, Observation], float]


@dataclass(slots=True)
class Cerebellum:
    """Executes tasks on a robot with the policies it was given. One policy runs each task; the trace says which."""

    robot: Robot
    policies: dict[str, Policy]
    order: tuple[str, ...]
    """Names of policies, the first choice first: the first that covers a task runs it."""
    by_skill: dict[str, str] = field(default_factory=dict)
    """Skill → policy, whatever else the order says."""
    monitors: Sequence[Monitor] = ()
    settings: ChunkSettings = field(default_factory=ChunkSettings)
    image_change: ImageChange | None = None
    watch_camera: str = "front"
    """The fixed camera whose tick images monitors compare."""
    stop: threading.Event = field(default_factory=threading.Event)

    def policy_for(self, task: Task) -> Policy:
        """The policy that runs a task: the one named for its skill, else the first in order that covers it, else the last."""
        if task.skill in self.by_skill:
            return self.policies[self.by_skill[task.skill]]
        able = (n for n in self.order if covers(self.policies[n], task))
        return self.policies[next(able, self.order[-1])]

    def execute(self, task: Task, emit: Emit | None = None) -> Trace:
        """Run one task to its policy's end or to the first failure. Completed says nothing of success.

        Raises:
            SafetyStop: a hard limit was met, or stop was asked for; the arm has been halted.
        """
        policy = self.policy_for(task)
        sizer = ChunkSizer(self.settings)
        trace = Trace(task=task, policy=policy.name)
        detail = getattr(policy, "detail", "tick")
        seen = self.robot.observe(detail, (*policy.cameras, self.watch_camera))
        for m in self.monitors:
            m.start(seen, task)
        _record(trace, seen, "")
        if (fault := _guarded(lambda: policy.reset(task), policy, seen)[1]) is not None:
            trace.failure = fault
            return trace
        last_image = seen
        ticks = 0
        while True:
            chunk, fault = _infer(policy, seen, task)
            trace.inferences += 1
            if fault is not None:
                self.robot.stop()
                trace.failure = fault
                return trace
            trace.reached = list(getattr(policy, "reached", lambda _: [])(task))
            if chunk.terminate is not None and chunk.terminate > 0.5:
                trace.completed = True
                trace.failure = self._watch(seen, task, np.zeros(7), "end")
                return trace
            phase = phase_of(
                chunk, seen.gripper_width_m, float(seen.hand.position[2]), float(np.linalg.norm(seen.wrench[:3]))
            )
            dynamics = 0.0
            if self.image_change is not None and seen.images and seen is not last_image:
                dynamics = self.image_change(last_image, seen)
                last_image = seen
            n = sizer.size(chunk, phase, dynamics)
            if emit is not None:
                emit("progress", phase=chunk.phase or phase, progress=float(chunk.progress or 0.0), chunk=n)
            ran = 0
            for action in chunk.actions[:n]:
                if self.stop.is_set():
                    self.robot.stop()
                    raise SafetyStop("stopped by a person")
                expected = seen.hand.position + action[:3]
                executed = self.robot.apply(action, force_n=task.handling.grip_force_n)
                ran, ticks = ran + 1, ticks + 1
                cameras = self._cameras(policy)
                seen = self.robot.observe(detail if cameras else "none", cameras)
                _record(trace, seen, chunk.phase or phase)
                trace.failure = self._watch(seen, task, executed, chunk.phase or phase)
                if trace.failure is not None:
                    self.robot.stop()
                    trace.chunk_lengths.append(ran)
                    return trace
                if (
                    self.settings.interrupt
                    and float(np.linalg.norm(seen.hand.position - expected)) > self.settings.interrupt_m
                ):
                    trace.interrupts += 1
                    break
            sizer.executed(chunk, ran)
            trace.chunk_lengths.append(ran)

    def _cameras(self, policy: Policy) -> tuple[str, ...]:
        """Tick images that are needed now: rendering is the dearest part of a tick."""
        watching = any(getattr(m, "watching", False) for m in self.monitors)
        return (*policy.cameras, self.watch_camera) if watching else policy.cameras

    def _watch(self, seen: Observation, task: Task, action: Any, phase: str) -> Failure | None:
        for m in self.monitors:
            if (failure := m.watch(seen, task, action, phase)) is not None:
                return failure
        return None


def _record(trace: Trace, seen: Observation, phase: str) -> None:
    trace.times.append(seen.time_s)
    trace.hands.append(vec3(seen.hand.position))
    trace.yaws.append(seen.hand.yaw)
    trace.widths.append(seen.gripper_width_m)
    trace.forces.append(float(np.linalg.norm(seen.wrench[:3])))
    trace.phases.append(phase)


def covers(policy: Policy, task: Task) -> bool:
    """Whether a policy says that a task is of those it was made for; one that says nothing of it covers all."""
    if (asked := getattr(policy, "covers", None)) is not None:
        return bool(asked(task))
    skills = getattr(policy, "skills", None)
    return skills is None or task.skill in skills or f"{task.skill} {task.relation}" in skills


def _infer(policy: Policy, seen: Observation, task: Task) -> tuple[ActionChunk, Failure | None]:
    """The next chunk, and what is wrong with it: one no arm should be given is a policy's failure, not a motion."""
    chunk, fault = _guarded(lambda: policy.infer(seen, task), policy, seen)
    if fault is None and (wrong := _wrong_with(chunk)) is not None:
        fault = _fault(f"the policy {policy.name} gave {wrong}", seen)
    return (chunk, None) if fault is None else (ActionChunk(np.zeros((0, 7)), 0.1), fault)


def _guarded(ask: Callable[[], Any], policy: Policy, seen: Observation) -> tuple[Any, Failure | None]:
    """What a policy answers; its bug is a fault of that kind, not the mission's end, for it may be a person's own code."""
    try:
        return ask(), None
    except PolicyFault as e:
        return None, _fault(str(e), seen)
    except (SafetyStop, SetupError):
        raise
    except Exception as e:
        return None, _fault(f"the policy {policy.name} broke: {broke(e)}", seen)


def _wrong_with(chunk: Any) -> str | None:
    """What keeps a chunk from being given to an arm, or None."""
    if not isinstance(chunk, ActionChunk):
        return f"no ActionChunk but {type(chunk).__name__}"
    a = np.asarray(chunk.actions)
    if a.ndim != 2 or a.shape[1] != 7 or not len(a):
        return f"a chunk of shape {a.shape}: actions are (n, 7) with n of at least 1"
    if not np.all(np.isfinite(a)):
        return "a chunk that is not finite"
    if (most := float(np.abs(a[:, :6]).max())) >= 1.0:
        return f"a chunk that would move the hand by {most:.3g} (m or rad) in one tick"
    return None


def _fault(why: str, seen: Observation) -> Failure:
    return Failure(
        kind=FailureKind.POLICY_FAULT,
        why=why,
        evidence=(Evidence(source="policy:chunk", says=why, time_s=seen.time_s),),
    )
