"""Words as data: what the function words do, and what the brain says in each language. Read from prompts/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hiervla.brain.grammar.rewriting import Rewrites
from hiervla.brain.grammar.rules import Tables
from hiervla.core.errors import SetupError, unknown
from hiervla.core.misfit import misfit
from hiervla.core.toml_file import read_toml

BUNDLED = (
    "grammar.words.toml",
    "grammar.talk.toml",
    "grammar.verbs.toml",
    "grammar.speech.toml",
    "grammar.says.toml",
    "grammar.zh.toml",
    "grammar.chat.toml",
    "grammar.en.toml",
    "grammar.daily.toml",
    "grammar.everyday.toml",
    "grammar.rewrites.en.all_walks.toml",
    "grammar.rewrites.en.answer.toml",
    "grammar.rewrites.en.classroom.toml",
    "grammar.rewrites.en.counter.toml",
    "grammar.rewrites.en.everyday.toml",
    "grammar.rewrites.en.homely.toml",
    "grammar.rewrites.en.question.toml",
    "grammar.rewrites.en.recast.toml",
    "grammar.rewrites.en.spoken.toml",
    "grammar.rewrites.en.told.toml",
    "grammar.rewrites.en.toml",
    "grammar.rewrites.en.usual.toml",
    "grammar.rewrites.en.various.toml",
    "grammar.rewrites.zh.all_walks.toml",
    "grammar.rewrites.zh.answer.toml",
    "grammar.rewrites.zh.aside.toml",
    "grammar.rewrites.zh.classroom.toml",
    "grammar.rewrites.zh.counter.toml",
    "grammar.rewrites.zh.daily.toml",
    "grammar.rewrites.zh.heard.toml",
    "grammar.rewrites.zh.homely.toml",
    "grammar.rewrites.zh.manner.toml",
    "grammar.rewrites.zh.order.toml",
    "grammar.rewrites.zh.polite.toml",
    "grammar.rewrites.zh.question.toml",
    "grammar.rewrites.zh.recast.toml",
    "grammar.rewrites.zh.said.toml",
    "grammar.rewrites.zh.slip.toml",
    "grammar.rewrites.zh.spoken.toml",
    "grammar.rewrites.zh.told.toml",
    "grammar.rewrites.zh.typed.toml",
    "grammar.rewrites.zh.usual.toml",
    "grammar.rewrites.zh.various.toml",
)
"""Files of ``prompts/`` that the brain reads by default; rules in the order in which a workspace reads them, by name."""


class Style(BaseModel):
    """A way of doing things: its words, and the fields of ``Handling`` it sets."""

    model_config = ConfigDict(extra="forbid")

    words: list[str]
    handling: dict[str, Any] = Field(default_factory=dict)


class Words(BaseModel):
    """All tables that make the brain's function words and its speech."""

    model_config = ConfigDict(extra="forbid")

    tokens: dict[str, list[str]] = Field(default_factory=dict)
    """Terminal of the grammar → words that are one."""
    values: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    """Terminal → meaning → words: ``REL`` → ``in`` → into, inside, …"""
    verbs: dict[str, list[str]] = Field(default_factory=dict)
    """Skill → verbs that mean it, besides those the skill itself brings; ``…`` marks where the object stands."""
    units: dict[str, list[str]] = Field(default_factory=dict)
    """Unit → words for it."""
    metres: dict[str, float] = Field(default_factory=dict)
    """Unit → metres."""
    numbers: dict[str, list[str]] = Field(default_factory=dict)
    """Number → words for it."""
    styles: dict[str, Style] = Field(default_factory=dict)
    roles: dict[str, list[str]] = Field(default_factory=dict)
    """``flat``: shapes things lie on; ``unstable``: shapes nothing stands on."""
    agreed: list[str] = Field(default_factory=list)
    """What says yes to “do you mean …”, whole."""
    say: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Language → message → template."""
    pieces: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Language → name → a part of a pattern that rules share."""
    rewrites: Tables = Field(default_factory=dict)
    """Language → stage → name → how what cannot be read can be said otherwise."""

    @cached_property
    def rewriting(self) -> Rewrites:
        """The rules, to be used; each is compiled when it is first needed."""
        return Rewrites(self.rewrites, self.pieces, self.numbers)


def merge(tables: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Tables merged: lists of words add up, a later plain value replaces an earlier one.

    A table that says ``file`` has it noted with each of its rules, so that a bad one can be found.

    Raises:
        SetupError: a table has a name that is none; says which, near ones, and in which file.
    """
    merged: dict[str, Any] = {}
    for table in tables:
        for key in table:
            if key != "file" and key not in Words.model_fields:
                raise unknown(f"table in {table.get('file', 'prompts/grammar.*.toml')}:", key, Words.model_fields)
        _fold(merged, _placed(table))
    return merged


def _placed(table: dict[str, Any]) -> dict[str, Any]:
    rest = {k: v for k, v in table.items() if k != "file"}
    if "file" in table and "rewrites" in rest:
        rest["rewrites"] = _noted(rest["rewrites"], table["file"], ("language", "stage", "rule"))
    return rest


def _noted(table: Any, file: str, levels: tuple[str, ...]) -> Any:
    """A copy with ``file`` in every table that is so many levels down."""
    if not isinstance(table, dict):
        return table
    if not levels:
        return table | {"file": file}
    return {k: _noted(v, file, levels[1:]) for k, v in table.items()}


def _fold(into: dict[str, Any], table: dict[str, Any]) -> None:
    for key, value in table.items():
        match into.get(key), value:
            case dict() as old, dict():
                _fold(old, value)
            case list() as old, list():
                into[key] = list(dict.fromkeys([*old, *value]))
            case _, dict():
                into[key] = {}
                _fold(into[key], value)
            case _:
                into[key] = value


def read_words(*sources: str | dict[str, Any], where: str = "prompts/grammar.*.toml") -> Words:
    """Words from TOML texts or tables already read, merged in order.

    Raises:
        SetupError: a table is not one of those above, the text is not TOML, or a rule that is not one of the bundled ones
            does not do what it says.
    """
    words, ours = _words(sources, where), bundled_words()
    known = {at: rule.model_dump() for at, rule in ours.rewriting.named()}
    for at, rule in words.rewriting.named():
        alike = words.pieces.get(at[0]) == ours.pieces.get(at[0]) and rule.model_dump() == known.get(at)
        if not alike and not rule.off and (trouble := words.rewriting.trouble(at, rule)) is not None:
            raise SetupError(trouble)
    return words


def _words(sources: Iterable[str | dict[str, Any]], where: str) -> Words:
    try:
        tables = [tomllib.loads(s) if isinstance(s, str) else s for s in sources]
        return Words.model_validate(merge(tables))
    except tomllib.TOMLDecodeError as e:
        raise SetupError(f"{where}: {e}") from e
    except ValidationError as e:
        raise SetupError(f"{where}: {misfit(e, Words)}") from e


@cache
def bundled_words() -> Words:
    """The words that come with the package: beside it in a checkout, inside it in a wheel."""
    package = Path(__file__).parents[2]
    for folder in (package / "bundled" / "prompts", package.parent / "prompts"):
        if (folder / BUNDLED[0]).is_file():
            tables = [read_toml(folder / n) | {"file": f"prompts/{n}"} for n in BUNDLED]
            return _words(tables, str(folder))
    raise SetupError(f"{BUNDLED[0]} is missing beside the package; reinstall hiervla")
