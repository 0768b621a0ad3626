"""``hiervla run``: one instruction, once."""

from __future__ import annotations

from typing import Annotated

import typer

from hiervla.cli import options as opt


def run(
    instruction: Annotated[str, typer.Argument(callback=opt.legible, help="What to do, in English or Chinese.")],
    scene: opt.Scene = None,
    seed: opt.Seed = 0,
    brain: opt.Brain = None,
    base_url: opt.BaseUrl = None,
    fallback: opt.Fallback = None,
    policy: opt.Policy = None,
    mapping: opt.Mapping = None,
    robot: opt.Robot = None,
    detector: opt.Detector = None,
    json: opt.Json = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    gui: opt.Gui = False,
    mark: opt.Marks = None,
    drawn: opt.Drawn = None,
    keep: Annotated[bool, typer.Option(help="Leave a run folder with events, report, picture and video.")] = True,
) -> None:
    """Carry out one instruction and say how it went.

    Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 a question back, 5 stopped,
    7 the brain could not be reached.
    """
    from hiervla.cli.live import Live, ask_person

    with opt.json_stdout(json) as put:
        space = opt.workspace(workspace)
        settings = opt.settings(space, set_, brain, policy, robot, mapping, base_url, fallback, detector)
        marks = opt.marks(mark, drawn)
        from hiervla.agent import Agent

        live = Live(to_stderr=json)
        settings = opt.followed(settings, live)
        with Agent(scene, seed, settings=settings, workspace=space, gui=gui, keep=keep, approver=ask_person) as agent:
            report = agent.run(instruction, on_event=live, marks=marks)
            if report.run:
                live.line(f"[dim]{report.run}: {', '.join(report.artifacts.values())}[/]")
        put(report.model_dump_json())
    opt.exit_with("brain_lost" if report.brain_lost else report.status)
