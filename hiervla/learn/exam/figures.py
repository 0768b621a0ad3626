"""Rows of an examination to figures, held to the goals of the condition they were taken under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hiervla.learn.exam.conditions import KEYS
from hiervla.scenario.figures import Figure, mean, paired_difference, proportion, quantile

Row = dict[str, Any]
NAMES = {"in": "place_in", "on": "place_on", "beside": "place_beside"}
"""Deeds whose figures bear a clearer name."""
GOALS = {
    "pick": ">= 0.95", "in": ">= 0.95", "on": ">= 0.85", "beside": ">= 0.9", "push": ">= 0.9", "open": ">= 0.9", "close": ">= 0.9",
    "chain": ">= 0.9",
}  # fmt: skip
"""Of true success where nothing is shifted, blanked or told wrongly."""
SHIFTED = {"hues": ">= 0.9", "shapes": ">= 0.75", "surroundings": ">= 0.7"}
"""And over a mixed set where something is."""
OFF_GOAL = ">= 0.8"
"""Of picking with a target told 2 cm off."""
BEHIND = ">= -0.03"
"""How far it may fall behind another policy on the same seeds."""


def summary(rows: list[Row]) -> dict[str, Figure]:
    """Figures of the policy examined, the first row's; of another beside it its success, and the paired difference."""
    policies = list(dict.fromkeys(r["policy"] for r in rows))
    mine = [r for r in rows if r["policy"] == policies[0]]
    figures: dict[str, Figure] = {}
    deeds = list(dict.fromkeys(r["deed"] for r in mine))
    for deed in deeds:
        figures |= _of_deed(deed, [r for r in mine if r["deed"] == deed])
    if len(deeds) > 1:
        figures["all.true_success"] = _success(mine)
        figures["all.wrong_object"] = _rate(mine, lambda r: r["wrong_object"])
    for other in policies[1:]:
        figures |= _beside(other, mine, [r for r in rows if r["policy"] == other], deeds)
    return figures | _pace(mine)


def _of_deed(deed: str, rows: list[Row]) -> dict[str, Figure]:
    name = NAMES.get(deed, deed)
    tried = [r for r in rows if r["tried"]]
    plain = rows[0]["blank"] == "none" and rows[0]["target_error_m"] == 0.0
    figures = {
        f"{name}.true_success": _success(rows, _goal(deed, rows[0])),
        f"{name}.false_success": proportion(sum(_false(r) for r in tried), len(tried), "<= 0"),
        f"{name}.wrong_object": _rate(rows, lambda r: r["wrong_object"], "<= 0.01" if plain else None),
        f"{name}.not_tried": proportion(len(rows) - len(tried), len(rows)),
    }
    if not plain:
        told = [r for r in tried if r.get("began_holding") is False]
        figures[f"{name}.touched_target_first"] = _rate(told, lambda r: r["touched_first"] == r["target"])
        if "shuffled-words" in rows[0]["blank"]:
            figures[f"{name}.touched_named_first"] = _rate(told, lambda r: r["touched_first"] == r["named"])
    off = [r["off_mm"] for r in tried if r.get("off_mm") is not None]
    if off:
        figures[f"{name}.off_mm.p50"], figures[f"{name}.off_mm.p95"] = quantile(off, 0.5), quantile(off, 0.95)
    return figures


def _goal(deed: str, row: Row) -> str | None:
    if row["blank"] != "none":
        return None
    if row["target_error_m"]:
        return OFF_GOAL if deed == "pick" and row["target_error_m"] == 0.02 and row["shift"] == "none" else None
    return GOALS.get(deed) if row["shift"] == "none" else SHIFTED.get(row["shift"]) if deed == "mixed" else None


def _beside(other: str, mine: list[Row], theirs: list[Row], deeds: Sequence[str]) -> dict[str, Figure]:
    episode = [k for k in KEYS if k != "policy"]
    there = {tuple(r[k] for k in episode): r for r in theirs if r["tried"]}
    pairs = [(r, there[k]) for r in mine if r["tried"] and (k := tuple(r[e] for e in episode)) in there]
    figures: dict[str, Figure] = {}
    for deed in [*deeds, *(["all"] if len(deeds) > 1 else [])]:
        name = NAMES.get(deed, deed)
        figures[f"{other}/{name}.true_success"] = _success([r for r in theirs if deed in ("all", r["deed"])])
        both = [(_done(a), _done(b)) for a, b in pairs if deed in ("all", a["deed"])]
        figures[f"{name}.true_success.less_{other}"] = paired_difference(both, BEHIND)
    return figures


def _pace(rows: list[Row]) -> dict[str, Figure]:
    ms = [t for r in rows for t in r.get("chunk_ms", ())]
    return {
        "chunk_ms.p50": quantile(ms, 0.5),
        "chunk_ms.p99": quantile(ms, 0.99, "< 100"),
        "chunk_length": mean([n for r in rows for n in r.get("chunk_lengths", ())]),
        "chunks": mean([r["chunks"] for r in rows if r.get("chunks")]),
        "robot_s": mean([r["robot_s"] for r in rows if r.get("robot_s")]),
    }


def _done(row: Row) -> bool:
    return bool(row["claimed"] and row["true"])


def _false(row: Row) -> bool:
    return bool(row["claimed"] and not row["true"] and not row.get("near"))


def _success(rows: list[Row], goal: str | None = None) -> Figure:
    return _rate(rows, _done, goal)


def _rate(rows: list[Row], hit: Callable[[Row], bool], goal: str | None = None) -> Figure:
    tried = [r for r in rows if r["tried"]]
    return proportion(sum(bool(hit(r)) for r in tried), len(tried), goal)


def line(row: Row) -> str:
    """One row for a person."""
    who = f"{row['policy']}: {row['deed']} seed {row['seed']}"
    if row["kind"] == "not_covered":
        return f"{who}: ERROR: {row['why']}"
    if not row["tried"]:
        verdict = "not tried"
    elif row["claimed"]:
        verdict = "ok" if row["true"] else f"{row['off_mm']:g} mm off" if row.get("near") else "FALSE SUCCESS"
    else:
        verdict = f"{'unclaimed success' if row['true'] else 'failed'} ({row['kind']})"
    wrong = f", WRONG OBJECT ({row['touched_first']} touched first, {', '.join(row['moved_others']) or 'no other'} moved)" if row.get("wrong_object") else ""  # fmt: skip
    told = "" if verdict == "ok" else f": {row.get('why', '')}"
    return f"{who}: {verdict}{wrong} {row['wall_s']} s{told}"
