"""``hiervla resume``: a mission whose process died goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hiervla.cli import options as opt
from hiervla.cli.runs import find_run, runs_folder
from hiervla.core.errors import SetupError


def resume(
    run: Annotated[
        str, typer.Argument(help="Run folder, its name, or 'last': the newest one without a report.")
    ] = "last",
    json: opt.Json = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    gui: opt.Gui = False,
) -> None:
    """Go on with a mission whose process was killed: look first, plan anew from what is seen, and finish it.

    It has the scene, seed and settings that it began with. Exit codes: those of ``hiervla run``.
    """
    from hiervla.cli.live import Live, ask_person

    with opt.json_stdout(json) as put:
        path = (
            _unfinished(runs_folder(set_, workspace)) if run == "last" else find_run(run, runs_folder(set_, workspace))
        )
        from hiervla.agent import Agent

        live = Live(to_stderr=json)
        with Agent.of_run(path, workspace=opt.workspace(workspace), gui=gui, approver=ask_person) as agent:
            report = agent.resume(path, on_event=live)
            live.line(f"[dim]{report.run}: {', '.join(report.artifacts.values())}[/]")
        put(report.model_dump_json())
    opt.exit_with("brain_lost" if report.brain_lost else report.status)


def _unfinished(root: Path) -> Path:
    from hiervla.record import read_report

    for events in sorted(root.glob("*/events.jsonl"), reverse=True):
        if read_report(events.parent) is None:
            return events.parent
    raise SetupError(f"every run in {root} came to its end: there is nothing to go on with")
