"""What a finder says of one picture: boxes or points in pixels, each with a score; still without depth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hiervla.perception.view import Mask

Box = tuple[float, float, float, float]
"""x0 y0 x1 y1 in pixels of the picture that was given; the top left corner of the first pixel is 0, 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a picture that may show what was sought."""

    score: float  # 0..1, on the finder's own scale
    box: Box  # of a point: no width and no height
    mask: Mask | None = None  # (H, W) the thing's own pixels, where the finder can tell them

    @property
    def is_point(self) -> bool:
        return self.box[2] <= self.box[0] or self.box[3] <= self.box[1]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a finder found, the surest first, and what it met on the way."""

    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = field(default=())


class Finder(Protocol):
    """Finds a described thing in one colour picture."""

    name: str
    sure: float  # score from which on it is to be believed, on its own scale

    def find(self, rgb: NDArray[np.uint8], query: str) -> Findings:
        """Where ``rgb`` (H, W, 3) shows what ``query`` describes; nothing found is an empty answer.

        Raises:
            DetectorFault: it has no answer, or none that can be read.
        """
        ...
