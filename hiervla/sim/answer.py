"""What an answer must say, by truth: read when a scene file is loaded, judged when the robot has answered.

The wording is free: numbers, yes or no, and which things are named are looked for in the text, in English or Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hiervla.core.errors import SetupError
from hiervla.core.footprint import footprint, gap
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection, World
from hiervla.sim.expectation import parse_goal
from hiervla.sim.wording import affirms, counted, lengths_m, names_thing, plain

DISTANCE_TOLERANCE_M = 0.015
PLACE_TOLERANCE_M = 0.03
_FORMS = {
    "counts": "counts WHAT [in|on BODY]", "confirms": "confirms GOAL", "names": "names BODY …", "only": "only BODY …",
    "lists": "lists in|on BODY", "places": "places BODY", "measures": "measures BODY BODY", "recalls": "recalls",
    "says": "says TEXT|TEXT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that an answer must say."""

    what: str
    bodies: tuple[str, ...] = ()
    words: str = ""
    """Of ``counts`` the description; of ``says`` the texts, parted by ``|``."""
    relation: str = ""
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """What an answer is held against."""

    world: World
    vocabulary: Vocabulary
    moved: tuple[str, ...] = ()
    """Bodies that the last turn that moved anything did move."""


def parse_answer(text: str, bodies: Sequence[str], zones: Sequence[str] = ()) -> Answer:
    """``counts cube in bowl``, ``confirms in cube bowl``, ``names cube``, ``only a b``, ``lists in bowl``, ``places cube``,
    ``measures a b``, ``recalls``, ``says purple|紫``.

    Raises:
        SetupError: it cannot be read; says what is wrong with it.
    """
    what, _, rest = text.partition(" ")
    form = _FORMS.get(what)
    if form is None:
        raise SetupError(f"answer {text!r}: write one of {', '.join(_FORMS.values())}")
    if what == "confirms":
        return Answer(what, goal=parse_goal(rest, bodies, zones))
    if what == "says":
        if not rest.strip():
            raise SetupError(f"answer {text!r}: write {form}")
        return Answer(what, words=rest.strip())
    named = rest.split()
    relation, words = "", ""
    if what in ("counts", "lists"):
        k = next((k for k, w in enumerate(named) if w in ("in", "on")), len(named))
        words, relation, named = " ".join(named[:k]), (named[k] if k < len(named) else ""), named[k + 1 :]
    if strange := [n for n in named if n not in bodies]:
        raise SetupError(f"answer {text!r}: {strange[0]!r} is no body of the scene")
    enough = {
        "counts": words != "" and len(named) == (relation != ""), "lists": relation != "" and not words and len(named) == 1,
        "places": len(named) == 1, "measures": len(named) == 2, "recalls": not named,
    }.get(what, bool(named))  # fmt: skip
    if not enough:
        raise SetupError(f"answer {text!r}: write {form}")
    return Answer(what, tuple(named), words, relation)


def lacks(wanted: Answer, said: str, truth: Truth) -> str | None:
    """What is wrong or missing in what was said, or None."""
    text, world = plain(said), truth.world
    match wanted.what:
        case "counts":
            right = len(_counted(wanted, truth))
            return None if counted(text) == right else f"there are {right}, said {counted(text)}"
        case "confirms":
            assert wanted.goal is not None
            so = bool(holds(wanted.goal, world))
            return None if affirms(text) is so else f"{wanted.goal} is {'' if so else 'not '}so, said {affirms(text)}"
        case "names":
            return _unnamed(wanted.bodies, text, truth)
        case "only":
            return _unnamed(wanted.bodies, text, truth) or _named_wrongly(set(wanted.bodies), text, truth)
        case "lists":
            place = wanted.bodies[0]
            there = [d.id for d in world.objects.values() if d.support == place and d.relation == wanted.relation]
            return _unnamed(there, text, truth) or _named_wrongly({*there, place}, text, truth)
        case "places":
            return _misplaced(world.objects[wanted.bodies[0]], text, truth)
        case "measures":
            a, b = (world.objects[n] for n in wanted.bodies)
            right_m = gap(footprint(a), footprint(b))
            near = any(abs(m - right_m) <= DISTANCE_TOLERANCE_M for m in lengths_m(text))
            return None if near else f"{right_m * 100:.1f} cm lie between them"
        case "recalls":
            if not truth.moved:
                return "nothing was moved so far"
            places = {world.objects[n].support for n in truth.moved}
            return _unnamed(truth.moved, text, truth) or _named_wrongly({*truth.moved, *places}, text, truth)
        case "says":
            return None if any(t in said.lower() for t in wanted.words.lower().split("|")) else f"not: {wanted.words}"
    raise AssertionError(wanted.what)


def _counted(wanted: Answer, truth: Truth) -> list[str]:
    place = wanted.bodies[0] if wanted.bodies else None
    every = [d for d in truth.world.objects.values() if d.id != place and not d.fixed]
    there = [d for d in every if place is None or (d.support == place and d.relation == wanted.relation)]
    return [d.id for d in there if wanted.words == "any" or truth.vocabulary.fits(wanted.words, d)]


def _unnamed(ids: Sequence[str], text: str, truth: Truth) -> str | None:
    missing = [i for i in ids if not names_thing(text, truth.world.objects[i], truth.vocabulary)]
    return f"does not name {', '.join(missing)}" if missing else None


def _named_wrongly(but: set[str], text: str, truth: Truth) -> str | None:
    others = [d for d in truth.world.objects.values() if d.id not in but]
    named = [d.id for d in others if names_thing(text, d, truth.vocabulary)]
    return f"names {', '.join(named)}" if named else None


def _misplaced(d: Detection, text: str, truth: Truth) -> str | None:
    """Where a thing is: what it is in or on must be named, and figures must be those of its place."""
    support = truth.world.objects.get(d.support)
    if support is not None and not names_thing(text, support, truth.vocabulary):
        return f"it is {d.relation} {support.id}"
    if d.support == "table" and not re.search("table|桌", text):
        return "it is on the table"
    x, y = abs(d.centre[0]), abs(d.centre[1])
    said = lengths_m(text)
    wrong = len(said) >= 2 and not all(any(abs(m - v) <= PLACE_TOLERANCE_M for m in said) for v in (x, y))
    return f"it is at x {d.centre[0] * 100:.0f} cm, y {d.centre[1] * 100:.0f} cm" if wrong else None
