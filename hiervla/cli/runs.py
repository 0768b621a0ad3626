"""``hiervla runs``, ``show``, ``replay``: what earlier missions left behind."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from hiervla.cli import options as opt
from hiervla.core.errors import SetupError


def folder_of(space_sets: list[str] | None, own: str | None) -> Path:
    """The folder that runs are left in."""
    space = opt.workspace(own)
    return Path(opt.settings(space, space_sets).runs).expanduser()


def _size(path: Path) -> int:
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())


def runs(
    delete: Annotated[
        list[str] | None, typer.Option("--delete", help="Delete this run (name, or 'all'). Repeatable.")
    ] = None,
    json: opt.Json = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
) -> None:
    """List run folders with status and size; delete those that are named."""
    from hiervla.record import read_report

    with opt.json_stdout(json) as put:
        root = folder_of(set_, workspace)
        found = sorted(p.parent for p in root.glob("*/events.jsonl"))
        if delete:
            names = {p.name for p in found}
            for name in delete:
                if name != "all" and name not in names:
                    raise SetupError(f"no run {name!r} in {root}; `hiervla runs` lists them")
            gone = [p for p in found if "all" in delete or p.name in delete]
            for path in gone:
                shutil.rmtree(path)
            print(f"deleted {len(gone)} run(s)")
            found = [p for p in found if p not in gone]
        rows = []
        for path in found:
            report = read_report(path)
            status = report.status if report else "unfinished"
            rows.append(
                {
                    "run": path.name,
                    "status": status,
                    "bytes": _size(path),
                    "instruction": report.instruction if report else "",
                }
            )
        if not json:
            for r in rows:
                print(f"{r['status']:<10} {r['bytes'] / 1e6:7.2f} MB  {r['run']}")
            print(f"{len(rows)} run(s) in {root}, {sum(r['bytes'] for r in rows) / 1e6:.1f} MB")
        put(rows)


def find(run: str, root: Path) -> Path:
    """A run by its folder, its name in ``root``, or ``last``.

    Raises:
        SetupError: there is no such run.
    """
    for path in (Path(run), root / run):
        if (path / "events.jsonl").is_file():
            return path
    if run == "last" and (found := sorted(root.glob("*/events.jsonl"))):
        return found[-1].parent
    raise SetupError(f"no run {run!r} here or in {root}; `hiervla runs` lists them, 'last' is the newest")


def show(
    run: Annotated[str, typer.Argument(help="Run folder, its name, or 'last'.")] = "last",
    json: opt.Json = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
) -> None:
    """Show how a run went: thoughts, tool calls, steps, failures, evidence."""
    from hiervla.cli.live import Live
    from hiervla.record import read_events, read_report

    with opt.json_stdout(json) as put:
        path = find(run, folder_of(set_, workspace))
        report = read_report(path)
        live = Live(to_stderr=json)
        for event in read_events(path):
            live(event)
        if report is None:
            live.line("[yellow]this run did not come to its end: there is no report[/]")
        else:
            live.line(
                f"[dim]{report.replans} replan(s), {report.inferences} inferences, {report.robot_seconds} robot s, {report.wall_seconds} s[/]"
            )
            for name, file in report.artifacts.items():
                live.line(f"[dim]{name}: {path / file}[/]")
        put(report.model_dump_json() if report else {"status": "unfinished", "run": str(path)})


def replay(
    run: Annotated[str, typer.Argument(help="Run folder, its name, or 'last'.")] = "last",
    speed: Annotated[float, typer.Option(min=0.01, help="Times the robot's own speed.")] = 1.0,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
) -> None:
    """Play a run's events again at the pace they happened."""
    from hiervla.cli.live import Live
    from hiervla.record import read_events

    live = Live()
    last = 0.0
    for event in read_events(find(run, folder_of(set_, workspace))):
        time.sleep(max(0.0, min(5.0, (event.time_s - last) / speed)))
        last = event.time_s
        live(event)
