"""What a scenario expects, in words: read when a scene file is loaded, judged by truth when a run is over."""

from __future__ import annotations

from hiervla.core.errors import SetupError
from hiervla.core.goal import DIRECTIONS, EDGES, Goal
from hiervla.core.relations import RELATIONS

TOLERANCE_M = 0.015
"""How exactly a distance must be met in truth."""
_NAMES = {"in": 2, "on": 2, "beside": 2, "at_distance": 2, "holding": 1, "hand_empty": 0}
"""Names that a relation takes."""


def parse_goal(text: str, bodies: list[str]) -> Goal:
    """``in red_cube blue_bowl``, ``at_distance cup edge 0.05``, ``beside a b left``: a goal in scene names.

    Raises:
        SetupError: a relation or body is unknown, or there are too many or too few of them.
    """
    relation, *rest = text.split() or [""]
    if relation not in RELATIONS:
        raise SetupError(f"expectation {text!r}: no relation {relation!r}; known: {', '.join(sorted(RELATIONS))}")
    names, distance, direction = [], None, None
    for r in rest:
        name = r.replace("_edge", " edge") if r.endswith("_edge") and r not in bodies else r
        if name in bodies or name in ("table", "edge", *EDGES):
            names.append(name)
        elif name in DIRECTIONS:
            direction = name
        elif _number(name):
            distance = float(name)
        else:
            raise SetupError(f"expectation {text!r}: {name!r} is no body of the scene")
    wanted = _NAMES.get(relation, len(names))
    if len(names) != wanted:
        raise SetupError(f"expectation {text!r}: {relation} takes {wanted} names, not {len(names)}")
    if relation == "at_distance" and distance is None:
        raise SetupError(f"expectation {text!r}: at which distance? write metres, for example 0.05")
    return Goal(
        relation=relation, subject=names[0] if names else "", reference=names[1] if len(names) > 1 else None,
        distance_m=distance, direction=direction, tolerance_m=TOLERANCE_M,
    )  # fmt: skip


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
