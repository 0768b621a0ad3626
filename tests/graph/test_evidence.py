"""Nothing is called done that was not seen: claims, time-outs and blindness are no evidence."""

from pretend import BOWL, CUBE, FINISH, HOLDING, INSIDE, LOOK_UP, PLAN, SEPARATE, world

from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Clarify, Finish, Refuse, Thought


def kinds(state):
    return [f.kind for f in state["failures"]]


def test_a_plan_that_is_seen_to_work_is_done_and_every_outcome_cites_evidence(play):
    state, mission, events = play([LOOK_UP, PLAN, FINISH], [SEPARATE, HOLDING, INSIDE])
    assert state["status"] == "done"
    assert [o.skill for o in state["outcomes"]] == ["pick", "place"]
    assert all(o.done and o.evidence for o in state["outcomes"])
    assert [c.answer for _, c in state["confirmed"]] == ["yes"]
    assert [e.kind for e in events][-1] == "finished"


def test_a_claim_before_anything_was_done_is_rejected_until_the_budget_ends(play):
    state, mission, events = play([FINISH], [SEPARATE])
    assert state["status"] == "failed"
    assert "nothing was looked up" in mission.brain.briefings[1].complaint
    assert not mission.robot.actions


def test_a_claim_after_an_unconfirmed_plan_is_rejected(play):
    # The cube never gets into the bowl: the place step fails, and Finish must not turn that into success.
    state, mission, _ = play([PLAN, FINISH], [SEPARATE, HOLDING, SEPARATE])
    assert state["status"] == "failed"
    assert FailureKind.MISPLACED in kinds(state)
    assert any("confirmed" in (b.complaint or "") for b in mission.brain.briefings)


def test_what_was_done_first_may_be_undone_since_and_confirm_notices(play):
    worlds = [SEPARATE, HOLDING, INSIDE, SEPARATE]  # somebody takes it out again before the last look
    state, mission, _ = play([PLAN, Thought(reasoning="so", move=Refuse(why="it was taken out"))], worlds)
    assert state["status"] == "failed"
    assert mission.brain.briefings[1].failure.kind is FailureKind.MISPLACED
    assert mission.brain.briefings[1].confirmed[0][1].answer == "no"


def test_not_seeing_takes_another_look_and_is_never_a_yes(play):
    blind = world(BOWL)
    state, _, events = play(
        [PLAN, Thought(reasoning="lost", move=Refuse(why="out of sight"))], [SEPARATE, HOLDING, blind]
    )
    verified = [e for e in events if e.kind == "verified" and e.skill == "place"]
    assert [e.check.answer for e in verified] == ["cannot_see", "cannot_see"]
    assert state["status"] == "failed" and kinds(state)[-1] is FailureKind.NOT_FOUND


def test_a_time_out_is_a_failure_even_when_the_world_looks_right(play):
    class Slow(type(play([FINISH], [SEPARATE])[1].robot)):
        def apply(self, action, force_n=40.0):
            self.time_s += 5.0
            return super().apply(action, force_n)

    state, _, _ = play(
        [PLAN, Thought(reasoning="no", move=Refuse(why="too slow"))], [SEPARATE, INSIDE], robot=Slow(grasp_width_m=0.04)
    )
    assert FailureKind.TIMEOUT in kinds(state)
    assert state["status"] == "failed"


def test_a_missed_grasp_is_tried_again_differently_before_the_brain_is_asked(play):
    from hiervla.robot.fake import FakeRobot

    state, mission, events = play(
        [PLAN, Thought(reasoning="no", move=Refuse(why="cannot grasp it"))],
        [SEPARATE],
        robot=FakeRobot(grasp_width_m=0.0),
    )
    attempts = [o for o in state["outcomes"] if o.skill == "pick"]
    assert [o.failure.kind for o in attempts] == [FailureKind.GRASP_MISSED] * 3
    assert len({str(o.handling) for o in attempts}) == 3, "an identical attempt in an unchanged world"
    assert [e.next for e in events if e.kind == "failure"] == ["retry", "retry", "replan"]
    assert mission.brain.briefings[-1].failure.kind is FailureKind.GRASP_MISSED


def test_a_clarifying_question_moves_nothing(play):
    state, mission, _ = play(
        [Thought(reasoning="two", move=Clarify(question="which?", candidates=("a", "b")))], [SEPARATE]
    )
    assert state["status"] == "clarify" and state["answer"] == "which?"
    assert not mission.robot.actions


def test_an_answer_to_a_question_needs_a_look_up(play):
    state, _, _ = play(
        [LOOK_UP, Thought(reasoning="one", move=Finish(answer="one red cube"))],
        [SEPARATE],
        instruction="how many red cubes are there?",
    )
    assert state["status"] == "done" and not state["acted"]


def test_a_second_thing_at_the_first_ones_place_is_not_the_first(play):
    other = CUBE.model_copy(
        update={"id": "red_cube_2", "support": "blue_bowl_1", "relation": "in", "centre": (0.5, -0.2, 0.026)}
    )
    state, _, _ = play(
        [PLAN, Thought(reasoning="no", move=Refuse(why="no"))], [SEPARATE, HOLDING, world(CUBE, other, BOWL)]
    )
    assert state["status"] == "failed" and kinds(state)[-1] is FailureKind.MISPLACED
