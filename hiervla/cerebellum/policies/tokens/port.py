"""Action tokenisers: a chunk of actions as a few words of a small vocabulary, and back. The port, and what all share."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hiervla.cerebellum.policies.normaliser import Normaliser
from hiervla.core.errors import HierVLAError, SetupError
from hiervla.core.geometry import Array
from hiervla.core.task import Limits

HORIZON, WIDTH = 16, 7
"""Steps of a chunk, and numbers of a step: Δx Δy Δz, Δroll Δpitch Δyaw, gripper; normalised."""
DESCRIPTION = "tokeniser.json"
"""File of a saved tokeniser that says what it is."""
REMEDY = "pip install 'hiervla[learn]'"


class MalformedTokens(HierVLAError):
    """A list of tokens that is no chunk: what a model wrote, which the policy that ran it must answer for."""


@runtime_checkable
class ActionTokeniser(Protocol):
    """Chunks (16, 7), normalised, to lists of words and back."""

    name: str

    @property
    def vocabulary(self) -> int:
        """How many words there are; tokens are 0 … vocabulary − 1."""
        ...

    @property
    def longest(self) -> int:
        """The most tokens a chunk can take."""
        ...

    def fit(self, chunks: Array) -> Self:
        """Learn from (N, 16, 7) normalised chunks; returns itself. Raises SetupError when they cannot teach it."""
        ...

    def encode(self, chunk: Array) -> list[int]:
        """The words for one chunk (16, 7). Values beyond its reach are clipped to it."""
        ...

    def decode(self, tokens: Sequence[int]) -> Array:
        """The chunk (16, 7) that exactly these words say. Raises MalformedTokens when they say none."""
        ...

    def allowed(self, tokens: Sequence[int]) -> NDArray[np.bool_]:
        """(vocabulary,) which words may follow; none once the chunk is complete. What only takes these never is malformed."""
        ...

    def save(self, folder: Path) -> None: ...

    @classmethod
    def load(cls, folder: Path) -> Self: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """The normalised values a tokeniser can say; what lies beyond is clipped to it."""

    low: Array = field(default_factory=lambda: np.full(WIDTH, -1.0))  # (7,)
    high: Array = field(default_factory=lambda: np.full(WIDTH, 1.0))  # (7,)

    @classmethod
    def of(cls, chunks: Array) -> Reach:
        """All that stands in some chunks (N, 16, 7), and −1 … 1 at least."""
        return cls(np.minimum(chunks.min((0, 1)), -1.0), np.maximum(chunks.max((0, 1)), 1.0))

    @classmethod
    def over(cls, normaliser: Normaliser, limits: Limits | None = None) -> Reach:
        """All an arm may do in one step: ± its longest step, ± its farthest turn, the gripper from open to closed."""
        limits = limits or Limits()
        top = np.array([*[limits.step_m] * 3, *[limits.step_rad] * 3, 1.0])
        low, high = (normaliser.normalise(v) for v in (top * [*[-1] * 6, 0], top))
        still = high - low < 1e-9  # declared constant: nothing to say there
        return cls(np.where(still, -1.0, low), np.where(still, 1.0, high))

    def clip(self, values: Array) -> Array:
        """(..., 7) held within."""
        held: Array = np.clip(values, self.low, self.high)
        return held

    def fractions(self, values: Array) -> Array:
        """(..., 7) as 0 at the low end … 1 at the high end, clipped."""
        part: Array = (self.clip(values) - self.low) / (self.high - self.low)
        return part

    def values(self, fractions: Array) -> Array:
        """Back from ``fractions``."""
        back: Array = self.low + fractions * (self.high - self.low)
        return back


@dataclass(frozen=True, slots=True)
class Slots:
    """Chunks of a fixed number of tokens, where each place in the list has words of its own: from ``first``, ``count`` of them."""

    first: NDArray[np.int64]  # (longest,)
    count: NDArray[np.int64]  # (longest,)
    vocabulary: int

    def __len__(self) -> int:
        return len(self.first)

    def tokens(self, codes: NDArray[np.int64]) -> list[int]:
        """Words for codes (longest,), each from 0 in its own slot."""
        written: list[int] = (codes + self.first).tolist()
        return written

    def codes(self, tokens: Sequence[int]) -> NDArray[np.int64]:
        """Codes (longest,) of a whole list of words. Raises MalformedTokens when it is none."""
        ids = read_tokens(tokens, self.vocabulary)
        if len(ids) != len(self):
            raise MalformedTokens(f"{len(ids)} tokens, where a chunk takes {len(self)}")
        codes: NDArray[np.int64] = ids - self.first
        wrong = np.flatnonzero((codes < 0) | (codes >= self.count))
        if len(wrong):
            i = int(wrong[0])
            span = f"{self.first[i]} … {self.first[i] + self.count[i] - 1}"
            raise MalformedTokens(f"token {ids[i]} cannot stand at place {i}, where {span} may")
        return codes

    def allowed(self, tokens: Sequence[int]) -> NDArray[np.bool_]:
        mask = np.zeros(self.vocabulary, dtype=bool)
        if (i := len(tokens)) < len(self):
            mask[self.first[i] : self.first[i] + self.count[i]] = True
        return mask


class Slotted:
    """What tokenisers of a fixed number of tokens have in common: their slots, and the reach they can say."""

    name: ClassVar[str]

    def __init__(self, reach: Reach | None, slots: Slots) -> None:
        self._given, self.reach, self._slots = reach, reach or Reach(), slots

    @property
    def vocabulary(self) -> int:
        return self._slots.vocabulary

    @property
    def longest(self) -> int:
        return len(self._slots)

    def fit(self, chunks: Array) -> Self:
        """Its reach becomes that of the chunks, unless one was given."""
        self.reach = self._given or Reach.of(read_chunks(chunks, self.name, 1))
        return self

    def allowed(self, tokens: Sequence[int]) -> NDArray[np.bool_]:
        return self._slots.allowed(tokens)


def library(package: str, name: str) -> None:
    """Raises SetupError when a package that a tokeniser needs is not installed."""
    if importlib.util.find_spec(package) is None:
        raise SetupError(f"action tokeniser {name} needs {package}: {REMEDY}")


def read_tokens(tokens: Sequence[int], vocabulary: int) -> NDArray[np.int64]:
    """Tokens as an array, all of them whole numbers and known. Raises MalformedTokens."""
    ids = np.asarray(tokens)
    if ids.ndim != 1 or (len(ids) and ids.dtype.kind not in "iu"):
        raise MalformedTokens(f"tokens must be a plain list of whole numbers, not {tokens!r:.60}")
    ids = ids.astype(np.int64)
    if len(strange := ids[(ids < 0) | (ids >= vocabulary)]):
        raise MalformedTokens(f"token {strange[0]} is none of the {vocabulary} words")
    return ids


def read_chunk(chunk: Array) -> Array:
    """A chunk (16, 7) to encode; another shape, or what is not finite, is a bug of the caller."""
    c = np.asarray(chunk, dtype=np.float64)
    if c.shape != (HORIZON, WIDTH) or not np.isfinite(c).all():
        raise ValueError(f"a chunk to encode is ({HORIZON}, {WIDTH}) finite numbers, not {c.shape}")
    return c


def read_chunks(chunks: Array, name: str, least: int) -> Array:
    """Chunks (N, 16, 7) to learn from. Raises SetupError when they cannot teach."""
    c = np.asarray(chunks, dtype=np.float64)
    if c.ndim != 3 or c.shape[1:] != (HORIZON, WIDTH):
        raise SetupError(f"tokeniser {name} learns from chunks (N, {HORIZON}, {WIDTH}), not {c.shape}: cut them so")
    if len(c) < least:
        raise SetupError(f"tokeniser {name} cannot learn from {len(c)} chunks; collect at least {least}")
    bad = ~np.isfinite(c).all((1, 2))
    if bad.any():
        raise SetupError(
            f"tokeniser {name}: chunk {int(bad.argmax())} is not finite; leave {bad.sum()} such chunks out"
        )
    return c


def write_description(folder: Path, name: str, reach: Reach, **settings: Any) -> None:
    """``tokeniser.json``: which tokeniser it is, its reach, its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"name": name, "reach": {"low": reach.low.tolist(), "high": reach.high.tolist()}, **settings}
    (folder / DESCRIPTION).write_text(json.dumps(said, indent=1), encoding="utf-8")


def read_description(folder: Path, *settings: str) -> tuple[str, Reach, list[Any]]:
    """Name, reach and the named settings, whole numbers or ones with a fraction, of a saved tokeniser.

    Raises:
        SetupError: there is none there, or it lacks something.
    """
    path = folder / DESCRIPTION
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        reach = Reach(*(np.array([float(x) for x in said["reach"][end]]) for end in ("low", "high")))
        if reach.low.shape != (WIDTH,) or reach.high.shape != (WIDTH,) or not (reach.low < reach.high).all():
            raise ValueError(f"its reach is not {WIDTH} times low < high")
        values = [said[key] for key in settings]
        if any(isinstance(v, bool) or not isinstance(v, int | float) or not v > 0 for v in values):
            raise ValueError(f"{', '.join(settings)} must be numbers above 0")
        return str(said["name"]), reach, values
    except OSError as e:
        raise SetupError(
            f"no action tokeniser in {folder}: {e.strerror} ({DESCRIPTION}); save a fitted one there"
        ) from e
    except (ValueError, KeyError, TypeError) as e:
        raise SetupError(f"{path} does not describe an action tokeniser: {type(e).__name__} {e}; save it anew") from e
