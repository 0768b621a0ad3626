"""What is known keeps its shape under what is put on it, as long as what shows of it lies where it lay; else it is read afresh."""

import math

import pybullet
import pytest
from perception.random_scenes import cell, vocabulary

from hiervla.core.geometry import quaternion_from_yaw
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import World
from hiervla.perception.eyes import GeometricEyes
from hiervla.sim.scene import BodySpec

EDGE, GAP = 0.042, 0.010
ASIDE = (0.5, -0.25)
OVER = (0.5, 0.1, 1.5 * EDGE + 0.001)


def bases(turn):
    dx, dy = (EDGE + GAP) / 2 * math.cos(turn), (EDGE + GAP) / 2 * math.sin(turn)
    return (0.5 + dx, 0.1 + dy), (0.5 - dx, 0.1 - dy)


class Pile:
    """Two cubes, the nearer half in front of the farther, known from one look, and a third that is set upon both."""

    def __init__(self, turn, colours):
        self.near, self.far = bases(turn)
        spots = zip(("near", "far", "top"), colours, (self.near, self.far, ASIDE), strict=True)
        self.turn = quaternion_from_yaw(turn)
        self.cell = cell([BodySpec(name=n, shape="cube", colour=c, size=EDGE, at=at, yaw_deg=math.degrees(turn)) for n, c, at in spots])  # fmt: skip
        self.eyes = GeometricEyes(vocabulary())
        self.before = self.eyes.look(self.cell.look(), World(), "L1")

    def covered(self, **moved):
        """The world once the third lies on top, and others were moved without a look."""
        for name, at in {"top": OVER, **moved}.items():
            pybullet.resetBasePositionAndOrientation(self.cell.sim.bodies[name].id, at, list(self.turn), physicsClientId=self.cell.sim.client.id)  # fmt: skip
        return self.eyes.look(self.cell.look(), self.before, "L2")

    def id_at(self, at):
        return min(self.before.objects.values(), key=lambda d: math.dist(d.centre[:2], at)).id


@pytest.fixture(params=[(0.0, ("blue", "green", "red")), (0.5, ("red", "red", "red"))], ids=["three colours in line", "one colour aslant"])  # fmt: skip
def pile(request):
    made = Pile(*request.param)
    yield made
    made.cell.close()


def test_the_nearer_base_keeps_shape_place_and_name(pile):
    world = pile.covered()
    base = world.objects[pile.id_at(pile.near)]
    assert world.seen_now(base.id) and base.label == "cube" and max(base.size) < EDGE + 0.002
    assert math.dist(base.centre[:2], pile.near) < 0.003
    top = max(world.objects.values(), key=lambda d: d.top_z)
    assert math.dist(top.centre, OVER) < 0.004 and top.label == "cube"


def test_the_hidden_base_is_not_taken_as_seen(pile):
    world = pile.covered(far=(0.3, -0.3, EDGE / 2))
    stood = [d for d in world.objects.values() if math.dist(d.centre, (*pile.far, EDGE / 2)) < 0.015]
    assert not any(world.seen_now(d.id) for d in stood)
    near, far = pile.id_at(pile.near), pile.id_at(pile.far)
    top = max(world.objects.values(), key=lambda d: d.top_z)
    assert not holds(Goal(relation="on", subject=top.id, reference=near, others=(far,)), world)


@pytest.mark.parametrize("shift", [(0.008, 0.0), (-0.009, 0.0), (0.0, 0.008), (0.0, -0.012)])
def test_a_base_that_has_moved_is_not_seen_where_it_stood(pile, shift):
    at = (pile.near[0] + shift[0], pile.near[1] + shift[1], EDGE / 2)
    world = pile.covered(near=at)
    assert not [d for d in world.objects.values() if math.dist(d.centre, (*pile.near, EDGE / 2)) < 0.0015]
