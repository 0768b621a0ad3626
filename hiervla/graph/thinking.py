"""The nodes that think and ask. Neither moves the arm."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from hiervla.core.briefing import Briefing, ImageRef, skill_card, tool_card
from hiervla.core.errors import ToolError
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, ToolCall, ToolResult
from hiervla.core.ports import NamingEyes
from hiervla.core.relations import RELATIONS
from hiervla.core.tool import Context, one_line
from hiervla.graph.consulting import BUDGETS, consult, disputed
from hiervla.graph.mission import Mission
from hiervla.graph.naming import Search
from hiervla.graph.node import begin, complain, end
from hiervla.graph.speech import say
from hiervla.graph.state import MissionState, left


def think(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Ask the brain for one thought, and hold it to the rules before anything follows from it."""
    m = begin(runtime)
    budget = left(state, m.settings.budgets, m.robot_s)
    for name in BUDGETS:
        if getattr(budget, name) <= 0:
            return end("failed", say("budget", state["instruction"], name=name, why=_why(state)))
    briefing = _briefing(state, m, budget)
    thought, update = consult(state, m, briefing)
    if thought is None:
        return update
    replan = state["failure"] is not None
    match thought.move:
        case Ask():
            if budget.tool_calls <= 0:
                return update | end("failed", say("budget", state["instruction"], name="tool_calls", why=_why(state)))
            return update | {"next": "ask"}
        case Plan() as plan:
            if (wrong := _wrong_with(plan, state, m) or disputed(thought, state, m, briefing)) is not None:
                return update | complain(state, m, wrong)
            if replan and budget.replans <= 0:
                return update | end("failed", say("budget", state["instruction"], name="replans", why=_why(state)))
            m.emit("planned", goals=plan.goals, subgoals=plan.subgoals)
            subjects = {g.subject for g in plan.goals}
            kept = [
                g for g in state["goals"] if g.subject not in subjects and g.relation not in ("holding", "hand_empty")
            ]
            return update | {
                "goals": [*kept, *plan.goals], "subgoals": list(plan.subgoals), "attempt": 1, "changes": {}, "failure": None,
                "confirmed": None, "plans": state["plans"] + 1, "replans": state["replans"] + replan, "next": "guard",
            }  # fmt: skip
        case Clarify() as question:
            return update | end("clarify", question.question)
        case Refuse() as refusal:
            return update | end("failed" if state["acted"] else "refused", refusal.why)
        case Finish() as finish:
            if (wrong := _unproven(state) or disputed(thought, state, m, briefing)) is not None:
                return update | complain(state, m, wrong)
            return update | end("done", finish.answer)
    raise AssertionError(thought.move)


def ask(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Answer the brain's questions from the last look. Tools have no robot to move."""
    m = begin(runtime)
    thought = state["thought"]
    assert thought is not None and isinstance(thought.move, Ask)
    results: list[ToolResult] = []
    search = Search(m, state["world"])
    for call in thought.move.calls:
        context = Context(
            world=search.world, observation=m.seen, limits=m.description.limits, gripper=m.description.gripper, hand=m.seen.hand if m.seen else None,
            vocabulary=m.vocabulary.with_names(search.world), seek=search.seek if search.possible else None,
            check=lambda s: m.guard.imagine(s, state["world"], m.robot.observe("none").hand),
        )  # fmt: skip
        results.append(_answer(call, context, m))
        m.emit("asked", result=results[-1])
    update = {"asked": [*state["asked"], *results], "tool_calls": state["tool_calls"] + len(results), "next": "think"}
    return update | search.changed(state)


def _answer(call: ToolCall, context: Context, m: Mission) -> ToolResult:
    look_id = context.world.look_id
    tool = m.tools.get(call.tool)
    if tool is None:
        says = f"no tool {call.tool!r}; there are: {', '.join(sorted(m.tools))}"
        return ToolResult(call=call, ok=False, says=says, look_id=look_id)
    try:
        data = tool.ask(context, call.arguments)
    except ToolError as e:
        return ToolResult(call=call, ok=False, says=str(e), look_id=look_id)
    return ToolResult(call=call, ok=True, says=one_line(data), data=data, look_id=look_id)


def _briefing(state: MissionState, m: Mission, budget: Any) -> Briefing:
    look_id = state["world"].look_id
    images = tuple(
        ImageRef(look_id=look_id, camera=m.camera, path=str(p), marked=marked)
        for marked in (False, True)
        if m.folder.path is not None
        and (p := m.folder.path / f"{look_id}-{'marked' if marked else m.camera}.png").is_file()
    )
    failure = state["failure"]
    skill = state["outcomes"][-1].skill if state["outcomes"] else ""
    return Briefing(
        instruction=state["instruction"], dialogue=tuple(state["dialogue"]), world=state["world"], vocabulary=m.vocabulary.with_names(state["world"]),
        seeks=m.eyes.detector if isinstance(m.eyes, NamingEyes) and m.seen is not None else "",
        before=state["before"] if state["acted"] else None,
        skills=tuple(skill_card(n, s) for n, s in m.skills.items()), tools=tuple(map(tool_card, m.tools.values())),
        limits=m.description.limits, gripper=m.description.gripper, asked=tuple(state["asked"]), goals=tuple(state["goals"]), outcomes=tuple(state["outcomes"]),
        failure=failure, confirmed=tuple(state["confirmed"]) if state["confirmed"] is not None else None,
        complaint=state["complaint"], speaker=m.settings.speaker, images=images, left=budget,
        cases=tuple(m.memory.recall(failure, skill)) if m.memory is not None and failure is not None else (),
    )  # fmt: skip


def _wrong_with(plan: Plan, state: MissionState, m: Mission) -> str | None:
    """Why a plan cannot be taken up at all, or None. Whether its steps are possible is the guard's question, later."""
    known = {**state["world"].objects, **state["world"].lost}
    places = {
        *state["world"].surfaces,
        *state["world"].zones,
        "table",
        "edge",
        "left edge",
        "right edge",
        "near edge",
        "far edge",
    }
    for step in plan.subgoals:
        try:
            skill = m.guard.fill(step)
        except ToolError as e:
            return str(e)
        for name in skill.objects():
            if name not in known and name not in places:
                return f"{step}: there is no object {name!r}; known: {', '.join(sorted(known)) or 'none'}"
    for g in plan.goals:
        if g.relation not in RELATIONS and g.relation != "did":
            return f"no relation {g.relation!r} to state a goal in; there are: {', '.join(sorted(RELATIONS))}, did"
        for name in (g.subject, g.reference, *g.others):
            if g.relation != "did" and name and name not in known and name not in places:
                return f"goal {g}: there is no object {name!r}"
    return None


def _unproven(state: MissionState) -> str | None:
    """Why a Finish cannot be accepted, or None: nothing is called done that was not seen."""
    if state["confirmed"] is not None and state["goals"]:
        missing = [str(g) for g, c in state["confirmed"] if not c]
        return f"not seen to hold: {', '.join(missing)}" if missing else None
    if state["acted"] or state["goals"]:
        return "the goals have not been confirmed by a look"
    if not any(r.ok for r in state["asked"]):
        return "nothing was looked up, so nothing can be answered or called done"
    return None


def _why(state: MissionState) -> str:
    if state["complaint"]:
        return state["complaint"]
    return state["failures"][-1].why if state["failures"] else ""
