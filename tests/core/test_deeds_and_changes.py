"""Steps that leave nothing to see, counted; and what a mission changed."""

from brain.tabletop import thing, world_of

from hiervla.core.deeds import changes, deed, step_and_time, was_done
from hiervla.core.goal import Goal
from hiervla.core.outcome import Evidence, Failure, FailureKind, Outcome
from hiervla.core.plan import Subgoal

PRESS = Subgoal(skill="press", arguments={"target": "b"}, why="")
SEEN = Evidence(source="look:L2", says="it went down", time_s=1.0)


def _outcome(step, failed=False):
    failure = Failure(kind=FailureKind.TIMEOUT, why="too slow", evidence=(SEEN,)) if failed else None
    return Outcome(
        skill=step.skill, arguments=step.arguments, why="", failure=failure, evidence=() if failed else (SEEN,)
    )


def test_a_deed_carries_the_time_it_is_asked_for():
    assert step_and_time(deed(PRESS)) == (str(PRESS), 1) and step_and_time(deed(PRESS, 3)) == (str(PRESS), 3)


def test_done_twice_needs_two_outcomes_that_did_not_fail():
    twice = Goal(relation="did", subject=deed(PRESS, 2))
    assert was_done(twice, [_outcome(PRESS)]).answer == "no"
    assert was_done(twice, [_outcome(PRESS), _outcome(PRESS, failed=True)]).answer == "no"
    yes = was_done(twice, [_outcome(PRESS), _outcome(PRESS)])
    assert yes.answer == "yes" and yes.evidence == (SEEN,)


def test_another_button_does_not_count():
    other = PRESS.model_copy(update={"arguments": {"target": "c"}})
    assert was_done(Goal(relation="did", subject=deed(PRESS)), [_outcome(other)]).answer == "no"


def test_changes_are_what_was_handled_and_is_otherwise_now():
    a, b, c = (thing(n, "red cube", 0.4 + 0.1 * k, 0.0) for k, n in enumerate("abc"))
    moved = [d.model_copy(update={"centre": (0.5, 0.3, 0.02)}) for d in (a, c)]
    picks = [_outcome(Subgoal(skill="pick", arguments={"target": n}, why="")) for n in "ab"]
    found = changes(
        world_of(a, b, c), world_of(moved[0], b, moved[1]), picks
    )  # b was handled and lies as it lay, c was not handled
    assert [(x.was.id, x.was.centre, x.now.centre) for x in found] == [("a", a.centre, moved[0].centre)]


def test_what_is_out_of_sight_since_is_a_change():
    a = thing("a", "red cube", 0.4, 0.0)
    (gone,) = changes(world_of(a), world_of(), [_outcome(Subgoal(skill="place", arguments={"target": "a"}, why=""))])
    assert gone.was.id == "a" and gone.now is None
