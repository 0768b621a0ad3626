"""What eyes get wrong, put on demonstrations that know the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hiervla.cerebellum.policies.mini.inputs import Grounding
from hiervla.core.observation import CameraImage, Observation
from hiervla.learn.training.settings import Blur


def blurred(g: Grounding, blur: Blur, rng: np.random.Generator) -> Grounding:
    """A grounding as eyes might have told it."""
    off = rng.normal(0, blur.eyes_m, 3)
    if not g.held and rng.random() < blur.target_share:
        way = rng.uniform(0, 2 * np.pi)
        far = blur.target_m * np.sqrt(rng.random())  # alike all over the disc
        off[:2] += far * np.cos(way), far * np.sin(way)
    return replace(
        g,
        target=g.target + off,
        yaw=g.yaw + float(rng.normal(0, blur.eyes_rad)),
        size=g.size * (1 + rng.normal(0, blur.eyes_size, 3)),
        goal=g.goal + rng.normal(0, blur.eyes_m, 3),
        goal_yaw=g.goal_yaw + float(rng.normal(0, blur.eyes_rad)),
        offset=g.offset + rng.normal(0, blur.eyes_m, 3) if g.held else g.offset,
    )


def unprompted(g: Grounding) -> Grounding:
    """A grounding that tells neither target nor goal."""
    none = np.full(3, np.nan)
    return replace(g, target=none, goal=none)


def seen_worse(seen: Observation, blur: Blur, rng: np.random.Generator) -> Observation:
    """An observation with other light and noisier depth."""
    gain = (1 + rng.uniform(-blur.colour, blur.colour)) * (1 + rng.uniform(-blur.colour, blur.colour, 3) / 2)
    return replace(seen, images={name: _worse(image, gain, blur, rng) for name, image in seen.images.items()})


def _worse(image: CameraImage, gain: np.ndarray, blur: Blur, rng: np.random.Generator) -> CameraImage:
    rgb = np.clip(image.rgb * gain.astype(np.float32), 0, 255).astype(np.uint8)
    noise = rng.standard_normal(image.depth.shape, dtype=np.float32) * np.float32(blur.depth_m)
    there = (image.depth > 0) & (rng.random(image.depth.shape, dtype=np.float32) >= blur.depth_dropped)
    return replace(image, rgb=rgb, depth=np.where(there, np.maximum(image.depth + noise, 0), 0).astype(np.float32))
