"""Benches: what is measured, over which seeds, into which figures. Registered here by name, loaded when they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Bench:
    """One bench. ``module`` has ``items(seeds)``, ``work(*item)`` → row and ``summary(rows)`` → figures."""

    module: str
    doc: str
    figures: tuple[str, ...]
    keys: tuple[str, ...] = ("seed",)
    seeds: str = "0-9"
    parallel: bool = True
    of_skills: bool = False
    """Its items can be narrowed to some skills."""

    def _of(self, name: str) -> Callable[..., Any]:
        return getattr(import_module(self.module), name)  # type: ignore[no-any-return]

    def items(self, seeds: list[int], skills: Sequence[str] = ()) -> Sequence[tuple[Any, ...]]:
        """The episodes; ``skills`` narrows a bench of skills to some of them."""
        if self.of_skills:
            return self._of("items")(seeds, skills)  # type: ignore[no-any-return]
        return self._of("items")(seeds)  # type: ignore[no-any-return]

    @property
    def work(self) -> Callable[..., dict[str, Any]]:
        return self._of("work")

    @property
    def line(self) -> Callable[[dict[str, Any]], str] | None:
        """One row for a person: the module's ``line`` where it has one."""
        return getattr(import_module(self.module), "line", None)

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return self._of("summary")(rows)  # type: ignore[no-any-return]


_BANDS = ("clear", "crowded", "noisy")
_SEEN = ("missed", "invented", "position_mm.median", "position_mm.p95", "colour", "shape")
BENCHES = {
    "startup": Bench(
        "hiervla.bench.startup", "seconds from starting the process to the first motion, and what is loaded on the way",
        ("first_motion_s.p50", "help_s.p50", "heavy_modules.help", "heavy_modules.run"), seeds="0-4", parallel=False,
    ),
    "realtime": Bench(
        "hiervla.bench.realtime", "simulated seconds per wall second, with tick images, and milliseconds of each part",
        ("real_time_factor", "tick_ms.p50", "look_ms.p50"), seeds="0-9", parallel=False,
    ),
    "perception": Bench(
        "hiervla.bench.perception", "random tables read in one look each, against truth: clear, crowded, noisy",
        (*(f"{f}.{b}" for b in _BANDS for f in _SEEN), "look_ms.p50", "look_ms.p95"), keys=("band", "seed"), seeds="0-19",
    ),
    "skills": Bench(
        "hiervla.bench.skills", "every skill alone in random scenes: what it claims beside what is true",
        ("SKILL.true_success", "SKILL.false_success", "SKILL.not_tried"), keys=("case", "seed"), seeds="0-19", of_skills=True,
    ),
    "policies": Bench(
        "hiervla.bench.policies", "eight ways of saying actions, trained on the same demonstrations for 8 core-minutes each, closed loop",
        ("ROW.true_success", "ROW.false_success", "ROW.chunk_ms.p50", "ROW.chunk_ms.p99", "ROW.tokens", "ROW.reconstruction_mm.p95"),
        keys=("row", "seed"), seeds="0-99", parallel=False,
    ),
    "language": Bench(
        "hiervla.bench.language.scoring", "instructions in both languages, each plan carried out on paper and judged by what is so afterwards",
        ("right.PART", "wrong_action.PART", "refused.infeasible", "asked.ambiguous", "think_ms.p95"), keys=("name",), seeds="0-0",
    ),
    "wordings": Bench(
        "hiervla.bench.wordings", "ways of speaking kept apart from the paraphraser's training, each beside its plain sentence",
        ("learnt.right", "learnt.wrong_action", "grammar.right", "grammar.wrong_action"), keys=("k",), seeds="0-0",
    ),
    "brains": Bench(
        "hiervla.bench.brains.measuring", "a good, a careless and a hostile model behind real HTTP: whole missions beside the grammar's, and instructions on paper",
        ("competent.paired_difference", "sloppy.good", "hostile.unsafe", "hostile.false_success", "killed.resumed", "killed.unsafe", "BRAIN.right", "BRAIN.wrong_action",
         "BRAIN.think_ms.p50", "BRAIN.think_ms.p95", "BRAIN.tool_calls", "BRAIN.tokens", "BRAIN.money"), keys=("kind", "brain", "what", "seed"),
    ),
}  # fmt: skip
