"""examples/own_words: a verb, a noun and a relation in ten lines, in both languages; unknown without them."""

from pathlib import Path

import pytest

from hiervla import Agent, Settings
from hiervla.bench.language.cases import world
from hiervla.core.goal import Goal
from hiervla.core.plan import Clarify, Refuse
from hiervla.core.relations import holds
from hiervla.deskwork import imagine
from hiervla.workspace import load_workspace

SPACE = Path(__file__).parents[1] / "examples" / "own_words"
SAID = {
    "plonk the green cube in the white bowl": Goal(relation="in", subject="green_cube", reference="white_bowl"),
    "把绿色正方体怼到白碗里": Goal(relation="in", subject="green_cube", reference="white_bowl"),
    "put the green dice in the white bowl": Goal(relation="in", subject="green_cube", reference="white_bowl"),
    "把绿骰子放进白碗里": Goal(relation="in", subject="green_cube", reference="white_bowl"),
    "put the green cube hard by the white bowl": Goal(relation="beside", subject="green_cube", reference="white_bowl"),
    "把绿色正方体放到白碗身旁": Goal(relation="beside", subject="green_cube", reference="white_bowl"),
    "plonk the green dice hard by the white bowl": Goal(
        relation="beside", subject="green_cube", reference="white_bowl"
    ),
    "把绿骰子怼到白碗身旁": Goal(relation="beside", subject="green_cube", reference="white_bowl"),
}


@pytest.mark.parametrize("say", SAID)
def test_the_words_are_understood_and_acted_on(say):
    told = imagine(say, world("desk"), load_workspace(SPACE), act=True)
    assert told.plans and holds(SAID[say], told.world), told.answer


@pytest.mark.parametrize("say", SAID)
def test_without_the_workspace_nothing_moves(say):
    told = imagine(say, world("desk"), load_workspace(), act=True)
    assert isinstance(told.move, Clarify | Refuse) and not told.plans, told.steps


@pytest.mark.parametrize("say", ["plonk the red dice hard by the blue bowl", "把红骰子怼到蓝碗身旁"])
def test_a_mission_is_executed_from_them(say):
    with Agent("tabletop", 3, settings=Settings(video=False), workspace=SPACE, keep=False) as agent:
        report = agent.run(say)
        assert report.status == "done", report.answer
        assert [o.skill for o in report.outcomes if o.done][:2] == ["pick", "place"]
        done = report.goals[0]
        assert (done.goal.relation, done.holds) == ("beside", "yes") and done.goal.subject.startswith("red_cube")


def test_all_three_are_ten_lines():
    lines = [x for p in SPACE.rglob("*.toml") for x in p.read_text(encoding="utf-8").splitlines()]
    assert 0 < len([x for x in lines if x.strip() and not x.startswith("#")]) <= 10
