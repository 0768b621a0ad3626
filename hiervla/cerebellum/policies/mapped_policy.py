"""A foreign checkpoint at the Policy port: a request by its mapping, a chunk back by its mapping, an end as it declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from hiervla.cerebellum.policies.mapped_actions import MappedActions
from hiervla.cerebellum.policies.mapped_request import MappedRequest, put, take
from hiervla.cerebellum.policies.mapped_statistics import read_scale
from hiervla.cerebellum.policies.mapping import After, Mapping, Reply, Statistics, Still
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.ports import Detail, RobotDescription
from hiervla.core.task import ActionChunk, Task

_FINGERS_M = 0.0015
"""Fingers that have moved by more than this have not come to rest."""


class MappedPolicy(ABC):
    """What every foreign checkpoint shares. A subclass answers one request with the checkpoint's own reply."""

    def __init__(self, mapping: Mapping, about: RobotDescription) -> None:
        """
        Raises:
            SetupError: the mapping contradicts itself, or its statistics are missing or degenerate.
        """
        self.mapping, self.about = mapping, about
        self.actions = MappedActions(mapping, about.step_s)
        self.requests = MappedRequest(mapping, about.gripper)
        self.horizon = self.actions.ticks
        self.cameras = tuple(dict.fromkeys(c.source for c in mapping.camera))
        self.detail: Detail = mapping.images
        self._states, self._action = None, None
        if isinstance(mapping.normalisation, Statistics):
            if len(mapping.state) > 1:
                raise SetupError(f"mapping of {mapping.checkpoint}: normalisation of {len(mapping.state)} state vectors: join them into one [[state]]")  # fmt: skip
            self._action = read_scale(mapping.normalisation, "action", mapping.action.width)
            if mapping.state:
                self._states = read_scale(mapping.normalisation, "state", mapping.state[0].width)
        self._rest: tuple[float, Array, float] | None = None  # since when (s), where (3,), how wide (m)
        self._began: float | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """Who acted, as reports name it."""

    @abstractmethod
    def ask(self, request: dict[str, Any]) -> Any:
        """The checkpoint's reply to one request.

        Raises:
            PolicyFault: there is none.
        """

    def reset(self, task: Task) -> None:
        """A new task begins."""
        self._rest = self._began = None

    def infer(self, observation: Observation, task: Task, prefix: Array | None = None) -> ActionChunk:
        """The next chunk (T, 7) at the arm's tick; an empty motion and terminate = 1 where the declared end has come.

        Raises:
            PolicyFault: no reply, or one that the mapping does not allow.
        """
        if self._ended(observation):
            return self._end(observation)
        request = self.requests.build(observation, task)
        if self._states is not None:
            state = self.requests.state(observation, 0)
            put(request, self.mapping.state[0].key, self._states.normalise(state.astype(np.float64)).astype(np.float32))
        reply = self.ask(request)
        rows = take(reply, self.mapping.action.key)
        if not isinstance(rows, np.ndarray) or rows.dtype.kind not in "fiu":
            known = ", ".join(map(str, reply)) if isinstance(reply, dict) else type(reply).__name__
            raise PolicyFault(
                f"the reply has no numbers under {self.mapping.action.key!r}, it has: {known} (action.key)"
            )
        if self._action is not None and rows.ndim == 2 and rows.shape[1] >= self.mapping.action.width:
            width = self.mapping.action.width
            rows = np.hstack([self._action.unnormalise(rows[:, :width].astype(np.float64)), rows[:, width:]])
        if self._said_end(reply):
            return self._end(observation)
        actions = self.actions.decode(rows, observation.hand, task.limits, task.handling.speed)
        return ActionChunk(actions, self.about.step_s, terminate=0.0)

    def _ended(self, seen: Observation) -> bool:
        end = self.mapping.end
        if self._began is None:
            self._began = seen.time_s
        if isinstance(end, After):
            return seen.time_s - self._began >= end.seconds - 1e-9
        if not isinstance(end, Still):
            return False
        if self._rest is not None:
            since, at, width = self._rest
            moved = float(np.linalg.norm(seen.hand.position - at))
            if moved <= end.within_m and abs(seen.gripper_width_m - width) <= _FINGERS_M:
                return seen.time_s - since >= end.seconds - 1e-9
        self._rest = (seen.time_s, seen.hand.position, seen.gripper_width_m)
        return False

    def _said_end(self, reply: Any) -> bool:
        end = self.mapping.end
        if not isinstance(end, Reply):
            return False
        said = np.asarray(take(reply, end.key))
        if said.dtype.kind not in "fiub" or said.size != 1 or not np.isfinite(float(said.reshape(-1)[0])):
            raise PolicyFault(f"the reply has no number under {end.key!r} (end.key)")
        return float(said.reshape(-1)[0]) > end.above

    def _end(self, seen: Observation) -> ActionChunk:
        rest = np.zeros((1, 7))
        rest[0, 6] = self.about.gripper.command(seen.gripper_width_m)
        return ActionChunk(rest, self.about.step_s, progress=1.0, terminate=1.0)
