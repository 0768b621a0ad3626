"""How do ways of saying actions compare? Eight small policies, the same demonstrations, the same core-minutes each, closed loop.

What is compared is the head (flow matching, diffusion, regression, action tokens), the tokeniser and whether the expert's
gradient is kept from the backbone. All is made where it is missing, in ``runs/policies`` (another folder by
HIERVLA_BENCH_POLICIES): the demonstrations first, then each policy when its first episode is due. Lessons of the episodes
are none of those that were shown.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hiervla.scenario.figures import Figure, mean, proportion, quantile

LESSONS = range(500_000, 500_600)
"""Seeds of what is shown."""
CORE_MINUTES = 8.0
DEED = "mixed"


@dataclass(frozen=True, slots=True)
class Row:
    """One way of saying actions."""

    head: str
    tokeniser: str = ""
    """None: the backbone is taught by the expert's gradient alone."""
    insulated: bool = True

    def form(self) -> dict[str, Any]:
        """Its part of a model's configuration."""
        told: dict[str, Any] = {"head": self.head, "insulated": self.insulated, "co_train": bool(self.tokeniser)}
        return told | ({"tokeniser": self.tokeniser} if self.tokeniser else {})


ROWS = {
    "flow.fast.insulated": Row("flow", "fast"),
    "flow.fast.open": Row("flow", "fast", insulated=False),
    "flow.alone": Row("flow", insulated=False),
    "diffusion.fast.insulated": Row("diffusion", "fast"),
    "regression.alone": Row("regression", insulated=False),
    "tokens.fast": Row("tokens", "fast"),
    "tokens.bins": Row("tokens", "bins"),
    "tokens.rvq": Row("tokens", "rvq"),
}


def items(seeds: list[int]) -> list[tuple[str, int]]:
    """Row by row: a policy is trained when its first episode is due."""
    return [(row, seed) for row in ROWS for seed in seeds]


def work(row: str, seed: int) -> dict[str, Any]:
    """One episode of one row."""
    from hiervla.learn.exam.conditions import Item
    from hiervla.learn.exam.episode import work as examined

    folder, about = _trained(row)
    found = examined(*Item(policy=f"mini:{folder}@torch", deed=DEED, seed=seed))
    kept = ("did", "tried", "claimed", "true", "kind", "wrong_object", "chunk_ms")
    return {"row": row, "seed": seed, **about} | {k: found[k] for k in kept if k in found}


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    """Side by side: success, milliseconds a chunk, size, tokens a chunk, what a chunk loses by being said in them."""
    figures: dict[str, Figure] = {}
    for name in ROWS:
        mine = [r for r in rows if r["row"] == name]
        tried = [r for r in mine if r["tried"]]
        if not mine:
            continue
        ms = [x for r in tried for x in r.get("chunk_ms", ())]
        first = mine[0]
        figures |= {
            f"{name}.true_success": proportion(sum(r["claimed"] and r["true"] for r in tried), len(tried)),
            f"{name}.false_success": proportion(sum(r["claimed"] and not r["true"] for r in tried), len(tried)),
            f"{name}.chunk_ms.p50": quantile(ms, 0.5),
            f"{name}.chunk_ms.p99": quantile(ms, 0.99),
            f"{name}.parameters_m": mean([first["parameters_m"]]),
            f"{name}.steps": mean([first["steps"]]),
        }
        if first.get("tokens") is not None:
            figures[f"{name}.tokens"] = mean([first["tokens"]])
            figures[f"{name}.reconstruction_mm.p95"] = mean([first["reconstruction_mm"]])
    return figures


def line(row: dict[str, Any]) -> str:
    verdict = "not tried" if not row["tried"] else "ok" if row["claimed"] and row["true"] else str(row.get("kind"))
    return f"{row['row']} seed {row['seed']} {row.get('did', '')}: {verdict}"


@lru_cache(maxsize=1)
def _trained(name: str) -> tuple[Path, dict[str, Any]]:
    """The policy's folder and what is to be said of it, trained now unless it is there."""
    import torch

    from hiervla.cerebellum.policies.mini.config import ModelConfig
    from hiervla.learn.training.budget import steps_within
    from hiervla.learn.training.loop import Run
    from hiervla.learn.training.settings import TrainSettings

    torch.set_num_threads(1)
    to = _room() / name
    settings = TrainSettings(data=(str(_demonstrations()),), out=str(to), model=ModelConfig(**ROWS[name].form()),
                             batch=48, workers=0, threads=1, device="cpu", save_every=50)  # fmt: skip
    steps = steps_within(settings, CORE_MINUTES * 60, to)
    run = Run(settings.model_copy(update={"steps": steps}))
    if run.step < steps or not (to / "policy" / "config.json").exists():
        run.train()
    about: dict[str, Any] = {"steps": steps, "parameters_m": round(run.model.size() / 1e6, 3)}
    return to / "policy", about | _said(run)


def _said(run: Any) -> dict[str, Any]:
    """Tokens of a chunk and what is lost by them, over chunks of episodes kept apart."""
    import numpy as np

    from hiervla.cerebellum.policies.tokens.measure import measure

    if run.shown.tokeniser is None:
        return {}
    rows, _ = run.moments.checking.draw(400, 1.0, np.random.default_rng(0))
    chunks = run.parts.actions.normalise(run.moments.take(rows, ("expert.chunk",))["expert.chunk"])
    found = measure(run.shown.tokeniser, chunks, run.parts.actions)
    return {"tokens": round(found.tokens.mean, 2), "reconstruction_mm": round(found.position_mm.p95, 3)}


def _demonstrations() -> Path:
    from hiervla.learn.collect import collect

    folder = _room() / "demonstrations"
    collect(folder, LESSONS)
    return folder


def _room() -> Path:
    return Path(os.environ.get("HIERVLA_BENCH_POLICIES", "runs/policies"))
