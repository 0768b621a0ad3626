"""Bodies from plain descriptions: solids, and hollow things made of convex parts so that things fall into them.

Visuals are small meshes of our own: TinyRenderer's cost is its vertices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient
from hiervla.bullet.extruded import joined, letter_parts, prism, ring_parts, wedge_outline
from hiervla.bullet.tools import TOOLS, Prism, tool_parts
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, Pose

SHAPES = ("cube", "block", "cylinder", "ball", "bowl", "box", "cup", "plate", "ring", "wedge", "shape", *TOOLS)
HOLLOW = ("bowl", "box", "cup", "plate")
ROUND = ("cylinder", "ball", "bowl", "cup", "plate", "ring", "nut")
_SIDES = 12


@dataclass(frozen=True, slots=True)
class BodyShape:
    """A shape and its outer size: (length, width, height) in metres, as it stands on the table."""

    shape: str
    size: tuple[float, float, float]
    wall_m: float = 0.005
    letter: str = "L"
    """Which letter a ``shape`` is."""


Colour = tuple[float, float, float]
BAND = 0.4
"""Share of a two-coloured solid's height that has the second colour, at its top."""


def add_body(
    client: BulletClient, body: BodyShape, rgb: Colour, pose: Pose, mass_kg: float, second: Colour | None = None
) -> int:
    """Create a body whose frame lies in the middle of its box; returns PyBullet's id. mass 0 = fixed.

    ``second`` colours the upper part of a cube, block or cylinder.
    """
    collisions = [] if body.shape == "wedge" else collision_parts(body)
    kwargs: dict = {"physicsClientId": client.id}
    if second is not None:
        lower, upper = _banded(body)
        visual = visual_of(client, *lower, rgb)
        kwargs |= _painted_link(visual_of(client, *upper, second))
    else:
        visual = visual_of(client, *mesh(body), rgb)
    if not collisions:
        hull = _drawn(flat_parts(body)[0])[0].tolist()
        shape = pybullet.createCollisionShape(pybullet.GEOM_MESH, vertices=hull, physicsClientId=client.id)
    elif len(collisions) == 1:
        kind, half, length, _ = collisions[0]
        shape = pybullet.createCollisionShape(
            kind, halfExtents=half, radius=half[0], height=length, physicsClientId=client.id
        )
    else:
        kinds, halves, lengths, offsets = zip(*collisions, strict=True)
        shape = pybullet.createCollisionShapeArray(
            shapeTypes=list(kinds),
            halfExtents=list(halves),
            radii=[h[0] for h in halves],
            lengths=list(lengths),
            collisionFramePositions=[o.position.tolist() for o in offsets],
            collisionFrameOrientations=[o.quaternion.tolist() for o in offsets],
            physicsClientId=client.id,
        )
    body_id = pybullet.createMultiBody(
        mass_kg, shape, visual, pose.position.tolist(), pose.quaternion.tolist(), **kwargs
    )
    rub(client, int(body_id), rolling=0.002 if body.shape in ("cylinder", "ball") else 0.0)
    return int(body_id)


def rub(client: BulletClient, body: int, link: int = -1, rolling: float = 0.0) -> None:
    """Friction that a grasp holds by.

    It is not anchored, as the fingers' is: anchors would hold what fell hard into a bowl where it struck, sunk into floor
    and walls, whose push then drives both over the table.
    """
    pybullet.changeDynamics(
        body, link, lateralFriction=1.0, rollingFriction=rolling, spinningFriction=0.002, physicsClientId=client.id
    )


def _banded(body: BodyShape) -> tuple[tuple[Array, np.ndarray], tuple[Array, np.ndarray]]:
    """Meshes of the lower and the upper part of a solid, in the whole body's frame."""
    if body.shape not in ("cube", "block", "cylinder"):
        raise SetupError(f"a {body.shape} cannot have a second colour; cubes, blocks and cylinders can")
    a, b, h = body.size
    out = []
    for share, up in ((1 - BAND, -BAND / 2), (BAND, (1 - BAND) / 2)):
        vertices, faces = mesh(BodyShape(body.shape, (a, b, h * share)))
        out.append((vertices + (0, 0, h * up), faces))
    return out[0], out[1]


def _painted_link(visual: int) -> dict:
    """A link without weight or bulk that only carries a second visual: PyBullet gives a link one colour."""
    return {
        "linkMasses": [0.0], "linkCollisionShapeIndices": [-1], "linkVisualShapeIndices": [visual], "linkPositions": [[0, 0, 0]],
        "linkOrientations": [[0, 0, 0, 1]], "linkInertialFramePositions": [[0, 0, 0]], "linkInertialFrameOrientations": [[0, 0, 0, 1]],
        "linkParentIndices": [0], "linkJointTypes": [pybullet.JOINT_FIXED], "linkJointAxis": [[0, 0, 1]],
    }  # fmt: skip


def flat_parts(body: BodyShape) -> list[Prism]:
    """The convex prisms that a ring, wedge, letter or tool is made of."""
    a, b, h = (s / 2 for s in body.size)
    if body.shape in TOOLS:
        return tool_parts(body.shape, body.size)
    outlines = {
        "ring": lambda: ring_parts(a),
        "wedge": lambda: [wedge_outline(a, b)],
        "shape": lambda: letter_parts(body.letter, a, b),
    }[body.shape]()
    return [Prism(o, -h, h) for o in outlines]


def _drawn(part: Prism) -> tuple[Array, np.ndarray]:
    vertices, faces = prism(part.outline, (part.high - part.low) / 2)
    return vertices + (0, 0, (part.high + part.low) / 2), faces


def collision_parts(body: BodyShape) -> list[tuple[int, list[float], float, Pose]]:
    """Convex parts as (PyBullet geometry, half extents or [radius …], cylinder length, pose in the body)."""
    a, b, h = (s / 2 for s in body.size)
    here = Pose(np.zeros(3))
    if body.shape in ("cube", "block"):
        return [(pybullet.GEOM_BOX, [a, b, h], 0.0, here)]
    if body.shape == "cylinder":
        return [(pybullet.GEOM_CYLINDER, [a, a, a], 2 * h, here)]
    if body.shape == "ball":
        return [(pybullet.GEOM_SPHERE, [a, a, a], 0.0, here)]
    if body.shape in ("shape", "ring", *TOOLS):
        return [_upright_box(p) for p in flat_parts(body)]
    w = body.wall_m / 2
    floor = (pybullet.GEOM_BOX, [a, b, w], 0.0, Pose(np.array([0, 0, w - h])))
    if body.shape == "box":
        return [
            floor,
            *[(pybullet.GEOM_BOX, [w, b, h], 0.0, Pose(np.array([s * (a - w), 0, 0]))) for s in (1, -1)],
            *[(pybullet.GEOM_BOX, [a, w, h], 0.0, Pose(np.array([0, s * (b - w), 0]))) for s in (1, -1)],
        ]
    profile = _profile(body)
    low, high = profile
    floor = (pybullet.GEOM_CYLINDER, [low, low, low], body.wall_m, Pose(np.array([0, 0, w - h])))
    slope = math.atan2(high - low, 2 * h)
    length = (h - w * math.sin(slope)) / math.cos(slope)  # a leaning wall's foot must not reach below the floor
    parts = [floor]
    for i in range(_SIDES):
        angle = 2 * math.pi * i / _SIDES
        middle = (low + high) / 2 - w
        half_side = middle * math.tan(math.pi / _SIDES) * 1.05
        turn = Pose(np.zeros(3), [0, 0, math.sin(angle / 2), math.cos(angle / 2)])
        lean = Pose(np.array([middle, 0, 0]), [0, math.sin(slope / 2), 0, math.cos(slope / 2)])
        parts.append((pybullet.GEOM_BOX, [w, half_side, length], 0.0, turn @ lean))
    return parts


def _upright_box(part: Prism) -> tuple[int, list[float], float, Pose]:
    """A box for a four-cornered prism whose first and third sides run alike (a ring's part narrows: its mean width)."""
    outline = part.outline
    middle = outline.mean(axis=0)
    along = (outline[1] + outline[2] - outline[0] - outline[3]) / 2
    across = (outline[2] + outline[3] - outline[0] - outline[1]) / 2
    yaw = math.atan2(along[1], along[0])
    turn = [0, 0, math.sin(yaw / 2), math.cos(yaw / 2)]
    half = [float(np.linalg.norm(along)) / 2, float(np.linalg.norm(across)) / 2, (part.high - part.low) / 2]
    return pybullet.GEOM_BOX, half, 0.0, Pose(np.array([*middle, (part.high + part.low) / 2]), turn)


def _profile(body: BodyShape) -> tuple[float, float]:
    """Outer radius at the foot and at the rim of a round hollow thing, metres."""
    rim = (body.size[0] + body.size[1]) / 4
    return {"bowl": 0.62, "plate": 0.75, "cup": 0.96}[body.shape] * rim, rim


def inner_radius(body: BodyShape) -> float:
    """Radius of what fits through the opening of a hollow body, metres."""
    return min(body.size[:2]) / 2 - body.wall_m


def visual_of(client: BulletClient, vertices: Array, faces: np.ndarray, rgb: tuple[float, float, float]) -> int:
    """A visual shape of one colour from a mesh, flat-shaded: every triangle has its own corners with its face's normal."""
    corners = vertices[faces].reshape(-1, 3)
    sides = vertices[faces]
    normals = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return int(
        pybullet.createVisualShape(
            pybullet.GEOM_MESH,
            vertices=corners.tolist(),
            indices=list(range(len(corners))),
            normals=np.repeat(normals, 3, axis=0).tolist(),
            rgbaColor=[*rgb, 1.0],
            specularColor=[0.0, 0.0, 0.0],
            physicsClientId=client.id,
        )
    )


def mesh(body: BodyShape) -> tuple[Array, np.ndarray]:
    """Vertices (V, 3) in metres and triangles (F, 3), counter-clockwise from outside."""
    a, b, h = (s / 2 for s in body.size)
    if body.shape in ("cube", "block"):
        return box_mesh(a, b, h)
    if body.shape == "cylinder":
        return turned_mesh([(0, -h), (a, -h), (a, h), (0, h)], 28)
    if body.shape == "ball":
        t = np.linspace(-math.pi / 2, math.pi / 2, 13)
        return turned_mesh([(a * math.cos(x), a * math.sin(x)) for x in t], 20)
    if body.shape in ("ring", "wedge", "shape", *TOOLS):
        return joined([_drawn(p) for p in flat_parts(body)])
    if body.shape == "box":
        return _tray(a, b, h, body.wall_m)
    low, high = _profile(body)
    w = body.wall_m
    inner_low = max(low - w, 0.5 * low)
    return turned_mesh([(0, -h), (low, -h), (high, h), (high - w, h), (inner_low, w - h), (0, w - h)], 28)


def box_mesh(a: float, b: float, h: float, at: tuple[float, float, float] = (0, 0, 0)) -> tuple[Array, np.ndarray]:
    """A box of half sizes a, b, h."""
    v = np.array([(x, y, z) for x in (-a, a) for y in (-b, b) for z in (-h, h)], dtype=float) + at
    f = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
         (1, 5, 7), (1, 7, 3)]  # fmt: skip
    return v, np.array(f)


def _tray(a: float, b: float, h: float, w: float) -> tuple[Array, np.ndarray]:
    parts = [
        box_mesh(a, b, w / 2, (0, 0, w / 2 - h)),
        *[box_mesh(w / 2, b, h, (s * (a - w / 2), 0, 0)) for s in (1, -1)],
        *[box_mesh(a, w / 2, h, (0, s * (b - w / 2), 0)) for s in (1, -1)],
    ]
    return joined(parts)


def turned_mesh(profile: list[tuple[float, float]], sides: int) -> tuple[Array, np.ndarray]:
    """A solid of revolution about z from (radius, z) points, bottom to top on the outside."""
    angles = np.linspace(0, 2 * math.pi, sides, endpoint=False)
    v = np.array([(r * math.cos(t), r * math.sin(t), z) for r, z in profile for t in angles])
    faces = []
    for k in range(len(profile) - 1):
        for i in range(sides):
            j = (i + 1) % sides
            p, q, r, s = k * sides + i, k * sides + j, (k + 1) * sides + i, (k + 1) * sides + j
            if profile[k][0] > 1e-9:
                faces.append((p, q, s))
            if profile[k + 1][0] > 1e-9:
                faces.append((p, s, r))
    return v, np.array(faces)
