"""Mutated instructions told to the grammar brain on paper, and what was wrong with what came of them. Also run by itself:

``PYTHONPATH=.:tests python -m brain.fuzzing --cases 10000 --jobs 2`` prints violations, and how long thoughts took.
"""

from __future__ import annotations

import argparse
import random
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from brain.mutations import SAFE, STILL, Mutant, garbage, mutants
from brain.senses import is_chinese

from hiervla.bench.language.cases import Case, all_cases, world
from hiervla.bench.language.scoring import Clocked, judge
from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.grammar.words import merge
from hiervla.brain.paraphrase.paraphraser import bundled
from hiervla.core.briefing import Briefing
from hiervla.core.plan import Clarify, Refuse
from hiervla.core.ports import Brain
from hiervla.paper.mission import Told, first_briefing, said, tell
from hiervla.workspace import Workspace, load_workspace

GARBAGE = 0.08
"""Share of texts that were never an instruction."""
GLUED = 0.10
UNMENDED: tuple[str, ...] = ()
"""Known: half of what is said after another instruction is done although it is asked back, or cannot be, alone."""
SEVERAL = ("two glued", "very long", "exchanged", "dropped")
"""Mutants that may ask for more than there is room for."""


@dataclass(slots=True)
class Run:
    """One mutant told: what was wrong, if anything, and how long each thought took, seconds of its thread."""

    case: str
    mutant: Mutant
    wrong: str = ""
    broke: str = ""
    """Why a plan of several instructions could not be carried to its end: no place left, or what was done first undone again."""
    acted: bool = False
    says: str = ""
    took: list[float] = field(default_factory=list)


def runs(cases: int, seed: int) -> list[Run]:
    """That many mutants, drawn from all development cases by this seed."""
    rng = random.Random(seed)
    return [_one(rng) for _ in range(cases)]


def _one(rng: random.Random) -> Run:
    case = rng.choice(seeds())
    if rng.random() < GARBAGE:
        return told(case, garbage(rng))
    if rng.random() < GLUED:
        return _glued(case, rng)
    there = world(case.world).world
    colours = {d.colour for d in there.objects.values()}
    kinds = {d.label for d in there.objects.values()} | {
        w for d in there.objects.values() if d.name for w in d.name.split()
    }
    made = mutants(case.turns[-1], colours, kinds, rng)
    by_kind = rng.choice(made)
    return told(case, by_kind)


def _glued(first: Case, rng: random.Random) -> Run:
    """Two instructions in one breath: done as if told one after the other, or not at all; with one that cannot be done, not at all."""
    others = [
        c for c in seeds() if c.world == first.world and len(c.turns) == 1 and c.expect != "answer" and not c.about
    ]
    others = [
        c for c in others if c.expect == "do" or not c.say[0].startswith("放")
    ]  # "放到盘子上": what was spoken of last
    second = rng.choice(others)
    joint = rng.choice(("，然后", "。") if is_chinese(first.turns[-1]) else (", then ", ". ", "; "))
    text = first.turns[-1].rstrip(" .!?。！？") + joint + second.turns[-1]
    if second.expect == "do":
        return told(first, Mutant("two glued", text, SAFE))
    own = told_alone(first.name)
    undone = (
        any(t in second.turns[-1] for t in UNMENDED)
        or not own.steps
        or not isinstance(_tell(own.world_after, second.turns[-1])[0].move, Clarify | Refuse)
    )
    return told(first, Mutant("glued to what cannot be done", text, SAFE if undone else STILL))


def told(case: Case, mutant: Mutant, brain: Brain | None = None) -> Run:
    """Tell it in the case's world, after the case's earlier turns, and hold what came of it against its bound."""
    run = Run(case.name, mutant)
    try:
        came, run.took = _tell(before_last(case.name), mutant.text, brain)
        str(came.thoughts[-1])
    except Exception:
        run.wrong = "crash: " + traceback.format_exc(limit=-4)
        return run
    run.acted, run.says = bool(came.plans), " ; ".join(map(str, came.steps)) or came.answer
    if came.broke and mutant.kind in SEVERAL:
        run.broke = came.broke
    elif came.broke:
        run.wrong = f"broke: {came.broke}"
    own = told_alone(case.name)
    match mutant.bound:
        case "still" if came.plans:
            run.wrong = "acted"
        case "same" if came.plans and own.steps and effect(came) != own.effect:
            run.wrong = f"acted otherwise than {own.steps}"
        case "same" if came.plans and not own.planned:
            run.wrong = "acted where the text as it was written did not"
        case "other" if came.plans and effect(came) == own.effect:
            run.wrong = "acted as if nothing had been changed"
    return run


@dataclass(frozen=True, slots=True)
class Alone:
    """What came of a case as it is written."""

    steps: tuple[str, ...]
    effect: Any
    world_after: Briefing
    right: bool
    planned: bool


@cache
def told_alone(name: str) -> Alone:
    case = all_cases()[name]
    start = before_last(name)
    came, _ = _tell(start, case.turns[-1])
    after = came.briefing.model_copy(
        update={"dialogue": said(came), "outcomes": (), "goals": (), "confirmed": None, "asked": ()}
    )
    return Alone(
        tuple(map(str, came.steps)), effect(came), after, judge(case, came, start.world)[0] == "right", bool(came.plans)
    )


@cache
def before_last(name: str) -> Briefing:
    """The briefing once a case's earlier turns were told."""
    case, space = all_cases()[name], _space()
    there = world(case.world)
    briefing = first_briefing(there, space.vocabulary(there.inventory), space.skills, space.tools)
    for turn in case.turns[:-1]:
        came, _ = _tell(briefing, turn)
        briefing = briefing.model_copy(update={"world": came.world, "dialogue": said(came)})
    return briefing


def _tell(briefing: Briefing, text: str, brain: Brain | None = None) -> tuple[Told, list[float]]:
    clocked = Clocked(brain or plain_brain(), clock=time.thread_time)
    space = _space()
    came = tell(clocked, briefing.model_copy(update={"instruction": text}), space.tools.values(), skills=space.skills)
    return came, clocked.took


def effect(came: Told) -> Any:
    """How things lie in the end, to the millimetre, and which skills were used on what."""
    things = {
        i: (d.support, d.relation, *(round(x, 3) for x in (*d.centre, d.yaw, d.opening_m or 0.0)))
        for i, d in came.world.objects.items()
    }
    return things, [(s.skill, s.arguments.get("target")) for s in came.steps]


@cache
def seeds() -> list[Case]:
    return [c for c in all_cases().values() if c.part == "dev"]


@cache
def _space() -> Workspace:
    return load_workspace()


@cache
def plain_brain() -> GrammarBrain:
    return GrammarBrain(merge(_space().tables("grammar.*.toml")), bundled())


def digest(done: list[Run], also_safe: bool = False) -> str:
    """For a person: how many of each sort, how many of them acted, what was wrong, and how long thoughts took."""
    lines = []
    for kind in sorted({r.mutant.kind for r in done}):
        own = [r for r in done if r.mutant.kind == kind]
        bounds = ",".join(sorted({r.mutant.bound for r in own}))
        lines.append(
            f"{kind:32} {bounds:8} {len(own):6} told {sum(r.acted for r in own):6} acted {sum(bool(r.wrong) for r in own):5} wrong"
        )
    shown: Counter[str] = Counter()
    for r in done:
        odd = also_safe and r.acted and r.mutant.bound == SAFE and r.mutant.kind in ("exchanged", "shuffled", "dropped")
        if (r.wrong or odd) and shown[r.mutant.kind] < 40:
            shown[r.mutant.kind] += 1
            lines.append(
                f"\n[{r.mutant.kind}] {r.case} {r.mutant.text[:160]!r}\n    {r.wrong[:700] or 'acted'}\n    -> {r.says[:300]}"
            )
    lines += [f"broke off: {r.case} {r.mutant.text[:120]!r}: {r.broke[:160]}" for r in done if r.broke][:20]
    took = sorted(t * 1000 for r in done for t in r.took)
    p = [took[min(len(took) - 1, int(len(took) * q))] for q in (0.5, 0.95, 0.99, 1.0)]
    lines.append(
        f"\n{len(done)} texts, {sum(bool(r.wrong) for r in done)} wrong, {sum(bool(r.broke) for r in done)} broke off; a thought: p50 {p[0]:.1f} p95 {p[1]:.1f} p99 {p[2]:.1f} max {p[3]:.0f} ms"
    )
    return "\n".join(lines)


def _batch(arguments: tuple[int, int]) -> list[Run]:
    return runs(*arguments)


if __name__ == "__main__":
    told_to = argparse.ArgumentParser()
    told_to.add_argument("--cases", type=int, default=2000)
    told_to.add_argument("--jobs", type=int, default=1)
    told_to.add_argument("--seed", type=int, default=0)
    told_to.add_argument("--odd", action="store_true", help="show what acted of exchanged and dropped words, too")
    given = told_to.parse_args()
    began = time.perf_counter()
    batches = [(250, given.seed + k) for k in range(-(-given.cases // 250))]
    with ProcessPoolExecutor(given.jobs) as pool:
        everything = [r for batch in pool.map(_batch, batches) for r in batch]
    print(digest(everything, given.odd))
    print(f"{time.perf_counter() - began:.0f} s")
