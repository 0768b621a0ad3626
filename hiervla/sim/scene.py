"""What a scene file may say. A person writes one in five minutes; mistakes are answered with their line."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hiervla.core.errors import SetupError
from hiervla.core.misfit import says
from hiervla.core.task import Limits
from hiervla.core.vocabulary import Inventory
from hiervla.core.world import Zone
from hiervla.sim.answer import parse_answer
from hiervla.sim.body_spec import BodySpec
from hiervla.sim.expectation import parse_alternatives
from hiervla.sim.forms import CameraSpec, Form, LightSpec, SensorSpec, TableSpec
from hiervla.sim.script import DisturbanceSpec, ExpectSpec, ScenarioSpec, TurnSpec
from hiervla.sim.toml_lines import line_of

__all__ = [
    "BodySpec", "CameraSpec", "DisturbanceSpec", "ExpectSpec", "LightSpec", "ScenarioSpec", "Scene", "SensorSpec", "TableSpec", "TurnSpec", "load_scene",
]  # fmt: skip
RESERVED = ("table", "edge", "left", "right", "front", "behind")
"""Words of expectations that no body may bear."""


class Scene(Form):
    """A world, its robot and cameras, what a person would have told about it, and scripted runs in it."""

    name: str
    doc: str = ""
    robot: str = "panda"
    table: TableSpec = TableSpec()
    camera: tuple[CameraSpec, ...] = Field(default=(CameraSpec(),), min_length=1)
    """The first one is looked with."""
    sensor: SensorSpec = SensorSpec()
    light: LightSpec = LightSpec()
    limits: Limits = Limits()
    body: tuple[BodySpec, ...] = ()
    region: tuple[float, float, float, float] = (0.32, -0.30, 0.68, 0.30)
    """Where bodies without a place of their own are put: x0, y0, x1, y1."""
    apart_m: float = 0.035
    """Free space kept between bodies placed at random."""
    inventory: tuple[Inventory, ...] = ()
    zone: tuple[Zone, ...] = ()
    scenario: tuple[ScenarioSpec, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Scene:
        names = [b.name for b in self.body]
        for i, b in enumerate(self.body):
            if b.name in names[:i]:
                raise _at(f"two bodies are called {b.name!r}", "body", i, "name")
            if b.spare and (b.on is not None or b.at is not None):
                raise _at(
                    f"body {b.name!r} is a spare: it waits off the table, so it takes no at and no on",
                    "body",
                    i,
                    "spare",
                )
            if b.on is not None and b.on not in names[:i]:
                raise _at(f"body {b.name!r} stands on {b.on!r}, which is not listed before it", "body", i, "on")
            if b.name in RESERVED:
                raise _at(f"a body cannot be called {b.name!r}: expectations use that word", "body", i, "name")
        for kind in ("camera", "scenario", "zone"):
            known = [x.name for x in getattr(self, kind)]
            for i, name in enumerate(known):
                if name in known[:i]:
                    raise _at(f"two of kind {kind} are called {name!r}", kind, i, "name")
        for i, z in enumerate(self.zone):
            if len(z.outline) < 3:
                raise _at(f"zone {z.name!r} needs at least three corners", "zone", i, "outline")
        for i, s in enumerate(self.scenario):
            for d in s.disturb:
                if (wrong := self._wrong(d)) is not None:
                    raise _at(f"scenario {s.name!r} {wrong}", "scenario", i, "disturb")
            for n in s.expect.still:
                if n not in names:
                    raise _at(
                        f"scenario {s.name!r}: still: {n!r} is no body of this scene", "scenario", i, "expect", "still"
                    )
            for text in s.expect.goals:
                try:
                    parse_alternatives(text, names, [z.name for z in self.zone])
                except SetupError as e:
                    raise _at(f"scenario {s.name!r}: {e}", "scenario", i, "expect", "goals") from e
            self._check_turns(s, i)
        return self

    def _check_turns(self, s: ScenarioSpec, i: int) -> None:
        names, zones = [b.name for b in self.body], [z.name for z in self.zone]
        for k, t in enumerate(s.turn):
            before = [x.name for x in s.turn[:k] if x.name]
            try:
                for text in (*t.goals, *([t.given] if t.given else [])):
                    parse_alternatives(text, names, zones, before)
                for text in t.answer:
                    parse_answer(text, names, zones)
                wanted = [*t.may_move, *([t.during.watched] if t.during and t.during.when != "time" else [])]
                if strange := [n for n in wanted if n not in names]:
                    raise SetupError(f"{strange[0]!r} is no body of this scene")
                if t.name in before:
                    raise SetupError(f"an earlier turn is called {t.name!r}, too")
                if "done" in t.ends and not t.goals:
                    raise SetupError("a turn that does something needs goals = […]: what is so when it is done")
            except SetupError as e:
                raise _at(f"scenario {s.name!r}, {t.say!r}: {e}", "scenario", i, "turn", k) from e

    def _wrong(self, d: DisturbanceSpec) -> str | None:
        """What is wrong with a disturbance in this scene."""
        bodies = {b.name: b for b in self.body}
        for name in (d.body, d.of, d.spare):
            if name and name not in bodies:
                return f"disturbs {name!r}, which is no body of this scene"
        if d.do in ("open", "close") and bodies[d.body].shape not in SLIDING:
            return f"cannot {d.do} {d.body!r}: that is for {' and '.join(SLIDING)}"
        if d.when == "opened" and bodies[d.watched].shape not in SLIDING:
            return f"waits for {d.watched!r} to be opened, which is neither of {', '.join(SLIDING)}"
        brought = d.body if d.do == "add" else d.spare
        if brought and not bodies[brought].spare:
            return f"brings in {brought!r}, which is on the table from the start: give that body spare = true"
        return None


SLIDING = ("drawer", "slider")


def _at(says: str, *where: str | int) -> PydanticCustomError:
    """An error that knows which entry of the file it is about."""
    return PydanticCustomError("contradiction", "{says}", {"says": says, "where": where})


def load_scene(path: Path) -> Scene:
    """Read and validate a scene file.

    Raises:
        SetupError: the file cannot be read or does not fit; names file, line, key and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as e:
        raise SetupError(f"{path}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise SetupError(f"{path}: {e}") from e
    try:
        return Scene.model_validate({"name": path.stem, **data}, context={"folder": path.parent})
    except ValidationError as e:
        lines = []
        for d in e.errors():
            loc = d.get("ctx", {}).get("where", d["loc"])
            where = tuple(x for x in loc if not (isinstance(x, str) and ("[" in x or x in ("float", "str"))))
            line = line_of(text, where)
            lines.append(f"{path}:{line}: {'.'.join(map(str, where)) or 'scene'}: {says(d, Scene)}")
        raise SetupError("; ".join(dict.fromkeys(lines))) from e
