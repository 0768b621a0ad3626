"""Scenarios in a scene file: what is said, what goes wrong, what must be true in the end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hiervla.sim.forms import Form, LightSpec, SensorSpec

_WITHIN_M = {"opened": 0.06}
"""``within_m`` where it is left out and the usual 0.14 makes no sense."""


class DisturbanceSpec(Form):
    """Something that happens to the world while the robot is at work."""

    do: Literal["move", "knock", "remove", "push", "add", "swap", "block", "open", "close", "noise", "light"]
    """move: lift it to another free spot; knock: out of the gripper; remove: take it away; push: shove it where it stands;
    add: bring in a spare body; swap: a spare takes its place; block: a spare is put onto or into it; open, close: somebody pulls
    or pushes a drawer or slider, to its end; noise: ``sensor`` from now on; light: ``light`` from now on."""
    body: str = ""
    """The body it is done to; noise and light are done to none."""
    spare: str | None = None
    """The spare body that a swap or a block brings in."""
    when: Literal["approach", "grasped", "carry", "time", "placed", "opened"] = "approach"
    """approach: the open hand comes within ``within_m`` of it; grasped: it has left its support; carry: it is held
    ``within_m`` above the table or more; time: at ``at_s``; placed: it was let go again; opened: this drawer or slider is out by
    ``within_m`` or more."""
    of: str | None = None
    """The body that ``when`` speaks of; left out: ``body``."""
    within_m: float = Field(default=0.14, ge=0)
    """Left out: 0.14, and 0.06 for ``opened``."""
    at_s: float = 0.0
    by: tuple[float, float] | None = None
    """Moved by this (x, y), metres; left out: to a free random spot in reach."""
    to: tuple[float, float] | None = None
    """Where an added or moved body is put, x, y; left out: at a free random spot."""
    sensor: SensorSpec | None = None
    """What noise changes; what is left out stays as it was."""
    light: LightSpec | None = None
    """What light changes; what is left out stays as it was."""
    times: int = Field(default=1, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("when") in _WITHIN_M and "within_m" not in data:
            return data | {"within_m": _WITHIN_M[data["when"]]}
        return data

    @model_validator(mode="after")
    def _whole(self) -> DisturbanceSpec:
        wants = {"swap": "spare", "block": "spare", "noise": "sensor", "light": "light"}.get(self.do)
        if wants is not None and getattr(self, wants) is None:
            raise ValueError(f"{self.do} needs {wants} = …")
        if self.do not in ("noise", "light") and not self.body:
            raise ValueError(f"{self.do} needs body = …")
        if self.when != "time" and not self.watched:
            raise ValueError(f"when = {self.when!r} of which body? write of = …, or when = 'time'")
        return self

    @property
    def watched(self) -> str:
        """The body whose state is the trigger."""
        return self.of or self.body


class ExpectSpec(Form):
    """What must be true in the end, judged by the simulator's truth."""

    status: tuple[str, ...] = ("done",)
    """Statuses that are right."""
    goals: tuple[str, ...] = ()
    """``in red_cube blue_bowl``; ``moved cube 0.10 left``; ``pressed button``; see docs/scenes.md for all."""
    still: tuple[str, ...] = ()
    """Bodies that must not have been moved by more than 3 cm."""


class ScenarioSpec(Form):
    """Scripted instructions over time, disturbances, and what is expected."""

    name: str
    say: tuple[str, ...] = Field(min_length=1)
    """Instructions, one mission each, in the same world."""
    disturb: tuple[DisturbanceSpec, ...] = ()
    expect: ExpectSpec = ExpectSpec()
