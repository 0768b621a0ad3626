"""A world that a person describes in a TOML file: what is there, how it looks, where it is. See docs/language.md."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hiervla.core.errors import SetupError
from hiervla.core.goal import DIRECTIONS
from hiervla.core.misfit import misfit
from hiervla.core.vocabulary import Inventory, Lexicon
from hiervla.core.world import Detection, Held, Surface, World, Zone

USUAL_CM: dict[str, tuple[float, float, float]] = {
    "bowl": (14, 14, 6), "box": (20, 16, 8), "cup": (7, 7, 9), "plate": (16, 16, 2), "ring": (6, 6, 1.5), "drawer": (18, 4, 6),
    "cabinet": (20, 16, 8.5), "button": (3.6, 3.6, 1.4), "slider": (2, 2, 4), "panel": (9, 9, 2.5),
}  # fmt: skip
"""Length, width and height where a file gives none; anything else is 4 cm each way."""
HOLLOW = ("bowl", "box", "cup", "drawer")
NO_KIND = ("tool", "part", "object", "container", "handle")
"""Words for many kinds of things, or for no thing of its own."""
FURNITURE = ("drawer", "cabinet", "button", "slider", "panel")
TRAVEL_CM = 12.0
SMALL_CM, LARGE_CM = 3.5, 7.5
"""Shorter than this is called small, longer large, where a file says neither."""
Cm = float
Length = Annotated[float, Field(gt=0)]
Pair = tuple[Cm, Cm]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Thing(_Form):
    """One object of a described world. Lengths in centimetres; the arm's base is at 0, 0, x points away from it, y to its left."""

    kind: str
    """What eyes would call it, or any word for it: ``tray`` is a box named so, ``fork`` a flat shape of that name."""
    colour: str = "unknown"
    shade: Literal["", "light", "dark"] = ""
    at_cm: Pair | None = None
    """Of its middle. A thing in or on another needs none."""
    size_cm: Length | tuple[Length, Length, Length] | None = None
    """Edge of a cube, or length, width, height."""
    size: Literal["", "small", "medium", "large"] = ""
    yaw_deg: float = 0.0
    inside: Annotated[str | None, Field(alias="in")] = None
    on: str | None = None
    name: str | None = None
    """What people call it; other names in ``also``."""
    also: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    second_colour: str | None = None
    posture: Literal["upright", "lying", "tilted"] = "upright"
    opens: Literal["left", "right", "front", "behind"] = "front"
    """Of a drawer or slider: the way it comes out or goes."""
    open_cm: Cm = 0.0
    travel_cm: Cm = TRAVEL_CM


class Region(_Form):
    """A named rectangle of the table."""

    x_cm: Pair
    y_cm: Pair
    keep_out: bool = False


class File(_Form):
    """A described world."""

    table: Region = Region(x_cm=(15, 85), y_cm=(-50, 50))
    things: dict[str, Thing]
    zones: dict[str, Region] = Field(default_factory=dict)
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A world, and the names a person would have told the robot."""

    world: World
    inventory: tuple[Inventory, ...] = ()


def read_world(path: Path, lexicon: Lexicon) -> Described:
    """The world in a TOML file, or in a JSON file that holds a ``World`` (of a run's record, for example).

    Args:
        path: the file.
        lexicon: what words its kinds may be told in.

    Raises:
        SetupError: the file cannot be read or describes no world; says what is wrong.
    """
    try:
        if path.suffix == ".json":
            return Described(World.model_validate_json(path.read_text(encoding="utf-8")))
        return described(tomllib.loads(path.read_text(encoding="utf-8")), lexicon, str(path))
    except (OSError, UnicodeDecodeError) as e:
        raise SetupError(f"cannot read {path}: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise SetupError(f"{path} is no TOML: {e}") from e
    except RecursionError as e:
        raise SetupError(f"{path} is nested too deeply to be a world") from e
    except ValidationError as e:
        first = e.errors()[0]
        raise SetupError(f"{path} is no world: {'.'.join(map(str, first['loc']))}: {first['msg']}") from e


def described(table: dict[str, Any], lexicon: Lexicon, where: str = "world") -> Described:
    """The world of a table that was read already.

    Raises:
        SetupError: it does not describe a world.
    """
    try:
        said = File.model_validate(table)
    except ValidationError as e:
        raise SetupError(f"{where}: {misfit(e, File)}") from e
    said = said.model_copy(update={"things": {i: _known(i, t, lexicon, where) for i, t in said.things.items()}})
    objects: dict[str, Detection] = {}
    for object_id in _in_order(said, where):
        for d in _seen(object_id, said.things[object_id], objects, where):
            objects[d.id] = d
    held = _held(said, objects, where)
    world = World(
        look_id="L1", objects=objects, held=held, zones={n: _zone(n, z) for n, z in said.zones.items()},
        surfaces={"table": Surface(name="table", height_m=0.0, outline=_corners(said.table))},
    )  # fmt: skip
    named = [t for t in said.things.values() if t.name]
    lines = [
        Inventory(name=t.name or "", also=t.also, looks=f"{t.colour} {t.kind}", attributes=t.attributes) for t in named
    ]
    return Described(world, tuple({line.name: line for line in lines}.values()))


def _known(object_id: str, said: Thing, lexicon: Lexicon, where: str) -> Thing:
    """The thing with a kind that eyes have; the word it was told in becomes its name where it has none."""
    kinds = {k: [k, *words] for k, words in lexicon.shapes.items() if k not in NO_KIND}
    if said.kind in kinds:
        return said
    kind = next((k for k, words in kinds.items() if said.kind in words), None)
    if kind is None:
        if near := difflib.get_close_matches(
            said.kind, [w for words in kinds.values() for w in words], n=1, cutoff=0.75
        ):
            told = f'did you mean {near[0]!r}? A thing of another kind: kind = "shape", name = {said.kind!r}'
            raise SetupError(f"{where}: things.{object_id}: no kind {said.kind!r}; {told}")
        kind = "shape"
    return said.model_copy(update={"kind": kind, "name": said.name or said.kind})


def _in_order(said: File, where: str) -> Iterator[str]:
    """Ids, each after what it rests on."""
    left = dict(said.things)
    known: set[str] = set()
    while left:
        ready = [i for i, t in left.items() if (t.inside or t.on or "table") in {"table", *known}]
        if not ready:
            i, t = next(iter(left.items()))
            raise SetupError(f"{where}: things.{i} is in or on {t.inside or t.on!r}, which is no thing of this world")
        for i in ready:
            known.add(i)
            left.pop(i)
            yield i


def _seen(object_id: str, said: Thing, objects: dict[str, Detection], where: str) -> Iterator[Detection]:
    """A thing as eyes would report it, with what it is part of."""
    length, width, height = (v / 100 for v in _size_cm(said))
    below = objects.get(said.inside or said.on or "")
    if below is None and said.at_cm is None:
        raise SetupError(f"{where}: things.{object_id}: where is it? give at_cm = [x, y], or in, or on")
    x, y = (v / 100 for v in said.at_cm) if said.at_cm else below.centre[:2]  # type: ignore[union-attr]
    bottom = 0.0 if below is None else below.bottom_z + 0.005 if said.inside else below.top_z
    across = width > length and said.kind not in FURNITURE  # sizes are along x, y and z, as places are
    across = across or (
        said.kind == "drawer" and DIRECTIONS[said.opens][1] == 0
    )  # its front is across the way it opens
    cm = max(length, width) * 100
    word = said.size or ("small" if cm < SMALL_CM else "large" if cm > LARGE_CM else "medium")
    hollow = said.kind in HOLLOW
    opening: dict[str, Any] = {}
    part_of = None
    if said.kind in ("drawer", "button", "slider"):
        part_of = f"{object_id}_{'cabinet' if said.kind == 'drawer' else 'panel'}"
        body = Thing(
            kind="cabinet" if said.kind == "drawer" else "panel",
            colour=said.second_colour or "grey",
            at_cm=(x * 100, y * 100),
        )
        yield from _seen(part_of, body, {}, where)
        if said.kind != "button":
            away = DIRECTIONS[said.opens]
            opening = {"opens": away, "opening_m": said.open_cm / 100, "travel_m": said.travel_cm / 100}
            out = 0.08 + said.open_cm / 200 if said.kind == "drawer" else said.open_cm / 100 - said.travel_cm / 200
            x, y = x + away[0] * out, y + away[1] * out
            length = max(length, said.open_cm / 100) if said.kind == "drawer" and away[0] == 0 else length
            opening["grasp_at"] = (x, y, height)
    yield Detection(
        id=object_id, label=said.kind, colour=said.colour, shade=said.shade, size_word=word, name=said.name, attributes=said.attributes,
        centre=(x, y, bottom + height / 2), size=(max(length, width), min(length, width), height), yaw=math.radians(said.yaw_deg + 90 * across),
        support=below.id if below is not None else "table", relation="in" if said.inside else "on", posture=said.posture,
        second_colour=said.second_colour if said.kind not in FURNITURE else None, part_of=part_of, fixed=said.kind in FURNITURE,
        hollow=hollow, inner_radius_m=min(length, width) * 0.44 if hollow else None, **opening,
    )  # fmt: skip


def _size_cm(said: Thing) -> tuple[Cm, Cm, Cm]:
    if isinstance(said.size_cm, tuple):
        return said.size_cm
    usual = USUAL_CM.get(said.kind, (4.0, 4.0, 4.0))
    if said.size_cm is not None:
        scale = said.size_cm / max(usual)
    else:
        scale = 1.0 if said.kind in USUAL_CM else {"small": 0.75, "large": 1.5}.get(said.size, 1.0)
    return (usual[0] * scale, usual[1] * scale, usual[2] * scale)


def _held(said: File, objects: dict[str, Detection], where: str) -> Held | None:
    if said.held is None:
        return None
    if said.held not in objects:
        raise SetupError(f"{where}: held: {said.held!r} is no thing of this world")
    objects[said.held] = objects[said.held].model_copy(update={"support": "hand", "centre": (0.4, 0.0, 0.3)})
    return Held(id=said.held, offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0.04)


def _corners(region: Region) -> tuple[tuple[float, float], ...]:
    (x0, x1), (y0, y1) = ((min(p) / 100, max(p) / 100) for p in (region.x_cm, region.y_cm))
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _zone(name: str, region: Region) -> Zone:
    return Zone(name=name, outline=_corners(region), keep_out=region.keep_out)
