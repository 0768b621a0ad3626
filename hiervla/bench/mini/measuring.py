"""The small brain on held-out scenes and wordings: with the picture, with a blank one, and on what the grammar alone does not read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hiervla.bench.language.cases import space
from hiervla.bench.mini.judging import judge
from hiervla.core.briefing import ImageRef
from hiervla.core.config import ChatSettings
from hiervla.core.errors import BrainLost, UnusableReply
from hiervla.core.ports import Brain
from hiervla.core.world import World
from hiervla.learn.brain import lessons, teaching
from hiervla.learn.paraphrase.pairs import NO_SENTENCE
from hiervla.paper.mission import Told
from hiervla.scenario.figures import Figure, paired_difference, proportion, quantile

KEYS = ("seed", "k", "picture")
PICTURES = ("seen", "blank")
GOALS = {"covered.right": ">= 0.9"}


def items(folder: Path, rows: Sequence[dict[str, Any]], most: int = 0) -> list[tuple[int, int, str, str]]:
    """(seed, line, picture, folder) of every first thought of the check; of ``most`` lines where that is not 0."""
    lines = [(r["seed"], k) for r in rows for k, one in enumerate(r["lines"]) if one["stage"] == "first"]
    if most:
        lines = lines[:: max(1, len(lines) // most)][:most]
    return [(seed, k, p, str(folder)) for seed, k in lines for p in PICTURES]


def work(seed: int, k: int, picture: str, folder: str) -> dict[str, Any]:
    """One sentence told to the small brain, and what its thought leads to."""
    row = _checks(folder)[seed]
    line, world = row["lines"][k], World.model_validate(row["world"])
    wanted = None if line["plain"] in NO_SENTENCE else teaching.told(line["plain"], world)
    shown = _shown(Path(folder) / "pictures" / f"{seed}.png", blank=picture == "blank")
    briefing = teaching.briefing_of(line["say"], world, shown)
    began = time.perf_counter()
    try:
        move = _brain(folder).think(briefing).move
        verdict, why = judge(move, line["plain"], wanted, world)
    except (UnusableReply, BrainLost) as e:
        verdict, why = "unusable", str(e)
    took = time.perf_counter() - began
    return {
        "seed": seed, "k": k, "picture": picture, "say": line["say"], "language": line["language"], "form": line["form"],
        "part": _part(line["say"], wanted, world), "verdict": verdict, "why": why, "think_ms": round(1000 * took, 1),
    }  # fmt: skip


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    """Wordings of forms the grammar covers, with the picture and without; wordings that it refuses; by language and by where they are from."""
    figures: dict[str, Figure] = {}
    for part in ("covered", "refused", "still"):
        for picture in PICTURES:
            own = [r for r in rows if r["part"] == part and r["picture"] == picture]
            name = part if picture == "seen" else f"{part}.blank"
            figures[f"{name}.right"] = _rate(own, "right", GOALS.get(f"{name}.right"))
            figures[f"{name}.wrong_action"] = _rate(own, "wrong_action")
        right = {(r["seed"], r["k"], r["picture"]): r["verdict"] == "right" for r in rows if r["part"] == part}
        both = [
            (right[s, k, "seen"], right[s, k, "blank"]) for s, k, p in right if p == "seen" and (s, k, "blank") in right
        ]
        figures[f"{part}.seen_less_blank"] = paired_difference(both)
    seen = [r for r in rows if r["part"] == "covered" and r["picture"] == "seen"]
    for language in ("en", "zh"):
        figures[f"covered.right.{language}"] = _rate([r for r in seen if r["language"] == language], "right")
    for name, pair in (("templates", False), ("pairs", True)):
        figures[f"covered.right.{name}"] = _rate([r for r in seen if (r["form"] == "pair") == pair], "right")
    figures["unusable"] = _rate([r for r in rows if r["picture"] == "seen"], "unusable")
    for name, q in (("p50", 0.5), ("p95", 0.95)):
        figures[f"think_ms.{name}"] = quantile([r["think_ms"] for r in rows if r["picture"] == "seen"], q)
    return figures


def line(row: dict[str, Any]) -> str:
    """One row for a person."""
    return f"{row['part']} {row['picture']} {row['form']} {row['verdict']}: “{row['say']}” {row['why']}".rstrip()


def _rate(rows: Sequence[dict[str, Any]], verdict: str, goal: str | None = None) -> Figure:
    return proportion(sum(r["verdict"] == verdict for r in rows), len(rows), goal)


def _part(say: str, wanted: Told | None, world: World) -> str:
    """``covered``: the grammar alone reads what was said as it reads the plain sentence; ``refused``: it does not; ``still``: nothing is to be moved."""
    if wanted is None or not wanted.plans:
        return "still"
    try:
        read = teaching.told(say, world)
    except Exception:  # a bug of the grammar's on what it does not read is no matter of this bench
        return "refused"
    goals = {str(g) for p in read.plans for g in p.goals}
    return "covered" if goals == {str(g) for p in wanted.plans for g in p.goals} else "refused"


def _shown(path: Path, blank: bool) -> ImageRef:
    if blank:
        from PIL import Image

        grey = path.with_name("blank.png")
        if not grey.is_file():
            with Image.open(path) as picture:
                Image.new("RGB", picture.size, (128, 128, 128)).save(grey)
        path = grey
    return ImageRef(look_id="L1", camera="front", path=str(path))


@cache
def _checks(folder: str) -> dict[int, dict[str, Any]]:
    return {r["seed"]: r for r in lessons.kept(Path(folder), "check")}


@cache
def _brain(folder: str) -> Brain:
    from hiervla.named import make_brain

    return make_brain(f"local:{Path(folder) / 'brain'}", space(), ChatSettings(examples=0))
