"""Boxes and circles that a person drew into a copy of the look picture, by the colour of the pen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hiervla.core.errors import SetupError
from hiervla.core.marking import Mark
from hiervla.perception.colour import colour_word

_OTHERWISE = 90
"""Least change of a pixel, its three channels summed, that is a pen's and not the camera's noise."""
_LEAST_PX = 12
_APART_PX = 3
"""A line may break off for so many pixels."""
_FRAMES = {"en": ("box", "frame", "circle", "rectangle", "outline", "mark"), "zh": ("框", "方框", "圈", "圆圈", "标记")}

Picture = NDArray[np.uint8]


def read_drawing(path: Path) -> Picture:
    """A picture a person drew on, (H, W, 3).

    Raises:
        SetupError: it cannot be read.
    """
    try:
        with Image.open(path) as whole:
            return np.asarray(whole.convert("RGB"))
    except OSError as e:
        raise SetupError(f"cannot read the drawing {path}: {e}") from e


def drawn_marks(drawn: Picture, look: Picture, words: Mapping[str, Sequence[str]]) -> tuple[Mark, ...]:
    """A mark for each stroke: the ``red box``, also ``red circle`` and 红框; numbered from the left where there are several of a colour.

    Args:
        drawn: the copy with what was drawn; scaled to the look picture where its size is another.
        look: (H, W, 3), the picture of the look.
        words: words for each colour, both languages.
    """
    h, w = look.shape[:2]
    if drawn.shape != look.shape:
        drawn = np.asarray(Image.fromarray(drawn).resize((w, h), Image.Resampling.NEAREST))
    pen = np.abs(drawn.astype(np.int16) - look).sum(axis=-1) > _OTHERWISE
    strokes, n = ndimage.label(ndimage.binary_dilation(pen, iterations=_APART_PX))
    by_colour: dict[str, list[tuple[int, int, int, int]]] = {}
    for k in range(1, n + 1):
        rows, cols = np.nonzero(pen & (strokes == k))
        if len(rows) >= _LEAST_PX:
            word, _ = colour_word(np.median(drawn[rows, cols], axis=0))
            box = (int(cols.min()), int(rows.min()), int(cols.max()) + 1, int(rows.max()) + 1)
            by_colour.setdefault(word, []).append(box)
    return tuple(_mark(word, box, k if len(boxes) > 1 else 0, words.get(word, (word,)))
                 for word, boxes in by_colour.items() for k, box in enumerate(sorted(boxes), 1))  # fmt: skip


def _mark(colour: str, box: tuple[int, int, int, int], number: int, words: Sequence[str]) -> Mark:
    nth = f" {number}" if number else ""
    names = [f"{w} {f}{nth}" for w in (colour, *words) if w.isascii() for f in _FRAMES["en"]]
    names += [f"{w}{of}{f}{number or ''}" for w in words if not w.isascii() for of in ("", "的") for f in _FRAMES["zh"]]
    first, *rest = dict.fromkeys(names)
    return Mark(name=first, also=tuple(rest), box=box)
