"""From physical units to about [-1, 1] and back, by statistics that are checked before they are believed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array

Method = Literal["quantile", "mean_std"]

ACTION = ("dx", "dy", "dz", "droll", "dpitch", "dyaw", "gripper")
"""Components of an action: m, m, m, rad, rad, rad, 0 open … 1 closed."""
LEAST_SPAN = 1e-3
"""What spreads less than this, in its own unit (1 mm, 1 mrad), is a constant: dividing by it would blow noise up."""
_FARTHEST_BEND = 50.0
LEAST_COUNT = 100
"""With fewer samples the first and the last hundredth say nothing."""


class Statistics(BaseModel):
    """One feature's statistics over a data set, one number a component, as LeRobot writes them."""

    model_config = ConfigDict(extra="forbid")

    min: list[float]
    max: list[float]
    mean: list[float]
    std: list[float]
    q01: list[float] | None = None
    q99: list[float] | None = None
    q10: list[float] | None = None
    q50: list[float] | None = None
    q90: list[float] | None = None
    count: list[int] = Field(min_length=1)
    """Samples they were taken over."""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    feature: str
    method: Method
    components: list[str]
    constant: list[str]
    clip: list[str]
    bend: dict[str, float] = {}
    statistics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Affine and per component: q01 … q99 goes to −1 … 1, or mean ± std does.

    A component with a bend is drawn together first, v → asinh(v / bend): what is small against it is told apart by its
    difference, what is large by its ratio, as by µ-law companding. A hand that must creep at half a millimetre a tick
    and cross the table at forty needs both.
    A component that is declared constant reads as 0 and comes back as its mean. Values beyond ±1 stay what they are,
    except where clipping was declared. What is not finite stays so: to notice it is the loop's business.
    """

    feature: str
    components: tuple[str, ...]
    method: Method
    centre: Array  # (D,) own units
    half: Array  # (D,) own units for one normalised unit; 0 where constant
    constant: tuple[str, ...]
    clip: tuple[str, ...]
    statistics: Statistics
    bend: Array  # (D,) own units; 0 where straight

    @classmethod
    def of(
        cls, statistics: Mapping[str, Any], feature: str, components: Sequence[str], method: Method = "quantile",
        constant: Iterable[str] = (), clip: Iterable[str] = (), bend: Mapping[str, float] | None = None,
    ) -> Normaliser:  # fmt: skip
        """From a data set's statistics (feature → min, max, mean, std, q01, q99, count).

        Raises:
            SetupError: something is missing, not finite, contradictory, too few, or does not vary though it is not
                declared constant (or varies though it is); names the feature and the component.
        """
        names, still, cut = tuple(components), tuple(constant), tuple(clip)
        if feature not in statistics:
            known = ", ".join(sorted(statistics)) or "none"
            raise SetupError(f"no statistics for {feature!r} (there are: {known}); compute them over the training data")
        for said, what in ((still, "constant"), (cut, "clipped")):
            if strange := [c for c in said if c not in names]:
                raise SetupError(
                    f"{feature}: {strange[0]!r} is declared {what}, but the components are {', '.join(names)}"
                )
        bent = _bends(bend or {}, names, still, feature, method)
        if cut and method == "mean_std":
            raise SetupError(f"{feature}: clipping of {cut[0]!r} wants bounds, and mean_std has none: use quantile")
        read = _read(statistics[feature], feature, names)
        _check(read, feature, names, method)
        if method == "quantile":
            assert read.q01 is not None and read.q99 is not None
            low, high = _drawn_in(np.array(read.q01), bent), _drawn_in(np.array(read.q99), bent)
            centre, half = (low + high) / 2, (high - low) / 2
        else:
            centre, half = np.array(read.mean), np.array(read.std)
        spans = half if method == "mean_std" else (np.array(read.q99) - np.array(read.q01)) / 2
        for i, c in enumerate(names):
            if c in still and 2 * spans[i] >= LEAST_SPAN:
                raise SetupError(
                    f"{feature}.{c} is declared constant, but spreads over {2 * spans[i]:.3g}: declare it no more"
                )
            if c not in still and 2 * spans[i] < LEAST_SPAN:
                raise SetupError(
                    f"{feature}.{c} hardly varies (over {2 * spans[i]:.3g}): its normalised values would explode;"
                    f" declare it constant, or collect data in which it moves"
                )
        fixed = np.isin(names, still)
        centre = np.where(fixed, np.array(read.mean), centre)
        return cls(feature, names, method, centre, np.where(fixed, 0.0, half), still, cut, read, bent)

    def normalise(self, values: Any) -> Array:
        """(..., D) own units → about [-1, 1]."""
        off = _drawn_in(np.asarray(values, dtype=np.float64), self.bend) - self.centre
        return self._clipped(np.where(self.half > 0, off / np.where(self.half > 0, self.half, 1.0), 0.0 * off))

    def denormalise(self, values: Any) -> Array:
        """(..., D) normalised → own units."""
        back: Array = self._clipped(np.asarray(values, dtype=np.float64)) * self.half + self.centre
        farthest = np.where(self.bend > 0, _FARTHEST_BEND, np.inf)  # beyond it stays far beyond, and finite
        return np.where(self.bend > 0, self.bend * np.sinh(np.clip(back, -farthest, farthest)), back)

    def _clipped(self, values: Array) -> Array:
        bound = np.where(np.isin(self.components, self.clip), 1.0, np.inf)
        cut: Array = np.clip(values, -bound, bound)
        return cut

    def to_json(self) -> str:
        """All of it as JSON text."""
        return _File(
            feature=self.feature, method=self.method, components=list(self.components), constant=list(self.constant),
            clip=list(self.clip), bend={c: b for c, b in zip(self.components, self.bend.tolist(), strict=True) if b},
            statistics=self.statistics.model_dump(exclude_none=True),
        ).model_dump_json(indent=1)  # fmt: skip

    @classmethod
    def from_json(cls, text: str, where: str = "normaliser") -> Normaliser:
        """Back from ``to_json``, checked anew.

        Raises:
            SetupError: the text or the statistics in it do not fit.
        """
        try:
            f = _File.model_validate(json.loads(text))
        except (ValueError, ValidationError) as e:
            raise SetupError(
                f"{where} cannot be read as a normaliser: {_first(e)}; write it with Normaliser.to_json"
            ) from e
        return cls.of({f.feature: f.statistics}, f.feature, f.components, f.method, f.constant, f.clip, f.bend)

    def save(self, path: Path) -> None:
        path.write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Normaliser:
        """Raises SetupError when the file is not there or does not fit."""
        try:
            return cls.from_json(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as e:
            raise SetupError(
                f"cannot read the normalisation statistics {path}: {e}; a policy is not run without them"
            ) from e


def _drawn_in(values: Array, bend: Array) -> Array:
    """asinh(v / bend) where there is one."""
    return np.where(bend > 0, np.arcsinh(values / np.where(bend > 0, bend, 1.0)), values)


def _bends(
    bend: Mapping[str, float], names: tuple[str, ...], still: tuple[str, ...], feature: str, method: Method
) -> Array:
    for c, b in bend.items():
        if c not in names or c in still:
            known = ", ".join(n for n in names if n not in still)
            raise SetupError(f"{feature}: {c!r} is to be bent, but the components that vary are {known}")
        if not (math.isfinite(b) and b > 0):
            raise SetupError(f"{feature}.{c}: a bend is above 0, in the component's own unit, not {b}")
    if bend and method == "mean_std":
        raise SetupError(f"{feature}: a bend wants bounds, and mean_std has none: use quantile")
    return np.array([bend.get(c, 0.0) for c in names])


def statistics_of(values: Any) -> dict[str, list[float]]:
    """Statistics of (N, D) samples, as ``Normaliser.of`` wants them for one feature."""
    v = np.asarray(values, dtype=np.float64)
    out = {"min": v.min(0), "max": v.max(0), "mean": v.mean(0), "std": v.std(0)}
    out |= {f"q{q:02d}": np.quantile(v, q / 100, axis=0) for q in (1, 10, 50, 90, 99)}
    return {**{k: a.tolist() for k, a in out.items()}, "count": [len(v)]}


def _read(given: Any, feature: str, names: tuple[str, ...]) -> Statistics:
    try:
        return Statistics.model_validate(given)
    except ValidationError as e:
        key, *at = e.errors()[0]["loc"]
        i = at[0] if at and isinstance(at[0], int) else None
        of = f".{names[i]}" if i is not None and i < len(names) else ""
        raise SetupError(
            f"statistics of {feature}{of}: {key}: {e.errors()[0]['msg']}; compute them anew over the training data"
        ) from e


def _check(s: Statistics, feature: str, names: tuple[str, ...], method: Method) -> None:
    again = "compute them anew over the training data"
    if len(set(names)) != len(names) or not names:
        raise SetupError(f"{feature}: component names must be given, each once: {', '.join(names)}")
    if s.count[0] < LEAST_COUNT:
        raise SetupError(
            f"statistics of {feature} ({names[0]} … {names[-1]}) rest on {s.count[0]} samples; at least {LEAST_COUNT} are needed"
        )
    needed = ("min", "max", "mean", "std", *(("q01", "q99") if method == "quantile" else ()))
    for key in ("min", "max", "mean", "std", "q01", "q10", "q50", "q90", "q99"):
        numbers = getattr(s, key)
        if numbers is None:
            if key in needed:
                raise SetupError(
                    f"statistics of {feature} have no {key} for {', '.join(names)}: {again}, or use mean_std"
                )
            continue
        if len(numbers) != len(names):
            at = names[len(numbers)] if len(numbers) < len(names) else f"a component after {names[-1]}"
            raise SetupError(
                f"statistics of {feature}: {key} has {len(numbers)} numbers for {len(names)} components (see {at}): {again}"
            )
        for c, x in zip(names, numbers, strict=True):
            if not math.isfinite(x):
                raise SetupError(f"statistics of {feature}.{c}: {key} is {x}: {again}")
    for i, c in enumerate(names):
        ordered = [
            getattr(s, k)[i] for k in ("min", "q01", "q10", "q50", "q90", "q99", "max") if getattr(s, k) is not None
        ]
        slack = 1e-6 * max(1.0, *map(abs, ordered))  # float32 writers round
        if s.std[i] < 0 or any(b < a - slack for a, b in pairwise(ordered)):
            raise SetupError(
                f"statistics of {feature}.{c} contradict themselves (min ≤ q01 ≤ q99 ≤ max, std ≥ 0): {again}"
            )
        if not ordered[0] - slack <= s.mean[i] <= ordered[-1] + slack:
            raise SetupError(
                f"statistics of {feature}.{c} contradict themselves: its mean lies outside min … max: {again}"
            )


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        d = error.errors()[0]
        return f"{'.'.join(map(str, d['loc']))}: {d['msg']}"
    return str(error)
