"""A simulated world kept in a folder, and put back after its process has died: bodies, joints, speeds, clock and lights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pybullet

from hiervla.core.errors import SetupError
from hiervla.sim.forms import LightSpec, SensorSpec
from hiervla.sim.simulation import Simulation

FILE = "world.json"


def keep(sim: Simulation, arm: dict[str, Any], folder: Path) -> None:
    """Write the world as it is now, beside what the arm knows of itself; whenever the process dies, one whole world is there."""
    n = _number(folder) + 1
    bodies = folder / f"world-{n}.bullet"
    pybullet.saveBullet(str(bodies), physicsClientId=sim.client.id)
    part = folder / f"{FILE}.part"
    part.write_text(json.dumps({
        "number": n, "bodies": bodies.name, "scene": sim.scene.name, "seed": sim.seed, "time_s": sim.client.time_s, "arm": arm,
        "presses": sim.presses, "light": sim.lit.model_dump(), "sensor": sim.sensor.spec.model_dump(),
    }))  # fmt: skip
    part.replace(folder / FILE)
    for old in folder.glob("world-*.bullet"):
        if old != bodies:
            old.unlink()


def put_back(sim: Simulation, folder: Path) -> dict[str, Any] | None:
    """Make a world that was built anew what it was when it was kept; gives what the arm knew, None where nothing was kept.

    Raises:
        SetupError: it is a world of another scene, seed or arm.
    """
    if _number(folder) == 0:
        return None
    kept = json.loads((folder / FILE).read_text())
    if (kept["scene"], kept["seed"]) != (sim.scene.name, sim.seed):
        raise SetupError(f"{folder}: its world is of scene {kept['scene']}, seed {kept['seed']}, not {sim.scene.name}, seed {sim.seed}")  # fmt: skip
    try:
        pybullet.restoreState(fileName=str(folder / kept["bodies"]), physicsClientId=sim.client.id)
    except pybullet.error as e:
        raise SetupError(
            f"{folder}: its world does not fit the scene as it is now: another arm, or other bodies"
        ) from e
    sim.client.time_s = kept["time_s"]
    sim.presses.update(kept["presses"])
    sim.shine(LightSpec.model_validate(kept["light"]))
    sim.sense(SensorSpec.model_validate(kept["sensor"]))
    arm: dict[str, Any] = kept["arm"]
    return arm


def _number(folder: Path) -> int:
    """Of the world that is kept in a folder; 0 for none."""
    file = folder / FILE
    return int(json.loads(file.read_text())["number"]) if file.is_file() else 0
