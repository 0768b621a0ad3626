"""Runs as data to fine-tune a vision-language model with: what the brain was given, and what it replied where all went well."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hiervla.brain.chat.rendering import Prompt, Prompts
from hiervla.brain.local.forms import Lengths, reply_form
from hiervla.core.errors import SetupError
from hiervla.core.events import Report
from hiervla.core.plan import Ask, Plan, Thought
from hiervla.learn.brain.replies import written
from hiervla.record import read_events, read_report
from hiervla.workspace import Workspace

LONGEST = Lengths(reasoning=4000, says=2000, why=600, text=400, goals=40, steps=60, calls=20, items=40)
"""What a brain without a form wrote may be longer than what one with a form may write."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many lines were written, from how many runs."""

    lines: int
    runs: int


def export(
    runs: Sequence[Path], out: Path, workspace: Workspace, every: bool = False, tell: Callable[[str], None] = print
) -> Exported:
    """Write one line of JSON for each thought: ``messages`` with a picture by its file's name in ``images``, as TRL takes them.

    Pictures are copied into a folder beside the file. Of a run that did not end as done with every goal seen to hold nothing
    is taken unless ``every``; then each line says how its run ended (``success``) and whether the mission went on with the
    thought (``taken``). ``tell`` hears one line about each run that cannot be used.

    Raises:
        SetupError: there is a file already, it cannot be written, or no run could be used.
    """
    from hiervla.named import chat_prompts

    pictures = out.with_name(f"{out.stem}.images")
    if out.exists() or pictures.exists():
        raise SetupError(f"{out if out.exists() else pictures} is there already; name another --out")
    prompts, lines, used = chat_prompts(workspace), 0, 0
    try:
        pictures.mkdir(parents=True)
        with out.open("w", encoding="utf-8") as file:
            for run in runs:
                try:
                    found = _of_run(run, workspace, prompts, every)
                except SetupError as e:
                    tell(str(e))
                    continue
                for line, images in found:
                    named = [_copied(i, run, pictures) for i in images]
                    file.write(json.dumps(line | {"images": named}, ensure_ascii=False) + "\n")
                lines, used = lines + len(found), used + bool(found)
    except OSError as e:
        raise SetupError(f"cannot write {out}: {e.strerror}") from e
    if not lines:
        out.unlink()
        shutil.rmtree(pictures)
        raise SetupError("none of these runs could be used; --all takes also those that did not end in success")
    return Exported(lines, used)


def _of_run(
    run: Path, workspace: Workspace, prompts: Prompts, every: bool
) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """The lines of a run and the pictures of each.

    Raises:
        SetupError: it cannot be used; says why.
    """
    from hiervla.graph.retold import retold
    from hiervla.named import arm_model
    from hiervla.sim.scene import load_scene

    report = _report(run)
    success = report.status == "done" and bool(report.goals) and all(g.holds == "yes" for g in report.goals)
    if not success and not every:
        raise SetupError(f"{run.name}: left out: it ended as {report.status}" + (" without evidence for every goal" if report.status == "done" else ""))  # fmt: skip
    scene = load_scene(workspace.scene_path(report.scene))
    arm = arm_model(report.config.get("robot") or scene.robot)
    told = retold(
        run, workspace, workspace.vocabulary(scene.inventory), scene.limits.over(arm.limits), arm.gripper,
        scene.camera[0].name, report.config,
    )  # fmt: skip
    lines = []
    for k, one in enumerate(told):
        if not one.taken and not every:
            continue
        prompt = prompts.prompt(one.briefing, "forms")
        try:
            reply = written(fields(one.thought), one.thought.reasoning or "-", reply_form(one.briefing, True, LONGEST))
        except ValueError:
            continue  # a reply that no form can say, such as a name that is none, is nothing to learn from
        images = tuple(i.path for i in prompt.images)
        marks = {"success": success, "taken": one.taken} if every else {}
        lines.append(
            ({"messages": messages(prompt, len(images), reply), "run": run.name, "thought": k} | marks, images)
        )
    if not lines:
        raise SetupError(f"{run.name}: left out: it holds no thought that a reply can say")
    return lines


def messages(prompt: Prompt, pictures: int, reply: str) -> list[dict[str, Any]]:
    """A system, a user and an assistant message; each picture stands as ``{"type": "image"}`` before the user's words."""
    text = lambda t: {"type": "text", "text": t}  # noqa: E731
    return [
        {"role": "system", "content": [text(prompt.system)]},
        {"role": "user", "content": [*[{"type": "image"}] * pictures, text(prompt.text)]},
        {"role": "assistant", "content": [text(reply)]},
    ]


def fields(thought: Thought) -> dict[str, Any]:
    """A thought's move in the fields of a reply; what says nothing is left out."""
    move = json.loads(thought.move.model_dump_json())
    out = {"move": move.pop("kind")} | move
    match thought.move:
        case Plan():
            out["goals"] = [_said(g, ("tolerance_m", "by")) for g in out["goals"]]
            out["subgoals"] = [_said(s) | {"arguments": _said(s["arguments"])} for s in out["subgoals"]]
        case Ask():
            out["calls"] = [c | {"arguments": _said(c["arguments"])} for c in out["calls"]]
    return _said(out)


def _said(given: dict[str, Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {k: v for k, v in given.items() if k not in without and v not in (None, [], {}, "")}


def _report(run: Path) -> Report:
    try:
        read_events(run)
        report = read_report(run)
    except (OSError, ValidationError) as e:
        raise SetupError(f"{run.name}: its report cannot be read: {str(e).splitlines()[0]}") from e
    if report is None:
        raise SetupError(f"{run.name}: left out: it did not come to its end")
    return report


def _copied(image: str, run: Path, folder: Path) -> str:
    """The name of a picture's copy, from where the file of lines lies."""
    to = folder / f"{run.name}-{Path(image).name}"
    if not to.exists():
        shutil.copyfile(image, to)
    return f"{folder.name}/{to.name}"
