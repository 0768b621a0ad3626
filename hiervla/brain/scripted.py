"""A brain that replays thoughts from a list or a file: for tests, demonstrations and faults that must repeat.

In arguments and goals, ``@red cube`` stands for the id of the one object that the words fit when the thought comes up.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hiervla.core.briefing import Briefing
from hiervla.core.errors import SetupError
from hiervla.core.misfit import misfit
from hiervla.core.plan import Clarify, Refuse, Thought

MARK = "@"
"""Before a description that is to be resolved when the thought comes up."""


class _NotOne(Exception):
    def __init__(self, text: str, candidates: tuple[str, ...]) -> None:
        super().__init__(text)
        self.text, self.candidates = text, candidates


class ScriptedBrain:
    """Says its thoughts in order, then that the script has ended."""

    name = "scripted"

    def __init__(self, thoughts: Iterable[Thought]) -> None:
        self._thoughts = list(thoughts)
        self._next = 0

    @classmethod
    def load(cls, path: str | Path) -> ScriptedBrain:
        """From a JSON or TOML file: a list of thoughts, or a table with one called ``thoughts``.

        Raises:
            SetupError: the file cannot be read or a thought in it is malformed; says which.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
            data = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        except OSError as e:
            raise SetupError(f"{path}: cannot be read ({e.strerror}); name a file of thoughts") from e
        except ValueError as e:
            raise SetupError(f"{path}: {e}") from e
        listed = data.get("thoughts") if isinstance(data, dict) else data
        if not isinstance(listed, list):
            raise SetupError(f"{path}: holds no list of thoughts; write [[thoughts]] tables with reasoning and move")
        return cls(_thought(entry, f"{path}: thought {k}") for k, entry in enumerate(listed, 1))

    def think(self, briefing: Briefing) -> Thought:
        """The next thought of the script, its ``@`` descriptions resolved in the world of this briefing."""
        if self._next >= len(self._thoughts):
            return Thought(reasoning="Nothing is left to say.", move=Refuse(why="the script has ended"))
        thought = self._thoughts[self._next]
        self._next += 1
        try:
            move = _resolved(thought.move.model_dump(), briefing)
        except _NotOne as e:
            question = f"{e.text!r} fits {len(e.candidates)} objects, and the script needs exactly one"
            return Thought(reasoning=thought.reasoning, move=Clarify(question=question, candidates=e.candidates))
        return Thought.model_validate({"reasoning": thought.reasoning, "move": move})


def _thought(entry: Any, where: str) -> Thought:
    try:
        return Thought.model_validate(entry)
    except ValidationError as e:
        raise SetupError(f"{where}: {misfit(e, Thought)}") from e


def _resolved(value: Any, briefing: Briefing) -> Any:
    """The same structure with every ``@description`` replaced by an id.

    Raises:
        _NotOne: a description fits none or several.
    """
    match value:
        case str() if value.startswith(MARK):
            text = value.removeprefix(MARK).strip()
            found = tuple(d.id for d in briefing.vocabulary.select(text, briefing.world))
            if len(found) != 1:
                raise _NotOne(text, found)
            return found[0]
        case dict():
            return {k: _resolved(v, briefing) for k, v in value.items()}
        case list() | tuple():
            return [_resolved(v, briefing) for v in value]
    return value
