"""Colours and what people call them, from a survey: the truth that colour words are held to.

Nothing is shared with the rules by which the eyes name colours, nor with the simulator's table. Of colours spread evenly over
the RGB cube about a sixth is clear-cut in the sense of ``people_say``: on the rest people disagree.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import numpy as np

from hiervla.core.geometry import Array, Vec3

WORDS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown", "white", "grey", "black")
_NEIGHBOURS = 3
"""So many of the survey's nearest names must agree."""
_FARTHEST = 10.0
"""A colour farther than this from every name (CIEDE2000) has none; white and black, of which people gave few, half as far."""
_SPREAD = 0.07
"""Standard deviation, of 0..1, about a named colour when one is drawn."""


def people_say(rgb: Array) -> str | None:
    """The word for an RGB colour (3,) in 0..1 that people agree on, or None where they do not."""
    words, known = _survey()
    far = difference(_lab(rgb)[None], known)
    nearest = np.argsort(far)[:_NEIGHBOURS]
    word = words[nearest[0]]
    if word in ("white", "black"):
        return word if far[nearest[0]] < _FARTHEST / 2 else None
    agreed = word != "unclear" and far[nearest[0]] < _FARTHEST and all(words[i] == word for i in nearest)
    return word if agreed else None


def draw_colour(rng: np.random.Generator, word: str) -> Vec3:
    """A colour (0..1) that people clearly call by the word: near a random one of its names, never twice the same."""
    words, _ = _survey()
    named = _values()[[w == word for w in words]]
    while True:
        r, g, b = named[rng.integers(len(named))] + rng.normal(0, _SPREAD, 3)
        rgb = (float(r), float(g), float(b))
        if min(rgb) >= 0.02 and max(rgb) <= 0.98 and people_say(np.array(rgb)) == word:
            return rgb


def difference(one: Array, other: Array) -> Array:
    """How different colours (N, 3) in CIELAB look, CIEDE2000 (CIE 142-2001): about 1 can just be told."""
    (l1, a1, b1), (l2, a2, b2) = one.T, other.T
    seventh = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(seventh / (seventh + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1, h2 = np.arctan2(b1, stretch * a1), np.arctan2(b2, stretch * a2)
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi)
    lightness, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, h1 + turn / 2
    wave = (
        1 - 0.17 * np.cos(hue - np.radians(30)) + 0.24 * np.cos(2 * hue) + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )  # fmt: skip
    dark = (lightness - 50) ** 2
    dl = (l2 - l1) / (1 + 0.015 * dark / np.sqrt(20 + dark))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2) / (1 + 0.015 * chroma * wave)
    blue = np.exp(-(((np.degrees(hue) % 360 - 275) / 25) ** 2))
    skew = -np.sin(np.radians(60 * blue)) * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    out: Array = np.sqrt(dl**2 + dc**2 + dh**2 + skew * dc * dh)
    return out


def _lab(rgb: Array) -> Array:
    """sRGB (..., 3) in 0..1 to CIELAB (..., 3), white point D65."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = linear @ to_xyz.T / to_xyz.sum(axis=1)
    x, y, z = np.moveaxis(np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@cache
def _table() -> dict[str, list[str]]:
    path = Path(__file__).with_name("survey.toml")
    return {word: values.split() for word, values in tomllib.loads(path.read_text(encoding="utf-8")).items()}


@cache
def _values() -> Array:
    values = [v for some in _table().values() for v in some]
    return np.array([list(bytes.fromhex(v)) for v in values]) / 255.0


@cache
def _survey() -> tuple[list[str], Array]:
    return [word for word, some in _table().items() for _ in some], _lab(_values())
