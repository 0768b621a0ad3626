"""How vision-language models write places in a picture: one declared convention for each family, and never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hiervla.core.errors import unknown


@dataclass(frozen=True, slots=True)
class Convention:
    """How one family of models answers where something is."""

    name: str
    form: Literal["json", "qwen2_tags", "molmo_tags"]
    box_key: str = ""
    """JSON key of a box; empty where the family gives none."""
    point_key: str = ""
    """JSON key of a point."""
    y_first: bool = False
    """Numbers stand as y, x instead of x, y."""
    full: float | None = None
    """Number that stands for the whole width, and for the whole height; None: pixels of the picture that was sent."""
    multiple_px: int = 1
    """Both sides of the picture that is sent are multiples of this, so that the server resizes nothing on its own."""
    least_px: int = 0
    """Fewest pixels, width times height, of the picture that is sent."""
    most_px: int = 16_000_000
    """Most pixels of the picture that is sent."""
    prompt: str = ""
    """What is asked, with ``{query}`` in it."""


_ASK_JSON = (
    "Find every {{query}} in the picture. Answer with a JSON list and nothing else: one object for each, "
    '{{{{"{key}": {numbers}, "label": "{{query}}"}}}}. If there is none, answer [].'
)

QWEN2 = Convention(
    "qwen2", "qwen2_tags", full=1000.0,
    prompt="Detect the bounding box of every {query} in the picture. If there is none, answer: none",
)  # fmt: skip
"""Qwen2-VL: ``<|box_start|>(x0,y0),(x1,y1)<|box_end|>``, 0..1000 (Wang et al. 2024, arXiv:2409.12191, section 2.2)."""
QWEN2_5 = Convention(
    "qwen2.5", "json", box_key="bbox_2d", point_key="point_2d", multiple_px=28, least_px=56 * 56, most_px=1280 * 28 * 28,
    prompt=_ASK_JSON.format(key="bbox_2d", numbers="[x0, y0, x1, y1]"),
)  # fmt: skip
"""Qwen2.5-VL: JSON, pixels of the picture as its processor resized it (Bai et al. 2025, arXiv:2502.13923, section 2.1)."""
QWEN3 = Convention(
    "qwen3", "json", box_key="bbox_2d", point_key="point_2d", full=1000.0,
    prompt=_ASK_JSON.format(key="bbox_2d", numbers="[x0, y0, x1, y1]"),
)  # fmt: skip
"""Qwen3-VL: JSON, 0..1000 of width and height, x first (its cookbook on 2D grounding)."""
GEMINI = Convention(
    "gemini", "json", box_key="box_2d", point_key="point", y_first=True, full=1000.0,
    prompt=_ASK_JSON.format(key="box_2d", numbers="[ymin, xmin, ymax, xmax]") + " Numbers are normalized to 0-1000.",
)  # fmt: skip
"""Gemini and Gemini Robotics-ER: JSON, 0..1000, y first (ai.google.dev, “Image understanding” and “Robotics-ER”)."""
MOLMO = Convention(
    "molmo", "molmo_tags", full=100.0, prompt="Point to every {query}. If there is none, answer: none"
)  # fmt: skip
"""Molmo: ``<point x= y= alt=>`` or ``<points x1= y1= …>``, percent of width and height (Deitke et al. 2024, arXiv:2409.17146)."""
CONVENTIONS = {c.name: c for c in (QWEN2, QWEN2_5, QWEN3, GEMINI, MOLMO)}


def convention(name: str) -> Convention:
    """The convention of that name.

    Raises:
        SetupError: there is none; says which there are.
    """
    if name not in CONVENTIONS:
        raise unknown("convention of points", name, CONVENTIONS, "it is never guessed from the model's name")
    return CONVENTIONS[name]


def size_to_send(width: int, height: int, c: Convention) -> tuple[int, int]:
    """Width and height, pixels, of the picture to send: multiples and bounds as the convention has them, shape kept.

    The rule is ``smart_resize`` of Qwen's own processors (qwen_vl_utils, Apache-2.0): round each side to the multiple,
    then scale both to get within the bounds. A picture of the size it gives is left as it is by such a processor.
    """
    m = c.multiple_px

    def rounded(side: float, how: Literal["near", "down", "up"]) -> int:
        steps = {"near": round(side / m), "down": int(side // m), "up": -int(-side // m)}[how]
        return max(m, int(steps) * m)

    w, h = rounded(width, "near"), rounded(height, "near")
    if w * h > c.most_px:
        shrink = (width * height / c.most_px) ** 0.5
        return rounded(width / shrink, "down"), rounded(height / shrink, "down")
    if w * h < c.least_px:
        grow = (c.least_px / (width * height)) ** 0.5
        return rounded(width * grow, "up"), rounded(height * grow, "up")
    return w, h
