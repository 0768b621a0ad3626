"""When one stated goal says all that another asks."""

import pytest

from hiervla.core.entailment import entails
from hiervla.core.goal import Goal
from hiervla.core.plan import Subgoal

BESIDE = Goal(relation="beside", subject="a", reference="b")
FAR = Goal(relation="at_distance", subject="a", reference="b", distance_m=0.05)
ROW = Goal(relation="row", subject="a", others=("b", "c"))


def with_(goal, **change):
    return goal.model_copy(update=change)


@pytest.mark.parametrize(
    ("stated", "wanted", "yes"),
    [
        (BESIDE, BESIDE, True),
        (Goal(relation="beside", subject="b", reference="a"), BESIDE, True),
        (Goal(relation="beside", subject="b", reference="a"), with_(BESIDE, direction="left"), False),
        (with_(BESIDE, direction="left"), BESIDE, True),
        (BESIDE, with_(BESIDE, direction="left"), False),
        (FAR, BESIDE, True),
        (with_(FAR, distance_m=0.3), BESIDE, False),
        (BESIDE, FAR, False),
        (FAR, with_(FAR, distance_m=0.051), True),
        (FAR, with_(FAR, distance_m=0.06), False),
        (with_(FAR, tolerance_m=0.5), FAR, False),
        (with_(ROW, subject="c", others=("a", "b")), ROW, True),
        (with_(ROW, others=("b",)), ROW, False),
        (
            Goal(relation="at", subject="a", position=(0.5, 0.1)),
            Goal(relation="at", subject="a", position=(0.503, 0.1)),
            True,
        ),
        (
            Goal(relation="at", subject="a", position=(0.5, 0.1)),
            Goal(relation="at", subject="a", position=(0.55, 0.1)),
            False,
        ),
        (
            Goal(relation="turned", subject="a", angle_rad=0.1),
            Goal(relation="turned", subject="a", angle_rad=0.1 + 3.14159),
            True,
        ),
        (Goal(relation="turned", subject="a"), Goal(relation="turned", subject="a", angle_rad=0.1), False),
        (Goal(relation="in", subject="a", reference="b"), Goal(relation="on", subject="a", reference="b"), False),
        (Goal(relation="hand_empty"), Goal(relation="in", subject="a", reference="b"), False),
    ],
)
def test_a_goal_says_all_that_another_asks(stated, wanted, yes):
    assert entails(stated, wanted, ()) is yes


def test_a_skill_asked_for_by_its_verb_has_to_stand_among_the_steps():
    wanted = with_(BESIDE, by="push")
    push, pick = (Subgoal(skill=s, arguments={"target": "a"}, why="") for s in ("push", "pick"))
    assert entails(BESIDE, wanted, (push,)) and not entails(BESIDE, wanted, (pick,))
    assert entails(wanted, wanted, (pick,)), "stated as asked"
