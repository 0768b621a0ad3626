"""Tables to learn from: drawn from a seed or one of the bundled scenes, rendered, and read by the eyes. Truth is not asked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from hiervla.core.briefing import ImageRef
from hiervla.core.geometry import Vec3
from hiervla.core.world import World
from hiervla.sim.forms import COLOURS
from hiervla.sim.scene import BodySpec, LightSpec, Scene, TableSpec, load_scene
from hiervla.workspace import Workspace, shared_workspace

CHECK = 1_000_000
"""Seeds from here on are of scenes to check with; nothing is learnt from them."""
BUNDLED = ("blocks", "bowls", "drawer", "same_colour", "tabletop", "towers", "crowded", "tidy")
BUNDLED_SHARE = 0.15
DRAWER_SHARE = 0.15
LOOSE = ("cube", "cube", "block", "cylinder", "ball")
HOLLOW = ("bowl", "bowl", "box", "cup", "plate")
WORDS = tuple(w for w in COLOURS if w not in ("wood", "slate"))
_SPREAD = 0.035
"""Standard deviation of a body's colour about its name's, 0..1."""


@cache
def space() -> Workspace:
    """The bundled content."""
    return shared_workspace()


def draw_scene(seed: int) -> Scene:
    """The scene of a seed: some things to carry, one or two that hold or carry them, at times a drawer."""
    rng = np.random.default_rng([seed, 0xB4A1])
    if rng.random() < BUNDLED_SHARE:
        scene = load_scene(space().scene_path(str(rng.choice(BUNDLED))))
        return scene.model_copy(update={"scenario": ()})
    kinds = [str(rng.choice(HOLLOW)) for _ in range(int(rng.integers(1, 3)))]
    kinds += [str(rng.choice(LOOSE)) for _ in range(int(rng.integers(3, 6)))]
    looks: list[tuple[str, str]] = []
    bodies = []
    if rng.random() < DRAWER_SHARE:
        bodies.append(_drawer(rng))
        kinds = kinds[:-1]
    for k, kind in enumerate(kinds):
        look = (str(rng.choice(WORDS)), kind)
        if look in looks and rng.random() < 0.8:  # now and then two alike: then it has to be asked which is meant
            look = (str(rng.choice([w for w in WORDS if (w, kind) not in looks])), kind)
        looks.append(look)
        bodies.append(BodySpec(name=f"b{k}", shape=kind, colour=_shade(rng, look[0])))
    tone = (
        TableSpec()
        if rng.random() < 0.5
        else TableSpec(colour=_shade(rng, str(rng.choice(("wood", "slate", "grey", "white")))))
    )
    light = LightSpec() if rng.random() < 0.5 else LightSpec(ambient=float(rng.uniform(0.55, 0.72)))
    region = (0.33, -0.34, 0.68, 0.06) if bodies[0].shape == "drawer" else (0.33, -0.34, 0.68, 0.34)
    return Scene(name="table", body=tuple(bodies), apart_m=0.03, region=region, table=tone, light=light)


def seen(seed: int, pictures: Path) -> tuple[World, ImageRef]:
    """What the eyes make of a seed's scene, and the picture they saw, kept as ``SEED.png``.

    Raises:
        SetupError: the things find no room.
    """
    from PIL import Image

    from hiervla.assemble import simulated
    from hiervla.perception.eyes import GeometricEyes

    scene = draw_scene(seed)
    sim, arm = simulated(scene, seed)
    try:
        camera = scene.camera[0].name
        observation = arm.observe("look", (camera,))
        eyes = GeometricEyes(space().vocabulary(()), scene.zone, camera, scene.limits, skin=arm.describe().skin)
        world = eyes.look(observation, World(), "L1")
    finally:
        sim.close()
    path = pictures / f"{seed}.png"
    Image.fromarray(observation.images[camera].rgb).save(path)
    return world, ImageRef(look_id="L1", camera=camera, path=str(path))


def _drawer(rng: np.random.Generator) -> BodySpec:
    carcass, front = (str(w) for w in rng.choice(WORDS, 2, replace=False))
    out = 0.0 if rng.random() < 0.5 else float(rng.uniform(0.05, 0.115))
    return BodySpec(
        name="drawer", shape="drawer", colour=_shade(rng, carcass), second_colour=_shade(rng, front),
        at=(float(rng.uniform(0.44, 0.58)), float(rng.uniform(0.32, 0.36))), yaw_deg=-90 + float(rng.uniform(-12, 12)), joint=out,
    )  # fmt: skip


def _shade(rng: np.random.Generator, word: str) -> Vec3:
    r, g, b = np.clip(np.array(COLOURS[word]) + rng.normal(0, _SPREAD, 3), 0.02, 0.98)
    return (float(r), float(g), float(b))
