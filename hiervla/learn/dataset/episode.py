"""One demonstration: its frames, the words it was shown for, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.core.outcome import FailureKind
from hiervla.learn.dataset.schema import Feature, Schema, Values

Fact = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Instruction:
    """The same order in several wordings; the first English one (else Chinese) is LeRobot's ``task``."""

    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        return (*self.english, *self.chinese, "")[0]


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a demonstration."""

    values: Mapping[str, Any]  # feature → array of its shape, in its unit; a single value for shape (1,)
    instruction: Instruction  # the one in force

    def __getitem__(self, feature: str) -> Any:
        return self.values[feature]


@dataclass(frozen=True, slots=True)
class Episode:
    """One demonstration, a row a frame at the dataset's rate."""

    values: Mapping[str, Values]  # feature → (T, *shape), as the schema says
    instructions: tuple[Instruction, ...]
    skill: str
    seed: int
    success: bool
    failure: FailureKind | None = None
    source: str = "expert"  # who acted: expert, dagger, teleop, …; with skill and seed it names the episode
    metadata: Mapping[str, Fact] = field(default_factory=dict)
    instruction_of: Values | None = None  # (T,) which instruction is in force; None: the first throughout

    @classmethod
    def of(cls, frames: Sequence[Frame | Mapping[str, Any]], **facts: Any) -> Episode:
        """From frames one by one; the other fields by name. Plain mappings need ``instructions`` among them."""
        rows = [f.values if isinstance(f, Frame) else f for f in frames]
        if not rows:
            raise SetupError("an episode needs at least one frame")
        odd = next((i for i, r in enumerate(rows) if r.keys() != rows[0].keys()), None)
        if odd is not None:
            raise SetupError(
                f"frame {odd} has other features than frame 0: {sorted(rows[odd].keys() ^ rows[0].keys())}"
            )
        try:
            values = {name: np.stack([np.asarray(r[name]) for r in rows]) for name in rows[0]}
        except ValueError as e:
            raise SetupError(f"the frames' shapes differ: {e}") from e
        if "instructions" not in facts:
            said = [f.instruction for f in frames if isinstance(f, Frame)]
            facts["instructions"] = tuple(dict.fromkeys(said))
            facts["instruction_of"] = np.array([facts["instructions"].index(s) for s in said], np.int64)
        return cls(values=values, **facts)

    def __len__(self) -> int:
        return len(next(iter(self.values.values()))) if self.values else 0

    def __getitem__(self, i: int) -> Frame:
        said = 0 if self.instruction_of is None else int(self.instruction_of[i])
        return Frame({name: v[i] for name, v in self.values.items()}, self.instructions[said])

    def __iter__(self) -> Iterator[Frame]:
        return (self[i] for i in range(len(self)))

    @property
    def name(self) -> str:
        return f"{self.source}/{self.skill}/{self.seed}"

    @property
    def phases(self) -> tuple[str, ...]:
        """The distinct phases, in the order they came."""
        return tuple(dict.fromkeys(str(p) for p in self.values.get("phase", ())))

    @property
    def recovery_frames(self) -> int:
        return int(np.count_nonzero(self.values.get("recovery", ())))


def checked(episode: Episode, schema: Schema) -> dict[str, Values]:
    """The episode's values as arrays of exactly the declared types and shapes.

    Raises:
        SetupError: something is missing, too much, of another shape or type, or no number.
    """
    about = f"episode {episode.name}"
    odd = sorted(schema.features.keys() ^ episode.values.keys())
    if odd:
        what = "has no feature" if odd[0] in schema.features else "has an undeclared feature"
        raise SetupError(f"{about} {what} {odd[0]!r}; declared are {', '.join(schema.features)}")
    length = len(episode)
    if length == 0:
        raise SetupError(f"{about} has no frames")
    _check_words(episode, about, length)
    _check_facts(episode, schema, about)
    values = {}
    for name, feature in schema.features.items():
        given = episode.values[name]
        array = np.asarray(given, dtype=object if feature.kind == "string" else None)
        values[name] = _fit(array, feature, length, f"{about}: {name!r}")
    return values


def _fit(array: Values, feature: Feature, length: int, about: str) -> Values:
    shape = (length, *feature.array_shape)
    if array.shape == (length, 1) and not feature.array_shape:
        array = array[:, 0]
    if array.shape != shape:
        raise SetupError(f"{about} has shape {list(array.shape)}, declared is {list(shape)} for its {length} frames")
    if feature.kind == "string":
        if not all(isinstance(w, str) for w in array):
            raise SetupError(f"{about} is declared as words, but holds {type(array[0]).__name__}")
        return array
    exact = feature.kind in ("image", "bool")
    if not np.can_cast(array.dtype, feature.dtype, "no" if exact else "same_kind"):
        raise SetupError(f"{about} is {array.dtype}, declared is {feature.dtype}")
    array = array.astype(feature.dtype, copy=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        at = int(np.argmin(np.isfinite(array.reshape(length, -1)).all(axis=1)))
        raise SetupError(f"{about} holds a value that is no finite number, in frame {at}")
    if feature.kind == "depth" and array.min() < 0:
        raise SetupError(f"{about} holds a negative depth; 0 stands for no return")
    return array


def _check_words(episode: Episode, about: str, length: int) -> None:
    words = [w for i in episode.instructions for w in (*i.english, *i.chinese)]
    if not all(i.task for i in episode.instructions) or not words or not all(w.strip() for w in words):
        raise SetupError(f"{about} needs an instruction in words, in English or Chinese, and no empty ones")
    if len({i.task for i in episode.instructions}) < len(episode.instructions):
        raise SetupError(f"{about} has two instructions with the same first wording; one index serves for both")
    if episode.instruction_of is not None:
        of = np.asarray(episode.instruction_of)
        if of.shape != (length,) or of.dtype.kind not in "iu" or of.min() < 0 or of.max() >= len(episode.instructions):
            raise SetupError(f"{about}: instruction_of needs {length} whole numbers below {len(episode.instructions)}")


def _check_facts(episode: Episode, schema: Schema, about: str) -> None:
    if episode.metadata.keys() != schema.metadata.keys():
        odd = sorted(episode.metadata.keys() ^ schema.metadata.keys())[0]
        where = "declared but not given" if odd in schema.metadata else "given but not declared"
        raise SetupError(f"{about}: metadata {odd!r} is {where}")
    types: dict[str, tuple[type, ...]] = {"string": (str,), "int64": (int,), "float64": (float, int), "bool": (bool,)}
    for name, kind in schema.metadata.items():
        value = episode.metadata[name]
        if not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != "bool"):
            raise SetupError(f"{about}: metadata {name!r} is {value!r}, declared is {kind}")
    if episode.success and episode.failure is not None:
        raise SetupError(f"{about} is called a success and has failure {episode.failure}; say one of them")
