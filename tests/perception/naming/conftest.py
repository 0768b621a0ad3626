"""One look at a simulated table, what geometry makes of it, and finders that answer as they are told."""

from dataclasses import dataclass, field

import pytest

from hiervla.assemble import simulated
from hiervla.core.world import World
from hiervla.perception.eyes import GeometricEyes
from hiervla.perception.naming.found import Findings, Found
from hiervla.sim.scene import load_scene


@dataclass
class Told:
    """A finder that answers what it is told to, whatever the picture shows."""

    boxes: dict[str, list[Found]] = field(default_factory=dict)
    name: str = "told"
    sure: float = 0.5
    asked: list[str] = field(default_factory=list)

    def find(self, rgb, query):
        self.asked.append(query)
        return Findings(tuple(self.boxes.get(query, ())))


@pytest.fixture(scope="package")
def look(space):
    """(observation, world, limits) of the scene ``tabletop``, seed 3."""
    scene = load_scene(space.scene_path("tabletop"))
    sim, arm = simulated(scene, 3)
    try:
        seen = arm.observe("look", ("front",))
        limits = scene.limits.over(arm.describe().limits)
        eyes = GeometricEyes(space.vocabulary(()), limits=limits, skin=arm.describe().skin)
        return seen, eyes.look(seen, World(), "L1"), limits
    finally:
        sim.close()


@pytest.fixture
def eyes(look, space):
    return GeometricEyes(space.vocabulary(()), limits=look[2])


@pytest.fixture
def told():
    return Told
