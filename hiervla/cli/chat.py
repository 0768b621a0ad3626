"""``hiervla chat``: a conversation with the robot, at a terminal or from a pipe."""

from __future__ import annotations

import sys

from hiervla.cli import options as opt

_HELP = """Say what to do, or ask. Also:
/scene   what I see      /why     why I did what I did last     /plan  my last plan
/help    this            /quit    end (so does Ctrl-D); Ctrl-C stops the arm"""


def chat(
    scene: opt.Scene = None,
    seed: opt.Seed = 0,
    brain: opt.Brain = None,
    policy: opt.Policy = None,
    robot: opt.Robot = None,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    gui: opt.Gui = False,
) -> None:
    """Talk to the robot, turn by turn. Without a terminal, every line of stdin is one turn."""
    from hiervla.cli.live import Live, ask_person

    space = opt.workspace(workspace)
    settings = opt.settings(space, set_, brain, policy, robot)
    from hiervla.agent import Agent

    live = Live()
    status = "done"
    with Agent(scene, seed, settings=settings, workspace=space, gui=gui, approver=ask_person) as agent:
        if _at_terminal():
            live.line(f"[bold]HierVLA[/] in scene {agent.scene}, seed {seed}. /help for help.")
        while (said := _turn(live)) is not None:
            if not said:
                continue
            if said.startswith("/"):
                if said in ("/quit", "/exit"):
                    break
                _command(said, agent, live)
                continue
            status = agent.run(said, on_event=live).status
    opt.exit_with(status if status == "stopped" else "done")


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _turn(live: object) -> str | None:
    """The next thing said, "" for nothing, None at the end of input."""
    try:
        return (input("you> ") if _at_terminal() else input()).strip()
    except (EOFError, RuntimeError):  # the end, or no stdin at all
        return None
    except UnicodeDecodeError:
        print("that was not UTF-8 text; say it again", file=sys.stderr)
        return ""


def _command(said: str, agent: object, live: object) -> None:
    from hiervla.agent import Agent
    from hiervla.cli.live import Live

    assert isinstance(agent, Agent) and isinstance(live, Live)
    report = agent.report
    match said.split()[0]:
        case "/scene":
            world = agent.world
            if world is None:
                live.line("nothing looked at yet")
                return
            for d in world.objects.values():
                live.line(
                    f"{d.id}: {d.size_word} {d.phrase} at ({d.centre[0]:.2f}, {d.centre[1]:.2f}) m, {d.relation} {d.support}"
                )
        case "/why" if report is not None:
            for t in report.thoughts:
                live.line(t.reasoning)
            for g in report.goals:
                for e in g.evidence:
                    live.line(f"{g.goal}: {e.source}: {e.says}")
        case "/plan" if report is not None:
            for o in report.outcomes:
                live.line(f"{o.skill} {o.arguments}: {o.why} → {o.failure.kind.value if o.failure else 'done'}")
        case "/why" | "/plan":
            live.line("nothing done yet")
        case _:
            live.line(_HELP)
