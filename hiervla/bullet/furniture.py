"""Furniture with one moving part: a cabinet with a drawer, a panel with a button, a rail with a slider.

Each is a fixed PyBullet body whose link 0 is the moving part on a sliding joint. Frames: x is the way a drawer opens and
a slider slides, z is up; the origin is the middle of the fixed part's box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pybullet

from hiervla.bullet.client import BulletClient
from hiervla.bullet.extruded import joined
from hiervla.bullet.shapes import box_mesh, turned_mesh, visual_of
from hiervla.core.geometry import Array, Pose

FURNITURE = ("drawer", "button", "slider")
HOST = {"drawer": "cabinet", "button": "panel", "slider": "panel"}
"""What the fixed part of each is called."""
MOVING = 0
"""Link index of the moving part."""
TRAVEL_M = {"drawer": 0.12, "button": 0.008, "slider": 0.12}
PRESSED_M = 0.005
"""A button that is down by this much counts as pressed."""
SIZES_M: dict[str, tuple[float, float, float]] = {
    "drawer": (0.16, 0.20, 0.085),
    "button": (0.09, 0.09, 0.025),
    "slider": (0.22, 0.07, 0.02),
}
"""Outer size of the fixed part: along the way it opens, across, height."""
HANDLE_M = (0.035, 0.014, 0.030)
"""A drawer's handle: how far it sticks out, its breadth and height."""
_BOARD, _WALL, _PLAY = 0.006, 0.005, 0.002
_STAYS_N = {"drawer": 3.0, "slider": 2.0}
"""Friction that holds a moved part where it is."""
_PUSH_N = 20.0
"""How hard somebody pushes who opens or closes a drawer."""
_SPRING_N = 5.0
_BUTTON = (0.018, 0.014)
"""A button's radius and how far it stands above its panel."""
_KNOB_M = (0.02, 0.02, 0.04)


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned box in the furniture's frame: size (x, y, z) and middle."""

    size: tuple[float, float, float]
    at: tuple[float, float, float]


def add_furniture(
    client: BulletClient, kind: str, size: tuple[float, float, float], rgb: tuple[float, float, float],
    second: tuple[float, float, float], pose: Pose, start_m: float = 0.0,
) -> int:  # fmt: skip
    """Build one in a world and set its moving part; returns PyBullet's id.

    ``rgb`` is a cabinet's, button's or knob's colour, ``second`` that of the drawer, panel or rail.
    """
    cid = {"physicsClientId": client.id}
    fixed, moving = parts(kind, size)
    colours = (rgb, second) if kind == "drawer" else (second, rgb)
    axis = [0, 0, 1] if kind == "button" else [1, 0, 0]
    shapes = [_collision(client, p) for p in (fixed, moving)]
    visuals = [visual_of(client, *_mesh(kind, p, i == 1), c) for i, (p, c) in enumerate(zip((fixed, moving), colours, strict=True))]  # fmt: skip
    body = pybullet.createMultiBody(
        0, shapes[0], visuals[0], pose.position.tolist(), pose.quaternion.tolist(),
        linkMasses=[0.4 if kind == "drawer" else 0.05], linkCollisionShapeIndices=[shapes[1]], linkVisualShapeIndices=[visuals[1]],
        linkPositions=[[0, 0, 0]], linkOrientations=[[0, 0, 0, 1]], linkInertialFramePositions=[[0, 0, 0]],
        linkInertialFrameOrientations=[[0, 0, 0, 1]], linkParentIndices=[0], linkJointTypes=[pybullet.JOINT_PRISMATIC],
        linkJointAxis=[axis], useMaximalCoordinates=False, **cid,
    )  # fmt: skip
    low, high = (-TRAVEL_M[kind], 0.0) if kind == "button" else (0.0, TRAVEL_M[kind])
    pybullet.changeDynamics(body, MOVING, jointLowerLimit=low, jointUpperLimit=high, lateralFriction=1.0, **cid)
    pybullet.changeDynamics(body, -1, lateralFriction=1.0, **cid)
    pybullet.resetJointState(body, MOVING, start_m, **cid)
    if kind == "button":
        pybullet.setJointMotorControl2(body, MOVING, pybullet.POSITION_CONTROL, targetPosition=0.0, positionGain=0.3, force=_SPRING_N, **cid)  # fmt: skip
    else:
        drive(client, body, kind, None)
    return int(body)


def drive(client: BulletClient, body: int, kind: str, speed_m_s: float | None) -> None:
    """Let somebody push a drawer or slider at this speed along its way; None: let go, and it stays where it is."""
    force = _STAYS_N[kind] if speed_m_s is None else _PUSH_N
    pybullet.setJointMotorControl2(
        body, MOVING, pybullet.VELOCITY_CONTROL, targetVelocity=speed_m_s or 0.0, force=force, physicsClientId=client.id
    )


def parts(kind: str, size: tuple[float, float, float]) -> tuple[list[Box], list[Box]]:
    """Boxes of the fixed part and, in its first position, of the moving part."""
    return {"drawer": _drawer, "button": _button, "slider": _slider}[kind](size)


def tray_box(size: tuple[float, float, float]) -> Box:
    """The outer box of a drawer's tray while it is shut."""
    d, w, h = size
    depth, width = d - _BOARD - _PLAY, w - 2 * _BOARD - 2 * _PLAY
    height = h - 2 * _BOARD - 3 * _PLAY
    return Box((depth, width, height), (d / 2 - depth / 2, 0.0, -h / 2 + _BOARD + _PLAY + height / 2))


def handle_box(size: tuple[float, float, float]) -> Box:
    """A drawer's handle while it is shut: a fin in the middle of the front, near its top."""
    tray = tray_box(size)
    top = tray.at[2] + tray.size[2] / 2 - 0.005
    return Box(HANDLE_M, (size[0] / 2 + HANDLE_M[0] / 2, 0.0, top - HANDLE_M[2] / 2))


def _drawer(size: tuple[float, float, float]) -> tuple[list[Box], list[Box]]:
    d, w, h = size
    b = _BOARD
    carcass = [
        Box((d, w, b), (0, 0, (b - h) / 2)),
        Box((d, w, b), (0, 0, (h - b) / 2)),
        Box((b, w, h), ((b - d) / 2, 0, 0)),
        *[Box((d, b, h), (0, s * (w - b) / 2, 0)) for s in (1, -1)],
    ]
    tray = tray_box(size)
    (td, tw, th), (x, _, z) = tray.size, tray.at
    walls = [
        Box((td, tw, _WALL), (x, 0, z - th / 2 + _WALL / 2)),
        *[Box((td, _WALL, th), (x, s * (tw - _WALL) / 2, z)) for s in (1, -1)],
        *[Box((_WALL, tw, th), (x + s * (td - _WALL) / 2, 0, z)) for s in (1, -1)],
    ]
    return carcass, [*walls, handle_box(size)]


def _button(size: tuple[float, float, float]) -> tuple[list[Box], list[Box]]:
    radius, up = _BUTTON
    return [Box(size, (0, 0, 0))], [Box((2 * radius, 2 * radius, up), (0, 0, size[2] / 2 + up / 2))]


def _slider(size: tuple[float, float, float]) -> tuple[list[Box], list[Box]]:
    x, y, z = _KNOB_M
    return [Box(size, (0, 0, 0))], [Box(_KNOB_M, (-TRAVEL_M["slider"] / 2, 0, size[2] / 2 + z / 2 + 0.0005))]


def _collision(client: BulletClient, boxes: list[Box]) -> int:
    return int(
        pybullet.createCollisionShapeArray(
            shapeTypes=[pybullet.GEOM_BOX] * len(boxes),
            halfExtents=[[s / 2 for s in b.size] for b in boxes],
            collisionFramePositions=[list(b.at) for b in boxes],
            physicsClientId=client.id,
        )
    )


def _mesh(kind: str, boxes: list[Box], moving: bool) -> tuple[Array, np.ndarray]:
    if kind == "button" and moving:
        vertices, faces = turned_mesh([(0, -_BUTTON[1] / 2), (_BUTTON[0], -_BUTTON[1] / 2), (_BUTTON[0], _BUTTON[1] / 2), (0, _BUTTON[1] / 2)], 24)  # fmt: skip
        return vertices + boxes[0].at, faces
    return joined([box_mesh(b.size[0] / 2, b.size[1] / 2, b.size[2] / 2, b.at) for b in boxes])
