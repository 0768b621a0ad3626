"""The nodes that look, think and ask. None of them moves the arm but ``look``, which may park it to see better."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from hiervla.core.briefing import Briefing, ImageRef, SkillCard, ToolCard
from hiervla.core.errors import SafetyStop, ToolError
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, ToolCall, ToolResult
from hiervla.core.ports import CloseEyes
from hiervla.core.recollection import put_away, remember
from hiervla.core.relations import RELATIONS
from hiervla.core.tool import Context
from hiervla.core.world import World
from hiervla.graph.mission import Mission
from hiervla.graph.speech import say
from hiervla.graph.state import MissionState, left


def look(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """See the world anew. Parks first when asked to, or when the arm hides something that was known."""
    m = begin(runtime)
    n, world = state["looks"], state["world"]
    if state["closer"] is not None:
        return look_closer(state, m, state["closer"])
    if state["park"]:
        park(m, world)
    world, n = _see(m, state, world, n, state["look_why"])
    if (
        not state["park"]
        and state["after_look"] in ("think", "confirm")
        and (world.warnings or set(world.lost) - set(put_away(world)))
    ):
        park(m, world)
        world, n = _see(m, state, world, n, "with the arm out of the way")
    held = world.held.id if world.held else None
    return {"world": world, "looks": n, "park": False, "expect": held, "inspected": [], "next": state["after_look"]}


def _see(m: Mission, state: MissionState, before: World, n: int, why: str) -> tuple[World, int]:
    m.seen = m.robot.observe("look")
    world = remember(m.eyes.look(m.seen, before, f"{m.look_prefix}{n + 1}", state["expect"]))
    _say_looked(m, world, why)
    return world, n + 1


def _say_looked(m: Mission, world: World, why: str, suffix: str = "") -> None:
    assert m.seen is not None
    images = []
    for camera, image in m.seen.images.items():
        if (camera == "wrist") == bool(suffix):
            images.append(m.folder.image(f"{world.look_id}-{camera}{suffix}", image.rgb))
    if not suffix and m.draw is not None and m.folder.path is not None:
        images.append(m.folder.image(f"{world.look_id}-marked", m.draw(m.seen, world, why)))
    objects = {
        d.id: f"{d.size_word} {d.phrase} at ({d.centre[0]:.3f}, {d.centre[1]:.3f}), {d.relation} {d.support}"
        for d in world.objects.values()
    }
    m.emit(
        "looked",
        look_id=world.look_id,
        objects=objects,
        held=world.held.id if world.held else None,
        why=why,
        images=tuple(i for i in images if i),
    )


def look_closer(state: MissionState, m: Mission, about: str) -> dict[str, Any]:
    """See one thing with the wrist camera too, as part of the last look; without eyes or a way there nothing is added."""
    world = state["world"]
    inspected = [*state["inspected"], about]
    update = {"closer": None, "inspected": inspected, "next": state["after_look"]}
    here = m.robot.observe("none")
    verdict = m.guard.judge(
        Subgoal(skill="inspect", arguments={"target": about}, why="to see into it"), world, here.hand
    )
    if not verdict.check or not isinstance(m.eyes, CloseEyes):
        return update
    trace = m.execute(verdict.skill.ground(m.guard.ground(world, here.hand, verdict.handling)))
    if trace.failure is not None:
        m.emit("failure", failure=trace.failure, skill="inspect", next="look from here")
        return update
    m.seen = m.robot.observe("look")
    world = remember(m.eyes.closer(m.seen, world, about))
    _say_looked(m, world, f"{state['look_why']}, from close by", f"-{len(inspected)}")
    return update | {"world": world}


def park(m: Mission, world: World) -> None:
    """Move the hand to its resting pose so that it hides nothing."""
    here = m.robot.observe("none")
    verdict = m.guard.judge(Subgoal(skill="home", why="to see better"), world, here.hand)
    if not verdict.check:
        return
    trace = m.execute(verdict.skill.ground(m.guard.ground(world, here.hand, verdict.handling)))
    if trace.failure is not None:
        m.emit("failure", failure=trace.failure, skill="home", next="look from here")


def think(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Ask the brain for one thought, and hold it to the rules before anything follows from it."""
    m = begin(runtime)
    budget = left(state, m.settings.budgets, m.robot_s)
    for name in ("thoughts", "robot_s", "malformed"):
        if getattr(budget, name) <= 0:
            return end("failed", say("budget", state["instruction"], name=name, why=_why(state)))
    thought = m.brain.think(_briefing(state, m, budget))
    replan = state["failure"] is not None
    m.emit("thought", reasoning=thought.reasoning, move=thought.move.kind, replan=replan)
    update: dict[str, Any] = {
        "thought": thought,
        "thoughts": [*state["thoughts"], thought],
        "complaint": None,
    }
    match thought.move:
        case Ask():
            if budget.tool_calls <= 0:
                return update | end("failed", say("budget", state["instruction"], name="tool_calls", why=_why(state)))
            return update | {"next": "ask"}
        case Plan() as plan:
            if (wrong := _wrong_with(plan, state, m)) is not None:
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
            if (wrong := _unproven(state)) is not None:
                return update | complain(state, m, wrong)
            return update | end("done", finish.answer)
    raise AssertionError(thought.move)


def ask(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Answer the brain's questions from the last look. Tools have no robot to move."""
    m = begin(runtime)
    thought = state["thought"]
    assert thought is not None and isinstance(thought.move, Ask)
    context = Context(
        world=state["world"], observation=m.seen, limits=m.description.limits, hand=m.seen.hand if m.seen else None,
        vocabulary=m.vocabulary, check=lambda s: m.guard.imagine(s, state["world"], m.robot.observe("none").hand),
    )  # fmt: skip
    results = [_answer(call, context, m) for call in thought.move.calls]
    for result in results:
        m.emit("asked", result=result)
    return {"asked": [*state["asked"], *results], "tool_calls": state["tool_calls"] + len(results), "next": "think"}


def begin(runtime: Runtime[Mission]) -> Mission:
    """The mission's parts, with the stream's writer; every node starts here, and stops here when told to."""
    m = runtime.context
    m.write = runtime.stream_writer
    if m.stop.is_set():
        m.robot.stop()
        raise SafetyStop("stopped by a person")
    return m


def end(status: str, answer: str) -> dict[str, Any]:
    """Go to the report with a status."""
    return {"status": status, "answer": answer, "next": "report"}


def complain(state: MissionState, m: Mission, wrong: str) -> dict[str, Any]:
    """Send the brain's last reply back with what was wrong with it; counted, so that it ends."""
    m.emit("note", says=f"reply rejected: {wrong}")
    return {"complaint": wrong, "malformed": state["malformed"] + 1, "next": "think"}


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
    return ToolResult(call=call, ok=True, says=_line(data), data=data, look_id=look_id)


def _line(data: Any) -> str:
    if isinstance(data, dict):
        if "objects" in data:
            return (
                f"{len(data['objects'])}: {', '.join(o['id'] for o in data['objects'])}"
                if data["objects"]
                else "nothing fits"
            )
        return ", ".join(f"{k}={v}" for k, v in data.items() if v is not None)
    return str(data)


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
        instruction=state["instruction"], dialogue=tuple(state["dialogue"]), world=state["world"], vocabulary=m.vocabulary,
        skills=tuple(
            SkillCard(name=n, doc=(s.__doc__ or "").strip(), schema=s.model_json_schema(), says=s.says, grip=s.grip)
            for n, s in m.skills.items()
        ),
        tools=tuple(ToolCard(name=n, doc=t.doc, schema=t.schema()) for n, t in m.tools.items()),
        limits=m.description.limits, asked=tuple(state["asked"]), goals=tuple(state["goals"]), outcomes=tuple(state["outcomes"]),
        failure=failure, confirmed=tuple(state["confirmed"]) if state["confirmed"] is not None else None,
        complaint=state["complaint"], images=images, left=budget,
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
        for name in (g.subject, g.reference):
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
