"""Answers that set two things beside each other: on which side one is of the other, whether they are alike, how large one is."""

from __future__ import annotations

import math
from collections.abc import Callable

from hiervla.brain.grammar.acts import Question
from hiervla.brain.grammar.feasibility import check_reach
from hiervla.brain.grammar.form import Fixture
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import Objection, refuse
from hiervla.brain.grammar.speech import Speech
from hiervla.brain.grammar.standing import SAME_PLACE_M, same_shape, volume
from hiervla.core.world import Detection

ALIKE = 0.08
"""Sizes closer than this fraction are the same to the eye."""


def side_of(question: Question, scene: Scene, speech: Speech) -> str:
    """``杯子在蓝碗的左边``: every side that can be told; in it or on it, where that is so."""
    d, mark = scene.one(question.things[0]), question.other
    if mark is None or isinstance(mark, Fixture):
        raise refuse("where_unclear", part=question.text)
    b = scene.one(mark)
    if d.id == b.id:
        raise refuse("itself", thing=d)
    for a, other, key in ((d, b, "side_it_is"), (b, d, "side_it_is_under")):
        if a.support == other.id:
            return speech.say(key if a.relation != "in" else f"{key}_in", a=d, b=b)
    x, y = d.centre[0] - b.centre[0], d.centre[1] - b.centre[1]
    sides = [
        (abs(y), "left" if y > 0 else "right"),
        (abs(x), "behind" if x > 0 else "front"),
    ]
    told = [speech.say(f"side_{name}") for far, name in sorted(sides, reverse=True) if far > SAME_PLACE_M]
    return speech.say("side_of", a=d, b=b, side=speech.say("and").join(told) or speech.say("there_beside", b=""))


def size_of(question: Question, scene: Scene, speech: Speech) -> str:
    """How long, wide and high."""
    found = scene.find(question.things[0]) or scene.resolve(question.things[0])
    told = [speech.say("size", thing=d, long=_cm(d.size[0]), wide=_cm(d.size[1]), high=_cm(d.size[2])) for d in found]
    return " ".join(t[:1].upper() + t[1:] for t in told)


def alike(question: Question, scene: Scene, speech: Speech) -> str:
    """Whether two things have the same colour, size or height."""
    a, mark = scene.one(question.things[0]), question.other
    if mark is None or isinstance(mark, Fixture) or question.spot is None:
        raise refuse("where_unclear", part=question.text)
    b = scene.one(mark)
    if question.spot.relation == "colour":
        key = "alike_yes" if a.colour == b.colour != "unknown" else "alike_no"
        return speech.say(key, a=a, b=b, x=speech.colour(a), y=speech.colour(b))
    if question.spot.relation == "shape":
        key = "alike_yes" if same_shape(a, b) else "alike_no"
        return speech.say(key, a=a, b=b, x=speech.name(a), y=speech.name(b))
    high = question.spot.relation == "high"
    so = same(a.size[2], b.size[2]) if high else same(volume(a), volume(b))
    key = "alike_yes" if so else "alike_no"
    return speech.say(key, a=a, b=b, x=_measured(a, speech), y=_measured(b, speech))


def kinds_of(question: Question, scene: Scene, speech: Speech) -> str:
    """How many colours there are among them, and which."""
    found = scene.find(question.things[0]) or scene.resolve(question.things[0])
    colours = list(dict.fromkeys(speech.colour(d) for d in found if d.colour != "unknown"))
    return speech.say("kinds_of", n=len(colours), which=speech.say("comma").join(colours))


def layers(question: Question, scene: Scene, speech: Speech) -> str:
    """Of how many things each tower is, from the bottom up."""
    things = scene.world.objects
    towers = []
    for low in things.values():
        pile = [low] if low.support == "table" and not low.fixed and not low.hollow and low.label != "plate" else []
        while pile and (above := next((d for d in things.values() if d.support == pile[-1].id), None)) is not None:
            pile.append(above)
        towers += [pile] if len(pile) > 1 else []
    if not towers:
        return speech.say("layers_none", scene=speech.scene())
    tall = question.spot.relation if question.spot else ""
    towers.sort(key=lambda p: -p[-1].top_z)
    towers = towers[:1] if tall in ("tallest", "largest", "topmost") else towers[-1:] if tall else towers
    return "".join(speech.say("layers", n=len(p), found=p) for p in towers)


def reach(question: Question, scene: Scene, speech: Speech) -> str:
    """Whether the arm reaches it."""
    said = []
    for d in scene.find(question.things[0]) or scene.resolve(question.things[0]):
        try:
            check_reach(d, scene.limits)
            away = math.dist(d.centre[:2], scene.limits.base[:2])
            said.append(speech.say("reach_yes", thing=d, cm=round(away * 100)))
        except Objection as e:
            said.append(speech.say(e.key, **e.fields))
    return "".join(said)


def more_of(question: Question, scene: Scene, speech: Speech) -> str:
    """Of which of two kinds there are more."""
    a, b = question.things
    n, m = len(scene.find(a)), len(scene.find(b))
    return speech.say("as_many" if n == m else "more_of", most=(a if n > m else b).text, a=a.text, b=b.text, n=n, m=m)


def colour_most(question: Question, scene: Scene, speech: Speech) -> str:
    """Of which colour there are most."""
    found = [d for d in scene.find(question.things[0]) or scene.resolve(question.things[0]) if d.colour != "unknown"]
    counts: dict[str, int] = {}
    for d in found:
        counts[speech.colour(d)] = counts.get(speech.colour(d), 0) + 1
    best = (min if question.spot is not None and question.spot.relation == "fewest" else max)(
        counts.values(), default=0
    )
    return speech.say("colour_most", which=speech.say("comma").join(c for c, n in counts.items() if n == best), n=best)


BESIDE_EACH_OTHER: dict[str, Callable[..., str]] = {
    "side": side_of,
    "size": size_of,
    "alike": alike,
    "kinds": kinds_of,
    "layers": layers,
    "reach": reach,
    "more_of": more_of,
    "colour_most": colour_most,
}


def same(a: float, b: float) -> bool:
    return abs(a - b) <= ALIKE * max(abs(a), abs(b))


def _measured(d: Detection, speech: Speech) -> str:
    return speech.say("long_wide_high", long=_cm(d.size[0]), wide=_cm(d.size[1]), high=_cm(d.size[2]))


def _cm(metres: float) -> str:
    return f"{metres * 100:.1f}"
