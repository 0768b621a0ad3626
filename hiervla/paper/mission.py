"""One mission on paper: a brain thinks, its questions are answered from the described world, its plans are carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hiervla.core.briefing import Briefing, SkillCard, Turn, skill_card, tool_card
from hiervla.core.deeds import changes, was_done
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence, Outcome
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought, ToolResult
from hiervla.core.ports import Brain
from hiervla.core.relations import holds
from hiervla.core.skill import Skill
from hiervla.core.task import Limits
from hiervla.core.tool import Context, Tool, ToolError, one_line
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import World
from hiervla.paper.arm import CannotDo, PaperArm
from hiervla.paper.described import Described

MOST_THOUGHTS = 24


@dataclass(slots=True)
class Told:
    """What came of one instruction: ``thoughts`` in order, the plans made, the world after it, and why it broke off if it did."""

    briefing: Briefing
    before: World
    thoughts: list[Thought] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    steps: list[Subgoal] = field(default_factory=list)
    broke: str = ""

    @property
    def world(self) -> World:
        return self.briefing.world

    @property
    def move(self) -> Ask | Plan | Clarify | Refuse | Finish:
        return self.thoughts[-1].move

    @property
    def answer(self) -> str:
        """What the robot says in the end."""
        match self.move:
            case Clarify(question=says) | Refuse(why=says) | Finish(answer=says):
                return says
        return self.broke


def tell(
    brain: Brain,
    briefing: Briefing,
    tools: Iterable[Tool] = (),
    act: bool = True,
    skills: Mapping[str, type[Skill]] | None = None,
) -> Told:
    """Think, look up, act and confirm until the brain ends it. Without ``act`` the first plan ends it.

    ``skills``: forms that the arguments of subgoals must fit.
    """
    told = Told(briefing, briefing.world)
    asked = {t.name: t for t in tools}
    arm = PaperArm(briefing.world, briefing.limits, skills)
    for _ in range(MOST_THOUGHTS):
        thought = brain.think(told.briefing)
        told.thoughts.append(thought)
        match thought.move:
            case Ask(calls=calls):
                results = tuple(_look_up(asked[c.tool], c, told.briefing) for c in calls if c.tool in asked)
                told.briefing = told.briefing.model_copy(update={"asked": (*told.briefing.asked, *results)})
            case Plan() as plan:
                told.plans.append(plan)
                if not act:
                    return told
                try:
                    outcomes = [arm.do(step) for step in plan.subgoals]
                except CannotDo as e:
                    told.broke = str(e)
                    return told
                told.steps += plan.subgoals
                told.briefing = after(told.briefing, arm.world, plan, outcomes)
            case _:
                return told
    told.broke = "thoughts without end"
    return told


def first_briefing(
    there: Described,
    vocabulary: Vocabulary,
    skills: Mapping[str, type[Skill]],
    tools: Mapping[str, Tool],
    speaker: str = "",
) -> Briefing:
    """What a brain is given before anything was said."""
    return Briefing.model_validate({
        "instruction": "", "world": there.world, "vocabulary": vocabulary, "limits": Limits(), "skills": skill_cards(skills),
        "tools": tuple(map(tool_card, tools.values())), "speaker": speaker,
    })  # fmt: skip


def skill_cards(skills: Mapping[str, type[Skill]]) -> tuple[SkillCard, ...]:
    """What a brain may know of these skills."""
    return tuple(skill_card(n, s) for n, s in skills.items())


def said(told: Told) -> tuple[Turn, ...]:
    """The dialogue once this instruction has been answered."""
    person = Turn(who="person", says=told.briefing.instruction)
    changed = changes(told.before, told.world, told.briefing.outcomes)
    return (*told.briefing.dialogue, person, Turn(who="robot", says=told.answer, changed=changed))


def after(briefing: Briefing, world: World, plan: Plan, outcomes: list[Outcome]) -> Briefing:
    """The briefing once a plan ran to its end and was confirmed."""
    done = (*briefing.outcomes, *outcomes)
    confirmed = tuple((g, _judged(g, world, done)) for g in plan.goals)
    change = {"world": world, "goals": plan.goals, "outcomes": done, "confirmed": confirmed, "failure": None}
    return briefing.model_copy(update=change)


def _judged(goal: Goal, world: World, outcomes: tuple[Outcome, ...]) -> Check:
    """As the graph does: ``did`` from outcomes, everything else from the look."""
    return was_done(goal, outcomes) if goal.relation == "did" else holds(goal, world)


def _look_up(tool: Tool, call: object, briefing: Briefing) -> ToolResult:
    from hiervla.core.plan import ToolCall

    assert isinstance(call, ToolCall)
    context = Context(
        world=briefing.world, limits=briefing.limits, gripper=briefing.gripper, vocabulary=briefing.vocabulary,
        check=lambda step: Check.yes("nothing stands against it on paper", Evidence(source="paper", says="no guard", time_s=0.0)),
    )  # fmt: skip
    try:
        data = tool.ask(context, call.arguments)
    except ToolError as e:
        return ToolResult(call=call, ok=False, says=str(e), look_id=briefing.world.look_id)
    return ToolResult(call=call, ok=True, says=one_line(data), data=data, look_id=briefing.world.look_id)
