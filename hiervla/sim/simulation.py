"""A scene built in PyBullet from a seed. This is where truth lives: only ``sim/`` and scenario scoring may look."""

from __future__ import annotations

import math

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient, Light, look_at
from hiervla.bullet.furniture import HANDLE_M, HOST, MOVING, PRESSED_M, TRAVEL_M, drive, tray_box
from hiervla.bullet.shapes import HOLLOW, BodyShape, add_body
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, Pose, quaternion_from_yaw
from hiervla.core.spots import reachable
from hiervla.core.task import Limits
from hiervla.sim.building import Body, Builder
from hiervla.sim.forms import LightSpec, SensorSpec
from hiervla.sim.scene import Scene
from hiervla.sim.sensing import Sensor

_SETTLE_S = 0.8
_WITHIN_M = 0.012
"""How far inside the arm's reach: it comes to what was pushed a little, too."""
_LAYOUTS = 100
"""Layouts tried before a scene is called too full: of a crowded one about every fifth comes out, for some sizes every twentieth."""
_FLOOR_M = -0.71
_AWAY = (2.2, -2.4, 0.3)
"""Where bodies wait that are not on the table: x, first y, and how far apart along y. Behind the front camera."""


class Simulation:
    """One built scene. The robot's body is told by ``attach`` so that truth can tell its touch from others'."""

    def __init__(self, scene: Scene, seed: int, gui: bool = False, reach: Limits | None = None) -> None:
        """``reach`` is the arm's: where bodies that are given no place are put. None: anywhere in their region."""
        self.scene, self.seed, self._reach = scene, seed, reach
        self.rng = np.random.default_rng(seed)
        self.client = BulletClient(gui=gui)
        self.builder = Builder(self.client, self.rng)
        cameras = {c.name: look_at(np.array(c.position), np.array(c.look_at)) for c in scene.camera}
        self.client.sensor = self.sensor = Sensor(scene.sensor, cameras, seed)
        self.lit = LightSpec()
        self.shine(scene.light)
        self.bodies: dict[str, Body] = {}
        self.arm_id: int | None = None
        self._build_table()
        for attempt in range(_LAYOUTS):
            try:
                self._place_all()
                break
            except Crowded as e:
                for b in self.bodies.values():
                    pybullet.removeBody(b.id, physicsClientId=self.client.id)
                self.bodies.clear()
                if attempt == _LAYOUTS - 1:
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
        self.table_id = add_body(self.client, BodyShape("block", size), self.builder.rgb(t.colour, 0.0), at, 0.0)
        floor = Pose(np.array([0.5, 0.0, _FLOOR_M - 0.01]))
        add_body(self.client, BodyShape("block", (6.0, 6.0, 0.02)), (0.45, 0.46, 0.48), floor, 0.0)

    def _place_all(self) -> None:
        for spec in self.scene.body:
            body, yaw = self.builder.draw(spec)
            if spec.spare:
                at = self._away(len(self.bodies), body)
            elif spec.on is not None:
                at = self.upon(spec.on) + (0, 0, body.shape.size[2] / 2 + 0.002)
            else:
                x, y = spec.at if spec.at is not None else self.free_spot(body.radius, spec.region)
                at = np.array([x, y, body.shape.size[2] / 2 + 0.001])
            self.builder.build(body, Pose(at, quaternion_from_yaw(yaw)))
            self.bodies[spec.name] = body

    def _away(self, n: int, body: Body) -> Array:
        x, y, apart = _AWAY
        return np.array([x, y + apart * n, _FLOOR_M + body.shape.size[2] / 2 + 0.001])

    def sense(self, spec: SensorSpec) -> None:
        """Cameras err by what ``spec`` says from now on; what it leaves out stays as it is."""
        self.sensor.spec = self.sensor.spec.model_copy(update=spec.model_dump(exclude_unset=True))

    def shine(self, spec: LightSpec) -> None:
        """Light falls as ``spec`` says from now on; what it leaves out stays as it is."""
        self.lit = self.lit.model_copy(update=spec.model_dump(exclude_unset=True))
        self.client.light = Light(self.lit.direction, self.lit.ambient, self.lit.diffuse, self.lit.specular)

    def upon(self, name: str) -> Array:
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
        """A random x, y in the arm's reach where a disc of this radius stands clear of every body but one, on the table."""
        x0, y0, x1, y1 = region or self.scene.region
        others = [(self._middle(n), b.radius) for n, b in self.bodies.items() if n != but]
        for _ in range(400):
            x, y = float(self.rng.uniform(x0, x1)), float(self.rng.uniform(y0, y1))
            if self._reach is not None and not reachable((x, y), self._reach, _WITHIN_M):
                continue
            if all(math.hypot(x - p[0], y - p[1]) >= radius + r + self.scene.apart_m for p, r in others):
                return x, y
        raise Crowded("no free spot left")

    def _middle(self, name: str) -> Array:
        """Middle of the ground a body needs: a drawer's lies where it opens to."""
        at = self.pose(name)
        if self.bodies[name].spec.shape == "drawer":
            return at.apply(np.array([[0.5 * (TRAVEL_M["drawer"] + HANDLE_M[0]), 0, 0]]))[0]
        return at.position

    # --- what somebody else does -------------------------------------------------------------------------------

    def put(self, name: str, pose: Pose) -> None:
        """Set a body down somewhere, at rest."""
        self.bodies[name].put(self.client, pose)

    def take_away(self, name: str) -> None:
        """Off the table, out of everybody's sight."""
        self.put(name, Pose(self._away(list(self.bodies).index(name), self.bodies[name])))

    def away(self, name: str) -> bool:
        """Has a body been taken away, or not been brought in yet?"""
        return bool(self.pose(name).position[0] > _AWAY[0] - 0.5)

    def push_joint(self, name: str, speed_m_s: float | None) -> None:
        """Somebody pushes a drawer or slider at this speed from now on; None: lets go of it."""
        drive(self.client, self.bodies[name].id, self.bodies[name].spec.shape, speed_m_s)

    # --- truth -------------------------------------------------------------------------------------------------

    def pose(self, name: str) -> Pose:
        """True pose of a body's middle."""
        return self.bodies[name].pose(self.client)

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

    def hand(self) -> Array:
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
