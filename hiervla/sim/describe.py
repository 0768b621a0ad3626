"""A body as a perfect eye would read it: truth in the words of perception, for scoring alone."""

from __future__ import annotations

import math

import numpy as np

from hiervla.bullet.furniture import FURNITURE, HOST, TRAVEL_M, handle_box, tray_box
from hiervla.bullet.shapes import HOLLOW, ROUND, inner_radius
from hiervla.bullet.tools import LOOKS_LIKE
from hiervla.core.geometry import Array, Pose, Vec3, vec3, wrap_angle
from hiervla.core.world import Detection
from hiervla.sim.simulation import Body, Simulation

LYING_COS = 0.9
"""How upright one of a body's own axes must stand for it to be called upright or lying, and not tilted."""
LEVEL_COS = 0.999
"""Nearer to upright than this (2.6 degrees) is level: as high as it was made."""


def describe(sim: Simulation, name: str) -> Detection:
    """True centre, size, yaw and support of a body; of furniture, its moving part."""
    body = sim.bodies[name]
    return _moving_part(sim, body) if body.spec.shape in FURNITURE else _loose(sim, name, body)


def describe_host(sim: Simulation, name: str) -> Detection:
    """The fixed part of a piece of furniture, called ``NAME_cabinet`` or ``NAME_panel``."""
    body = sim.bodies[name]
    pose = sim.pose(name)
    return _detection(sim, sim.host_name(name), HOST[body.spec.shape], pose, body.shape.size).model_copy(
        update={"fixed": True}
    )


def describe_all(sim: Simulation) -> dict[str, Detection]:
    """Every body that is not off the table, and the fixed part of every piece of furniture."""
    out = {n: describe(sim, n) for n in sim.bodies if not sim.away(n)}
    hosts = [describe_host(sim, n) for n, b in sim.bodies.items() if b.spec.shape in FURNITURE]
    return out | {d.id: d for d in hosts}


def half_height(body: Body, turned: Array) -> float:
    """Half of how far a body reaches from bottom to top as it is turned (3, 3), however askew, metres."""
    half = np.asarray(body.shape.size) / 2
    if body.spec.shape == "ball":
        return float(half[2])
    upright = min(abs(float(turned[2, 2])), 1.0)
    if body.spec.shape in ROUND:
        return float(half[2] * upright + half[0] * math.sqrt(1.0 - upright**2))
    return float(np.abs(turned[2]) @ half)


def _loose(sim: Simulation, name: str, body: Body) -> Detection:
    pose = sim.pose(name)
    turned = pose.rotation()
    up = np.abs(turned[2])  # which of its own axes stands upright
    axis = int(np.argmax(up))
    (length, width, height), yaw = _as_it_lies(body.shape.size, turned, axis, pose.yaw)
    reach = height / 2 if up[axis] > LEVEL_COS else half_height(body, turned)
    support = sim.support(name)
    inside = False
    if support in sim.bodies:
        base = sim.bodies[support]
        rim = _rim(sim, support, base)
        # Resting on the rim is not lying in it.
        inside = rim is not None and pose.position[2] - reach < rim - 0.25 * min(base.shape.size[2], 0.032)
    hollow = body.spec.shape in HOLLOW
    posture = "tilted" if up[axis] < LYING_COS else "upright" if axis == 2 else "lying"
    seen = _detection(
        sim, name, LOOKS_LIKE.get(body.spec.shape, body.spec.shape), pose, (length, width, 2 * reach), yaw
    )
    return seen.model_copy(
        update={
            "colour": body.spec.colour if isinstance(body.spec.colour, str) else "custom",
            "second_colour": body.spec.second_colour if isinstance(body.spec.second_colour, str) else None,
            "support": support or "air",
            "relation": "in" if inside else "on",
            "posture": posture,
            "hollow": hollow,
            "inner_radius_m": inner_radius(body.shape) if hollow else None,
            "fixed": body.spec.mass == 0,
        }
    )


def _as_it_lies(size: Vec3, turned: Array, axis: int, yaw: float) -> tuple[Vec3, float]:
    """Length, width, height and yaw of a box of which ``axis`` stands upright, length ≥ width."""
    a, b, h = size
    if axis != 2:  # toppled: swap the upright axis in, and take the other two as its footprint
        flat = [i for i in range(3) if i != axis]
        lie = turned[:, flat[0]]
        a, b, h, yaw = size[flat[0]], size[flat[1]], size[axis], math.atan2(lie[1], lie[0])
    return ((b, a, h), yaw + math.pi / 2) if a < b else ((a, b, h), yaw)


def _rim(sim: Simulation, name: str, base: Body) -> float | None:
    """Height of a container's rim; None for what is not hollow."""
    if base.spec.shape == "drawer":
        tray = tray_box(base.shape.size)
        return float(sim.pose(name).position[2]) + tray.at[2] + tray.size[2] / 2
    return float(sim.pose(name).position[2]) + base.shape.size[2] / 2 if base.spec.shape in HOLLOW else None


def _moving_part(sim: Simulation, body: Body) -> Detection:
    name, kind, size = body.spec.name, body.spec.shape, body.shape.size
    base, out = sim.pose(name), sim.joint(name)
    way = base.rotation()[:, 0]
    common = {
        "colour": _colour(body, kind), "part_of": sim.host_name(name), "fixed": True, "support": sim.host_name(name) if kind != "drawer" else "table",
    }  # fmt: skip
    if kind == "button":
        part = sim.part_pose(name, (0.0, 0.0, size[2] / 2 + 0.007))
        seen = _detection(sim, name, kind, part, (0.036, 0.036, 0.014))
        return seen.model_copy(update=common | {"grasp_at": vec3(part.position + (0, 0, 0.007))})
    if kind == "drawer":
        tray, handle = tray_box(size), handle_box(size)
        part = sim.part_pose(name, tray.at)
        (a, b, h), yaw = _as_it_lies(tray.size, part.rotation(), 2, part.yaw)
        seen = _detection(sim, name, kind, part, (a, b, h), yaw)
        grasp = sim.part_pose(name, handle.at).position
        return seen.model_copy(
            update=common | {"hollow": True, "opens": _flat(way), "opening_m": out, "travel_m": TRAVEL_M[kind], "grasp_at": vec3(grasp)}
        )  # fmt: skip
    part = sim.part_pose(name, (-TRAVEL_M[kind] / 2, 0.0, size[2] / 2 + 0.02))
    seen = _detection(sim, name, kind, part, (0.02, 0.02, 0.04))
    # Positions count towards the robot's right, or away from it, whichever way the rail was laid.
    back = (way[1] > 0 and abs(way[1]) >= abs(way[0])) or (way[0] < 0 and abs(way[0]) > abs(way[1]))
    at = TRAVEL_M[kind] - out if back else out
    opens = _flat(-way if back else way)
    return seen.model_copy(
        update=common | {"opens": opens, "opening_m": at, "travel_m": TRAVEL_M[kind], "grasp_at": vec3(part.position)}
    )


def _colour(body: Body, kind: str) -> str:
    colour = body.spec.second_colour if kind == "drawer" else body.spec.colour
    return colour if isinstance(colour, str) else "custom"


def _flat(way: Array) -> tuple[float, float]:
    return round(float(way[0]), 4), round(float(way[1]), 4)


def _detection(sim: Simulation, name: str, label: str, pose: Pose, size: Vec3, yaw: float | None = None) -> Detection:
    if yaw is None:
        size, yaw = _as_it_lies(size, pose.rotation(), 2, pose.yaw)
    return Detection(
        id=name, label=label, centre=(float(pose.position[0]), float(pose.position[1]), float(pose.position[2])), size=size,
        yaw=wrap_angle(yaw, math.pi), seen_s=sim.client.time_s,
    )  # fmt: skip
