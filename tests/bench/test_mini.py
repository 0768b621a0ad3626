"""The small brain's thoughts are judged by what they lead to, and its figures stand beside those with a blank picture."""

import pytest

from hiervla.bench.mini.judging import judge
from hiervla.core.goal import Goal
from hiervla.core.plan import Clarify, Finish, Plan, Refuse, Subgoal
from hiervla.learn.brain import teaching


@pytest.fixture
def there(world_of, thing):
    things = (
        thing("cube", 0.5, 0.1, "red_cube_1"), thing("cube", 0.4, 0.2, "blue_cube_1", colour="blue"), thing("bowl", 0.5, -0.2, "blue_bowl_1", colour="blue"),
    )  # fmt: skip
    return world_of(*things)


def put(target, reference="blue_bowl_1", *more):
    place = {"target": target, "relation": "in", "reference": reference}
    steps = (
        Subgoal(skill="pick", arguments={"target": target}, why="-"),
        Subgoal(skill="place", arguments=place, why="-"),
    )
    return Plan(goals=(Goal(relation="in", subject=target, reference=reference),), subgoals=(*more, *steps))


PLAIN = "Put the red cube in the blue bowl."


def verdict(move, plain, world):
    return judge(move, plain, None if plain.startswith("#") else teaching.told(plain, world), world)[0]


def test_a_plan_is_right_by_where_it_leads(there):
    assert verdict(put("red_cube_1"), PLAIN, there) == "right"
    assert verdict(put("blue_cube_1"), PLAIN, there) == "wrong_action"
    push = Subgoal(skill="push", arguments={"target": "blue_cube_1", "reference": "red_cube_1"}, why="-")
    assert verdict(put("red_cube_1", "blue_bowl_1", push), PLAIN, there) == "wrong_action", (
        "something else was moved, too"
    )
    other = put("red_cube_1").model_copy(
        update={"goals": (Goal(relation="in", subject="blue_cube_1", reference="blue_bowl_1"),)}
    )
    assert verdict(other, PLAIN, there) == "wrong_action", "its own goal would never be seen to hold"
    held = put("red_cube_1").model_copy(update={"subgoals": put("red_cube_1").subgoals[1:]})
    assert verdict(held, PLAIN, there) == "wrong_action", "what was not taken cannot be placed"
    assert verdict(Finish(answer="Done."), PLAIN, there) == "finish"


def test_where_nothing_is_to_be_moved_the_move_counts_and_what_is_offered(there):
    ask = "Put the cube in the blue bowl."
    both = Clarify(question="Which?", candidates=("red_cube_1", "blue_cube_1"))
    assert verdict(both, ask, there) == "right"
    assert verdict(Clarify(question="Which?"), ask, there) == "asked otherwise"
    assert verdict(put("red_cube_1"), ask, there) == "wrong_action"
    assert verdict(Refuse(why="-"), "#cannot", there) == "right" and verdict(both, "#cannot", there) == "clarify"
    assert verdict(Clarify(question="?"), "#unclear", there) == "right"


def test_figures_set_the_picture_beside_a_blank_one():
    from hiervla.bench.mini.measuring import summary

    def row(k, picture, part, verdict, form="in"):
        return {
            "seed": 1,
            "k": k,
            "picture": picture,
            "part": part,
            "verdict": verdict,
            "language": "en",
            "form": form,
            "think_ms": 5.0,
        }

    rows = [row(k, "seen", "covered", "right") for k in range(19)] + [
        row(19, "seen", "covered", "wrong_action", "pair")
    ]
    rows += [row(k, "blank", "covered", "right" if k < 4 else "wrong_action") for k in range(20)]
    rows += [row(20, "seen", "refused", "unusable"), row(20, "blank", "refused", "unusable")]
    f = summary(rows)
    assert f["covered.right"].value == 0.95 and f["covered.right"].holds and f["covered.blank.right"].value == 0.2
    assert f["covered.seen_less_blank"].value == pytest.approx(0.75) and f["covered.seen_less_blank"].low > 0.4
    assert f["covered.right.pairs"].n == 1 and f["refused.right"].value == 0.0 and f["refused.right"].goal is None
    assert f["unusable"].value == pytest.approx(1 / 21, abs=1e-3) and f["think_ms.p50"].n == 21
