"""A scene built in PyBullet from a seed. This is where truth lives: only ``sim/`` and scenario scoring may look."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient
from hiervla.bullet.extruded import LETTERS
from hiervla.bullet.furniture import (
    FURNITURE,
    HANDLE_M,
    HOST,
    MOVING,
    PRESSED_M,
    SIZES_M,
    TRAVEL_M,
    add_furniture,
    tray_box,
)
from hiervla.bullet.shapes import HOLLOW, ROUND, BodyShape, add_body
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Pose, Vec3, quaternion_from_rotvec, quaternion_from_yaw, quaternion_multiply
from hiervla.sim.scene import COLOURS, BodySpec, Range, Scene

_SIZES: dict[str, tuple[Range, Range, Range]] = {
    "cube": ((0.036, 0.048),) * 3,
    "block": ((0.058, 0.072), (0.034, 0.044), (0.034, 0.044)),
    "cylinder": ((0.036, 0.048), (0.036, 0.048), (0.045, 0.065)),
    "ball": ((0.040, 0.048),) * 3,
    "bowl": ((0.115, 0.130), (0.115, 0.130), (0.042, 0.050)),
    "box": ((0.17, 0.20), (0.13, 0.15), (0.05, 0.06)),
    "cup": ((0.062, 0.070), (0.062, 0.070), (0.070, 0.085)),
    "plate": ((0.15, 0.17), (0.15, 0.17), (0.018, 0.022)),
    "ring": ((0.060, 0.076), (0.060, 0.076), (0.014, 0.022)),
    "wedge": ((0.045, 0.060), (0.040, 0.055), (0.022, 0.034)),
    "shape": ((0.055, 0.070), (0.055, 0.070), (0.016, 0.024)),
}
_MASS = {"bowl": 0.25, "box": 0.4, "cup": 0.08, "plate": 0.3}
_SECOND = {"drawer": "wood", "button": "grey", "slider": "grey"}
_SETTLE_S = 0.8


@dataclass(slots=True)
class Body:
    """A body of the scene as it was built: its true shape, colour and PyBullet id."""

    spec: BodySpec
    shape: BodyShape
    rgb: Vec3
    id: int
    start: Pose = field(default_factory=lambda: Pose(np.zeros(3)))

    @property
    def is_furniture(self) -> bool:
        return self.spec.shape in FURNITURE

    @property
    def radius(self) -> float:
        """Of the circle around its footprint, metres."""
        a, b = self.shape.size[:2]
        if self.spec.lying:
            return math.hypot(a, self.shape.size[2]) / 2
        if self.spec.shape == "drawer":
            return math.hypot(a, b) / 2 + 0.5 * (TRAVEL_M["drawer"] + HANDLE_M[0])
        return (a + b) / 4 if self.spec.shape in ROUND else math.hypot(a, b) / 2


class Simulation:
    """One built scene. The robot's body is told by ``attach`` so that truth can tell its touch from others'."""

    def __init__(self, scene: Scene, seed: int, gui: bool = False) -> None:
        self.scene, self.seed = scene, seed
        self.rng = np.random.default_rng(seed)
        self.client = BulletClient(gui=gui)
        self.bodies: dict[str, Body] = {}
        self.arm_id: int | None = None
        self._build_table()
        for attempt in range(20):
            try:
                self._place_all()
                break
            except Crowded as e:
                for b in self.bodies.values():
                    pybullet.removeBody(b.id, physicsClientId=self.client.id)
                self.bodies.clear()
                if attempt == 19:
                    raise SetupError(f"scene {scene.name!r}: {e}; give it a larger region or fewer bodies") from e
        self.client.step(round(_SETTLE_S * self.client.hz))
        self.client.time_s = 0.0
        for b in self.bodies.values():
            b.start = self.pose(b.spec.name)
        self.presses = {n: 0 for n, b in self.bodies.items() if b.spec.shape == "button"}
        """How often each button has been pressed."""
        self._down = dict.fromkeys(self.presses, False)
        if self.presses:
            self.client.before_tick.append(self._count_presses)

    def _count_presses(self) -> None:
        for name, was in self._down.items():
            down = self.joint(name) <= -PRESSED_M
            self.presses[name] += down and not was
            self._down[name] = down

    def attach(self, arm_id: int, hand_link: int) -> None:
        """Tell which body is the arm and which link its grasp centre."""
        self.arm_id, self.hand_link = arm_id, hand_link

    def _build_table(self) -> None:
        t = self.scene.table
        size = (t.size[0], t.size[1], t.thickness)
        at = Pose(np.array([*t.centre, -t.thickness / 2]))
        self.table_id = add_body(self.client, BodyShape("block", size), self._rgb(t.colour, 0.0), at, 0.0)
        floor = Pose(np.array([0.5, 0.0, -0.72]))
        add_body(self.client, BodyShape("block", (6.0, 6.0, 0.02)), (0.45, 0.46, 0.48), floor, 0.0)

    def _rgb(self, colour: str | Vec3, jitter: float = 0.03) -> Vec3:
        base = np.asarray(COLOURS[colour] if isinstance(colour, str) else colour, dtype=float)
        r, g, b = np.clip(base + self.rng.uniform(-jitter, jitter, 3), 0.02, 0.98)
        return (float(r), float(g), float(b))

    def _draw(self, r: Range) -> float:
        return float(self.rng.uniform(*r)) if isinstance(r, tuple) else float(r)

    def _shape(self, spec: BodySpec) -> BodyShape:
        default = SIZES_M[spec.shape] if spec.shape in FURNITURE else _SIZES[spec.shape]
        if spec.size is None:
            ranges: tuple[Range, Range, Range] = default
        elif isinstance(spec.size, tuple) and len(spec.size) == 3:
            ranges = spec.size
        else:
            ranges = (spec.size, spec.size, default[2])
        x = self._draw(ranges[0])
        y = self._draw(ranges[1]) if spec.shape in ("block", "box", "wedge", "shape", *FURNITURE) else x
        z = x if spec.shape in ("cube", "ball") else self._draw(ranges[2])
        return BodyShape(spec.shape, (x, y, z), letter=self._letter(spec))

    def _letter(self, spec: BodySpec) -> str:
        if spec.shape != "shape" or spec.letter is not None:
            return spec.letter or "L"
        return str(self.rng.choice(list(LETTERS)))

    def _place_all(self) -> None:
        for spec in self.scene.body:
            shape = self._shape(spec)
            rgb = self._rgb(spec.colour, 0.0 if isinstance(spec.colour, tuple) else 0.03)
            yaw = math.radians(spec.yaw_deg) if spec.yaw_deg is not None else float(self.rng.uniform(-math.pi, math.pi))
            body = Body(spec, shape, rgb, -1)
            if spec.on is not None:
                at = self._upon(spec.on) + (0, 0, shape.size[2] / 2 + 0.002)
            else:
                x, y = spec.at if spec.at is not None else self.free_spot(body.radius, spec.region)
                at = np.array([x, y, shape.size[2] / 2 + 0.001])
            mass = spec.mass if spec.mass is not None else _MASS.get(spec.shape, 0.06)
            pose = Pose(at, quaternion_from_yaw(yaw))
            if spec.lying:
                drop = (shape.size[1] - shape.size[2]) / 2
                pose = Pose(
                    at + (0, 0, drop), quaternion_multiply(pose.quaternion, quaternion_from_rotvec([math.pi / 2, 0, 0]))
                )
            if body.is_furniture:
                second = self._rgb(spec.second_colour or _SECOND[spec.shape], 0.0)
                start = self._draw(spec.joint) if spec.joint is not None else 0.0
                body.id = add_furniture(self.client, spec.shape, shape.size, rgb, second, pose, start)
            else:
                band = self._rgb(spec.second_colour, 0.0) if spec.second_colour is not None else None
                body.id = add_body(self.client, shape, rgb, pose, mass, band)
            self.bodies[spec.name] = body

    def _upon(self, name: str) -> np.ndarray:
        """Where on or in a body another is put: (3,), the middle of its top or floor; in a drawer, what is out of it."""
        base = self.bodies[name]
        a, _, h = base.shape.size
        if base.spec.shape == "drawer":
            tray, out = tray_box(base.shape.size), self.joint(name)
            others = sum(b.spec.on == name for b in self.bodies.values())
            along = (0.0, -0.05, 0.05)[others % 3]
            x = a / 2 + out / 2 if out > 0.04 else tray.at[0]
            return self.pose(name).apply(np.array([[x, along, tray.at[2] - tray.size[2] / 2 + 0.005]]))[0]
        floor = base.shape.wall_m - h / 2 if base.spec.shape in HOLLOW else h / 2
        return self.pose(name).position + (0, 0, floor)

    def free_spot(
        self, radius: float, region: tuple[float, float, float, float] | None = None, but: str | None = None
    ) -> tuple[float, float]:
        """A random x, y where a disc of this radius stands clear of every body but one, on the table."""
        x0, y0, x1, y1 = region or self.scene.region
        others = [(self._middle(n), b.radius) for n, b in self.bodies.items() if n != but]
        for _ in range(400):
            x, y = float(self.rng.uniform(x0, x1)), float(self.rng.uniform(y0, y1))
            if all(math.hypot(x - p[0], y - p[1]) >= radius + r + self.scene.apart_m for p, r in others):
                return x, y
        raise Crowded("no free spot left")

    def _middle(self, name: str) -> np.ndarray:
        """Middle of the ground a body needs: a drawer's lies where it opens to."""
        at = self.pose(name)
        if self.bodies[name].spec.shape == "drawer":
            return at.apply(np.array([[0.5 * (TRAVEL_M["drawer"] + HANDLE_M[0]), 0, 0]]))[0]
        return at.position

    # --- truth -------------------------------------------------------------------------------------------------

    def pose(self, name: str) -> Pose:
        """True pose of a body's middle."""
        p, q = pybullet.getBasePositionAndOrientation(self.bodies[name].id, physicsClientId=self.client.id)
        return Pose(np.array(p), np.array(q))

    def joint(self, name: str) -> float:
        """How far the moving part of a piece of furniture is from its first position, metres."""
        state = pybullet.getJointState(self.bodies[name].id, MOVING, physicsClientId=self.client.id)
        return float(state[0])

    def part_pose(self, name: str, at: tuple[float, float, float]) -> Pose:
        """True pose of a point of a moving part, given where it is on it in the first position."""
        axis = 2 if self.bodies[name].spec.shape == "button" else 0
        moved = np.array(at)
        moved[axis] += self.joint(name)
        return self.pose(name) @ Pose(moved)

    def host_name(self, name: str) -> str:
        """What the fixed part of a piece of furniture is called in truth."""
        return f"{name}_{HOST[self.bodies[name].spec.shape]}"

    def hand(self) -> np.ndarray:
        """True grasp centre (3,) of the attached arm."""
        state = pybullet.getLinkState(
            self.arm_id, self.hand_link, computeForwardKinematics=1, physicsClientId=self.client.id
        )
        return np.array(state[4])

    def speed(self, name: str) -> float:
        """True speed of a body, m/s."""
        v, _ = pybullet.getBaseVelocity(self.bodies[name].id, physicsClientId=self.client.id)
        return float(np.linalg.norm(v))

    def touches(self, a: int, b: int) -> bool:
        """Are two PyBullet bodies in contact?"""
        return bool(pybullet.getContactPoints(a, b, physicsClientId=self.client.id))

    def held(self) -> str | None:
        """The body that touches the arm and neither the table nor anything that stands on it."""
        if self.arm_id is None:
            return None
        for name, body in self.bodies.items():
            if not body.is_furniture and self.touches(body.id, self.arm_id) and self.support(name) is None:
                return name
        return None

    def support(self, name: str) -> str | None:
        """What carries most of a body's weight: ``table``, another body's name, or None (in the air, in the hand)."""
        body = self.bodies[name]
        names = {b.id: n for n, b in self.bodies.items()} | {self.table_id: "table"}
        lift: dict[str, float] = {}
        for contact in pybullet.getContactPoints(body.id, physicsClientId=self.client.id):
            other, link, normal, newton = contact[2], contact[4], contact[7], contact[9]  # normal on B, towards A
            if other in names:
                n = names[other]
                if n in self.bodies and self.bodies[n].is_furniture and link != MOVING:
                    n = self.host_name(n)
                lift[n] = lift.get(n, 0.0) + newton * normal[2]
        carrier = max(lift, key=lambda n: lift[n], default=None)
        return carrier if carrier is not None and lift[carrier] > 1e-4 else None

    def close(self) -> None:
        self.client.close()


class Crowded(Exception):
    """No room was found; another draw may do better."""
