"""``hiervla export``: runs in the forms that others read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from hiervla.cli import options as opt
from hiervla.cli.runs import find_run, runs_folder
from hiervla.core.errors import SetupError

app = typer.Typer(no_args_is_help=True, help="Runs as data that others read.")


@app.callback()
def export() -> None:
    """Runs as data that others read."""


@app.command("sft")
def export_sft(
    runs: Annotated[list[str], typer.Argument(help="Run folders, their names, 'last', or 'all'.")],
    out: Annotated[
        Path, typer.Option("--out", help="File to write (JSON lines); pictures go into a folder beside it.")
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Also thoughts of runs without proven success, each marked.")
    ] = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    json: opt.Json = False,
) -> None:
    """Write what brains were given and replied, as messages with pictures, to fine-tune a vision-language model with."""
    from hiervla.learn.traces import export as write

    with opt.json_stdout(json) as put:
        root = runs_folder(set_, workspace)
        if "all" in runs:
            found = sorted(p.parent for p in root.glob("*/events.jsonl"))
            if not found:
                raise SetupError(f"no runs in {root}")
        else:
            found = [find_run(r, root) for r in runs]
        done = write(found, out, opt.workspace(workspace), every, lambda says: print(says, file=sys.stderr))
        print(f"{out}: {done.lines} thoughts of {done.runs} run(s)")
        put({"file": str(out), "thoughts": done.lines, "runs": done.runs})
