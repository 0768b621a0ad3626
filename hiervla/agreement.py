"""A second reading: what the grammar makes of an instruction, held against another brain's plans and last words.

Where the grammar reads an instruction, a plan must state every goal that the grammar reads, lead there on paper and move
nothing that nobody asked for; a last word must rest on goals that were seen to hold. Where the grammar reads nothing, that
is told, and only what no instruction can mean is sent back. It can turn a yes into a no and never a no into a yes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hiervla.core.agreement import Agreement
from hiervla.core.briefing import Briefing
from hiervla.core.deeds import was_done
from hiervla.core.entailment import entails
from hiervla.core.errors import broke
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Outcome
from hiervla.core.plan import Clarify, Finish, Plan, Refuse, Subgoal, Thought
from hiervla.core.ports import Brain
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.tool import Tool
from hiervla.core.world import World
from hiervla.paper.arm import CannotDo, PaperArm
from hiervla.paper.mission import tell

_ASKS = re.compile(
    r"[?？]\s*$|[吗呢么]\s*[。！]?$|什么|多少|几个|哪|谁|是否|有没有|^(what|which|where|who|how|is|are|do|does|did|was|were|why|when|can you see)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\bI(?:'ve| have)? (?:just |now )?(?:put|placed|moved|stacked|picked|opened|closed|pushed|sorted|done|did|finished)\b"
    r"|^(?:done|finished|all done|task complete|success)|(?:已经?|刚)(?:把|放|移|叠|打开|关|推|拿|完成|做)|(?:完成|做好)了",
    re.IGNORECASE,
)  # fmt: skip
MOVED_M = 0.02
Understood = Literal["all", "in part", "forbidden"]
"""How an instruction is read: whole; with words that are not known; as one that nobody may carry out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the grammar reads in an instruction: goals to reach, an answer, a question back, a refusal, or nothing."""

    reads: Literal["plan", "answer", "clarify", "refuse", "nothing"]
    goals: tuple[Goal, ...] = ()
    steps: tuple[Subgoal, ...] = ()
    says: str = ""
    on_paper: bool = False
    """The grammar's own plan was carried out on paper to its end."""


@dataclass(slots=True)
class SecondReading:
    """Holds thoughts against a brain that reads instructions on its own.

    ``understood``: how much of a briefing's instruction it reads.
    """

    reader: Brain
    understood: Callable[[Briefing], Understood]
    skills: Mapping[str, type[Skill]]
    tools: Mapping[str, Tool]
    strict: bool = False
    """What the reader does not read may not be done."""
    _last: tuple[str, Wanted] | None = field(default=None, init=False)

    def judge(self, thought: Thought, briefing: Briefing, first: World, acted: bool) -> Agreement:
        """Whether a plan or a last word may be followed; every other move may."""
        wanted, note = self._wanted(briefing, first)
        match thought.move:
            case Plan() as plan:
                return Agreement(missing=self._plan(plan, briefing, wanted, acted), note=note)
            case Finish() as finish:
                return Agreement(missing=_finish(finish, briefing, wanted, acted), note=note)
        return Agreement(note=note)

    # ---- what the grammar reads
    def _wanted(self, briefing: Briefing, first: World) -> tuple[Wanted, str]:
        """What is wanted, and what to tell of it: only when it is read for the first time."""
        key = f"{len(briefing.dialogue)} {first.look_id} {briefing.instruction}"
        if self._last is not None and self._last[0] == key:
            return self._last[1], ""
        fresh = briefing.model_copy(
            update={"world": first, "before": None, "asked": (), "goals": (), "outcomes": (), "failure": None, "confirmed": None,
                    "complaint": None, "images": ()}
        )  # fmt: skip
        try:
            wanted, note = self._read(fresh), ""
        except Exception as e:  # a reader that breaks has read nothing; the mission is another brain's
            wanted, note = Wanted("nothing"), f"the grammar broke on it: {broke(e)}"
        self._last = (key, wanted)
        match wanted.reads:
            case "plan":
                note = f"the grammar reads {', '.join(map(str, wanted.goals))}"
            case "nothing":
                note = note or "the grammar does not read this instruction; the brain's own reading stands alone"
            case reads:
                note = f"the grammar's move would be to {reads}: {wanted.says}"
        return wanted, note

    def _read(self, briefing: Briefing) -> Wanted:
        told = tell(self.reader, briefing, self.tools.values(), skills=self.skills)
        if told.plans:
            goals: list[Goal] = []
            for plan in told.plans:
                subjects = {g.subject for g in plan.goals}
                goals = [g for g in goals if g.subject not in subjects] + list(plan.goals)
            steps = tuple(s for p in told.plans for s in p.subgoals)
            return Wanted("plan", tuple(goals), steps, on_paper=not told.broke)
        match told.move:
            case Refuse(why=says) if self.understood(briefing) != "in part":
                return Wanted("refuse", says=says)
            case Clarify(question=says) if self.understood(briefing) == "all":
                return Wanted("clarify", says=says)
            case Finish(answer=says) if self.understood(briefing) == "all":
                return Wanted("answer", says=says)
        return Wanted("nothing", says=told.answer)

    # ---- what a plan is held to
    def _plan(self, plan: Plan, briefing: Briefing, wanted: Wanted, acted: bool) -> str | None:
        match wanted.reads:
            case "refuse":
                return f"this is not to be done: {wanted.says} Refuse, or clarify"
            case "clarify":
                return f"the instruction leaves open what is meant; clarify: {wanted.says}"
            case "answer":
                return f"nothing is to be moved for this; answer it: {wanted.says}"
            case "nothing" if self.strict:
                return "only what the grammar reads may be done here, and it does not read this; clarify: ask for other words"
            case "nothing":
                return None if acted else _idle(plan, briefing.world)
        subjects = {g.subject for g in plan.goals}
        stated = [*[g for g in briefing.goals if g.subject not in subjects], *plan.goals]
        steps = plan.subgoals
        lacking = [g for g in wanted.goals if not any(entails(s, g, steps) for s in stated)]
        if lacking:
            return f"the goals do not say all that was asked for; you stated: {_as_json(stated)}; missing goals: {_as_json(lacking)}"
        meant = _about(wanted)
        stray = [g for g in plan.goals if g.subject and g.relation != "did" and g.subject not in meant]
        if stray:
            return f"nobody asked for these goals: {_as_json(stray)}"
        return self._on_paper(plan, briefing, wanted, meant) if wanted.on_paper else None

    def _on_paper(self, plan: Plan, briefing: Briefing, wanted: Wanted, meant: set[str]) -> str | None:
        """Where a plan comes to on paper, if that is not what is wanted. After a failure the guard and the eyes judge alone."""
        if briefing.failure is not None:
            return None
        arm, outcomes = PaperArm(briefing.world, briefing.limits, self.skills), list(briefing.outcomes)
        for k, step in enumerate(plan.subgoals, 1):
            try:
                outcomes.append(arm.do(step))
            except CannotDo as e:
                return f"step {k} cannot be done then: {e}"
        for g in wanted.goals:
            check = _judged(g, arm.world, outcomes)
            if check.answer == "no":
                return f"these steps do not lead to {g}: {check.why}"
        stray = [
            i for i in _moved(briefing.world, arm.world) if i not in meant and not _rests_on(i, meant, briefing.world)
        ]
        return f"nobody asked for {', '.join(stray)} to be moved" if stray else None


def _finish(finish: Finish, briefing: Briefing, wanted: Wanted, acted: bool) -> str | None:
    match wanted.reads:
        case "plan":
            seen = [g for g, c in briefing.confirmed or () if c]
            lacking = [
                g for g in wanted.goals
                if not any(entails(s, g, ()) for s in seen) and not _judged(g, briefing.world, list(briefing.outcomes))
            ]  # fmt: skip
            return f"not seen to hold, so it is not finished; missing goals: {_as_json(lacking)}" if lacking else None
        case "clarify" | "refuse" if not acted:
            return f"nothing was done, so nothing is finished; {wanted.reads}: {wanted.says}"
        case "nothing" if not acted and not _ASKS.search(briefing.instruction.strip()):
            return "nothing was planned and done; finish without it only answers a question: plan, clarify or refuse"
    if not acted and not briefing.dialogue and _CLAIMS.search(finish.answer.strip()):
        return "the answer claims a deed, and nothing was done"
    return None


def _idle(plan: Plan, world: World) -> str | None:
    """A plan whose goals all hold before it begins says nothing of what was asked."""
    checks = [(g, holds(g, world)) for g in plan.goals if g.relation != "did"]
    if checks and len(checks) == len(plan.goals) and all(c for _, c in checks):
        return f"these goals hold already: {', '.join(str(g) for g, _ in checks)}; state what shall be different in the end"
    return None


def _judged(goal: Goal, world: World, outcomes: list[Outcome]) -> Check:
    return was_done(goal, outcomes) if goal.relation == "did" else holds(goal, world)


def _about(wanted: Wanted) -> set[str]:
    """Everything that the grammar's goals and steps name."""
    named = {n for g in wanted.goals for n in (g.subject, g.reference, *g.others) if n}
    for step in wanted.steps:
        for value in step.arguments.values():
            named |= (
                {value}
                if isinstance(value, str)
                else {v for v in value if isinstance(v, str)}
                if isinstance(value, list | tuple)
                else set()
            )
    return named


def _moved(before: World, after: World) -> list[str]:
    """Ids of what lies otherwise than it did."""
    out = []
    for i, d in before.objects.items():
        now = after.objects.get(i)
        if now is not None and (
            now.support != d.support or max(abs(a - b) for a, b in zip(now.centre, d.centre, strict=True)) > MOVED_M
        ):
            out.append(i)
    return out


def _rests_on(object_id: str, meant: set[str], world: World) -> bool:
    """True for what lies in or on a thing that is meant: it comes along, or has to be cleared."""
    for _ in range(5):
        d = world.objects.get(object_id)
        if d is None:
            return False
        if d.support in meant:
            return True
        object_id = d.support
    return False


def _as_json(goals: list[Goal]) -> str:
    return json.dumps([g.model_dump(mode="json", exclude_defaults=True) for g in goals], ensure_ascii=False)
