"""What a folder of weights brings along besides them: prompts of its own, and how it is to be shown a scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from hiervla.brain.chat.rendering import SYSTEM, THINK, Prompt, Prompts
from hiervla.brain.local.forms import Lengths
from hiervla.brain.local.numbering import Numbers
from hiervla.core.briefing import Briefing
from hiervla.core.errors import SetupError

FILE, FOLDER = "manner.json", "prompts"


class Manner(BaseModel):
    """``manner.json``: what is otherwise for these weights. Nothing, when it is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbered: bool = False
    """Prompts and replies call things o1, o2, …: ids such as red_cube_1 would tell what only the picture shall tell."""
    marked: bool = True
    """The picture has boxes and ids drawn in."""
    lengths: dict[str, int] = {}
    """Where texts and lists of a reply end, where that is otherwise than for other weights (``Lengths``)."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A manner, and the texts of the prompts that came with it."""

    manner: Manner = field(default_factory=Manner)
    texts: dict[str, str] = field(default_factory=dict)

    def prompts(self, others: dict[str, str]) -> Prompts:
        """Its own prompts, else the ``others``."""
        return Prompts(self.texts or others, self.manner.marked)

    def prompt(self, briefing: Briefing, others: dict[str, str]) -> Prompt:
        """What weights of this manner get for a briefing; ``others``: the prompts that stand where it brings none."""
        shown = Numbers(briefing.world).briefing(briefing) if self.manner.numbered else briefing
        return self.prompts(others).prompt(shown, "forms")

    def lengths(self, steps: int) -> Lengths:
        """Where replies end; ``steps``: of a plan, where the manner does not say."""
        return Lengths(**{"steps": steps, **self.manner.lengths})


def brought(place: str) -> Brought:
    """What the folder ``place`` brings; nothing for a hub id, or for a folder that holds weights alone.

    Raises:
        SetupError: it cannot be read, or one of the two prompts is missing.
    """
    folder = Path(place).expanduser()
    texts = {n: _text(f) for n in (SYSTEM, THINK) if (f := folder / FOLDER / n).is_file()}
    if len(texts) == 1:
        lacks = next(n for n in (SYSTEM, THINK) if n not in texts)
        raise SetupError(f"brain local:{place}: {FOLDER}/ has {next(iter(texts))} and lacks {lacks}; give it both or none")  # fmt: skip
    file = folder / FILE
    if not file.is_file():
        return Brought(Manner(), texts)
    try:
        manner = Manner.model_validate_json(_text(file))
        Lengths(**manner.lengths)
    except (ValidationError, TypeError) as e:
        raise SetupError(f"brain local:{place}: {FILE}: {_first(e)}") from e
    return Brought(manner, texts)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise SetupError(f"{file}: cannot be read: {e}") from e


def _first(error: Any) -> str:
    if isinstance(error, ValidationError):
        e = error.errors()[0]
        return f"{'.'.join(map(str, e['loc']))}: {e['msg']}"
    return str(error)
