"""The second opinion on a step that the sensors saw done. It can only say no, so often for a step, and its silence changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hiervla.core.errors import BrainLost, HierVLAError, UnusableReply, broke
from hiervla.core.goal import Goal
from hiervla.core.opinion import Dispute, Opinion, Opinions, Question
from hiervla.core.outcome import Check, Evidence, Failure, FailureKind, Outcome
from hiervla.core.plan import Subgoal
from hiervla.core.skill import Skill
from hiervla.core.usage import Usage
from hiervla.core.world import World
from hiervla.graph.mission import Mission
from hiervla.graph.speech import language, say
from hiervla.graph.state import MissionState, left

WATCHES = ("home", "inspect")
"""Skills that are there to see better: there is nothing to have an opinion about."""
GIVEN_UP = 2
"""So often in a row nobody answered: nobody is asked any more in this mission."""
NOTHING = Usage()
COSTS = ("calls", "tokens", "money", "brain_s")
_WORDS = {
    "in": "{a} is in {b}", "on": "{a} rests on {b}", "beside": "{a} stands beside {b}", "holding": "the gripper holds {a}",
    "hand_empty": "the gripper holds nothing", "open": "{a} is open", "closed": "{a} is closed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Unheard:
    """Why there is no opinion, and what asking has cost."""

    why: str
    usage: Usage = NOTHING
    lost: bool = False
    """Nobody answered at all."""


def second_opinion(
    state: MissionState, m: Mission, step: Subgoal, check: Check
) -> tuple[Failure | None, dict[str, Any]]:
    """After the sensors' yes: a failure where the opinion is no and may still say so, and what the state learns of it."""
    if m.opinion is None or step.skill in WATCHES:
        return None, {}
    so_far = state["opinions"] or Opinions(by=m.opinion.name)
    opinion = _asked(state, m, step, so_far)
    usage = opinion.usage
    counted = so_far.model_copy(update={"usage": so_far.usage + usage})
    if isinstance(opinion, _Unheard):
        counted = counted.model_copy(update={
            "unheard": counted.unheard + 1, "troubles": tuple(dict.fromkeys((*counted.troubles, opinion.why))),
            "lost_in_a_row": counted.lost_in_a_row + opinion.lost,
        })  # fmt: skip
        m.emit("opinion", by=m.opinion.name, skill=step.skill, answer="unheard", why=opinion.why, usage=usage)
        return None, {"usage": state["usage"] + usage, "opinions": counted}
    overrules = opinion.answer == "no" and _overruled(state["outcomes"], step) < m.settings.verify.most_overrules
    counted = counted.model_copy(update={
        opinion.answer: getattr(counted, opinion.answer) + 1, "overruled": counted.overruled + overrules,
        "disputes": _disputes(counted.disputes, step, opinion), "lost_in_a_row": 0,
    })  # fmt: skip
    m.emit(
        "opinion", by=m.opinion.name, skill=step.skill, answer=opinion.answer, why=opinion.why, overruled=overrules,
        usage=usage,
    )  # fmt: skip
    failure = None
    if overrules:
        said = Evidence(
            source=f"opinion:{m.opinion.name}", says=opinion.why, time_s=round(m.robot.observe("none").time_s, 3)
        )
        why = f"the sensors saw {step} done ({check.why}), a second opinion did not: {opinion.why}"
        failure = Failure(kind=FailureKind.DISPUTED, why=why, evidence=(said, *check.evidence))
    return failure, {"usage": state["usage"] + usage, "opinions": counted}


def disagreement(state: MissionState) -> str:
    """What the answer has to say of steps that are still disputed; empty where there are none."""
    opinions = state["opinions"]
    if opinions is None:
        return ""
    return "".join(
        " " + say("disputed", state["instruction"], step=str(d.step), by=opinions.by, why=d.why)
        for d in opinions.disputes
    )


def forget_pictures(m: Mission, *looks: str) -> None:
    """Keep only the pictures of these looks: an opinion compares two."""
    m.pictures = {i: p for i, p in m.pictures.items() if i in looks}


def _asked(state: MissionState, m: Mission, step: Subgoal, so_far: Opinions) -> Opinion | _Unheard:
    """An opinion, or why there is none."""
    assert m.opinion is not None
    if so_far.lost_in_a_row >= GIVEN_UP:
        return _Unheard("nobody answered before; not asked any more")
    budget = left(state, m.settings.budgets, 0.0)
    if spent := [n for n in COSTS if getattr(budget, n) <= 0]:
        return _Unheard(f"the budget of {spent[0]} is used up")
    before, after = (m.pictures.get(w.look_id, {}) for w in (state["before"], state["world"]))
    if m.camera not in before or m.camera not in after:
        return _Unheard(f"there are no pictures of camera {m.camera} before and after it")
    skill = m.guard.fill(step)
    question = Question(
        step=step, criterion=criterion(skill, state["world"]), things=_things(skill, state), before=before, after=after,
        language=language(state["instruction"]),
    )  # fmt: skip
    try:
        opinion = m.opinion.judge(question, m.stop.is_set)
    except BrainLost as e:
        for note in e.notes:
            m.emit("note", says=note)
        return _Unheard(str(e), e.usage, lost=True)
    except UnusableReply as e:
        return _Unheard(f"what it answered is no opinion: {e}", e.usage)
    except HierVLAError:
        raise
    except Exception as e:  # it may be a person's own code: its bug is no opinion
        return _Unheard(f"it broke: {broke(e)}")
    if not isinstance(opinion, Opinion):
        return _Unheard(f"it gave no Opinion but {type(opinion).__name__}")
    for note in opinion.notes:
        m.emit("note", says=note)
    return opinion


def criterion(skill: Skill, world: World) -> str:
    """What must be so once a skill is done, in words."""
    effects = skill.effects()
    if not effects:
        filled = ", ".join(f"{k} {v}" for k, v in skill.model_dump(exclude_none=True, exclude_defaults=True).items())
        return f"{skill.name} was done ({filled}): {' '.join((skill.__doc__ or '').split())}"
    return "; ".join(_in_words(g, world) for g in effects)


def _in_words(goal: Goal, world: World) -> str:
    def named(name: str | None) -> str:
        d = world.objects.get(name or "") or world.lost.get(name or "")
        return f"the {d.phrase} ({name})" if d is not None else f"the {name}"

    form = _WORDS.get(goal.relation)
    if form is None or goal.others or goal.direction:
        return f"{goal.relation.replace('_', ' ')}: {goal}"
    return form.format(a=named(goal.subject), b=named(goal.reference))


def _things(skill: Skill, state: MissionState) -> tuple[str, ...]:
    """What a step names, as it looked before it and stands now."""
    known = {**state["before"].objects, **state["world"].lost, **state["world"].objects}
    return tuple(
        f"{i}: {' '.join(w for w in (d.size_word, d.phrase) if w)}, now at x={d.centre[0]:.2f} y={d.centre[1]:.2f}"
        for i in skill.objects()
        if (d := known.get(i)) is not None
    )


def _overruled(outcomes: list[Outcome], step: Subgoal) -> int:
    """How often a step has been overruled: what is told apart is what it is about, not how it was handled."""
    return sum(
        o.failure is not None and o.failure.kind is FailureKind.DISPUTED and _about(o) == _about(step)
        for o in outcomes
    )  # fmt: skip


def _about(step: Subgoal | Outcome) -> tuple[str, str]:
    named = {
        k: v for k, v in sorted(step.arguments.items()) if k in ("target", "targets", "reference", "relation") and v
    }
    return step.skill, repr(named)


def _disputes(before: tuple[Dispute, ...], step: Subgoal, opinion: Opinion) -> tuple[Dispute, ...]:
    """What is disagreed about after an opinion: the newest about a thing counts, and not being sure settles nothing."""
    target = step.arguments.get("target") or step.arguments.get("targets")
    kept = tuple(d for d in before if (d.step.arguments.get("target") or d.step.arguments.get("targets")) != target)
    match opinion.answer:
        case "yes":
            return kept
        case "no":
            return (*kept, Dispute(step=step, why=opinion.why))
    return before
