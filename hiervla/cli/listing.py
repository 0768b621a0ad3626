"""``hiervla list``: what there is, where it came from, and what it hides."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated

import typer

from hiervla.cli import options as opt
from hiervla.core.errors import unknown

if TYPE_CHECKING:
    from hiervla.workspace import Entry


def list_content(
    kind: Annotated[str | None, typer.Argument(help="skill, tool, prompt or scene; all of them when left out.")] = None,
    json: opt.Json = False,
    workspace: opt.Own = None,
) -> None:
    """List skills, tools, prompts and scenes with their origin."""
    from hiervla.workspace import KINDS

    wanted = (kind or "").removesuffix("s")
    if kind and wanted not in KINDS:
        raise unknown("kind of content", kind, KINDS)
    with opt.json_stdout(json) as put:
        space = opt.workspace(workspace)
        rows = [e for k in KINDS if not wanted or k == wanted for e in space.entries[k].values()]
        if not json:
            from rich.console import Console
            from rich.table import Table

            table = Table("kind", "name", "says", "origin", "hides", box=None)
            for e in rows:
                table.add_row(e.kind, e.name, _says(e), e.origin, str(e.hides or ""))
            Console().print(table)
        put(
            [
                {
                    "kind": e.kind,
                    "name": e.name,
                    "says": _says(e),
                    "origin": e.origin,
                    "path": str(e.path),
                    "hides": str(e.hides) if e.hides else None,
                }
                for e in rows
            ]
        )


def _says(entry: Entry) -> str:
    """The first line of what an entry says of itself."""
    from hiervla.core.tool import Tool

    match entry.value:
        case Tool(doc=doc):
            pass
        case None if entry.kind == "scene":
            doc = str(tomllib.loads(entry.path.read_text(encoding="utf-8")).get("doc", ""))
        case value:
            doc = getattr(value, "__doc__", None) or "" if value is not None else ""
    return doc.strip().splitlines()[0] if doc.strip() else ""
