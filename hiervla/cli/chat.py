"""``hiervla chat``: a conversation with the robot, at a terminal or from a pipe."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hiervla.cli import options as opt
from hiervla.core.errors import SetupError
from hiervla.core.usage import Usage

if TYPE_CHECKING:
    from hiervla.agent import Agent
    from hiervla.cli.live import Live
    from hiervla.core.marking import Drawing, Mark
    from hiervla.core.outcome import Outcome

_HELP = """Say what to do, or ask; also while the arm moves: “stop” halts it, “no, the green one” halts and corrects it. Also:
/scene   what I see      /why   why I did what I did last     /plan [TEXT]   my last plan; with TEXT what I would do
/undo    as it was       /stop  halt the arm (so does Ctrl-C) /help  this    /quit  end (so does Ctrl-D)
/mark NAME=X,Y   mark a point of the look picture (or a box X0,Y0,X1,Y1) to speak of; /drawn FILE: a copy of it with boxes drawn on it
/brain [NAME]    who thinks; with NAME another brain from now on     /cost   what thinking has cost"""

_HELP_ZH = """说要做什么，或者提问；机械臂动的时候也可以说：“停”让它停下，“不对，绿色的那个”停下并改正。还有：
/scene   我看到什么      /why   上一次为什么那样做      /plan [话]   上一次的计划；带一句话则是我会怎么做
/undo    恢复原样        /stop  停下机械臂（Ctrl-C 也行） /help  这段话   /quit  结束（Ctrl-D 也行）
/mark 名字=X,Y   在观察图像上标一个点（或方框 X0,Y0,X1,Y1），然后可以说它；/drawn 文件：画了方框的图像副本
/brain [名字]    谁在思考；带名字则从现在起换一个大脑     /cost   思考花费了多少"""


def chat(
    scene: opt.Scene = None,
    seed: opt.Seed = 0,
    brain: opt.Brain = None,
    base_url: opt.BaseUrl = None,
    fallback: opt.Fallback = None,
    policy: opt.Policy = None,
    mapping: opt.Mapping = None,
    robot: opt.Robot = None,
    detector: opt.Detector = None,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    gui: opt.Gui = False,
) -> None:
    """Talk to the robot, turn by turn. Without a terminal, every line of stdin is one turn."""
    from hiervla.cli.live import Live, ask_person

    space = opt.workspace(workspace)
    settings = opt.settings(space, set_, brain, policy, robot, mapping, base_url, fallback, detector)
    from hiervla.agent import Agent

    live = Live()
    settings = opt.followed(settings, live)
    status = "done"
    with Agent(scene, seed, settings=settings, workspace=space, gui=gui, approver=ask_person) as agent:
        if _at_terminal():
            live.line(f"[bold]HierVLA[/] in scene {agent.scene}, seed {seed}. /help for help.")
        turns: deque[str] = deque()
        marks: list[Mark | Drawing] = []
        while (said := turns.popleft() if turns else _turn(live)) is not None:
            if said in ("/quit", "/exit"):
                break
            if said == "/undo":
                said = "撤销" if _chinese(agent) else "undo that"
            if said.split()[:1] in (["/mark"], ["/drawn"]):
                _mark(said, marks, live)
            elif said.startswith("/"):
                _command(said, agent, live)
            elif said:
                status = _run(said, agent, live, turns, marks)
                marks = []
    opt.exit_with(status if status == "stopped" else "done")


def _mark(said: str, marks: list[Mark | Drawing], live: Live) -> None:
    """Keep marks for the next turn; what is none is told."""
    command, *rest = said.split(maxsplit=1)
    told = rest[0] if rest else ""
    try:
        new = opt.marks(None, Path(told)) if command == "/drawn" else opt.marks([told])
    except SetupError as e:
        live.say(str(e))
        return
    marks += new
    live.say("marked; speak of it in what you say next")


def _run(said: str, agent: Agent, live: Live, turns: deque[str], marks: Sequence[Mark | Drawing]) -> str:
    """One turn; what is typed meanwhile is overheard where there is a terminal to type at."""
    from hiervla.cli.overhearing import Overhearing

    if not _at_terminal():
        return agent.run(said, on_event=live, marks=marks).status
    try:
        with Overhearing(agent.overhear, turns):
            return agent.run(said, on_event=live, marks=marks).status
    except SetupError as e:  # a wrong key or model is mended, or another brain named, without losing the conversation
        live.say(str(e))
        return "failed"


def _at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _turn(live: Live) -> str | None:
    """The next thing said, "" for nothing, None at the end of input."""
    try:
        return (input("you> ") if _at_terminal() else input()).strip()
    except (EOFError, RuntimeError):  # the end, or no stdin at all
        return None
    except UnicodeDecodeError:
        print("that was not UTF-8 text; say it again", file=sys.stderr)
        return ""


def _command(said: str, agent: Agent, live: Live) -> None:
    report = next((r for r in reversed(agent.reports) if r.outcomes), agent.report)
    match said.split()[0]:
        case "/stop":
            agent.stop()
            live.say("the arm stands still")
        case "/plan" if said != "/plan":
            _would_do(said.removeprefix("/plan").strip(), agent, live)
        case "/brain":
            _brain(said.removeprefix("/brain").strip(), agent, live)
        case "/cost":
            spent = sum((r.usage for r in agent.reports), Usage())
            live.say(str(spent) if spent.calls else "thinking has cost nothing so far")
        case "/scene":
            world = agent.world
            if world is None:
                live.say("nothing looked at yet")
                return
            for d in world.objects.values():
                live.say(
                    f"{d.id}: {d.size_word} {d.phrase} at ({d.centre[0]:.2f}, {d.centre[1]:.2f}) m, {d.relation} {d.support}"
                )
        case "/why" if report is not None:
            for t in report.thoughts:
                live.say(t.reasoning)
            for g in report.goals:
                for e in g.evidence:
                    live.say(f"{g.goal}: {e.source}: {e.says}")
        case "/plan" if report is not None:
            for o in report.outcomes:
                live.say(f"{_step(o)}: {o.why} → {o.failure.kind.value if o.failure else 'done'}")
        case "/why" | "/plan":
            live.say("nothing done yet")
        case _:
            live.say(_HELP_ZH if _chinese(agent) else _HELP)


def _brain(name: str, agent: Agent, live: Live) -> None:
    """Say which brain thinks, or let another one."""
    if name:
        try:
            agent.use_brain(name)
        except SetupError as e:
            live.say(str(e))
            return
    live.say(f"{agent.cell.brain.name} thinks")


def _would_do(said: str, agent: Agent, live: Live) -> None:
    """A dry run: nothing is done."""
    from hiervla.core.plan import Clarify, Finish, Plan, Refuse

    thought = agent.plan(said)
    live.say(thought.reasoning)
    match thought.move:
        case Plan(goals=goals, subgoals=steps):
            live.say(f"goals: {'; '.join(map(str, goals))}")
            for k, s in enumerate(steps, 1):
                live.say(f"{k}. {s} ({s.why})")
        case Clarify(question=says) | Refuse(why=says) | Finish(answer=says):
            live.say(says)


def _step(o: Outcome) -> str:
    """``place(target=red_cube_1, relation=in, reference=blue_bowl_1)``."""
    from hiervla.core.plan import Subgoal

    return str(Subgoal(skill=o.skill, arguments=o.arguments, why=""))


def _chinese(agent: Agent) -> bool:
    """Whether the person spoke Chinese last."""
    said = next((t.says for t in reversed(agent.dialogue) if t.who == "person"), "")
    return any("\u4e00" <= c <= "\u9fff" for c in said)
