"""Random tables to try the eyes on: every shape, sizes and colours drawn continuously, apart or crowded.

Colours are drawn where people agree on the word (``naming``): nothing is shared with the rules by which the eyes name them.
"""

from __future__ import annotations

import numpy as np

from hiervla.bench.naming import WORDS, draw_colour
from hiervla.sim.forms import Range
from hiervla.sim.scene import BodySpec, Scene

SHAPES: dict[str, float] = {
    "cube": 0.10, "block": 0.11, "cylinder": 0.11, "ball": 0.10, "bowl": 0.09, "box": 0.08, "cup": 0.10, "plate": 0.08,
    "ring": 0.11, "wedge": 0.10, "shape": 0.11,
}  # fmt: skip
"""Shape → how often it is drawn; the broad ones come out rarer on a full table."""
SIZES: dict[str, tuple[Range, Range, Range]] = {
    "cube": ((0.030, 0.052),) * 3,
    "block": ((0.055, 0.090), (0.028, 0.046), (0.022, 0.050)),
    "cylinder": ((0.032, 0.050), (0.032, 0.050), (0.045, 0.075)),
    "ball": ((0.034, 0.052),) * 3,
    "bowl": ((0.105, 0.135), (0.105, 0.135), (0.040, 0.055)),
    "box": ((0.15, 0.20), (0.11, 0.145), (0.045, 0.065)),
    "cup": ((0.060, 0.075), (0.060, 0.075), (0.065, 0.090)),
    "plate": ((0.13, 0.17), (0.13, 0.17), (0.016, 0.022)),
    "ring": ((0.055, 0.085), (0.055, 0.085), (0.012, 0.024)),
    "wedge": ((0.042, 0.065), (0.038, 0.060), (0.018, 0.036)),
    "shape": ((0.052, 0.075), (0.052, 0.075), (0.014, 0.026)),
}
FITS = {
    "bowl": ("cube", "ball", "cylinder", "ring"),
    "box": ("cube", "ball", "cylinder", "block", "wedge", "shape"),
    "plate": ("cube", "block", "wedge"),
    "block": ("cube",),
    "cube": ("cube",),
    "drawer": ("cube", "ball"),
}
"""What is put in or on what."""
FURNITURE_SHARE = 0.5
"""Share of tables with a drawer, and of those with a button."""
LYING_SHARE = 0.25
"""Share of the cylinders that lie on their side."""


TWO_COLOURED_SHARE = 0.15
"""Share of the upright cubes, blocks and cylinders whose upper part has a second colour."""


def draw_table(seed: int, crowded: bool) -> tuple[Scene, dict[str, str]]:
    """A scene, and the colour word of every loose body and button (of a second colour: ``NAME.second``). Crowded: 20 mm apart, things in and on each other."""
    rng = np.random.default_rng([seed, int(crowded)])
    words: dict[str, str] = {}
    bodies = _furniture(rng, words)
    taken: set[str] = set()
    count = int(rng.integers(8, 12)) if crowded else int(rng.integers(4, 8))
    count -= 2 * len(bodies)
    names, chances = list(SHAPES), np.array(list(SHAPES.values()))
    for i in range(max(3, count)):
        shape = str(rng.choice(names, p=chances / chances.sum()))
        hosts = [b.name for b in bodies if b.name not in taken and b.on is None and shape in FITS.get(b.shape, ())]
        on = str(rng.choice(hosts)) if hosts and rng.random() < (0.5 if crowded else 0.2) else None
        if on is not None:
            taken.add(on)
        name = f"b{i}"
        words[name] = str(rng.choice(list(WORDS)))
        lying = shape == "cylinder" and on is None and rng.random() < LYING_SHARE
        second = None
        if shape in ("cube", "block", "cylinder") and not lying and rng.random() < TWO_COLOURED_SHARE:
            words[f"{name}.second"] = str(rng.choice([w for w in WORDS if w != words[name]]))
            second = draw_colour(rng, words[f"{name}.second"])
        bodies.append(
            BodySpec(
                name=name, shape=shape, colour=draw_colour(rng, words[name]), second_colour=second, size=SIZES[shape], on=on,
                lying=lying,
            )
        )  # fmt: skip
    region = (0.30, -0.38, 0.72, 0.38)
    return Scene(name="table", body=tuple(bodies), apart_m=0.02 if crowded else 0.05, region=region), words


def _furniture(rng: np.random.Generator, words: dict[str, str]) -> list[BodySpec]:
    out = []
    if rng.random() < FURNITURE_SHARE:
        side = float(rng.choice([-1.0, 1.0]))
        carcass, front = (str(w) for w in rng.choice(list(WORDS), 2, replace=False))
        out.append(
            BodySpec(
                name="drawer", shape="drawer", colour=draw_colour(rng, carcass), second_colour=draw_colour(rng, front),
                at=(float(rng.uniform(0.42, 0.60)), side * float(rng.uniform(0.32, 0.36))),
                yaw_deg=-90 * side + float(rng.uniform(-15, 15)), joint=float(rng.choice([0.0, rng.uniform(0.02, 0.12)])),
            )
        )  # fmt: skip
    if rng.random() < FURNITURE_SHARE:
        words["button"] = str(rng.choice([w for w in WORDS if w != "grey"]))
        out.append(BodySpec(name="button", shape="button", colour=draw_colour(rng, words["button"])))
    return out
