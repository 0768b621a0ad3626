"""Is each skill done when it says so? Every skill alone: random scenes, real eyes, its own criterion beside the truth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from hiervla.bench.cases import CASES
from hiervla.core.errors import SafetyStop, SetupError, unknown
from hiervla.core.outcome import Check
from hiervla.scenario.figures import Figure, mean, proportion
from hiervla.scenario.trial import Trial, Unset


def items(seeds: list[int], skill: Sequence[str] = ()) -> list[tuple[str, int]]:
    """(case, seed) for every case, or for those whose name is, or begins with, one that was asked for.

    Raises:
        SetupError: no case is called so.
    """
    names = list(CASES)
    if skill:
        for s in skill:
            if not any(_asked(n, s) for n in CASES):
                raise unknown("skill", s, CASES)
        names = [n for n in names if any(_asked(n, s) for s in skill)]
    return [(n, s) for n in names for s in seeds]


def _asked(case: str, name: str) -> bool:
    return case == name or case.startswith(f"{name}_")


def work(case: str, seed: int) -> dict[str, Any]:
    """One episode: what the skill claims, and what is true."""
    began = time.perf_counter()
    rng = np.random.default_rng([seed, *case.encode()])
    row: dict[str, Any] = {"case": case, "seed": seed, "tried": False, "claimed": False, "true": False, "kind": None}
    trial = None
    try:
        trial = Trial.of(CASES[case].scene(rng), seed)
        asked, judge = CASES[case].ask(trial, rng)
        trial.before = trial.truth()
        for _ in range(CASES[case].tries):
            claim, trace = trial.step(*asked)
            row["tries"] = row.get("tries", 0) + 1
            if isinstance(claim, Check) and claim:
                break
        row["asked"] = {"skill": asked[0], **asked[1]}
        row["tried"] = True
        row["claimed"] = isinstance(claim, Check) and bool(claim)
        row["true"] = bool(judge(trial, trial.truth()))
        row["why"] = claim.why
        row["kind"] = None if row["claimed"] else str(claim.kind or "cannot_see")
        row["robot_s"] = round(trace.seconds, 2) if trace is not None else 0.0
    except Unset as e:
        row["why"] = str(e)
    except SafetyStop as e:
        row |= {"tried": True, "kind": "safety_stop", "why": str(e)}
    except SetupError as e:
        if "no free spot" not in str(e):  # broken content is no episode that was not tried
            raise
        row["why"] = f"no such scene could be built: {e}"
    finally:
        if trial is not None:
            trial.cell.close()
    return row | {"wall_s": round(time.perf_counter() - began, 2)}


def skill_of(case: str) -> str:
    """The skill that a case is an episode of: what its name begins with."""
    return case.split("_", 1)[0]


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    """Of each skill over all its cases, held to the goals; of a skill with several also each case, for where it is weak.

    A case that bears its skill's own name is printed as ``SKILL_plain``.
    """
    figures: dict[str, Figure] = {}
    cases = list(dict.fromkeys(r["case"] for r in rows))
    for skill in dict.fromkeys(map(skill_of, cases)):
        figures |= _rates(skill, [r for r in rows if skill_of(r["case"]) == skill], ">= 0.95")
        parts = [c for c in cases if skill_of(c) == skill]
        for case in parts if len(parts) > 1 else ():
            name = f"{case}_plain" if case == skill else case
            figures |= _rates(name, [r for r in rows if r["case"] == case], None)
    figures["robot_s"] = mean([r["robot_s"] for r in rows if r.get("robot_s")])
    return figures


def _rates(name: str, mine: list[dict[str, Any]], goal: str | None) -> dict[str, Figure]:
    tried = [r for r in mine if r["tried"]]
    claimed = [r for r in tried if r["claimed"]]
    return {
        f"{name}.true_success": proportion(sum(r["true"] and r["claimed"] for r in tried), len(tried), goal),
        f"{name}.false_success": proportion(sum(not r["true"] for r in claimed), len(tried), "<= 0"),
        f"{name}.not_tried": proportion(len(mine) - len(tried), len(mine)),
    }


def line(row: dict[str, Any]) -> str:
    """One row for a person."""
    if not row["tried"]:
        verdict = "not tried"
    elif row["claimed"]:
        verdict = "ok" if row["true"] else "FALSE SUCCESS"
    else:
        verdict = f"{'unclaimed success' if row['true'] else 'failed'} ({row['kind']})"
    told = "" if verdict == "ok" else f": {row.get('why', '')} {row.get('asked', '')}"
    return f"{row['case']} seed {row['seed']}: {verdict} {row['wall_s']} s{told}"
