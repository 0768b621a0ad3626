"""The nodes that think and ask. Neither moves the arm."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from hiervla.core.errors import ToolError
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, ToolCall, ToolResult
from hiervla.core.relations import RELATIONS
from hiervla.core.tool import Context, one_line
from hiervla.graph.ahead import thought_ahead
from hiervla.graph.briefing import brief
from hiervla.graph.consulting import BUDGETS, consult, disputed
from hiervla.graph.mission import Mission
from hiervla.graph.naming import Search
from hiervla.graph.node import begin, complain, end
from hiervla.graph.speech import say
from hiervla.graph.state import MissionState, left


def think(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Ask the brain for one thought, and hold it to the rules before anything follows from it."""
    m = begin(runtime)
    if (spent := _spent(state, m)) is not None:
        return spent
    thought, update = thought_ahead(state, m)
    now: MissionState = {**state, **update}  # type: ignore[typeddict-item]
    if thought is None and update and (spent := _spent(now, m)) is not None:
        return update | spent
    budget = left(now, m.settings.budgets, m.robot_s)
    briefing = brief(state, m, budget)
    if thought is None:
        thought, more = consult(now, m, briefing)
        update |= more
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


def _spent(state: MissionState, m: Mission) -> dict[str, Any] | None:
    """The end of a mission of which a budget is used up, else None."""
    budget = left(state, m.settings.budgets, m.robot_s)
    spent = next((name for name in BUDGETS if getattr(budget, name) <= 0), None)
    return end("failed", say("budget", state["instruction"], name=spent, why=_why(state))) if spent else None


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
