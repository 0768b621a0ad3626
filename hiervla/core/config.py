"""Every setting, documented where it is defined. Files (``hiervla.toml``) and ``--set a.b=c`` fill it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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


class Settings(BaseModel):
    """All settings of a mission."""

    model_config = ConfigDict(extra="forbid")

    scene: str = "tabletop"
    """Scene to run in when none is named."""
    robot: str | None = None
    """Simulated arm to use instead of the scene's own: panda, iiwa, or a dotted path ``package.module:MODEL``."""
    brain: str = "grammar"
    """grammar, scripted, or a dotted path ``package.module:Class``."""
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
