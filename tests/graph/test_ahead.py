"""Thinking while the arm moves: used when all came as foreseen, set aside otherwise, ended with the mission."""

import threading
import time

import pytest
from pretend import BOWL, CUBE, FINISH, HOLDING, INSIDE, LOOK_UP, PLAN, SEPARATE, world

from hiervla.core.briefing import Budgets
from hiervla.core.config import Settings
from hiervla.core.errors import BrainLost, SafetyStop, UnusableReply
from hiervla.core.plan import Clarify, Plan, Refuse, Subgoal, Thought
from hiervla.core.task import Limits
from hiervla.core.usage import Usage
from hiervla.graph.ahead import otherwise
from hiervla.paper.foresight import foresight
from hiervla.robot.fake import FakeRobot

COST = Usage(calls=1, input_tokens=90, output_tokens=10, seconds=0.2)
GIVE_UP = Thought(reasoning="no", move=Refuse(why="I give up"))
AWAY = INSIDE.model_copy(
    update={"objects": {**INSIDE.objects, "green_ball_1": CUBE.model_copy(update={"id": "green_ball_1"})}}
)


class Slow:
    """Thinks for ``takes_s``; ``ahead`` is what it thinks of a foreseen world, the rest what it thinks of seen ones."""

    name = "chat:slow"

    def __init__(self, *seen, ahead=FINISH, takes_s=0.1):
        self.seen, self.ahead, self.takes_s = list(seen), ahead, takes_s
        self.briefings, self.foreseen, self.broken_off = [], [], 0

    def think(self, briefing):
        raise AssertionError("it can be stopped, so it is to be asked that way")

    def think_aloud(self, briefing, aloud):
        (self.foreseen if briefing.foreseen else self.briefings).append(briefing)
        until = time.monotonic() + (self.takes_s if briefing.foreseen else 0)
        while time.monotonic() < until:
            if aloud.stopped():
                self.broken_off += 1
                raise SafetyStop("stopped", COST)
            time.sleep(0.005)
        said = self.ahead if briefing.foreseen else self.seen[min(len(self.briefings), len(self.seen)) - 1]
        if isinstance(said, Exception):
            raise said
        return said.model_copy(update={"usage": COST})


class Unhurried(FakeRobot):
    """Takes wall time to move, as arms do."""

    def apply(self, action, force_n=40.0):
        time.sleep(0.004)
        return super().apply(action, force_n)


@pytest.fixture
def ahead_of(play, space):
    def run(brain, worlds=(SEPARATE, HOLDING, INSIDE), width_m=0.04, on=True, **more):
        settings = Settings(think_ahead=on, **more.pop("settings", {}))
        parts = {"foresee": foresight(Limits(), space.skills)} | more.pop("parts", {})
        return play(
            [],
            list(worlds),
            settings=settings,
            robot=Unhurried(grasp_width_m=width_m),
            parts=parts,
            brain=brain,
            **more,
        )

    return run


def thinking():
    return [t for t in threading.enumerate() if t.name == "thinking ahead"]


def test_the_last_word_was_thought_of_while_the_arm_moved(ahead_of):
    brain = Slow(PLAN, GIVE_UP)
    state, mission, events = ahead_of(brain)
    assert state["status"] == "done" and len(brain.briefings) == len(brain.foreseen) == 1
    told = brain.foreseen[0]
    assert [c.answer for _, c in told.confirmed] == ["yes"] and [o.skill for o in told.outcomes] == ["pick", "place"]
    assert (
        told.world.look_id.endswith("+")
        and told.images == ()
        and told.world.objects["red_cube_1"].support == "blue_bowl_1"
    )
    assert (state["ahead"].used, state["ahead"].discarded) == (1, 0) and 0.05 < state["ahead"].seconds_gained < 0.3
    assert state["usage"].calls == 2 and len(state["thoughts"]) == 2 and not thinking() and mission.ahead is None
    assert [e.kind for e in events].index("confirmed") < max(k for k, e in enumerate(events) if e.kind == "thought")


def test_it_is_off_unless_asked_for(ahead_of):
    brain = Slow(PLAN, FINISH)
    state, *_ = ahead_of(brain, on=False)
    assert state["status"] == "done" and not brain.foreseen and state["ahead"] is None


@pytest.mark.parametrize(
    ("worlds", "width_m", "why"),
    [
        ((SEPARATE, HOLDING, SEPARATE), 0.04, "a step failed"),
        ((SEPARATE, HOLDING, INSIDE, SEPARATE), 0.04, "a step failed"),
        ((SEPARATE, HOLDING, AWAY), 0.04, "has come into view"),
    ],
)
def test_nothing_follows_from_it_when_it_comes_otherwise(ahead_of, worlds, width_m, why):
    other = Plan(goals=PLAN.move.goals, subgoals=(Subgoal(skill="home", why="from a world that is not"),))
    brain = Slow(PLAN, GIVE_UP, ahead=Thought(reasoning="wrong", move=other))
    state, _, events = ahead_of(brain, worlds, width_m)
    assert state["status"] == "failed" and state["answer"] == "I give up" and len(brain.foreseen) == 1
    assert (state["ahead"].used, state["ahead"].discarded) == (0, 1) and why in state["ahead"].why_discarded[0]
    assert "home" not in [e.subgoal.skill for e in events if e.kind == "subgoal"], "motion from a discarded thought"
    assert state["usage"].calls == 3, "it has cost what it has cost"


def test_one_that_nobody_wants_any_more_is_broken_off(ahead_of):
    brain = Slow(PLAN, GIVE_UP, takes_s=60)
    began = time.monotonic()
    state, *_ = ahead_of(brain, (SEPARATE, HOLDING, SEPARATE))
    assert brain.broken_off == 1 and time.monotonic() - began < 10 and state["usage"].calls == 3 and not thinking()


@pytest.mark.parametrize(
    "ahead",
    [LOOK_UP, Thought(reasoning="?", move=Clarify(question="which?")), UnusableReply("prose", COST), BrainLost("gone", COST), ValueError("bug")],
)  # fmt: skip
def test_what_is_no_plan_and_no_end_is_thought_anew_and_complains_of_nothing(ahead_of, ahead):
    brain = Slow(PLAN, FINISH, ahead=ahead)
    state, *_ = ahead_of(brain)
    assert state["status"] == "done" and state["malformed"] == 0 and not state["lost"]
    assert brain.briefings[1].complaint is None and state["ahead"].discarded == 1


def test_a_next_plan_thought_ahead_goes_through_all_that_any_plan_does(ahead_of):
    away = Plan(goals=PLAN.move.goals, subgoals=(Subgoal(skill="juggle", why="fun"),))
    brain = Slow(PLAN, FINISH, ahead=Thought(reasoning="next", move=away))
    state, *_ = ahead_of(brain)
    assert "no skill 'juggle'" in brain.briefings[1].complaint and state["status"] == "done"


def test_budgets_hold(ahead_of):
    brain = Slow(PLAN, FINISH)
    state, *_ = ahead_of(brain, settings={"budgets": Budgets(calls=1)})
    assert not brain.foreseen and state["status"] == "failed" and "requests" in state["answer"]
    brain = Slow(PLAN, FINISH, ahead=LOOK_UP)
    state, *_ = ahead_of(brain, settings={"budgets": Budgets(thoughts=2)})
    assert state["ahead"].discarded == 1 and len(brain.briefings) == 1, "a discarded thought is a thought"
    assert state["status"] == "failed" and "thoughts" in state["answer"]


def test_a_stop_ends_the_thought_with_the_mission(ahead_of):
    stop = threading.Event()

    class Stopped(Slow):
        def think_aloud(self, briefing, aloud):
            if briefing.foreseen:
                threading.Timer(0.2, stop.set).start()
            return super().think_aloud(briefing, aloud)

    brain = Stopped(PLAN, FINISH, takes_s=60)
    with pytest.raises(SafetyStop):
        ahead_of(brain, stop=stop)
    until = time.monotonic() + 2
    while thinking() and time.monotonic() < until:
        time.sleep(0.02)
    assert brain.broken_off == 1 and not thinking()


def test_worlds_agree_where_only_what_was_to_move_lies_otherwise():
    moved = INSIDE.model_copy(
        update={"objects": {**INSIDE.objects, "blue_bowl_1": BOWL.model_copy(update={"centre": (0.5, -0.3, 0.023)})}}
    )
    nudged = INSIDE.objects["red_cube_1"].model_copy(update={"centre": (0.52, -0.19, 0.026)})
    assert otherwise(HOLDING, INSIDE, INSIDE) == ""
    assert (
        otherwise(HOLDING, INSIDE, INSIDE.model_copy(update={"objects": {**INSIDE.objects, "red_cube_1": nudged}}))
        == ""
    )
    assert "blue_bowl_1 has moved" in otherwise(HOLDING, INSIDE, moved)
    assert "the hand holds" in otherwise(HOLDING, INSIDE, HOLDING)
    assert "not in blue_bowl_1" in otherwise(HOLDING, INSIDE, SEPARATE)
    assert "is not seen" in otherwise(HOLDING, INSIDE, world(BOWL))
