"""``hiervla parse``: what an instruction is understood to be, in any described world. No robot and no simulator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hiervla.cli import options as opt
from hiervla.core.errors import SetupError
from hiervla.core.plan import Clarify, Finish, Plan, Refuse

if TYPE_CHECKING:
    from hiervla.paper.mission import Told

STATUS = {Plan: "done", Finish: "done", Clarify: "clarify", Refuse: "refused"}


def parse(
    text: Annotated[
        str, typer.Argument(callback=opt.legible, help="An instruction or a question, in English or Chinese.")
    ],
    world: Annotated[
        Path | None,
        typer.Option("--world", help="TOML file of a described world (docs/language.md), or a World as JSON."),
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option(
            "--said", callback=opt.all_legible, help="What was said before, and done; repeatable, oldest first."
        ),
    ] = None,
    act: Annotated[
        bool, typer.Option("--act", help="Carry the plan out on paper, and tell how things lie then.")
    ] = False,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    json: opt.Json = False,
) -> None:
    """Show how words are read: canonical form, thoughts, goals and steps. Exit code 3: refused; 4: a question back."""
    from hiervla.core.world import World
    from hiervla.deskwork import canonical_form, imagine
    from hiervla.paper.described import Described, read_world

    if world is None and (act or said):
        raise SetupError(f"{'--act' if act else '--said'} needs a world to act in: --world FILE (docs/language.md)")
    space = opt.workspace(workspace)
    there = read_world(world, space.lexicon) if world is not None else Described(World())
    form = canonical_form(text, there.world, space.vocabulary(there.inventory), space)
    with opt.json_stdout(json) as put:
        if world is None and form is not None:  # no world to plan in
            if not json:
                print(form)
            put({"text": text, "form": form, "move": None})
            return
        told = imagine(text, there, space, before=said or (), act=act, speaker=opt.settings(space, set_).speaker)
        if not json:
            _show(form, told)
        put({"text": text, "form": form, **_as_json(told)})
    kinds = Plan if told.plans and not act else type(told.move)
    opt.exit_with("failed" if told.broke else STATUS[kinds])


def _as_json(told: Told) -> dict[str, Any]:
    plan = told.plans[0] if told.plans else None
    out: dict[str, Any] = {
        "move": "plan" if plan else told.move.kind, "answer": None if plan and not told.steps else told.answer,
        "candidates": list(getattr(told.move, "candidates", ())), "thoughts": [t.reasoning for t in told.thoughts],
        "asked": [c.model_dump(mode="json") for t in told.thoughts for c in getattr(t.move, "calls", ())],
        "goals": [g.model_dump(mode="json", exclude_defaults=True) for g in plan.goals] if plan else [],
        "subgoals": [s.model_dump(mode="json", exclude_defaults=True) for s in plan.subgoals] if plan else [],
    }  # fmt: skip
    if told.steps:
        out["world"] = told.world.model_dump(mode="json", exclude_defaults=True)
    return out


def _show(form: str | None, told: Told) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    console.print(f"form     {form or '(not all of it was understood)'}")
    told_why = next((t for t in told.thoughts if isinstance(t.move, Plan)), told.thoughts[-1])
    console.print(f"thought  {told_why.reasoning}")
    if told.plans:
        for goal in told.plans[0].goals:
            console.print(f"goal     {goal}")
        for k, step in enumerate(told.plans[0].subgoals, 1):
            console.print(f"step {k:<3} {step}  — {step.why}")
    if not told.plans or told.steps:
        console.print(f"answer   {told.answer}")
    for d in told.world.objects.values() if told.steps else ():
        console.print(
            f"then     {d.id} {d.relation} {d.support} at {d.centre[0] * 100:.0f}, {d.centre[1] * 100:.0f} cm"
        )
