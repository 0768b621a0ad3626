"""Where in the picture of a look each thing stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from hiervla.core.briefing import ImageRef
from hiervla.core.world import Detection


def whereabouts(images: Sequence[ImageRef]) -> Callable[[Detection], tuple[int, int] | None]:
    """A function from a thing to the middle of its box, in hundredths of the picture's width and height.

    It gives None for a thing that the picture's camera did not see, and where there is no picture without marks.
    """
    plain = [i for i in images if not i.marked]

    @cache
    def size() -> tuple[int, int] | None:
        from PIL import Image

        try:
            with Image.open(plain[-1].path) as picture:
                return picture.size
        except (OSError, IndexError):
            return None

    def where(d: Detection) -> tuple[int, int] | None:
        x0, y0, x1, y1 = d.box_px
        if x1 <= x0 or not plain or d.camera != plain[-1].camera or (whole := size()) is None:
            return None
        return _hundredths((x0 + x1) / 2 / whole[0]), _hundredths((y0 + y1) / 2 / whole[1])

    return where


def _hundredths(share: float) -> int:
    return min(99, max(0, int(share * 100)))
