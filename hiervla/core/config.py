"""Every setting, documented where it is defined. Files (``hiervla.toml``) and ``--set a.b=c`` fill it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hiervla.core.briefing import Budgets
from hiervla.core.errors import SetupError, unknown
from hiervla.core.misfit import misfit

TABLES = ("settings",)
"""Tables of a ``hiervla.toml``."""


class ChunkSettings(BaseModel):
    """How many actions of each chunk are executed before looking again."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["adaptive", "fixed"] = "adaptive"
    length: int = Field(default=8, ge=1, le=16)
    """Actions per chunk in fixed mode."""
    interrupt: bool = True
    """End a chunk early when what is sensed parts from what was predicted."""
    interrupt_m: float = Field(default=0.02, gt=0)
    """Tracking error of the hand that ends a chunk, metres."""


class ChatSettings(BaseModel):
    """How a chat model is asked. Keys are read from the environment by the provider's package, and from nowhere else."""

    model_config = ConfigDict(extra="forbid")

    base_url: str = ""
    """Where the model is served, such as ``http://localhost:8000/v1``; unset, the provider's own address."""
    temperature: float | None = Field(default=0.0, ge=0)
    """Sent with every request; ``none`` sends nothing, for models that refuse it."""
    image_px: int = Field(default=768, ge=0)
    """Longest side of an image that is sent, pixels; 0 sends none."""
    max_tokens: int = Field(default=4096, gt=0)
    """Longest reply."""
    replies: Literal["auto", "tools", "schema", "text"] = "auto"
    """How the model answers: by calling functions, by a JSON schema, by JSON in its text; auto steps down as the server refuses."""
    stream: bool | None = None
    """Read replies as they are written, so that they can be followed and one that breaks off is noticed sooner; unset, at a terminal only."""
    timeout_s: float = Field(default=60.0, gt=0)
    """Longest time for one request, from sending it to its last byte, seconds."""
    patience_s: float = Field(default=120.0, ge=0)
    """How long a busy or broken server is asked again before the brain is given up as lost, seconds."""
    most_steps: int = Field(default=40, gt=0)
    """Steps of a plan; more goes back."""
    most_questions: int = Field(default=12, gt=0)
    """Answers of tools on one look, after which the model has to decide."""
    examples: int = Field(default=2, ge=0)
    """Past missions that went well and are most like the instruction, shown to the model; 0 shows none."""
    examples_from: str = ""
    """Folder of runs that examples are taken from; unset, the one that runs are left in."""
    price_in: float = Field(default=0.0, ge=0)
    """Price of a million tokens sent."""
    price_out: float = Field(default=0.0, ge=0)
    """Price of a million tokens got."""

    @field_validator("base_url")
    @classmethod
    def _whole(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/]", value):
            raise ValueError(f"{value!r} is no address: write http://HOST:PORT/v1, or https://…")
        return value

    @field_validator("temperature", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        return None if value == "none" else value


class LocalSettings(BaseModel):
    """How weights on this machine are run. What they are asked, and how often, is said in ``chat``, as for any model."""

    model_config = ConfigDict(extra="forbid")

    device: str = "auto"
    """cpu, cuda, cuda:1, mps …; auto: the first accelerator there is, else the processor."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Numbers the weights are kept in; auto: the checkpoint's own on an accelerator, float32 on the processor."""
    seed: int = 0
    """Of what is drawn where ``chat.temperature`` is above 0: the same briefing and seed bring the same reply."""
    timeout_s: float = Field(default=300.0, gt=0)
    """Longest time for one reply, seconds; in place of ``chat.timeout_s``."""
    constrained: bool = True
    """Let only valid replies be written: the forms, skills, tools and names that the mission has. Off to see what weights do alone."""


class VerifySettings(BaseModel):
    """Who else is asked whether a step was done, once the sensors have seen it done."""

    model_config = ConfigDict(extra="forbid")

    second_opinion: str = ""
    """``chat:PROVIDER:MODEL`` of a model that reads pictures, or ``brain`` for the mission's own chat model; unset, nobody is asked."""
    base_url: str = ""
    """Where that model is served; unset, as ``chat.base_url``."""
    timeout_s: float = Field(default=30.0, gt=0)
    """Longest wait for one opinion, all tries included, seconds; then the sensors' verdict stands."""
    most_overrules: int = Field(default=1, ge=0)
    """How often an opinion may turn the sensors' yes about one and the same step into a no; 0: it is only told."""


class Settings(BaseModel):
    """All settings of a mission."""

    model_config = ConfigDict(extra="forbid")

    scene: str = "tabletop"
    """Scene to run in when none is named."""
    robot: str | None = None
    """Simulated arm to use instead of the scene's own: panda, iiwa, or a dotted path ``package.module:MODEL``."""
    brain: str = "grammar"
    """grammar, ``chat:PROVIDER:MODEL``, ``local:FOLDER_OR_ID``, ``scripted:FILE``, or a dotted path ``package.module:Class``."""
    fallback: str = ""
    """Brain that takes over where ``brain`` is lost in mid-mission; unset, the mission then ends."""
    second_reading: Literal["auto", "on", "strict", "off"] = "auto"
    """Hold every thought against the grammar's own reading of the instruction; auto: for chat and local brains; strict: and do nothing that it does not read."""
    detector: str = ""
    """What looks for things by names that nobody told (docs/perception.md): ``owlv2:FOLDER``, ``grounding-dino:FOLDER``,
    ``vlm:PROVIDER:MODEL?points=CONVENTION``, or a dotted path ``package.module:Class``; unset, such names are asked about."""
    think_ahead: bool = False
    """Let a chat brain think about what comes after a plan's last step while the arm is at it; used only if all comes as foreseen."""
    policy: str = "servo"
    """Policy that executes skills unless ``policies`` names another. Several, by commas: the first that covers a task runs it."""
    policies: dict[str, str] = Field(default_factory=dict)
    """Skill → policy, for skills that should run on another one."""
    mapping: str = ""
    """File that says how a foreign checkpoint sees and acts (docs/policies.md)."""
    mappings: dict[str, str] = Field(default_factory=dict)
    """Policy → its own mapping file, where several foreign checkpoints are used."""
    runs: str = "runs"
    """Folder that run folders are written to."""
    video: bool = True
    """Write a video of the run."""
    speaker: Literal["", "beside", "facing"] = ""
    """From where you look on: beside the robot (your left is its left) or facing it. Unset, “to my left” is asked about."""
    approve: Literal["never", "risky", "always"] = "never"
    """Which steps wait for a person's yes."""
    chat: ChatSettings = Field(default_factory=ChatSettings)
    """How a chat model is asked."""
    local: LocalSettings = Field(default_factory=LocalSettings)
    """How a model on this machine is run."""
    verify: VerifySettings = Field(default_factory=VerifySettings)
    """A second opinion on what the sensors saw done."""
    chunk: ChunkSettings = Field(default_factory=ChunkSettings)
    budgets: Budgets = Field(default_factory=Budgets)


def load_settings(path: Path | None = None, sets: tuple[str, ...] = ()) -> Settings:
    """Settings from a ``hiervla.toml`` (its ``[settings]`` table) with ``key=value`` changes on top.

    Raises:
        SetupError: the file or a change does not fit; says which key and what is allowed.
    """
    data: dict[str, Any] = {}
    if path is not None and path.is_file():
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as e:  # no TOML, or no UTF-8
            raise SetupError(f"{path}: {e}") from e
        for table in tables:
            if table not in TABLES:
                raise unknown(f"table in {path}:", table, TABLES)
        data = tables.get("settings", {})
        if not isinstance(data, dict):
            raise SetupError(f"{path}: settings is not a table: write [settings] and its keys under it")
    for change in sets:
        key, eq, text = change.partition("=")
        if not eq or not key.strip():
            raise SetupError(f"--set {change!r}: write key=value, for example --set chunk.mode=fixed")
        at = data
        *parents, last = key.strip().split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
            if not isinstance(at, dict):
                raise SetupError(f"--set {change!r}: {parent} is not a table")
        at[last] = _value(text.strip())
    try:
        return Settings.model_validate(data)
    except ValidationError as e:
        raise SetupError(f"settings{f' in {path}' if path else ''}: {misfit(e, Settings)}") from e


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
