"""Answers of vision-language models read to the letter of their convention: boxes and points in pixels of our picture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hiervla.core.errors import DetectorFault
from hiervla.perception.naming.conventions import CONVENTIONS, Convention
from hiervla.perception.naming.found import Box

LONGEST = 20_000
"""Characters of an answer; a longer one runs away."""
MOST = 50
"""Places in one answer."""
_QUOTED = 120
_HUGE = 1e6
"""No coordinate in any convention comes near this; NaN and infinity fail the comparison too."""
_NONE = re.compile(r"(there (is|are) none|none|no \w+ found|not found)\W*", re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
_QWEN2 = re.compile(
    r"\(\s*(\d+(?:\.\d+)?)\s*,\s*(\d+(?:\.\d+)?)\s*\)\s*,\s*\(\s*(\d+(?:\.\d+)?)\s*,\s*(\d+(?:\.\d+)?)\s*\)"
)
_MOLMO = re.compile(r"<points?\s([^>]*)>")
_MOLMO_NUMBER = re.compile(r"\b([xy])(\d*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_FIRST_OFFS = 40
"""Places in an answer's prose where a JSON value is tried."""


class MalformedAnswer(DetectorFault):
    """An answer that is not written as its convention says; names the convention and quotes the place."""


@dataclass(frozen=True, slots=True)
class Places:
    """What an answer says, in pixels of a picture (width, height); a point has a box without width and height."""

    boxes: tuple[Box, ...]
    notes: tuple[str, ...] = ()


def read_answer(text: str, c: Convention, sent: tuple[int, int], ours: tuple[int, int]) -> Places:
    """Every place that an answer names, in pixels of our own picture.

    Markdown fences, prose around the JSON and what a model thinks aloud (``<think>``) are passed over; nothing else is forgiven. Places outside the picture are
    left out, boxes that reach over its edge are cut off there, and both are noted.

    Args:
        text: the model's whole answer.
        c: the convention it was asked to keep to.
        sent: width and height of the picture it was sent, pixels.
        ours: width and height of the picture that the places are wanted in.

    Raises:
        MalformedAnswer: it is not written as the convention says.
    """
    if len(text) > LONGEST:
        raise _malformed(c, f"it is {len(text)} characters long", text)
    text = text.rpartition("</think>")[2]
    raw = {"json": _json, "qwen2_tags": _qwen2, "molmo_tags": _molmo}[c.form](text, c)
    if len(raw) > MOST:
        raise _malformed(c, f"it names {len(raw)} places", text)
    full = (c.full, c.full) if c.full is not None else (float(sent[0]), float(sent[1]))
    boxes: list[Box] = []
    notes: list[str] = []
    for said in raw:
        numbers = [n * ours[k % 2] / full[k % 2] for k, n in enumerate(said)]
        x0, y0, x1, y1 = numbers if len(numbers) == 4 else [*numbers, *numbers]
        point = len(said) == 2
        if not point and (x1 <= x0 or y1 <= y0):
            raise _malformed(c, f"the box {_plain(said)} has no inside", text)
        if x1 < 0 or y1 < 0 or x0 >= ours[0] or y0 >= ours[1]:
            notes.append(
                f"{'a point' if point else 'a box'} lies outside the picture, and was left out: {_plain(said)}"
            )
            continue
        cut = (max(0.0, x0), max(0.0, y0), min(float(ours[0]), x1), min(float(ours[1]), y1))
        if cut != (x0, y0, x1, y1):
            notes.append(f"a box reaches over the picture's edge, and was cut off there: {_plain(said)}")
        boxes.append(cut)
    return Places(tuple(boxes), tuple(notes))


def _json(text: str, c: Convention) -> list[list[float]]:
    """Numbers as x, y or x0, y0, x1, y1 of each object in the answer's JSON list, still on the convention's scale."""
    value = _first_value(text, c)
    rows = value if isinstance(value, list) else [value]
    found = []
    for row in rows:
        if not isinstance(row, dict):
            raise _malformed(c, f"{row!r} is no object with {c.box_key!r} or {c.point_key!r}", text)
        keys = [k for k in (c.box_key, c.point_key) if k in row]
        if len(keys) != 1:
            raise _malformed(c, _wrong_keys(row, c), text)
        wanted = 4 if keys[0] == c.box_key else 2
        numbers = row[keys[0]]
        if not isinstance(numbers, list) or len(numbers) != wanted or not all(map(_is_number, numbers)):
            raise _malformed(c, f"{keys[0]} is not {wanted} numbers: {numbers!r}", text)
        given = [float(n) for n in numbers]
        if c.y_first:
            given = [given[k ^ 1] for k in range(wanted)]
        found.append(given)
    return found


def _first_value(text: str, c: Convention) -> Any:
    """The first JSON list or object in a fence, or else in the prose.

    Raises:
        MalformedAnswer: there is none, or it breaks off.
    """
    empty = False
    other: list[Any] = []
    for part in [*_FENCE.findall(text), text]:
        for at in [m.start() for m in re.finditer(r"[\[{]", part)][:_FIRST_OFFS]:
            try:
                value, _ = json.JSONDecoder(parse_constant=lambda name: name).raw_decode(part, at)
            except (json.JSONDecodeError, RecursionError):
                if re.match(r"[\[{]\s*[\[{\"]", part[at:]):
                    break  # it is meant as JSON and broken: what stands inside it is not the answer
                continue
            if isinstance(value, dict) or any(isinstance(v, dict) for v in value):
                return value
            empty, other = empty or not value, other or value  # prose may hold a list too; the answer comes after it
    if empty and not other:
        return []
    raise _malformed(
        c, "there is no whole JSON list in it" if not other else f"a list of objects was expected: {other}", text
    )


def _wrong_keys(row: dict[str, Any], c: Convention) -> str:
    """What is wrong with an object's keys, and whose they are where they are another convention's."""
    others = [o.name for o in CONVENTIONS.values() if o.box_key != c.box_key and {o.box_key, o.point_key} & row.keys()]
    hint = f"; that is how models answer whose points={' or points='.join(others)}" if others else ""
    return f"one of {c.box_key!r} and {c.point_key!r} was expected in {str(row)[:_QUOTED]}{hint}"


def _qwen2(text: str, c: Convention) -> list[list[float]]:
    """``(x0,y0),(x1,y1)`` pairs; the tags around them are often taken away by the server."""
    found = [[float(n) for n in m.groups()] for m in _QWEN2.finditer(text)]
    return found or _nothing(text, c, "no (x0,y0),(x1,y1) stands in it")


def _molmo(text: str, c: Convention) -> list[list[float]]:
    """Points of every tag, in the order of their numbers."""
    tags = [m[1] for m in _MOLMO.finditer(text)]
    if not tags:
        return _nothing(text, c, "no <point …> stands in it")
    return [point for tag in tags for point in _molmo_tag(tag, text, c)]


def _molmo_tag(tag: str, text: str, c: Convention) -> Iterator[list[float]]:
    told: dict[str, dict[str, float]] = {}
    for axis, number, double, single in _MOLMO_NUMBER.findall(re.sub(r"\balt\s*=\s*(\"[^\"]*\"|'[^']*')", "", tag)):
        try:
            value = float(double or single)
        except ValueError:
            raise _malformed(c, f"{axis}{number} is no number: {double or single!r}", text) from None
        if not abs(value) < _HUGE or axis in told.get(number, {}):
            raise _malformed(c, f"{axis}{number} is no number, or stands there twice", text)
        told.setdefault(number, {})[axis] = value
    if not told or any(set(p) != {"x", "y"} for p in told.values()):
        raise _malformed(c, "a point lacks its x or its y", text)
    for number in sorted(told, key=lambda n: int(n or 0)):
        yield [told[number]["x"], told[number]["y"]]


def _nothing(text: str, c: Convention, otherwise: str) -> list[list[float]]:
    """No places, where the answer says so in the words it was asked for; else it is malformed."""
    if _NONE.fullmatch(text.strip()):
        return []
    raise _malformed(c, otherwise, text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE


def _plain(numbers: Sequence[float]) -> str:
    return f"({', '.join(f'{n:g}' for n in numbers)})"


def _malformed(c: Convention, why: str, text: str) -> MalformedAnswer:
    said = " ".join(text.split())[:_QUOTED]
    return MalformedAnswer(
        f"the answer is not as {c.name} writes places: {why[: 2 * _QUOTED]}; it begins with {said!r}"
    )
