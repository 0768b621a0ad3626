"""What a model's thought is held to before it leaves this room. Each breach is one line that goes back to the model.

What needs the mission's own knowledge is judged further on: unknown ids and skills and unproven claims by the graph,
steps that failed already by its memory of them, reach and safety by the guard, the instruction's sense by the second reader.
"""

from __future__ import annotations

import difflib
import re
from itertools import pairwise

from hiervla.core.briefing import Briefing
from hiervla.core.config import ChatSettings
from hiervla.core.errors import UnusableReply
from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought
from hiervla.core.task import Handling

OTHER_LANGUAGE = "answer in the language of the instruction"
"""Said once; a second reply in the wrong language is taken as it is, for it is better than none."""
_HAN = re.compile(r"[\u4e00-\u9fff]")


def held_to(thought: Thought, briefing: Briefing, settings: ChatSettings, notes: list[str]) -> None:
    """Nothing, where a thought may go on its way.

    Raises:
        UnusableReply: it may not; says why.
    """
    match thought.move:
        case Ask():
            _no_loop(thought.move, briefing)
        case Plan():
            _plan(thought.move, briefing, settings)
        case Clarify(question=says) | Refuse(why=says) | Finish(answer=says):
            if not says.strip():
                raise UnusableReply(f"{thought.move.kind} says nothing: write a sentence for the person")
            _language(says, briefing, notes)


def may_ask(briefing: Briefing, settings: ChatSettings) -> bool:
    """Whether tools are offered at all: after so many answers on one look the model has to decide."""
    on_this = sum(r.look_id == briefing.world.look_id for r in briefing.asked)
    return not briefing.foreseen and on_this < settings.most_questions and briefing.left.tool_calls > 0


def _no_loop(ask: Ask, briefing: Briefing) -> None:
    look = briefing.world.look_id
    answered = {_key(r.call.tool, r.call.arguments): r.says for r in briefing.asked if r.look_id == look}
    again = [c for c in ask.calls if _key(c.tool, c.arguments) in answered]
    if again and len(again) == len(ask.calls):
        c = again[0]
        raise UnusableReply(
            f"{c.tool} was asked just so and answered on this very look: {answered[_key(c.tool, c.arguments)]}; decide, or ask otherwise"
        )


def _key(tool: str, arguments: dict[str, object]) -> str:
    return f"{tool} {sorted((k, repr(v)) for k, v in arguments.items())}"


def _plan(plan: Plan, briefing: Briefing, settings: ChatSettings) -> None:
    if len(plan.subgoals) > settings.most_steps:
        raise UnusableReply(
            f"the plan has {len(plan.subgoals)} steps; at most {settings.most_steps}: plan the first part"
        )
    if briefing.confirmed and all(c for _, c in briefing.confirmed):
        seen = {g for g, _ in briefing.confirmed}
        if seen.issuperset(plan.goals):
            raise UnusableReply("the last look saw every one of these goals hold: finish, and say what was done")
    if any(g.tolerance_m != Goal.model_fields["tolerance_m"].default for g in plan.goals):
        raise UnusableReply("the tolerance of a goal is not the brain's to set: leave tolerance_m out")
    skills = {s.name: s for s in briefing.skills}
    for k, step in enumerate(plan.subgoals, 1):
        if step.skill not in skills:
            raise UnusableReply(f"step {k}: there is no skill {step.skill!r}{_near(step.skill, list(skills))}")
        if unknown := [h for h in step.handling if h not in Handling.model_fields]:
            raise UnusableReply(f"step {k}: handling has no {unknown[0]!r}; known: {', '.join(Handling.model_fields)}")
        target = step.arguments.get("target")
        if isinstance(target, str) and (near := _meant(target, briefing)) is not None:
            raise UnusableReply(f"step {k}: there is no object {target!r}{near}")
    for a, b in pairwise(plan.subgoals):
        if _same(a, b) and skills[a.skill].grip != "none":
            raise UnusableReply(f"the step {a} stands twice in a row")


def _same(a: Subgoal, b: Subgoal) -> bool:
    return str(a) == str(b) and a.handling == b.handling


def _meant(name: str, briefing: Briefing) -> str | None:
    """What may have been meant by an id that is none; None where it is one."""
    known = {**briefing.world.objects, **briefing.world.lost}
    return None if name in known else _near(name, list(known))


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else f"; there are: {', '.join(known) or 'none'}"


def _language(says: str, briefing: Briefing, notes: list[str]) -> None:
    wanted, got = bool(_HAN.search(briefing.instruction)), len(_HAN.findall(says))
    wrong = got == 0 if wanted else got > 0.3 * len(says)
    if not wrong:
        return
    if OTHER_LANGUAGE in (briefing.complaint or ""):
        notes.append("the model keeps to another language than it was spoken to in")
        return
    raise UnusableReply(f"{OTHER_LANGUAGE}: {'Chinese' if wanted else 'English'}")
