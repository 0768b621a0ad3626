"""Content by path: skills, tools, prompts and scenes from the bundled root and, over it, from a person's own.

A root of one's own must hold ``hiervla.toml`` and be named by ``--workspace``, ``$HIERVLA_WORKSPACE`` or be the current
folder: content executes, so it never runs merely because it exists.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import hiervla
from hiervla.core.errors import SetupError, unknown
from hiervla.core.skill import Skill
from hiervla.core.toml_file import read_toml
from hiervla.core.tool import Tool
from hiervla.core.vocabulary import Inventory, Lexicon, Vocabulary

KINDS = ("skill", "tool", "prompt", "scene")
MARKER = "hiervla.toml"
_LEXICON = ".lexicon.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of content: what it is, where it came from, and what it replaced."""

    kind: str
    name: str
    path: Path
    origin: str
    value: Any = None
    hides: Path | None = None


@dataclass(slots=True)
class Workspace:
    """All content that is in force, by kind and name."""

    roots: list[Path]
    entries: dict[str, dict[str, Entry]] = field(default_factory=lambda: {k: {} for k in KINDS})
    lexicon: Lexicon = field(default_factory=Lexicon)
    _tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)

    @property
    def skills(self) -> dict[str, type[Skill]]:
        return {n: e.value for n, e in self.entries["skill"].items()}

    @property
    def tools(self) -> dict[str, Tool]:
        return {n: e.value for n, e in self.entries["tool"].items()}

    def scene_path(self, name: str) -> Path:
        """Where a scene's file is; a path to a ``.toml`` file is taken as it is.

        Raises:
            SetupError: no such scene; names near ones.
        """
        if name.endswith(".toml"):
            if Path(name).is_file():
                return Path(name)
            raise SetupError(
                f"no scene file {name!r}: check the path, or name one of {', '.join(self.entries['scene'])}"
            )
        return self.entry("scene", name).path

    def entry(self, kind: str, name: str) -> Entry:
        """One entry, or SetupError with the nearest names."""
        found = self.entries[kind].get(name)
        if found is None:
            raise unknown(kind, name, self.entries[kind])
        return found

    def vocabulary(self, inventory: tuple[Inventory, ...] = ()) -> Vocabulary:
        return Vocabulary(lexicon=self.lexicon, inventory=inventory)

    def tables(self, pattern: str) -> list[dict[str, Any]]:
        """Every TOML file in the roots' ``prompts/`` that fits a pattern, the bundled root's first; ``file`` says where each lies.

        Read once: not to be changed by who asks.

        Raises:
            SetupError: one is no TOML; says which and where.
        """
        if pattern in self._tables:
            return self._tables[pattern]
        found = []
        for path in [p for root in self.roots for p in sorted((root / "prompts").glob(pattern))]:
            try:
                found.append(read_toml(path) | {"file": str(path)})
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
                raise SetupError(f"{path}: {e}") from e
        self._tables[pattern] = found
        return found

    def prompt(self, name: str) -> str:
        """The text of a prompt file."""
        return self.entry("prompt", name).path.read_text(encoding="utf-8")


def bundled_root() -> Path:
    """The content this package came with: inside the wheel, or beside the package in a checkout."""
    package = Path(hiervla.__file__).parent
    inside = package / "bundled"
    return inside if inside.is_dir() else package.parent


def own_root(named: str | None = None) -> Path | None:
    """The person's own root, if one is named or stood in.

    Raises:
        SetupError: a named folder is no workspace.
    """
    chosen = named or os.environ.get("HIERVLA_WORKSPACE")
    if chosen:
        root = Path(chosen).expanduser()
        if not (root / MARKER).is_file():
            raise SetupError(f"{root} is no workspace: it has no {MARKER}; `hiervla init {root}` makes one")
        return root.resolve()
    here = Path.cwd()
    if (here / MARKER).is_file() and here.resolve() != bundled_root().resolve():
        return here.resolve()
    return None


def load_workspace(own: Path | None = None) -> Workspace:
    """Read all content, the bundled root first; an own entry replaces a bundled one of the same kind and name.

    Raises:
        SetupError: a content file does not load, or two in one root share a name; says which and where.
    """
    space = Workspace(roots=[bundled_root(), *([own] if own else [])])
    for root in space.roots:
        origin = "bundled" if root == space.roots[0] else str(root)
        seen: set[tuple[str, str]] = set()
        for entry in [*_python(root, origin), *_files(root, origin)]:
            key = (entry.kind, entry.name)
            if key in seen:
                raise SetupError(f"{entry.path}: a second {entry.kind} called {entry.name!r} in {root}; rename one")
            seen.add(key)
            old = space.entries[entry.kind].get(entry.name)
            space.entries[entry.kind][entry.name] = (
                entry if old is None else Entry(entry.kind, entry.name, entry.path, entry.origin, entry.value, old.path)
            )
        for path in sorted((root / "prompts").glob(f"*{_LEXICON}")):
            space.lexicon = space.lexicon.merged(_lexicon(path))
    return space


@lru_cache(maxsize=4)
def shared_workspace(own: Path | None = None) -> Workspace:
    """The content for many episodes of one process, read once: loading executes its modules, which stay in memory each time."""
    return load_workspace(own)


def _lexicon(path: Path) -> Lexicon:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for table in tables:
            if table not in Lexicon.model_fields:
                raise unknown(f"table in {path}:", table, Lexicon.model_fields)
        return Lexicon.model_validate(tables)
    except ValueError as e:  # TOML and pydantic errors are both ValueErrors
        raise SetupError(f"{path}: {e}") from e


def _files(root: Path, origin: str) -> list[Entry]:
    prompts = [
        Entry("prompt", p.name, p, origin)
        for p in sorted((root / "prompts").glob("*"))
        if p.is_file() and p.suffix in (".md", ".j2", ".toml")
    ]
    return prompts + [Entry("scene", p.stem, p, origin) for p in sorted((root / "scenes").glob("*.toml"))]


def _python(root: Path, origin: str) -> list[Entry]:
    entries = []
    for folder in ("skills", "tools"):
        for path in sorted((root / folder).glob("*.py")):
            if path.stem.startswith("_"):
                continue
            module = _load(path)
            before = len(entries)
            for value in vars(module).values():
                if isinstance(value, Tool) and value.function.__module__ == module.__name__:
                    entries.append(Entry("tool", value.name, path, origin, value))
                elif isinstance(value, type) and issubclass(value, Skill) and value.__module__ == module.__name__:
                    entries.append(Entry("skill", value.name, path, origin, value))
            if len(entries) == before:
                wanted = "class that is a Skill" if folder == "skills" else "function with @tool"
                raise SetupError(f"{path}: holds no {wanted}; a file that only helps others begins with _")
    return entries


def _load(path: Path) -> Any:
    name = f"hiervla_content_{abs(hash(str(path))):x}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as e:  # a person's own code may fail in any way; they are told where
        del sys.modules[name]
        line = _line(e, path)
        raise SetupError(f"{path}{f':{line}' if line else ''}: {type(e).__name__}: {e}") from e
    return module


def _line(error: BaseException, path: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    line, tb = None, error.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename == str(path):
            line = tb.tb_lineno
        tb = tb.tb_next
    return line
