"""``hiervla scenario run``: scripted runs over many seeds, scored by truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hiervla.cli import options as opt
from hiervla.cli.figures import begun, finish, row_printer
from hiervla.core.errors import SetupError

Seeds = Annotated[
    str | None, typer.Option("--seeds", help="Range A-B or list A,B,C. 0-99 to develop on, 100-199 to accept with.")
]
Episodes = Annotated[int | None, typer.Option("--episodes", min=1, help="Instead of --seeds: this many seeds from 0.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0: one per core.")]
Out = Annotated[Path | None, typer.Option("--out", help="Append raw rows (JSON lines) to this file.")]
Resume = Annotated[Path | None, typer.Option("--resume", help="Carry on where the rows in this file stop.")]


def scenario_run(
    names: Annotated[list[str], typer.Argument(help="all, a scene, scene/name, or a path to a scene file.")],
    seeds: Seeds = None,
    episodes: Episodes = None,
    jobs: Jobs = 0,
    json: opt.Json = False,
    out: Out = None,
    resume: Resume = None,
    keep: Annotated[bool, typer.Option(help="Leave run folders with videos.")] = False,
    workspace: opt.Own = None,
    brain: opt.Brain = None,
    policy: opt.Policy = None,
    mapping: opt.Mapping = None,
    robot: opt.Robot = None,
    detector: opt.Detector = None,
    set_: opt.Sets = None,
) -> None:
    """Run scenarios and print true, claimed and false successes with Wilson intervals. Exit code 6: a goal was missed."""
    from hiervla.scenario.rows import parse_seeds
    from hiervla.scenario.suite import choose, run_scenarios, scenario_figures

    with opt.json_stdout(json) as put:
        space = opt.workspace(workspace)
        settings = opt.settings(space, set_, brain, policy, robot, mapping, detector=detector)
        text = seeds_or(seeds, episodes, "0-4")
        chosen = choose(space, names)
        own = space.roots[1] if len(space.roots) > 1 else None
        rows = run_scenarios(
            chosen, parse_seeds(text), settings, own, keep, jobs, out, begun(resume), on_row=row_printer(_line)
        )
        holds = finish("scenario", text, scenario_figures(rows), put, json)
    raise SystemExit(holds)


def seeds_or(seeds: str | None, episodes: int | None, usual: str) -> str:
    """The seeds that are meant.

    Raises:
        SetupError: both ways of saying it are used.
    """
    if seeds is not None and episodes is not None:
        raise SetupError("--seeds and --episodes say the same in two ways: leave one of them away")
    return seeds if seeds is not None else f"0-{episodes - 1}" if episodes else usual


def scenario_list(json: opt.Json = False, workspace: opt.Own = None) -> None:
    """List every scenario of every scene."""
    from hiervla.scenario.suite import list_scenarios

    with opt.json_stdout(json) as put:
        found = list_scenarios(opt.workspace(workspace))
        if not json:
            print("\n".join(found))
        put(list(found))


def _line(row: dict[str, Any]) -> str:
    if row["turns"]:
        return _conversation(row)
    verdict = "ok" if row["true_success"] else "FALSE SUCCESS" if row["false_success"] else "failed"
    trouble = f" {','.join(row['failures'])}" if row["failures"] else ""
    return f"{row['scenario']} seed {row['seed']}: {verdict} ({row['status']}{trouble}) {row['wall_s']} s"


def _conversation(row: dict[str, Any]) -> str:
    """How many turns were right, and of every other one why not."""
    turns = row["turns"]
    right = sum(t["right"] for t in turns)
    wrong = [
        f"\n    {k}. {t['say']!r}: {'FALSE SUCCESS: ' if t['false'] else ''}{'; '.join(t['why'])}"
        for k, t in enumerate(turns, 1)
        if not t["right"]
    ]
    return f"{row['scenario']} seed {row['seed']}: {right}/{len(turns)} turns right, {row['wall_s']} s{''.join(wrong)}"
