"""What the brain looks up before it plans: what is described, and whether the first steps would be safe."""

from __future__ import annotations

from hiervla.brain.grammar.acts import (
    Act,
    Arrange,
    Instruction,
    Pick,
    Put,
    PutDown,
    Question,
    Sort,
    Spare,
    Stack,
    Swap,
    Tidy,
    Until,
    When,
)
from hiervla.brain.grammar.form import Fixture, Thing
from hiervla.brain.grammar.grounding import Scene
from hiervla.brain.grammar.objection import clarify, refuse
from hiervla.core.briefing import Briefing
from hiervla.core.goal import Goal
from hiervla.core.plan import Subgoal, ToolCall

MOST_CALLS = 4
"""Look-ups in one thought."""


def to_ask(calls: list[ToolCall], briefing: Briefing) -> list[ToolCall]:
    """Those calls that a tool exists for and that were not answered yet; nothing moved since, so one answer will do."""
    tools = {t.name for t in briefing.tools}
    answered = [r.call for r in briefing.asked]
    left = max(0, min(MOST_CALLS, briefing.left.tool_calls))
    return [c for c in _unique(calls) if c.tool in tools and c not in answered][:left]


def _unique(calls: list[ToolCall]) -> list[ToolCall]:
    out: list[ToolCall] = []
    for call in calls:
        if call not in out:
            out.append(call)
    return out


def descriptions(reading: Instruction) -> list[ToolCall]:
    """A look-up for each thing that is described, in the person's own words."""
    texts: list[str] = []
    for act in _flat(reading.acts):
        texts += [t.text for t in _things(act) if not (t.pronoun or t.id or t.nounless) and t.text]
    if not texts:
        return []
    return [ToolCall(tool="detect_objects", arguments={"query": t}) for t in dict.fromkeys(texts)][:MOST_CALLS]


def _flat(acts: tuple[Act, ...]) -> list[Act]:
    """Acts, and those that conditions hold."""
    inner = [a if isinstance(a, When) else a.act if isinstance(a, Until) else a for a in acts]
    return [b for a in inner for b in (_flat((*a.acts, *a.otherwise)) if isinstance(a, When) else [a])]


def _things(act: Act) -> list[Thing]:
    match act:
        case (
            Pick(things) | Spare(things) | Stack(things) | PutDown(things) | Sort(things) | Tidy(things) | Swap(things)
        ):
            return list(things)
        case Arrange(_, things, around):
            return [*things, *([around] if isinstance(around, Thing) else [])]
        case Put(readings):
            marks = [s.reference for t in readings[0] for s in t.spots if isinstance(s.reference, Thing)]
            return [*[thing for t in readings[0] for thing in t.things], *marks]
        case _:
            return [i.thing for i in getattr(act, "items", ())]


def checks(goals: list[Goal], subgoals: list[Subgoal], briefing: Briefing) -> list[ToolCall]:
    """Is the first placement safe, and how far is it now from where a metric goal wants it?"""
    first = next((s for s in subgoals if s.skill == "place"), subgoals[0])
    calls = [ToolCall(tool="check_safety", arguments={"skill": first.skill, "arguments": dict(first.arguments)})]
    for g in [g for g in goals if g.relation == "at_distance"][:2]:
        calls.append(ToolCall(tool="measure_distance", arguments={"a": g.subject, "b": g.reference}))
    return calls


def ends_of(question: Question, scene: Scene) -> tuple[str, str]:
    """The two things, or thing and edge, that a question of distance is about."""
    ends = [question.things[0] if question.things else None, question.other]
    if question.other is None:  # "how far apart are the two mugs?"
        found = scene.resolve(question.things[0])
        names = [d.id for d in found]
        if len(names) != 2:
            raise clarify("ambiguous", tuple(names), part=question.things[0].text, n=len(names), found=found)
    else:
        names = [e.name if isinstance(e, Fixture) else scene.one(e).id for e in ends if e is not None]
    if names[0] == names[1]:
        raise refuse("itself", thing=scene.world.objects[names[0]])
    return names[0], names[1]
