"""Furniture as eyes tell of it, and what every planning test stands on."""

import math

import numpy as np
import pytest

from hiervla.core.geometry import Pose, downward
from hiervla.core.skill import Ground

HAND = Pose(np.array([0.36, 0.0, 0.42]), downward(0.0))


@pytest.fixture
def planned():
    """``planned(skill, world)``: its keyframes, the hand at rest."""

    def plan(skill, world):
        return list(skill.keyframes(Ground(world=world, hand=HAND)))

    return plan


@pytest.fixture
def drawer(thing):
    """``drawer(0.1)``: a cabinet at (0.5, 0.3) and its drawer, which is out by so much towards the robot's right."""

    def make(opening=0.0, travel=None):
        return (
            thing("cabinet", 0.5, 0.3, id="k", size=(0.2, 0.16, 0.085), fixed=True),
            thing(
                "drawer", 0.5, 0.2, id="d", size=(0.18, max(0.03, opening), 0.075), fixed=True, hollow=True, part_of="k",
                opens=(0.0, -1.0), opening_m=opening, travel_m=travel, grasp_at=(0.5, 0.2025 - opening, 0.056),
            ),
        )  # fmt: skip

    return make


@pytest.fixture
def slider(thing):
    """``slider(0.02)``: a rail along y at (0.5, -0.1) and its knob so far from the first end."""

    def make(opening=0.0):
        y = -0.1 + 0.06 - opening
        return (
            thing("panel", 0.5, -0.1, id="p", size=(0.22, 0.07, 0.02), yaw=math.pi / 2, fixed=True),
            thing(
                "slider", 0.5, y, id="s", size=(0.02, 0.02, 0.04), fixed=True, part_of="p", opens=(0.0, -1.0),
                opening_m=opening, travel_m=0.12, grasp_at=(0.5, y, 0.045),
            ),
        )  # fmt: skip

    return make


@pytest.fixture
def button(thing):
    """A panel at (0.5, 0.1) with a button whose top lies 39 mm above the table."""
    panel = thing("panel", 0.5, 0.1, id="p", size=(0.09, 0.09, 0.025), fixed=True)
    return (
        panel,
        thing("button", 0.5, 0.1, id="b", size=(0.036, 0.036, 0.014), on=panel, fixed=True, part_of="p", grasp_at=(0.5, 0.1, 0.039)),
    )  # fmt: skip
