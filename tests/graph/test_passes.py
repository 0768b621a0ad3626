"""A step that is made in passes: again from what was seen, towards what was asked for at first, and not for ever."""

import pytest
from pretend import BOWL, CUBE, FINISH, world

from hiervla.core.goal import Goal
from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Plan, Refuse, Subgoal, Thought

PUSH = Subgoal(skill="push", arguments={"target": "red_cube_1", "direction": "left", "distance_m": 0.1}, why="as asked")
GOAL = Goal(relation="at", subject="red_cube_1", position=(0.5, 0.2), tolerance_m=0.018)
PLAN = Thought(reasoning="push it", move=Plan(goals=(GOAL,), subgoals=(PUSH,)))
GIVE_UP = Thought(reasoning="no", move=Refuse(why="it does not go there"))


def at(y):
    return world(CUBE.model_copy(update={"centre": (0.5, y, 0.02)}), BOWL)


def acted(events):
    return [e for e in events if e.kind == "acted"]


def test_what_falls_short_is_pushed_on_by_the_rest_and_is_one_step(play):
    state, mission, events = play([PLAN, FINISH], [at(0.1), at(0.16), at(0.2)])
    assert state["status"] == "done" and not state["failures"] and state["passes"] == 0
    assert len(acted(events)) == 2 and [o.done for o in state["outcomes"]] == [True]
    last = [f.position[1] for f in mission.task.keyframes if f.name == "push"][-1]
    assert last == pytest.approx(0.2 - 0.02 - 0.0095, abs=1e-3), "the second pass ends where the first was to end"


def test_passes_come_to_an_end_and_the_step_has_failed(play):
    state, _, events = play([PLAN, GIVE_UP], [at(0.1), at(0.13), at(0.15), at(0.17)])
    assert len(acted(events)) == 3 and state["status"] == "failed" and state["passes"] == 0
    assert state["failures"][0].kind is FailureKind.MISPLACED
