"""A vision-language model as a finder: asked in words, it answers with places, by its family's own convention."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hiervla.perception.naming.answers import read_answer
from hiervla.perception.naming.conventions import Convention, size_to_send
from hiervla.perception.naming.found import Findings, Found

Ask = Callable[[str, bytes], str]
"""From a prompt and a PNG to the model's answer; raises ``DetectorFault`` where there is none."""
UNSCORED = 0.5
"""Score of what a model names: it says no number of its own, and one made up would mean nothing."""


class VlmFinder:
    """``Finder`` that asks a model. Its scores are all ``UNSCORED``: a model's word is believed, or ``sure`` is set above it."""

    def __init__(self, name: str, convention: Convention, ask: Ask, sure: float = UNSCORED) -> None:
        self.name, self.convention, self.ask, self.sure = name, convention, ask, sure

    def find(self, rgb: NDArray[np.uint8], query: str) -> Findings:
        """The places in ``rgb`` (H, W, 3) that the model names for ``query``.

        Raises:
            MalformedAnswer: it answers otherwise than by its convention.
            DetectorFault: it cannot be reached.
        """
        ours = (rgb.shape[1], rgb.shape[0])
        sent = size_to_send(*ours, self.convention)
        picture = Image.fromarray(rgb)
        if sent != ours:
            picture = picture.resize(sent, Image.Resampling.BICUBIC)
        png = io.BytesIO()
        picture.save(png, "PNG")
        answer = self.ask(self.convention.prompt.format(query=query), png.getvalue())
        places = read_answer(answer, self.convention, sent, ours)
        return Findings(tuple(Found(UNSCORED, box) for box in places.boxes), places.notes)
