"""Bodies of a scene file made into bodies of a physics world: sizes, colours and weights drawn from a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient
from hiervla.bullet.extruded import LETTERS
from hiervla.bullet.files import add_mesh, add_urdf, likely, read_mesh
from hiervla.bullet.furniture import FURNITURE, HANDLE_M, SIZES_M, TRAVEL_M, add_furniture
from hiervla.bullet.shapes import ROUND, BodyShape, add_body
from hiervla.bullet.tools import TOOLS
from hiervla.core.geometry import Array, Pose, Vec3, quaternion_from_rotvec, quaternion_multiply, vec3
from hiervla.sim.body_spec import BodySpec
from hiervla.sim.forms import COLOURS, Range

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
    "wrench": ((0.115, 0.125), (0.036, 0.040), (0.013, 0.016)),
    "screwdriver": ((0.105, 0.120), (0.028, 0.032), (0.016, 0.020)),
    "screw": ((0.056, 0.064), (0.030, 0.034), (0.015, 0.018)),
    "nut": ((0.067, 0.072), (0.058, 0.062), (0.014, 0.018)),
}
_OBLONG = ("block", "box", "wedge", "shape", *TOOLS, *FURNITURE)
_MASS = {"bowl": 0.25, "box": 0.4, "cup": 0.08, "plate": 0.3}
_FILE_KG = 0.1
_SECOND = {"drawer": "wood", "button": "grey", "slider": "grey"}


@dataclass(slots=True)
class Body:
    """A body of the scene as it was built: its true shape, colour and PyBullet id."""

    spec: BodySpec
    shape: BodyShape
    rgb: Vec3
    id: int
    middle: Pose | None = None
    """Where the middle of its box lies in PyBullet's own frame of it, where that is elsewhere."""
    start: Pose = field(default_factory=lambda: Pose(np.zeros(3)))

    @property
    def is_furniture(self) -> bool:
        return self.spec.shape in FURNITURE

    @property
    def radius(self) -> float:
        """Of the circle around its footprint, metres."""
        a, b, h = self.shape.size
        if self.spec.lying:
            return math.hypot(a, h) / 2
        if self.spec.shape == "drawer":
            return math.hypot(a, b) / 2 + 0.5 * (TRAVEL_M["drawer"] + HANDLE_M[0])
        return (a + b) / 4 if self.spec.shape in ROUND else math.hypot(a, b) / 2

    def pose(self, client: BulletClient) -> Pose:
        """True pose of its middle."""
        p, q = pybullet.getBasePositionAndOrientation(self.id, physicsClientId=client.id)
        pose = Pose(np.array(p), np.array(q))
        return pose if self.middle is None else pose @ self.middle

    def put(self, client: BulletClient, pose: Pose) -> None:
        """Set it down with its middle there, at rest."""
        base = pose if self.middle is None else pose @ self.middle.inverse()
        cid = {"physicsClientId": client.id}
        pybullet.resetBasePositionAndOrientation(self.id, base.position.tolist(), base.quaternion.tolist(), **cid)
        pybullet.resetBaseVelocity(self.id, [0, 0, 0], [0, 0, 0], **cid)


def measured(urdf: Path, scale: float) -> tuple[Array, Pose]:
    """Size (3,) of a URDF's box as it stands, metres, and the box's middle in the frame of its base's centre of mass.

    Raises:
        SetupError: it cannot be read, or is nothing for a table.
    """
    client = BulletClient()
    cid = {"physicsClientId": client.id}
    try:
        body = add_urdf(client, urdf, scale, Pose(np.zeros(3)), 0.0, None)
        links = range(-1, pybullet.getNumJoints(body, **cid))
        boxes = np.array([pybullet.getAABB(body, link, **cid) for link in links])
        base, turn = pybullet.getBasePositionAndOrientation(body, **cid)
    finally:
        client.close()
    low, high = boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)
    likely(urdf, high - low)
    return high - low, Pose(np.array(base), np.array(turn)).inverse() @ Pose((high + low) / 2)


class Builder:
    """Draws what a description leaves open, always in the same order, and builds it."""

    def __init__(self, client: BulletClient, rng: np.random.Generator) -> None:
        self.client, self.rng = client, rng

    def rgb(self, colour: str | Vec3, jitter: float = 0.03) -> Vec3:
        """A colour, a little off its name."""
        base = np.asarray(COLOURS[colour] if isinstance(colour, str) else colour, dtype=float)
        r, g, b = np.clip(base + self.rng.uniform(-jitter, jitter, 3), 0.02, 0.98)
        return (float(r), float(g), float(b))

    def draw(self, spec: BodySpec) -> tuple[Body, float]:
        """A body yet to be built, and its yaw."""
        middle = None
        if spec.mesh is not None:
            shape = BodyShape(spec.shape, vec3(read_mesh(spec.mesh, spec.scale, spec.up).size))
        elif spec.urdf is not None:
            size, middle = measured(spec.urdf, spec.scale)
            shape = BodyShape(spec.shape, vec3(size))
        else:
            shape = self._shape(spec)
        rgb = self.rgb(spec.colour, 0.0 if isinstance(spec.colour, tuple) else 0.03)
        yaw = math.radians(spec.yaw_deg) if spec.yaw_deg is not None else float(self.rng.uniform(-math.pi, math.pi))
        return Body(spec, shape, rgb, -1, middle), yaw

    def build(self, body: Body, pose: Pose) -> None:
        """Put a drawn body into the world; ``pose`` is that of one that stands upright there."""
        spec, shape = body.spec, body.shape
        if spec.lying:
            drop = np.array([0.0, 0.0, (shape.size[1] - shape.size[2]) / 2])
            toppled = quaternion_multiply(pose.quaternion, quaternion_from_rotvec([math.pi / 2, 0, 0]))
            pose = Pose(pose.position + drop, toppled)
        if body.is_furniture:
            second = self.rgb(spec.second_colour or _SECOND[spec.shape], 0.0)
            start = self._number(spec.joint) if spec.joint is not None else 0.0
            body.id = add_furniture(self.client, spec.shape, shape.size, body.rgb, second, pose, start)
        elif spec.mesh is not None:
            mesh = read_mesh(spec.mesh, spec.scale, spec.up)
            body.id = add_mesh(self.client, mesh, body.rgb, pose, _FILE_KG if spec.mass is None else spec.mass)
        elif spec.urdf is not None:
            painted = body.rgb if "colour" in spec.model_fields_set else None
            body.id = add_urdf(self.client, spec.urdf, spec.scale, pose, spec.mass, painted)
            body.put(self.client, pose)
        else:
            mass = spec.mass if spec.mass is not None else _MASS.get(spec.shape, 0.06)
            band = self.rgb(spec.second_colour, 0.0) if spec.second_colour is not None else None
            body.id = add_body(self.client, shape, body.rgb, pose, mass, band)

    def _number(self, r: Range) -> float:
        return float(self.rng.uniform(*r)) if isinstance(r, tuple) else float(r)

    def _shape(self, spec: BodySpec) -> BodyShape:
        default = SIZES_M[spec.shape] if spec.shape in FURNITURE else _SIZES[spec.shape]
        if spec.size is None:
            ranges: tuple[Range, Range, Range] = default
        elif isinstance(spec.size, tuple) and len(spec.size) == 3:
            ranges = spec.size
        else:
            ranges = (spec.size, spec.size, default[2])
        x = self._number(ranges[0])
        y = self._number(ranges[1]) if spec.shape in _OBLONG else x
        z = x if spec.shape in ("cube", "ball") else self._number(ranges[2])
        return BodyShape(spec.shape, (x, y, z), letter=self._letter(spec))

    def _letter(self, spec: BodySpec) -> str:
        if spec.shape != "shape" or spec.letter is not None:
            return spec.letter or "L"
        return str(self.rng.choice(list(LETTERS)))
