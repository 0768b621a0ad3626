"""Scenarios in a scene file: what is said, what goes wrong, what must be true in the end."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from hiervla.core.events import Status
from hiervla.sim.forms import Form, LightSpec, SensorSpec

_WITHIN_M = {"opened": 0.06}
"""``within_m`` where it is left out and the usual 0.14 makes no sense."""


class MomentSpec(Form):
    """A moment while the robot is at work, told from truth."""

    when: Literal["approach", "grasped", "carry", "time", "placed", "opened"] = "approach"
    """approach: the open hand comes within ``within_m`` of it; grasped: it has left its support; carry: it is held
    ``within_m`` above the table or more; time: at ``at_s``; placed: it was let go again; opened: this drawer or slider is out by
    ``within_m`` or more."""
    of: str | None = None
    """The body that ``when`` speaks of."""
    within_m: float = Field(default=0.14, ge=0)
    """Left out: 0.14, and 0.06 for ``opened``."""
    at_s: float = 0.0

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("when") in _WITHIN_M and "within_m" not in data:
            return data | {"within_m": _WITHIN_M[data["when"]]}
        return data

    @model_validator(mode="after")
    def _of_something(self) -> MomentSpec:
        if self.when != "time" and not self.watched:
            raise ValueError(f"when = {self.when!r} of which body? write of = …, or when = 'time'")
        return self

    @property
    def watched(self) -> str:
        """The body whose state is the trigger."""
        return self.of or ""


class DisturbanceSpec(MomentSpec):
    """Something that happens to the world while the robot is at work; ``of`` left out is ``body``."""

    do: Literal["move", "knock", "remove", "push", "add", "swap", "block", "open", "close", "noise", "light"]
    """move: lift it to another free spot; knock: out of the gripper; remove: take it away; push: shove it where it stands;
    add: bring in a spare body; swap: a spare takes its place; block: a spare is put onto or into it; open, close: somebody pulls
    or pushes a drawer or slider, to its end; noise: ``sensor`` from now on; light: ``light`` from now on."""
    body: str = ""
    """The body it is done to; noise and light are done to none."""
    spare: str | None = None
    """The spare body that a swap or a block brings in."""
    by: tuple[float, float] | None = None
    """Moved by this (x, y), metres; left out: to a free random spot in reach."""
    to: tuple[float, float] | None = None
    """Where an added or moved body is put, x, y; left out: at a free random spot."""
    sensor: SensorSpec | None = None
    """What noise changes; what is left out stays as it was."""
    light: LightSpec | None = None
    """What light changes; what is left out stays as it was."""
    times: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _whole(self) -> DisturbanceSpec:
        wants = {"swap": "spare", "block": "spare", "noise": "sensor", "light": "light"}.get(self.do)
        if wants is not None and getattr(self, wants) is None:
            raise ValueError(f"{self.do} needs {wants} = …")
        if self.do not in ("noise", "light") and not self.body:
            raise ValueError(f"{self.do} needs body = …")
        return self

    @property
    def watched(self) -> str:
        """The body whose state is the trigger."""
        return self.of or self.body


class ExpectSpec(Form):
    """What must be true in the end, judged by the simulator's truth."""

    status: tuple[Status, ...] = ("done",)
    """Statuses that are right."""
    goals: tuple[str, ...] = ()
    """``in red_cube blue_bowl``; ``moved cube 0.10 left``; ``pressed button``; see docs/scenes.md for all."""
    still: tuple[str, ...] = ()
    """Bodies that must not have been moved by more than 3 cm."""


End = Literal["done", "answered", "asked", "refused", "failed", "stopped"]
"""How a turn ends: done after doing something; answered without; asked back; refused or failed; stopped half-way."""


class TurnSpec(Form):
    """One thing that is said in a conversation, and what must be true when the robot has seen to it.

    Everything is judged against the world as it was when this turn began. What neither a goal nor ``may_move`` names must not
    have moved by 3 cm since then.
    """

    say: str = Field(min_length=1)
    name: str = ""
    """For ``back BODY NAME`` in later turns."""
    during: MomentSpec | None = None
    """Said while the turn before is being carried out, at this moment of it; ``at_s`` counts from that turn's beginning."""
    ends: tuple[End, ...] = ("done",)
    """Ends that are right."""
    given: str = ""
    """Of a condition: what must truly hold when the turn begins. When it does not, right is to answer, ask or refuse and to move nothing."""
    goals: tuple[str, ...] = ()
    """As in ``expect``; ``moved`` and the like compare with the beginning of this turn. Not all may have held before."""
    answer: tuple[str, ...] = ()
    """What the answer must say, by truth: ``counts cube in blue_bowl``; see docs/scenes.md for all."""
    may_move: tuple[str, ...] = ()
    """Further bodies that may move."""


class ScenarioSpec(Form):
    """Scripted instructions over time, disturbances, and what is expected."""

    name: str
    say: tuple[str, ...] = Field(default=(), min_length=1)
    """Instructions, one mission each, in the same world, judged together in the end."""
    turn: tuple[TurnSpec, ...] = Field(default=(), min_length=1)
    """Instead of ``say`` and ``expect``: a conversation, judged turn by turn."""
    disturb: tuple[DisturbanceSpec, ...] = ()
    expect: ExpectSpec = ExpectSpec()

    @model_validator(mode="after")
    def _one_way(self) -> ScenarioSpec:
        if bool(self.say) == bool(self.turn):
            raise ValueError("a scenario needs either say = […] or [[scenario.turn]] tables")
        if self.turn and self.expect != ExpectSpec():
            raise ValueError("in a conversation every turn has its own expectations: leave expect out")
        if self.turn and self.turn[0].during is not None:
            raise ValueError("the first turn cannot be said during the one before")
        return self
