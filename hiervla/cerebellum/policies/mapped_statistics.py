"""Normalisation statistics of a foreign checkpoint: read from its file, refused where they would make the arm flail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from hiervla.cerebellum.policies.mapping import Statistics
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array

_NAMES = {"quantiles": ("q01", "q99"), "mean_std": ("mean", "std"), "min_max": ("min", "max")}
_LEAST = 1e-4
"""A spread below this turns noise into full strokes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values = numbers · spread + middle, a column each; a masked column stays as it is, a constant one has no spread."""

    middle: Array  # (n,)
    spread: Array  # (n,)

    def normalise(self, values: Array) -> Array:
        varies = self.spread > 0
        return np.where(varies, (values - self.middle) / np.where(varies, self.spread, 1.0), 0.0)

    def unnormalise(self, numbers: Array) -> Array:
        return numbers * self.spread + self.middle


def read_scale(statistics: Statistics, of: str, width: int) -> Scale:
    """The scale of ``state`` or ``action`` for its first ``width`` columns.

    Raises:
        SetupError: the file, a key, a column is missing, not finite, or has no spread.
    """
    file, keys = statistics.file, statistics.state if of == "state" else statistics.action
    where = f"statistics {file}: {' > '.join(keys)}"
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise SetupError(
            f"statistics {file}: {e}; name the file that came with the checkpoint (normalisation.file)"
        ) from e
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            known = ", ".join(sorted(found)[:12]) if isinstance(found, dict) else "none"
            raise SetupError(f"{where}: no {key!r}, known: {known} (normalisation.{of})")
        found = found[key]
    columns = []
    for name in _NAMES[statistics.mode]:
        try:
            numbers = np.asarray(found[name], dtype=np.float64).reshape(-1)
        except (KeyError, TypeError, ValueError) as e:
            raise SetupError(f"{where}: no numbers under {name!r}, which normalisation.mode = {statistics.mode!r} needs") from e  # fmt: skip
        if len(numbers) < width:
            raise SetupError(f"{where}: {name} has {len(numbers)} numbers, the mapping's {of} takes {width}")
        columns.append(numbers[:width])
    low, high = columns
    keep = np.ones(width, dtype=bool) if "mask" not in found else np.asarray(found["mask"], dtype=bool)[:width]
    if statistics.mode == "mean_std":
        middle, spread = low, high
    else:
        middle, spread = (low + high) / 2, (high - low) / 2
    constant = np.isin(np.arange(width), statistics.state_constant if of == "state" else statistics.action_constant)
    spread = np.where(constant, 0.0, spread)  # what the file says of its spread is rounding
    bad = keep & ~(np.isfinite(middle) & np.isfinite(spread) & (constant | (spread > _LEAST)))
    if bad.any():
        which = ", ".join(str(i) for i in np.flatnonzero(bad))
        raise SetupError(f"{where}: column {which} has no spread or is not finite: a checkpoint with these statistics makes the arm flail; "
                         f"take those of the data it was trained on, or declare what never varied there (normalisation.{of}_constant)")  # fmt: skip
    return Scale(np.where(keep, middle, 0.0), np.where(keep, spread, 1.0))
