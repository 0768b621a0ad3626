"""How a lesson's bodies are spoken of: by what the eyes see of them, and in which words a policy is told."""

from __future__ import annotations

import numpy as np

from hiervla.core.world import World
from hiervla.learn.lessons import Lesson, Step
from hiervla.learn.wordings import COLOURS, SHAPES, wordings

Look = tuple[str, str]
"""Colour word and shape."""


def addressed(world: World, look: Look) -> str | None:
    """The id of the one thing in view that looks so; None where there is none or more than one."""
    colour, shape = look
    alike = [d.id for d in world.objects.values() if d.label == shape and colour in (d.colour, d.colour_too)]
    return alike[0] if len(alike) == 1 else None


def named(step: Step) -> dict[str, str]:
    """The bodies that a step names, by the field that names them."""
    return {f: step.arguments[f] for f in ("target", "reference") if f in step.arguments}


def spoken(step: Step, lesson: Lesson, rng: np.random.Generator, shuffled: bool = False) -> tuple[str, str]:
    """What the policy is told (English or Chinese, as it falls), and the body that it is told of.

    ``shuffled``: of every thing the words name another one; where nothing else is there, something that is not there.
    """
    looks, about, taken = [], step.arguments["target"], set(named(step).values())
    for body in named(step).values():
        other = body
        if shuffled:
            free = sorted(set(lesson.looks) - taken)
            other = str(rng.choice(free)) if free else ""
            taken.add(other)
        if body == step.arguments["target"]:
            about = other
        looks.append(lesson.looks[other] if other else _nowhere(lesson, rng))
    target, reference = looks[0], looks[1] if len(looks) > 1 else None
    said = wordings(step.deed, target, reference, rng)
    return said[int(rng.integers(2))], about


def _nowhere(lesson: Lesson, rng: np.random.Generator) -> Look:
    """A look that nothing in the lesson has."""
    here = set(lesson.looks.values())
    options = [(c, s) for c in COLOURS for s in SHAPES if (c, s) not in here]
    return options[int(rng.integers(len(options)))]
