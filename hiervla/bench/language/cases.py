"""Instructions with what each should lead to, read from TOML files: ``dev`` written beside the grammar, ``held_out`` by others."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from hiervla.core.errors import SetupError
from hiervla.paper.described import Described, read_world
from hiervla.workspace import Workspace, shared_workspace

HERE = Path(__file__).parent
PARTS = ("dev", "held_out")
Expect = Literal["do", "ask", "refuse", "answer"]


class Case(BaseModel):
    """One instruction in one world."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: str
    """A file in ``worlds/``, without its ending."""
    category: str
    say: str | tuple[str, ...]
    """What is said; of several turns the last one counts."""
    expect: Expect = "do"
    goals: tuple[str, ...] = ()
    """What must be so afterwards; see ``expected.true_after``."""
    also_moved: tuple[str, ...] = ()
    """What may move without being named in a goal: lids, what stands in the way, contents."""
    about: tuple[str, ...] = ()
    """Of ``ask``: ids that the question must offer, where it is about which thing is meant."""
    answer: tuple[str, ...] = ()
    """Of ``answer``: texts that must all stand in it; ``a|b`` is one of them."""
    name: str = ""
    part: str = ""

    @property
    def turns(self) -> tuple[str, ...]:
        return (self.say,) if isinstance(self.say, str) else self.say

    @property
    def language(self) -> str:
        return "zh" if any("一" <= c <= "鿿" for c in self.turns[-1]) else "en"


@cache
def all_cases() -> dict[str, Case]:
    """Every case by its name, ``PART/FILE/NUMBER``.

    Raises:
        SetupError: a file cannot be read or a case does not fit its form.
    """
    found: dict[str, Case] = {}
    for part in PARTS:
        for path in sorted((HERE / part).glob("*.toml")):
            for case in read_cases(path, part):
                found[case.name] = case
    return found


def read_cases(path: Path, part: str) -> list[Case]:
    """The cases of one file."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("case", [])
        return [
            Case.model_validate({**r, "part": part, "name": f"{part}/{path.stem}/{k:03d}"})
            for k, r in enumerate(rows, 1)
        ]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as e:
        raise SetupError(f"{path.name}: {e}") from e


@cache
def world(name: str) -> Described:
    """A described world of the bench."""
    return read_world(HERE / "worlds" / f"{name}.toml", space().lexicon)


@cache
def space() -> Workspace:
    """The bundled content."""
    return shared_workspace()
