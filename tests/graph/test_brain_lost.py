"""A brain that is lost, and what thinking may cost: the arm stops, the mission ends honestly, or the fallback goes on."""

import pytest
from pretend import FINISH, GOAL, HOLDING, INSIDE, PLAN, SEPARATE, ListedBrain

from hiervla.core.agreement import Agreement
from hiervla.core.briefing import Budgets
from hiervla.core.config import Settings
from hiervla.core.errors import BrainLost, UnusableReply
from hiervla.core.usage import Usage
from hiervla.robot.fake import FakeRobot

COST = Usage(calls=2, input_tokens=90, output_tokens=10, money=0.5, seconds=30.0)


class Listed:
    """Thoughts, and errors to raise, in order."""

    name = "chat:listed"

    def __init__(self, *moves):
        self.moves, self.briefings = list(moves), []

    def think(self, briefing):
        self.briefings.append(briefing)
        move = self.moves[min(len(self.briefings), len(self.moves)) - 1]
        if isinstance(move, Exception):
            raise move
        return move


def notes(events):
    return [e.says for e in events if e.kind == "note"]


def test_a_lost_brain_stops_the_arm_and_ends_the_mission_with_the_reason(play):
    robot = FakeRobot(grasp_width_m=0.04)
    state, _, events = play(
        [], [SEPARATE], robot=robot, brain=Listed(BrainLost("the server is gone", COST, ("waited 2 s",)))
    )
    assert state["status"] == "failed" and "the server is gone" in state["answer"]
    assert robot.stops > 0 and not robot.actions
    assert state["usage"] == COST and "waited 2 s" in notes(events)


def test_it_is_told_in_the_language_spoken(play):
    state, *_ = play([], [SEPARATE], instruction="把红色方块放到蓝色碗里", brain=Listed(BrainLost("gone")))
    assert "模型" in state["answer"]


def test_what_was_told_while_it_was_waited_for_is_not_told_again(play):
    class Waits(Listed):
        def think_aloud(self, briefing, aloud):
            aloud.notes("asking again in 0.5 s")
            if not self.moves:
                raise BrainLost("gone", COST, ("asking again in 0.5 s", "and one that was not told"))
            return self.moves.pop(0).model_copy(update={"notes": ("asking again in 0.5 s",)})

    _, _, events = play([], [SEPARATE, HOLDING, INSIDE], brain=Waits(PLAN))
    told = notes(events)
    assert told.count("asking again in 0.5 s") == 2 and told.count("and one that was not told") == 1


def test_lost_in_mid_mission_nothing_is_called_done(play):
    state, mission, _ = play([], [SEPARATE, HOLDING, INSIDE], brain=Listed(PLAN, BrainLost("gone")))
    assert state["status"] == "failed" and mission.robot.stops > 0 and state["acted"]


def test_the_fallback_goes_on_from_what_was_done_and_only_if_there_is_one(play):
    grammar = ListedBrain([FINISH], name="grammar")
    state, _, events = play(
        [], [SEPARATE, HOLDING, INSIDE], brain=Listed(PLAN, BrainLost("gone")), parts={"fallback": grammar}
    )
    assert state["status"] == "done" and state["lost"]
    assert grammar.briefings[0].confirmed and grammar.briefings[0].outcomes
    assert any("grammar thinks in its place" in n for n in notes(events))


def test_a_fallback_that_is_lost_too_ends_it(play):
    state, *_ = play([], [SEPARATE], brain=Listed(BrainLost("gone")), parts={"fallback": Listed(BrainLost("gone too"))})
    assert state["status"] == "failed" and "gone too" in state["answer"]


def test_an_unusable_reply_goes_back_with_what_was_wrong_and_its_cost_counts(play):
    brain = Listed(UnusableReply("no function was called", COST), PLAN)
    state, _, _ = play([], [SEPARATE], brain=brain, settings=Settings(budgets=Budgets(thoughts=1)))
    assert brain.briefings[1].complaint == "no function was called"
    assert brain.briefings[1].left.calls == Budgets().calls - 2 and state["usage"].calls == 2


def test_replies_of_no_use_end_the_mission_after_the_budget_for_them(play):
    brain = Listed(UnusableReply("empty"))
    state, mission, _ = play([], [SEPARATE], brain=brain)
    assert state["status"] == "failed" and "empty" in state["answer"] and not mission.robot.actions
    assert len(brain.briefings) == Budgets().malformed


@pytest.mark.parametrize(
    ("budget", "word"),
    [
        ({"calls": 2}, "requests"),
        ({"tokens": 100}, "tokens"),
        ({"money": 0.5}, "money"),
        ({"brain_s": 30}, "time for the model"),
    ],
)
def test_what_thinking_costs_has_an_end(play, budget, word):
    costly = PLAN.model_copy(update={"usage": COST})
    state, *_ = play([costly], [SEPARATE], settings=Settings(budgets=Budgets(**budget)))
    assert state["status"] == "failed" and word in state["answer"]


def test_the_cost_so_far_is_told_with_every_thought(play):
    costly = PLAN.model_copy(update={"usage": COST, "notes": ("slow today",)})
    _, _, events = play([costly, FINISH], [SEPARATE, HOLDING, INSIDE])
    told = [e.usage for e in events if e.kind == "thought"]
    assert told[0] == COST and told[1] == COST, "free thoughts add nothing"
    assert "slow today" in notes(events)


class Doubting:
    """Agrees with nothing the first time."""

    def __init__(self):
        self.judged = []

    def judge(self, thought, briefing, first, acted):
        self.judged.append((thought.move.kind, acted, first.look_id))
        return Agreement(missing="say it otherwise" if len(self.judged) == 1 else None, note="I read it so")


def test_what_a_second_reader_misses_goes_back_and_nothing_moves_before_it_agrees(play):
    second, brain = Doubting(), ListedBrain([PLAN, PLAN, FINISH])
    state, _, events = play([], [SEPARATE, HOLDING, INSIDE], brain=brain, parts={"second": second})
    assert state["status"] == "done" and state["goals"] == [GOAL]
    assert brain.briefings[1].complaint == "say it otherwise" and not brain.briefings[1].outcomes
    assert second.judged == [("plan", False, "L1"), ("plan", False, "L1"), ("finish", True, "L1")]
    assert "second reading: I read it so" in notes(events)


def test_the_cost_stands_in_the_report(play, tmp_path):
    from hiervla.record import RunFolder
    from hiervla.report.summary import compose

    costly = PLAN.model_copy(update={"usage": COST})
    state, *_ = play([costly, FINISH], [SEPARATE, HOLDING, INSIDE])
    report = compose(
        state,
        RunFolder(None),
        scene="x",
        seed=0,
        brain="b",
        settings=Settings(),
        interventions=0,
        robot_s=1.0,
        wall_s=2.0,
    )
    assert report.usage == COST and '"usage"' in report.model_dump_json()
