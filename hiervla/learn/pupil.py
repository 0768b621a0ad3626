"""A policy that acts in a lesson while the teacher only says, at every state it comes to, what would have been right.

After DAgger (Ross et al. 2011): a policy that is shown the teacher's states alone never learns to mend its own.
"""

from __future__ import annotations

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.ports import Policy
from hiervla.core.task import Task
from hiervla.learn.exam.ablation import Ablated, Ablation

WRONG_SHARE, WRONG_M = 0.5, 0.03
"""How often it is told its target wrongly, and by how much at most."""
LONGEST = 6
"""Actions of a chunk that it carries out at most before it looks again; as many as one again are drawn each time."""


class Pupil:
    """Drives the hand with a policy: chunk by chunk, of each a few actions, told of its target as eyes might."""

    def __init__(self, policy: Policy, rng: np.random.Generator) -> None:
        self._policy, self._rng = policy, rng
        self._acting: Ablated | None = None
        self._left: list[Array] = []

    @property
    def name(self) -> str:
        return self._policy.name

    def begin(self, task: Task) -> None:
        """A new task; where its target is said to be is off by a draw, where it shall go is not."""
        wrong = Ablation(
            target_error_m=float(self._rng.uniform(0, WRONG_M)) if self._rng.random() < WRONG_SHARE else 0.0
        )
        off = np.zeros(3) if task.held is not None else wrong.offset(self._rng)
        self._acting, self._left = Ablated(self._policy, wrong, off), []
        self._acting.reset(task)

    def act(self, seen: Observation, task: Task) -> tuple[Array, str] | None:
        """The next action (7,) and its phase; None once the policy says that it has ended.

        Raises:
            PolicyFault: it has no chunk to give.
        """
        assert self._acting is not None
        if not self._left:
            chunk = self._acting.infer(seen, task)
            if chunk.terminate is not None and chunk.terminate > 0.5:
                return None
            self._phase = chunk.phase
            self._left = list(chunk.actions[: int(self._rng.integers(1, LONGEST + 1))])
        return self._left.pop(0), self._phase
