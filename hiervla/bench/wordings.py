"""Ways of speaking that the paraphraser was not taught: what each leads to, beside its plain sentence, with the paraphraser and without."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hiervla.bench.language.cases import space
from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.grammar.words import merge
from hiervla.brain.paraphrase.paraphraser import CANNOT, bundled
from hiervla.core.plan import Finish, Refuse
from hiervla.learn.paraphrase import pairs
from hiervla.paper.described import Described, read_world
from hiervla.paper.mission import Told, first_briefing, said, tell
from hiervla.scenario.figures import Figure, proportion

GOALS = {"right": ">= 0.5", "wrong_action": "<= 0.01"}
BRAINS = ("grammar", "learnt")
"""The grammar alone, and with the paraphraser."""


@cache
def apart() -> tuple[pairs.Pair, ...]:
    """The pairs that are kept from training."""
    return tuple(p for p in pairs.read_pairs(Path(pairs.__file__).parent / "pairs") if pairs.apart(p))


@cache
def _world(name: str) -> Described:
    return read_world(Path(pairs.__file__).parent / "pairs" / "worlds" / f"{name}.toml", space().lexicon)


@cache
def _brain(name: str) -> GrammarBrain:
    return GrammarBrain(merge(space().tables("grammar.*.toml")), bundled() if name == "learnt" else None)


def items(seeds: list[int]) -> list[tuple[int]]:
    """Every pair; nothing here is random, so seeds choose nothing."""
    return [(k,) for k in range(len(apart()))]


def work(k: int) -> dict[str, Any]:
    """Say one, and its plain sentence, after the same turns; nothing is moved."""
    pair = apart()[k]
    plain = None if pair.plain in pairs.NO_SENTENCE else _told(_brain("grammar"), pair, pair.plain)
    row: dict[str, Any] = {
        "k": k,
        "language": "zh" if any("一" <= c <= "鿿" for c in pair.say) else "en",
    } | pair.model_dump()
    for name in BRAINS:
        try:
            told = _told(_brain(name), pair, pair.say)
            row[name], row[f"{name}_answer"] = judge(told, plain, pair.plain), told.answer
        except Exception as e:  # a bug of the brain's is counted, not the end of the bench
            row[name], row[f"{name}_answer"] = "crashed", f"{type(e).__name__}: {e}"
    return row


def _told(brain: GrammarBrain, pair: pairs.Pair, text: str) -> Told:
    there, content = _world(pair.world), space()
    briefing = first_briefing(there, content.vocabulary(there.inventory), content.skills, content.tools)
    for turn in pair.before:
        told = tell(
            brain, briefing.model_copy(update={"instruction": turn}), content.tools.values(), skills=content.skills
        )
        briefing = briefing.model_copy(update={"world": told.world, "dialogue": said(told)})
    return tell(
        brain,
        briefing.model_copy(update={"instruction": text}),
        content.tools.values(),
        act=False,
        skills=content.skills,
    )


def judge(told: Told, plain: Told | None, written: str) -> str:
    """``right``: the same goals, or the same answer; ``wrong_action``: it would move something else; else ``not_understood``.

    Args:
        told: what was said.
        plain: its plain sentence, told to the grammar; None where there is none.
        written: that sentence, or what stands instead of one.
    """
    goals = {str(g) for p in told.plans for g in p.goals}
    if plain is None:
        if goals:
            return "wrong_action"
        return "right" if written != CANNOT or isinstance(told.move, Refuse) else "not_understood"
    wanted = {str(g) for p in plain.plans for g in p.goals}
    if goals:
        return "right" if goals == wanted else "wrong_action"
    if wanted:
        return "not_understood"
    same = type(told.move) is type(plain.move) and (
        not isinstance(told.move, Finish | Refuse) or told.answer == plain.answer
    )
    return "right" if same else "not_understood"


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    """For the grammar alone and with the paraphraser; by language, too."""
    figures: dict[str, Figure] = {}
    for name in reversed(BRAINS):
        for verdict in ("right", "wrong_action"):
            goal = GOALS[verdict] if name == "learnt" else None
            figures[f"{name}.{verdict}"] = _rate(rows, name, verdict, goal)
        for language in ("en", "zh"):
            own = [r for r in rows if r["language"] == language]
            figures[f"{name}.right.{language}"] = _rate(own, name, "right")
    figures["crashed"] = proportion(sum("crashed" in (r[n] for n in BRAINS) for r in rows), len(rows), "<= 0")
    return figures


def _rate(rows: list[dict[str, Any]], brain: str, verdict: str, goal: str | None = None) -> Figure:
    return proportion(sum(r[brain] == verdict for r in rows), len(rows), goal)


def line(row: dict[str, Any]) -> str:
    """One row for a person."""
    return f"{row['language']} {row['learnt']} (grammar alone: {row['grammar']}): “{row['say']}” — “{row['plain']}” {row['learnt_answer'] if row['learnt'] != 'right' else ''}".rstrip()
