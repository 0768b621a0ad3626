"""What takes the last instruction back, adds to it or does it once more: ``no, the green one``, ``do the same with it``, ``again``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from hiervla.brain.grammar.acts import (
    Bare,
    Do,
    Instruction,
    Put,
    Question,
    Repeat,
    Transfer,
)
from hiervla.brain.grammar.antecedents import things_in
from hiervla.brain.grammar.attachment import readings
from hiervla.brain.grammar.clauses import IT
from hiervla.brain.grammar.constructions import joined
from hiervla.brain.grammar.form import Item, Spot, Thing
from hiervla.brain.grammar.noun_phrases import Misread
from hiervla.brain.grammar.reading import NotUnderstood
from hiervla.core.briefing import Briefing

Roles = Mapping[str, list[str]]
"""Lists of words by what they do: ``no`` takes back, ``more`` adds."""
Reader = Callable[[str], Instruction | NotUnderstood]
MEASURED = ("side", "by", "nearer", "farther")
"""Ways that can be gone farther."""
_TOWARDS = re.compile(r"\btowards?\b", re.I)
"""Nearer, not there: which of the two needs a verb."""
_ON_THAT = re.compile(r"\btop of (?:that|it|those|these|them|both)\W*$", re.I)
"""Where to; ``the one on top`` would say which one."""


PAUSES = " ,，!！.。、…"


def after_no(text: str, roles: Roles) -> str:
    """What follows a ``no,`` that takes the last instruction back; empty when it does not begin so."""
    rest, taken = text.strip(), False
    bare = without_thanks(rest.rstrip(PAUSES).lower(), roles)
    if last := next((w for w in roles.get("meant_last", ()) if bare.endswith(f", {w}")), None):  # "on the left, I mean"
        rest, taken = rest[: len(bare) - len(last)].rstrip(PAUSES), True
    while (word := _leads(rest, roles)) is not None:
        rest, taken = rest[len(word) :].lstrip(PAUSES), True
    return _after_is(_after_name(rest, roles), roles) if taken else ""


def _after_name(rest: str, roles: Roles) -> str:
    """``no dear, behind it``: what is only polite at the start left out."""
    for word in roles.get("polite_first", ()):
        if rest.lower().startswith(word) and rest[len(word) :][:1] in tuple(PAUSES):
            return rest[len(word) :].lstrip(PAUSES)
    return rest


def _leads(text: str, roles: Roles) -> str | None:
    """The word that takes something back, first in a text that goes on; hesitation before it is part of it."""
    said = text.lower()
    hums = next((h for h in sorted(roles.get("hums", ()), key=len, reverse=True) if said.startswith(h)), "")
    ahead = len(hums)
    while hums and ahead < len(said) and said[ahead] in PAUSES:
        ahead += 1
    for start, word in ((at, w) for at in sorted({ahead, 0}, reverse=True) for w in sorted(roles.get("no", ()), key=len, reverse=True)):  # fmt: skip
        rest = said[start + len(word) :]
        told = rest[:1] in tuple(PAUSES) or (not word.isascii() and len(word) > 2)
        if said.startswith(word, start) and rest[:1] and told and rest.strip(PAUSES):
            return text[: start + len(word)]
    return None


def _after_is(rest: str, roles: Roles) -> str:
    """``no, it is the blue one``: the blue one."""
    for word in sorted(roles.get("is", ()), key=len, reverse=True):
        if rest.lower().startswith(word + " " * word.isascii()) and rest[len(word) :].strip():
            return rest[len(word) :].strip()
    return rest


def the_same_with(text: str, roles: Roles) -> str:
    """What follows ``do the same with``; empty when it does not begin so."""
    said = _begun(text.strip(), roles.get("openers", ()))
    for word in sorted(roles.get("same_with", ()), key=len, reverse=True):
        if said.lower().startswith(word) and (not word.isascii() or said[len(word) :][:1] == " "):
            return re.sub(
                r"也?(做|进行|执行|来)(一样|同样|相同)的?(事情?|操作|动作|处理)[。！!]*$", "", said[len(word) :]
            ).strip()
    return ""


def _begun(said: str, openers: list[str]) -> str:
    """``OK, great, now the same …``: without the words that only begin a turn."""
    while word := next((w for w in openers if said.lower().startswith((w + " ", w + ",", w + "!", w + "."))), None):
        said = said[len(word) :].lstrip(PAUSES)
    return said


def the_better(text: str, roles: Roles) -> str:
    """What stands before ``would be better``, hesitation left out; empty when it does not end so."""
    said = text.strip().rstrip(" .。!！")
    for word in sorted(roles.get("better", ()), key=len, reverse=True):
        if said.lower().endswith(" " + word):
            head = said[: -len(word)].strip(PAUSES)
            while hum := next((h for h in (*roles.get("hums", ()), "actually", "i think", "maybe", "perhaps", "now") if head.lower().startswith((h + " ", h + ","))), None):  # fmt: skip
                head = head[len(hum) :].lstrip(PAUSES)
            return after_no(head, roles) or head
    for word in roles.get("rather", ()):
        if said.lower().startswith(word + " "):
            return said[len(word) :].strip(PAUSES)
    return ""


def put_elsewhere(earlier: Instruction, rest: str, language: str, read: Reader) -> Instruction | None:
    """The last placement with the place that is now said instead; ``it`` in that is where the thing was to go at first."""
    zh = language == "zh"
    for way in ("把它放", "把它放到") if zh else ("put it ", "put it in "):
        told = read(way + rest)
        act, last = (told.acts[0] if isinstance(told, Instruction) else None), earlier.acts[-1]
        if not (
            isinstance(told, Instruction) and len(told.acts) == 1 and isinstance(act, Put) and isinstance(last, Put)
        ):
            continue
        before = last.readings[0][-1]
        mark = before.spots[-1].reference if before.spots else None
        spots = tuple(replace(s, reference=mark) if _is_it(s.reference) and mark is not None else s for s in act.readings[0][0].spots)  # fmt: skip
        many = len(before.things) > 1 or any(t.many for t in before.things)
        them = Thing(text="them", pronoun="them", quantity="all") if many else IT
        return replace(told, acts=(Put(((Transfer((them,), spots),),), rest),))
    return None


def _is_it(reference: object) -> bool:
    return isinstance(reference, Thing) and reference.pronoun == "it"


def without_thanks(said: str, roles: Roles) -> str:
    """``… as well, please``: what is only polite at the end left out."""
    while word := next((w for w in roles.get("polite", ()) if said.endswith((" " + w, "," + w))), None):
        said = said[: -len(word)].rstrip(PAUSES)
    return said


def says_more(text: str, roles: Roles) -> bool:
    """``and the green one too``: the same is to be done with something else."""
    said = without_thanks(text.strip().lower().rstrip(" .。!！"), roles)
    begun = re.split(r"[\s,.!]+", said[: len(said) - len(_begun(said, roles.get("openers", ())))])  # "good, next: …"
    more = roles.get("more", ())
    return bool(set(begun) & set(more)) or any(said.endswith(w) or said.startswith(w if not w.isascii() else w + " ") for w in more)  # fmt: skip


def look_alone(text: str, roles: Roles) -> str:
    """``green too``, ``and yellow``: the one word that is added; empty where more is said, or nothing is added."""
    if not text.isascii() or not says_more(text, roles):
        return ""
    said = _begun(without_thanks(text.strip().lower().rstrip(" .!"), roles), roles.get("openers", ()))
    for word in sorted(roles.get("more", ()), key=len, reverse=True):
        said = said.removesuffix(" " + word).removeprefix(word + " ")
    return said if said.isalpha() and 3 <= len(said) <= 9 else ""


def again(repeat: Repeat, briefing: Briefing, read: Reader) -> Instruction | NotUnderstood | None:
    """What was asked for last, once more; or the same way a little farther. None when nothing was."""
    for turn in reversed(briefing.dialogue):
        earlier = read(turn.says) if turn.who == "person" else None
        if not isinstance(earlier, Instruction) or isinstance(earlier.acts[-1], Question | Repeat | Bare):
            continue
        if repeat.distance_m is None:
            return earlier
        act = earlier.acts[-1]
        match act:
            case Put(told) if told[0][-1].spots and told[0][-1].spots[-1].relation in MEASURED:
                spot = _gone_on(told[0][-1].spots[-1], repeat)
                return replace(earlier, acts=(Put(((Transfer((IT,), (spot,)),),), repeat.text),), links=())
            case Do(skill, items, spots) if (way := _one_way(items, spots, repeat.text)) and way.relation in MEASURED:
                spot = _gone_on(way, repeat)
                return replace(earlier, acts=(Do(skill, (Item(IT),), (spot,), repeat.text),), links=())
        return NotUnderstood("which_part", repeat.text, earlier.language)
    return None


OPPOSITE = {"left": "right", "right": "left", "front": "behind", "behind": "front"}


def _gone_on(spot: Spot, repeat: Repeat) -> Spot:
    """The same way, so much farther; or as far back."""
    far = repeat.distance_m or 0.0
    if far > 0:
        return replace(spot, distance_m=far, text=repeat.text)
    relation = {"nearer": "farther", "farther": "nearer"}.get(spot.relation, spot.relation)
    side = OPPOSITE.get(spot.direction or "", spot.direction)
    return replace(spot, relation=relation, direction=side, distance_m=-far, text=f"{spot.text} {repeat.text}")


def _ways(items: tuple[Item, ...], spots: tuple[Spot, ...]) -> list[Spot]:
    return [*(s for i in items for g in i.groups for s in g), *spots]


def _one_way(items: tuple[Item, ...], spots: tuple[Spot, ...], text: str) -> Spot | None:
    """``往左推五厘米``: which way and how far, as one; else the last that was said."""
    ways = _ways(items, spots)
    try:
        return joined(ways, text) if len(ways) > 1 else next(iter(ways), None)
    except Misread:
        return ways[-1]


def placed_without_verb(reading: Instruction | NotUnderstood) -> Instruction | NotUnderstood:
    """``salt to the left of the pepper, please``: where nothing was asked, what stands without a verb says what goes where."""
    if not isinstance(reading, Instruction) or not isinstance(reading.acts[0], Bare):
        return reading
    items = reading.acts[0].items
    if not items or not items[-1].groups:
        return reading
    if len(items) > 1 and any(t.pronoun for t in things_in(items[1:])):  # "the can by the cup and the ball left of it"
        return reading
    last = items[-1].groups[-1][-1]
    if (
        last.describes
        or last.relation
        not in (
            "in",
            "on",
            "beside",
            "at_distance",
            "between",
            "corner",
            "middle",
            "to",
            "there",
            *(["top"] if _ON_THAT.search(reading.text) else []),
        )
        or reading.text.rstrip().endswith("?")
        or _TOWARDS.search(last.text)
    ):
        return reading
    try:
        put = Put(readings(items), reading.acts[0].text)
    except Misread:
        return reading
    return replace(reading, acts=(put,))
