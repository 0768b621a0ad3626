"""What the grammar brain makes of sentences about one seen world: prompts as the small brain gets them, replies as it is to write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from hiervla.brain.chat.rendering import SYSTEM, THINK, Prompts
from hiervla.brain.grammar import GrammarBrain
from hiervla.brain.grammar.words import merge
from hiervla.brain.local.forms import Lengths, reply_form
from hiervla.brain.local.manner import Manner
from hiervla.brain.local.numbering import Numbers
from hiervla.core.briefing import Briefing, ImageRef, skill_card, tool_card
from hiervla.core.outcome import Failure, FailureKind
from hiervla.core.plan import Clarify, Finish, Plan, Refuse
from hiervla.core.world import World
from hiervla.learn.brain import replies
from hiervla.learn.brain.scenes import space
from hiervla.learn.brain.sentences import Wording
from hiervla.learn.paraphrase.pairs import NO_SENTENCE
from hiervla.workspace import Workspace

MANNER = Manner(
    numbered=True, marked=False, lengths={"reasoning": 400, "says": 40, "why": 16, "goals": 6, "steps": 12, "calls": 1}
)
DONE_SHARE, FAILED_SHARE = 0.10, 0.05
"""Of plans: how often the thought after the plan, and one after a failed step, is taught besides."""
_FAILURES = (FailureKind.GRASP_MISSED, FailureKind.SLIPPED, FailureKind.MISPLACED, FailureKind.TIMEOUT)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is taught: a prompt's text, the reply, and what it is about."""

    say: str
    plain: str
    language: str
    form: str
    stage: str
    """Of a mission: ``first`` thought, ``done`` after a plan, ``failed`` after a step that failed."""
    prompt: str
    reply: str


def texts() -> dict[str, str]:
    """The prompts that the small brain brings along, by the names they have in its folder."""
    return {SYSTEM: space().prompt("mini.system.md.j2"), THINK: space().prompt("mini.think.md.j2")}


@cache
def system() -> str:
    """The system message, which is the same for every prompt."""
    return prompts().prompt(Briefing(instruction="-", world=World()), "forms").system


@cache
def prompts() -> Prompts:
    return Prompts(texts(), MANNER.marked)


@cache
def teacher() -> GrammarBrain:
    """Without the paraphraser: what a rule reads is certain."""
    return GrammarBrain(merge(space().tables("grammar.*.toml")))


def briefing_of(say: str, world: World, image: ImageRef) -> Briefing:
    """What a brain is given first in a mission that begins with this look."""
    cards = tuple(skill_card(n, s) for n, s in space().skills.items())
    tools = tuple(map(tool_card, space().tools.values()))
    return Briefing(
        instruction=say, world=world, vocabulary=space().vocabulary(()), skills=cards, tools=tools, images=(image,)
    )


def told(plain: str, world: World) -> Any:
    """What the teacher makes of a plain sentence, its plan carried out on paper."""
    from hiervla.deskwork import imagine

    return imagine(plain, world, _without_tools(), teacher(), act=True)


@cache
def _without_tools() -> Workspace:
    """So that the teacher plans at once: on paper a tool has nothing to add to the world it sees, and takes half the time."""
    entries = {kind: found for kind, found in space().entries.items() if kind != "tool"} | {"tool": {}}
    return replace(space(), entries=entries)


def lines(
    wording: Wording, say: str, plain: str, world: World, image: ImageRef, rng: np.random.Generator
) -> list[Line]:
    """What is taught of one sentence; nothing where the teacher has no plan that a picture could lead to."""
    head = (say, plain, wording.language, wording.name)
    first = briefing_of(say, world, image)
    if plain in NO_SENTENCE:
        move = Refuse(why="-") if plain == "#cannot" else Clarify(question="-")
        return [_line(head, first, move)]
    came = told(plain, world)
    if not came.plans:
        return [_line(head, first, came.move)] if isinstance(came.move, Clarify | Refuse) else []
    if came.broke and not came.steps:
        return []
    plan = came.plans[0]
    if (line := _line(head, first, plan)) is None:
        return []
    out = [line]
    if rng.random() < DONE_SHARE and isinstance(came.move, Finish) and len(came.plans) == 1:
        after = came.briefing.model_copy(update={"instruction": say, "images": (image,)})
        out.append(_line(head, after, came.move))
    if rng.random() < FAILED_SHARE:
        failure = Failure(kind=_FAILURES[int(rng.integers(len(_FAILURES)))], why="-")
        out.append(_line(head, first.model_copy(update={"failure": failure}), plan))
    return [one for one in out if one is not None]


def _line(head: tuple[str, str, str, str], briefing: Briefing, move: Plan | Clarify | Refuse | Finish) -> Any:
    """A line; None where its move is not one that can be written."""
    numbers, stage = (
        Numbers(briefing.world),
        "done" if briefing.confirmed else "failed" if briefing.failure else "first",
    )
    shown = numbers.briefing(briefing)
    fields = replies.of_move(_numbered(move, numbers), head[2])
    if fields is None:
        return None
    said = "all goals hold" if briefing.confirmed else replies.reading(shown.world)
    try:
        reply = replies.written(fields, said, reply_form(shown, True, Lengths(**MANNER.lengths)))
    except ValueError:
        return None
    return Line(*head, stage, prompts().prompt(shown, "forms").text, reply)


def _numbered(move: Any, numbers: Numbers) -> Any:
    """A move with numbers in place of ids."""
    return type(move).model_validate(numbers.numbers(move.model_dump()))


def moves(line: Line) -> bool:
    """Whether it teaches a plan."""
    return '"move": "plan"' in line.reply
