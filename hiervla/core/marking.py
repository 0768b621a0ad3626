"""What a person marks in a picture of the scene: a box or a click with a name, and how instructions speak of it."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, field_validator

from hiervla.core.errors import SetupError
from hiervla.core.world import Pointed, World

_OBJECT = r"(?:objects?|things?|items?|ones?|parts?|stuff)"
_ZH_OBJECT = r"(?:物体|东西|物品|那个|这个|那件|零件)"
_THIS = rf"(?:this|that)(?: {_OBJECT})?|it|the {_OBJECT}"
_INSIDE = (
    r"(?:(?:that is|that's|which is|marked|labelled|labeled) )?(?:in(?:side)?(?: of)?|within|under|at|by|with|as)?"
)
_ZH_INSIDE = r"(?:里面|里边|里头|里|中|内|上|标出|圈出|框住|标记)?(?:的)?"
_ZH_THIS = r"这个|那个|这|那|它"
_HERE = r"(?:over )?(?:here|there)"
_ZH_HERE = r"这里|那里|这儿|那儿"


class Mark(BaseModel):
    """A box or a click in the look picture of the cell's fixed camera, and what the person calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    box: tuple[float, float, float, float]
    """x0 y0 x1 y1, pixels from the upper left; for a click the same point twice."""
    also: tuple[str, ...] = ()
    """Other names for it."""

    @field_validator("name")
    @classmethod
    def _speakable(cls, name: str) -> str:
        if not (said := " ".join(name.split())):
            raise ValueError("a mark needs a name")
        return said

    @classmethod
    def parse(cls, text: str) -> Mark:
        """A mark from ``name=x,y`` or ``name=x0,y0,x1,y1``.

        Raises:
            SetupError: it is neither; says how a mark is written.
        """
        name, _, numbers = text.rpartition("=")
        try:
            at = [float(n) for n in numbers.split(",")]
        except ValueError:
            at = []
        if not name.strip() or len(at) not in (2, 4):
            raise SetupError(
                f"--mark {text!r} is no mark: write NAME=X,Y or NAME=X0,Y0,X1,Y1 in pixels of the look picture"
            )
        x0, y0, x1, y1 = at if len(at) == 4 else (*at, *at)
        return cls(name=name, box=(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))


class Drawing(BaseModel):
    """A copy of the look picture with boxes drawn on it: each is a mark by the colour of its pen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str


def in_plain_words(text: str, world: World) -> str:
    """An instruction with what was marked named as the scene names it: marked things by their id, places as zones.

    ``put this (red box) there (green box)`` becomes ``put red_cube_1 in green box``; names that were not marked stay as they are.
    """
    for mark in sorted(world.marks, key=lambda m: -len(m.name)):
        for name in (mark.name, *mark.also):
            text = _said(text, name, mark, world)
    return text


def _said(text: str, plain: str, mark: Pointed, world: World) -> str:
    name, latin, object_id = re.escape(plain), plain.isascii(), mark.id
    word = rf"(?<![A-Za-z0-9_]){name}(?![A-Za-z0-9_])" if latin else name
    brackets = rf"\s*[(（\[]\s*(?:the )?{name}\s*[)）\]]"
    if object_id is None:
        text = re.sub(rf"(?:(?:in|on|to|at) )?(?:{_HERE}){brackets}", f"in {mark.name}", text, flags=re.I)
        text = re.sub(rf"(?:{_ZH_HERE}){brackets}", mark.name, text)
        text = re.sub(rf"{brackets}", f" {mark.name}", text, flags=re.I)
        return text if plain == mark.name else re.sub(word, mark.name, text, flags=re.I)
    into = _into(object_id, world)
    here = [
        (rf"(?:(?:in|on|to|at) )?(?:{_HERE}){brackets}", f"{into} {object_id}"),
        (rf"(?:{_ZH_HERE}){brackets}", f"{object_id}{'里' if into == 'in' else '上'}"),
        (rf"(?:{_THIS}|{_ZH_THIS}){brackets}", object_id),
        (rf"{brackets}", f" {object_id}"),
        (rf"(?:the |this |that )?{_OBJECT} {_INSIDE} ?(?:the |a |my )?{word}", object_id),
        (rf"{word}{_ZH_INSIDE}{_ZH_OBJECT}", object_id),
    ]
    for pattern, said in here:
        text = re.sub(pattern, said, text, flags=re.I)
    # By its bare name: a single letter only as a capital within a sentence, for “a cube” and “A cube” are no marks.
    if len(plain) == 1 and latin:
        return re.sub(rf"(?<=\S)(\s*){word}", rf"\1{object_id}", text)
    if latin:
        return re.sub(rf"(?:the |my )?{word}", object_id, text, flags=re.I)
    return re.sub(rf"{word}(?=$|[\s,.，。；！？的里上旁到放中内左右前后进在])", object_id, text)


def _into(object_id: str, world: World) -> str:
    d = world.objects.get(object_id)
    return "in" if d is not None and d.hollow else "on"
