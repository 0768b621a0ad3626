"""Events as lines a person can follow: reasoning, tool calls, steps, failures, evidence."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.markup import escape

MARK = {"yes": "[green]✔[/]", "no": "[red]✘[/]", "cannot_see": "[yellow]?[/]"}


class Live:
    """Prints events as they come. To stderr when stdout belongs to JSON."""

    def __init__(self, to_stderr: bool = False) -> None:
        self.console = Console(stderr=to_stderr, highlight=False, soft_wrap=True)
        self._phase = ""
        self._heard = ""  # of the reply that is being written
        self._midline = False

    @property
    def follows(self) -> bool:
        """Whether a person follows it as it comes: stdout is a terminal, and belongs to nothing else."""
        return self.console.is_terminal and not self.console.stderr

    def __call__(self, event: Any) -> None:
        if event.kind != "words":
            self._end_line()
        show = getattr(self, f"_{event.kind}", None)
        if show is not None:
            show(event)

    def line(self, text: str, style: str = "") -> None:
        """A line with markup in it; what others said is to be escaped."""
        self.console.print(text, style=style or None)

    def say(self, text: str) -> None:
        """A line as it is."""
        self.console.print(text, markup=False)

    def _started(self, e: Any) -> None:
        self.line(
            f"[bold]“{escape(e.instruction)}”[/]  [dim]scene {escape(e.scene)}, seed {e.seed}, brain {escape(e.brain)}[/]"
        )

    def _looked(self, e: Any) -> None:
        held = f", holding {e.held}" if e.held else ""
        self.line(f"[cyan]look[/]   {e.look_id} {escape(e.why)}: {len(e.objects)} objects{held}")

    def _thought(self, e: Any) -> None:
        label = "rethink" if e.replan else "think"
        cost = f" [dim]({e.usage})[/]" if e.usage is not None else ""
        read = " ".join(e.reasoning.split()) in " ".join(self._heard.split())  # it was shown word by word
        self._heard = ""
        self.line(f"[magenta]{label:<6}[/] {escape(e.move if read else e.reasoning)}{cost}")

    def _words(self, e: Any) -> None:
        if not self.follows:
            return
        if e.begins:
            self._end_line()
            self._heard = ""
            self.console.print("[magenta]…[/]      ", end="")
        self._heard += e.says
        self._midline = True
        plain = "".join(c if c.isprintable() else " " for c in e.says)  # a model's text must not steer the terminal
        self.console.print(plain, end="", style="dim", markup=False)

    def _end_line(self) -> None:
        if self._midline:
            self._midline = False
            self.console.print()

    def _asked(self, e: Any) -> None:
        args = ", ".join(f"{k}={v}" for k, v in e.result.call.arguments.items())
        mark = MARK["yes" if e.result.ok else "no"]
        self.line(f"[blue]ask[/]    {e.result.call.tool}({escape(args)}) {mark} {escape(e.result.says)}")

    def _planned(self, e: Any) -> None:
        self.line(f"[bold]plan[/]   goals: {escape('; '.join(map(str, e.goals)))}")
        for i, s in enumerate(e.subgoals, 1):
            self.line(f"         {i}. {escape(str(s))} [dim]{escape(s.why)}[/]")

    def _guarded(self, e: Any) -> None:
        if not e.check:
            self.line(f"[yellow]guard[/]  {escape(str(e.subgoal))}: {escape(e.check.why)}")

    def _approval(self, e: Any) -> None:
        self.line(f"[yellow]asked[/]  {escape(str(e.subgoal))}: {'granted' if e.granted else 'not granted'}")

    def _subgoal(self, e: Any) -> None:
        again = f" [yellow]attempt {e.attempt} {escape(str(e.handling))}[/]" if e.attempt > 1 else ""
        self.line(f"[bold green]act[/]    {escape(str(e.subgoal))} [dim]by {e.policy}[/]{again}")
        self._phase = ""

    def _progress(self, e: Any) -> None:
        if e.phase != self._phase:
            self._phase = e.phase
            self.line(f"         [dim]{e.phase}  {e.progress:.0%}, chunk of {e.chunk}[/]")

    def _failure(self, e: Any) -> None:
        why = f"{e.failure.kind.value}: {e.failure.why}"
        self.line(f"[bold red]failed[/] {escape(why)} → {e.next}")
        for evidence in e.failure.evidence:
            self.line(f"         [dim]{escape(evidence.source)}: {escape(evidence.says)}[/]")

    def _verified(self, e: Any) -> None:
        self._check("verify", e.skill, e.check)

    def _opinion(self, e: Any) -> None:
        mark = MARK.get(e.answer, MARK["cannot_see"])
        what = (
            "overrules" if e.overruled else {"unheard": "unheard, the sensors' verdict stands"}.get(e.answer, e.answer)
        )
        self.line(f"[cyan]opinion[/]{mark} {escape(e.skill)}: {what}: {escape(e.why)} [dim]{escape(e.by)}[/]")

    def _confirmed(self, e: Any) -> None:
        for goal, check in e.goals:
            self._check("confirm", str(goal), check)

    def _check(self, label: str, what: str, check: Any) -> None:
        self.line(f"[cyan]{label:<7}[/]{MARK[check.answer]} {escape(what)}: {escape(check.why)}")
        for evidence in check.evidence:
            self.line(f"         [dim]{escape(evidence.source)}: {escape(evidence.says)}[/]")

    def _note(self, e: Any) -> None:
        self.line(f"[yellow]note[/]   {escape(e.says)}")

    def _finished(self, e: Any) -> None:
        colour = {"done": "green", "failed": "red", "stopped": "red"}.get(e.status, "yellow")
        self.line(f"[bold {colour}]{e.status}[/]: {escape(e.answer)}")


def ask_person(waiting: dict[str, Any]) -> bool:
    """Ask on the terminal whether a step may be taken; no terminal, no yes."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    step = waiting["subgoal"]
    answer = input(f"May I {step['skill']} {step['arguments']}? [y/N] ")
    return answer.strip().lower() in ("y", "yes", "是", "好", "可以")
