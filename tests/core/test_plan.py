"""What a brain may say, and what it may not."""

import pytest
from pydantic import ValidationError

from hiervla.core.plan import Ask, Finish, Plan, Subgoal, Thought

GOAL = {"relation": "in", "subject": "a", "reference": "b"}
STEP = {"skill": "pick", "arguments": {"target": "a"}, "why": "to have it"}


@pytest.mark.parametrize(
    ("move", "kind"),
    [({"kind": "ask", "calls": [{"tool": "detect_objects"}]}, "Ask"), ({"kind": "plan", "goals": [GOAL], "subgoals": [STEP]}, "Plan"),
     ({"kind": "clarify", "question": "which?", "candidates": ["a", "b"]}, "Clarify"), ({"kind": "refuse", "why": "unsafe"}, "Refuse"),
     ({"kind": "finish", "answer": "done"}, "Finish")],
)  # fmt: skip
def test_a_thought_is_reasoning_and_one_move_and_survives_json(move, kind):
    thought = Thought.model_validate({"reasoning": "because", "move": move})
    assert type(thought.move).__name__ == kind
    assert Thought.model_validate_json(thought.model_dump_json()) == thought


@pytest.mark.parametrize(
    "move",
    [{"kind": "dance"}, {}, {"kind": "ask", "calls": []}, {"kind": "plan", "goals": [], "subgoals": [STEP]},
     {"kind": "plan", "goals": [GOAL], "subgoals": []}, {"kind": "finish", "answer": "done", "sure": True}, {"kind": "refuse"},
     {"kind": "plan", "goals": [GOAL], "subgoals": [{**STEP, "speed": 3}]}, {"kind": "plan", "goals": [{**GOAL, "colour": "red"}], "subgoals": [STEP]},
     {"kind": "plan", "goals": [GOAL], "subgoals": [{"skill": "pick"}]}, {"kind": "ask", "calls": [{"tool": "x", "args": {}}]}],
)  # fmt: skip
def test_anything_more_or_less_is_no_thought(move):
    with pytest.raises(ValidationError):
        Thought.model_validate({"reasoning": "because", "move": move})


def test_a_thought_needs_reasoning_and_does_not_change():
    with pytest.raises(ValidationError):
        Thought.model_validate({"move": {"kind": "finish", "answer": "done"}})
    thought = Thought(reasoning="r", move=Finish(answer="a"))
    with pytest.raises(ValidationError):
        thought.move = Ask(calls=())


def test_a_subgoal_reads_as_a_call_without_its_empty_arguments():
    step = Subgoal(skill="place", arguments={"target": "a", "relation": "in", "distance_m": None}, why="")
    assert str(step) == "place(target=a, relation=in)"
    assert Plan.model_validate({"goals": [GOAL], "subgoals": [STEP]}).kind == "plan"
