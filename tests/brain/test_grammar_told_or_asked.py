"""Telling that something is done, or asking whether it is, asks for no motion."""

import pytest
from pretend import BOWL, CUBE, world

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.briefing import Briefing, SkillCard
from hiervla.workspace import load_workspace

SPACE = load_workspace()
CARDS = tuple(
    SkillCard(name=n, doc="", schema=s.model_json_schema(), says=s.says, grip=s.grip) for n, s in SPACE.skills.items()
)


def first(text):
    briefing = Briefing(instruction=text, world=world(CUBE, BOWL), vocabulary=SPACE.vocabulary(), skills=CARDS)
    return GrammarBrain().think(briefing).move


@pytest.mark.parametrize(
    "text",
    [
        "把红色方块放进蓝碗里了吗?",
        "你拿起红色方块了吗？",
        "把红色方块拿起来了没有",
        "红色方块拿起来没有?",
        "红色方块放进蓝碗了",
    ],
)
def test_it_asks_back_instead_of_moving(text):
    move = first(text)
    assert move.kind == "clarify" and text.rstrip("?？") in move.question.replace("？", "?")


@pytest.mark.parametrize(
    "text", ["把红色方块放进蓝碗里", "可以把红色方块放进蓝碗里吗?", "请帮我把红色方块拿起来好吗", "能拿起红色方块吗"]
)
def test_a_request_is_still_a_request(text):
    assert first(text).kind in ("ask", "plan")
