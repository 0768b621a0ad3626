"""Random scenes with their truth, and how far the eyes are from it. Run as a script for the table of figures.

Colours are drawn continuously in HSV inside bands set well apart by hand, from how people name hues; they share
nothing with the rules the eyes use in CIELAB nor with the simulator's own table.
"""

from __future__ import annotations

import argparse
import colorsys
import math
import time
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pybullet
from scipy.optimize import linear_sum_assignment

from hiervla.bullet.client import Lens, look_at
from hiervla.core.geometry import wrap_angle
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.vocabulary import Inventory, Lexicon, Vocabulary
from hiervla.core.world import Detection, World
from hiervla.perception.eyes import GeometricEyes
from hiervla.robot.bullet_arm import BulletArm, FixedCamera
from hiervla.robot.panda import PANDA
from hiervla.sim.describe import describe
from hiervla.sim.scene import BodySpec, CameraSpec, Scene
from hiervla.sim.simulation import Simulation

ROOT = Path(__file__).resolve().parents[2]
SHAPES = ("cube", "block", "cylinder", "ball", "bowl", "box", "cup", "plate")
_CHANCE = (0.24, 0.14, 0.14, 0.11, 0.13, 0.07, 0.10, 0.07)
# Hue in degrees, saturation, value: ranges in which nobody would argue about the word.
BANDS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-8, 6), (0.75, 1.0), (0.60, 0.95)),
    "orange": ((22, 34), (0.78, 1.0), (0.80, 0.95)),
    "yellow": ((49, 60), (0.65, 1.0), (0.75, 0.95)),
    "green": ((95, 145), (0.55, 1.0), (0.35, 0.85)),
    "cyan": ((174, 190), (0.60, 1.0), (0.55, 0.90)),
    "blue": ((212, 236), (0.65, 1.0), (0.45, 0.95)),
    "purple": ((268, 290), (0.50, 1.0), (0.35, 0.75)),
    "pink": ((322, 348), (0.30, 0.60), (0.85, 0.95)),
    "brown": ((16, 34), (0.50, 0.80), (0.25, 0.46)),
    "white": ((0, 360), (0.00, 0.05), (0.90, 0.97)),
    "grey": ((0, 360), (0.00, 0.06), (0.35, 0.62)),
    "black": ((0, 360), (0.00, 0.30), (0.02, 0.13)),
}
FITS_IN = {
    "bowl": ("cube", "ball", "cylinder", "block"),
    "box": ("cube", "ball", "cylinder", "block", "cup"),
    "cup": ("ball",),
    "plate": ("cube", "block", "cylinder", "cup"),
}
FITS_ON = {"cube": ("cube",), "block": ("cube", "block")}


def vocabulary(inventory: tuple[Inventory, ...] = ()) -> Vocabulary:
    """The bundled lexicon with an inventory."""
    words = tomllib.loads((ROOT / "prompts" / "base.lexicon.toml").read_text(encoding="utf-8"))
    return Vocabulary(lexicon=Lexicon.model_validate(words), inventory=inventory)


@dataclass
class Cell:
    """A simulated cell as the tests use it: what the eyes get, and beside it the truth."""

    sim: Simulation
    arm: BulletArm
    words: dict[str, str] = field(default_factory=dict)  # body → colour word it was drawn from

    def look(self) -> Observation:
        return self.arm.observe("look")

    def go(self, x: float, y: float, z: float, gripper: float, force_n: float = 40.0, most: int = 80) -> None:
        """Move the hand in small straight steps, then hold for a few ticks."""
        for _ in range(most):
            away = np.array([x, y, z]) - self.arm.observe().hand.position
            if np.linalg.norm(away) < 0.002:
                break
            step = away * min(1.0, 0.03 / max(float(np.linalg.norm(away)), 1e-9))
            self.arm.apply(np.array([*step, 0, 0, 0, gripper]), force_n)
        for _ in range(6):
            self.arm.apply(np.array([0, 0, 0, 0, 0, 0, gripper]), force_n)

    def close(self) -> None:
        self.sim.close()


def cell(bodies: list[BodySpec], seed: int = 0, apart_m: float = 0.035, camera: CameraSpec | None = None) -> Cell:
    """A simulation with the arm parked at home and one front camera."""
    extra = {"camera": (camera,)} if camera else {}
    scene = Scene(name="perception", body=tuple(bodies), apart_m=apart_m, **extra)
    sim = Simulation(scene, seed)
    c = scene.camera[0]
    pose = look_at(np.array(c.position), np.array(c.look_at))
    fixed = FixedCamera(c.name, pose, Lens(*c.size, c.fov_deg), Lens(*c.small, c.fov_deg))
    arm = BulletArm(sim.client, (fixed,), PANDA, scene.limits)
    sim.attach(arm.arm, PANDA.grasp)
    return Cell(sim, arm)


def random_cell(seed: int, apart_m: float | None = None) -> Cell:
    """2–7 bodies of every shape in continuous colours, some in or on others; even seeds 35 mm apart, odd ones 20 mm."""
    rng = np.random.default_rng(10_000 + seed)
    apart = apart_m if apart_m is not None else (0.035 if seed % 2 == 0 else 0.02)
    bodies: list[BodySpec] = []
    words: dict[str, str] = {}
    taken: set[str] = set()
    for i in range(int(rng.integers(2, 8))):
        shape = str(rng.choice(SHAPES, p=_CHANCE))
        on = None
        hosts = [b for b in bodies if b.name not in taken and b.on is None]
        hosts = [b for b in hosts if shape in FITS_IN.get(b.shape, ()) or shape in FITS_ON.get(b.shape, ())]
        if hosts and rng.random() < 0.4:
            on = str(rng.choice([b.name for b in hosts]))
            taken.add(on)
        word = str(rng.choice(list(BANDS)))
        if on is not None and rng.random() < 0.25:
            word = words[on]
        hue, saturation, value = (float(rng.uniform(*r)) for r in BANDS[word])
        rgb = colorsys.hsv_to_rgb(hue % 360 / 360, saturation, value)
        name = f"b{i}"
        words[name] = word
        bodies.append(BodySpec(name=name, shape=shape, colour=rgb, on=on))
    made = cell(bodies, seed, apart)
    made.words = words
    return made


def shown(made: Cell, image: CameraImage, spec: CameraSpec) -> dict[str, float]:
    """Share of every body's own picture that nothing else hides: its pixels now against its pixels alone (truth)."""

    def count() -> dict[int, int]:
        lens = Lens(*spec.size, spec.fov_deg)
        view = np.diag([1.0, -1.0, -1.0, 1.0]) @ np.linalg.inv(image.world_from_camera)
        _, _, _, _, ids = pybullet.getCameraImage(
            lens.width // 2, lens.height // 2, view.T.ravel().tolist(),
            pybullet.computeProjectionMatrixFOV(lens.fov_deg, lens.width / lens.height, lens.near_m, lens.far_m),
            renderer=pybullet.ER_TINY_RENDERER, physicsClientId=cid,
        )  # fmt: skip
        values, counts = np.unique(np.asarray(ids), return_counts=True)
        return dict(zip(values.tolist(), counts.tolist(), strict=True))

    sim = made.sim
    cid = sim.client.id
    now = count()
    poses = {n: pybullet.getBasePositionAndOrientation(b.id, physicsClientId=cid) for n, b in sim.bodies.items()}
    away = [0.0, 0.0, -50.0]
    share = {}
    for n, b in sim.bodies.items():
        for m, other in sim.bodies.items():
            at = poses[m][0] if m == n else away
            pybullet.resetBasePositionAndOrientation(other.id, at, poses[m][1], physicsClientId=cid)
        share[n] = now.get(b.id, 0) / max(1, count().get(b.id, 0))
    for n, b in sim.bodies.items():
        pybullet.resetBasePositionAndOrientation(b.id, *poses[n], physicsClientId=cid)
    return share


@dataclass
class Score:
    """Errors gathered over looks."""

    bodies: int = 0
    seen: int = 0
    missed: int = 0
    invented: int = 0
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    def add(self, made: Cell, world: World, counted: dict[str, float], tag: str) -> None:
        truth = {n: describe(made.sim, n) for n in made.sim.bodies}
        names, found = list(truth), list(world.objects.values())
        pairs = _pairs([truth[n] for n in names], found)
        self.bodies += sum(counted[n] >= 0.4 for n in names)
        self.seen += len(found)
        for i, n in enumerate(names):
            t = truth[n]
            if i not in pairs:
                if counted[n] >= 0.4:
                    self.missed += 1
                    self.notes.append(
                        f"{tag} missed {made.words[n]} {t.label} {_at(t)} in {t.support} {counted[n]:.2f}"
                    )
                continue
            d = found[pairs[i]]
            if counted[n] < 0.4:
                continue
            self._compare(made, n, t, d, names, truth, found, pairs, f"{tag} {counted[n]:.2f}")
        for j, d in enumerate(found):
            if j not in pairs.values():
                self.invented += 1
                self.notes.append(f"{tag} invented {d.id} {_at(d)} {d.size} {d.score}")

    def _compare(self, made, n, t, d, names, truth, found, pairs, tag) -> None:
        v = self.values
        xy = 1000 * math.dist(t.centre[:2], d.centre[:2])
        high = 1000 * abs(t.size[2] - d.size[2])
        v["xy"].append(xy)
        v["height"].append(high)
        v["length"].append(1000 * abs(t.size[0] - d.size[0]))
        v["colour"].append(d.colour == made.words[n])
        v["shape"].append(d.label == t.label)
        v[f"shape {t.label}"].append(d.label == t.label)
        ids = {m: found[pairs[i]].id for i, m in enumerate(names) if i in pairs}
        support = "table" if t.support == "table" else ids.get(t.support, "?")
        right = d.support == support and (support == "table" or d.relation == t.relation)
        right |= t.support == "air"  # mid-contact: the truth itself is undecided
        v["support"].append(right)
        if t.label == "cube":
            v["yaw_cube"].append(abs(math.degrees(wrap_angle(t.yaw - d.yaw, math.pi / 2))))
        elif t.label in ("block", "box"):
            v["yaw_long"].append(abs(math.degrees(wrap_angle(t.yaw - d.yaw, math.pi))))
            if v["yaw_long"][-1] > 5:
                self.notes.append(f"{tag} {made.words[n]} {t.label} yaw {t.yaw:.2f} {t.size} read {d.yaw:.2f} {d.size}")
        what = f"{tag} {made.words[n]} {t.label} {_at(t)} in {t.support}"
        if xy > 5 or high > 4:
            self.notes.append(f"{what}: xy {xy:.1f} height {high:.1f} ({d.id} {_at(d)} vis {d.visible} in {d.support})")
        if d.colour != made.words[n] or d.label != t.label or not right:
            self.notes.append(f"{what}: read as {d.colour} {d.label} {d.relation} {d.support} (vis {d.visible})")

    def table(self) -> str:
        """The figures as text."""
        v = {k: np.asarray(x, dtype=float) for k, x in self.values.items()}
        lines = [
            f"bodies counted      {self.bodies}",
            f"missed              {100 * self.missed / max(1, self.bodies):.2f} %",
            f"invented            {100 * self.invented / max(1, self.seen):.2f} %",
        ]
        for k in ("xy", "length", "height", "yaw_cube", "yaw_long"):
            if k in v:
                lines.append(
                    f"{k:<19} median {np.median(v[k]):.2f}  p95 {np.quantile(v[k], 0.95):.2f}  max {v[k].max():.1f}"
                )
        for k in sorted(k for k in v if k in ("colour", "shape", "support") or k.startswith("shape ")):
            lines.append(f"{k:<19} {100 * v[k].mean():.1f} %  (n={len(v[k])})")
        if "ms" in v:
            lines.append(f"ms a look           p50 {np.median(v['ms']):.0f}  p95 {np.quantile(v['ms'], 0.95):.0f}")
        return "\n".join(lines)


def _at(d: Detection) -> str:
    return "(" + " ".join(f"{x:.3f}" for x in d.centre) + ")"


def _pairs(truth: list[Detection], found: list[Detection]) -> dict[int, int]:
    if not truth or not found:
        return {}
    far = np.array([[math.dist(t.centre, d.centre) for d in found] for t in truth])
    rows, cols = linear_sum_assignment(np.minimum(far, 0.2))
    return {int(r): int(c) for r, c in zip(rows, cols, strict=True) if far[r, c] < 0.035}


def noisy(observation: Observation, seed: int, sigma_m: float = 0.002, dropout: float = 0.01) -> Observation:
    """The same with Gaussian depth noise and missing returns in its large front image."""
    rng = np.random.default_rng(seed)
    front = observation.images["front"]
    depth = front.depth + rng.normal(0, sigma_m, front.depth.shape).astype(np.float32)
    depth[rng.random(depth.shape) < dropout] = 0
    return replace(observation, images={**observation.images, "front": replace(front, depth=depth)})


def evaluate(seeds: range, apart_m: float | None = None, noise: bool = False) -> Score:
    """Look once at every random scene and compare with the truth."""
    score = Score()
    eyes = GeometricEyes(vocabulary())
    for seed in seeds:
        made = random_cell(seed, apart_m)
        try:
            observation = made.look()
            spec = made.sim.scene.camera[0]
            counted = shown(made, observation.images[spec.name], spec)
            if noise:
                observation = noisy(observation, seed)
            start = time.perf_counter()
            world = eyes.look(observation, World(), f"S{seed}")
            score.values["ms"].append(1000 * (time.perf_counter() - start))
            score.add(made, world, counted, f"seed {seed}")
        finally:
            made.close()
    return score


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-99")
    parser.add_argument("--apart", type=float, default=None)
    parser.add_argument("--noise", action="store_true")
    parser.add_argument("--notes", action="store_true")
    asked = parser.parse_args()
    first, last = (int(x) for x in asked.seeds.split("-"))
    result = evaluate(range(first, last + 1), asked.apart, asked.noise)
    if asked.notes:
        print("\n".join(result.notes))
    print(result.table())
