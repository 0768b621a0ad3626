"""How well do the eyes see? Random tables, one look each, against truth, in three bands.

clear: things 5 cm apart; crowded: 2 cm, things in and on each other; noisy: both in turn, with 2 mm depth noise and 1 % of the
pixels without depth. Light differs from table to table. A body counts when nothing else hides 60 % or more of its surface
as seen from above; one that is seen less is neither missed nor, where it is read, invented. Readings are matched to bodies
by distance (Hungarian), at most 4 cm.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from hiervla.bench.tables import draw_table
from hiervla.core.geometry import Vec3
from hiervla.core.observation import CameraImage
from hiervla.core.world import Detection, World
from hiervla.scenario.figures import Figure, proportion, quantile

BANDS = ("clear", "crowded", "noisy")
LEAST = 0.4
"""A body of which less is visible does not count."""
FARTHEST_M = 0.04
"""A reading farther from a body than this is not of it."""
NOISE_M, DROPOUT = 0.002, 0.01
GOALS = {
    "missed": ("<= 0.01", "<= 0.03", "<= 0.03"),
    "invented": ("<= 0.01", "<= 0.02", "<= 0.03"),
    "position_mm.median": ("<= 3",) * 3,
    "position_mm.p95": ("<= 8",) * 3,
    "colour": (">= 0.98", ">= 0.97", ">= 0.97"),
    "shape": (">= 0.95", ">= 0.92", ">= 0.85"),
}


def items(seeds: list[int]) -> list[tuple[str, int]]:
    return [(band, seed) for seed in seeds for band in BANDS]


def work(band: str, seed: int) -> dict[str, Any]:
    """One look at one random table: per body what was read of it, and what was read of nothing."""
    from hiervla.assemble import simulated
    from hiervla.bullet.client import Light
    from hiervla.perception.eyes import GeometricEyes
    from hiervla.sim.describe import describe_all
    from hiervla.sim.visibility import visible_share
    from hiervla.workspace import shared_workspace

    crowded = band == "crowded" or (band == "noisy" and seed % 2 == 1)
    scene, words = draw_table(seed, crowded)
    sim, arm = simulated(scene, seed)
    try:
        rng = np.random.default_rng([seed, 7])
        sim.client.light = Light(ambient=float(rng.uniform(0.55, 0.72)), diffuse=float(rng.uniform(0.3, 0.5)))
        seen = arm.observe("look", ("front",))
        if band == "noisy":
            seen = replace(seen, images={"front": noisy(seen.images["front"], rng)})
        eyes = GeometricEyes(shared_workspace().vocabulary(()), limits=scene.limits, skin=arm.describe().skin)
        began = time.perf_counter()
        world = eyes.look(seen, World(), "L1")
        took = time.perf_counter() - began
        truth = describe_all(sim)
        shown = visible_share(sim, seen.images["front"])
    finally:
        sim.close()
    return {"band": band, "seed": seed, "look_ms": round(took * 1e3, 1)} | compare(truth, shown, words, world)


def noisy(image: CameraImage, rng: np.random.Generator) -> CameraImage:
    """The image with Gaussian depth noise and dropout."""
    depth = image.depth + rng.normal(0, NOISE_M, image.depth.shape).astype(np.float32) * (image.depth > 0)
    depth[rng.random(depth.shape) < DROPOUT] = 0.0
    return replace(image, depth=depth)


def compare(
    truth: dict[str, Detection], shown: dict[str, float], words: dict[str, str], world: World
) -> dict[str, Any]:
    """What was made of each body that counts, and how many readings are of nothing."""
    names, found = list(truth), list(world.objects.values())
    pairs = match([truth[n] for n in names], found)
    bodies = []
    for i, name in enumerate(names):
        if shown[name] < LEAST:
            continue
        t, row = (
            truth[name],
            {"name": name, "shape": truth[name].label, "shown": round(shown[name], 2), "found": i in pairs},
        )
        if i in pairs:
            d = found[pairs[i]]
            row |= {
                "mm": round(math.dist(spot(t)[:2], spot(d)[:2]) * 1e3, 2),
                "read": d.label,
                "colour_read": d.colour,
            }
            row |= {"colour": words.get(name), "lying": t.posture == "lying"}
            row |= {"second": words.get(f"{name}.second"), "second_read": d.second_colour}
        bodies.append(row)
    extra = [f"{d.id} {d.size}" for j, d in enumerate(found) if j not in pairs.values()]
    return {"bodies": bodies, "readings": len(found), "invented": extra}


def spot(d: Detection) -> Vec3:
    """Where a thing is: its middle; of a drawer its handle, because how much of the tray is seen depends on how far it is out."""
    return d.grasp_at if d.label == "drawer" and d.grasp_at is not None else d.centre


def match(truth: list[Detection], found: list[Detection]) -> dict[int, int]:
    """Index of the reading of each body; loosely by place and height, a little by shape where two lie on one spot."""
    if not truth or not found:
        return {}
    cost = np.array(
        [[math.dist(spot(t), spot(d)) + (0.0 if t.label == d.label else 0.01) for d in found] for t in truth]
    )
    return {
        int(r): int(c)
        for r, c in zip(*linear_sum_assignment(np.minimum(cost, 0.2)), strict=True)
        if math.dist(spot(truth[r])[:2], spot(found[c])[:2]) <= FARTHEST_M
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for k, band in enumerate(BANDS):
        some = [r for r in rows if r["band"] == band]
        if not some:
            continue
        bodies = [b for r in some for b in r["bodies"]]
        found = [b for b in bodies if b["found"]]
        goal = {name: goals[k] for name, goals in GOALS.items()}
        figures[f"missed.{band}"] = proportion(len(bodies) - len(found), len(bodies), goal["missed"])
        readings = sum(r["readings"] for r in some)
        figures[f"invented.{band}"] = proportion(sum(len(r["invented"]) for r in some), readings, goal["invented"])
        for name, q in (("median", 0.5), ("p95", 0.95)):
            figures[f"position_mm.{name}.{band}"] = quantile([b["mm"] for b in found], q, goal[f"position_mm.{name}"])
        worded = [b for b in found if b["colour"]]
        figures[f"colour.{band}"] = proportion(sum(b["colour"] == b["colour_read"] for b in worded), len(worded), goal["colour"])  # fmt: skip
        for two, name in ((True, "second_told"), (False, "second_invented")):
            some_bodies = [b for b in worded if (b["second"] is not None) == two]
            hits = sum((b["second"] == b["second_read"]) == two for b in some_bodies)
            figures[f"{name}.{band}"] = proportion(hits, len(some_bodies))
        figures[f"shape.{band}"] = proportion(sum(b["shape"] == b["read"] for b in found), len(found), goal["shape"])
    figures["look_ms.p50"] = quantile([r["look_ms"] for r in rows], 0.5)
    figures["look_ms.p95"] = quantile([r["look_ms"] for r in rows], 0.95)
    every = [b for r in rows for b in r["bodies"]]
    for shape in sorted({b["shape"] for b in every}):
        of = [b for b in every if b["shape"] == shape]
        figures[f"sample.{shape}"] = proportion(len(of), len(every))
        figures[f"shape_right.{shape}"] = proportion(sum(b.get("read") == shape for b in of if b["found"]), sum(b["found"] for b in of))  # fmt: skip
    return figures
