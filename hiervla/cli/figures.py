"""How benches show their rows and figures: progress on stderr, a table, or the one JSON object."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hiervla.core.errors import ExitCode

if TYPE_CHECKING:
    from hiervla.scenario.figures import Figure


def row_printer(line: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any], int, int], None]:
    """Says each row on stderr as it comes, with how many are done."""

    def show(row: dict[str, Any], done: int, of: int) -> None:
        print(f"[{done}/{of}] {line(row)}", file=sys.stderr, flush=True)

    return show


def begun(resume: Path | None) -> Path | None:
    """A file to resume; says so when there is none yet, for a mistyped name would look the same."""
    if resume is not None and not resume.is_file():
        print(f"{resume} is not there yet: all rows are run and written to it", file=sys.stderr)
    return resume


def finish(bench: str, seeds: str, figures: dict[str, Figure], put: Callable[[Any], None], json: bool) -> int:
    """Print the figures; returns the exit code: 0 when every goal is met, 6 when one is missed."""
    from hiervla.scenario.figures import contract

    if not json:
        from rich.console import Console
        from rich.table import Table

        table = Table("figure", "value", "95 % interval", "n", "goal", "", box=None, title=f"{bench}, seeds {seeds}")
        for name, f in figures.items():
            interval = f"{f.low:g} – {f.high:g}" if f.low is not None and f.high is not None else ""
            mark = {True: "[green]✔[/]", False: "[red]✘[/]", None: ""}[f.holds]
            table.add_row(name, "–" if f.value is None else f"{f.value:g}", interval, str(f.n), f.goal or "", mark)
        Console(width=max(100, Console().width)).print(table)
    put(contract(bench, seeds, figures))
    return int(ExitCode.BELOW_GOAL if any(f.holds is False for f in figures.values()) else ExitCode.DONE)
