"""Figures with intervals and goals, in the one form that every bench and scenario run prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from hiervla.record import versions


class Figure(BaseModel):
    """One measured value with its 95 % interval and, where there is one, the goal it is held to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    goal: str | None = None
    """``>= 0.95`` or ``<= 0``; None for a figure that is only told."""
    holds: bool | None = None


def proportion(hits: int, n: int, goal: str | None = None) -> Figure:
    """A rate with its Wilson 95 % interval (scipy's binomtest)."""
    if n == 0:
        return Figure(value=None, n=0, goal=goal, holds=None)
    from scipy.stats import binomtest

    ci = binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    value = hits / n
    return Figure(
        value=round(value, 4),
        low=round(float(ci.low), 4),
        high=round(float(ci.high), 4),
        n=n,
        goal=goal,
        holds=meets(value, goal),
    )


def paired_difference(pairs: Sequence[tuple[bool, bool]], goal: str | None = None) -> Figure:
    """Rate of the first less rate of the second, both tried on the same episodes, with its 95 % interval.

    Wald's interval of a difference of correlated proportions after one episode of each disagreement is added
    (Bonett and Price 2012): it keeps its coverage where few or no pairs disagree.
    """
    n = len(pairs)
    if n == 0:
        return Figure(value=None, n=0, goal=goal, holds=None)
    up, down = sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    half = 1.96 * math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    value = (up - down) / n
    low, high = max(-1.0, p - q - half), min(1.0, p - q + half)
    return Figure(
        value=round(value, 4), low=round(low, 4), high=round(high, 4), n=n, goal=goal, holds=meets(value, goal)
    )


def quantile(values: Sequence[float], q: float, goal: str | None = None) -> Figure:
    """A quantile with its distribution-free 95 % interval from order statistics (binomial ranks)."""
    n = len(values)
    if n == 0:
        return Figure(value=None, n=0, goal=goal, holds=None)
    x = np.sort(np.asarray(values, dtype=float))
    half = 1.96 * math.sqrt(n * q * (1 - q))
    low, high = max(0, math.floor(n * q - half)), min(n - 1, math.ceil(n * q + half))
    value = float(np.quantile(x, q))
    return Figure(
        value=round(value, 4),
        low=round(float(x[low]), 4),
        high=round(float(x[high]), 4),
        n=n,
        goal=goal,
        holds=meets(value, goal),
    )


def mean(values: Sequence[float], goal: str | None = None) -> Figure:
    """A mean with its normal 95 % interval."""
    n = len(values)
    if n == 0:
        return Figure(value=None, n=0, goal=goal, holds=None)
    m = float(np.mean(values))
    half = 1.96 * float(np.std(values, ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    return Figure(
        value=round(m, 4), low=round(m - half, 4), high=round(m + half, 4), n=n, goal=goal, holds=meets(m, goal)
    )


def meets(value: float, goal: str | None) -> bool | None:
    """Does a value meet ``>= x``, ``<= x`` or ``< x``? None without a goal."""
    if goal is None:
        return None
    sign, _, bound = goal.partition(" ")
    return {">=": value >= float(bound), "<=": value <= float(bound), "<": value < float(bound)}[sign]


def contract(bench: str, seeds: str, figures: dict[str, Figure]) -> dict[str, Any]:
    """The one object a bench prints with ``--json``."""
    return {
        "bench": bench,
        "seeds": seeds,
        "figures": {k: f.model_dump() for k, f in figures.items()},
        "versions": versions(),
    }
