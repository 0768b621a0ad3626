"""Colour words by position in CIELAB, the space made so that equal steps look equally different (CIE 1976).

Lightness L 0..100, chroma C, hue h in degrees. The word follows from rules on these three, not from a table of
samples, so any shade gets the word a person would most likely use, with how sure that is.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from hiervla.core.geometry import Array

_GREY_CHROMA = 11.0
"""Below this chroma a thing has no hue worth a name."""
_SOFT = 16.0
"""So many degrees of hue, or steps of lightness, from a border a word is beyond doubt."""

_DOUBT = (1.5, 3.0)
"""So many steps (CIELAB) from a border people may use either word: the nearer border first."""

_SHADES: dict[str, tuple[float, float, float]] = {
    "red": (37, 57, 85), "orange": (54, 70, 75), "yellow": (77, 88, 75), "green": (42, 74, 200), "cyan": (54, 82, 46),
    "blue": (25, 62, 200), "purple": (28, 60, 200), "pink": (54, 77, 200), "brown": (26, 50, 200), "grey": (42, 68, 200),
}  # fmt: skip
"""Lightness below which each word gets "dark" before it, above which "light", and up to what chroma: full yellow is no light yellow."""


def lab(rgb: Array) -> Array:
    """sRGB (..., 3) in 0..255 to CIELAB (..., 3), white point D65."""
    c = np.asarray(rgb, dtype=np.float64) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ m.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    out: Array = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
    return out


def colour_word(rgb: Array) -> tuple[str, float]:
    """The word for an sRGB colour (3,) in 0..255, and how sure it is: 1 well inside the word, 0.5 on its border."""
    return _word_of(lab(rgb))


def _word_of(at: Array) -> tuple[str, float]:
    """As ``colour_word``, for a place in CIELAB (3,)."""
    lightness, a, b = (float(x) for x in at)
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    grey = _grey_below(lightness, hue)
    if chroma < grey:
        sure = min(1.0, 0.5 + (grey - chroma) / 8)
        if lightness < 20:
            return "black", min(sure, 0.5 + (20 - lightness) / _SOFT)
        if lightness > 80:
            return "white", min(sure, 0.5 + (lightness - 80) / _SOFT)
        return "grey", min(sure, 0.5 + min(lightness - 20, 80 - lightness) / _SOFT)
    borders = _borders(lightness, chroma)
    h = hue + 360 if hue < borders[0][1] else hue
    name, low, high = next(x for x in borders if h < x[2])
    sure = min(1.0, 0.5 + min(h - low, high - h) / _SOFT, 0.5 + (chroma - grey) / 8)
    if name in ("orange", "yellow", "red") and 28 < h < 96:
        # Brown is dark orange: the same hue, too dark or too dull to glow.
        glow = lightness + 0.35 * chroma
        border = 66.0 + _ramp((50 - chroma) * 1.4, 22) if h > 49 else 52.0 - max(0.0, 44.0 - h) * 3
        if glow < border and not (h < 44 and chroma > 45):
            return "brown", min(1.0, 0.5 + (border - glow) / 20, sure if h < 44 else 1.0)
        if h > 46:
            sure = min(sure, 0.5 + (glow - border) / 20)
    if name == "red" and h < 36 and lightness > (pale := 60.0 + _ramp((chroma - 45) * 0.4, 20)):
        return "pink", min(1.0, 0.5 + (lightness - pale) / _SOFT)  # light red
    if name == "pink" and lightness < 34 and h >= 350:
        return "red", 0.6
    return name, max(0.5, sure)


def other_word(rgb: Array, word: str) -> str | None:
    """The colour word that somebody else might use for an sRGB colour (3,) called ``word``; None where none is as near.

    It is the word just over the nearest border: of what lies a few steps of chroma, hue or lightness away.
    """
    at = lab(rgb)
    chroma = math.hypot(at[1], at[2])
    along = at[1:] / max(chroma, 1e-6)
    for step in _DOUBT:
        ways = [(0.0, *(along * s * step)) for s in (-1, 1)] + [(s * step, 0.0, 0.0) for s in (-1, 1)]
        if chroma > _GREY_CHROMA:
            ways += [(0.0, -along[1] * s * step, along[0] * s * step) for s in (-1, 1)]
        for way in ways:
            if (other := _word_of(at + way)[0]) != word:
                return other
    return None


def shade(rgb: Array, word: str) -> Literal["", "light", "dark"]:
    """What people say before the ``word`` for an sRGB colour (3,) in 0..255: light blue, dark green, or nothing."""
    if word not in _SHADES:
        return ""
    lightness, a, b = (float(x) for x in lab(rgb))
    dark, light, full = _SHADES[word]
    if lightness < dark:
        return "dark"
    return "light" if lightness > light and math.hypot(a, b) < full else ""


def _grey_below(lightness: float, hue: float) -> float:
    """The chroma under which a colour has no hue worth a name.

    Near white a touch of blue or pink shows and one of yellow does not: paper and cream are white. Near black, chroma means little.
    """
    if lightness < 20:
        return 20.0 - _ramp((lightness - 8) * 1.5, 20.0 - _GREY_CHROMA)
    if lightness > 80:
        pale = _GREY_CHROMA if 140 <= hue < 230 else 8.0 if hue < 300 else 7.0
        if 60 < hue < 156 and lightness > 90:
            pale = 16.0 - _ramp((hue - 140) / 3, 16.0 - _GREY_CHROMA)
        return _GREY_CHROMA + (pale - _GREY_CHROMA) * min(1.0, (lightness - 80) / 10)
    return _GREY_CHROMA


def _borders(lightness: float, chroma: float) -> list[tuple[str, float, float]]:
    """Names of the hues with the degrees of the Lab hue circle where each begins and ends, at this lightness and chroma.

    They shift: what is olive is a green and not a yellow, what is pale is sky blue where at full strength it were cyan, and a
    pink grown dark is a purple.
    """
    light = lightness > 55
    green = 102.0 + _ramp((lightness - 56) * 0.45, 9)
    cyan = 172.0 - _ramp((lightness - 68) * 0.6, 10) - _ramp((40 if lightness > 80 else 30) - chroma, 8)
    blue = 230.0 - (_ramp((43 - chroma) * 1.5, 34) if lightness > 70 else _ramp((60 - lightness) * -0.5, 10))
    purple = 307.5 + (2.0 if lightness < 35 < chroma else -7.0 if light else 0.0)
    pink = 331.0 + _ramp((58 - lightness) * 0.7, 19) - _ramp((lightness - 54) * 0.9, 13) + _ramp((35 - chroma) * 0.5, 8)
    edges = (12.0, 45.0, 79.0, green, cyan, blue, purple, pink, 372.0)
    names = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
    return [(name, edges[i], edges[i + 1]) for i, name in enumerate(names)]


def _ramp(x: float, most: float) -> float:
    return min(max(x, 0.0), most)
