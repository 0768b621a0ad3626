"""How many actions of a chunk to execute before looking again.

n = phase base × (1 − uncertainty) × (1 − dynamics), clipped to 1..10 and to the chunk's own length. Phase bases are the
middles of approach 4–6, contact 1–2 and transport 8–10. Uncertainty is the disagreement of the new chunk with the part
of the last one it overlaps; dynamics is how much the image changed beyond the arm's own motion. Both lie in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hiervla.core.config import ChunkSettings
from hiervla.core.geometry import Array
from hiervla.core.task import ActionChunk

PHASE_BASE = {"approach": 5.0, "contact": 1.5, "transport": 9.0}
LONGEST = 10
_FULL_DISAGREEMENT_M = 0.02
"""Mean distance between two predicted paths at which they are taken to contradict each other."""
_CONTACT = ("descend", "close", "lower", "open", "press", "push", "turn", "pull", "slide", "sweep")
_TRANSPORT = ("lift", "carry", "rise", "retreat", "home")


def phase_of(chunk: ActionChunk, width_m: float, height_m: float, force_n: float) -> str:
    """approach, contact or transport: from what the policy says it does, else from gripper, height and force."""
    if chunk.phase in _CONTACT:
        return "contact"
    if chunk.phase in _TRANSPORT:
        return "transport"
    if chunk.phase:
        return "approach"
    if force_n > 5.0 or height_m < 0.06:
        return "contact"
    return "transport" if width_m < 0.06 and chunk.actions[0, 6] > 0.5 else "approach"


def disagreement(new: Array, rest: Array) -> float:
    """How far the paths of two action arrays (n, 7) part over their overlap, 0..1."""
    n = min(len(new), len(rest))
    if n == 0:
        return 0.0
    apart = np.linalg.norm(np.cumsum(new[:n, :3], axis=0) - np.cumsum(rest[:n, :3], axis=0), axis=1)
    return float(np.clip(apart.mean() / _FULL_DISAGREEMENT_M, 0.0, 1.0))


@dataclass(slots=True)
class ChunkSizer:
    """Chooses the executed length n of each chunk; remembers the unexecuted rest of the last one."""

    settings: ChunkSettings
    _rest: Array | None = None

    def reset(self) -> None:
        """A new task: the old rest predicts nothing about it."""
        self._rest = None

    def size(self, chunk: ActionChunk, phase: str, dynamics: float) -> int:
        """Actions to execute of this chunk, at least one."""
        if self.settings.mode == "fixed":
            n = self.settings.length
        else:
            uncertainty = 0.0 if self._rest is None else disagreement(chunk.actions, self._rest)
            n = round(PHASE_BASE[phase] * (1 - uncertainty) * (1 - float(np.clip(dynamics, 0, 1))))
        return int(np.clip(n, 1, min(LONGEST if self.settings.mode == "adaptive" else 16, len(chunk))))

    def executed(self, chunk: ActionChunk, n: int) -> None:
        """Tell how many actions really ran; the rest is what the next chunk is compared with."""
        self._rest = chunk.actions[n:]
