"""A short conversation in the simulator: what is right is found right, and what is not is told with the reason."""

import pytest

from hiervla.agent import Agent
from hiervla.core.events import Report
from hiervla.scenario.conversation import converse
from hiervla.scenario.suite import scenario_figures
from hiervla.sim.script import TurnSpec

SCENE = """
doc = "Two cubes and a bowl."
[[body]]
name = "bowl"
shape = "bowl"
colour = "blue"
at = [0.5, 0.2]
[[body]]
name = "red"
shape = "cube"
colour = "red"
at = [0.45, -0.1]
[[body]]
name = "green"
shape = "cube"
colour = "green"
at = [0.55, -0.2]
"""
TURNS = [
    ({"say": "put the red cube in the bowl", "name": "a", "goals": ["in red bowl"]}, ""),
    ({"say": "蓝色碗里有几个方块？", "ends": ["answered"], "answer": ["counts cube in bowl"]}, ""),
    ({"say": "is the red cube in the bowl?", "ends": ["answered"], "answer": ["confirms in red bowl"]}, ""),
    ({"say": "is the green cube in the bowl?", "ends": ["answered"], "answer": ["counts cube"]}, "answer, counts cube"),
    ({"say": "undo that", "goals": ["back red a"]}, ""),
    ({"say": "put the red cube in the bowl", "goals": ["in green bowl"]}, "moved: red"),
    ({"say": "put the red cube in the bowl", "goals": ["in red bowl"]}, "all of it was so before"),
    ({"say": "pick up the green cube", "name": "b", "ends": ["stopped"], "goals": ["holding green"]}, ""),
    ({"say": "停", "during": {"when": "carry", "of": "green", "within_m": 0.06}, "ends": ["stopped"], "goals": ["holding green"]}, ""),
    ({"say": "put it back", "goals": ["back green b"]}, ""),
    ({"say": "put the red cube on the table", "ends": ["stopped"]}, ""),
    ({"say": "no, the green one", "during": {"when": "approach", "of": "red"}, "ends": ["answered", "asked", "done"], "goals": ["not in green bowl"]},
     "all of it was so before"),
    ({"say": "how many cubes are there?", "ends": ["answered"]}, ""),
    ({"say": "no, the red one", "during": {"when": "grasped", "of": "red"}, "goals": ["on red table"]}, "never came"),
    ({"say": "if the green cube is in the bowl, pick it up", "given": "in green bowl", "goals": ["holding green"]}, ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    path = tmp_path_factory.mktemp("talk") / "short.toml"
    path.write_text(SCENE, encoding="utf-8")
    with Agent(str(path), 0, keep=False) as agent:
        verdicts, reports = converse(agent, [TurnSpec.model_validate(t) for t, _ in TURNS])
    return verdicts, reports


@pytest.mark.parametrize("k", range(len(TURNS)), ids=[f"{k}-{t['say'][:20]}" for k, (t, _) in enumerate(TURNS)])
def test_each_turn_is_judged_from_where_it_began(said, k):
    verdict, wrong = said[0][k], TURNS[k][1]
    assert verdict["right"] is (not wrong), verdict
    assert wrong in "; ".join(verdict["why"])


def test_a_halting_word_is_no_mission_of_its_own(said):
    verdicts, reports = said
    assert len(reports) == len(verdicts) - 1
    assert all(r.instruction != "停" for r in reports)


def test_done_of_the_wrong_thing_is_a_false_success_and_nothing_else_is(said):
    assert [k for k, v in enumerate(said[0]) if v["false"]] == [5]


class Broken:
    """An agent whose second mission crashes."""

    def __init__(self, agent):
        self.cell, self._agent, self._runs = agent.cell, agent, 0

    def run(self, text) -> Report:
        self._runs += 1
        if self._runs == 2:
            raise RuntimeError("a bug")
        return self._agent.run(text)


def test_a_crash_ends_it_and_no_turn_is_left_out(tmp_path):
    path = tmp_path / "short.toml"
    path.write_text(SCENE, encoding="utf-8")
    turns = [TurnSpec(say="how many cubes are there?", ends=("answered",))] * 4
    with Agent(str(path), 0, keep=False) as agent:
        verdicts, _ = converse(Broken(agent), turns)
    assert [v["right"] for v in verdicts] == [True, False, False, False]
    assert "a bug" in verdicts[1]["why"][0]
    assert "never said" in verdicts[3]["why"][0]


def test_figures_count_turns_and_leave_missions_alone():
    def turn(**more):
        return {"right": True, "false": False, "wrong_answer": False, "claimed": True} | more

    effort = {"disturbances": [], "replans": 0, "interventions": 0, "inferences": 9, "robot_s": 10.0, "wall_s": 1.0}
    plain = {
        "scenario": "t/a",
        "disturbed": False,
        "claimed": True,
        "true_success": True,
        "false_success": False,
        "false_failure": False,
    }
    talk = {
        "scenario": "t/talk",
        "disturbed": False,
        "claimed": False,
        "true_success": False,
        "false_success": True,
        "false_failure": False,
    }
    turns = [turn()] * 17 + [turn(right=False, false=True), turn(right=False, wrong_answer=True), turn()]
    figures = scenario_figures([plain | effort | {"turns": []}, talk | effort | {"turns": turns}])
    assert (figures["turns_right"].value, figures["turns_right"].n, figures["turns_right"].holds) == (0.9, 20, True)
    assert (figures["turns_right"].low, figures["turns_right"].high) == (0.699, 0.9721)
    assert figures["turns_right.t/talk"].value == 0.9
    assert (figures["true_success.undisturbed"].value, figures["true_success.undisturbed"].n) == (1.0, 1)
    assert (figures["false_success"].value, figures["false_success"].n) == (round(1 / 21, 4), 21)
    assert figures["wrong_answers"].value == 0.05
    assert "true_success.t/talk" not in figures
