"""Action chunks as a demonstration bears them: the bundled skills' keyframes, followed by the servo policy without physics.

The hand is pushed about while it goes; each state that is kept is labelled with what an undisturbed expert does from there.
"""

from __future__ import annotations

from copy import copy
from functools import cache

import numpy as np

from hiervla.cerebellum.policies.normaliser import ACTION, Normaliser, statistics_of
from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import ToolError
from hiervla.core.geometry import Array, Pose, downward
from hiervla.core.skill import Ground
from hiervla.core.task import Handling, Task
from hiervla.core.world import Detection, Held, Surface, World
from hiervla.robot.fake import FakeRobot
from hiervla.workspace import load_workspace

HORIZON = 16
SIZES = {
    "cube": (0.04, 0.04, 0.04),
    "block": (0.066, 0.04, 0.04),
    "cylinder": (0.042, 0.042, 0.055),
    "ball": (0.044,) * 3,
}
TABLE = Surface(name="table", height_m=0.0, outline=((0.25, -0.48), (0.81, -0.48), (0.81, 0.48), (0.25, 0.48)))


@cache
def chunks(count: int, seed: int = 0) -> Array:
    """(count, 16, 7) actions in m, rad and gripper 0..1."""
    rng = np.random.default_rng(seed)
    kept: list[Array] = []
    while len(kept) < count:
        task, robot = _task(rng)
        if task is not None:
            kept += _episode(task, robot, rng)
    return np.stack(kept[:count])


@cache
def normaliser(count: int = 400, seed: int = 0) -> Normaliser:
    """For those chunks: a hand that always points down never rolls nor pitches, and this is declared."""
    statistics = {"action": statistics_of(chunks(count, seed).reshape(-1, 7))}
    return Normaliser.of(statistics, "action", ACTION, constant=("droll", "dpitch"))


@cache
def normalised(count: int = 400, seed: int = 0, like: int = 0) -> Array:
    """The same in the units of ``normaliser(count, like)``."""
    return normaliser(400, like).normalise(chunks(count, seed))


def _thing(rng: np.random.Generator, i: str, **more: object) -> Detection:
    shape = str(rng.choice(list(SIZES)))
    x, y = float(rng.uniform(0.38, 0.62)), float(rng.uniform(-0.25, 0.25))
    size = SIZES[shape]
    at = {"id": i, "label": shape, "centre": (x, y, size[2] / 2), "size": size, "yaw": float(rng.uniform(-1.5, 1.5))}
    return Detection(**{**at, **more})


def _task(rng: np.random.Generator) -> tuple[Task | None, FakeRobot]:
    """A skill on a table drawn by chance, and an arm that stands ready for it."""
    robot, skills = FakeRobot(), load_skills()
    a = _thing(rng, "a")
    side = -1.0 if a.centre[1] > 0 else 1.0
    spot = (float(rng.uniform(0.4, 0.6)), side * float(rng.uniform(0.12, 0.28)))
    bowl = Detection(
        id="b", label="bowl", centre=(*spot, 0.023), size=(0.12, 0.12, 0.046), hollow=True, inner_radius_m=0.055
    )
    kind = str(rng.choice(["pick", "place", "place", "push", "turn"]))
    held = None
    if kind == "place":
        yaw = float(rng.uniform(-1.0, 1.0))
        robot.hand = Pose(np.array([*a.centre[:2], a.centre[2] + 0.14]), downward(yaw))
        robot.width_m = robot.grasp_width_m = a.size[1]
        held = Held(id="a", offset=(0, 0, 0), hand_yaw=yaw, object_yaw=a.yaw, width_m=a.size[1])
        how = str(rng.choice(["in", "beside"]))
        skill = skills["place"](target="a", reference="b", relation=how)
    elif kind == "pick":
        robot.grasp_width_m = a.size[1]
        skill = skills["pick"](target="a")
        robot.hand = Pose(rng.uniform((0.34, -0.3, 0.2), (0.66, 0.3, 0.5)), downward(float(rng.uniform(-1.0, 1.0))))
    elif kind == "push":
        skill = skills["push"](target="a", direction=str(rng.choice(["left", "right", "front", "behind"])))
    else:
        robot.grasp_width_m = a.size[1]
        skill = skills["turn"](target="a", angle_deg=float(rng.choice([-90, -45, 45, 90])))
    world = World(look_id="L1", objects={"a": a, "b": bowl}, held=held, surfaces={"table": TABLE})
    ground = Ground(world=world, hand=robot.hand, handling=Handling(speed=float(rng.uniform(0.5, 1.0))))
    try:
        return skill.ground(ground), robot
    except ToolError:  # nowhere to go on this table
        return None, robot


@cache
def load_skills() -> dict[str, type]:
    return dict(load_workspace().skills)


def _episode(task: Task, robot: FakeRobot, rng: np.random.Generator) -> list[Array]:
    policy = ServoPolicy()
    policy.reset(task)
    kept: list[Array] = []
    for _ in range(40):
        kept.append(_ahead(policy, robot, task))
        chunk = policy.infer(robot.observe(), task)
        if chunk.terminate:
            break
        shove = rng.normal(0, 0.1 * task.limits.step_m, 3) * (rng.random() < 0.5)
        for action in chunk.actions[:4]:
            robot.apply(action + [*shove, 0, 0, 0, 0])
    return kept


def _ahead(policy: ServoPolicy, robot: FakeRobot, task: Task) -> Array:
    """What an undisturbed expert does from here; it rests once it has come to its end."""
    policy, robot = copy(policy), copy(robot)
    robot.actions = []
    while len(robot.actions) < HORIZON:
        for action in policy.infer(robot.observe(), task).actions:
            robot.apply(action)
    return np.array(robot.actions[:HORIZON])
