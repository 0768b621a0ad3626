"""Builders that tests of several rooms share: described things, perceived worlds, simulated cells."""

import math

import pytest

from hiervla.core.world import Detection, Held, Surface, World

_FLAT = {"cube": (0.04, 0.04, 0.04), "block": (0.066, 0.04, 0.04), "cylinder": (0.042, 0.042, 0.055), "ball": (0.044,) * 3,
         "bowl": (0.12, 0.12, 0.046), "box": (0.18, 0.14, 0.055), "cup": (0.066, 0.066, 0.078), "plate": (0.16, 0.16, 0.02)}  # fmt: skip
_INNER = {"bowl": 0.055, "box": 0.065, "cup": 0.028, "plate": 0.075}
OUTLINE = ((0.25, -0.48), (0.81, -0.48), (0.81, 0.48), (0.25, 0.48))


@pytest.fixture(scope="session")
def space():
    """The bundled content, as a run of its own would load it."""
    from hiervla.workspace import load_workspace

    return load_workspace()


@pytest.fixture(scope="session")
def thing():
    """``thing("cube", 0.5, 0.1)``: a detection that stands on the table there, anything about it changed by name."""

    def make(shape="cube", x=0.5, y=0.0, id=None, yaw=0.0, size=None, on=None, **more):
        size = size or _FLAT[shape]
        floor = on.top_z if on is not None else 0.0
        if on is not None and on.hollow:
            floor = on.bottom_z + 0.005
            more.setdefault("relation", "in")
        place = {"support": on.id} if on is not None else {}
        return Detection(
            **{"id": id or f"{shape}_{x:.2f}_{y:.2f}", "label": shape, "colour": "red", "centre": (x, y, floor + size[2] / 2),
               "size": size, "yaw": yaw, "hollow": shape in _INNER, "inner_radius_m": _INNER.get(shape), **place, **more}
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def world_of():
    """``world_of(a, b, held=c)``: a world that this look saw, with its table; ``time_s`` is the look's time."""

    def make(*things, held=None, time_s=0.0, table=True, edges_seen=True, **more):
        surface = Surface(name="table", height_m=0.0, outline=OUTLINE, edges_seen=edges_seen)
        in_hand = None
        if held is not None:
            in_hand = Held(id=held.id, offset=(0, 0, 0), hand_yaw=0.0, object_yaw=held.yaw, width_m=held.size[1])
        return World(
            look_id="L7", time_s=time_s, objects={d.id: d for d in things}, held=in_hand,
            surfaces={"table": surface} if table else {}, **more,
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def scene_of():
    """``scene_of({"name": …, "shape": …}, …)``: a scene description of these bodies, other keys by name."""
    from hiervla.sim.scene import Scene

    def make(*bodies, **more):
        return Scene.model_validate({"name": "planted", "body": bodies, **more})

    return make


@pytest.fixture(scope="module")
def build():
    """``build(scene, seed)``: (simulation, arm), closed when the module's tests are over."""
    from hiervla.assemble import simulated

    open_cells = []

    def make(scene, seed=0):
        sim, arm = simulated(scene, seed)
        open_cells.append(sim)
        return sim, arm

    yield make
    for sim in open_cells:
        sim.close()


@pytest.fixture(scope="session")
def drive():
    """``drive(robot, (x, y, z), gripper)``: small straight steps until the hand is there or ``most`` ticks are over."""
    import numpy as np

    def go(robot, to, gripper=0.0, most=80, step=0.03, force_n=40.0, near=0.002):
        for _ in range(most):
            away = np.asarray(to) - robot.observe().hand.position
            far = math.sqrt(float(away @ away))
            if far < near:
                return True
            robot.apply(np.array([*(away * min(1.0, step / far)), 0, 0, 0, gripper]), force_n)
        return False

    return go
