"""A second opinion on what the sensors saw done: it can say no, so often; it can say nothing else, and its silence changes nothing."""

import threading

import numpy as np
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pretend import FINISH, HOLDING, INSIDE, PLAN, SEPARATE, ListedBrain

from hiervla.core.briefing import Budgets
from hiervla.core.config import Settings, VerifySettings
from hiervla.core.errors import BrainLost, SafetyStop, UnusableReply
from hiervla.core.observation import CameraImage
from hiervla.core.opinion import Opinion
from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Plan, Refuse, Subgoal, Thought
from hiervla.core.usage import Usage
from hiervla.graph.build import serializer
from hiervla.robot.fake import FakeRobot

COST = Usage(calls=1, input_tokens=90, output_tokens=10, seconds=2.0)
YES, NO, UNSURE = (Opinion(answer=a, why=f"I see: {a}", usage=COST) for a in ("yes", "no", "unsure"))
HOME = Thought(
    reasoning="look again", move=Plan(goals=PLAN.move.goals, subgoals=(Subgoal(skill="home", why="to see"),))
)
GIVE_UP = Thought(reasoning="no", move=Refuse(why="I give up"))


class Opining:
    """Says these in order, the last for ever; errors are raised."""

    name = "chat:onlooker"

    def __init__(self, *says):
        self.says, self.questions = says, []

    def judge(self, question, stopped):
        self.questions.append(question)
        said = self.says[min(len(self.questions), len(self.says)) - 1]
        if isinstance(said, Exception):
            raise said
        return said() if callable(said) else said


def robot(width_m=0.04):
    rgb = np.zeros((6, 8, 3), np.uint8)
    image = CameraImage(rgb=rgb, depth=np.ones((6, 8), np.float32), intrinsics=np.eye(3), world_from_camera=np.eye(4))
    return FakeRobot(grasp_width_m=width_m, images={"front": image, "wrist": image})


@pytest.fixture
def judged(play):
    """A mission with an opinion; replies are as many thoughts."""

    def run(opinion, thoughts=(PLAN, FINISH), worlds=(SEPARATE, HOLDING, INSIDE), most=1, width_m=0.04, **more):
        settings = Settings(verify=VerifySettings(second_opinion="x", most_overrules=most), **more.pop("settings", {}))
        parts = {"opinion": opinion, **more.pop("parts", {})}
        return play(list(thoughts), list(worlds), settings=settings, robot=robot(width_m), parts=parts, **more)

    return run


def test_a_yes_changes_nothing_and_is_counted(judged):
    opinion = Opining(YES)
    state, _, events = judged(opinion, instruction="把红色方块放到蓝色碗里")
    assert state["status"] == "done" and state["answer"] == FINISH.move.answer
    said = state["opinions"]
    assert (said.yes, said.no, said.overruled, said.usage.calls) == (2, 0, 0, 2)
    assert state["usage"] == COST + COST, "it counts in the mission's sum"
    assert [e.answer for e in events if e.kind == "opinion"] == ["yes", "yes"]
    pick, place = opinion.questions
    assert pick.before.keys() == place.after.keys() == {"front", "wrist"} and pick.language == "zh"
    assert pick.criterion == "the gripper holds the red cube (red_cube_1)"
    assert place.criterion == "the red cube (red_cube_1) is in the blue bowl (blue_bowl_1)"


def test_a_no_to_a_true_success_is_a_typed_failure_that_the_next_plan_sees_and_then_the_sensors_stand(judged):
    state, mission, _ = judged(Opining(YES, NO), thoughts=(PLAN, HOME, FINISH))
    assert [f.kind for f in state["failures"]] == [FailureKind.DISPUTED]
    failure = mission.brain.briefings[1].failure
    assert failure.kind is FailureKind.DISPUTED and "I see: no" in failure.why
    assert failure.evidence[0].source == "opinion:chat:onlooker" and len(failure.evidence) > 1, (
        "and what the sensors saw"
    )
    assert not state["outcomes"][1].done
    assert state["status"] == "done" and "second opinion (chat:onlooker) does not: I see: no" in state["answer"]


def test_a_wrong_opinion_cannot_loop_for_ever(judged):
    worlds = [SEPARATE, HOLDING, INSIDE, INSIDE, HOLDING, INSIDE]
    state, _, _ = judged(Opining(YES, NO, YES, NO), thoughts=(PLAN, PLAN, FINISH), worlds=worlds)
    assert state["status"] == "done" and state["opinions"].overruled == 1
    assert [o.skill for o in state["outcomes"]] == ["pick", "place", "pick", "place"] and state["outcomes"][-1].done
    assert len(state["opinions"].disputes) == 1 and "My sensors saw place" in state["answer"]


def test_what_it_comes_to_agree_with_is_no_longer_disputed(judged):
    worlds = [SEPARATE, HOLDING, INSIDE, INSIDE, HOLDING, INSIDE]
    state, *_ = judged(Opining(YES, NO, YES), thoughts=(PLAN, PLAN, FINISH), worlds=worlds)
    assert state["opinions"].disputes == () and state["answer"] == FINISH.move.answer


def test_where_it_may_not_overrule_it_is_only_told(judged):
    state, *_ = judged(Opining(NO), most=0)
    assert state["status"] == "done" and not state["failures"] and state["opinions"].overruled == 0
    assert "does not: I see: no" in state["answer"]


def test_a_yes_to_a_failure_is_not_even_asked_for(judged):
    opinion = Opining(YES)
    state, *_ = judged(opinion, thoughts=(PLAN, GIVE_UP), worlds=(SEPARATE, HOLDING, SEPARATE))
    assert state["status"] == "failed" and FailureKind.MISPLACED in [f.kind for f in state["failures"]]
    assert [q.step.skill for q in opinion.questions] == ["pick"]
    opinion = Opining(YES)
    state, *_ = judged(opinion, thoughts=(PLAN, GIVE_UP), worlds=(SEPARATE,), width_m=0.0)
    assert state["status"] == "failed" and opinion.questions == []


def test_unsure_leaves_the_sensors_verdict(judged):
    state, *_ = judged(Opining(UNSURE))
    assert state["status"] == "done" and state["opinions"].unsure == 2 and not state["failures"]
    assert state["answer"] == FINISH.move.answer


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (UnusableReply("prose", COST), "no opinion: prose"),
        (ZeroDivisionError("bug"), "ZeroDivisionError"),
        (lambda: "yes", "no Opinion but str"),
        (BrainLost("no whole reply in 30 s", COST, ("busy",)), "no whole reply"),
    ],
)
def test_rubbish_and_silence_leave_the_sensors_verdict_and_are_told(judged, trouble, why):
    state, _, events = judged(Opining(trouble))
    assert state["status"] == "done" and not state["failures"]
    assert state["opinions"].unheard == 2 and why in state["opinions"].troubles[0]
    assert [e.answer for e in events if e.kind == "opinion"] == ["unheard", "unheard"]


def test_who_does_not_answer_twice_is_not_asked_again(judged):
    opinion = Opining(BrainLost("gone", COST))
    worlds = [SEPARATE, HOLDING, INSIDE, SEPARATE, HOLDING, INSIDE]
    state, *_ = judged(opinion, thoughts=(PLAN, PLAN, FINISH), worlds=worlds)
    assert len(opinion.questions) == 2 and state["opinions"].unheard > 2 and state["usage"].calls == 2


def test_a_budget_that_is_used_up_asks_nobody(judged):
    opinion = Opining(YES)
    state, *_ = judged(opinion, settings={"budgets": Budgets(calls=1)})
    assert len(opinion.questions) == 1 and "budget of calls" in state["opinions"].troubles[0]


def test_without_pictures_nobody_is_asked(play):
    opinion = Opining(NO)
    state, *_ = play([PLAN, FINISH], [SEPARATE, HOLDING, INSIDE], parts={"opinion": opinion})
    assert state["status"] == "done" and not opinion.questions and "no pictures" in state["opinions"].troubles[0]


def test_a_stop_while_it_judges_ends_the_mission_with_the_arm_halted(judged):
    stop = threading.Event()

    class Slow(Opining):
        def judge(self, question, stopped):
            stop.set()
            assert stopped()
            raise SafetyStop("stopped by a person")

    with pytest.raises(SafetyStop):
        judged(Slow(), stop=stop, brain=ListedBrain([PLAN]))


def test_opinions_survive_a_checkpoint(judged):
    state, *_ = judged(Opining(NO), thoughts=(PLAN, GIVE_UP), checkpointer=InMemorySaver(serde=serializer()))
    assert state["opinions"].disputes[0].step.skill == "pick"
