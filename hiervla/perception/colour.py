"""Colour words by position in CIELAB, the space made so that equal steps look equally different (CIE 1976).

Lightness L 0..100, chroma C, hue h in degrees. The word follows from rules on these three, not from a table of
samples, so any shade gets the word a person would most likely use, with how sure that is.
"""

from __future__ import annotations

import math

import numpy as np

from hiervla.core.geometry import Array

# Edges of the chromatic hues, degrees of the Lab hue circle: where one name gives way to the next.
_HUES: tuple[tuple[str, float, float], ...] = (
    ("red", 12.0, 49.0),
    ("orange", 49.0, 79.0),
    ("yellow", 79.0, 111.0),
    ("green", 111.0, 172.0),
    ("cyan", 172.0, 242.0),
    ("blue", 242.0, 307.5),
    ("purple", 307.5, 331.0),
    ("pink", 331.0, 372.0),
)
_GREY_CHROMA = 10.5
"""Below this chroma a thing has no hue worth a name."""


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
    lightness, a, b = (float(x) for x in lab(rgb))
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    # Dark and near-dark shades carry little chroma even when hueless neighbours would not be called grey.
    grey = _GREY_CHROMA if lightness > 20 else 11.0
    if chroma < grey or lightness < 8:
        sure = min(1.0, 0.5 + (grey - chroma) / 8) if lightness >= 8 else 1.0
        if lightness < 25:
            return "black", min(sure, 0.5 + abs(25 - lightness) / 16)
        if lightness > 80:
            return "white", min(sure, 0.5 + abs(lightness - 80) / 16)
        return "grey", min(sure, 0.5 + min(lightness - 25, 80 - lightness) / 16)
    h = hue + 360 if hue < 12 else hue
    name, low, high = next(x for x in _HUES if x[1] <= h < x[2])
    sure = min(1.0, 0.5 + min(h - low, high - h) / 16, 0.5 + (chroma - grey) / 8)
    if name in ("orange", "yellow", "red") and 36 < h < 96:
        # Brown is dark orange: the same hue, too dark or too dull to glow.
        glow = lightness + 0.35 * chroma
        border = 66.0 if h > 49 else 52.0 - max(0.0, 44.0 - h) * 3
        if glow < border and not (h < 44 and chroma > 45):
            return "brown", min(sure if h < 44 else 1.0, 0.5 + (border - glow) / 20)
        if h > 46:
            sure = min(sure, 0.5 + (glow - border) / 20)
    if name in ("red", "purple") and lightness > 60 and (h < 36 or name == "purple"):
        # Light red and light purple are pink, as long as they are not lilac.
        return ("pink", min(1.0, 0.5 + (lightness - 60) / 16)) if h > 318 or h < 36 else (name, sure)
    if name == "pink" and lightness < 34:
        return ("purple", 0.5 + min(0.5, (34 - lightness) / 16)) if h < 350 else ("red", 0.6)
    return name, max(0.5, sure)
