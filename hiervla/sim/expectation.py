"""What a scenario expects, in words: read when a scene file is loaded, judged by truth when a run or a turn is over.

Relations between things are goals (``core.relations``); changes compare with the start of the run or turn, which only truth knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hiervla.core.errors import SetupError
from hiervla.core.goal import DIRECTIONS, EDGES, Goal
from hiervla.core.relations import RELATIONS

TOLERANCE_M = 0.015
"""How exactly a distance must be met in truth."""
MOVED_TOLERANCE_M = 0.02
CHANGES = ("moved", "turned", "pressed", "upright", "back")
_NAMES = {
    "in": 2, "on": 2, "beside": 2, "at_distance": 2, "holding": 1, "hand_empty": 0, "at": 1, "turned": 1, "open": 1, "closed": 1,
    "slid": 1,
}  # fmt: skip
"""Names that a relation takes; ``on`` takes a third when two carry the first, ``row`` and ``circle`` any number."""
_NEEDS = {
    "at_distance": "at which distance? write metres, for example 0.05",
    "slid": "how far? write metres, for example 0.08",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one body since the run, or the turn, began."""

    what: Literal["moved", "turned", "pressed", "upright", "back"]
    body: str
    amount: float | None = None
    """Metres moved, degrees turned (+ = counter-clockwise from above), times pressed."""
    direction: str | None = None
    turn: str = ""
    """Of ``back``: the turn before which it was there."""


@dataclass(frozen=True, slots=True)
class Not:
    """That something is not so."""

    wrong: Goal | Change


Expectation = Goal | Change | Not


def parse_alternatives(
    text: str, bodies: Sequence[str], zones: Sequence[str] = (), turns: Sequence[str] = ()
) -> tuple[Expectation, ...]:
    """``on a b c or on b a c``: expectations of which one is enough; ``turns``: names of a conversation's earlier turns.

    Raises:
        SetupError: one of them cannot be read; says what is wrong with it.
    """
    return tuple(
        Not(parse_expectation(part.removeprefix("not "), bodies, zones, turns))
        if part.startswith("not ")
        else parse_expectation(part, bodies, zones, turns)
        for part in text.split(" or ")
    )


def subjects(expected: Expectation) -> tuple[str, ...]:
    """Bodies that an expectation is about, and which may therefore move."""
    match expected:
        case Change():
            return (expected.body,)
        case Goal(relation="row" | "circle"):
            return (expected.subject, *expected.others)
        case Goal():
            return (expected.subject,) if expected.subject else ()
        case Not():
            return ()


def parse_expectation(
    text: str, bodies: Sequence[str], zones: Sequence[str] = (), turns: Sequence[str] = ()
) -> Goal | Change:
    """A goal, or ``moved cube 0.10 left``, ``turned block 45``, ``pressed button [times]``, ``upright cup``, ``back cube TURN``.

    Raises:
        SetupError: it cannot be read; says what is wrong with it.
    """
    what, *rest = text.split() or [""]
    if what == "back":
        if len(rest) != 2 or rest[0] not in bodies or rest[1] not in turns:
            named = ", ".join(turns) or "none has a name yet"
            raise SetupError(f"expectation {text!r}: write back BODY TURN; earlier turns: {named}")
        return Change("back", rest[0], turn=rest[1])
    if what not in CHANGES:
        return parse_goal(text, bodies, zones)
    body, amounts = (rest[0] if rest else ""), [float(r) for r in rest[1:] if _number(r)]
    directions = [r for r in rest[1:] if r in DIRECTIONS]
    if body not in bodies:
        raise SetupError(f"expectation {text!r}: {body!r} is no body of the scene")
    if len(amounts) + len(directions) != len(rest) - 1 or len(amounts) > 1 or len(directions) > 1:
        raise SetupError(f"expectation {text!r}: write {what} BODY{' METRES left' if what == 'moved' else ' [NUMBER]'}")
    if what in ("moved", "turned") and not amounts:
        raise SetupError(f"expectation {text!r}: by how much? write {'metres' if what == 'moved' else 'degrees'}")
    return Change(what, body, amounts[0] if amounts else None, directions[0] if directions else None)  # type: ignore[arg-type]


def parse_goal(text: str, bodies: Sequence[str], zones: Sequence[str] = ()) -> Goal:
    """``in red_cube blue_bowl``, ``at_distance cup edge 0.05``, ``on c a b``, ``row a b c``: a goal in scene names.

    A zone's name is written with ``_`` for its spaces.

    Raises:
        SetupError: a relation or body is unknown, or there are too many or too few of them.
    """
    relation, *rest = text.split() or [""]
    if relation not in RELATIONS:
        raise SetupError(
            f"expectation {text!r}: no relation {relation!r}; known: {', '.join(sorted({*RELATIONS, *CHANGES}))}"
        )
    places = {z.replace(" ", "_"): z for z in zones}
    names: list[str] = []
    numbers: list[float] = []
    direction = None
    for k, r in enumerate(rest):
        name = r.replace("_edge", " edge") if r.endswith("_edge") and r not in bodies else r
        if name in bodies or name in ("table", "edge", *EDGES):
            names.append(name)
        elif r in places:
            names.append(places[r])
        elif name in DIRECTIONS:
            direction = name
        elif _number(name):
            numbers.append(float(name))
        elif not (relation == "circle" and r == "around" and k == len(rest) - 2):
            raise SetupError(f"expectation {text!r}: {name!r} is no body of the scene")
    return _goal(text, relation, names, numbers, direction, around="around" in rest)


def _goal(
    text: str, relation: str, names: list[str], numbers: list[float], direction: str | None, around: bool
) -> Goal:
    fields: dict[str, object] = {"relation": relation, "direction": direction, "tolerance_m": TOLERANCE_M}
    if relation in ("row", "circle"):
        centre = names.pop() if around and names else None
        if len(names) < 3:
            raise SetupError(f"expectation {text!r}: {relation} takes at least three names")
        return Goal.model_validate(fields | {"subject": names[0], "others": tuple(names[1:]), "reference": centre})
    wanted = _NAMES.get(relation, len(names))
    if len(names) != wanted and not (relation == "on" and len(names) == 3):
        raise SetupError(f"expectation {text!r}: {relation} takes {wanted} names, not {len(names)}")
    if relation == "at":
        if len(numbers) != 2:
            raise SetupError(f"expectation {text!r}: where? write x and y in metres, for example 0.5 0.1")
        return Goal.model_validate(fields | {"subject": names[0], "position": tuple(numbers)})
    if relation in _NEEDS and not numbers:
        raise SetupError(f"expectation {text!r}: {_NEEDS[relation]}")
    return Goal.model_validate(
        fields
        | {"subject": names[0] if names else "", "reference": names[1] if len(names) > 1 else None, "others": tuple(names[2:])}
        | {"distance_m": numbers[0] if numbers else None}
    )  # fmt: skip


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
