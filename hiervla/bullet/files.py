"""Bodies from files: OBJ meshes and URDFs of one's own.

A mesh is read here, moved so that the body's frame lies in the middle of its box, and drawn flat-shaded like every other body.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient, native_output_to_stderr
from hiervla.bullet.shapes import Colour, rub, visual_of
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array, Pose

MOST_TRIANGLES = 20000
"""A mesh with more would make every picture slow: rendering cost is vertices."""
_HULL_CORNERS = 96
_LARGEST_M, _SMALLEST_M = 0.8, 0.005


@dataclass(frozen=True, slots=True)
class Mesh:
    """An OBJ file's shape."""

    vertices: Array  # (V, 3) metres, around the middle of their box
    faces: np.ndarray  # (F, 3) triangles
    objects: np.ndarray  # (F,) which of the file's objects each triangle belongs to

    @property
    def size(self) -> Array:
        """(3,) of its box, metres."""
        return np.asarray(np.ptp(self.vertices[np.unique(self.faces)], axis=0))


def read_mesh(path: Path, scale: float = 1.0, up: str = "z") -> Mesh:
    """An OBJ file's mesh, ``scale`` metres per unit, with its ``up`` axis upright.

    Raises:
        SetupError: it is no OBJ file, has no faces, too many, or an unlikely size; says which.
    """
    points: list[list[float]] = []
    faces: list[tuple[int, int, int]] = []
    objects: list[int] = []
    n_object = 0
    try:
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            word, *rest = line.split() or [""]
            if word == "v":
                points.append([float(x) for x in rest[:3]])
            elif word == "o":
                n_object += 1
            elif word == "f":
                corners = [int(r.split("/")[0]) for r in rest]
                ring = [c - 1 if c > 0 else len(points) + c for c in corners]
                if min(ring) < 0 or max(ring) >= len(points):
                    raise SetupError(f"{path}:{n}: a face names a vertex that does not stand above it")
                faces += [(ring[0], ring[i], ring[i + 1]) for i in range(1, len(ring) - 1)]
                objects += [n_object] * (len(faces) - len(objects))
    except (OSError, ValueError) as e:
        raise SetupError(f"{path}: no OBJ mesh: {e}") from e
    if not faces:
        raise SetupError(f"{path}: no OBJ mesh: it has no faces")
    if len(faces) > MOST_TRIANGLES:
        raise SetupError(f"{path}: {len(faces)} triangles; at most {MOST_TRIANGLES}, or every picture takes seconds")
    used = np.unique(np.array(faces))
    v = np.array(points, dtype=float) * scale
    if up == "y":
        v = np.stack([v[:, 0], -v[:, 2], v[:, 1]], axis=1)
    low, high = v[used].min(axis=0), v[used].max(axis=0)
    likely(path, high - low)
    return Mesh(v - (low + high) / 2, np.array(faces), np.array(objects))


def likely(path: Path, size: Array) -> None:
    """Refuse what cannot stand on a table.

    Raises:
        SetupError: it is larger than 0.8 m or smaller than 5 mm.
    """
    if size.max() > _LARGEST_M or size.max() < _SMALLEST_M:
        says = " x ".join(f"{s:.3g}" for s in size)
        raise SetupError(f"{path}: {says} m is no thing for a table; files are taken in metres, so give it a scale")


def add_mesh(client: BulletClient, mesh: Mesh, rgb: Colour, pose: Pose, mass_kg: float) -> int:
    """A body of a mesh; returns PyBullet's id. Every object of its file collides as its own convex hull."""
    cid = {"physicsClientId": client.id}
    parts = [_corners(mesh.vertices[np.unique(mesh.faces[mesh.objects == k])]) for k in np.unique(mesh.objects)]
    if len(parts) == 1:
        shape = pybullet.createCollisionShape(pybullet.GEOM_MESH, vertices=parts[0].tolist(), **cid)
    else:
        shape = _compound(client, parts)
    visual = visual_of(client, mesh.vertices, mesh.faces, rgb)
    body = pybullet.createMultiBody(mass_kg, shape, visual, pose.position.tolist(), pose.quaternion.tolist(), **cid)
    rub(client, body)
    return int(body)


def _corners(vertices: Array) -> Array:
    """The vertices (N, 3) that stick out farthest in evenly spread directions: contacts cost by corners of a hull."""
    points: Array = np.unique(vertices, axis=0)
    if len(points) <= _HULL_CORNERS:
        return points
    i = np.arange(_HULL_CORNERS) + 0.5
    z, turn = 1 - 2 * i / _HULL_CORNERS, i * np.pi * (1 + 5**0.5)
    ways = np.stack([np.cos(turn) * np.sqrt(1 - z**2), np.sin(turn) * np.sqrt(1 - z**2), z], axis=1)
    ways = np.concatenate([ways, np.eye(3), -np.eye(3)])
    return np.asarray(points[np.unique((points @ ways.T).argmax(axis=0))])


def _compound(client: BulletClient, parts: list[Array]) -> int:
    """One collision shape of several hulls: PyBullet takes these from a file alone."""
    rows, n = [], 0
    for k, part in enumerate(parts):
        rows += [f"o {k}", *(f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in part)]
        rows += [f"f {n + 1} {n + i} {n + i + 1}" for i in range(2, len(part))]
        n += len(part)
    with tempfile.TemporaryDirectory() as folder, native_output_to_stderr():
        file = Path(folder) / "parts.obj"
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return int(pybullet.createCollisionShape(pybullet.GEOM_MESH, fileName=str(file), physicsClientId=client.id))


def add_urdf(
    client: BulletClient, path: Path, scale: float, pose: Pose, mass_kg: float | None, rgb: Colour | None
) -> int:
    """A body of a URDF with its base at ``pose``; mass 0 fixes it, None leaves the file's own; ``rgb`` paints all of it.

    Raises:
        SetupError: PyBullet cannot read it.
    """
    cid = {"physicsClientId": client.id}
    try:
        with native_output_to_stderr():
            body = pybullet.loadURDF(
                path.as_posix(), pose.position.tolist(), pose.quaternion.tolist(), useFixedBase=mass_kg == 0,
                globalScaling=scale, **cid,
            )  # fmt: skip
    except pybullet.error as e:
        raise SetupError(f"{path}: PyBullet cannot read this URDF ({e}); its log above says why") from e
    if mass_kg:
        pybullet.changeDynamics(body, -1, mass=mass_kg, **cid)
    for link in range(-1, pybullet.getNumJoints(body, **cid)):
        rub(client, body, link)
        if rgb is not None:
            pybullet.changeVisualShape(body, link, rgbaColor=[*rgb, 1], **cid)
    return int(body)
