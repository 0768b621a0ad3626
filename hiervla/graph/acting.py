"""The nodes between a plan and the knowledge that it worked: guard, approve, act, verify, confirm."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from hiervla.core.deeds import was_done
from hiervla.core.errors import broke
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Failure, FailureKind, Outcome, as_check
from hiervla.core.plan import Subgoal
from hiervla.core.ports import CloseEyes
from hiervla.core.relations import holds
from hiervla.core.world import World
from hiervla.graph.ahead import begin_ahead
from hiervla.graph.mission import Mission
from hiervla.graph.node import begin, complain, end
from hiervla.graph.opinion import forget_pictures, second_opinion
from hiervla.graph.repetition import SAYS_NOTHING, repeats
from hiervla.graph.repetition import attempt as attempted
from hiervla.graph.speech import say
from hiervla.graph.state import MissionState

RETRY_CHANGES: dict[FailureKind, tuple[dict[str, Any], ...]] = {
    FailureKind.GRASP_MISSED: (
        {"offset_m": (0.0, 0.0, -0.006), "speed": 0.7},
        {"offset_m": (0.0, 0.0, -0.010), "speed": 0.5},
    ),
    FailureKind.STALLED: ({"offset_m": (0.0, 0.0, 0.006), "speed": 0.6}, {"offset_m": (0.0, 0.0, 0.010), "speed": 0.4}),
    FailureKind.OVER_FORCE: (
        {"offset_m": (0.0, 0.0, 0.006), "speed": 0.6},
        {"offset_m": (0.0, 0.0, 0.012), "speed": 0.4},
    ),
    FailureKind.TIMEOUT: ({"speed": 0.8},),
}
"""Failures that the same step may overcome, and how each further attempt is handled differently. All others replan."""


def guard(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Judge the next step before anything moves."""
    m = begin(runtime)
    step = state["subgoals"][0]
    if not state["passes"] and repeats(state["tried"], step, state["changes"], state["world"]):
        mine = (
            o.failure for o in reversed(state["outcomes"]) if (o.skill, o.arguments) == (step.skill, step.arguments)
        )
        cause = next((f for f in mine if f is not None), None)
        before = f": {cause.why}" if cause is not None else ""
        return complain(
            state, m, f"{step} has already failed in this very world{before}; change the step or its handling"
        )
    hand = m.robot.observe("none").hand
    verdict = m.guard.judge(step, state["world"], hand, state["changes"], _began(state))
    m.emit("guarded", subgoal=step, check=verdict.check, risky=verdict.risky)
    if verdict.check.answer == "cannot_see" and state["looked_again"] < 1:
        return {"looked_again": 1, "park": True, "after_look": "guard", "look_why": verdict.check.why, "next": "look"}
    if not verdict.check:
        kind = verdict.check.kind or FailureKind.PRECONDITION
        return _failed(
            state, m, Failure(kind=kind, why=verdict.check.why, evidence=verdict.check.evidence), _outcome(step, state)
        )
    wanted = m.settings.approve
    if wanted == "always" or (wanted == "risky" and verdict.risky):
        return {"next": "approve"}
    return {"next": "act"}


def approve(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Wait for a person's yes. An interrupted node reruns from its start, so it does nothing but ask."""
    step = state["subgoals"][0]
    granted = interrupt({"subgoal": step.model_dump(mode="json")})
    m = begin(runtime)
    m.emit("approval", subgoal=step, granted=bool(granted))
    if granted:
        return {"next": "act"}
    return end("refused" if not state["acted"] else "failed", say("not_approved", state["instruction"], step=str(step)))


def act(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Give one step to the cerebellum. The journal line is written before anything moves."""
    m = begin(runtime)
    step, world = state["subgoals"][0], state["world"]
    here = m.robot.observe("none")
    verdict = m.guard.judge(step, world, here.hand, state["changes"], _began(state))
    assert verdict.skill is not None, "the guard let a step pass that it could not fill"
    m.task = verdict.skill.ground(m.guard.ground(world, here.hand, verdict.handling, _began(state)))
    m.emit(
        "subgoal",
        subgoal=step,
        attempt=state["attempt"],
        policy=m.policy_name(m.task),
        handling=verdict.handling.model_dump(mode="json", exclude_defaults=True),
    )
    forget_pictures(m, (_began(state) or world).look_id)
    begin_ahead(state, m, _began(state) or world)
    m.trace = m.execute(m.task, m.emit)
    t = m.trace
    m.emit("acted", skill=step.skill, completed=t.completed, seconds=round(t.seconds, 3), steps=max(0, len(t.times) - 1),
           chunk_lengths=tuple(t.chunk_lengths), inferences=t.inferences, interrupts=t.interrupts)  # fmt: skip
    expect = verdict.skill.objects()[0] if verdict.skill.grip == "gain" else state["expect"]
    return {
        "before": _began(state) or world, "acted": True, "expect": expect, "confirmed": None, "malformed": 0, "looked_again": 0, "park": False,
        "after_look": "verify", "look_why": f"to verify {step}", "next": "look",
    }  # fmt: skip


def verify(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Was it seen to be done? Only cited evidence counts; a monitor's failure, a time-out or not seeing do not."""
    m = begin(runtime)
    step, trace = state["subgoals"][0], m.trace
    outcome = _outcome(step, state, m)
    if trace is None:  # a crash took the trace: the step is unproven, and the brain decides afresh from what is seen
        return _failed(
            state, m, Failure(kind=FailureKind.PRECONDITION, why="what happened during this step was lost"), outcome
        )
    if trace.failure is not None:
        return _failed(state, m, trace.failure, outcome)
    try:
        check = as_check(m.guard.fill(step).done(state["before"], state["world"], trace), f"{step.skill}.done")
    except Exception as e:  # a judge that breaks has seen nothing: not done
        check = Check.no(f"the skill {step.skill} broke: {broke(e)}", kind=FailureKind.PRECONDITION)
    m.emit("verified", skill=step.skill, check=check)
    if check.answer == "cannot_see" and state["looked_again"] < 1:
        return {"looked_again": 1, "park": True, "after_look": "verify", "look_why": check.why, "next": "look"}
    if (
        check.answer == "cannot_see"
        and (about := _closer(state, m, *map(step.arguments.get, ("reference", "between")))) is not None
    ):
        return {"closer": about, "after_look": "verify", "look_why": check.why, "next": "look"}
    if not check and check.kind is FailureKind.MISPLACED and state["passes"] + 1 < m.guard.fill(step).passes:
        return {"passes": state["passes"] + 1, "looked_again": 0, "next": "guard"}
    if not check:
        kind = check.kind or (FailureKind.NOT_FOUND if check.answer == "cannot_see" else FailureKind.PRECONDITION)
        return _failed(state, m, Failure(kind=kind, why=check.why, evidence=check.evidence), outcome)
    disputed, opined = second_opinion(state, m, step, check)
    if disputed is not None:
        return _failed(state, m, disputed, outcome) | opined
    if m.memory is not None and state["failures"] and state["attempt"] > 1:
        m.memory.remember(state["failures"][-1], step.skill, f"{step} with {state['changes']}")
    rest = state["subgoals"][1:]
    update = opined | {
        "outcomes": [*state["outcomes"], outcome.model_copy(update={"evidence": check.evidence})], "subgoals": rest,
        "attempt": 1, "changes": {}, "looked_again": 0, "passes": 0,
    }  # fmt: skip
    if m.guard.fill(step).grip != "none":
        update["tried"] = []  # something was taken or put: the world in which steps failed is gone
    if rest:
        return update | {"next": "guard"}
    return update | {"park": True, "after_look": "confirm", "look_why": "to confirm all goals together", "next": "look"}


def confirm(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """Check every goal together: what was done first may have been undone since."""
    m = begin(runtime)
    checks = [
        (g, was_done(g, state["outcomes"]) if g.relation == "did" else holds(g, state["world"])) for g in state["goals"]
    ]
    for g, c in checks:
        if c.answer == "cannot_see" and (about := _closer(state, m, g.reference, *_bearing(g))) is not None:
            return {"closer": about, "after_look": "confirm", "look_why": c.why, "next": "look"}
    m.emit("confirmed", goals=tuple(checks))
    missing = next((c for _, c in checks if not c), None)
    failure = None
    if missing is not None:
        failure = Failure(kind=missing.kind or FailureKind.NOT_FOUND, why=missing.why, evidence=missing.evidence)
        m.emit("failure", failure=failure, skill="", next="replan")
    failures = [*state["failures"], failure] if failure else state["failures"]
    return {"confirmed": checks, "failure": failure, "failures": failures, "next": "think"}


def _began(state: MissionState) -> World | None:
    """The world before the first pass of a step that is in a further one, else None."""
    return state["before"] if state["passes"] else None


def _closer(state: MissionState, m: Mission, *about: Any) -> str | None:
    """Which of these to look at from close by, when that may show what was not seen: in view, once a look, a free hand."""
    world = state["world"]
    if not isinstance(m.eyes, CloseEyes) or "inspect" not in m.skills or world.held is not None:
        return None
    return next((str(a) for a in about if a in world.objects and a not in state["inspected"]), None)


def _bearing(goal: Goal) -> tuple[str, ...]:
    """What else is to carry the goal's subject."""
    return goal.others if goal.relation == "on" else ()


def _outcome(step: Subgoal, state: MissionState, m: Mission | None = None) -> Outcome:
    t = m.trace if m is not None else None
    task = m.task if m is not None else None
    return Outcome(
        skill=step.skill, arguments=step.arguments, why=step.why, attempt=state["attempt"],
        policy=t.policy if t else "", handling=task.handling.model_dump(mode="json", exclude_defaults=True) if task else {},
        steps=max(0, len(t.times) - 1) if t else 0, seconds=round(t.seconds, 3) if t else 0.0,
        chunk_lengths=tuple(t.chunk_lengths) if t else (), inferences=t.inferences if t else 0, interrupts=t.interrupts if t else 0,
    )  # fmt: skip


def _failed(state: MissionState, m: Mission, failure: Failure, outcome: Outcome) -> dict[str, Any]:
    """Try the step again differently, or hand the failure to the brain."""
    step = state["subgoals"][0]
    changes = RETRY_CHANGES.get(failure.kind, ())
    attempt = state["attempt"]
    tried = state["tried"]
    if outcome.steps > 0 and failure.kind not in SAYS_NOTHING:
        tried = [*tried, attempted(step, state["changes"], state["before"])]
    retry = (
        attempt <= min(len(changes), m.settings.budgets.retries)
        and outcome.steps > 0
        and _graspable(step, state["world"])
    )
    m.emit("failure", failure=failure, skill=step.skill, next="retry" if retry else "replan")
    update: dict[str, Any] = {
        "outcomes": [*state["outcomes"], outcome.model_copy(update={"failure": failure})],
        "failures": [*state["failures"], failure], "tried": tried, "looked_again": 0, "passes": 0, "park": True, "next": "look",
    }  # fmt: skip
    if retry:
        return update | {
            "attempt": attempt + 1,
            "changes": changes[attempt - 1],
            "after_look": "guard",
            "look_why": f"before another attempt: {failure.why}",
        }
    return update | {
        "failure": failure,
        "after_look": "think",
        "look_why": f"to think again: {failure.why}",
        "attempt": 1,
        "changes": {},
    }


def _graspable(step: Subgoal, world: World) -> bool:
    """A retry makes sense only while what the step is about is still in view or in the hand."""
    target = step.arguments.get("target")
    return target is None or target in world.objects
