"""Scripted runs scored by truth: one episode, all episodes, and the figures over them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hiervla.core.config import Settings
from hiervla.core.errors import SetupError, unknown
from hiervla.core.events import Report
from hiervla.record import versions
from hiervla.scenario.figures import Figure, mean, proportion, quantile
from hiervla.scenario.rows import Row, run_rows, weights_of
from hiervla.sim.scene import ScenarioSpec, load_scene
from hiervla.workspace import Workspace, shared_workspace

if TYPE_CHECKING:
    from hiervla.sim.disturbance import Disturber

Listed = tuple[str, str, str]
"""Scenario as ``scene/name``, scene, name."""


def list_scenarios(workspace: Workspace) -> dict[str, Listed]:
    """Every scenario of every scene, by ``scene/name``."""
    found: dict[str, Listed] = {}
    for scene, entry in sorted(workspace.entries["scene"].items()):
        for s in load_scene(entry.path).scenario:
            found[f"{scene}/{s.name}"] = (f"{scene}/{s.name}", scene, s.name)
    return found


def choose(workspace: Workspace, names: list[str]) -> list[Listed]:
    """``all``, scenes, ``scene/name``s or bare scenario names to scenarios.

    Raises:
        SetupError: a name fits none; says which are near.
    """
    every = list_scenarios(workspace)
    chosen: list[Listed] = []
    for name in names:
        if name == "all":
            hits = list(every.values())
        elif Path(name).suffix == ".toml":
            hits = [(f"{name}/{s.name}", name, s.name) for s in load_scene(workspace.scene_path(name)).scenario]
        else:
            hits = [s for s in every.values() if name in s]
        if not hits:
            raise unknown("scenario", name, [*every, *{s for _, s, _ in every.values()}, "all"])
        chosen += [h for h in hits if h not in chosen]
    return chosen


def run_episode(
    scenario: str, seed: int, scene: str, name: str, settings: dict[str, Any], own: str | None, keep: bool,
    on_event: Callable[[Any], None] | None = None,
) -> Row:  # fmt: skip
    """One scenario from one seed, scored by truth. A crash of ours is a row with status ``crashed``: never left out."""
    began = time.time()
    workspace = shared_workspace(Path(own) if own else None)
    spec = next(s for s in load_scene(workspace.scene_path(scene)).scenario if s.name == name)
    try:
        score = _score(spec, seed, scene, Settings.model_validate(settings), workspace, keep, on_event)
    except SetupError:
        raise
    except Exception:
        score = _CRASHED | {"why": [traceback.format_exc()[-1500:]]}
    return {
        "scenario": scenario,
        "seed": seed,
        "disturbed": bool(spec.disturb),
        "wall_s": round(time.time() - began, 2),
    } | score


def _score(
    spec: ScenarioSpec, seed: int, scene: str, settings: Settings, workspace: Workspace, keep: bool,
    on_event: Callable[[Any], None] | None,
) -> Row:  # fmt: skip
    from hiervla.agent import Agent
    from hiervla.scenario.conversation import converse
    from hiervla.sim.disturbance import Disturber
    from hiervla.sim.truth import left_alone, true_goals

    agent = Agent(scene, seed, settings=settings, workspace=workspace, keep=keep)
    if agent.cell.sim is None:
        raise SetupError("scenarios are scored by truth, which only a simulated scene has")
    try:
        disturber = Disturber(agent.cell.sim, spec.disturb)
        if spec.turn:
            verdicts, reports = converse(agent, spec.turn)
            return _conversation_row(verdicts) | _effort(reports, disturber)
        reports = [agent.run(say, on_event) for say in spec.say]
        goals = true_goals(agent.cell.sim, spec.expect.goals)
        alone = left_alone(agent.cell.sim, spec.expect.still)
        lies = left_alone(agent.cell.sim, tuple(agent.cell.sim.bodies))
    finally:
        agent.close()
    status = next((r.status for r in reports if r.status not in spec.expect.status), reports[-1].status)
    claimed = all(r.status == "done" for r in reports)
    achieved = all(goals.values()) and all(alone.values())
    wants_done = "done" in spec.expect.status
    return {
        "status": status, "claimed": claimed, "achieved": achieved,
        "true_success": achieved and status in spec.expect.status,
        "false_success": claimed and not (achieved and wants_done), "false_failure": wants_done and achieved and not claimed,
        "missed": [t for t, ok in {**goals, **alone}.items() if not ok], "answer": reports[-1].answer, "turns": [],
        "moved": [n for n, still in lies.items() if not still],
    } | _effort(reports, disturber)  # fmt: skip


def _conversation_row(turns: list[Row]) -> Row:
    """Of a conversation as a whole: successful when every turn was right; the figures count its turns."""
    right = all(t["right"] for t in turns)
    return {
        "status": turns[-1]["ends"], "claimed": all(t["claimed"] for t in turns), "achieved": right, "true_success": right,
        "false_success": any(t["false"] for t in turns), "false_failure": False, "answer": turns[-1]["answer"], "turns": turns,
        "missed": [f"{k}. {t['say']}: {'; '.join(t['why'])}" for k, t in enumerate(turns, 1) if not t["right"]],
    }  # fmt: skip


def _effort(reports: list[Report], disturber: Disturber) -> Row:
    """What it took."""
    return {
        "disturbances": [[h.time_s, h.do, h.body] for h in disturber.happened],
        "replans": sum(r.replans for r in reports), "failures": [f.kind.value for r in reports for f in r.failures],
        "why": [f.why for r in reports for f in r.failures], "interventions": sum(r.interventions for r in reports),
        "calls": sum(r.usage.calls for r in reports), "tokens": sum(r.usage.tokens for r in reports),
        "inferences": sum(r.inferences for r in reports), "chunk_mean": _mean([n for r in reports for n in r.chunk_lengths]),
        "robot_s": round(sum(r.robot_seconds for r in reports), 2),
        "policies": sorted({p for r in reports for p in r.policies}), "runs": [r.run for r in reports],
    }  # fmt: skip


_CRASHED: Row = {
    "status": "crashed", "claimed": False, "achieved": False, "true_success": False, "false_success": False, "false_failure": False,
    "missed": [], "answer": "", "turns": [], "moved": [], "disturbances": [], "replans": 0, "failures": ["crashed"], "why": [], "interventions": 0,
    "calls": 0, "tokens": 0, "inferences": 0, "chunk_mean": 0.0, "robot_s": 0.0, "policies": [], "runs": [],
}  # fmt: skip


def run_scenarios(
    chosen: list[Listed], seeds: list[int], settings: Settings, own: Path | None = None, keep: bool = False, jobs: int = 0,
    out: Path | None = None, resume: Path | None = None, on_row: Callable[[Row, int, int], None] | None = None,
) -> list[Row]:  # fmt: skip
    """Every chosen scenario from every seed, in parallel processes."""
    quiet = settings.model_copy(update={"video": settings.video and keep}).model_dump(mode="json")
    items = [
        (full, seed, scene, name, quiet, str(own) if own else None, keep)
        for seed in seeds
        for full, scene, name in chosen
    ]
    return run_rows(
        run_episode, items, keys=("scenario", "seed"), jobs=jobs, out=out, resume=resume, on_row=on_row,
        under=made_under(settings, own),
    )  # fmt: skip


def made_under(settings: Settings, own: Path | None = None) -> Row:
    """What rows of a run hang on: the version, every setting that is not as it is by default, and a learnt policy's weights."""
    names = {n.strip() for n in (*settings.policy.split(","), *settings.policies.values())}
    changed = settings.model_dump(mode="json", exclude_defaults=True, exclude={"runs", "video"})
    weights = {f"weights of {n}": w for n in sorted(names) if (w := weights_of(n))}
    return {"version": versions()["hiervla"]} | changed | weights | ({"workspace": str(own)} if own else {})


def scenario_figures(rows: list[Row]) -> dict[str, Figure]:
    """The figures of a scenario run, pooled and per scenario."""
    figures: dict[str, Figure] = {}
    talks, rows = [r for r in rows if r.get("turns")], [r for r in rows if not r.get("turns")]
    turns = [t for r in talks for t in r["turns"]]
    for label, disturbed, goal in (("undisturbed", False, ">= 0.95"), ("disturbed", True, ">= 0.9")):
        some = [r for r in rows if r["disturbed"] is disturbed]
        if some:
            figures[f"true_success.{label}"] = _rate(some, "true_success", goal)
            figures[f"claimed_success.{label}"] = _rate(some, "claimed")
    if turns:
        figures["turns_right"] = _rate(turns, "right", ">= 0.9")
        figures["wrong_answers"] = _rate(turns, "wrong_answer")
    false = sum(r["false_success"] for r in rows) + sum(t["false"] for t in turns)
    figures["false_success"] = proportion(false, len(rows) + len(turns), "<= 0")
    figures["false_failure"] = _rate(rows, "false_failure")
    every = [*rows, *talks]
    disturbed_rows = [r for r in every if r["disturbed"]]
    figures["undelivered_disturbances"] = proportion(
        sum(not r["disturbances"] for r in disturbed_rows), len(disturbed_rows)
    )
    for name in dict.fromkeys(r["scenario"] for r in rows):
        figures[f"true_success.{name}"] = _rate([r for r in rows if r["scenario"] == name], "true_success", ">= 0.85")
    for name in dict.fromkeys(r["scenario"] for r in talks):
        said = [t for r in talks if r["scenario"] == name for t in r["turns"]]
        figures[f"turns_right.{name}"] = _rate(said, "right", ">= 0.9")
    for key in ("replans", "interventions", "inferences"):
        figures[key] = mean([r[key] for r in every])
    for key in ("robot_s", "wall_s"):
        figures[f"{key}.p50"] = quantile([r[key] for r in every], 0.5)
    return figures


def _rate(rows: list[Row], key: str, goal: str | None = None) -> Figure:
    return proportion(sum(bool(r[key]) for r in rows), len(rows), goal)


def _mean(values: list[int]) -> float:
    return round(sum(values) / len(values), 2) if values else 0.0
